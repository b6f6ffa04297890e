//! Ignores whose last day is over.

use super::{judge, names};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, IgnoreState};
use crate::model::{Finding, Group, Meta, Severity};

/// No ignore has outlived its last day.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "ignores/expired",
        group: Group::Ignores,
        severity: Severity::Warning,
        pass: "No ignore is past its last day",
        fail: "An ignore is past its last day",
        why: "somebody promised to look at it again by then; what it hid counts again",
        docs: include_str!("expired.md"),
    },
    needs: &[Need::Ignores],
    scope: Scope::Everything,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts, |state| state.is_expired.then(|| finding(state)))
}

fn finding(state: &IgnoreState) -> Finding {
    let until = state
        .ignore
        .until
        .map_or_else(String::new, |day| day.to_string());
    let of = names(state);
    let fix = match state.is_unused {
        true => "delete it: there is nothing left that it would hide".to_owned(),
        false => format!("mend what {of} finds, or decide again: a new reason and a new until"),
    };
    Finding::warning(format!("the ignore of {of} ended on {until}"))
        .at(state.ignore.place.clone(), format!("until {until}"))
        .fix(fix)
}
