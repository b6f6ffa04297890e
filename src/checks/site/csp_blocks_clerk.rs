//! `site/csp-blocks-clerk`

use super::shown;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::security::policies;
use crate::facts::headers::csp::{Address, Answer, Effective, Kind, Policy, Source};
use crate::facts::{Facts, KeyRole, keys};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/csp-blocks-clerk",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The Content Security Policy that the site sends lets Clerk work",
        fail: "The Content Security Policy that the site sends blocks Clerk",
        why: "what a policy does not name the browser refuses: Clerk then works in part, or not at all",
        docs: include_str!("csp_blocks_clerk.md"),
    },
    needs: &[Need::Surface, Need::Headers],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let surface = match shown(facts) {
        Ok(surface) => surface,
        Err(verdict) => return verdict,
    };
    let pages = || surface.pages.iter().filter(|page| page.status == 200);
    if pages().all(|page| page.policies.is_empty()) {
        return Verdict::not_applicable("the site sends no Content Security Policy");
    }
    // Through a proxy, or on a satellite domain, browsers ask another host than that of the key.
    let moved = pages().any(|page| page.moved)
        || facts
            .headers
            .as_ref()
            .is_some_and(|headers| headers.other_frontend_api);
    let host = host(facts).filter(|_| !moved);
    let mut findings = Vec::new();
    for page in pages() {
        for policy in &page.policies {
            let mut found = Vec::new();
            found.extend(
                host.as_deref()
                    .and_then(|host| without_frontend_api(policy, host)),
            );
            found.extend(without_the_rest(policy));
            found.extend(with_eval(policy));
            let place = || Place::Url {
                url: page.url.clone(),
            };
            findings.extend(
                found
                    .into_iter()
                    .map(|finding| finding.at(place(), "its policy")),
            );
        }
    }
    // The same policy on several pages is one fault.
    let mut seen = std::collections::BTreeSet::new();
    findings.retain(|finding: &Finding| seen.insert(finding.message.clone()));
    Verdict::Judged(findings)
}

/// The Frontend API of the audited key.
fn host(facts: &Facts) -> Option<String> {
    let key = facts.key(KeyRole::Publishable)?;
    Some(keys::publishable(key.value()).key()?.host.clone())
}

fn without_frontend_api(policy: &Policy, host: &str) -> Option<Finding> {
    let address = Address::Https { host, port: None };
    let refused: Vec<Kind> = [Kind::Script, Kind::Connect]
        .into_iter()
        .filter(|kind| policy.allows(*kind, &address) == Answer::No)
        .collect();
    let names: Vec<&str> = refused.iter().map(|kind| kind.own()).collect();
    let steps: Vec<String> = refused
        .iter()
        .map(|kind| policies::addition(policy, *kind, &format!("https://{host}")))
        .collect();
    let development = refused
        .iter()
        .any(|kind| policies::names_development(policy, *kind));
    let instead = if development {
        "; it names the host of a development instance"
    } else {
        ""
    };
    (!refused.is_empty()).then(|| {
        Finding::error(format!(
            "the policy does not let {host} through ({}){instead}",
            names.join(", ")
        ))
        .fix(steps.join("; "))
    })
}

fn without_the_rest(policy: &Policy) -> Option<Finding> {
    let refused = policies::refusals(policy);
    let mut breaks: Vec<&str> = refused.iter().map(|one| one.breaks).collect();
    breaks.dedup();
    (!refused.is_empty()).then(|| {
        Finding::warning(format!(
            "the policy refuses what Clerk needs for {}",
            breaks.join(", ")
        ))
        .fix(format!("add {}", policies::by_directive(&refused)))
    })
}

fn with_eval(policy: &Policy) -> Option<Finding> {
    let Effective::Directive(directive) = policy.effective(Kind::Script) else {
        return None;
    };
    directive.sources.contains(&Source::UnsafeEval).then(|| {
        Finding::warning("the policy allows 'unsafe-eval', which only a development server needs")
            .because("a script that somebody slips in can run any text as code")
            .fix(format!("take 'unsafe-eval' out of {}", directive.name))
    })
}
