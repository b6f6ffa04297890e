//! `monitoring/webhook-failure-unseen`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::webhooks::receivers;
use crate::facts::Facts;
use crate::facts::code::shapes::care::Care;
use crate::facts::code::shapes::{FileShapes, What};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "monitoring/webhook-failure-unseen",
        group: Group::Monitoring,
        severity: Severity::Warning,
        pass: "The receiver of Clerk's webhooks swallows nothing without a log line",
        fail: "The receiver of Clerk's webhooks swallows a failure without a log line",
        why: "what fails there fails unseen: the app's own logs never say why",
        docs: include_str!("webhook_failure_unseen.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let receivers = match receivers::all(facts) {
        Ok(receivers) => receivers,
        // That a receiver cannot be read is said by the checks of its signature.
        Err(Verdict::Undecided { why, .. }) => return Verdict::not_applicable(why),
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for file in receivers.iter().flat_map(|receiver| &receiver.around) {
        if receives(file) && !seen.contains(&file.path.as_str()) {
            seen.push(&file.path);
            findings.extend(of(file));
        }
    }
    Verdict::Judged(findings)
}

fn receives(file: &FileShapes) -> bool {
    file.find(|what| matches!(what, What::Verifies(_) | What::Event))
        .is_some()
}

fn of(file: &FileShapes) -> impl Iterator<Item = Finding> {
    file.shapes.iter().filter_map(|shape| {
        let What::Care(Care::Silent { verification }) = shape.what else {
            return None;
        };
        let what = if verification {
            "why a delivery could not be verified is neither logged nor reported"
        } else {
            "why an event could not be handled is neither logged nor reported"
        };
        Some(
            Finding::warning(what)
                .at(file.place(shape), "")
                .fix("log or report what was caught before the answer: console.error(error), Sentry.captureException(error)"),
        )
    })
}
