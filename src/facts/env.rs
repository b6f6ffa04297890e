//! The environment as the framework would load it: which value wins, where it came from, what it shadows.

use std::collections::BTreeMap;

use super::dotenv::{self, Dialect};
use super::keys;
use crate::model::{Excerpt, Place, Secret};

/// One environment file, read.
#[derive(Debug, Clone)]
pub struct EnvFile {
    /// Its path, relative to the audited directory.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In the environment of the process that runs the audit.
    Process,
    /// In a file.
    File {
        /// The file.
        path: String,
        /// 1-based line of the name.
        line: u32,
        /// 1-based column at which the value begins.
        column: u32,
    },
}

impl Origin {
    /// In words, for a sentence.
    pub fn words(&self) -> String {
        match self {
            Origin::Process => "the process environment".to_owned(),
            Origin::File { path, line, .. } => format!("{path}:{line}"),
        }
    }
}

/// One place that gives a variable a value.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name of the variable, as it may be shown.
    pub name: String,
    /// The value, expanded.
    pub value: Secret,
    /// Where it stands.
    pub origin: Origin,
}

impl Definition {
    /// The place, with the line rebuilt so that nothing of the value but what may be shown is in it.
    pub fn place(&self) -> Place {
        match &self.origin {
            Origin::Process => Place::Variable {
                name: self.name.clone(),
                origin: "process environment".to_owned(),
            },
            Origin::File { path, line, column } => Place::Span {
                file: path.clone(),
                line: *line,
                column: *column,
                excerpt: Some(self.excerpt()),
            },
        }
    }

    fn excerpt(&self) -> Excerpt {
        let shown = shown(&self.name, &self.value);
        // A key that is written into the code has no variable's name.
        if self.name.contains(' ') {
            return Excerpt {
                start: 0,
                end: shown.len(),
                text: shown,
            };
        }
        let start = self.name.len() + 1;
        let text = format!("{}={shown}", self.name);
        let end = text.len();
        Excerpt {
            start: start.min(end),
            text,
            end,
        }
    }
}

/// A variable with everything that gives it a value; the first one wins.
#[derive(Debug, Clone)]
pub struct Variable {
    /// What the framework would load.
    pub winner: Definition,
    /// What the winner shadows, nearest first.
    pub shadowed: Vec<Definition>,
}

impl Variable {
    /// The value that the framework would load.
    pub fn value(&self) -> &Secret {
        &self.winner.value
    }

    /// Whether there is something in it.
    pub fn is_set(&self) -> bool {
        !self.value().expose().trim().is_empty()
    }
}

/// Something in an environment file that its loader does not take as it was meant.
#[derive(Debug, Clone)]
pub struct EnvProblem {
    /// The file.
    pub path: String,
    /// 1-based line.
    pub line: u32,
    /// What happens.
    pub message: String,
}

/// The environment of one app.
#[derive(Debug, Clone, Default)]
pub struct Env {
    variables: BTreeMap<String, Variable>,
    /// The files that were read, highest priority first.
    pub files: Vec<String>,
    /// Whether the process environment was looked at.
    pub with_process: bool,
    /// Lines that the loader does not take as they were meant.
    pub problems: Vec<EnvProblem>,
}

impl Env {
    /// Loads `files`, highest priority first, over the process environment (`None`: not looked at).
    pub fn load(
        dialect: Dialect,
        files: &[EnvFile],
        process: Option<&BTreeMap<String, Secret>>,
    ) -> Self {
        let nothing = BTreeMap::new();
        let outer = process.unwrap_or(&nothing);
        let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
        let loaded = dotenv::load(dialect, &texts, outer);
        let path = |index: usize| {
            files
                .get(index)
                .map_or_else(String::new, |file| file.path.clone())
        };

        let mut definitions: BTreeMap<String, Vec<(bool, Definition)>> = BTreeMap::new();
        for assignment in loaded.assignments.into_iter().rev() {
            let origin = Origin::File {
                path: path(assignment.file),
                line: assignment.line,
                column: assignment.column,
            };
            let definition = Definition {
                name: tellable(&assignment.name),
                value: assignment.value,
                origin,
            };
            definitions
                .entry(assignment.name)
                .or_default()
                .push((assignment.wins, definition));
        }
        let mut variables = BTreeMap::new();
        for (name, value) in outer {
            let winner = Definition {
                name: tellable(name),
                value: value.clone(),
                origin: Origin::Process,
            };
            let shadowed = in_order(definitions.remove(name).unwrap_or_default(), files);
            variables.insert(name.clone(), Variable { winner, shadowed });
        }
        for (name, all) in definitions {
            let mut all = in_order(all, files);
            let mut winner = all.remove(0);
            if let Some(value) = loaded.values.get(&name) {
                winner.value = value.clone();
            }
            variables.insert(
                name,
                Variable {
                    winner,
                    shadowed: all,
                },
            );
        }
        let lines: Vec<Vec<&str>> = if loaded.problems.is_empty() {
            Vec::new()
        } else {
            texts.iter().map(|text| text.lines().collect()).collect()
        };
        // `// keys of Clerk` is a comment to whoever wrote it, and gives no variable either way.
        let is_comment = |file: usize, line: u32| {
            let at = usize::try_from(line)
                .unwrap_or(usize::MAX)
                .saturating_sub(1);
            let text = lines.get(file).and_then(|lines| lines.get(at));
            text.is_some_and(|text| text.trim_start().starts_with("//") && !text.contains('='))
        };
        let problems = loaded.problems.into_iter();
        let problems = problems.filter(|problem| !is_comment(problem.file, problem.line));
        let problems = problems.map(|problem| EnvProblem {
            path: path(problem.file),
            line: problem.line,
            message: problem.message,
        });
        Self {
            variables,
            files: files.iter().map(|file| file.path.clone()).collect(),
            with_process: process.is_some(),
            problems: problems.collect(),
        }
    }

