//! What git ignores, and what it tracks.

pub mod env_file_not_ignored;
pub mod keyless_not_ignored;
pub mod secret_tracked;

use crate::facts::{Git, tree};
use crate::model::Fix;
use crate::model::fix::{Change, Edit};

/// What to change first where a rule with `!` takes back what another one ignores.
fn taken_back(git: &Git, path: &str) -> Option<String> {
    let rule = git.ignores(path, false).rule.filter(|rule| rule.negated)?;
    Some(format!(
        "delete the rule `{}` at {}:{}, which takes back what another rule ignores",
        rule.pattern, rule.file, rule.line
    ))
}

/// Lines to add to the ignore file of a folder, unless a rule takes back what others ignore.
fn ignoring(git: &Git, path: &str, folder: &str, lines: &[&str]) -> Option<Fix> {
    // A name that is a pattern ignores something else.
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-*/!".contains(c);
    let named = |line: &&str| line.chars().all(plain);
    if taken_back(git, path).is_some() || !lines.iter().all(named) {
        return None;
    }
    let file = tree::join(folder, ".gitignore");
    let edit = |line: &&str| Edit::new(&*file, Change::Line((*line).to_owned()));
    Some(Fix::safe(lines.iter().map(edit)))
}
