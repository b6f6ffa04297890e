//! The route map as bytes: for people, for a pull request, for programs. Pure, as all of [`super`].

mod clean;
mod human;
pub mod json;
mod markdown;
pub(super) mod story;
pub(super) mod words;

use std::io;

use super::Style;
use crate::model::routes::{MethodAnswer, Route, RouteMap, Verdict};

/// What the user asked of the map, beyond its format.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The version of the program.
    pub version: &'a str,
    /// How many routes there were before any filter.
    pub all: usize,
    /// The one URL that was asked about.
    pub url: Option<&'a str>,
    /// Tell for each route how its verdict came about.
    pub why: bool,
}

/// One way to write the map.
pub struct Format {
    /// The word for `--format`.
    pub name: &'static str,
    /// Who it is for, in a few words.
    pub about: &'static str,
    /// Writes the maps of all apps.
    pub render: fn(&[RouteMap], &Style, &Options, &mut dyn io::Write) -> io::Result<()>,
}

/// Lines under headings, the routes of most concern first.
pub const HUMAN: Format = Format {
    name: "human",
    about: "a list by verdict, for people",
    render: human::render,
};

/// A table per app.
pub const MARKDOWN: Format = Format {
    name: "markdown",
    about: "a table per app, for a pull request or a wiki",
    render: markdown::render,
};

/// One JSON document.
pub const JSON: Format = Format {
    name: "json",
    about: "one JSON document, for programs",
    render: json::render,
};

/// Every format; the first is the default.
pub const ALL: &[&Format] = &[&HUMAN, &MARKDOWN, &JSON];

/// A verdict, with what is reached on purpose told apart from what is just reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Reached, and nobody said that this is meant.
    Reached,
    /// It could not be followed.
    Undecided,
    /// Something other than a session decides.
    Credential,
    /// Reached, and declared public.
    Public,
    /// Stopped.
    Stopped,
}

impl Standing {
    /// In the order of concern.
    pub const ALL: [Standing; 5] = [
        Standing::Reached,
        Standing::Undecided,
        Standing::Credential,
        Standing::Public,
        Standing::Stopped,
    ];

    /// Of one method.
    pub fn of_answer(answer: &MethodAnswer) -> Self {
        Self::of(answer.verdict, answer.declared_public.is_some())
    }

    /// Of a whole route, as [`RouteMap::counts`] counts it.
    pub fn of_route(route: &Route) -> Self {
        Self::of(route.verdict(), route.is_declared_public())
    }

    fn of(verdict: Verdict, declared: bool) -> Self {
        match verdict {
            Verdict::Reached if declared => Standing::Public,
            Verdict::Reached => Standing::Reached,
            Verdict::Undecided => Standing::Undecided,
            Verdict::Credential => Standing::Credential,
            Verdict::Stopped => Standing::Stopped,
        }
    }
}
