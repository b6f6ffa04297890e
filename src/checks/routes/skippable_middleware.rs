//! `routes/skippable-middleware`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Route, RouteDetail, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Place, Severity};

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
    let Some((first, skip)) = lost
        .iter()
        .find_map(|(route, detail)| Some((route, detail.skip.as_ref()?)))
    else {
        return Verdict::Judged(Vec::new());
    };
    let all: Vec<&Route> = lost.iter().map(|(route, _)| *route).collect();
    let finding = Finding::error(format!(
        "{}; {} nothing else",
        skip.how,
        match all.len() {
            1 => "1 route is protected by".to_owned(),
            many => format!("{many} routes are protected by"),
        }
    ));
    let place = super::open(first).find_map(|answer| answer.middleware.place.as_ref());
    let file = middleware.file.as_deref().unwrap_or("the middleware");
    let place = place.map_or_else(|| Place::file(file), super::place);
    let guard = super::guard(facts, first.kind);
    let finding = super::listed(finding.at(place, "config.matcher"), &all);
    Verdict::Judged(vec![
        finding
            .fix(format!(
                "take the clause out of config.matcher in {file}, or {guard}"
            ))
            .verify(super::why(facts, first)),
    ])
}

/// Whether a route is open to who skips the middleware, and closed to who does not.
fn is_lost(route: &Route, detail: &RouteDetail) -> bool {
    let stops = detail
        .skip
        .as_ref()
        .is_some_and(|skip| skip.otherwise == Meets::Stopped);
    stops && super::open(route).next().is_some()
}
