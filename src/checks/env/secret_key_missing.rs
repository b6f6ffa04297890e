//! `env/secret-key-missing`

use super::keys::{elsewhere, how_to_give, wanted};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/secret-key-missing",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The secret key is set",
        fail: "The secret key is not set",
        why: "without it the server cannot verify a single session",
        docs: include_str!("secret_key_missing.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let role = KeyRole::Secret;
    let wanted = wanted(facts, role, |variables| {
        (variables.secret, variables.secret_by_contract)
    });
    let (Some((name, label)), Some(env)) = (wanted, facts.env.as_ref()) else {
        return Verdict::not_applicable(format!(
            "{} needs no secret key",
            facts.app.framework.name
        ));
    };
    if facts.key(role).is_some() {
        return Verdict::Judged(Vec::new());
    }
    if let Some(other) = elsewhere(facts, role) {
        return Verdict::not_applicable(format!("set as {other}: see env/wrong-variable-name"));
    }
    let networkless = env.first(&["CLERK_JWT_KEY", "NUXT_CLERK_JWT_KEY"]);
    if let Some(key) =
        networkless.filter(|_| !facts.app.stack().any(|f| f.variables.secret_by_contract))
    {
        return Verdict::not_applicable(format!("sessions are verified with {}", key.winner.name));
    }
    let (place, message) = match env.get(name) {
        Some(empty) => (empty.winner.place(), format!("{name} is set, but empty")),
        None => (
            Place::file(facts.app.manifest.clone()),
            format!("{name} is set nowhere"),
        ),
    };
    Verdict::of(Some(
        Finding::error(message)
            .at(place, label)
            .fix(how_to_give(facts, name)),
    ))
}
