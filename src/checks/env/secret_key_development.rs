//! `env/secret-key-development`

use super::judge_mode;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, KeyRole, keys};
use crate::model::{Group, Meta, Secret, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/secret-key-development",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The secret key belongs to a production instance",
        fail: "Production would start with an sk_test_ key",
        why: "the server then works on the development instance, and refuses every session of the production one",
        docs: include_str!("secret_key_development.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let read = |value: &Secret| {
        keys::secret(value).map(|key| (key.mode, "development instance".to_owned()))
    };
    judge_mode(facts, KeyRole::Secret, read, ["an sk_test_", "sk_live_"])
}
