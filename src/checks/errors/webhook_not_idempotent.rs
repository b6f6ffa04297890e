//! `errors/webhook-not-idempotent`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::webhooks::receivers;
use crate::facts::Facts;
use crate::facts::code::shapes::What;
use crate::facts::code::shapes::care::Care;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "errors/webhook-not-idempotent",
        group: Group::Errors,
        severity: Severity::Warning,
        pass: "A user.created that is delivered twice makes one user",
        fail: "A user.created that is delivered twice makes a second row, or fails until it is given up",
        why: "deliveries come at least once, and are tried again for more than a day",
        docs: include_str!("webhook_not_idempotent.md"),
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
    let mut judged: Vec<&str> = Vec::new();
    for file in receivers.iter().flat_map(|receiver| &receiver.around) {
        if judged.contains(&file.path.as_str()) {
            continue;
        }
        for shape in &file.shapes {
            let What::Care(Care::Creates { call, once }) = &shape.what else {
                continue;
            };
            if !judged.contains(&file.path.as_str()) {
                judged.push(&file.path);
            }
            if !once {
                findings.push(
                    Finding::warning(format!("user.created makes a row with a plain {call}, which a repeated delivery does again"))
                        .at(file.place(shape), "")
                        .fix("make it an upsert on the user's Clerk id, or take a row that is already there as success"),
                );
            }
        }
    }
    if judged.is_empty() {
        return Verdict::not_applicable("no code was seen that makes a row on user.created");
    }
    Verdict::Judged(findings)
}
