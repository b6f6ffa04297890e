//! `sign-in/urls-unsafe`

use std::collections::BTreeMap;

use url::{Host, Url};

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::api::Screen;
use crate::facts::live::frontend::Frontend;
use crate::model::{Finding, Group, Meta, Severity};

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
    let mut wrong: BTreeMap<(Wrong, String), Vec<&str>> = BTreeMap::new();
    for (name, url) in &environment.urls {
        if let Some(found) = fault(facts, frontend, url) {
            wrong.entry(found).or_default().push(name);
        }
    }
    let findings = wrong.into_iter().map(|((wrong, host), names)| {
        let place = frontend.at("/v1/environment");
        finding(wrong, &host, &names).at(place, "display_config")
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

fn finding(wrong: Wrong, host: &str, names: &[&str]) -> Finding {
    let first = names.first().copied().unwrap_or_default();
    let names = match names.len() {
        0 | 1 => format!("{first} leads"),
        2 => format!("{first} and one more lead"),
        more => format!("{first} and {} more lead", more - 1),
    };
    let of_domain = "set it to an https address of the production domain on the paths page of the Clerk dashboard";
    match wrong {
        Wrong::Local => {
            Finding::error(format!("{names} to {host}, the visitor's own machine")).fix(of_domain)
        }
        Wrong::Development => {
            Finding::error(format!("{names} to {host}, a development instance")).fix(of_domain)
        }
        Wrong::Plain => Finding::error(format!("{names} to {host} without TLS")).fix(of_domain),
        // It may be another site of the same people.
        Wrong::Foreign => Finding::warning(format!(
            "{names} to {host}, which is not of the domain of this instance"
        ))
        .fix("check that it is yours; if not, set it to an address of the production domain"),
    }
}
