//! `dependencies/framework-advisory`

use std::cmp::Reverse;

use super::{at_most, few, middleware_only, placed, said, sensitive, working};
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
        why: "an advisory tells everybody how the hole is used, and in which versions it is",
        docs: include_str!("framework_advisory.md"),
    },
    needs: &[Need::Packages, Need::Shapes],
    scope: Scope::Servers,
    run,
};

/// What serves the app by itself, where it is the app's framework.
const FRAMEWORKS: &[&str] = &["next", "astro"];

/// The first major of Next.js that gets security fixes (the releases since May 2026 mend 15.5 and 16 alone).
const NEXT: u64 = 15;

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    super::by_lock(packages, look(facts, packages))
}

fn look(facts: &Facts, packages: &Packages) -> Verdict {
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
        // A framework that the app is not made with came as a peer of something, and never runs.
        let mut stack = facts.app.stack();
        let mut runs = || stack.any(|one| one.packages.contains(&copy.name.as_str()));
        if FRAMEWORKS.contains(&copy.name.as_str()) && !runs() {
            continue;
        }
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
            .because(bearing(worst))
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
    let mut concerns: Vec<(Concern, &Advisory)> = hits
        .iter()
        .map(|advisory| (concern(facts, packages, advisory), *advisory))
        .collect();
    concerns.sort_by_key(|(concern, one)| {
        (
            concern.severity != Severity::Error,
            concern.is_spared,
            Reverse(one.gravity),
            matches!(one.condition, Condition::Unseen(_)),
        )
    });
    let (concern, worst) = concerns.first()?;
    let others: Vec<&str> = concerns.iter().skip(1).map(|(_, one)| one.id).collect();
    let also = match others.len() {
        0 => String::new(),
        _ => format!(" (as well as {})", super::listed(&others, 3)),
    };
    let (who, id, word) = (said(direct), worst.id, worst.gravity.word());
    let threat = match concern.is_spared {
        true => format!("{who} lies in the range of {id} ({word})"),
        false => format!("{who} has {id} ({word}): {}", worst.effect),
    };
    let message = format!("{threat}{}{also}{}", concern.why, unkept(direct));
    let version = direct.version.as_deref().unwrap_or_default();
    let fix = match advisories::cure(&direct.name, version) {
        Some(fixed) => format!(
            "upgrade {} to {fixed} or later, which mends all of them",
            direct.name
        ),
        None => format!("upgrade {}", direct.name),
    };
    Some(
        placed(
            Finding::new(at_most(direct, concern.severity), message),
            direct,
        )
        .because(if concern.is_spared {
            Some(super::NOT_YET)
        } else {
            bearing(worst)
        })
        .fix(fix)
        .known_by(super::concerned(direct, concern.severity, hits)),
    )
}

/// What there is to add where no fix will come out in the line of a version.
fn unkept(direct: &Direct) -> String {
    let version = direct.version.as_deref().and_then(advisories::parse);
    match version.map(|version| version.major()) {
        Some(major) if direct.name == "next" && major < NEXT => {
            format!("; Next.js {major} gets no fixes any more")
        }
        _ => String::new(),
    }
}

/// How much an advisory concerns this app.
struct Concern {
    severity: Severity,
    /// Whether what it needs was not found here.
    is_spared: bool,
    /// What there is to add to its effect.
    why: String,
}

fn concern(facts: &Facts, packages: &Packages, advisory: &Advisory) -> Concern {
    let told = |severity, is_spared, why| Concern {
        severity,
        is_spared,
        why,
    };
    if let Some(host) = packages
        .host
        .filter(|host| advisory.stopped_by.contains(host))
    {
        let why = format!("; {host} stops it before it reaches the app");
        return told(Severity::Warning, true, why);
    }
    match advisory.condition {
        Condition::Middleware => {
            let open = middleware_only(facts);
            let at_work = sensitive(&open);
            if open.is_empty() {
                let why = "; no route was found that rests on the middleware alone";
                return told(Severity::Warning, true, why.to_owned());
            }
            if at_work.is_empty() {
                let why = format!(
                    "; {} on the middleware alone ({}), and none was found to do sensitive work",
                    working(open.len(), ""),
                    few(&open)
                );
                return told(Severity::Warning, false, why);
            }
            let unless = match advisory.stopped_by {
                [] => String::new(),
                hosts => format!(", and only {} would stop it", hosts.join(" or ")),
            };
            let why = format!(
                "; {} on the middleware alone: {}{unless}",
                working(at_work.len(), " with sensitive work"),
                few(&at_work)
            );
            told(Severity::Error, false, why)
        }
        Condition::AppRouter if advisory.gravity == Gravity::Critical && has_app_router(facts) => {
            told(Severity::Error, false, String::new())
        }
        Condition::AppRouter if !has_app_router(facts) => told(
            Severity::Warning,
            true,
            "; no page of the App Router was found".to_owned(),
        ),
        _ => told(Severity::Warning, false, condition(advisory)),
    }
}

/// What an advisory has to do with who gets in.
fn bearing(advisory: &Advisory) -> Option<&'static str> {
    match (advisory.condition, advisory.gravity) {
        (Condition::Middleware, _) => {
            Some("a request that passes by the middleware never meets Clerk")
        }
        (Condition::AppRouter, Gravity::Critical) => {
            Some("whoever runs code on the server has its keys")
        }
        _ => None,
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
