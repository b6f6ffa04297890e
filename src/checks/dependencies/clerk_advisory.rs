//! `dependencies/clerk-advisory`

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{
    at_most, bringing, few, is_middleware_only, joined, middleware_only, named_sdks, placed, said,
    sensitive, symbols, working,
};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::advisories::{self, Advisory, Condition};
use crate::facts::code::shapes::symbol::Symbol;
use crate::facts::code::shapes::{Shapes, What};
use crate::facts::packages::{Copy, Direct, Packages, cores, package_of};
use crate::model::routes::{MethodAnswer, Route};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/clerk-advisory",
        group: Group::Dependencies,
        severity: Severity::Error,
        pass: "No installed package of Clerk's has an advisory that concerns this app",
        fail: "An installed package of Clerk's lies in the range of a published advisory",
        why: "an advisory tells everybody how the hole is used, and in which versions it is",
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
    super::by_lock(packages, look(facts, packages))
}

fn look(facts: &Facts, packages: &Packages) -> Verdict {
    let mut told: Vec<Told<'_>> = Vec::new();
    let mut known = false;
    for direct in packages.clerk() {
        let Some(version) = &direct.version else {
            continue;
        };
        known = true;
        let hits = advisories::of(&direct.name, version);
        told.extend(Told::of(facts, direct, &hits));
    }
    let ids: BTreeSet<&str> = told.iter().flat_map(|one| one.ids.clone()).collect();
    let groups = grouped(told);
    let mut findings: Vec<Finding> = groups.iter().filter_map(|group| finding(group)).collect();
    findings.extend(brought_along(facts, packages, &ids));
    if !known && findings.is_empty() {
        return Verdict::not_applicable("no version of a Clerk package is known");
    }
    Verdict::Judged(findings)
}

/// Whether the code does what an advisory needs.
enum Reason {
    /// It does, by this clause.
    Met(String),
    /// It does not use this at all.
    Absent(&'static str),
    /// It does, and is not open to it, by this clause.
    Spared(&'static str),
}

/// How much an advisory concerns this app, and why.
struct Concern {
    advisory: &'static Advisory,
    severity: Severity,
    reason: Reason,
}

/// A package with the advisories whose range it lies in, the worst first.
struct Told<'p> {
    direct: &'p Direct,
    ids: BTreeSet<&'static str>,
    worst: Concern,
    others: Vec<Concern>,
}

impl<'p> Told<'p> {
    fn of(facts: &Facts, direct: &'p Direct, hits: &[&'static Advisory]) -> Option<Self> {
        let mut concerns: Vec<Concern> = hits
            .iter()
            .map(|advisory| concern(facts, direct, advisory))
            .collect();
        concerns.sort_by_key(|one| {
            (
                one.severity != Severity::Error,
                !matches!(one.reason, Reason::Met(_)),
                Reverse(one.advisory.gravity),
            )
        });
        let ids = concerns.iter().map(|one| one.advisory.id).collect();
        let mut concerns = concerns.into_iter();
        Some(Self {
            direct,
            ids,
            worst: concerns.next()?,
            others: concerns.collect(),
        })
    }

    fn severity(&self) -> Severity {
        at_most(self.direct, self.worst.severity)
    }
}

