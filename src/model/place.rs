//! Where a finding points.

use serde::{Deserialize, Serialize};

/// One line of a file, made safe to show: credentials in it are already redacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Told")]
pub struct Excerpt {
    /// The line, without its line break.
    pub text: String,
    /// First byte of the marked part of `text`.
    pub start: usize,
    /// The byte after the marked part of `text`.
    pub end: usize,
}

/// An excerpt as somebody tells it: its marked part may lie anywhere.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    text: String,
    start: usize,
    end: usize,
}

impl TryFrom<Told> for Excerpt {
    type Error = &'static str;

    fn try_from(told: Told) -> Result<Self, Self::Error> {
        let Told { text, start, end } = told;
        match text.get(start..end) {
            Some(_) => Ok(Self { text, start, end }),
            None => Err("the marked part of an excerpt lies outside its text"),
        }
    }
}

/// Where a finding points. File paths are relative to the audited directory and use `/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
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
