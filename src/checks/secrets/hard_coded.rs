//! `secrets/hard-coded`

use super::{by_value, counts, cure, is_clerks, marked, severity};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::keys::Kind;
use crate::facts::secrets::TextHit;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "secrets/hard-coded",
        group: Group::Secrets,
        severity: Severity::Error,
        pass: "No secret of Clerk's stands in a text of the project",
        fail: "A secret of Clerk's stands in a text of the project",
        why: "everyone who can read the repository, a fork or a container image can use it in your name",
        docs: include_str!("hard_coded.md"),
    },
    needs: &[Need::Texts],
    scope: Scope::Everything,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(texts) = facts.texts.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    let secrets = texts
        .hits
        .iter()
        .filter(|hit| counts(facts, &hit.credential, hit.setting));
    let findings = by_value(secrets)
        .into_iter()
        .filter_map(|hits| finding(facts, hits));
    Verdict::Judged(findings.collect())
}

fn finding(facts: &Facts, mut hits: Vec<&TextHit>) -> Option<Finding> {
    hits.sort_by_key(|hit| {
        (
            severity(&hit.credential, hit.setting) != Severity::Error,
            hit.setting,
        )
    });
    let worst = *hits.first()?;
    let credential = &worst.credential;
    let (what, setting) = (credential.words(), worst.setting.words());
    let value = &credential.value;
    if !hits.iter().any(|hit| is_clerks(facts, &hit.credential)) {
        let others = match credential.kind {
            Kind::Webhook => "Clerk's or that of another sender of webhooks",
            _ => "Clerk's or Stripe's",
        };
        let message = format!("{what} stands in {setting}: {value}, which may be {others}");
        let finding = Finding::warning(message)
            .fix("roll it where it was issued, and read it from a variable");
        return Some(marked(finding, &hits, "a whole key"));
    }
    let message = format!("{what} stands in {setting}: {value}");
    let finding = Finding::new(severity(credential, worst.setting), message).fix(format!(
        "{}; then read it from a variable: git keeps what was ever committed",
        cure(credential.kind)
    ));
    Some(marked(finding, &hits, "a whole key"))
}
