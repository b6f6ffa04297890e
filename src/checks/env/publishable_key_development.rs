//! `env/publishable-key-development`

use super::judge_mode;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, KeyRole, keys};
use crate::model::{Group, Meta, Secret, Severity};

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
    let read = |value: &Secret| {
        keys::publishable(value)
            .map(|key| (key.mode, format!("development instance \"{}\"", key.host)))
    };
    judge_mode(
        facts,
        KeyRole::Publishable,
        read,
        ["a pk_test_", "pk_live_"],
    )
}
