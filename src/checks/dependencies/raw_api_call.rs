//! `dependencies/raw-api-call`

use super::{shown_at, symbols};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::symbol::Symbol;
use crate::model::{Finding, Group, Meta, Severity};

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
    let calls: Vec<_> = symbols(facts)
        .filter(|(.., symbol)| **symbol == Symbol::RawApi)
        .map(|(file, shape, _)| (file, shape))
        .collect();
    let message = match calls.len() {
        0 => return Verdict::Judged(Vec::new()),
        1 => "a request goes to api.clerk.com past the SDK".to_owned(),
        many => format!("{many} requests go to api.clerk.com past the SDK"),
    };
    let finding = shown_at(Finding::warning(message), calls.into_iter()).fix(
        "call `clerkClient`, or `createClerkClient()` of @clerk/backend; else send the header Clerk-API-Version",
    );
    Verdict::Judged(vec![finding])
}
