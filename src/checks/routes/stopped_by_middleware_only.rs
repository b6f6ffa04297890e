//! `routes/stopped-by-middleware-only`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Evidence, MethodAnswer, Route, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Severity, Together};

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
    let guarded: Vec<(usize, &Route, &Evidence, bool)> = routes
        .filter_map(|(at, route)| {
            let detail = map.middleware.routes.get(at);
            let in_layout = detail.is_some_and(|one| one.layout.is_some());
            Some((at, route, work(route)?, in_layout))
        })
        .collect();
    let by = |in_layout| match in_layout {
        true => "the middleware (and a layout, which does not run for every request)",
        false => "the middleware alone",
    };
    let all_by = by(guarded.iter().all(|(.., in_layout)| *in_layout));
    let sentence = Together::new(
        "",
        format!("routes with sensitive work are protected by {all_by}"),
    );
    let app = super::app_option(facts);
    let finding = |(at, route, work, in_layout): &(usize, &Route, &Evidence, bool)| {
        let who = super::named(route, &[]);
        let past = if *in_layout { " past the layout" } else { "" };
        let guard = super::guard(facts, route.kind);
        let fix = super::guarding(facts, map, [(*at, *route, relying(route).collect())]);
        Finding::warning(format!(
            "{who} does sensitive work and is protected by {}",
            by(*in_layout)
        ))
        .at(
            super::place(&work.place),
            format!("{who} gets to {}(){past}", work.what),
        )
        .fix(format!("{guard}, and keep the middleware as a second line"))
        .mended_or_not(fix)
        .verify(format!("clerk-audit routes{app} --only stopped --why"))
        .together(&sentence)
    };
    Verdict::Judged(guarded.iter().map(finding).collect())
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
