//! `errors/webhook-not-idempotent`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::webhooks::receivers::{self, Receiver};
use crate::facts::Facts;
use crate::facts::code::shapes::care::Care;
use crate::facts::code::shapes::{FileShapes, What};
use crate::model::{Finding, Group, Meta, Place, Severity};

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
    let mut rows: Vec<Row<'_>> = Vec::new();
    for receiver in &receivers {
        for row in receiver.around.iter().flat_map(|file| made(file, receiver)) {
            if !rows.iter().any(|known| known.place == row.place) {
                rows.push(row);
            }
        }
    }
    if rows.is_empty() {
        return Verdict::not_applicable(
            "no code was seen that makes a row on user.created and fails where it cannot",
        );
    }
    let plain = rows.into_iter().filter(|row| !row.once);
    Verdict::Judged(plain.map(finding).collect())
}

fn finding(row: Row<'_>) -> Finding {
    Finding::warning(format!(
        "user.created makes a row with a plain {}, which a repeated delivery does again, or fails on",
        row.call
    ))
    .at(row.place, "")
    .fix("make it an upsert on the user's Clerk id, or take a row that is already there as success")
}

/// A row that is made on `user.created`.
struct Row<'f> {
    call: &'f str,
    once: bool,
    place: Place,
}

/// The rows that a file makes for a receiver: where it handles the event, or in a function that is called there.
fn made<'f>(file: &'f FileShapes, receiver: &Receiver<'f>) -> Vec<Row<'f>> {
    let rows = file.shapes.iter().filter_map(|shape| {
        let (call, once) = match &shape.what {
            What::Care(Care::Creates { call, once }) => (call, once),
            What::Care(Care::Makes {
                function,
                call,
                once,
            }) if is_called(receiver, function) => (call, once),
            _ => return None,
        };
        Some(Row {
            call,
            once: *once,
            place: file.place(shape),
        })
    });
    rows.collect()
}

fn is_called(receiver: &Receiver<'_>, function: &str) -> bool {
    let called = |what: &What| matches!(what, What::Care(Care::Called(name)) if name == function);
    receiver
        .around
        .iter()
        .any(|file| file.find(called).is_some())
}
