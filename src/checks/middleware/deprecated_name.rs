//! `middleware/deprecated-name`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "middleware/deprecated-name",
        group: Group::Middleware,
        severity: Severity::Warning,
        pass: "The middleware file has the name that this version of Next.js wants",
        fail: "The middleware file has a name that Next.js has deprecated",
        why: "Next.js 16 still loads it and will stop doing so",
        docs: include_str!("deprecated_name.md"),
    },
    needs: &[Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let entry = match super::next_entry(facts) {
        Ok(entry) => entry,
        Err(verdict) => return verdict,
    };
    let Some(file) = super::loaded(entry) else {
        return Verdict::not_applicable("there is no middleware");
    };
    let renamed = match file.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/{}", name.replacen("middleware", "proxy", 1)),
        None => file.replacen("middleware", "proxy", 1),
    };
    Verdict::of(entry.deprecated_name.then(|| {
        Finding::warning(format!("{file}: Next.js 16 calls this file `proxy`"))
            .at(Place::file(file), format!("becomes {renamed}"))
            .fix(format!(
                "rename it to {renamed} (and an export named `middleware` to `proxy`); keep it if it must run on the edge \
                 runtime, which `proxy` does not have"
            ))
    }))
}
