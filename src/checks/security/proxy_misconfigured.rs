//! `security/proxy-misconfigured`

use super::guards;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::code::shapes::guard::{Guard, Setting, Settings};
use crate::facts::{Facts, Target};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/proxy-misconfigured",
        group: Group::Security,
        severity: Severity::Error,
        pass: "The proxy of Clerk's Frontend API is set up as Clerk asks",
        fail: "The proxy of Clerk's Frontend API is not set up as Clerk asks",
        why: "nobody can sign in through a proxy that Clerk or its SDK refuses",
        docs: include_str!("proxy_misconfigured.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    let mut proxies = 0;
    for seen in guards::all(facts) {
        if let Guard::Settings(settings) = seen.guard {
            proxies += usize::from(settings.proxy_url.is_given());
            findings.extend(
                of_settings(facts, settings).map(|finding| finding.at(seen.place(), "set here")),
            );
        }
    }
    proxies += of_variables(facts, &mut findings);
    proxies += by_hand(facts, &mut findings);
    if proxies == 0 {
        return Verdict::not_applicable("no proxy of the Frontend API is set up");
    }
    Verdict::Judged(findings)
}

const UNUSED: &str = "a setting that looks used and is not leads whoever changes it astray";
const ADDRESS: &str = "give a path (`/__clerk`) or an address that begins with https://";

fn of_settings(facts: &Facts, settings: &Settings) -> Option<Finding> {
    if let Setting::Text(url) = &settings.proxy_url
        && let Some((severity, why)) = fault(url, facts.target)
    {
        return Some(
            Finding::new(severity, format!("proxyUrl of {} {why}", settings.of)).fix(ADDRESS),
        );
    }
    // A satellite of several domains gives either by a function.
    let both = is_said(&settings.proxy_url) && is_said(&settings.domain);
    both.then(|| {
        Finding::warning(format!(
            "{} is given domain and proxyUrl; only proxyUrl counts",
            settings.of
        ))
        .because(UNUSED)
        .fix("leave one of them out")
    })
}

fn is_said(setting: &Setting) -> bool {
    matches!(setting, Setting::Text(text) if !text.is_empty())
        || matches!(setting, Setting::Variable(_))
}

/// What is wrong with the address of a proxy (clerk/javascript `packages/shared/src/proxy.ts`).
fn fault(url: &str, target: Target) -> Option<(Severity, &'static str)> {
    let url = url.trim();
    if url.is_empty() || url.starts_with('/') {
        return None;
    }
    let lower = url.to_ascii_lowercase();
    match lower.split_once("://") {
        Some(("https", rest)) if !rest.is_empty() => None,
        Some(("http", rest)) => {
            let local = ["localhost", "127.0.0.1"]
                .iter()
                .any(|host| rest.starts_with(host));
            let words = if local {
                "is an address of this machine"
            } else {
                "is an address without TLS"
            };
            (target == Target::Production).then_some((Severity::Error, words))
        }
        _ => Some((
            Severity::Error,
            "is neither a path nor an address, and the SDK throws on it",
        )),
    }
}

fn of_variables(facts: &Facts, findings: &mut Vec<Finding>) -> usize {
    let proxies = guards::variables(facts, "CLERK_PROXY_URL");
    for variable in &proxies {
        let name = &variable.winner.name;
        if let Some((severity, why)) = fault(variable.value().expose(), facts.target) {
            findings.push(
                Finding::new(severity, format!("{name} {why}"))
                    .at(variable.winner.place(), "")
                    .fix(ADDRESS),
            );
        }
        let domain = name.replace("PROXY_URL", "DOMAIN");
        let domain = facts
            .env
            .as_ref()
            .and_then(|env| env.get(&domain))
            .filter(|domain| domain.is_set());
        if let Some(domain) = domain {
            findings.push(
                Finding::warning(format!(
                    "{name} and {} are both set; only {name} counts",
                    domain.winner.name
                ))
                .at(variable.winner.place(), "")
                .see(domain.winner.place(), "not used")
                .because(UNUSED)
                .fix(format!("remove {}", domain.winner.name)),
            );
        }
    }
    proxies.len()
}

/// A proxy that is written by hand, and the headers that it does not send.
fn by_hand(facts: &Facts, findings: &mut Vec<Finding>) -> usize {
    let mut named = Vec::new();
    let mut target = None;
    for seen in guards::all(facts) {
        match seen.guard {
            Guard::ProxyHeader(header) => named.push(*header),
            Guard::PassesOn { host } => target = target.or(Some((host, seen.place()))),
            _ => {}
        }
    }
    let Some((host, place)) = target else {
        return 0;
    };
    let lacks: Vec<&str> = ["Clerk-Proxy-Url", "Clerk-Secret-Key", "X-Forwarded-For"]
        .into_iter()
        .filter(|header| !named.contains(header))
        .collect();
    if lacks.is_empty() {
        return 1;
    }
    let refused = lacks.iter().any(|header| header.starts_with("Clerk-"));
    let severity = if refused {
        Severity::Error
    } else {
        Severity::Warning
    };
    let what = if refused {
        "Clerk refuses requests without them"
    } else {
        "Clerk then takes every visitor for one address"
    };
    findings.push(
        Finding::new(severity, format!("requests are passed on to {host} without {}: {what}", lacks.join(", ")))
            .at(place, "passed on here")
            .because((!refused).then_some("limits and locks that are meant for one visitor then hit all of them"))
            .fix("use `frontendApiProxy` of clerkMiddleware, or send Clerk-Proxy-Url, Clerk-Secret-Key and X-Forwarded-For along"),
    );
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_a_secure_address_are_fine() {
        for (url, wrong) in [
            ("/__clerk", false),
            ("https://acme.shop/__clerk", false),
            ("http://localhost:3000/__clerk", true),
            ("acme.shop/__clerk", true),
            ("ftp://acme.shop", true),
        ] {
            assert_eq!(fault(url, Target::Production).is_some(), wrong, "{url}");
        }
        assert!(fault("http://localhost:3000", Target::Development).is_none());
    }
}
