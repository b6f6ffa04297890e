//! `middleware/without-clerk`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::entry::{ExportState, State};
use crate::facts::code::reach::ClerkUse;
use crate::model::{Finding, Group, Mark, Meta, Place, Role, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "middleware/without-clerk",
        group: Group::Middleware,
        severity: Severity::Error,
        pass: "The middleware runs Clerk",
        fail: "The middleware does not run Clerk",
        why: "requests go on without Clerk: nobody's session is read, and what asks for one throws",
        docs: include_str!("without_clerk.md"),
    },
    needs: &[Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let entry = match super::entry(facts) {
        Ok(entry) => entry,
        Err(verdict) => return verdict,
    };
    if matches!(entry.state, State::Missing { .. })
        || (entry.state == State::InCode && entry.uses == ClerkUse::No)
    {
        return Verdict::not_applicable("there is none; see middleware/file-missing");
    }
    if matches!(entry.uses, ClerkUse::Yes { .. } | ClerkUse::ByHand { .. }) {
        return Verdict::Judged(Vec::new());
    }
    if let Some(verdict) = super::unreadable(entry) {
        return verdict;
    }
    if matches!(entry.export, ExportState::Wrong { .. }) {
        return Verdict::not_applicable(
            "the framework calls nothing in it; see middleware/wrong-export",
        );
    }
    match &entry.uses {
        ClerkUse::Undecided { why, place } => Verdict::Undecided {
            why: format!("whether Clerk runs could not be followed: {why}"),
            hint: match &entry.state {
                State::Automatic { config } => format!("list Clerk's module in {config} itself"),
                _ => "call Clerk's function in the file itself, or export it from a module of this repository".to_owned(),
            },
            marks: vec![Mark { place: place.clone(), label: String::new(), role: Role::Primary }],
        },
        _ => {
            let Some(server) = facts.code.as_ref().and_then(|code| code.server_import()) else {
                return Verdict::not_applicable("no code on the server here needs Clerk's middleware");
            };
            if let State::Automatic { config } = &entry.state {
                return Verdict::of(Some(not_listed(facts, config).see(server.clone(), "this import needs it")));
            }
            let Some(file) = super::loaded(entry) else { return Verdict::Judged(Vec::new()) };
            let fix = if entry.example.is_empty() {
                "wrap what it does: export default clerkMiddleware((auth, request) => …)".to_owned()
            } else {
                format!("add Clerk to what it does; on its own that is `{}`", super::code(entry.example))
            };
            Verdict::of(Some(
                Finding::error(format!("{file} is loaded for each request and does not run Clerk"))
                    .at(Place::file(file), "")
                    .see(server.clone(), "this import needs it")
                    .fix(fix),
            ))
        }
    }
}

/// The module that would register the middleware is not among those of the config.
fn not_listed(facts: &Facts, config: &str) -> Finding {
    let sdk = facts
        .app
        .framework
        .sdks
        .first()
        .copied()
        .unwrap_or_default();
    Finding::error(format!(
        "{config} does not list {sdk}, which would run Clerk for each request"
    ))
    .at(Place::file(config), "")
    .fix(format!("add \"{sdk}\" to its modules"))
}
