//! `data/events-not-handled`

use super::kept;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "data/events-not-handled",
        group: Group::Data,
        severity: Severity::Warning,
        pass: "What is copied of users follows their changes",
        fail: "What is copied of users never changes again",
        why: "a user who changes the e-mail address keeps the old one in the app's database",
        docs: include_str!("events_not_handled.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let kept = match kept::all(facts) {
        Ok(kept) => kept,
        Err(verdict) => return verdict,
    };
    let copies = |one: &&kept::Kept<'_>| one.event == "user.created" && !one.fields.is_empty();
    let Some(first) = kept.iter().find(copies) else {
        return Verdict::Judged(Vec::new());
    };
    if kept::names(facts, "user.updated") {
        return Verdict::Judged(Vec::new());
    }
    let fields = first
        .fields
        .iter()
        .take(4)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let message = format!(
        "{} copies {fields} on user.created, and nothing handles user.updated",
        first.call
    );
    let finding = Finding::warning(message)
        .known_by("user.updated")
        .at(first.place.clone(), "true on the first day")
        .fix(format!("handle user.updated with an upsert whose update sets {fields}, and subscribe the endpoint to the event"));
    Verdict::of(Some(finding))
}
