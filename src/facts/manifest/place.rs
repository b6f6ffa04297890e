//! Where in a text something is, and how it is said that a text cannot be read.

use std::fmt;

use memchr::{memchr_iter, memmem};
use serde::Serialize;

/// A text that is not what its name promises. The message never quotes the text: it may hold a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParseError {
    /// What is wrong, in words, without the place.
    pub message: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, counted in characters.
    pub column: u32,
}

impl ParseError {
    /// The error with its place in a file.
    pub fn in_file(&self, path: &str) -> String {
        format!("{path}:{}:{}: {}", self.line, self.column, self.message)
    }

    /// An error at a byte of the text.
    pub(crate) fn at(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let (line, column) = Lines::new(text).position(offset);
        Self {
            message: message.into(),
            line,
            column,
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} (line {}, column {})",
            self.message, self.line, self.column
        )
    }
}

impl std::error::Error for ParseError {}

/// The line breaks of a text, so that many offsets can be turned into lines at the price of one pass.
pub(crate) struct Lines<'a> {
    text: &'a str,
    breaks: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            breaks: memchr_iter(b'\n', text.as_bytes()).collect(),
        }
    }

    /// 1-based line of a byte.
    pub(crate) fn line(&self, offset: usize) -> u32 {
        small(self.breaks.partition_point(|end| *end < offset) + 1)
    }

    /// 1-based line and column of a byte. Far to the right, where counting characters again and again would
    /// cost the square of the line, the column counts bytes.
    pub(crate) fn position(&self, offset: usize) -> (u32, u32) {
        let line = self.line(offset);
        let before = (line as usize)
            .checked_sub(2)
            .and_then(|index| self.breaks.get(index));
        let start = before.map_or(0, |end| end + 1);
        let column = match self.text.get(start..offset) {
            Some(part) if part.len() <= 4096 => part.chars().count(),
            Some(part) => part.len(),
            None => 0,
        };
        (line, small(column + 1))
    }
}

/// A count as it is shown; files of four thousand million lines are not read.
pub(crate) fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The text without the byte order mark that npm, pnpm and bun skip too.
pub(crate) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The error for a file that still holds both sides of a merge. Only a line that *starts* with the marker
/// counts, which neither JSON nor a lock file can contain otherwise.
pub(crate) fn conflict(text: &str) -> Option<ParseError> {
    const MARKER: &str = "<<<<<<< ";
    let offset = match text.starts_with(MARKER) {
        true => 0,
        false => memmem::find(text.as_bytes(), b"\n<<<<<<< ")? + 1,
    };
    Some(ParseError::at(
        text,
        offset,
        "holds a merge conflict that is not resolved",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_line_and_a_column_in_characters() {
        let error = ParseError::at("a\nöö!\r\nb", 6, "odd");
        assert_eq!((error.line, error.column), (2, 3));
        assert_eq!(error.to_string(), "odd (line 2, column 3)");
        let end = ParseError::at("a\n", 99, "odd");
        assert_eq!((end.line, end.column), (2, 1));
        let start = ParseError::at("", 0, "odd");
        assert_eq!((start.line, start.column), (1, 1));
    }

    #[test]
    fn a_conflict_marker_counts_only_at_the_start_of_a_line() {
        assert_eq!(conflict("{}\n<<<<<<< HEAD\n").map(|e| e.line), Some(2));
        assert_eq!(conflict("<<<<<<< HEAD\n").map(|e| e.line), Some(1));
        assert_eq!(conflict("a <<<<<<< b\n"), None);
    }
}
