//! `webhooks/verification-bypassed`

use super::receivers::{self, Receiver};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::{Bypass, FileShapes, Shape, What};
use crate::model::routes::Verdict as Met;
use crate::model::{Finding, Group, Mark, Meta, Role, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/verification-bypassed",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "There is no way around the verification of Clerk's webhooks",
        fail: "There is a way around the verification of Clerk's webhooks",
        why: "whoever finds the way can post events of their own, such as a user.deleted",
        docs: include_str!("verification_bypassed.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if let Err(verdict) = receivers::verifying(facts) {
        return verdict;
    }
    let receivers = match receivers::all(facts) {
        Ok(receivers) => receivers,
        Err(verdict) => return verdict,
    };
    let mut findings: Vec<Finding> = Vec::new();
    let mut open = None;
    for receiver in receivers.iter().filter(|one| one.verification().is_some()) {
        let met = receiver.answer.map(|answer| answer.resource.verdict);
        let before = findings.len();
        for file in &receiver.around {
            for shape in &file.shapes {
                if let What::Bypass(way) = &shape.what {
                    let new = finding(file, shape, way, met);
                    if !findings.contains(&new) {
                        findings.push(new);
                    }
                }
            }
        }
        if met == Some(Met::Reached) && findings.len() == before {
            open = open.or(Some(receiver));
        }
    }
    match open {
        Some(receiver) if findings.is_empty() => unclear(receiver),
        _ => Verdict::Judged(findings),
    }
}

fn finding(file: &FileShapes, shape: &Shape, way: &Bypass, met: Option<Met>) -> Finding {
    let (message, fix) = match way {
        Bypass::WithoutSecret => (
            "deliveries are verified only where the secret is set, and handled in any case"
                .to_owned(),
            "answer 500 where the secret is not set, and verify every delivery",
        ),
        Bypass::InProduction => (
            "deliveries are not verified in production".to_owned(),
            "verify in every environment; development instances sign their deliveries too",
        ),
        Bypass::Switch(name) => (
            format!("{name} decides whether deliveries are verified"),
            "remove the switch; development instances sign their deliveries too",
        ),
        Bypass::Caught => (
            "what the verification throws is caught, and the event is handled all the same"
                .to_owned(),
            "return a 400 in the catch block",
        ),
    };
    // Where the visitor is stopped in every case, the way is not open today. The map takes secrets for
    // set, so that it does not speak about one that is not.
    let stopped = matches!(met, Some(Met::Credential | Met::Stopped));
    let open = match way {
        Bypass::WithoutSecret => true,
        Bypass::Switch(_) => false,
        Bypass::InProduction | Bypass::Caught => !stopped,
    };
    let severity = if open {
        Severity::Error
    } else {
        Severity::Warning
    };
    Finding::new(severity, message)
        .at(file.place(shape), "")
        .fix(fix)
}

/// The visitor got past a verification, and no shape says how.
fn unclear(receiver: &Receiver<'_>) -> Verdict {
    let layer = receiver.answer.map(|answer| &answer.resource);
    let at = layer.and_then(|layer| layer.place.as_ref());
    Verdict::Undecided {
        why: format!(
            "{} verifies, but some path seems to get past it: {}",
            receiver.file.path,
            layer.map_or("", |layer| layer.why.as_str())
        ),
        hint: "see `clerk-audit routes --why`".to_owned(),
        marks: at
            .map(|at| Mark {
                place: receivers::place(at),
                label: String::new(),
                role: Role::Primary,
            })
            .into_iter()
            .collect(),
    }
}
