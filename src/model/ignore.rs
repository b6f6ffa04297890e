//! What a project has decided to live with, and why.

use serde::{Deserialize, Serialize};

use std::collections::BTreeSet;

use super::{Date, Finding, Place, Role};

/// Says that findings do not count: a comment in a file, or an entry of the config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// The checks that it names: an id, or all of a group as `routes/*`.
    pub checks: Vec<String>,
    /// Why, in the words of whoever wrote it; empty where nobody said.
    pub reason: String,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// Where it is written.
    pub place: Place,
    /// Which findings of these checks it concerns.
    pub scope: Scope,
}

/// Whether words say anything: a dot or what cannot be seen does not.
pub fn says_something(words: &str) -> bool {
    words.contains(char::is_alphanumeric)
}

/// Which findings an ignore concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Scope {
    /// All of some apps.
    Everywhere {
        /// Of the apps in this folder; `""`: of every app.
        folder: String,
    },
    /// Those in some files.
    Files(BTreeSet<String>),
    /// Those on some lines of a file.
    Lines {
        /// The file.
        file: String,
        /// 1-based.
        first: u32,
        /// The last one, itself included.
        last: u32,
        /// Whether it stands at the head of the file, and so for findings about the file as a whole.
        head: bool,
    },
}

impl Ignore {
    /// Whether it names a check.
    pub fn names(&self, id: &str) -> bool {
        self.checks
            .iter()
            .any(|name| match name.strip_suffix("/*") {
                Some(group) => id.split('/').next() == Some(group),
                None => name == id,
            })
    }

    /// Whether it concerns a finding of an app. Only where the fault itself is counts, not what explains it:
    /// a word beside the middleware must not silence every route that the middleware is related to.
    pub fn concerns(&self, app: &str, finding: &Finding) -> bool {
        let mut places = places(finding);
        match &self.scope {
            Scope::Everywhere { folder } => is_in(app, folder),
            Scope::Files(files) => {
                places.any(|place| file_of(place).is_some_and(|file| files.contains(file)))
            }
            Scope::Lines {
                file,
                first,
                last,
                head,
            } => places.any(|place| match place {
                Place::Span { file: at, line, .. } => at == file && (first..=last).contains(&line),
                Place::File { file: at } => *head && at == file,
                Place::Variable { .. } | Place::Url { .. } => false,
            }),
        }
    }
}

/// Whether an app is in a folder, or is it.
fn is_in(app: &str, folder: &str) -> bool {
    let inside = app.strip_prefix(folder);
    folder.is_empty() || inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The file of a place.
pub fn file_of(place: &Place) -> Option<&str> {
    match place {
        Place::Span { file, .. } | Place::File { file } => Some(file),
        Place::Variable { .. } | Place::Url { .. } => None,
    }
}

/// Where the fault is.
fn places(finding: &Finding) -> impl Iterator<Item = &Place> {
    let any = finding.marks.iter().any(|mark| mark.role == Role::Primary);
    let marks = finding.marks.iter();
    marks
        .filter(move |mark| mark.role == Role::Primary || !any)
        .map(|mark| &mark.place)
}
