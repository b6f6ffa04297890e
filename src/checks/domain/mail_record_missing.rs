//! `domain/mail-record-missing`

use super::view::View;
use super::{about, asked, settled};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::dns::{Role, Seen};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "domain/mail-record-missing",
        group: Group::Domain,
        severity: Severity::Error,
        pass: "The domain has the records for Clerk's mail",
        fail: "A record for Clerk's mail is missing or wrong",
        why: "without them Clerk cannot send codes and links in the name of the domain",
        docs: include_str!("mail_record_missing.md"),
    },
    needs: &[Need::Dns],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let answers = match asked(facts) {
        Ok(answers) => answers,
        Err(verdict) => return verdict,
    };
    let wanted = answers.zone.wanted.iter();
    let records: Vec<View<'_>> = wanted
        .filter(|record| record.role == Role::Mail)
        .map(|record| View::of(answers, record))
        .collect();
    if records.is_empty() {
        return Verdict::not_applicable("the instance wants no record for mail");
    }
    let mut findings = Vec::new();
    let mut unheard = Vec::new();
    for view in &records {
        if view.any(|seen| *seen != Seen::Right) {
            findings.push(finding(facts, view));
        } else if view.heard().next().is_none() {
            unheard.push(format!("{}: {}", view.record.name, view.words()));
        }
    }
    settled(findings, unheard)
}

fn finding(facts: &Facts, view: &View<'_>) -> Finding {
    let record = view.record;
    let severity = if record.required && view.is_sure() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let finding =
        Finding::new(severity, view.sentence(|seen| *seen != Seen::Right)).fix(view.fix());
    about(facts, finding, &record.name, record.kind)
}
