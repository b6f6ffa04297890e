//! `dependencies/node-version`

use nodejs_semver::Version;

use super::said;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories;
use crate::facts::packages::node::{Where, Wish};
use crate::facts::packages::{Direct, Packages, cores};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/node-version",
        group: Group::Dependencies,
        severity: Severity::Error,
        pass: "No place asks for a Node.js that is older than the SDK runs on",
        fail: "A place asks for a Node.js that is older than the SDK runs on",
        why: "the build or the server stops, or the SDK meets functions that are not there",
        docs: include_str!("node_version.md"),
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
    if packages.node.is_empty() {
        return Verdict::not_applicable("no file asks for a version of Node.js");
    }
    let needs = packages.clerk().filter_map(|direct| {
        let version = direct.version.as_deref()?;
        Some((cores::node(&direct.name, version)?, direct))
    });
    let Some((minimum, direct)) = needs.max_by(|(one, _), (other, _)| one.cmp(other)) else {
        return Verdict::not_applicable("no version of an SDK of Clerk's is known");
    };
    let below = packages.node.iter().filter(|wish| wish.is_below(&minimum));
    let (images, others): (Vec<&Wish>, Vec<&Wish>) =
        below.partition(|wish| wish.place == Where::FinalImage);
    let mut findings: Vec<Finding> = images
        .iter()
        .map(|wish| finding(packages, direct, &minimum, wish, &[]))
        .collect();
    if let Some((first, rest)) = others.split_first() {
        findings.push(finding(packages, direct, &minimum, first, rest));
    }
    Verdict::Judged(findings)
}

fn finding(
    packages: &Packages,
    direct: &Direct,
    minimum: &Version,
    first: &Wish,
    rest: &[&Wish],
) -> Finding {
    let message = format!(
        "{} {}, and {} needs Node.js {minimum} or later",
        what(first),
        first.text,
        said(direct)
    );
    let mut finding = Finding::new(severity(packages, first), message).at(place(first), "");
    for wish in rest.iter().take(super::SHOWN) {
        finding = finding.see(place(wish), format!("{} {}", what(wish), wish.text));
    }
    finding.fix(format!(
        "ask for Node.js {minimum} or later, best the newest LTS"
    ))
}

/// Next.js 16 stops at once on a Node.js below 20.9 (nextjs.org/docs, "Upgrading: Version 16"). What else
/// happens depends on the code that is met.
fn severity(packages: &Packages, wish: &Wish) -> Severity {
    let next = packages.direct("next").filter(|next| next.is_exact);
    let version = next.and_then(|next| next.version.as_deref());
    let refuses = version
        .and_then(advisories::parse)
        .is_some_and(|version| version.major() >= 16);
    let is_old = Version::parse("20.9.0").is_ok_and(|least| wish.is_below(&least));
    match wish.place == Where::FinalImage && refuses && is_old {
        true => Severity::Error,
        false => Severity::Warning,
    }
}

fn what(wish: &Wish) -> String {
    match wish.place {
        Where::Engines => "engines.node is".to_owned(),
        Where::Volta => "volta.node is".to_owned(),
        Where::VersionFile => format!("{} says", wish.file),
        Where::BuildImage => "the image builds on".to_owned(),
        Where::FinalImage => "the image runs on".to_owned(),
        Where::Workflow => "the workflow runs Node.js".to_owned(),
    }
}

fn place(wish: &Wish) -> Place {
    Place::Span {
        file: wish.file.clone(),
        line: wish.at.line,
        column: wish.at.column,
        excerpt: None,
    }
}
