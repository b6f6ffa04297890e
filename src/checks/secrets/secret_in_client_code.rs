//! `secrets/secret-in-client-code`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::client::{Stray, StrayKind};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "secrets/secret-in-client-code",
        group: Group::Secrets,
        severity: Severity::Error,
        pass: "No secret and no server code of Clerk's is in what the browser gets",
        fail: "A secret or server code of Clerk's is in what the browser gets",
        why: "what the browser gets is public, and what needs the secret key does not work there",
        docs: include_str!("secret_in_client_code.md"),
    },
    needs: &[Need::Client],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(client) = facts.client.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    if !client.has_roots {
        return Verdict::not_applicable("no code for the browser was found");
    }
    let findings = client.strays.iter().map(|stray| finding(facts, stray));
    Verdict::Judged(findings.collect())
}

fn finding(facts: &Facts, stray: &Stray) -> Finding {
    let finding = match &stray.what {
        StrayKind::Variable(name) => variable(facts, name),
        StrayKind::Entry { package, name } => entry(package, name),
    };
    let finding = finding.at(stray.place.clone(), "in code that the browser gets");
    let way = stray.way.iter().take(8);
    way.fold(finding, |finding, (place, label)| {
        finding.see(place.clone(), label.clone())
    })
}

/// A variable with a public prefix is written into the code; any other one is not there in the browser.
fn variable(facts: &Facts, name: &str) -> Finding {
    let prefixes = facts.app.names(|framework| framework.public_prefixes);
    let public = prefixes.iter().find(|prefix| name.starts_with(**prefix));
    match public {
        Some(prefix) => Finding::error(format!(
            "{name} is read by code that the browser gets, and {prefix} puts its value there"
        ))
        .fix("do this on the server under a name without that prefix, and roll the key if it was ever built"),
        None => Finding::warning(format!(
            "{name} is read by code that the browser gets; it is not set there, so what needs it does not work"
        ))
        .fix("move it into code for the server: a route handler, a server action, a loader"),
    }
}

/// What asks for the request or the secret key fails where there is neither.
fn entry(package: &str, name: &str) -> Finding {
    const NEEDS_A_SERVER: &[&str] = &[
        "auth",
        "currentUser",
        "clerkClient",
        "getAuth",
        "clerkMiddleware",
        "rootAuthLoader",
        "buildClerkProps",
    ];
    let of_framework = !package.starts_with("@clerk/backend");
    let fix = "call it in code for the server and hand the result over; in the browser use the hooks (`useAuth`, `useUser`)";
    let message = format!("{name} of {package} is used by code that the browser gets");
    if of_framework && NEEDS_A_SERVER.contains(&name) {
        Finding::error(format!(
            "{message}, where there is no request and no secret key"
        ))
        .fix(fix)
    } else {
        Finding::warning(format!("{message}; the package is made for servers")).fix(fix)
    }
}
