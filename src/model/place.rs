//! Where a finding points.

use serde::Serialize;

/// One line of a file, made safe to show: credentials in it are already redacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The line, without its line break.
    pub text: String,
    /// First byte of the marked part of `text`.
    pub start: usize,
    /// The byte after the marked part of `text`.
    pub end: usize,
}

/// Where a finding points. File paths are relative to the audited directory and use `/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Place {
    /// A part of a line.
    Span {
        /// Path of the file.
        file: String,
        /// 1-based line.
        line: u32,
        /// 1-based column, counted in characters.
        column: u32,
        /// The line itself, where it helps to see it.
        excerpt: Option<Excerpt>,
    },
    /// A whole file or folder, also one that should exist and does not.
    File {
        /// Path of the file.
        file: String,
    },
    /// A variable that came from outside any file.
    Variable {
        /// Its name.
        name: String,
        /// Where it came from, in words: "process environment".
        origin: String,
    },
    /// Something asked over the network.
    Url {
        /// The address, without query or credentials.
        url: String,
    },
}

impl Place {
    /// A whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Place::File { file: path.into() }
    }
}
