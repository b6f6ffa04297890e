//! `performance/user-fetched-repeatedly`

use super::{costs, few};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::cost::Cost;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "performance/user-fetched-repeatedly",
        group: Group::Performance,
        severity: Severity::Warning,
        pass: "No handler fetches the user twice",
        fail: "A handler fetches the user twice",
        why: "each fetch is a request to Clerk, and handlers and actions have no memory of the one before",
        docs: include_str!("user_fetched_repeatedly.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for (file, shape, cost) in costs(facts) {
        let Cost::Again { call, first } = cost else {
            continue;
        };
        let message = format!(
            "{call} asks Clerk again for what line {} was told",
            first.line
        );
        findings.push(
            Finding::warning(message)
                .at(file.place(shape), "a second request for the same user")
                .fix("keep the first answer in a variable and hand it on"),
        );
    }
    Verdict::Judged(few(
        findings,
        "calls ask Clerk again for the user of the same request",
    ))
}
