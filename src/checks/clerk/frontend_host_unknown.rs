//! `clerk/frontend-host-unknown`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::live::frontend::Frontend;
use crate::facts::live::instance::{Domain, SigningKey};
use crate::facts::{Facts, KeyRole, keys};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/frontend-host-unknown",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "The host in the publishable key is one of the instance's domains",
        fail: "The host in the publishable key is none of the instance's domains",
        why: "a domain that was changed, or a key of another instance, leaves the browser without its API",
        docs: include_str!("frontend_host_unknown.md"),
    },
    needs: &[Need::Instance],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let instance = match Verdict::told(&facts.live.instance) {
        Ok(instance) => instance,
        Err(verdict) => return verdict,
    };
    let Some(variable) = facts.key(KeyRole::Publishable) else {
        return Verdict::Skipped("no publishable key to compare".to_owned());
    };
    let reading = keys::publishable(variable.value());
    let Some(key) = reading.key() else {
        let why = "the publishable key cannot be read; another check says why";
        return Verdict::Skipped(why.to_owned());
    };
    let domains = match Verdict::told(&instance.domains) {
        Ok(domains) => domains,
        Err(verdict) => return verdict,
    };
    let frontend = facts.live.frontend.as_ref();
    if domains
        .items
        .iter()
        .any(|domain| is_of(domain, &key.host, frontend))
    {
        return Verdict::Judged(Vec::new());
    }
    if domains.items.is_empty() || !domains.whole {
        return Verdict::Skipped("the instance does not name all of its domains".to_owned());
    }
    let known: Vec<String> = domains
        .items
        .iter()
        .filter_map(Domain::frontend_host)
        .collect();
    let shown = known
        .iter()
        .take(3)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let message = format!(
        "the publishable key names {}, and the instance of the secret key has {}",
        key.host,
        if shown.is_empty() {
            "no such host"
        } else {
            &shown
        }
    );
    let finding = if proven(facts) {
        Finding::warning(format!("{message}, although both keys are of one instance"))
    } else {
        Finding::error(message)
    };
    Verdict::of(Some(
        finding
            .at(variable.winner.place(), format!("names {}", key.host))
            .fix("copy the publishable key again from the Clerk dashboard, and build the app anew: a changed domain changes the key"),
    ))
}

/// Whether the key's host is that of the domain: its own, or the one behind the proxy through which it is
/// reached.
fn is_of(domain: &Domain, host: &str, frontend: Option<&Frontend>) -> bool {
    let direct = domain.frontend_api_url.as_deref().map(without_scheme);
    let asked = frontend.filter(|frontend| frontend.proxied);
    domain.frontend_host().as_deref() == Some(host)
        || direct == Some(host)
        || domain.proxy_url.is_some()
            && (host.strip_prefix("clerk.") == Some(&domain.name)
                || asked.is_some_and(|asked| domain.frontend_host().as_ref() == Some(&asked.host)))
}

fn without_scheme(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', ':']).next().unwrap_or_default()
}

/// Whether the keys that both sides publish are the same.
fn proven(facts: &Facts) -> bool {
    let theirs = facts
        .live
        .instance
        .as_ref()
        .and_then(|one| one.signing_keys.as_ref());
    let ours = facts
        .live
        .frontend
        .as_ref()
        .and_then(|one| one.jwks.as_ref());
    let (Some(theirs), Some(ours)) = (theirs, ours) else {
        return false;
    };
    let shared = |key: &SigningKey| ours.iter().any(|other| key.id.as_ref() == Some(&other.kid));
    theirs.items.iter().any(shared)
}
