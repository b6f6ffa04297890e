//! `dependencies/floating-version`

use super::placed;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::packages::{Direct, Lock};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/floating-version",
        group: Group::Dependencies,
        severity: Severity::Warning,
        pass: "Each package of Clerk's is of a known release",
        fail: "A package of Clerk's is of whatever version comes, or of no release",
        why: "the next install may bring another major version, or one that nobody has released",
        docs: include_str!("floating_version.md"),
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
    // That a binary lock file holds a version needs no reading.
    let holds = |lock: &Lock| lock.fault.as_ref().is_none_or(|fault| fault.is_binary);
    let is_locked = packages.lock.as_ref().is_some_and(holds);
    let mut findings = Vec::new();
    for direct in packages.clerk() {
        if is_floating(&direct.range) && !is_locked {
            if let Some((lock, fault)) = packages.unread_lock() {
                return super::unread(lock, fault);
            }
            let message = format!(
                "{} is asked for as \"{}\", and no lock file holds a version",
                direct.name, direct.range
            );
            findings.push(placed(Finding::warning(message), direct).fix(
                "ask for a major version, such as with `npm install`, and commit the lock file",
            ));
        } else if let Some(version) = unreleased(direct) {
            let message = format!("{} {version} is no release", direct.name);
            findings.push(
                placed(Finding::warning(message), direct)
                    .fix("deploy a release; prereleases get no fixes"),
            );
        }
    }
    Verdict::Judged(findings)
}

/// Whether a range takes whatever comes: a tag, `*`, or a lower end alone.
fn is_floating(range: &str) -> bool {
    let range = range.trim();
    let tag = range.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    let open = range.starts_with(">=") && !range.contains(['<', '|', ' ']);
    tag || range == "*" || open
}

/// The installed version, where it is a canary, a snapshot or the like.
fn unreleased(direct: &Direct) -> Option<&str> {
    let version = direct.version.as_deref().filter(|_| direct.is_exact)?;
    version.contains('-').then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_with_an_upper_end_does_not_float() {
        for range in ["latest", "*", "", "canary", "next", ">=5"] {
            assert!(is_floating(range), "{range}");
        }
        for range in [
            "^7.0.0",
            "7",
            ">=5 <7",
            "7.x",
            "workspace:*",
            "catalog:",
            "npm:x@1",
        ] {
            assert!(!is_floating(range), "{range}");
        }
    }
}