    /// A variable, also an empty one.
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    /// The first of several names that is set.
    pub fn first(&self, names: &[&str]) -> Option<&Variable> {
        names
            .iter()
            .filter_map(|name| self.get(name))
            .find(|variable| variable.is_set())
    }

    /// Every variable, by name.
    pub fn all(&self) -> impl Iterator<Item = &Variable> {
        self.variables.values()
    }

    /// Where was looked, in words.
    pub fn sources(&self) -> String {
        let files = self.files.join(", ");
        match (self.with_process, files.is_empty()) {
            (true, true) => "process environment (no env file found)".to_owned(),
            (true, false) => format!("process environment, {files}"),
            (false, true) => "no env file found".to_owned(),
            (false, false) => files,
        }
    }
}

/// The one that wins first, then by priority of the file, then later lines before earlier ones.
fn in_order(mut definitions: Vec<(bool, Definition)>, files: &[EnvFile]) -> Vec<Definition> {
    let rank = |definition: &Definition| match &definition.origin {
        Origin::Process => (0, 0),
        Origin::File { path, line, .. } => {
            let file = files
                .iter()
                .position(|file| file.path == *path)
                .unwrap_or(usize::MAX);
            (file, u32::MAX - line)
        }
    };
    definitions.sort_by_key(|(wins, definition)| (!wins, rank(definition)));
    definitions
        .into_iter()
        .map(|(_, definition)| definition)
        .collect()
}

/// A name without what may be a value: of `CLERK_WEBHOOK_SIGNING_SECRETwhsec_…=`, where the first `=` was
/// forgotten and the padding taken for it, the loader makes one long name.
fn tellable(name: &str) -> String {
    let usual = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let head = name.find(|c| !usual(c)).unwrap_or(name.len());
    let (head, tail) = name.split_at(head);
    let mixed = tail.contains(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
    if !head.is_empty() && tail.len() >= 8 && mixed {
        format!("{head}…")
    } else {
        name.to_owned()
    }
}

/// What of an environment value may be shown. Anything may stand in a variable by mistake, so only a
/// path or plain web address in a variable named for one is shown whole; of the rest no more than
/// [`Secret::redacted`] gives.
fn shown(name: &str, value: &Secret) -> String {
    let text = value.expose();
    let address = ["/", "http://", "https://"]
        .iter()
        .any(|start| text.starts_with(start));
    let plain = text.len() <= 200
        && text.bytes().all(|b| b.is_ascii_graphic())
        && !text.contains(['@', '?', '#', '=', '%'])
        && !text
            .split(['/', ':', '.'])
            .any(|part| keys::kind_of(part).is_some() || part.len() > 63)
        && !path_of(text).split('/').any(looks_random);
    if name.ends_with("URL") && address && plain {
        text.to_owned()
    } else {
        value.redacted()
    }
}

/// The path of an address, or a path itself.
fn path_of(text: &str) -> &str {
    let Some((_, rest)) = text.split_once("://") else {
        return text;
    };
    rest.find('/').map_or("", |at| &rest[at..])
}

/// Whether a part of a path may be a token, as in the address of a chat hook: no page is named so.
fn looks_random(part: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| part.as_bytes().iter().any(kind);
    let (upper, lower) = (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase));
    part.len() >= 16 && ((has(u8::is_ascii_digit) && (upper || lower)) || (upper && lower))
}

#[cfg(test)]
mod tests {
    use super::tellable;

    #[test]
    fn a_value_that_ran_into_its_name_is_not_told() {
        for (name, told) in [
            ("CLERK_SECRET_KEY", "CLERK_SECRET_KEY"),
            ("clerk_secret_key_2", "clerk_secret_key_2"),
            ("CLERK_url", "CLERK_url"),
            (
                "CLERK_WEBHOOK_SIGNING_SECRETwhsec_aB3dE",
                "CLERK_WEBHOOK_SIGNING_SECRET…",
            ),
            ("CLERK_é_aB3dEfGh", "CLERK_…"),
        ] {
            assert_eq!(tellable(name), told);
        }
    }
}
