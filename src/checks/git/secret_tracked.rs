//! `git/secret-tracked`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, SecretFile};
use crate::model::{Finding, Group, Known, Meta, Severity, Together};

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
    Verdict::Judged(files.flat_map(findings).collect())
}

/// One for each secret of a file.
fn findings(file: &SecretFile) -> impl Iterator<Item = Finding> {
    let path = &file.path;
    let sentence = Together::new(format!("{path} is tracked by git and holds"), "secrets");
    file.credentials.iter().map(move |one| {
        let name = &one.name;
        Finding::error(format!("{path} is tracked by git and holds {name}"))
            .at(one.place(), format!("{name} is committed"))
            .fix(format!(
                "roll the key, then `git rm --cached {path}` and ignore the file"
            ))
            .verify(format!("git log --oneline -- {path}"))
            .together(&sentence)
    })
}
