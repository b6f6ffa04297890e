//! `routes/unsafe-metadata`

use super::shapes;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::What;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/unsafe-metadata",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "No decision on the server rests on unsafeMetadata",
        fail: "A decision on the server rests on unsafeMetadata",
        why: "every user can write their own unsafeMetadata from the browser, a role of admin too",
        docs: include_str!("unsafe_metadata.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for (file, shape) in shapes::all(facts, |what| matches!(what, What::UnsafeMetadata { .. })) {
        let What::UnsafeMetadata { what, grants } = &shape.what else {
            continue;
        };
        let severity = if *grants {
            Severity::Error
        } else {
            Severity::Warning
        };
        findings.push(
            Finding::new(
                severity,
                format!("a branch depends on {what}, which the user may write"),
            )
            .at(file.place(shape), "the user's own choice")
            .fix("keep it in publicMetadata or privateMetadata, which only your backend can write"),
        );
    }
    Verdict::Judged(findings)
}
