//! `security/authorized-parties-missing`

use super::guards::{self, Seen};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::code::shapes::guard::{Guard, Parties};
use crate::facts::keys::{self, Mode, Reading};
use crate::facts::{Facts, KeyRole};
use crate::model::fix::{Change, Edit};
use crate::model::{Finding, Fix, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/authorized-parties-missing",
        group: Group::Security,
        severity: Severity::Warning,
        pass: "Sessions are taken only from the origins that the code names",
        fail: "Sessions are taken from every origin that shares the domain's cookies",
        why: "who runs or takes over any sub-domain of the app's domain can use the sessions of its users there",
        docs: include_str!("authorized_parties_missing.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut calls = Vec::new();
    let mut missing = Vec::new();
    for seen in guards::all(facts) {
        let Guard::Verifies { call, parties } = seen.guard else {
            continue;
        };
        calls.push(call);
        if *parties == Parties::Missing {
            missing.push((call, seen));
        }
    }
    if calls.is_empty() {
        return Verdict::not_applicable("no call that verifies sessions was found in the code");
    }
    let sentence = Together::new(
        "",
        "calls verify sessions without authorizedParties: a session token issued to any sub-domain of yours is accepted there",
    );
    let origin = origin(facts);
    let finding = |(call, seen): (&String, Seen<'_>)| {
        let edit = origin.clone().map(|origin| {
            let at = seen.spot();
            Fix::review([Edit::new(&*seen.file.path, Change::Parties { at, origin })])
        });
        Finding::warning(format!(
            "{call} verifies sessions without authorizedParties: a session token issued to any sub-domain of yours is accepted here"
        ))
        .at(seen.place(), "no authorizedParties")
        .mended_or_not(edit)
        .fix("pass `authorizedParties: ['https://<your domain>']` with every origin the app is served from, as Clerk's production checklist asks")
        .together(&sentence)
    };
    Verdict::Judged(missing.into_iter().map(finding).collect())
}

/// The origin that the live publishable key speaks of: its Frontend API is a sub-domain of it. Where
/// `process.env` is not known to be there, nothing is written.
fn origin(facts: &Facts) -> Result<String, &'static str> {
    if !matches!(facts.app.framework.id, "next" | "express" | "fastify") {
        return Err("where this framework keeps the environment is not known");
    }
    let read = facts
        .key(KeyRole::Publishable)
        .map(|key| keys::publishable(key.value()));
    let host = match read {
        Some(Reading::Key(key)) if key.mode == Mode::Live => key.host,
        _ => return Err("the domain is not known without a live publishable key"),
    };
    match host.strip_prefix("clerk.") {
        Some(domain) => Ok(format!("https://{domain}")),
        None => Err("the publishable key does not tell the domain of the app"),
    }
}
