//! `security/csp-blocks-clerk`

use super::policies::{self, FrontendApi, Set};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::headers::csp::{Answer, Kind};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/csp-blocks-clerk",
        group: Group::Security,
        severity: Severity::Error,
        pass: "Nothing that can be read of the Content Security Policy refuses Clerk",
        fail: "The Content Security Policy blocks Clerk",
        why: "what a policy does not name the browser refuses: Clerk then works in part, or not at all",
        docs: include_str!("csp_blocks_clerk.md"),
    },
    needs: &[Need::Headers],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let all = match policies::enforced(facts) {
        Ok(all) => all,
        Err(why) => return Verdict::NotApplicable(why),
    };
    let Some(headers) = facts.headers.as_ref() else {
        return Verdict::not_applicable("headers were not read");
    };
    let api = FrontendApi::of(facts, headers);
    let mut findings = Vec::new();
    for set in &all {
        findings.extend(without_frontend_api(set, &api));
        findings.extend(without_the_rest(set));
    }
    Verdict::Judged(findings)
}

/// Without scripts and requests there is no Clerk. What names development hosts has a check of its own.
fn without_frontend_api((setting, policy): &Set<'_>, api: &FrontendApi) -> Option<Finding> {
    let refused: Vec<Kind> = [Kind::Script, Kind::Connect]
        .into_iter()
        .filter(|kind| api.is_allowed(policy, *kind) == Answer::No)
        .filter(|kind| !policies::names_development(policy, *kind))
        .collect();
    let first = refused.first()?;
    let names: Vec<&str> = refused.iter().map(|kind| kind.own()).collect();
    let what = match first {
        Kind::Script => "clerk-js is not loaded",
        _ => "no request reaches Clerk",
    };
    let source = api.source();
    let sure = setting.sure && matches!(api, FrontendApi::Host(_));
    let severity = if sure {
        Severity::Error
    } else {
        Severity::Warning
    };
    let steps: Vec<String> = refused
        .iter()
        .map(|kind| policies::addition(policy, *kind, &source))
        .collect();
    let host = match api {
        FrontendApi::Host(host) => host.as_str(),
        _ => "any host that can be Clerk's Frontend API",
    };
    let message = format!(
        "the policy of {} does not let {host} through ({}): {what}",
        setting.by,
        names.join(", "),
    );
    Some(
        Finding::new(severity, message)
            .at(setting.place(), "the policy")
            .fix(steps.join("; ")),
    )
}

fn without_the_rest((setting, policy): &Set<'_>) -> Option<Finding> {
    let refused = policies::refusals(policy);
    let sources = policies::by_directive(&refused);
    let mut breaks: Vec<&str> = Vec::new();
    for one in &refused {
        if !breaks.contains(&one.breaks) {
            breaks.push(one.breaks);
        }
    }
    // A directive that was not there takes the place of the one that it fell back to.
    let is_new = |kind: Kind| policy.directive(kind.own()).is_none();
    let new = refused.iter().any(|one| is_new(one.kind));
    let note = if new {
        " (a directive you add replaces default-src: repeat its sources)"
    } else {
        ""
    };
    (!refused.is_empty()).then(|| {
        let message = format!(
            "the policy of {} refuses what Clerk needs for {}",
            setting.by,
            breaks.join(", "),
        );
        Finding::warning(message)
            .at(setting.place(), "the policy")
            .fix(format!("add {sources}{note}"))
    })
}
