//! `performance/user-cache-shared`

use super::{costs, few};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::cost::{Cost, Shared};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "performance/user-cache-shared",
        group: Group::Performance,
        severity: Severity::Error,
        pass: "No answer for one user is kept for others",
        fail: "An answer for one user is kept for others",
        why: "a cache that does not know the user gives what it made for one to the next",
        docs: include_str!("user_cache_shared.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for (file, shape, cost) in costs(facts) {
        if let Cost::Shared(shared) = cost {
            let (finding, label) = tell(shared);
            findings.push(finding.at(file.place(shape), label));
        }
    }
    Verdict::Judged(few(findings, "answers for one user are kept for all"))
}

fn tell(shared: &Shared) -> (Finding, &'static str) {
    match shared {
        Shared::AskedInside { call, cache } => (
            Finding::error(format!("{call} is called inside {cache}, which knows no request"))
                .fix("ask outside, and hand the userId in as an argument: it becomes part of the key"),
            "refused, or the first user's answer for all",
        ),
        Shared::KeyWithout { name, sure } => {
            let severity = if *sure { Severity::Error } else { Severity::Warning };
            (
                Finding::new(severity, format!("what unstable_cache() keeps depends on {name}, and its key does not"))
                    .fix(format!("add {name} to the key parts, or hand it in as an argument of the cached function")),
                "the first user's answer is everybody's",
            )
        }
        Shared::ForceStatic { call } => (
            Finding::error(format!("{call} is asked in a route that is forced to be static: there is no session to see"))
                .because("a static answer is made once, without a visitor: everybody is signed out in it")
                .fix("remove dynamic = 'force-static', or read the session in the browser with useAuth()"),
            "made once, without any request",
        ),
        Shared::PublicResponse { value } => (
            Finding::warning(format!("a response that was made for who is signed in says Cache-Control: {value}"))
                .fix("say private, no-store where the response is not the same for everybody"),
            "a CDN may give it to the next visitor",
        ),
    }
}
