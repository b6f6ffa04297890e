//! `domain/record-hidden`

use super::view::View;
use super::{Proxied, about, asked, proxied, settled};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::dns::{Health, Role, Seen};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "domain/record-hidden",
        group: Group::Domain,
        severity: Severity::Warning,
        pass: "The CNAME records for Clerk can be seen",
        fail: "A CNAME record for Clerk is flattened or stands behind a proxy",
        why: "Clerk looks for the CNAME itself before it issues and renews certificates",
        docs: include_str!("record_hidden.md"),
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
    let mut findings = Vec::new();
    let mut unheard = Vec::new();
    let mut there = false;
    for record in &answers.zone.wanted {
        if record.role == Role::Mail || (proxied == Proxied::Yes && record.role == Role::Frontend) {
            continue;
        }
        let view = View::of(answers, record);
        if view.any(is_hidden) {
            // Only the record of the Frontend API is ever more than a warning.
            let finding = finding(facts, &view, answers.health(&record.name));
            findings.push(proxied.lower(finding));
        } else if view.heard().next().is_none() {
            unheard.push(format!("{}: {}", record.name, view.words()));
        }
        there |= view.any(|seen| *seen != Seen::Missing);
    }
    if findings.is_empty() && unheard.is_empty() && !there {
        return Verdict::not_applicable("there is no record that could be hidden");
    }
    settled(findings, unheard)
}

fn is_hidden(seen: &Seen) -> bool {
    matches!(seen, Seen::Hidden | Seen::Through(_))
}

/// Clerk itself is served through Cloudflare, so addresses tell nothing: only what answers at the name
/// says whether the hidden record leads to Clerk.
fn finding(facts: &Facts, view: &View<'_>, frontend: &Health) -> Finding {
    let record = view.record;
    let mut severity = Severity::Warning;
    let mut message = view.sentence(is_hidden);
    if record.role == Role::Frontend {
        match frontend {
            Health::Good => message.push_str("; the Frontend API answers all the same, for now"),
            Health::Bad(why) => {
                message.push_str(&format!(
                    "; what answers there is not the Frontend API: {why}"
                ));
                if view.agreed(is_hidden) {
                    severity = Severity::Error;
                }
            }
            Health::Unknown(why) => {
                message.push_str(&format!(
                    "; whether the Frontend API answers there could not be told: {why}"
                ));
            }
            Health::NotAsked => {}
        }
    }
    let finding = Finding::new(severity, message).fix(view.fix_hidden());
    about(facts, finding, &record.name, record.kind)
}
