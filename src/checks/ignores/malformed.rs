//! Ignores that say nothing that could be followed.

use super::judge;
use crate::checks::ALL;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, IgnoreState};
use crate::model::{Finding, Group, Meta, Severity, nearest};

/// Every ignore names a check and gives a reason.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "ignores/malformed",
        group: Group::Ignores,
        severity: Severity::Warning,
        pass: "Every ignore names a check and gives a reason",
        fail: "An ignore names no check or gives no reason",
        why: "it has no effect, or nobody will know later whether it may go",
        docs: include_str!("malformed.md"),
    },
    needs: &[Need::Ignores],
    scope: Scope::Everything,
    run,
};

const SHAPE: &str = "write it as `clerk-audit-ignore group/check: why this is right here`";

fn run(facts: &Facts) -> Verdict {
    judge(facts, finding)
}

fn finding(state: &IgnoreState) -> Option<Finding> {
    let ignore = &state.ignore;
    let (message, label, fix) = if ignore.checks.is_empty() {
        (
            "an ignore names no check".to_owned(),
            "no check",
            SHAPE.to_owned(),
        )
    } else if let Some(name) = ignore.checks.iter().find(|name| !is_known(name)) {
        let near = nearest(name, ALL.iter().map(|check| check.meta.id));
        let fix = near.map_or_else(|| SHAPE.to_owned(), |near| format!("did you mean {near}?"));
        (
            format!("an ignore names {name}, and there is no such check"),
            "no such check",
            fix,
        )
    } else if ignore.reason.is_empty() {
        let of = ignore.checks.join(", ");
        (
            format!("the ignore of {of} gives no reason, so it has no effect"),
            "no reason",
            SHAPE.to_owned(),
        )
    } else {
        return None;
    };
    Some(
        Finding::warning(message)
            .at(ignore.place.clone(), label)
            .fix(fix),
    )
}

/// A check, or all of a group.
fn is_known(name: &str) -> bool {
    match name.strip_suffix("/*") {
        Some(group) => Group::ALL.iter().any(|known| known.id() == group),
        None => ALL.iter().any(|check| check.meta.id == name),
    }
}
