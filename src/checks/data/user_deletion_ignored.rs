//! `data/user-deletion-ignored`

use super::kept;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "data/user-deletion-ignored",
        group: Group::Data,
        severity: Severity::Warning,
        pass: "Users that are deleted in Clerk are deleted in the app's database",
        fail: "Users that are deleted in Clerk stay in the app's database",
        why: "an account that is gone leaves its row and all that hangs on it behind, personal data included",
        docs: include_str!("user_deletion_ignored.md"),
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
    let Some(first) = kept.first().filter(|_| !kept::names(facts, "user.deleted")) else {
        return Verdict::Judged(Vec::new());
    };
    let message = format!(
        "{} writes users down on {}, and nothing handles user.deleted",
        first.call, first.event
    );
    let finding = Finding::warning(message)
        .at(first.place.clone(), "kept for ever")
        .fix("handle user.deleted: delete or anonymise the row and what belongs to it, and subscribe the endpoint to the event");
    Verdict::of(Some(finding))
}
