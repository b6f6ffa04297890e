//! `dependencies/security-patch-behind`

use super::{placed, said};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories::{PATCHES, Patch};
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
    let mut findings = Vec::new();
    for direct in packages.clerk().filter(|direct| direct.is_exact) {
        let version = direct.version.as_deref().unwrap_or_default();
        let missed = missed(&direct.name, version);
        if let Some(last) = missed.last() {
            let finding = Finding::warning(message(&said(direct), &missed));
            findings.push(placed(finding, direct).fix(format!(
                "upgrade {} to {} or later",
                direct.name, last.fixed
            )));
        }
    }
    for copy in &packages.copies {
        let missed = missed(&copy.name, &copy.version);
        if let Some(last) = missed.last() {
            let who = format!("{} {}", copy.name, copy.version);
            findings.push(
                Finding::warning(message(&who, &missed))
                    .at(copy.place.clone(), "brought along by another package")
                    .fix(format!(
                        "upgrade the SDK that brings it until {} is {} or later",
                        copy.name, last.fixed
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

fn message(who: &str, missed: &[&Patch]) -> String {
    let shown: Vec<String> = missed
        .iter()
        .rev()
        .take(2)
        .map(|patch| format!("{} ({})", patch.what, patch.fixed))
        .collect();
    let fixes = match missed.len() {
        1 => "a security fix".to_owned(),
        many => format!("{many} security fixes"),
    };
    let such = if missed.len() > 2 { ", such as" } else { ":" };
    format!(
        "{who} is behind {fixes} of its line{such} {}",
        shown.join(" and ")
    )
}
