//! `routes/layout-only`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Layer, Route};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/layout-only",
        group: Group::Routes,
        severity: Severity::Warning,
        pass: "No page leaves it to a layout to ask for the session",
        fail: "Pages leave it to a layout to ask for the session",
        why: "Next.js renders a page beside its layout, and can answer with the page alone",
        docs: include_str!("layout_only.md"),
    },
    needs: &[Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (map, _) = match super::detailed(facts) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let does = |route: &Route| {
        route
            .methods
            .iter()
            .any(|answer| !answer.sensitive.is_empty())
    };
    let pages = map
        .detailed()
        .filter(|(route, _)| does(route))
        .filter_map(|(route, detail)| Some((route, detail.layout.as_ref()?)));
    let pages: Vec<(&Route, &Layer)> = pages.collect();
    let sentence = Together::new(
        "only a layout asks for the session before",
        "pages show their data",
    );
    let finding = |(route, who): (&Route, String)| {
        let mut finding = Finding::warning(format!(
            "only a layout asks for the session before {} shows its data",
            route.pattern
        ))
        .at(super::file_of(route), who);
        let mut layers = pages.iter().filter(|(page, _)| std::ptr::eq(*page, route));
        let layout = layers.next().map(|(_, layout)| layout);
        if let Some((layout, place)) = layout.and_then(|one| Some((one, one.place.as_ref()?))) {
            finding = finding.see(super::place(place), format!("the layout: {}", layout.why));
        }
        let guard = super::guard(facts, route.kind);
        finding
            .fix(format!(
                "{guard} in each page, or in the function that reads the data"
            ))
            .verify(super::why(facts, route))
            .together(&sentence)
    };
    let routes: Vec<&Route> = pages.iter().map(|(route, _)| *route).collect();
    Verdict::Judged(super::by_interest(&routes).map(finding).collect())
}
