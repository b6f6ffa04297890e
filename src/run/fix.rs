//! `--fix`: what a program can mend, applied or shown.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::facts::{mend, tree};
use crate::gather::editing::{Editable, Editing, Standing};
use crate::gather::files::{self, Root};
use crate::model::fix::{Change, Edit, Safety};
use crate::model::{Finding, Report};
use crate::{report, save};

/// By file, the changes that findings ask for which count.
type Changes = BTreeMap<String, Vec<Change>>;

/// Applies what is safe. Says on standard error what was changed and what was not; whether anything was.
pub(super) fn apply(report: &Report, root: &Root, force: bool) -> bool {
    let editing = Editing::open(root);
    let (mut done, mut left_out, mut without_git) = (0, 0, false);
    for (file, changes) in changes(report, &editing, Safety::Safe) {
        match write(&editing, &file, changes, force) {
            Ok(Written { said, no_git }) => {
                done += said.len();
                without_git |= no_git && !said.is_empty();
                said.iter()
                    .for_each(|what| say(&format!("fixed {file}: {what}")));
            }
            Err(why) => {
                left_out += 1;
                say(&format!("not fixed, {file}: {why}"));
            }
        }
    }
    if without_git {
        say("this is no git repository: what was fixed cannot be taken back by git");
    }
    if done + left_out == 0 {
        say("--fix: nothing here is mended without somebody reading it");
    }
    if !changes(report, &editing, Safety::Review).is_empty() {
        say("more can be mended once somebody has read it: --fix=review shows a diff");
    }
    done > 0
}

/// Everything else, as one diff. Says on standard error what has none.
pub(super) fn review(report: &Report, root: &Root, out: &mut dyn Write) -> io::Result<()> {
    let editing = Editing::open(root);
    let mut shown = false;
    for (file, changes) in changes(report, &editing, Safety::Review) {
        match diff(&editing, &file, changes) {
            Ok(Some(diff)) => {
                shown = true;
                out.write_all(diff.as_bytes())?;
            }
            Ok(None) => {}
            Err(why) => say(&format!("no diff for {file}: {why}")),
        }
    }
    for (place, why) in unmended(report) {
        say(&format!("no diff for {place}: {why}"));
    }
    if !shown {
        say("--fix=review: nothing here is mended by a diff");
    }
    let left = findings(report)
        .filter(|finding| finding.mend.is_none())
        .count();
    if left > 0 {
        let (findings, are) = if left == 1 {
            ("finding", "is")
        } else {
            ("findings", "are")
        };
        say(&format!(
            "{left} {findings} {are} left to you: the report says what to do"
        ));
    }
    Ok(())
}

/// What has no diff though others of its check have one: where, and why.
fn unmended(report: &Report) -> BTreeSet<(String, &'static str)> {
    let all = findings(report).filter_map(|finding| {
        let place = finding.place().map_or(String::new(), report::place);
        Some((place, finding.unmended?))
    });
    all.collect()
}

fn findings(report: &Report) -> impl Iterator<Item = &Finding> {
    let checks = report.apps.iter().flat_map(|app| &app.checks);
    checks.flat_map(|check| check.outcome.findings())
}

fn changes(report: &Report, editing: &Editing, safety: Safety) -> Changes {
    let fixes = findings(report).filter_map(|finding| finding.mend.as_ref());
    let mut all = Changes::new();
    for edit in fixes
        .filter(|fix| fix.safety == safety)
        .flat_map(|fix| &fix.edits)
    {
        for file in files_of(edit, editing) {
            let changes = all.entry(file).or_default();
            if !changes.contains(&edit.change) {
                changes.push(edit.change.clone());
            }
        }
    }
    for changes in all.values_mut() {
        mend::sort(changes);
    }
    all
}

/// The files that an edit is about.
fn files_of(edit: &Edit, editing: &Editing) -> Vec<String> {
    let Change::Variable { from, .. } = &edit.change else {
        return vec![edit.file.clone()];
    };
    let names = editing.names(&edit.file).into_iter();
    let examples = names.filter(|name| mend::is_example(name));
    let paths = examples.map(|name| tree::join(&edit.file, &name));
    // One that does not name it has nothing to be fixed.
    let names_it = |path: &String| {
        editing
            .read(path)
            .is_ok_and(|file| file.text.contains(from))
    };
    paths.filter(names_it).collect()
}

/// A text with what changes can be made to it, what they were, and why others could not be made.
struct Mended {
    text: String,
    said: Vec<String>,
    left_out: Vec<String>,
}

fn mended(file: &str, before: &str, changes: Vec<Change>) -> Mended {
    let mut mended = Mended {
        text: before.to_owned(),
        said: Vec::new(),
        left_out: Vec::new(),
    };
    for change in changes {
        match mend::changed(file, &mended.text, &change) {
            Ok(Some(text)) => {
                mended.text = text;
                mended.said.push(change.words());
            }
            Ok(None) => {}
            Err(why) => mended.left_out.push(why),
        }
    }
    mended.left_out.dedup();
    mended
}

struct Written {
    said: Vec<String>,
    no_git: bool,
}

fn write(
    editing: &Editing,
    file: &str,
    changes: Vec<Change>,
    force: bool,
) -> Result<Written, String> {
    let now = editing.read(file)?;
    let new = mended(file, &now.text, changes);
    if new.said.is_empty() {
        return match new.left_out.first() {
            Some(why) => Err(why.clone()),
            None => Ok(Written {
                said: Vec::new(),
                no_git: false,
            }),
        };
    }
    let standing = editing.standing(&now);
    match &standing {
        Standing::Changed(why) if !force => {
            return Err(format!("{why}; --force changes it all the same"));
        }
        Standing::Unknown(why) if !force => {
            return Err(format!(
                "whether git has it is not known ({why}); --force changes it all the same"
            ));
        }
        _ => {}
    }
    save_text(&now, &new.text)?;
    for why in new.left_out {
        say(&format!("not fixed, {file}: {why}"));
    }
    Ok(Written {
        said: new.said,
        no_git: standing == Standing::NoGit,
    })
}

fn save_text(file: &Editable, text: &str) -> Result<(), String> {
    save::whole(&file.path, text.as_bytes())
        .map_err(|e| format!("it cannot be written: {}", files::words(&e)))
}

fn diff(editing: &Editing, file: &str, changes: Vec<Change>) -> Result<Option<String>, String> {
    let now = editing.read(file)?;
    let new = mended(file, &now.text, changes);
    for why in &new.left_out {
        say(&format!("no diff for a part of {file}: {why}"));
    }
    if new.said.is_empty() {
        return Ok(None);
    }
    let path = tree::join(&editing.prefix(), file);
    let diff = report::diff::unified(&path, &now.text, &new.text)?;
    match mend::holds_key(&diff) {
        true => Err("a key stands beside what would change".to_owned()),
        false => Ok(Some(diff)),
    }
}

fn say(text: &str) {
    let _ = writeln!(
        io::stderr(),
        "clerk-audit: {}",
        crate::report::printable(text)
    );
}
