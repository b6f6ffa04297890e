//! `dependencies/peer-range`

use nodejs_semver::{Range, Version};

use super::{placed, said};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories;
use crate::facts::packages::{Direct, Packages};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/peer-range",
        group: Group::Dependencies,
        severity: Severity::Warning,
        pass: "The framework is of a version that the SDK is made for",
        fail: "The framework is of a version that the SDK is not made for",
        why: "what Clerk leaves out of the range either breaks or has a known hole",
        docs: include_str!("peer_range.md"),
    },
    needs: &[Need::Packages],
    scope: Scope::Apps,
    run,
};

/// For lock files that record no peers: those of every release of a major on npm.
const PEERS: &[(&str, u64, &str, &str)] = &[
    (
        "@clerk/nextjs",
        7,
        "next",
        "^15.2.8 || ^15.3.8 || ^15.4.10 || ^15.5.9 || ^15.6.0-0 || ^16.0.10 || ^16.1.0-0",
    ),
    ("@clerk/nextjs", 6, "next", ">=13.5.4"),
    ("@clerk/nextjs", 5, "next", ">=13.5.4"),
];

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    super::by_lock(packages, look(packages))
}

fn look(packages: &Packages) -> Verdict {
    let mut asked = false;
    let mut findings = Vec::new();
    for direct in packages.clerk() {
        let outside: Vec<(&Direct, String)> = peers(direct)
            .into_iter()
            .filter_map(|(name, range)| {
                let peer = packages.direct(&name)?;
                asked = true;
                is_outside(peer, &range)?.then_some((peer, range))
            })
            .collect();
        findings.extend(finding(packages, direct, &outside));
    }
    if !asked {
        return Verdict::not_applicable("the lock file records no peers of its SDK");
    }
    Verdict::Judged(findings)
}

fn peers(direct: &Direct) -> Vec<(String, String)> {
    if !direct.peers.is_empty() {
        return direct.peers.clone();
    }
    let version = direct.version.as_deref().and_then(advisories::parse);
    let major = version
        .filter(|_| direct.is_exact)
        .map(|version| version.major());
    let known = PEERS
        .iter()
        .filter(|(name, of, ..)| *name == direct.name && Some(*of) == major);
    known
        .map(|(_, _, peer, range)| ((*peer).to_owned(), (*range).to_owned()))
        .collect()
}

/// A prerelease is judged by the numbers of its release: a range names no canary, and means none ill.
fn is_outside(peer: &Direct, range: &str) -> Option<bool> {
    let version = peer.version.as_deref().filter(|_| peer.is_exact)?;
    let release = version.split(['-', '+']).next()?;
    let range = Range::parse(range).ok()?;
    let fits = |text: &str| Version::parse(text).is_ok_and(|version| range.satisfies(&version));
    Some(!fits(release) && !fits(version))
}

fn finding(packages: &Packages, direct: &Direct, outside: &[(&Direct, String)]) -> Option<Finding> {
    let (first, range) = outside.first()?;
    let message = format!(
        "{} is made for {} {range}, and {} is installed",
        said(direct),
        first.name,
        said(first)
    );
    let mut finding = placed(Finding::warning(message), first);
    for (peer, range) in outside.iter().skip(1) {
        finding = finding.see(
            peer.known.clone(),
            format!("{}, outside of {range}", said(peer)),
        );
    }
    let lock = packages
        .lock
        .as_ref()
        .map_or("the lock file", |lock| &lock.path);
    Some(finding.see(direct.known.clone(), format!("{lock} knows the range")).fix(format!(
        "upgrade {} until it lies in that range, or take the version of {} that is made for it",
        first.name, direct.name
    )))
}
