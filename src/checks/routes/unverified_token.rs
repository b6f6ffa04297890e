//! `routes/unverified-token`

use super::shapes;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::What;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/unverified-token",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "No token is believed on the server before it is verified",
        fail: "A token is believed on the server without verification",
        why: "anyone can write a token that names another user; only its signature tells them apart",
        docs: include_str!("unverified_token.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for (file, shape) in shapes::all(facts, |what| matches!(what, What::UnverifiedToken { .. })) {
        let What::UnverifiedToken { call } = &shape.what else {
            continue;
        };
        findings.push(
            Finding::error(format!("{call} decodes a token without verification, and who it names is believed"))
                .at(file.place(shape), "decoded, not verified")
                .fix("use `auth()`, `authenticateRequest()` or `verifyToken()` of the SDK, which check the signature"),
        );
    }
    Verdict::Judged(findings)
}
