//! What both grammars hand on: the assignments of one file and the lines that are none.

/// One `NAME=value` of a file. `value` is without its quotes, its escapes are resolved, its `$` are not.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) quote: Option<char>,
    pub(super) line: u32,
    pub(super) value_line: u32,
    pub(super) column: u32,
}

/// One file, read.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) entries: Vec<Entry>,
    pub(super) problems: Vec<(u32, &'static str)>,
}

/// Why a line gives no variable.
pub(super) const NOT_READ: &str = "this line is not read as NAME=value";
/// Why a value is the line below it.
pub(super) const NEXT_LINE: &str =
    "nothing but space follows the `=`, so the next line that is not empty is read as the value";

/// Why the first name is not the one that is meant.
pub(super) const BYTE_ORDER_MARK: &str =
    "the byte order mark at the start of the file is read as part of this name";

/// Turns offsets, asked for in ascending order, into lines and columns in one walk over the text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'a> Cursor<'a> {
    /// Starts before the first character.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            column: 1,
        }
    }

    /// The 1-based line and column of a byte offset.
    pub(super) fn place(&mut self, offset: usize) -> (u32, u32) {
        for c in self.text.get(self.at..offset).unwrap_or_default().chars() {
            if c == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.at = self.at.max(offset);
        (self.line, self.column)
    }
}

/// Collects what a grammar finds, in the order of the text.
pub(super) struct Reader<'a> {
    cursor: Cursor<'a>,
    lines: Lines,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            cursor: Cursor::new(text),
            lines: Lines::default(),
        }
    }

    /// Notes a problem with the line that holds `offset`.
    pub(super) fn problem(&mut self, offset: usize, message: &'static str) {
        let (line, _) = self.cursor.place(offset);
        self.lines.problems.push((line, message));
    }

    /// Notes an assignment: where its name and the text of its value begin.
    pub(super) fn entry(
        &mut self,
        name: (usize, &str),
        value: (usize, String),
        quote: Option<char>,
    ) {
        let (line, _) = self.cursor.place(name.0);
        let (value_line, column) = self.cursor.place(value.0);
        self.lines.entries.push(Entry {
            name: name.1.to_owned(),
            value: value.1,
            quote,
            line,
            value_line,
            column,
        });
    }

    pub(super) fn finish(self) -> Lines {
        self.lines
    }
}

/// `'`, `"` and `` ` `` quote a value.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '"' | '`')
}
