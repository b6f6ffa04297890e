//! `git/secret-tracked`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Known, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "git/secret-tracked",
        group: Group::Git,
        severity: Severity::Error,
        pass: "No tracked env file holds a secret",
        fail: "A tracked env file holds a secret",
        why: "everyone who can read the repository, now or later, has the key; ignoring the file does not undo it",
        docs: include_str!("secret_tracked.md"),
    },
    needs: &[Need::Git],
    scope: Scope::Everything,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(git) = facts.git.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    let tracked = match &git.tracked {
        Known::Yes(tracked) => tracked,
        Known::NotAsked(why) => return Verdict::not_applicable(why.clone()),
        Known::Failed(why) => {
            return Verdict::Undecided {
                why: format!("what git tracks could not be read: {why}"),
                hint: "run `git status` here; it says what is wrong with the repository".to_owned(),
                marks: Vec::new(),
            };
        }
    };
    let files = facts
        .secret_files
        .iter()
        .filter(|file| tracked.contains(&file.path));
    Verdict::Judged(
        files
            .filter_map(|file| {
                let first = file.credentials.first()?;
                let others = match file.credentials.len() - 1 {
                    0 => String::new(),
                    1 => " and another secret".to_owned(),
                    more => format!(" and {more} other secrets"),
                };
                let finding = Finding::error(format!(
                    "{} is tracked by git and holds {}{others}",
                    file.path, first.name
                ));
                let marked = file.credentials.iter().fold(finding, |f, one| {
                    f.at(one.place(), format!("{} is committed", one.name))
                });
                Some(
                    marked
                        .fix(format!(
                            "roll the key, then `git rm --cached {}` and ignore the file",
                            file.path
                        ))
                        .verify(format!("git log --oneline -- {}", file.path)),
                )
            })
            .collect(),
    )
}
