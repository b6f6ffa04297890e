//! `webhooks/failure-answered-ok`

use super::receivers;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::What;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/failure-answered-ok",
        group: Group::Webhooks,
        severity: Severity::Warning,
        pass: "A delivery that fails is answered with an error",
        fail: "A delivery that fails is answered with success",
        why: "what is answered 2xx is never sent again: the event is lost, and no dashboard shows it",
        docs: include_str!("failure_answered_ok.md"),
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
            .filter(|shape| shape.what == What::FailureAnsweredOk);
        findings.extend(shapes.map(|shape| {
            Finding::warning("what the verification throws is answered with a 2xx status")
                .at(file.place(shape), "")
                .fix("answer 400 there, so that the delivery is tried again and shows as failed")
        }));
    }
    Verdict::Judged(findings)
}
