//! `env/wrong-variable-name`

use super::{elsewhere, wanted};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::framework::Variables;
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/wrong-variable-name",
        group: Group::Env,
        severity: Severity::Error,
        pass: "Every key is set under a name that the SDK reads",
        fail: "A key is set under a name that the SDK does not read",
        why: "each framework's SDK reads names of its own; a value under another name is as good as missing",
        docs: include_str!("wrong_variable_name.md"),
    },
    needs: &[Need::Env, Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    // The webhook secret has a check of its own: webhooks/signing-secret-misnamed.
    let publishable = misnamed(facts, KeyRole::Publishable, |variables| {
        (variables.publishable, variables.publishable_by_contract)
    });
    let secret = misnamed(facts, KeyRole::Secret, |variables| {
        (variables.secret, variables.secret_by_contract)
    });
    let findings: Vec<Finding> = publishable.into_iter().chain(secret).collect();
    let set = |role| facts.key(role).is_some();
    if findings.is_empty() && !set(KeyRole::Publishable) && !set(KeyRole::Secret) {
        return Verdict::not_applicable("no key is set");
    }
    Verdict::Judged(findings)
}

fn misnamed(
    facts: &Facts,
    role: KeyRole,
    of: fn(&Variables) -> (&'static [&'static str], bool),
) -> Option<Finding> {
    let (right, by) = wanted(facts, role, of)?;
    if facts.key(role).is_some() {
        return None;
    }
    let wrong = facts.env.as_ref()?.get(elsewhere(facts, role)?)?;
    let name = &wrong.winner.name;
    Some(
        Finding::error(format!("{name} is set, but {by}"))
            .at(wrong.winner.place(), format!("rename to {right}"))
            .fix(format!("rename {name} to {right}"))
            .mended_by(super::renaming(facts, name, right)),
    )
}