/// Packages whose advisories are among those of another one are told of with it: one upgrade mends both.
fn grouped(mut told: Vec<Told<'_>>) -> Vec<Vec<Told<'_>>> {
    told.sort_by_key(|one| (one.severity() != Severity::Error, Reverse(one.ids.len())));
    let mut groups: Vec<Vec<Told<'_>>> = Vec::new();
    for one in told {
        let with = groups.iter_mut().find(|group| {
            let first = group.first();
            first.is_some_and(|first| one.ids.is_subset(&first.ids))
        });
        match with {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

fn finding(group: &[Told<'_>]) -> Option<Finding> {
    let (first, rest) = group.split_first()?;
    let is_met = matches!(first.worst.reason, Reason::Met(_));
    let mut finding = placed(Finding::new(first.severity(), message(first)), first.direct)
        .because((!is_met).then_some(super::NOT_YET));
    for other in rest {
        let ids: Vec<&str> = other.ids.iter().copied().collect();
        let label = format!("{}: {}", said(other.direct), joined(&ids));
        finding = finding.see(other.direct.known.clone(), label);
    }
    let cures: Vec<String> = group.iter().map(|one| cure(one.direct)).collect();
    let cures: Vec<&str> = cures.iter().map(String::as_str).collect();
    let is_proxy = first.worst.advisory.condition == Condition::FrontendApiProxy;
    let rotate = match is_proxy && first.worst.severity == Severity::Error {
        true => ", then rotate the secret key",
        false => "",
    };
    let all = std::iter::once(&first.worst).chain(&first.others);
    let hits: Vec<&'static Advisory> = all.map(|one| one.advisory).collect();
    let known = super::concerned(first.direct, first.severity(), &hits);
    Some(
        finding
            .fix(format!("upgrade {} or later{rotate}", joined(&cures)))
            .known_by(known),
    )
}

fn cure(direct: &Direct) -> String {
    let version = direct.version.as_deref().unwrap_or_default();
    match advisories::cure(&direct.name, version) {
        Some(fixed) => format!("{} to {fixed}", direct.name),
        None => direct.name.clone(),
    }
}

/// What is said of a package. Nothing opens with a threat that it then takes back.
fn message(told: &Told<'_>) -> String {
    let (who, worst) = (said(told.direct), &told.worst);
    let others: Vec<&str> = told.others.iter().map(|one| one.advisory.id).collect();
    if let Reason::Met(why) = &worst.reason {
        let also = match others.is_empty() {
            true => String::new(),
            false => format!(" (as well as {})", super::listed(&others, 4)),
        };
        let Advisory { id, effect, .. } = worst.advisory;
        return format!("{who} has {id}: {effect}; {why}{also}");
    }
    let all = || std::iter::once(worst).chain(&told.others);
    let ids: Vec<&str> = all().map(|one| one.advisory.id).collect();
    let absent = all().filter_map(|one| match one.reason {
        Reason::Absent(what) => Some(what),
        _ => None,
    });
    let absent: Vec<&str> = absent.collect();
    let why = match worst.reason {
        Reason::Spared(why) => why.to_owned(),
        _ => String::new(),
    };
    let it = if ids.len() == 1 {
        "it needs"
    } else {
        "they need"
    };
    let why = match (why.is_empty(), absent.is_empty()) {
        (true, _) => format!(
            "the code was not found to do what {it} ({})",
            absent.join(", ")
        ),
        (false, true) => why,
        (false, false) => format!(
            "{why}, and the code was not found to do what else they need ({})",
            absent.join(", ")
        ),
    };
    format!("{who} lies in the range of {}; {why}", joined(&ids))
}

fn concern(facts: &Facts, direct: &Direct, advisory: &'static Advisory) -> Concern {
    let (severity, reason) = judged(facts, direct, advisory);
    Concern {
        advisory,
        severity,
        reason,
    }
}

fn judged(facts: &Facts, direct: &Direct, advisory: &Advisory) -> (Severity, Reason) {
    let absent = |what| (Severity::Warning, Reason::Absent(what));
    let fail = |why: String| (Severity::Error, Reason::Met(why));
    match advisory.condition {
        Condition::RouteMatcher => by_list(facts, direct),
        Condition::VerifyWebhook => {
            let called = symbols(facts).find(|(.., symbol)| {
                matches!(symbol, Symbol::Import { from, name }
                    if name == "verifyWebhook" && package_of(from) == direct.name)
            });
            match called {
                Some((file, ..)) => fail(format!("{} calls it", file.path)),
                None => absent("verifyWebhook()"),
            }
        }
        Condition::FrontendApiProxy => {
            let used = symbols(facts).find(|(.., symbol)| **symbol == Symbol::FrontendApiProxy);
            match used {
                Some((file, ..)) => fail(format!("{} switches that proxy on", file.path)),
                None => absent("the Frontend API proxy"),
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
                None => absent("several conditions in one has() on the server"),
            }
        }
        Condition::Always | Condition::Middleware | Condition::AppRouter | Condition::Unseen(_) => {
            fail("every app with this version is open to it".to_owned())
        }
    }
}

/// Which routes a path opens that `createRouteMatcher()` does not know. Where the list names what is public,
/// an unknown path is closed.
fn by_list(facts: &Facts, direct: &Direct) -> (Severity, Reason) {
    let mut shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    let is_used = shapes.any(|(_, shape)| {
        matches!(&shape.what, What::RouteMatcher { package } if package_of(package) == direct.name)
    });
    if !is_used {
        return (Severity::Warning, Reason::Absent("createRouteMatcher()"));
    }
    let closed = middleware_only(facts);
    let listed = |route: &&&Route| {
        let mut answers = route.methods.iter().filter(|one| is_middleware_only(one));
        answers.any(is_listed)
    };
    let open: Vec<&Route> = closed.iter().filter(listed).copied().collect();
    if open.is_empty() {
        let why = match closed.is_empty() {
            true => "no route was found that rests on the middleware alone",
            false => "the middleware closes what it does not list, so an odd path stays closed",
        };
        return (Severity::Warning, Reason::Spared(why));
    }
    let at_work = sensitive(&open);
    if at_work.is_empty() {
        let why = format!(
            "{} on a list of protected paths alone ({}), and none was found to do sensitive work",
            working(open.len(), ""),
            few(&open)
        );
        return (Severity::Warning, Reason::Met(why));
    }
    let why = format!(
        "{} on a list of protected paths alone: {}",
        working(at_work.len(), " with sensitive work"),
        few(&at_work)
    );
    (Severity::Error, Reason::Met(why))
}

/// Whether the way to the gate went over a list that names the path, as the steps of the visitor say it.
fn is_listed(answer: &MethodAnswer) -> bool {
    let mut steps = answer.trace.iter();
    steps.any(|step| step.text.contains(" is true for "))
}

/// Copies that other packages brought along, with advisories that nothing above has told of. What the code
/// would have to do with them is mostly not done.
fn brought_along(facts: &Facts, packages: &Packages, told: &BTreeSet<&str>) -> Vec<Finding> {
    let sentence = Together::new(
        "",
        "copies of Clerk's packages that others brought along have advisories",
    );
    let copies = packages
        .copies
        .iter()
        .filter(|copy| cores::is_clerk(&copy.name));
    let finding = |copy: &Copy| {
        let hits = advisories::of(&copy.name, &copy.version);
        let concerns = |hit: &&&Advisory| !told.contains(hit.id) && is_used(facts, packages, hit);
        let hit = hits.iter().find(concerns)?;
        let label = format!("{} {} has {}", copy.name, copy.version, hit.id);
        let fixed = advisories::cure(&copy.name, &copy.version).unwrap_or("a later version");
        let sdks = named_sdks(&bringing(packages, copy));
        Some(
            Finding::warning(format!(
                "{} {}, which another package brought along, has {}: {}",
                copy.name, copy.version, hit.id, hit.effect
            ))
            .at(copy.place.clone(), label)
            .fix(format!(
                "upgrade {sdks} until {} is {fixed} or later, or put that in its place with an override",
                copy.name
            ))
            .together(&sentence),
        )
    };
    copies.filter_map(finding).collect()
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
