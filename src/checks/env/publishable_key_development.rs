//! `env/publishable-key-development`

use super::keys::{development_finding, or_not_applicable, undecided};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{self, Mode, Reading};
use crate::facts::{Facts, KeyRole, Target};
use crate::model::{Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/publishable-key-development",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The publishable key belongs to a production instance",
        fail: "Production would start with a pk_test_ key",
        why: "a development instance shows a banner, is limited to 100 users and is not meant for real ones",
        docs: include_str!("publishable_key_development.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.target != Target::Production {
        return Verdict::not_applicable(format!("judged for {}", facts.target.word()));
    }
    let Some(variable) = facts.key(KeyRole::Publishable) else {
        return Verdict::not_applicable("no publishable key is set");
    };
    let reading = keys::publishable(variable.value());
    if let Reading::Reference(how) = reading {
        return undecided(variable, how);
    }
    if let Err(verdict) = or_not_applicable(&reading, variable) {
        return verdict;
    }
    match reading.key() {
        Some(key) if key.mode == Mode::Test => {
            let label = format!("development instance \"{}\"", key.host);
            Verdict::of(Some(development_finding(
                variable,
                "a pk_test_",
                "pk_live_",
                label,
            )))
        }
        _ => Verdict::Judged(Vec::new()),
    }
}
