//! `dependencies/clerk-advisory`

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{at_most, few, is_middleware_only, middleware_only, placed, said, symbols};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories::{self, Advisory, Condition};
use crate::facts::code::shapes::symbol::Symbol;
use crate::facts::code::shapes::{Shapes, What};
use crate::facts::packages::{Direct, Packages, cores, package_of};
use crate::model::routes::{MethodAnswer, Route};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/clerk-advisory",
        group: Group::Dependencies,
        severity: Severity::Error,
        pass: "No installed package of Clerk's has a published advisory",
        fail: "An installed package of Clerk's has a published advisory",
        why: "whoever reads the advisory knows how to get in, forge a webhook or take the secret key",
        docs: include_str!("clerk_advisory.md"),
    },
    needs: &[Need::Packages, Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut known = false;
    for direct in packages.clerk() {
        let Some(version) = &direct.version else {
            continue;
        };
        known = true;
        let hits = advisories::of(&direct.name, version);
        told.extend(hits.iter().map(|hit| hit.id));
        findings.extend(finding(facts, direct, &hits));
    }
    findings.extend(brought_along(facts, packages, &told));
    if !known && findings.is_empty() {
        return Verdict::not_applicable("no version of a Clerk package is known");
    }
    Verdict::Judged(findings)
}

/// How much an advisory concerns this app, and why.
struct Concern {
    advisory: &'static Advisory,
    severity: Severity,
    why: String,
}

