//! What git ignores, and what it tracks.

pub mod env_file_not_ignored;
pub mod keyless_not_ignored;
pub mod secret_tracked;

use crate::facts::Git;

/// What to change first where a rule with `!` takes back what another one ignores.
fn taken_back(git: &Git, path: &str) -> Option<String> {
    let rule = git.ignores(path, false).rule.filter(|rule| rule.negated)?;
    Some(format!(
        "delete the rule `{}` at {}:{}, which takes back what another rule ignores",
        rule.pattern, rule.file, rule.line
    ))
}
