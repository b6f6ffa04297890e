//! `[[ignore]]`: findings that a project lives with, and why.

use super::Origin;
use crate::model::{Date, Glob};

/// One `[[ignore]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// A check, or all checks of a group: `routes/*`.
    pub check: String,
    /// Which files, as seen from the folder of the config; `None`: all findings of the check.
    pub path: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// The line of the config at which it stands.
    pub line: u32,
    /// The config.
    pub origin: Origin,
}

impl Ignore {
    /// Whether it names a check, by its id.
    pub fn names(&self, id: &str) -> bool {
        match self.check.strip_suffix("/*") {
            Some(group) => id.split('/').next() == Some(group),
            None => self.check == id,
        }
    }

    /// Whether it concerns findings in a file, given relative to the audited directory. A finding that has no
    /// file is concerned by what names no path.
    pub fn covers(&self, file: Option<&str>) -> bool {
        let Some(glob) = &self.path else {
            return true;
        };
        let seen = file.and_then(|file| self.origin.sees(file));
        seen.is_some_and(|file| Glob::new(glob).is_ok_and(|glob| glob.matches(&file)))
    }
}

impl Origin {
    /// A path of the audited directory as it is seen from the folder of the config; `None` for what lies
    /// outside of that folder.
    pub fn sees(&self, path: &str) -> Option<String> {
        let whole = match self.above.as_str() {
            "" => path.to_owned(),
            above => format!("{above}/{path}"),
        };
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('/').filter(|part| *part != ".") {
            match part {
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        let whole = parts.join("/");
        match self.below.as_str() {
            "" => Some(whole),
            below => whole
                .strip_prefix(below)?
                .strip_prefix('/')
                .map(str::to_owned),
        }
    }

    /// A path that the config names, as it is seen from the audited directory.
    pub(super) fn resolves(&self, path: &str) -> String {
        let up = self.above.split('/').filter(|part| !part.is_empty());
        let up: String = up.map(|_| "../").collect();
        match self.below.as_str() {
            "" => format!("{up}{path}"),
            below => format!("{below}/{path}"),
        }
    }
}
