//! `dependencies/lockfile-missing`

use super::joined;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, tree};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/lockfile-missing",
        group: Group::Dependencies,
        severity: Severity::Warning,
        pass: "A lock file says what is installed, and git keeps it",
        fail: "No lock file that git keeps says what is installed",
        why: "each build installs what is newest that day, reviewed by nobody, and no scanner can tell what runs",
        docs: include_str!("lockfile_missing.md"),
    },
    needs: &[Need::Packages],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    let Some(lock) = &packages.lock else {
        let ignored = ignored_names(facts);
        let out = match ignored.is_empty() {
            true => String::new(),
            false => format!("take {} out of .gitignore, ", joined(&ignored)),
        };
        return Verdict::of(Some(
            Finding::warning("there is no lock file at or above the app")
                .at(Place::file(&facts.app.manifest), "")
                .fix(format!(
                    "{out}run the package manager's install once, and commit the lock file that it writes"
                )),
        ));
    };
    if let Some(fault) = lock.fault.as_ref().filter(|fault| !fault.is_binary) {
        return super::unread(lock, fault);
    }
    let git = facts.git.as_ref();
    let ignored = git
        .map(|git| git.ignores(&lock.path, false))
        .filter(|judgement| judgement.ignored);
    Verdict::of(ignored.map(|_| {
        Finding::warning(format!("git ignores {}", lock.path))
            .at(Place::file(&lock.path), "")
            .fix(format!(
                "take {} out of .gitignore and commit it",
                tree::file_name(&lock.path)
            ))
    }))
}

/// The lock files that git would not keep beside the app's manifest.
fn ignored_names(facts: &Facts) -> Vec<&'static str> {
    const NAMES: [&str; 4] = [
        "package-lock.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "bun.lock",
    ];
    let Some(git) = facts.git.as_ref() else {
        return Vec::new();
    };
    let path = |name: &str| tree::join(&facts.app.path, name);
    let ignores = |name: &&str| git.ignores(&path(name), false).ignored;
    NAMES.into_iter().filter(ignores).collect()
}
