//! `domain/record-missing`

use super::view::View;
use super::{Proxied, about, asked, proxied, settled};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::dns::{Health, Role, Seen};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "domain/record-missing",
        group: Group::Domain,
        severity: Severity::Error,
        pass: "The domain has the records that Clerk needs",
        fail: "A record that Clerk needs is missing or wrong",
        why: "without them no browser finds the Frontend API, and nobody can sign in",
        docs: include_str!("record_missing.md"),
    },
    needs: &[Need::Dns, Need::Env, Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let answers = match asked(facts) {
        Ok(answers) => answers,
        Err(verdict) => return verdict,
    };
    let proxied = proxied(facts);
    let records: Vec<View<'_>> = answers
        .zone
        .wanted
        .iter()
        .filter(|record| record.role != Role::Mail)
        .filter(|record| !(proxied == Proxied::Yes && record.role == Role::Frontend))
        .map(|record| View::of(answers, record))
        .collect();
    if records.is_empty() {
        return Verdict::not_applicable("the instance needs no record but for mail");
    }
    let mut findings = Vec::new();
    let mut unheard = Vec::new();
    for view in &records {
        if view.any(is_bad) {
            let finding = finding(facts, view, answers.health(&view.record.name));
            findings.push(match view.record.role {
                Role::Frontend => proxied.lower(finding),
                _ => finding,
            });
        } else if view.heard().next().is_none() {
            unheard.push(format!("{}: {}", view.record.name, view.words()));
        }
    }
    if answers.zone.left_out > 0 {
        let more = answers.zone.left_out;
        unheard.push(format!("{more} more records than are asked about"));
    }
    settled(findings, unheard)
}

fn is_bad(seen: &Seen) -> bool {
    matches!(seen, Seen::Missing | Seen::Elsewhere(_))
}

/// One resolver alone may have an old answer, and where the Frontend API answers behind another value, it
/// is no outage.
fn finding(facts: &Facts, view: &View<'_>, frontend: &Health) -> Finding {
    let record = view.record;
    let works = record.role == Role::Frontend
        && *frontend == Health::Good
        && view.agreed(|seen| matches!(seen, Seen::Elsewhere(_)));
    let severity = if record.required && view.is_sure() && !works {
        Severity::Error
    } else {
        Severity::Warning
    };
    let mut message = view.sentence(is_bad);
    if works {
        message.push_str("; the Frontend API answers there all the same");
    }
    let portal = "visitors who are sent to a page of Clerk's on the domain, as to sign in, find nothing there";
    let finding = Finding::new(severity, message)
        .because((record.role == Role::Portal).then_some(portal))
        .fix(view.fix());
    about(facts, finding, &record.name, record.kind)
}
