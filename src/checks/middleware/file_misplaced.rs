//! `middleware/file-misplaced`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::entry::Why;
use crate::model::{Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "middleware/file-misplaced",
        group: Group::Middleware,
        severity: Severity::Error,
        pass: "No middleware lies where the framework does not look",
        fail: "Middleware lies where the framework does not look",
        why: "the framework passes it by without a word, and nothing in it runs",
        docs: include_str!("file_misplaced.md"),
    },
    needs: &[Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let entry = match super::entry_file(facts) {
        Ok(entry) => entry,
        Err(verdict) => return verdict,
    };
    if super::loaded(entry).is_none() && entry.misplaced.is_empty() {
        return Verdict::not_applicable("there is no middleware; see middleware/file-missing");
    }
    let findings = entry.misplaced.iter().filter_map(|misplaced| {
        let why = match &misplaced.why {
            Why::OtherLevel => "it does not lie beside the app or pages folder in use",
            Why::AmongRoutes => "it lies among the routes, not beside their folder",
            Why::InFolder => "Next.js loads a file of that name, not the index of a folder",
            Why::Extension { .. } | Why::Name => return None,
        };
        super::passed_by(entry, misplaced, why)
    });
    Verdict::Judged(findings.collect())
}