fn finding(facts: &Facts, direct: &Direct, hits: &[&'static Advisory]) -> Option<Finding> {
    let mut concerns: Vec<Concern> = hits
        .iter()
        .map(|advisory| {
            let (severity, why) = concern(facts, direct, advisory);
            Concern {
                advisory,
                severity: at_most(direct, severity),
                why,
            }
        })
        .collect();
    concerns.sort_by_key(|one| {
        (
            one.severity != Severity::Error,
            Reverse(one.advisory.gravity),
        )
    });
    let worst = concerns.first()?;
    let others: Vec<&str> = concerns.iter().skip(1).map(|one| one.advisory.id).collect();
    let also = match others.is_empty() {
        true => String::new(),
        false => format!(" (as well as {})", super::listed(&others, 4)),
    };
    let message = format!(
        "{} has {}: {}; {}{also}",
        said(direct),
        worst.advisory.id,
        worst.advisory.effect,
        worst.why
    );
    let version = direct.version.as_deref().unwrap_or_default();
    let rotate = match worst.advisory.condition {
        Condition::FrontendApiProxy if worst.severity == Severity::Error => {
            ", then rotate the secret key"
        }
        _ => "",
    };
    let fix = match advisories::cure(&direct.name, version) {
        Some(fixed) => format!("upgrade {} to {fixed} or later{rotate}", direct.name),
        None => format!("upgrade {}{rotate}", direct.name),
    };
    Some(placed(Finding::new(worst.severity, message), direct).fix(fix))
}

fn concern(facts: &Facts, direct: &Direct, advisory: &Advisory) -> (Severity, String) {
    let warn = |why: &str| (Severity::Warning, why.to_owned());
    let fail = |why: String| (Severity::Error, why);
    match advisory.condition {
        Condition::RouteMatcher => by_list(facts, direct),
        Condition::VerifyWebhook => {
            let called = symbols(facts).find(|(.., symbol)| {
                matches!(symbol, Symbol::Import { from, name }
                    if name == "verifyWebhook" && package_of(from) == direct.name)
            });
            match called {
                Some((file, ..)) => fail(format!("{} calls it", file.path)),
                None => warn("no call of it was found"),
            }
        }
        Condition::FrontendApiProxy => {
            let used = symbols(facts).find(|(.., symbol)| **symbol == Symbol::FrontendApiProxy);
            match used {
                Some((file, ..)) => fail(format!("{} switches that proxy on", file.path)),
                None => warn("nothing here switches that proxy on"),
            }
        }
        Condition::CombinedConditions => {
            let mut shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
            let found = shapes.find(|(file, shape)| match shape.what {
                // What mixes options up with conditions is @clerk/nextjs alone.
                What::Combined { options, .. } => {
                    file.on_server && (!options || direct.name == "@clerk/nextjs")
                }
                _ => false,
            });
            match found {
                Some((file, shape)) => fail(format!("{}:{} asks so", file.path, shape.at.line)),
                None => warn("no call on a server that asks so was found"),
            }
        }
        Condition::Always | Condition::Middleware | Condition::AppRouter | Condition::Unseen(_) => {
            fail("every app with this version is open to it".to_owned())
        }
    }
}

/// Which routes a path opens that `createRouteMatcher()` does not know. Where the list names what is public,
/// an unknown path is closed.
fn by_list(facts: &Facts, direct: &Direct) -> (Severity, String) {
    let mut shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    let is_used = shapes.any(|(_, shape)| {
        matches!(&shape.what, What::RouteMatcher { package } if package_of(package) == direct.name)
    });
    if !is_used {
        return (
            Severity::Warning,
            "no createRouteMatcher() was found".to_owned(),
        );
    }
    let open: Vec<&Route> = middleware_only(facts)
        .into_iter()
        .filter(|route| {
            route
                .methods
                .iter()
                .filter(|one| is_middleware_only(one))
                .any(is_listed)
        })
        .collect();
    if open.is_empty() {
        let why = "no route was found that rests on a list of protected paths alone";
        return (Severity::Warning, why.to_owned());
    }
    let routes = match open.len() {
        1 => "1 route rests".to_owned(),
        many => format!("{many} routes rest"),
    };
    let why = format!(
        "{routes} on a list of protected paths alone: {}",
        few(&open)
    );
    (Severity::Error, why)
}

/// Whether the way to the gate went over a list that names the path, as the steps of the visitor say it.
fn is_listed(answer: &MethodAnswer) -> bool {
    let mut steps = answer.trace.iter();
    steps.any(|step| step.text.contains(" is true for "))
}

/// Copies that other packages brought along, with advisories that nothing above has told of. What the code
/// would have to do with them is mostly not done.
fn brought_along(facts: &Facts, packages: &Packages, told: &BTreeSet<&str>) -> Option<Finding> {
    let mut found: Option<Finding> = None;
    for copy in packages
        .copies
        .iter()
        .filter(|copy| cores::is_clerk(&copy.name))
    {
        let hits = advisories::of(&copy.name, &copy.version);
        let concerns = |hit: &&&Advisory| !told.contains(hit.id) && is_used(facts, packages, hit);
        let Some(hit) = hits.iter().find(concerns) else {
            continue;
        };
        let label = format!("{} {} has {}", copy.name, copy.version, hit.id);
        found = Some(match found {
            Some(finding) => finding.at(copy.place.clone(), label),
            None => {
                let fixed =
                    advisories::cure(&copy.name, &copy.version).unwrap_or("a later version");
                Finding::warning(format!(
                    "{} {}, which another package brought along, has {}: {}",
                    copy.name, copy.version, hit.id, hit.effect
                ))
                .at(copy.place.clone(), label)
                .fix(format!(
                    "upgrade the package that brings it, or put {} {fixed} in its place with an override",
                    copy.name
                ))
            }
        });
    }
    found
}

/// Whether the code does anything that an advisory is about.
fn is_used(facts: &Facts, packages: &Packages, advisory: &Advisory) -> bool {
    let mut shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    match advisory.condition {
        Condition::RouteMatcher => {
            shapes.any(|(_, shape)| matches!(shape.what, What::RouteMatcher { .. }))
        }
        Condition::CombinedConditions => shapes.any(|(file, shape)| {
            file.on_server && matches!(shape.what, What::Combined { options: false, .. })
        }),
        Condition::VerifyWebhook => packages.verifies_webhook.is_some(),
        Condition::FrontendApiProxy => {
            symbols(facts).any(|(.., symbol)| *symbol == Symbol::FrontendApiProxy)
        }
        Condition::Always | Condition::Middleware | Condition::AppRouter | Condition::Unseen(_) => {
            true
        }
    }
}
