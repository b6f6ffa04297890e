//! The file in which Clerk meets each request.

pub mod both_files;
pub mod deprecated_name;
pub mod file_misplaced;
pub mod file_missing;
pub mod file_not_loaded;
pub mod without_clerk;
pub mod wrong_export;

use crate::checks::engine::Verdict;
use crate::facts::Facts;
use crate::facts::code::SyntaxProblem;
use crate::facts::code::entry::{EntryFacts, Misplaced, State};
use crate::facts::framework::{Entry, Framework};
use crate::model::{Finding, Mark, Place, Role};

/// What is known of the app's entry; without one, why the question does not arise.
fn entry(facts: &Facts) -> Result<&EntryFacts, Verdict> {
    facts.entry.as_ref().ok_or_else(|| {
        let why = facts
            .app
            .stack()
            .find_map(|framework| match framework.entry {
                Entry::Without(why) => Some(why),
                _ => None,
            });
        Verdict::not_applicable(why.unwrap_or("no framework of this app has such a file"))
    })
}

/// As [`entry`], for what only a file with a name of its own can have.
fn entry_file(facts: &Facts) -> Result<&EntryFacts, Verdict> {
    let by_name = facts
        .app
        .stack()
        .any(|f| matches!(f.entry, Entry::NextMiddleware | Entry::File { .. }));
    if !by_name && facts.entry.is_some() {
        let name = facts.app.framework.name;
        return Err(Verdict::not_applicable(format!(
            "{name} loads no file of a fixed name for this"
        )));
    }
    entry(facts)
}

/// As [`entry_file`], for what only Next.js has two names for.
fn next_entry(facts: &Facts) -> Result<&EntryFacts, Verdict> {
    let next = |framework: &Framework| matches!(framework.entry, Entry::NextMiddleware);
    let entry = entry_file(facts)?;
    if facts.app.stack().any(next) {
        return Ok(entry);
    }
    let name = facts.app.framework.name;
    Err(Verdict::not_applicable(format!(
        "{name} has one name for it"
    )))
}

/// The file that the framework loads, if there is one.
fn loaded(entry: &EntryFacts) -> Option<&str> {
    match &entry.state {
        State::File { file } => Some(file),
        _ => None,
    }
}

/// A file that is passed by: the fault itself where nothing else runs Clerk, else a dead file that
/// misleads whoever edits it.
fn passed_by(entry: &EntryFacts, misplaced: &Misplaced, why: &str) -> Option<Finding> {
    let (file, should_be) = (&misplaced.file, &misplaced.should_be);
    let place = Place::file(file.clone());
    if let (Some(other), true) = (loaded(entry), misplaced.turbopack_loads) {
        return Some(
            Finding::warning(format!("Turbopack builds load {file} in place of {other}"))
                .at(place, "Turbopack takes this one")
                .see(Place::file(other), "the other builds take this one")
                .because("what one of the two does, one kind of build leaves out without a word")
                .fix(format!(
                    "move what {file} does into {other}, and delete {file}"
                )),
        );
    }
    if let Some(other) = loaded(entry) {
        return misplaced.has_clerk.then(|| {
            Finding::warning(format!("{file} runs Clerk, but is never loaded: {why}"))
                .at(place, "dead code")
                .see(Place::file(other), "this file is loaded instead")
                .fix(format!("delete {file}, or move what it does into {other}"))
        });
    }
    if misplaced.turbopack_loads {
        return Some(
            Finding::warning(format!("{file} is loaded by Turbopack builds only: {why}"))
                .at(place, format!("belongs in {should_be}"))
                .because(
                    "a build without Turbopack passes it by without a word, and nothing in it runs",
                )
                .fix(moved(file, should_be)),
        );
    }
    Some(
        Finding::error(format!("{file} is never loaded: {why}"))
            .at(place, format!("belongs in {should_be}"))
            .fix(moved(file, should_be)),
    )
}

/// How a file comes to its right path; a new name asks for a new name of the export.
fn moved(from: &str, to: &str) -> String {
    let split = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        (
            folder.to_owned(),
            name.split('.').next().unwrap_or(name).to_owned(),
        )
    };
    let ((old_folder, old_name), (folder, name)) = (split(from), split(to));
    let verb = if old_folder == folder {
        "rename it to"
    } else {
        "move it to"
    };
    if old_name != name && old_name != "index" {
        format!("{verb} {to} (and an export named `{old_name}` to `{name}`)")
    } else {
        format!("{verb} {to}")
    }
}

/// The code of an example, without the name of the file that it belongs in.
fn code(example: &str) -> &str {
    example
        .rsplit_once(" in ")
        .map_or(example, |(code, _)| code)
}

/// The answer where a file does not parse.
fn unreadable(entry: &EntryFacts) -> Option<Verdict> {
    let (file, problem) = entry.unreadable.as_ref()?;
    let place = Place::Span {
        file: file.clone(),
        line: problem.at.line,
        column: problem.at.column,
        excerpt: None,
    };
    let (what, hint) = match *problem == SyntaxProblem::unread() {
        true => ("read", "let the audit read it: Clerk meets requests there"),
        false => (
            "parsed",
            "correct the syntax; the build would stop there too",
        ),
    };
    Some(Verdict::Undecided {
        why: format!("{file} could not be {what}: {}", problem.message),
        hint: hint.to_owned(),
        marks: vec![Mark {
            place,
            label: String::new(),
            role: Role::Primary,
        }],
    })
}
