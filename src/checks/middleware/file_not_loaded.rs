//! `middleware/file-not-loaded`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::entry::{Misplaced, Why};
use crate::model::{Group, Mark, Meta, Place, Role, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "middleware/file-not-loaded",
        group: Group::Middleware,
        severity: Severity::Error,
        pass: "No middleware has a name or extension that the framework does not load",
        fail: "Middleware has a name or extension that the framework does not load",
        why: "the framework passes it by without a word, and nothing in it runs",
        docs: include_str!("file_not_loaded.md"),
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
    let by_extension = |one: &&Misplaced| matches!(one.why, Why::Extension { .. });
    if let (Some(config), Some(one)) = (&entry.assumed, entry.misplaced.iter().find(by_extension)) {
        return Verdict::Undecided {
            why: format!(
                "{config} computes `pageExtensions`, which decide whether {} is loaded",
                one.file
            ),
            hint: "write the list out in the config".to_owned(),
            marks: vec![Mark {
                place: Place::file(one.file.clone()),
                label: String::new(),
                role: Role::Primary,
            }],
        };
    }
    let version = facts
        .app
        .framework_version
        .as_deref()
        .unwrap_or("this version");
    let findings = entry.misplaced.iter().filter_map(|misplaced| {
        let why = match &misplaced.why {
            Why::Extension { accepted } => {
                format!("its extension is none of {}", accepted.join(", "))
            }
            Why::Name => format!("Next.js knows `proxy` from version 16 on, and this is {version}"),
            Why::OtherLevel | Why::AmongRoutes | Why::InFolder => return None,
        };
        super::passed_by(entry, misplaced, &why)
    });
    Verdict::Judged(findings.collect())
}
