//! `performance/backend-call-in-loop`

use super::{costs, few};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::cost::Cost;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "performance/backend-call-in-loop",
        group: Group::Performance,
        severity: Severity::Warning,
        pass: "Nothing is read from Clerk's Backend API once per element",
        fail: "Something is read from Clerk's Backend API once per element",
        why: "a key may make 1,000 requests in ten seconds, and a list of users makes as many as it is long",
        docs: include_str!("backend_call_in_loop.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for (file, shape, cost) in costs(facts) {
        let Cost::PerItem { call } = cost else {
            continue;
        };
        let fix = match call.as_str() {
            "users.getUser()" => {
                "ask once: users.getUserList({ userId: ids, limit: 100 }), a hundred ids at a time"
            }
            _ => "ask once for the list, or keep what is needed in your own database",
        };
        findings.push(
            Finding::warning(format!("{call} runs once per element of a list"))
                .at(file.place(shape), "one request to api.clerk.com per turn")
                .fix(fix),
        );
    }
    Verdict::Judged(few(
        findings,
        "calls to Clerk's Backend API run once per element of a list",
    ))
}
