//! `routes/stopped-by-middleware-only`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Evidence, MethodAnswer, Route, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/stopped-by-middleware-only",
        group: Group::Routes,
        severity: Severity::Warning,
        pass: "What does sensitive work asks for the session itself",
        fail: "Routes that do sensitive work are protected by the middleware alone",
        why: "a path that the middleware judges otherwise than the router, or an advisory that lets one past it, opens them all",
        docs: include_str!("stopped_by_middleware_only.md"),
    },
    needs: &[Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let map = match super::map(facts) {
        Ok(map) => map,
        Err(verdict) => return verdict,
    };
    let routes = map.routes.iter().enumerate();
    let mut open = Vec::new();
    let guarded: Vec<(&Route, &Evidence, bool)> = routes
        .filter_map(|(at, route)| {
            let work = work(route)?;
            open.push((at, route, relying(route).collect()));
            let detail = map.middleware.routes.get(at);
            Some((route, work, detail.is_some_and(|one| one.layout.is_some())))
        })
        .collect();
    let Some((first, ..)) = guarded.first() else {
        return Verdict::Judged(Vec::new());
    };
    let verb = if guarded.len() == 1 { "is" } else { "are" };
    let by = match guarded.iter().all(|(.., in_layout)| *in_layout) {
        true => "the middleware (and a layout, which does not run for every request)",
        false => "the middleware alone",
    };
    let mut finding = Finding::warning(format!(
        "{} with sensitive work {verb} protected by {by}",
        super::count(guarded.len(), "route")
    ));
    for (route, work, in_layout) in guarded.iter().take(super::SHOWN) {
        let past = if *in_layout { " past the layout" } else { "" };
        let label = format!("{} gets to {}(){past}", super::named(route, &[]), work.what);
        finding = finding.at(super::place(&work.place), label);
    }
    let guard = super::guard(facts, first.kind);
    let app = super::app_option(facts);
    Verdict::Judged(vec![
        finding
            .fix(format!("{guard}, and keep the middleware as a second line"))
            .mended_or_not(super::guarding(facts, map, open))
            .verify(format!("clerk-audit routes{app} --only stopped --why")),
    ])
}

/// The methods of a route that only the middleware keeps the visitor from.
fn relying(route: &Route) -> impl Iterator<Item = &MethodAnswer> {
    route.methods.iter().filter(|answer| {
        answer.middleware.verdict == Meets::Stopped
            && answer.resource.verdict == Meets::Reached
            && !answer.sensitive.is_empty()
    })
}

/// Their gravest work.
fn work(route: &Route) -> Option<&Evidence> {
    let work = relying(route).flat_map(|answer| &answer.sensitive);
    work.min_by_key(|work| work.kind)
}
