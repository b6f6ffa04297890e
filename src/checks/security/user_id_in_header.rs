//! `security/user-id-in-header`

use super::guards;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::guard::Guard;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/user-id-in-header",
        group: Group::Security,
        severity: Severity::Warning,
        pass: "No answer tells in a header who the user is",
        fail: "Answers tell in a header who the user is",
        why: "headers of answers end in caches, logs and the scripts of other parties on the page",
        docs: include_str!("user_id_in_header.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for seen in guards::all(facts) {
        if let Guard::SendsUser { header } = seen.guard {
            findings.push(
                Finding::warning(format!("the answer carries {header}, which the browser and every proxy on the way can read"))
                    .at(seen.place(), "sent to the browser")
                    .fix("hand it to your own code by `NextResponse.next({ request: { headers } })` or by the context, not in the answer"),
            );
        }
    }
    Verdict::Judged(findings)
}
