//! `env/conflicting-values`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::env::{Definition, Origin, Variable};
use crate::facts::keys;
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Secret, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/conflicting-values",
        group: Group::Env,
        severity: Severity::Warning,
        pass: "No key is given two values",
        fail: "A key is given two values",
        why: "one of them is passed over, and where the app is built elsewhere it may be the other one",
        docs: include_str!("conflicting_values.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings: Vec<Finding> = Vec::new();
    let mut judged = 0;
    for role in [KeyRole::Publishable, KeyRole::Secret, KeyRole::Webhook] {
        let Some(variable) = facts.key(role) else {
            continue;
        };
        judged += 1;
        findings.extend(conflict(variable, role));
    }
    if judged == 0 {
        return Verdict::not_applicable("no key is set");
    }
    Verdict::Judged(findings)
}

fn conflict(variable: &Variable, role: KeyRole) -> Option<Finding> {
    let other = variable
        .shadowed
        .iter()
        .find(|other| differs(&variable.winner, other, role))?;
    let name = &variable.winner.name;
    Some(
        Finding::warning(format!(
            "{name} has two values; {} wins",
            variable.winner.origin.words()
        ))
        .at(variable.winner.place(), "this one is used")
        .see(other.place(), "and this one is not")
        .fix("keep one of them, or move the other into the file of its own environment"),
    )
}

/// Two real keys, and not the usual pair of a general file and the file of one environment that
/// overrides it.
fn differs(winner: &Definition, other: &Definition, role: KeyRole) -> bool {
    let usual_pair = is_of_one_environment(&winner.origin) && !is_of_one_environment(&other.origin);
    let host_over_laptop = winner.origin == Origin::Process && is_test(&other.value);
    winner.value != other.value
        && is_key(&winner.value, role)
        && is_key(&other.value, role)
        && !usual_pair
        && !host_over_laptop
}

fn is_key(value: &Secret, role: KeyRole) -> bool {
    match role {
        KeyRole::Publishable => keys::publishable(value).key().is_some(),
        KeyRole::Secret => keys::secret(value).key().is_some(),
        KeyRole::Webhook => keys::webhook(value).key().is_some(),
    }
}

fn is_test(value: &Secret) -> bool {
    value.expose().starts_with("pk_test_") || value.expose().starts_with("sk_test_")
}

fn is_of_one_environment(origin: &Origin) -> bool {
    let marks = [".production", ".preview", ".development"];
    matches!(origin, Origin::File { path, .. } if marks.iter().any(|mark| path.contains(mark)))
}
