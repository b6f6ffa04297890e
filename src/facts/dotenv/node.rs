//! The grammar of Node's `util.parseEnv`, which Vite reads `.env` files with since 8. Recorded from Node
//! 24 (`Dotenv::ParseContent` in `src/node_dotenv.cc`); it is not dotenv's: only `=` assigns, any text
//! before it is a name, and a value of spaces takes the next line.

use super::lines::{BYTE_ORDER_MARK, Lines, NEXT_LINE, NOT_READ, Reader, is_quote};

/// What Node trims, which is less than `\s`.
const SPACE: [char; 3] = [' ', '\t', '\n'];

/// Reads a file as `parseEnv` does. Every carriage return is dropped, wherever it stands.
pub(super) fn read(text: &str) -> Lines {
    let text = text.replace('\r', "");
    let text = text.trim_end_matches(SPACE);
    let mut file = File {
        text,
        at: 0,
        reader: Reader::new(text),
    };
    file.skip_space();
    while file.at < text.len() {
        file.step();
    }
    file.reader.finish()
}

struct File<'a> {
    text: &'a str,
    at: usize,
    reader: Reader<'a>,
}

impl<'a> File<'a> {
    /// One blank line, comment, unreadable line or assignment.
    fn step(&mut self) {
        let rest = self.rest();
        if rest.starts_with(['\n', '#']) {
            // What indents the next line stays, so an indented comment after this one is no comment.
            return self.skip_line(self.at);
        }
        let stop = rest.find(['=', '\n']).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(stop);
        if !tail.starts_with('=') {
            let head = head.trim_matches(SPACE);
            if !head.is_empty() && !head.starts_with('#') {
                self.reader.problem(self.at, NOT_READ);
            }
            self.skip_line(self.at);
            return self.skip_space();
        }
        if head.starts_with('\u{feff}') {
            self.reader.problem(self.at, BYTE_ORDER_MARK);
        }
        let name_at = self.at + head.len() - head.trim_start_matches(SPACE).len();
        self.at += stop + 1;
        self.assignment(name_at, head.trim_matches(SPACE));
    }

    /// What follows the `=`.
    fn assignment(&mut self, name_at: usize, name: &'a str) {
        if self.rest().is_empty() || self.rest().starts_with('\n') {
            if name.is_empty() {
                self.reader.problem(name_at, NOT_READ);
            }
            // `export ` is not taken off here: `export A=` sets a variable called `export A`.
            return self
                .reader
                .entry((name_at, name), (self.at, String::new()), None);
        }
        let before = self.at;
        self.skip_space();
        if name.is_empty() {
            return self.reader.problem(before - 1, NOT_READ);
        }
        if self
            .text
            .get(before..self.at)
            .is_some_and(|space| space.contains('\n'))
        {
            self.reader.problem(name_at, NEXT_LINE);
        }
        let bare = name
            .strip_prefix("export ")
            .map_or(name, |bare| bare.trim_matches(SPACE));
        let name = (name_at + name.len() - bare.len(), bare);
        let quote = self.rest().chars().next().filter(|c| is_quote(*c));
        match quote.and_then(|quote| Some((quote, self.rest().get(1..)?.find(quote)?))) {
            Some((quote, length)) => self.quoted(name, quote, length),
            None => self.plain(name, quote.is_some()),
        }
    }

    /// A quoted value. What follows the closing quote on its line is not read.
    fn quoted(&mut self, name: (usize, &str), quote: char, length: usize) {
        let from = self.at + 1;
        let value = self.text.get(from..from + length).unwrap_or_default();
        let value = match quote {
            '"' => value.replace("\\n", "\n"),
            _ => value.to_owned(),
        };
        self.reader.entry(name, (from, value), Some(quote));
        self.skip_line(from + length);
    }

    /// The rest of the line. An opening quote that nothing closes is part of it, and so is a `#` then.
    fn plain(&mut self, name: (usize, &str), unclosed: bool) {
        let line = self.rest();
        let line = line.split_once('\n').map_or(line, |(line, _)| line);
        let value = match line.split_once('#') {
            _ if unclosed => line,
            Some((value, _)) => value.trim_matches(SPACE),
            None => line.trim_matches(SPACE),
        };
        self.reader.entry(name, (self.at, value.to_owned()), None);
        self.skip_line(self.at);
        self.skip_space();
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches(SPACE).len();
    }

    /// Goes behind the next line end at or after `from`.
    fn skip_line(&mut self, from: usize) {
        let line = self.text.get(from..).unwrap_or_default();
        self.at = line
            .find('\n')
            .map_or(self.text.len(), |end| from + end + 1);
    }
}
