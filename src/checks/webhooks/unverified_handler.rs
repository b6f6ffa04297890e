//! `webhooks/unverified-handler`

use super::receivers::{self, Receiver};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::Shapes;
use crate::model::routes::Verdict as Met;
use crate::model::{Finding, Group, Mark, Meta, Role, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/unverified-handler",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "Clerk's webhooks are handled only once their signature is verified",
        fail: "Clerk's webhooks are handled without a look at their signature",
        why: "the endpoint is public: anyone can post a user.deleted, or a user of their own making",
        docs: include_str!("unverified_handler.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (Some(shapes), receivers) = (facts.shapes.as_ref(), receivers::all(facts)) else {
        return Verdict::Judged(Vec::new());
    };
    let receivers = match receivers {
        Ok(receivers) => receivers,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    let mut open = Vec::new();
    let mut verified = false;
    for receiver in &receivers {
        if receiver.verification().is_some() {
            verified = true;
            continue;
        }
        match receiver.answer.map(|answer| answer.resource.verdict) {
            Some(Met::Reached) => findings.push(finding(receiver)),
            Some(Met::Undecided) => open.push(receiver),
            Some(Met::Credential | Met::Stopped) => verified = true,
            None if is_plain(receiver, shapes) => findings.push(finding(receiver)),
            None => {}
        }
    }
    if let (Some(receiver), true) = (open.first(), findings.is_empty()) {
        return undecided(receiver);
    }
    if findings.is_empty() && !verified {
        return Verdict::not_applicable(format!(
            "how {} verifies a delivery could not be told from its text",
            receivers
                .first()
                .map_or("the code", |one| one.file.path.as_str())
        ));
    }
    Verdict::Judged(findings)
}

/// Whether nothing around a receiver speaks of signatures: what it imports, and what imports it.
fn is_plain(receiver: &Receiver<'_>, shapes: &Shapes) -> bool {
    let path = &receiver.file.path;
    let callers = shapes
        .files
        .iter()
        .filter(|file| file.imports.contains(path));
    !receiver
        .around
        .iter()
        .copied()
        .chain(callers)
        .any(|file| file.about_signatures)
}

fn finding(receiver: &Receiver<'_>) -> Finding {
    let file = &receiver.file.path;
    let message = match receiver.url {
        Some(url) => format!("{url} handles Clerk's events, and nothing verifies who sent them"),
        None => format!("{file} handles Clerk's events, and nothing verifies who sent them"),
    };
    let mut finding = Finding::error(message).at(receiver.work(), "handled for anyone");
    let reached = receiver
        .answer
        .and_then(|answer| answer.resource.place.as_ref());
    if let Some(at) = reached {
        finding = finding.see(receivers::place(at), "a visitor gets here");
    }
    finding.fix("call `await verifyWebhook(request)` of the SDK's /webhooks first, and handle only what it returns")
}

fn undecided(receiver: &Receiver<'_>) -> Verdict {
    let layer = receiver.answer.map(|answer| &answer.resource);
    let why = layer.map_or("", |layer| layer.why.as_str());
    let place = layer
        .and_then(|layer| layer.place.as_ref())
        .map_or_else(|| receiver.work(), receivers::place);
    Verdict::Undecided {
        why: format!("whether {} verifies could not be followed: {why}", receiver.file.path),
        hint: "see `clerk-audit routes --why`; `verifyWebhook(request)` in the handler itself is followed".to_owned(),
        marks: vec![Mark {
            place,
            label: String::new(),
            role: Role::Primary,
        }],
    }
}
