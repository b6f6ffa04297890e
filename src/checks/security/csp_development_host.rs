//! `security/csp-development-host`

use super::policies::{self, FrontendApi};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::headers::csp::{Answer, Kind};
use crate::facts::{Facts, Target};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/csp-development-host",
        group: Group::Security,
        severity: Severity::Error,
        pass: "The Content Security Policy does not depend on a development instance's host",
        fail: "The Content Security Policy names only the host of a development instance",
        why: "what works on a developer's machine is refused in production, where Clerk answers on another host",
        docs: include_str!("csp_development_host.md"),
    },
    needs: &[Need::Headers],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.target != Target::Production {
        return Verdict::not_applicable(format!("judged for {}", facts.target.word()));
    }
    let all = match policies::enforced(facts) {
        Ok(all) => all,
        Err(why) => return Verdict::NotApplicable(why),
    };
    let Some(headers) = facts.headers.as_ref() else {
        return Verdict::not_applicable("headers were not read");
    };
    let api = FrontendApi::of(facts, headers);
    let mut findings = Vec::new();
    for (setting, policy) in &all {
        let only: Vec<Kind> = [Kind::Script, Kind::Connect]
            .into_iter()
            .filter(|kind| policies::names_development(policy, *kind))
            .filter(|kind| api.is_allowed(policy, *kind) == Answer::No)
            .collect();
        if only.is_empty() {
            continue;
        }
        let sure = setting.sure && matches!(api, FrontendApi::Host(_));
        let severity = if sure {
            Severity::Error
        } else {
            Severity::Warning
        };
        let names: Vec<&str> = only.iter().map(|kind| kind.own()).collect();
        let instead = match &api {
            FrontendApi::Host(host) => format!("and not {host}, which the live key carries"),
            _ => "and no host that can be a production instance's".to_owned(),
        };
        let message = format!(
            "the policy of {} names the host of a development instance ({}) {instead}",
            setting.by,
            names.join(", "),
        );
        findings.push(
            Finding::new(severity, message)
                .at(setting.place(), "the policy")
                .fix(format!(
                    "add {} to {}, or take the host from a variable",
                    api.source(),
                    names.join(" and "),
                )),
        );
    }
    Verdict::Judged(findings)
}
