//! `security/incomplete-token-verification`

use super::guards;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::guard::Guard;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/incomplete-token-verification",
        group: Group::Security,
        severity: Severity::Warning,
        pass: "Tokens of Clerk that are verified by hand are verified whole",
        fail: "Tokens of Clerk that are verified by hand are not verified whole",
        why: "a valid signature says that Clerk wrote the token, not for which app or page",
        docs: include_str!("incomplete_token_verification.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for seen in guards::all(facts) {
        if let Guard::HalfVerified { call, missing } = seen.guard {
            findings.push(
                Finding::warning(format!("{call} takes a token of Clerk without a look at {}", missing.join(" and ")))
                    .at(seen.place(), "verified by hand")
                    .fix("use `verifyToken()` of @clerk/backend with `authorizedParties`, or check `iss` and `azp` as well"),
            );
        }
    }
    Verdict::Judged(findings)
}
