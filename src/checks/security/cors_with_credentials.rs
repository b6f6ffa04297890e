//! `security/cors-with-credentials`

use super::guards;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::guard::{Allowed, Guard};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/cors-with-credentials",
        group: Group::Security,
        severity: Severity::Warning,
        pass: "Only origins that the code names may read answers given with credentials",
        fail: "Origins that nobody named may read answers given with credentials",
        why: "a page of somebody else can then ask in the name of whoever has it open, and read the answer",
        docs: include_str!("cors_with_credentials.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for seen in guards::all(facts) {
        let Guard::Cors { by, allowed } = seen.guard else {
            continue;
        };
        const FIX: &str = "name the origins: `origin: ['https://app.example.com']`, or leave `credentials` out where the API takes only bearer tokens";
        findings.push(match allowed {
            Allowed::Reflected => Finding::warning(format!(
                "{by} lets in every origin that asks, with credentials"
            ))
            .at(seen.place(), "any origin, with credentials")
            .fix(FIX),
            Allowed::Star => Finding::warning(format!(
                "{by} allows credentials for *, which browsers refuse"
            ))
            .at(seen.place(), "browsers drop the answer")
            .because(
                "a page that asks with credentials gets no answer to read, not even one of yours",
            )
            .fix(FIX),
        });
    }
    Verdict::Judged(findings)
}
