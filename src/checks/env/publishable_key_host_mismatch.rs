//! `env/publishable-key-host-mismatch`

use super::or_not_applicable;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{self, Mode};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/publishable-key-host-mismatch",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The publishable key's prefix and host agree",
        fail: "The publishable key's prefix and host disagree",
        why: "the SDK trusts the prefix alone, so such a key fails only in the browser",
        docs: include_str!("publishable_key_host_mismatch.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(variable) = facts.key(KeyRole::Publishable) else {
        return Verdict::not_applicable("no publishable key is set");
    };
    let reading = keys::publishable(variable.value());
    if let Err(verdict) = or_not_applicable(&reading, variable) {
        return verdict;
    }
    let Some(key) = reading.key() else {
        return Verdict::Judged(Vec::new());
    };
    let (name, place) = (&variable.winner.name, variable.winner.place());
    let fix = "copy the key again from the dashboard instead of editing its prefix or its end";
    let finding = match (key.mode, key.has_development_host()) {
        (Mode::Live, true) => Some(
            Finding::error(format!(
                "{name} starts with pk_live_ but carries a development host"
            ))
            .at(place, format!("decodes to {}", key.host))
            .fix(fix),
        ),
        (Mode::Test, false) => Some(
            Finding::warning(format!(
                "{name} starts with pk_test_ but carries a host of its own"
            ))
            .at(place, format!("decodes to {}", key.host))
            .fix(fix),
        ),
        _ => None,
    };
    Verdict::of(finding)
}
