//! `env/cors-origins`

use super::address::{address, is_inside, is_local};
use super::stages::{is_for_production_only, is_productions, production};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::env::Variable;
use crate::facts::keys::{self, Mode};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/cors-origins",
        group: Group::Env,
        severity: Severity::Warning,
        pass: "The origins that may call the app are right for production",
        fail: "The origins that may call the app are not right for production",
        why: "an origin that does not match is refused by the browser, and one too many may read what a session sees",
        docs: include_str!("cors_origins.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

/// The names that such lists go by.
const NAMES: &[&str] = &[
    "CORS_ORIGIN",
    "CORS_ORIGINS",
    "ALLOWED_ORIGIN",
    "ALLOWED_ORIGINS",
    "CORS_ALLOWED_ORIGIN",
    "CORS_ALLOWED_ORIGINS",
    "CORS_ALLOW_ORIGINS",
    "CORS_WHITELIST",
    "BACKEND_CORS_ORIGINS",
    "FRONTEND_ORIGIN",
    "CLIENT_ORIGIN",
];

fn run(facts: &Facts) -> Verdict {
    let env = match production(facts) {
        Ok(env) => env,
        Err(verdict) => return verdict,
    };
    let set: Vec<&Variable> = NAMES
        .iter()
        .filter_map(|name| env.get(name))
        .filter(|one| one.is_set())
        .collect();
    if set.is_empty() {
        return Verdict::not_applicable("no variable lists origins");
    }
    let findings: Vec<Finding> = set
        .iter()
        .flat_map(|variable| judge(facts, variable))
        .collect();
    let any = set
        .iter()
        .any(|variable| is_productions(facts, &variable.winner));
    if findings.is_empty() && !any {
        return Verdict::not_applicable("origins are listed in a developer's file only");
    }
    Verdict::Judged(findings)
}

fn judge(facts: &Facts, variable: &Variable) -> Vec<Finding> {
    let name = &variable.winner.name;
    let own = is_productions(facts, &variable.winner);
    let value = variable.value().expose();
    if keys::reference(value).is_some() {
        return Vec::new();
    }
    let list = value.split([',', ' ', ';', '[', ']', '"', '\'']);
    let origins: Vec<&str> = list
        .map(str::trim)
        .filter(|origin| !origin.is_empty())
        .collect();
    let any = |is: fn(&str) -> bool| origins.iter().any(|origin| is(origin));
    let mut faults: Vec<(String, &str)> = Vec::new();
    if any(|origin| origin == "*") && own {
        faults.push((
            format!("{name} lets every site call the app"),
            "list the origins of the front end",
        ));
    }
    if any(has_path) {
        faults.push((
            format!(
                "{name} has an origin with a slash or a path at its end, which no Origin header has"
            ),
            "write scheme, host and port alone: https://acme.shop",
        ));
    }
    if own && any(|origin| address(origin).is_some_and(|found| is_local(found.host))) {
        faults.push((
            format!("{name} lets pages of a local machine call production"),
            "list the origins of production alone",
        ));
    }
    let plain = |origin: &str| {
        address(origin).is_some_and(|found| {
            found.scheme == "http" && !is_local(found.host) && !is_inside(found.host)
        })
    };
    if own && any(plain) {
        faults.push((
            format!("{name} has an origin with plain http"),
            "write https",
        ));
    }
    if let Some(domain) = missing_domain(facts, variable, &origins) {
        faults.push((
            format!("{name} has no origin of {domain}, the domain of the production key"),
            "add the origin of the front end",
        ));
    }
    faults
        .into_iter()
        .map(|(message, fix)| {
            Finding::warning(message)
                .at(variable.winner.place(), "")
                .fix(fix)
        })
        .collect()
}

fn has_path(origin: &str) -> bool {
    let rest = origin
        .split_once("://")
        .filter(|(scheme, _)| scheme.starts_with("http"));
    rest.is_some_and(|(_, rest)| rest.contains('/') && !rest.contains(['*', '(', '\\']))
}

/// The domain of the production instance, where the list is production's and has nothing of it.
fn missing_domain(facts: &Facts, variable: &Variable, origins: &[&str]) -> Option<String> {
    let key = keys::publishable(facts.key(KeyRole::Publishable)?.value());
    let key = key.key().filter(|key| key.mode == Mode::Live)?;
    let domain = key.host.strip_prefix("clerk.")?;
    let open = origins
        .iter()
        .any(|origin| origin.contains('*') || address(origin).is_none());
    let within = origins
        .iter()
        .filter_map(|origin| address(origin))
        .any(|found| {
            let is_below = |host: &str, of: &str| {
                host == of
                    || host
                        .strip_suffix(of)
                        .is_some_and(|rest| rest.ends_with('.'))
            };
            is_below(found.host, domain) || is_below(domain, found.host)
        });
    (is_for_production_only(&variable.winner) && !open && !within).then(|| domain.to_owned())
}
