//! `git/keyless-not-ignored`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, tree};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "git/keyless-not-ignored",
        group: Group::Git,
        severity: Severity::Warning,
        pass: "Git ignores .clerk/, where keyless mode keeps a secret key",
        fail: "Git does not ignore .clerk/, where keyless mode keeps a secret key",
        why: "a developer without keys gets a temporary instance, and its secret key is written there",
        docs: include_str!("keyless_not_ignored.md"),
    },
    needs: &[Need::Git],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(git) = facts.git.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    if !facts.app.stack().any(|framework| framework.keyless) {
        return Verdict::not_applicable(format!(
            "{} has no keyless mode",
            facts.app.framework.name
        ));
    }
    let file = tree::join(&facts.app.path, ".clerk/.tmp/keyless.json");
    if git.ignores(&file, false).ignored {
        return Verdict::Judged(Vec::new());
    }
    let folder = tree::join(&facts.app.path, ".clerk/");
    let ignore_file = tree::join(&facts.app.path, ".gitignore");
    Verdict::of(Some(
        Finding::warning(format!("git would not ignore {folder}"))
            .at(
                Place::file(ignore_file.clone()),
                format!("no rule for {folder}"),
            )
            .fix(
                super::taken_back(git, &file)
                    .unwrap_or_else(|| format!("add `/.clerk/` to {ignore_file}")),
            )
            .verify(format!("git check-ignore -v --no-index {file}")),
    ))
}
