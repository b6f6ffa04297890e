//! `dependencies/raw-api-call`

use super::{at_each, symbols};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::symbol::Symbol;
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/raw-api-call",
        group: Group::Dependencies,
        severity: Severity::Warning,
        pass: "Clerk's Backend API is asked through the SDK",
        fail: "Clerk's Backend API is asked by hand",
        why: "without the SDK nobody sends the API version, so that the answer changes its form one day",
        docs: include_str!("raw_api_call.md"),
    },
    needs: &[Need::Packages, Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if let Err(verdict) = super::packages(facts) {
        return verdict;
    }
    let calls = symbols(facts)
        .filter(|(.., symbol)| **symbol == Symbol::RawApi)
        .map(|(file, shape, _)| (file, shape));
    let finding = Finding::warning("a request goes to api.clerk.com past the SDK").fix(
        "call `clerkClient`, or `createClerkClient()` of @clerk/backend; else send the header Clerk-API-Version",
    );
    let sentence = Together::new("", "requests go to api.clerk.com past the SDK");
    Verdict::Judged(at_each(&finding, &sentence, calls))
}
