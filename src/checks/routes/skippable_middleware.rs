//! `routes/skippable-middleware`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Route, RouteDetail, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Place, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/skippable-middleware",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "No visitor can keep the middleware from running",
        fail: "A visitor can keep the middleware from running, and it alone protects routes",
        why: "headers, cookies and queries are the visitor's to choose",
        docs: include_str!("skippable_middleware.md"),
    },
    needs: &[Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (map, middleware) = match super::middleware(facts) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let lost: Vec<(&Route, &RouteDetail)> = map
        .detailed()
        .filter(|(route, detail)| is_lost(route, detail))
        .collect();
    let file = middleware.file.as_deref().unwrap_or("the middleware");
    let finding = |(route, who): (&Route, String)| {
        let mut details = lost.iter().filter(|(one, _)| std::ptr::eq(*one, route));
        let skip = details.find_map(|(_, detail)| detail.skip.as_ref())?;
        let place = super::open(route).find_map(|answer| answer.middleware.place.as_ref());
        let place = place.map_or_else(|| Place::file(file), super::place);
        let guard = super::guard(facts, route.kind);
        let sentence = Together::new(
            format!("{};", skip.how),
            "routes are protected by nothing else",
        );
        Some(
            Finding::error(format!("{}; {who} is protected by nothing else", skip.how))
                .at(place, "config.matcher")
                .at(super::file_of(route), who)
                .fix(format!(
                    "take the clause out of config.matcher in {file}, or {guard}"
                ))
                .verify(super::why(facts, route))
                .together(&sentence),
        )
    };
    let all: Vec<&Route> = lost.iter().map(|(route, _)| *route).collect();
    Verdict::Judged(super::by_interest(&all).filter_map(finding).collect())
}

/// Whether a route is open to who skips the middleware, and closed to who does not.
fn is_lost(route: &Route, detail: &RouteDetail) -> bool {
    let stops = detail
        .skip
        .as_ref()
        .is_some_and(|skip| skip.otherwise == Meets::Stopped);
    stops && super::open(route).next().is_some()
}
