//! `deploy/unreadable-file`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::deploy::place;
use crate::facts::document::At;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "deploy/unreadable-file",
        group: Group::Deploy,
        severity: Severity::Warning,
        pass: "Every file that deploys the app can be read",
        fail: "A file that deploys the app cannot be read",
        why: "what does not parse is refused by the host, or silently left out",
        docs: include_str!("unreadable_file.md"),
    },
    needs: &[Need::Deploy],
    scope: Scope::Everything,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(deploy) = facts.deploy.as_ref() else {
        return Verdict::not_applicable("there is no file that deploys it");
    };
    if let Some((first, more)) = deploy.unread.split_first() {
        let more = match more.len() {
            0 => String::new(),
            more => format!("; nor could {more} more"),
        };
        return Verdict::Undecided {
            why: format!("{first}{more}"),
            hint: "let the audit read it, so that what it says is judged".to_owned(),
            marks: Vec::new(),
        };
    }
    if deploy.files.is_empty() {
        return Verdict::not_applicable("there is no file that deploys it");
    }
    let findings = deploy.broken.iter().map(|broken| {
        let refused = broken.kind.is_refused_when_broken();
        let severity = if refused {
            Severity::Error
        } else {
            Severity::Warning
        };
        let end = if refused {
            ", so the host refuses the deploy"
        } else {
            ", so nothing in it was judged"
        };
        let at = At {
            line: broken.error.line,
            column: broken.error.column,
        };
        Finding::new(severity, format!("{} does not parse{end}", broken.path))
            .at(place(&broken.path, at), broken.error.message.clone())
            .fix("mend the file at this place")
    });
    Verdict::Judged(findings.collect())
}
