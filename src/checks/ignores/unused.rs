//! Ignores that ignore nothing.

use super::{judge, names};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, IgnoreState};
use crate::model::{Finding, Group, Meta, Severity};

/// Every ignore still has something to ignore.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "ignores/unused",
        group: Group::Ignores,
        severity: Severity::Warning,
        pass: "Every ignore still has something to ignore",
        fail: "An ignore ignores nothing",
        why: "it would hide the next fault that comes to the same place, which nobody has looked at",
        docs: include_str!("unused.md"),
    },
    needs: &[Need::Ignores],
    scope: Scope::Everything,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts, |state| is_dead(state).then(|| finding(state)))
}

/// An ignore that is over is told as such.
fn is_dead(state: &IgnoreState) -> bool {
    state.is_unused && !state.is_expired
}

fn finding(state: &IgnoreState) -> Finding {
    Finding::warning(format!(
        "nothing here is found by {} any more",
        names(state)
    ))
    .at(state.ignore.place.clone(), "ignores nothing")
    .fix("delete it; if the finding has moved, put the ignore on the line above it")
}
