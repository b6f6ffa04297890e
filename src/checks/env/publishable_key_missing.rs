//! `env/publishable-key-missing`

use super::keys::{elsewhere, how_to_give};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::framework::Side;
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/publishable-key-missing",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The publishable key is set",
        fail: "The publishable key is not set",
        why: "without it Clerk cannot start: the SDK throws at the first request or at build time",
        docs: include_str!("publishable_key_missing.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let role = KeyRole::Publishable;
    let names = role.names(&facts.app);
    let Some(name) = names.first() else {
        return Verdict::not_applicable(format!(
            "{} needs no publishable key",
            facts.app.framework.name
        ));
    };
    if facts.key(role).is_some() {
        return Verdict::Judged(Vec::new());
    }
    if let Some(other) = elsewhere(facts, role) {
        return Verdict::not_applicable(format!("set as {other}: see env/wrong-variable-name"));
    }
    let by_contract = facts
        .app
        .stack()
        .any(|framework| framework.variables.publishable_by_contract);
    if !by_contract
        && facts
            .app
            .stack()
            .all(|framework| framework.side == Side::Server)
    {
        return Verdict::not_applicable("the server's code reads no publishable key");
    }
    let place = facts
        .env
        .as_ref()
        .and_then(|env| env.get(name))
        .map_or_else(
            || Place::file(facts.app.manifest.clone()),
            |empty| empty.winner.place(),
        );
    let message = if facts.env.as_ref().and_then(|env| env.get(name)).is_some() {
        format!("{name} is set, but empty")
    } else {
        format!("{name} is set nowhere")
    };
    Verdict::of(Some(
        Finding::error(message)
            .at(place, format!("{} reads {name}", facts.app.framework.name))
            .fix(how_to_give(facts, name)),
    ))
}
