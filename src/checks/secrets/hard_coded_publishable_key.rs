//! `secrets/hard-coded-publishable-key`

use std::collections::BTreeSet;

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{Kind, Mode};
use crate::facts::secrets::TextHit;
use crate::facts::secrets::files::Setting;
use crate::facts::{Facts, Target};
use crate::model::{Finding, Group, Meta, Severity, Together};

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
    Verdict::Judged(bad.map(finding).collect())
}

fn finding(hit: &TextHit) -> Finding {
    let (message, sentence) = match hit.credential.is_fallback {
        true => (
            "where the variable is not set, the code falls back to a test publishable key",
            Together::new(
                "where the variable is not set, the code falls back to a test publishable key in",
                "places",
            ),
        ),
        false => (
            "a test publishable key stands in the code itself",
            Together::new(
                "a test publishable key stands in",
                "places of the code itself",
            ),
        ),
    };
    Finding::warning(message)
        .at(hit.place(), "a key of a development instance")
        .fix("read the key from the variable of your framework, and let the build fail where it is not set")
        .together(&sentence)
}
