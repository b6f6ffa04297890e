//! `secrets/secret-in-build`

use super::{by_value, cure, is_clerks, marked};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::secrets::TextHit;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "secrets/secret-in-build",
        group: Group::Secrets,
        severity: Severity::Error,
        pass: "No secret of Clerk's stands in what was built for the browser",
        fail: "A secret of Clerk's stands in what was built for the browser",
        why: "every visitor downloads it",
        docs: include_str!("secret_in_build.md"),
    },
    needs: &[Need::Built],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(built) = facts.built.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    if built.folders.is_empty() {
        return Verdict::not_applicable("nothing that was built for the browser lies here");
    }
    let secrets = built
        .hits
        .iter()
        .filter(|hit| hit.credential.kind.is_credential());
    let findings = by_value(secrets);
    let findings = findings.iter().filter_map(|hits| finding(facts, hits));
    let findings: Vec<Finding> = findings.collect();
    if findings.is_empty() && built.is_cut {
        return Verdict::not_applicable("there is more built code than is searched");
    }
    Verdict::Judged(findings)
}

fn finding(facts: &Facts, hits: &[&TextHit]) -> Option<Finding> {
    let credential = &hits.first()?.credential;
    let (what, value) = (credential.words(), &credential.value);
    let finding = if hits.iter().any(|hit| is_clerks(facts, &hit.credential)) {
        Finding::error(format!(
            "{what} was built into what the browser gets: {value}"
        ))
    } else {
        Finding::warning(format!(
            "{what} was built into what the browser gets: {value}; it may be Clerk's or another company's"
        ))
    };
    let finding = finding.fix(format!(
        "{}; then find the code or setting that hands it to the bundler, and build again",
        cure(credential.kind)
    ));
    Some(marked(finding, hits, "public once it is deployed"))
}
