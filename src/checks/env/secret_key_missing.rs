//! `env/secret-key-missing`

use super::{elsewhere, has_own_sdk, how_to_give, nothing_on_server, wanted};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::framework::Side;
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
    let by_itself = facts
        .app
        .stack()
        .any(|framework| framework.variables.secret_by_contract && has_own_sdk(facts, framework));
    if !by_itself && let Some(key) = env.first(&["CLERK_JWT_KEY", "NUXT_CLERK_JWT_KEY"]) {
        return Verdict::not_applicable(format!("sessions are verified with {}", key.winner.name));
    }
    if !by_itself && only_in_the_browser(facts) {
        return Verdict::not_applicable("only Clerk's packages for the browser are used");
    }
    let in_next = facts.app.stack().all(|framework| framework.id == "next");
    if in_next && nothing_on_server(facts) {
        return Verdict::not_applicable("no code on the server here needs it");
    }
    let (place, message) = match env.get(name) {
        Some(empty) => (empty.winner.place(), format!("{name} is set, but empty")),
        None => (
            Place::file(facts.app.manifest.clone()),
            format!("{name} was found nowhere"),
        ),
    };
    Verdict::of(Some(
        Finding::error(message)
            .at(place, label)
            .fix(how_to_give(facts, name)),
    ))
}

/// A framework that renders on a server too, used with Clerk in the browser alone: `@clerk/react` in
/// Next.js, without `@clerk/nextjs` or `@clerk/backend`.
fn only_in_the_browser(facts: &Facts) -> bool {
    let backend = |name: &str| matches!(name, "@clerk/backend" | "@clerk/clerk-sdk-node");
    facts
        .app
        .stack()
        .all(|framework| framework.side != Side::Server)
        && !facts.app.clerk.iter().any(|package| backend(&package.name))
        && facts.own_names(KeyRole::Secret).next().is_none()
}
