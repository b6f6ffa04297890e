//! The domains of an instance.

use serde_json::Value;

use super::read::{List, flag, list, text};
use crate::facts::api::Screen;

/// A domain of an instance, primary or satellite.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Domain {
    /// `dmn_…`.
    pub id: Option<String>,
    /// `acme.shop`, in small letters.
    pub name: String,
    /// Whether it is a satellite of the primary one.
    pub is_satellite: bool,
    /// `https://clerk.acme.shop`.
    pub frontend_api_url: Option<String>,
    /// `https://accounts.acme.shop`; a satellite has none.
    pub accounts_portal_url: Option<String>,
    /// The proxy through which its Frontend API is reached.
    pub proxy_url: Option<String>,
    /// The records that Clerk expects. `None` where the answer names none at all.
    pub targets: Option<Vec<DnsTarget>>,
}

/// A record that Clerk expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsTarget {
    /// `clerk.acme.shop`, in small letters.
    pub host: String,
    /// What it points to.
    pub value: String,
    /// Whether sign-in depends on it.
    pub required: bool,
    /// `CNAME`, `TXT`.
    pub kind: String,
}

impl Domain {
    /// The host of its Frontend API: that of its proxy, where it has one.
    pub fn frontend_host(&self) -> Option<String> {
        host(self.proxy_url.as_ref().or(self.frontend_api_url.as_ref())?)
    }

    /// Whether a host is the domain or below it.
    pub fn covers(&self, host: &str) -> bool {
        let above = host.strip_suffix(self.name.as_str());
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    }
}

/// The host of an address, also of one without a scheme.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next()?;
    Some(host.to_ascii_lowercase()).filter(|host| !host.is_empty())
}

/// Reads `GET /domains`.
pub fn domains(value: &Value, screen: &Screen) -> Option<List<Domain>> {
    list(value, |one| domain(one, screen))
}

fn domain(one: &Value, screen: &Screen) -> Option<Domain> {
    // Newer instances list records of any type; `cname_targets` came first (clerk-sdk-go `domain.go`).
    let lists = ["dns_targets", "cname_targets"].map(|field| one.get(field)?.as_array());
    let lists = || lists.iter().flatten();
    let targets = lists().find(|all| !all.is_empty()).or(lists().next());
    let targets = targets.map(|all| all.iter().filter_map(|one| target(one, screen)).collect());
    Some(Domain {
        id: text(one, "id", screen),
        name: text(one, "name", screen)?.to_ascii_lowercase(),
        is_satellite: flag(one, "is_satellite").unwrap_or(false),
        frontend_api_url: text(one, "frontend_api_url", screen),
        accounts_portal_url: text(one, "accounts_portal_url", screen),
        proxy_url: text(one, "proxy_url", screen),
        targets,
    })
}

fn target(one: &Value, screen: &Screen) -> Option<DnsTarget> {
    Some(DnsTarget {
        host: text(one, "host", screen)?.to_ascii_lowercase(),
        value: text(one, "value", screen)?,
        required: flag(one, "required").unwrap_or(false),
        kind: text(one, "record_type", screen).unwrap_or_else(|| "CNAME".to_owned()),
    })
}
