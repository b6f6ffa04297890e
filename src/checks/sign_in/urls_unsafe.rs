//! `sign-in/urls-unsafe`

use url::{Host, Url};

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::api::Screen;
use crate::facts::live::frontend::Frontend;
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/urls-unsafe",
        group: Group::SignIn,
        severity: Severity::Error,
        pass: "Clerk sends visitors to https addresses of the app's own domain",
        fail: "Clerk sends visitors to addresses that are not safe for production",
        why: "visitors land on a page that is not the app's, or can be watched on the way there",
        docs: include_str!("urls_unsafe.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

/// What is wrong with an address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    Local,
    Development,
    Plain,
    Foreign,
}

fn run(facts: &Facts) -> Verdict {
    let (frontend, environment) = match settings::of_production(facts) {
        Ok(both) => both,
        Err(verdict) => return verdict,
    };
    if environment.urls.is_empty() {
        return settings::unsaid("where visitors are sent");
    }
    let urls = environment.urls.iter();
    let wrong = urls.filter_map(|(name, url)| Some((fault(facts, frontend, url)?, *name)));
    let mut wrong: Vec<((Wrong, String), &str)> = wrong.collect();
    wrong.sort();
    let findings = wrong.into_iter().map(|((wrong, host), name)| {
        let place = frontend.at("/v1/environment");
        finding(wrong, &host, name).at(place, format!("display_config: {name}"))
    });
    Verdict::Judged(findings.collect())
}

/// What is wrong with an address, and its host. A path is of the app itself; other schemes are of native
/// apps.
fn fault(facts: &Facts, frontend: &Frontend, text: &str) -> Option<(Wrong, String)> {
    let url = Url::parse(text.trim()).ok()?;
    let host = url.host()?;
    let name = url.host_str()?.trim_end_matches('.');
    let shown = Screen::default().token(name).unwrap_or_default();
    let is_local = match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback() || address.is_unspecified(),
        Host::Ipv6(address) => address.is_loopback() || address.is_unspecified(),
    };
    let wrong = match url.scheme() {
        "http" | "https" if is_local => Wrong::Local,
        "http" | "https" if name.ends_with(".accounts.dev") => Wrong::Development,
        "http" => Wrong::Plain,
        "https" if !is_own(facts, frontend, name) => Wrong::Foreign,
        _ => return None,
    };
    Some((wrong, shown))
}

fn is_own(facts: &Facts, frontend: &Frontend, host: &str) -> bool {
    let instance = facts.live.instance.as_ref();
    let domains = instance.and_then(|instance| instance.domains.as_ref());
    let mut domains = domains.into_iter().flat_map(|list| &list.items);
    frontend.is_own(host) || host == frontend.host || domains.any(|domain| domain.covers(host))
}

fn finding(wrong: Wrong, host: &str, name: &str) -> Finding {
    const OF_DOMAIN: &str = "set it to an https address of the production domain on the paths page of the Clerk dashboard";
    let (severity, where_to, fix) = match wrong {
        Wrong::Local => (
            Severity::Error,
            format!("{host}, the visitor's own machine"),
            OF_DOMAIN,
        ),
        Wrong::Development => (
            Severity::Error,
            format!("{host}, a development instance"),
            OF_DOMAIN,
        ),
        Wrong::Plain => (Severity::Error, format!("{host} without TLS"), OF_DOMAIN),
        // It may be another site of the same people.
        Wrong::Foreign => (
            Severity::Warning,
            format!("{host}, which is not of the domain of this instance"),
            "check that it is yours; if not, set it to an address of the production domain",
        ),
    };
    Finding::new(severity, format!("{name} leads to {where_to}"))
        .fix(fix)
        .together(&Together::new("", format!("addresses lead to {where_to}")))
}
