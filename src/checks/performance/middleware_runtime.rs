//! `performance/middleware-runtime`

use super::costs;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::entry::State;
use crate::facts::code::shapes::cost::Cost;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "performance/middleware-runtime",
        group: Group::Performance,
        severity: Severity::Error,
        pass: "The proxy leaves its runtime to Next.js",
        fail: "The proxy chooses its runtime, which Next.js 16 refuses",
        why: "the build of Next.js 16 stops at a proxy that names a runtime",
        docs: include_str!("middleware_runtime.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let is_next = facts.app.framework.id == "next";
    if !is_next || facts.app.framework_major().is_some_and(|major| major < 16) {
        return Verdict::not_applicable("only Next.js 16 and later have a proxy");
    }
    let Some(State::File { file }) = facts.entry.as_ref().map(|entry| &entry.state) else {
        return Verdict::not_applicable("no middleware file was found");
    };
    let stem = file.rsplit('/').next().unwrap_or(file);
    if !stem.starts_with("proxy.") {
        return Verdict::not_applicable(format!("{file} is no proxy"));
    }
    let mut findings = Vec::new();
    for (from, shape, cost) in costs(facts) {
        if *cost == Cost::ProxyRuntime && from.path == *file {
            findings.push(
                Finding::error("the proxy names a runtime: the build of Next.js stops")
                    .at(from.place(shape), "not allowed in a proxy")
                    .fix("remove it: a proxy always runs on Node.js; who needs the edge runtime keeps middleware"),
            );
        }
    }
    Verdict::Judged(findings)
}
