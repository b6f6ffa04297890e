//! `secrets/build-with-test-key`

use super::{by_value, marked};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{self, Kind, Mode};
use crate::facts::{Facts, KeyRole, Target};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "secrets/build-with-test-key",
        group: Group::Secrets,
        severity: Severity::Warning,
        pass: "What was built for the browser has no test publishable key",
        fail: "What was built for the browser has a test publishable key",
        why: "the key is written into the build; a live key that is set afterwards changes nothing",
        docs: include_str!("build_with_test_key.md"),
    },
    needs: &[Need::Env, Need::Built],
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
    // A build with test keys is what a developer's machine has, and no fault there.
    let key = facts.key(KeyRole::Publishable);
    let read = key.map(|key| keys::publishable(key.value()));
    let live = read.as_ref().and_then(keys::Reading::key);
    if facts.target != Target::Production || live.is_none_or(|key| key.mode != Mode::Live) {
        return Verdict::not_applicable("the environment has no live publishable key to compare");
    }
    let publishable = || {
        let hits = built.hits.iter();
        hits.filter(|hit| hit.credential.kind == Kind::Publishable)
    };
    if publishable().any(|hit| hit.credential.is_live()) {
        return Verdict::Judged(Vec::new());
    }
    let groups = by_value(publishable());
    let findings = groups.iter().map(|hits| {
        let finding = Finding::warning(
            "the environment has a live publishable key, and the build has a test key in it",
        )
        .fix("build again with the environment of production before you deploy");
        marked(finding, hits, "a key of a development instance")
    });
    Verdict::Judged(findings.collect())
}
