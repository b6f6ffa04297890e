//! `security/satellite-misconfigured`

use super::guards;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::guard::{Guard, Setting, Settings};
use crate::facts::env::Variable;
use crate::facts::framework::Side;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/satellite-misconfigured",
        group: Group::Security,
        severity: Severity::Error,
        pass: "The satellite domain knows its own address and that of the primary app",
        fail: "The satellite domain does not know its own address or that of the primary app",
        why: "a satellite cannot sign anybody in by itself: without the right addresses its users go round in circles",
        docs: include_str!("satellite_misconfigured.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

const OWN: &str = "give `domain` (the satellite's own host) or `proxyUrl`";
const PRIMARY: &str =
    "give the whole address of the primary app's page: `https://example.com/sign-in`";

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    let mut satellites = 0;
    for seen in guards::all(facts) {
        if let Guard::Settings(settings) = seen.guard
            && settings.is_satellite == Setting::Flag(true)
        {
            satellites += 1;
            let found = of_settings(facts, settings);
            findings.extend(
                found
                    .into_iter()
                    .map(|finding| finding.at(seen.place(), "a satellite")),
            );
        }
    }
    for variable in guards::variables(facts, "CLERK_IS_SATELLITE") {
        if variable.value().expose().trim() == "true" {
            satellites += 1;
            of_variable(facts, variable, &mut findings);
        }
    }
    if satellites == 0 {
        return Verdict::not_applicable("the app is no satellite of another one");
    }
    Verdict::Judged(findings)
}

fn of_settings(facts: &Facts, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let of = &settings.of;
    let addressed = settings.domain.is_given() || settings.proxy_url.is_given() || settings.is_open;
    if !addressed && !has_address(facts) {
        // The SDKs of frameworks with a server read the address from the environment, which may be another one there.
        let severity = match facts.app.framework.side {
            Side::Client => Severity::Error,
            Side::Server | Side::Both => Severity::Warning,
        };
        findings.push(
            Finding::new(
                severity,
                format!("{of} is a satellite without domain or proxyUrl"),
            )
            .fix(OWN),
        );
    }
    if let Setting::Text(url) = &settings.sign_in_url {
        if url.starts_with('/') {
            findings.push(
                Finding::error(format!(
                    "{of} is a satellite whose signInUrl is a path of its own"
                ))
                .fix(PRIMARY),
            );
        } else if let Setting::Text(domain) = &settings.domain
            && host(url) == Some(host(domain).unwrap_or(domain))
        {
            findings.push(
                Finding::error(format!(
                    "{of} is a satellite whose signInUrl is on its own domain"
                ))
                .fix(PRIMARY),
            );
        }
    }
    findings
}

/// Whether the environment or any other place in the code says where the satellite is.
fn has_address(facts: &Facts) -> bool {
    let told = |ending: &str| !guards::variables(facts, ending).is_empty();
    told("CLERK_DOMAIN") || told("CLERK_PROXY_URL") || is_said_in_code(facts)
}

fn is_said_in_code(facts: &Facts) -> bool {
    guards::all(facts).any(|seen| {
        matches!(seen.guard, Guard::Settings(one) if one.domain.is_given() || one.proxy_url.is_given())
    })
}

fn of_variable(facts: &Facts, variable: &Variable, findings: &mut Vec<Finding>) {
    let name = &variable.winner.name;
    let prefix = name.trim_end_matches("CLERK_IS_SATELLITE");
    let at = || variable.winner.place();
    if !has_address(facts) {
        findings.push(
            Finding::error(format!(
                "{name} is on, and neither {prefix}CLERK_DOMAIN nor {prefix}CLERK_PROXY_URL is set"
            ))
            .at(at(), "a satellite")
            .fix(OWN),
        );
    }
    let sign_in = guards::variables(facts, "CLERK_SIGN_IN_URL");
    let own_path = sign_in
        .iter()
        .find(|one| one.value().expose().trim().starts_with('/'));
    // What the code passes goes before the variable.
    let passed = guards::all(facts).any(|seen| {
        matches!(seen.guard, Guard::Settings(one) if one.sign_in_url.is_given() && !is_path(&one.sign_in_url))
    });
    if let Some(url) = own_path.filter(|_| !passed) {
        findings.push(
            Finding::error(format!(
                "{} of a satellite is a path of its own",
                url.winner.name
            ))
            .at(url.winner.place(), "of the satellite itself")
            .see(at(), "a satellite")
            .fix(PRIMARY),
        );
    }
}

fn is_path(setting: &Setting) -> bool {
    matches!(setting, Setting::Text(url) if url.starts_with('/'))
}

fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '?', '#']).next()
}
