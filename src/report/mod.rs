//! Report to bytes. Pure: no working directory, no environment, no clock, no terminal is asked here;
//! what a format may know of its surroundings comes in as a [`Style`] and [`Options`].

pub mod attest;
pub mod diff;
pub mod explain;
pub mod human;
pub mod json;
mod markdown;
pub mod routes;
mod sanitize;
pub mod style;
mod text;
pub mod triage;

use std::io;
use std::time::Duration;

use crate::model::Report;

pub use style::{ColorChoice, Style};

/// What the user asked of the output, beyond its format.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Also list the checks that do not concern the app.
    pub verbose: bool,
    /// Only the last line.
    pub quiet: bool,
    /// How long the audit took. Given by the caller where a person reads along; machine formats ignore it.
    pub elapsed: Option<Duration>,
}

/// One way to write a report.
pub struct Format {
    /// The word for `--format`.
    pub name: &'static str,
    /// Who it is for, in a few words.
    pub about: &'static str,
    /// Writes the report.
    pub render: fn(&Report, &Style, &Options, &mut dyn io::Write) -> io::Result<()>,
}

/// A table and the details.
pub const HUMAN: Format = Format {
    name: "human",
    about: "a table and the details, for people",
    render: human::render,
};

/// One JSON document.
pub const JSON: Format = Format {
    name: "json",
    about: "one JSON document, for programs",
    render: json::render,
};

/// Every format; the first is the default.
pub const ALL: &[&Format] = &[&HUMAN, &JSON];
