//! `performance/backend-call-in-middleware`

use super::{costs, few};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::entry::State;
use crate::facts::code::shapes::cost::Cost;
use crate::facts::code::shapes::{FileShapes, What};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "performance/backend-call-in-middleware",
        group: Group::Performance,
        severity: Severity::Warning,
        pass: "The middleware asks Clerk's Backend API nothing",
        fail: "The middleware asks Clerk's Backend API for something",
        why: "what the middleware asks, every request that comes by it waits for",
        docs: include_str!("backend_call_in_middleware.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

const FIX: &str = "put what is needed into the session token (Sessions > Customize session token) and read sessionClaims";

fn run(facts: &Facts) -> Verdict {
    let Some(State::File { file }) = facts.entry.as_ref().map(|entry| &entry.state) else {
        return Verdict::not_applicable("no middleware file was found");
    };
    let Some(entry) = facts.shapes.as_ref().and_then(|shapes| shapes.file(file)) else {
        return Verdict::not_applicable(format!("{file} says nothing of Clerk"));
    };
    let mut findings = Vec::new();
    for (from, shape, cost) in costs(facts) {
        let Cost::Read {
            call,
            functions,
            listed: false,
        } = cost
        else {
            continue;
        };
        let here = from.path == entry.path;
        let called =
            entry.imports.contains(&from.path) && functions.iter().any(|name| calls(entry, name));
        if !(here || called) {
            continue;
        }
        findings.push(
            Finding::warning(format!(
                "the middleware calls {call}: one request to api.clerk.com each time it gets here"
            ))
            .at(from.place(shape), "the visitor waits for it")
            .fix(FIX),
        );
    }
    Verdict::Judged(few(
        findings,
        "calls of the middleware ask Clerk's Backend API",
    ))
}

/// Whether the middleware calls an export of a file that it imports.
fn calls(entry: &FileShapes, name: &str) -> bool {
    let is = |what: &What| matches!(what, What::Cost(Cost::Calls { export }) if export == name);
    entry.find(is).is_some()
}
