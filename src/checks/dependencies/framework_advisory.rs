//! `dependencies/framework-advisory`

use std::cmp::Reverse;

use super::{at_most, few, middleware_only, placed, said};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories::{self, Advisory, Condition, Gravity};
use crate::facts::packages::{Direct, Packages, cores};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/framework-advisory",
        group: Group::Dependencies,
        severity: Severity::Error,
        pass: "The framework has no published advisory that bears on who gets in",
        fail: "The framework has a published advisory that bears on who gets in",
        why: "a request that passes by the middleware never meets Clerk, and whoever runs code on the server has its keys",
        docs: include_str!("framework_advisory.md"),
    },
    needs: &[Need::Packages, Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    let mut asked = false;
    let mut findings = Vec::new();
    for direct in &packages.direct {
        let named = !cores::is_clerk(&direct.name) && advisories::names(&direct.name);
        let Some(version) = direct.version.as_deref().filter(|_| named) else {
            continue;
        };
        asked = true;
        let hits = advisories::of(&direct.name, version);
        findings.extend(finding(facts, packages, direct, &hits));
    }
    for copy in packages
        .copies
        .iter()
        .filter(|copy| !cores::is_clerk(&copy.name))
    {
        asked = true;
        // Another copy of what the app itself asks for is a tool's own.
        if packages.direct(&copy.name).is_some() {
            continue;
        }
        let hits = advisories::of(&copy.name, &copy.version);
        let Some(worst) = hits.first() else { continue };
        let fixed = advisories::cure(&copy.name, &copy.version).unwrap_or("a later version");
        findings.push(
            Finding::warning(format!(
                "{} {}, which another package brought along, has {} ({}): {}{}",
                copy.name,
                copy.version,
                worst.id,
                worst.gravity.word(),
                worst.effect,
                condition(worst)
            ))
            .at(copy.place.clone(), "")
            .fix(format!(
                "upgrade the package that brings it until {} is {fixed} or later",
                copy.name
            )),
        );
    }
    if !asked {
        return Verdict::not_applicable(
            "no framework whose advisories are known, or its version is not",
        );
    }
    Verdict::Judged(findings)
}

fn finding(
    facts: &Facts,
    packages: &Packages,
    direct: &Direct,
    hits: &[&'static Advisory],
) -> Option<Finding> {
    let mut concerns: Vec<(Severity, &Advisory, String)> = hits
        .iter()
        .map(|advisory| {
            let (severity, why) = concern(facts, packages, advisory);
            (at_most(direct, severity), *advisory, why)
        })
        .collect();
    let is_stopped = |one: &Advisory| {
        packages
            .host
            .is_some_and(|host| one.stopped_by.contains(&host))
    };
    concerns.sort_by_key(|(severity, one, _)| {
        (
            *severity != Severity::Error,
            is_stopped(one),
            Reverse(one.gravity),
        )
    });
    let (severity, worst, why) = concerns.first()?;
    let others: Vec<&str> = concerns.iter().skip(1).map(|(_, one, _)| one.id).collect();
    let also = match others.len() {
        0 => String::new(),
        _ => format!(" (as well as {})", super::listed(&others, 3)),
    };
    let message = format!(
        "{} has {} ({}): {}{why}{also}",
        said(direct),
        worst.id,
        worst.gravity.word(),
        worst.effect
    );
    let version = direct.version.as_deref().unwrap_or_default();
    let fix = match advisories::cure(&direct.name, version) {
        Some(fixed) => format!(
            "upgrade {} to {fixed} or later, which mends all of them",
            direct.name
        ),
        None => format!("upgrade {}", direct.name),
    };
    Some(placed(Finding::new(*severity, message), direct).fix(fix))
}

/// How much an advisory concerns this app, and what there is to add to its effect.
fn concern(facts: &Facts, packages: &Packages, advisory: &Advisory) -> (Severity, String) {
    if let Some(host) = packages
        .host
        .filter(|host| advisory.stopped_by.contains(host))
    {
        let why = format!("; {host} stops it before it reaches the app");
        return (Severity::Warning, why);
    }
    match advisory.condition {
        Condition::Middleware => {
            let open = middleware_only(facts);
            let routes = match open.len() {
                0 => {
                    let why = "; no route was found that rests on the middleware alone";
                    return (Severity::Warning, why.to_owned());
                }
                1 => "1 route rests".to_owned(),
                many => format!("{many} routes rest"),
            };
            let unless = match advisory.stopped_by {
                [] => String::new(),
                hosts => format!(", and only {} would stop it", hosts.join(" or ")),
            };
            let why = format!("; {routes} on the middleware alone: {}{unless}", few(&open));
            (Severity::Error, why)
        }
        Condition::AppRouter if advisory.gravity == Gravity::Critical && has_app_router(facts) => {
            (Severity::Error, String::new())
        }
        Condition::AppRouter if !has_app_router(facts) => (
            Severity::Warning,
            "; no page of the App Router was found".to_owned(),
        ),
        _ => (Severity::Warning, condition(advisory)),
    }
}

fn condition(advisory: &Advisory) -> String {
    match advisory.condition {
        Condition::Unseen(clause) => format!(", {clause}"),
        _ => String::new(),
    }
}

/// Whether a page or handler of the app lies in Next.js's `app` folder.
fn has_app_router(facts: &Facts) -> bool {
    let below = |file: &str| {
        let inside = file.strip_prefix(&facts.app.path).unwrap_or(file);
        let inside = inside.trim_start_matches('/');
        inside.starts_with("app/") || inside.starts_with("src/app/")
    };
    let mut routes = facts
        .routes
        .as_ref()
        .into_iter()
        .flat_map(|map| &map.routes);
    routes.any(|route| below(&route.file))
}
