//! `env/publishable-key-missing`

use super::{elsewhere, has_own_sdk, how_to_give, wanted};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::framework::{Ecosystem, Side};
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
    let wanted = wanted(facts, role, |variables| {
        (variables.publishable, variables.publishable_by_contract)
    });
    let Some((name, label)) = wanted else {
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
    let mut stack = facts.app.stack();
    // `@clerk/backend` takes it as an option, and only `authenticateRequest()` throws without it.
    let unused = facts.code.as_ref().is_some_and(|code| {
        !code.authenticates() && facts.app.framework.ecosystem == Ecosystem::Npm
    });
    let nobody_reads_it = (unused || facts.own_names(role).next().is_none())
        && stack.all(|framework| {
            let by_itself =
                framework.variables.publishable_by_contract && has_own_sdk(facts, framework);
            framework.side == Side::Server && !by_itself
        });
    if nobody_reads_it {
        return Verdict::not_applicable("no code on the server here needs a publishable key");
    }
    let (place, message) = match facts.env.as_ref().and_then(|env| env.get(name)) {
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
