//! Report to bytes. Pure: no working directory, no environment, no clock, no terminal is asked here;
//! what a format may know of its surroundings comes in as a [`Style`] and [`Options`].

pub mod agent;
pub mod attest;
pub mod diff;
pub mod explain;
pub mod github;
pub mod gitlab;
mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
mod markup;
mod page;
mod places;
pub mod routes;
mod sanitize;
pub mod sarif;
pub mod style;
pub mod summary;
mod text;
mod together;
pub mod triage;
mod words;

use std::io;
use std::time::Duration;

use crate::model::Report;

pub use sanitize::printable;
pub use style::{ColorChoice, Style};
pub use words::place;

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

/// SARIF 2.1.0.
pub const SARIF: Format = Format {
    name: "sarif",
    about: "SARIF 2.1.0, for code scanning",
    render: sarif::render,
};

/// JUnit XML.
pub const JUNIT: Format = Format {
    name: "junit",
    about: "JUnit XML, for CI servers",
    render: junit::render,
};

/// A code quality report of GitLab.
pub const GITLAB: Format = Format {
    name: "gitlab",
    about: "a code quality report, for GitLab",
    render: gitlab::render,
};

/// Annotations of a workflow.
pub const GITHUB: Format = Format {
    name: "github",
    about: "annotations for GitHub Actions: the ten worst findings and the verdict",
    render: github::render,
};

/// A page for a pull request or a wiki.
pub const MARKDOWN: Format = Format {
    name: "markdown",
    about: "a page for a pull request or a wiki",
    render: markdown::render,
};

/// A line per finding.
pub const AGENT: Format = Format {
    name: "agent",
    about: "one line per finding, fields separated by tabs, the verdict last",
    render: agent::render,
};

/// A page to read in a browser.
pub const HTML: Format = Format {
    name: "html",
    about: "one page to read in a browser, for reviewers",
    render: html::render,
};

/// Every format; the first is the default.
pub const ALL: &[&Format] = &[
    &HUMAN, &JSON, &HTML, &SARIF, &JUNIT, &GITLAB, &GITHUB, &MARKDOWN, &AGENT,
];
