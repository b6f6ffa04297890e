//! `webhooks/handler-behind-protection`

use super::receivers::{self, Receiver};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Layer, Verdict as Met};
use crate::model::{Finding, Group, Mark, Meta, Role, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/handler-behind-protection",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "Clerk's deliveries get to the webhook handler",
        fail: "Clerk's deliveries are stopped before the webhook handler",
        why: "a delivery carries no session: it is sent to the sign-in page or answered 404, retried, and given up",
        docs: include_str!("handler_behind_protection.md"),
    },
    needs: &[Need::Shapes, Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let receivers = match receivers::all(facts) {
        Ok(receivers) => receivers,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    let mut open = None;
    for receiver in &receivers {
        let Some(answer) = receiver.answer else {
            continue;
        };
        match answer.middleware.verdict {
            Met::Stopped => findings.push(finding(receiver, &answer.middleware)),
            Met::Undecided => open = open.or(Some((receiver, &answer.middleware))),
            Met::Reached | Met::Credential => {}
        }
    }
    match open {
        Some((receiver, layer)) if findings.is_empty() => Verdict::Undecided {
            why: format!(
                "whether the middleware lets deliveries to {} through could not be followed: {}",
                shown(receiver),
                layer.why
            ),
            hint: "see `clerk-audit routes --why`".to_owned(),
            marks: layer
                .place
                .iter()
                .map(|at| Mark {
                    place: receivers::place(at),
                    label: String::new(),
                    role: Role::Primary,
                })
                .collect(),
        },
        _ => Verdict::Judged(findings),
    }
}

fn shown<'f>(receiver: &Receiver<'f>) -> &'f str {
    receiver.url.unwrap_or(&receiver.file.path)
}

fn finding(receiver: &Receiver<'_>, layer: &Layer) -> Finding {
    let url = shown(receiver);
    let finding = Finding::error(format!(
        "the middleware stops every delivery to {url}: {}",
        layer.why
    ));
    let finding = match &layer.place {
        Some(at) => finding.at(receivers::place(at), "stopped here"),
        None => finding,
    };
    finding
        .see(receiver.work(), "handled here, if it came so far")
        .fix(format!("add '{url}' to the list of public routes"))
}
