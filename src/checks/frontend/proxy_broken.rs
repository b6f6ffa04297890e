//! `frontend/proxy-broken`

use std::net::IpAddr;

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::{Frontend, Health, ProxyHealth};
use crate::model::{Finding, Group, Known, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "frontend/proxy-broken",
        group: Group::Frontend,
        severity: Severity::Error,
        pass: "The proxy of the Frontend API works",
        fail: "The proxy of the Frontend API does not work",
        why: "through a proxy that Clerk refuses nobody signs in, and one that hides addresses makes all visitors one",
        docs: include_str!("proxy_broken.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let frontend = match Verdict::told(&facts.live.frontend) {
        Ok(frontend) => frontend,
        Err(verdict) => return verdict,
    };
    if !frontend.proxied {
        return Verdict::not_applicable("no proxy of the Frontend API is set up");
    }
    let finding = match Verdict::told(&frontend.proxy) {
        Err(verdict) => return verdict,
        Ok(ProxyHealth::Healthy { forwarded_for }) => of_address(forwarded_for.as_deref()),
        Ok(ProxyHealth::Unhealthy {
            status,
            code,
            message,
        }) => Some(unhealthy(*status, code.as_deref(), message.as_deref())),
        Ok(ProxyHealth::NotClerk { status }) => Some(not_clerk(frontend, *status)),
    };
    Verdict::of(finding.map(|finding| finding.at(frontend.at("/v1/proxy-health"), "asked here")))
}

const HEADERS: &str = "have the proxy send Clerk-Proxy-Url, Clerk-Secret-Key and X-Forwarded-For, as https://clerk.com/docs/guides/dashboard/dns-domains/proxy-fapi says";

fn unhealthy(status: u16, code: Option<&str>, message: Option<&str>) -> Finding {
    let (message, fix) = match (code, message) {
        (Some("proxy_request_missing_secret_key"), _) => (
            "the proxy does not send the secret key".to_owned(),
            "have the proxy set the header Clerk-Secret-Key",
        ),
        (Some("proxy_request_invalid_secret_key"), _) => (
            "the proxy sends a secret key that Clerk refuses".to_owned(),
            "give the proxy the secret key of this instance, and deploy it again",
        ),
        (Some(code), Some(words)) => (
            format!("Clerk refuses the proxy ({code}, “{words}”)"),
            HEADERS,
        ),
        (Some(code), None) => (format!("Clerk refuses the proxy ({code})"), HEADERS),
        (None, Some(words)) => (
            format!("Clerk calls the proxy unhealthy: “{words}”"),
            HEADERS,
        ),
        (None, None) => (
            format!("Clerk calls the proxy unhealthy (HTTP {status})"),
            HEADERS,
        ),
    };
    Finding::error(message).fix(fix)
}

/// A proxy may pass on less than this one path; then what it passes on works.
fn not_clerk(frontend: &Frontend, status: u16) -> Finding {
    let message = format!("something else than Clerk answers through the proxy (HTTP {status})");
    let fix = "have the proxy pass every path below its address on to Clerk";
    if matches!(frontend.health, Known::Yes(Health::Healthy { .. })) {
        Finding::warning(format!("{message}, although /v1/health is passed on")).fix(fix)
    } else {
        Finding::error(message).fix(fix)
    }
}

/// Where Clerk sees the visitor: the address of this machine, which it cannot know itself. One that nobody
/// on the internet has is the proxy's own, unless this machine is in the proxy's network.
fn of_address(forwarded_for: Option<&str>) -> Option<Finding> {
    let first = forwarded_for.and_then(|list| list.split(',').next());
    let first = first.map(str::trim).filter(|first| !first.is_empty());
    let message = match first.map(|first| (first, first.parse::<IpAddr>())) {
        None => "Clerk does not see from which address visitors come".to_owned(),
        Some((_, Ok(address))) if is_private(address) => format!(
            "Clerk sees visitors come from {address}, an address inside a network: if this machine is not in it, all visitors count as one"
        ),
        Some(_) => return None,
    };
    Some(
        Finding::warning(message)
            .fix("have the proxy begin X-Forwarded-For with the visitor's address"),
    )
}

/// Loopback is left out: there the proxy is on the machine from which it is asked.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}
