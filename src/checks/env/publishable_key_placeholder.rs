//! `env/publishable-key-placeholder`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::keys::{self, Reading};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/publishable-key-placeholder",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The publishable key is no placeholder",
        fail: "The publishable key is a placeholder",
        why: "a sample value passes a build and fails at the first visitor",
        docs: include_str!("publishable_key_placeholder.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(variable) = facts.key(KeyRole::Publishable) else {
        return Verdict::not_applicable("no publishable key is set");
    };
    match keys::publishable(variable.value()) {
        Reading::Placeholder => {}
        Reading::Reference(how) => return Verdict::not_applicable(format!("the value is {how}")),
        _ => return Verdict::Judged(Vec::new()),
    }
    let name = &variable.winner.name;
    Verdict::of(Some(
        Finding::error(format!("{name} still holds a sample value"))
            .at(variable.winner.place(), "to be filled in")
            .fix(
                "put the pk_live_ key of the production instance there (Clerk dashboard, API keys)",
            ),
    ))
}
