//! `dependencies/security-patch-behind`

use super::{bringing, has_advisory, named_sdks, placed, said};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories::{self, PATCHES, Patch};
use crate::facts::packages::Packages;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/security-patch-behind",
        group: Group::Dependencies,
        severity: Severity::Warning,
        pass: "No package of Clerk's is behind a known security fix of its line",
        fail: "A package of Clerk's is behind security fixes of its line",
        why: "not every fix gets an advisory, and scanners know of none of these",
        docs: include_str!("security_patch_behind.md"),
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
    super::by_lock(packages, look(packages))
}

fn look(packages: &Packages) -> Verdict {
    let mut findings = Vec::new();
    for direct in packages.clerk().filter(|direct| direct.is_exact) {
        let version = direct.version.as_deref().unwrap_or_default();
        let missed = missed(&direct.name, version);
        if let Some(last) = missed.last() {
            let finding = Finding::warning(message(&said(direct), &missed));
            findings.push(placed(finding, direct).fix(format!(
                "upgrade {} to {} or later",
                direct.name,
                cure(last)
            )));
        }
    }
    for copy in &packages.copies {
        let sdks = bringing(packages, copy);
        // The upgrade that an advisory asks for mends this too.
        if sdks.iter().any(|direct| has_advisory(direct)) {
            continue;
        }
        let missed = missed(&copy.name, &copy.version);
        if let Some(last) = missed.last() {
            let who = format!("{} {}", copy.name, copy.version);
            findings.push(
                Finding::warning(message(&who, &missed))
                    .at(copy.place.clone(), "brought along by another package")
                    .fix(format!(
                        "upgrade {} until {} is {} or later",
                        named_sdks(&sdks),
                        copy.name,
                        cure(last)
                    )),
            );
        }
    }
    Verdict::Judged(findings)
}

/// The fixes that a version lacks, in the order of the releases.
fn missed(package: &str, version: &str) -> Vec<&'static Patch> {
    let behind = |patch: &&Patch| patch.is_missed_by(package, version);
    PATCHES.iter().filter(behind).collect()
}

/// The version to take: the one with the fix, unless an advisory names that one.
fn cure(patch: &Patch) -> &'static str {
    match advisories::of(patch.package, patch.fixed).is_empty() {
        true => patch.fixed,
        false => advisories::cure(patch.package, patch.fixed).unwrap_or(patch.fixed),
    }
}

fn message(who: &str, missed: &[&Patch]) -> String {
    let shown: Vec<String> = missed
        .iter()
        .rev()
        .take(2)
        .map(|patch| format!("{}, fixed in {}", patch.what, patch.fixed))
        .collect();
    let fixes = match missed.len() {
        1 => "a security fix".to_owned(),
        many => format!("{many} security fixes"),
    };
    let such = if missed.len() > 2 { ", such as" } else { ":" };
    format!("{who} lacks {fixes}{such} {}", shown.join("; "))
}
