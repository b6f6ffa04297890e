//! `env/public-url-not-https`

use super::address::{Address, address, is_inside, is_local};
use super::stages::{is_for_production_only, is_productions, production};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::env::{Origin, Variable};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/public-url-not-https",
        group: Group::Env,
        severity: Severity::Error,
        pass: "Addresses in the production environment are https and no local machine",
        fail: "An address in the production environment is plain http or a local machine",
        why: "in production nothing may be there, or what is sent there is read on the way",
        docs: include_str!("public_url_not_https.md"),
    },
    needs: &[Need::Env, Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let env = match production(facts) {
        Ok(env) => env,
        Err(verdict) => return verdict,
    };
    let prefixes: Vec<&str> = facts
        .app
        .stack()
        .flat_map(|framework| framework.public_prefixes)
        .copied()
        .collect();
    let addresses: Vec<(&Variable, Address<'_>)> = env
        .all()
        .filter(|variable| is_judged(facts, variable, &prefixes))
        .filter_map(|variable| Some((variable, address(variable.value().expose().trim())?)))
        .collect();
    if addresses.is_empty() {
        return Verdict::not_applicable("no address is set for production");
    }
    let judged = addresses
        .iter()
        .filter_map(|(variable, address)| judge(variable, address, &prefixes));
    Verdict::Judged(judged.collect())
}

/// Clerk's own redirect addresses are judged by another check, and names of other environments are theirs.
fn is_judged(facts: &Facts, variable: &Variable, prefixes: &[&str]) -> bool {
    const ENDS: &[&str] = &["URL", "URI", "ENDPOINT", "ORIGIN", "_HOST", "_API"];
    const OTHERS: &[&str] = &[
        "CLERK",
        "NPM_",
        "PROXY",
        "OTEL",
        "_DEV",
        "TEST",
        "LOCAL",
        "SHADOW",
        "STAGING",
        "EMULATOR",
        "INTERNAL",
        "FRONTEND_ORIGIN",
        "CLIENT_ORIGIN",
        "CORS",
        "ALLOWED",
    ];
    let name = variable.winner.name.as_str();
    // The machine that audits has addresses of its own: of those, what is plainly the app's counts.
    let is_apps = variable.winner.origin != Origin::Process
        || prefixes.iter().any(|prefix| name.starts_with(prefix))
        || facts.code.as_ref().is_some_and(|code| code.reads(name));
    is_apps
        && ENDS.iter().any(|end| name.ends_with(end))
        && !OTHERS.iter().any(|word| name.contains(word))
        && is_productions(facts, &variable.winner)
}

const NOT_THERE: &str = "on the machine of whoever visits, nothing of the app's answers";

fn judge(variable: &Variable, address: &Address<'_>, prefixes: &[&str]) -> Option<Finding> {
    let name = variable.winner.name.as_str();
    let public = prefixes.iter().any(|prefix| name.starts_with(prefix));
    let own = is_for_production_only(&variable.winner);
    // A socket of the host's proxy, whatever the address says before it.
    let socket = variable.value().expose().contains("/cloudsql/");
    let local = is_local(address.host) && !socket;
    let database = !address.scheme.starts_with("http") && !address.scheme.starts_with("ws");
    let (severity, message, why) = match (public, local) {
        (true, true) if own && !database => (
            Severity::Error,
            format!("{name} sends the browser to the visitor's own machine"),
            NOT_THERE,
        ),
        (true, true) => (
            Severity::Warning,
            format!(
                "{name} sends the browser to the visitor's own machine, unless the host gives it another value"
            ),
            NOT_THERE,
        ),
        // A process beside the app may listen there, and a general file is often a developer's.
        (false, true) if own => (
            Severity::Warning,
            format!("{name} points to the machine that the app runs on"),
            "in production nothing answers there, unless it runs beside the app on the same machine",
        ),
        (_, false) if matches!(address.scheme, "http" | "ws") && !is_inside(address.host) => (
            Severity::Warning,
            format!("{name} is plain http, so what is sent there can be read on the way"),
            "whoever is on the way can use what they read, session tokens too, and change the answers",
        ),
        _ => return None,
    };
    let fix = if database {
        "give it the address of the production database"
    } else {
        "give it the https address of production"
    };
    Some(
        Finding::new(severity, message)
            .at(variable.winner.place(), "")
            .because(why)
            .fix(fix),
    )
}
