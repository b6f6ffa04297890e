//! `secrets/hard-coded`

use super::{by_value, counts, cure, is_clerks, severity};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::keys::Kind;
use crate::facts::secrets::TextHit;
use crate::model::{Finding, Group, Meta, Severity, Together};

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
        .flat_map(|hits| findings(facts, hits));
    Verdict::Judged(findings.collect())
}

/// One for each place of a credential, the worst first.
fn findings(facts: &Facts, mut hits: Vec<&TextHit>) -> Vec<Finding> {
    hits.sort_by_key(|hit| {
        (
            severity(&hit.credential, hit.setting) != Severity::Error,
            hit.setting,
        )
    });
    let is_clerks = hits.iter().any(|hit| is_clerks(facts, &hit.credential));
    let finding = |hit: &TextHit| {
        let credential = &hit.credential;
        let (what, value) = (credential.words(), &credential.value);
        let (severity, which, fix) = match (is_clerks, credential.kind) {
            (true, kind) => (
                severity(credential, hit.setting),
                "",
                format!(
                    "{}; then read it from a variable: git keeps what was ever committed",
                    cure(kind)
                ),
            ),
            (false, Kind::Webhook) => (
                Severity::Warning,
                ", which may be Clerk's or that of another sender of webhooks",
                ELSEWHERE.to_owned(),
            ),
            (false, _) => (
                Severity::Warning,
                ", which may be Clerk's or Stripe's",
                ELSEWHERE.to_owned(),
            ),
        };
        let sentence = Together::new(
            format!("{what} stands in"),
            format!("places: {value}{which}"),
        );
        let setting = hit.setting.words();
        Finding::new(
            severity,
            format!("{what} stands in {setting}: {value}{which}"),
        )
        .at(hit.place(), "a whole key")
        .fix(fix)
        .together(&sentence)
    };
    hits.into_iter().map(finding).collect()
}

const ELSEWHERE: &str = "roll it where it was issued, and read it from a variable";
