//! `security/csp-loose`

use super::policies;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::headers::csp::{Effective, Kind, Policy, Source};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/csp-loose",
        group: Group::Security,
        severity: Severity::Warning,
        pass: "The Content Security Policy limits where scripts come from",
        fail: "The Content Security Policy lets scripts in from anywhere, or texts run as code",
        why: "a script that somebody slips in acts as the signed-in user",
        docs: include_str!("csp_loose.md"),
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
    // Of several policies each has to agree: a strict one makes up for a loose one.
    if all.iter().any(|(_, policy)| is_strict(policy)) {
        return Verdict::Judged(Vec::new());
    }
    let findings = all.iter().filter_map(|(setting, policy)| {
        let (directive, sources) = loose(policy)?;
        let message = format!(
            "{directive} of the policy of {} has {}",
            setting.by,
            sources.join(" and "),
        );
        Some(
            Finding::warning(message)
                .at(setting.place(), "the policy")
                .fix(fix(&sources)),
        )
    });
    Verdict::Judged(findings.collect())
}

/// Whether a policy limits scripts, and not loosely.
fn is_strict(policy: &Policy) -> bool {
    matches!(policy.effective(Kind::Script), Effective::Directive(_)) && loose(policy).is_none()
}

/// The directive that decides about scripts, and what makes it loose.
fn loose(policy: &Policy) -> Option<(&str, Vec<String>)> {
    let mut name = None;
    let mut sources = Vec::new();
    // `eval` is no element: `script-src-elem` says nothing about it (CSP Level 3, §4.4).
    let eval = ["script-src", "default-src"]
        .iter()
        .find_map(|name| policy.directive(name));
    if let Some(directive) = eval.filter(|directive| directive.has(&Source::UnsafeEval)) {
        name = Some(directive.name.as_str());
        sources.push(Source::UnsafeEval.shown());
    }
    if let Effective::Directive(directive) = policy.effective(Kind::Script) {
        // With 'strict-dynamic' addresses do not count; they are for older browsers.
        let wide = directive
            .sources
            .iter()
            .filter(|source| source.is_wide() && !directive.is_strict_dynamic());
        for source in wide {
            name.get_or_insert(directive.name.as_str());
            sources.push(source.shown());
        }
    }
    Some((name?, sources))
}

fn fix(sources: &[String]) -> String {
    let eval = sources.iter().any(|source| source == "'unsafe-eval'");
    let wide = sources.iter().any(|source| source != "'unsafe-eval'");
    match (eval, wide) {
        (true, false) => {
            "add 'unsafe-eval' in development only: process.env.NODE_ENV === 'development'"
        }
        (false, _) => "name the hosts that scripts come from, or use a nonce with 'strict-dynamic'",
        (true, true) => {
            "name the hosts that scripts come from, or use a nonce with 'strict-dynamic'; add 'unsafe-eval' in development only"
        }
    }
    .to_owned()
}
