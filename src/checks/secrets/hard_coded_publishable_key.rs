//! `secrets/hard-coded-publishable-key`

use std::collections::BTreeSet;

use super::{by_value, marked};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{Kind, Mode};
use crate::facts::secrets::TextHit;
use crate::facts::secrets::files::Setting;
use crate::facts::{Facts, Target};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "secrets/hard-coded-publishable-key",
        group: Group::Secrets,
        severity: Severity::Warning,
        pass: "No test publishable key stands in the code that ships",
        fail: "A test publishable key stands in the code that ships",
        why: "where it is used, production runs on the development instance, with its 100 users",
        docs: include_str!("hard_coded_publishable_key.md"),
    },
    needs: &[Need::Texts],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.target != Target::Production {
        return Verdict::not_applicable(format!("judged for {}", facts.target.word()));
    }
    let Some(texts) = facts.texts.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    let ships = |hit: &&TextHit| {
        let is_script = hit.path.split('/').any(|part| part == "scripts");
        hit.credential.kind == Kind::Publishable && hit.setting == Setting::Code && !is_script
    };
    let keys = || texts.hits.iter().filter(ships);
    // A file with a key for each instance chooses between them.
    let chooses: BTreeSet<&str> = keys()
        .filter(|hit| hit.credential.is_live())
        .map(|hit| hit.path.as_str())
        .collect();
    let bad = keys().filter(|hit| {
        hit.credential.mode == Some(Mode::Test)
            && !hit.credential.is_conditional
            && !chooses.contains(hit.path.as_str())
    });
    Verdict::Judged(
        by_value(bad)
            .iter()
            .filter_map(|hits| finding(hits))
            .collect(),
    )
}

fn finding(hits: &[&TextHit]) -> Option<Finding> {
    let credential = &hits.first()?.credential;
    let message = if credential.is_fallback {
        "where the variable is not set, the code falls back to a test publishable key"
    } else {
        "a test publishable key stands in the code itself"
    };
    let finding = Finding::warning(message).fix(
        "read the key from the variable of your framework, and let the build fail where it is not set",
    );
    Some(marked(finding, hits, "a key of a development instance"))
}
