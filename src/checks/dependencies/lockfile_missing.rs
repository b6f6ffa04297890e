//! `dependencies/lockfile-missing`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
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
        return Verdict::of(Some(
            Finding::warning("there is no lock file at or above the app")
                .at(Place::file(&facts.app.manifest), "")
                .fix("run the package manager's install once, and commit the lock file that it writes"),
        ));
    };
    // What lies above the audited directory is judged there.
    let git = facts.git.as_ref().filter(|_| !lock.path.starts_with(".."));
    let ignored = git
        .map(|git| git.ignores(&lock.path, false))
        .filter(|judgement| judgement.ignored);
    Verdict::of(ignored.map(|_| {
        Finding::warning(format!("git ignores {}", lock.path))
            .at(Place::file(&lock.path), "")
            .fix("take it out of .gitignore and commit it")
    }))
}
