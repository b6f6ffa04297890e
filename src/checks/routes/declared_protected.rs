//! `routes/declared-protected`

use std::collections::BTreeSet;

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::map::RouteNames;
use crate::model::routes::{Declared, MethodAnswer, Route, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/declared-protected",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "Whoever is signed out is stopped at every route that the config declares protected",
        fail: "Routes that the config declares protected are open to whoever is signed out",
        why: "the project itself says that these must be closed, so that no later change opens them unseen",
        docs: include_str!("declared_protected.md"),
    },
    needs: &[Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let declared = &facts.declared;
    if declared.protected.is_empty() {
        return Verdict::not_applicable("[routes] protected of clerk-audit.toml names no route");
    }
    let map = match super::map(facts) {
        Ok(map) => map,
        Err(verdict) => return verdict,
    };
    let protected = RouteNames::new(&declared.protected);
    let public = RouteNames::new(&declared.public);
    let (mut findings, mut unclear) = (Vec::new(), Vec::new());
    let mut used = BTreeSet::new();
    for route in &map.routes {
        let names: Vec<&str> = protected.all(&route.pattern, &route.urls).collect();
        used.extend(names.iter().copied());
        let Some(name) = names.first() else {
            continue;
        };
        // What `public` names within it is an exception.
        let is_public = public.all(&route.pattern, &route.urls).next().is_some();
        if is_public || !super::has_address(route) {
            continue;
        }
        let open: Vec<&MethodAnswer> = route.methods.iter().filter(|one| is_open(one)).collect();
        if !open.is_empty() {
            findings.push(exposed(facts, route, name, &open));
        } else if route.verdict() == Meets::Undecided {
            unclear.push(route);
        }
    }
    if findings.is_empty()
        && let Some(verdict) = super::undecided_among(&unclear)
    {
        return verdict;
    }
    // Of several apps with one config, each has some of the routes.
    if !declared.is_shared && !map.is_partial {
        let unused = declared
            .protected
            .iter()
            .filter(|name| !used.contains(name.as_str()));
        findings.extend(unused.map(|name| nothing(facts, name)));
    }
    Verdict::Judged(findings)
}

/// Whether the visitor gets to the work, wherever that is not the nature of the route, as of a sign-in page.
fn is_open(answer: &MethodAnswer) -> bool {
    let declared = answer.declared_public.as_ref();
    let by_nature = |declared: &Declared| matches!(declared, Declared::Nature { .. });
    let is_meant = declared.is_some_and(|one| by_nature(one) && !one.may_be_closed());
    answer.verdict == Meets::Reached && !is_meant
}

fn exposed(facts: &Facts, route: &Route, name: &str, open: &[&MethodAnswer]) -> Finding {
    let who = super::named(route, open);
    let place = open.iter().find_map(|one| one.resource.place.as_ref());
    let place = place.map_or_else(|| super::file_of(route), super::place);
    let mut finding = Finding::error(format!(
        "{who} answers whoever is signed out, although [routes] protected names it"
    ))
    .at(place, format!("named by {name}"));
    let listed = open.iter().find_map(|one| match &one.declared_public {
        Some(Declared::List { pattern, place }) => Some((pattern, place)),
        _ => None,
    });
    if let Some((pattern, at)) = listed {
        finding = finding.see(super::place(at), format!("lists {pattern}"));
    }
    finding
        .fix(super::guard_of(facts, route))
        .verify(super::why(facts, route))
}

fn nothing(facts: &Facts, name: &str) -> Finding {
    let app = super::app_option(facts);
    Finding::warning(format!("[routes] protected names {name}, and no route is called so"))
        .fix("write it as createRouteMatcher would take it, such as /dashboard(.*), or as the route is shown, or take it away")
        .verify(format!("clerk-audit routes{app}"))
}
