//! `middleware/file-missing`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::entry::State;
use crate::facts::code::reach::ClerkUse;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "middleware/file-missing",
        group: Group::Middleware,
        severity: Severity::Error,
        pass: "There is a place in which Clerk meets each request",
        fail: "There is no place in which Clerk meets each request",
        why: "without it the server's auth calls throw, and nobody's session is read",
        docs: include_str!("file_missing.md"),
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
    let none = Vec::new();
    let expected = match &entry.state {
        State::Missing { expected } => expected,
        State::InCode if entry.uses == ClerkUse::No => &none,
        _ => return Verdict::Judged(Vec::new()),
    };
    if entry
        .misplaced
        .iter()
        .any(|file| file.has_clerk || file.turbopack_loads)
    {
        return Verdict::not_applicable(
            "there is a file that is not loaded; see middleware/file-misplaced and middleware/file-not-loaded",
        );
    }
    let server = facts.code.as_ref().and_then(|code| code.server_import());
    let Some(server) = server else {
        return Verdict::not_applicable("no code on the server here needs Clerk's middleware");
    };
    if let Some(verdict) = super::unreadable(entry) {
        return verdict;
    }
    let name = facts.app.framework.name;
    let what = match expected.first() {
        Some(file) => format!("there is no {file}"),
        None => "no code registers it".to_owned(),
    };
    let fix = match (expected.first(), entry.example) {
        (Some(file), "") => format!("create {file} with `export default clerkMiddleware()`"),
        (Some(file), example) => format!("create {file} with `{}`", super::code(example)),
        (None, example) => example.to_owned(),
    };
    Verdict::of(Some(
        Finding::error(format!(
            "code on the server needs Clerk's middleware, and {what}"
        ))
        .at(
            Place::file(facts.app.manifest.clone()),
            format!("{name} app"),
        )
        .see(server.clone(), "this import needs it")
        .fix(fix),
    ))
}
