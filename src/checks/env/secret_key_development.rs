//! `env/secret-key-development`

use super::keys::{development_finding, or_not_applicable, undecided};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{self, Mode, Reading};
use crate::facts::{Facts, KeyRole, Target};
use crate::model::{Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/secret-key-development",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The secret key belongs to a production instance",
        fail: "Production would start with an sk_test_ key",
        why: "sessions of a production instance cannot be verified with a development key",
        docs: include_str!("secret_key_development.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.target != Target::Production {
        return Verdict::not_applicable(format!("judged for {}", facts.target.word()));
    }
    let Some(variable) = facts.key(KeyRole::Secret) else {
        return Verdict::not_applicable("no secret key is set");
    };
    let reading = keys::secret(variable.value());
    if let Reading::Reference(how) = reading {
        return undecided(variable, how);
    }
    if let Err(verdict) = or_not_applicable(&reading, variable) {
        return verdict;
    }
    match reading.key() {
        Some(key) if key.mode == Mode::Test => {
            let label = "development instance".to_owned();
            Verdict::of(Some(development_finding(
                variable,
                "an sk_test_",
                "sk_live_",
                label,
            )))
        }
        _ => Verdict::Judged(Vec::new()),
    }
}
