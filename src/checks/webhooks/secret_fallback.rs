//! `webhooks/secret-fallback`

use super::receivers;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::What;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/secret-fallback",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "No webhook secret stands in the code for when none is set",
        fail: "A webhook secret stands in the code for when none is set",
        why: "whoever can read the code can then sign deliveries of their own",
        docs: include_str!("secret_fallback.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let files = match receivers::verifying(facts) {
        Ok(files) => files,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    for file in files {
        let shapes = file
            .shapes
            .iter()
            .filter(|shape| shape.what == What::SecretFallback);
        findings.extend(shapes.map(|shape| {
            Finding::error("deliveries are verified with a text of the code where no secret is set")
                .at(file.place(shape), "falls back to a literal")
                .fix("leave the fallback out, and answer 500 where the secret is not set")
        }));
    }
    Verdict::Judged(findings)
}
