//! `routes/extension-hole`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Route, RouteDetail};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/extension-hole",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "The middleware runs whatever stands in a parameter of a path",
        fail: "A dot in the path keeps the middleware from running",
        why: "a matcher that leaves out files leaves out /posts/x.css too, and a dynamic route answers that",
        docs: include_str!("extension_hole.md"),
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
    let holed = |(_, detail): &(&Route, &RouteDetail)| detail.hole.is_some();
    let holes: Vec<_> = map.detailed().filter(holed).collect();
    let file = middleware.file.as_deref().unwrap_or("the middleware");
    let (bad, other): (Vec<_>, Vec<_>) = holes.into_iter().partition(|(route, _)| does(route));
    let app = super::app_option(facts);
    let sentence = Together::new(
        "",
        "routes that the middleware alone protects are open at paths for which it does not run",
    );
    let finding = |severity, (route, detail): (&Route, &RouteDetail)| {
        let url = detail.hole.as_deref()?;
        let guard = super::guard(facts, route.kind);
        Some(
            Finding::new(
                severity,
                format!(
                    "{url} gets past the middleware, which alone protects {}",
                    route.pattern
                ),
            )
            .at(
                super::file_of(route),
                format!("{} as {url}", super::named(route, &[])),
            )
            .fix(format!(
                "{guard}; or let an entry of config.matcher in {file} match {} whatever it ends with",
                super::stem(&route.pattern)
            ))
            .verify(format!(
                "clerk-audit routes{app} --why --url {}",
                super::quoted(url)
            ))
            .together(&sentence),
        )
    };
    let bad = bad.into_iter().map(|one| (Severity::Error, one));
    let other = other.into_iter().map(|one| (Severity::Warning, one));
    let found = bad
        .chain(other)
        .filter_map(|(severity, one)| finding(severity, one));
    Verdict::Judged(found.collect())
}

/// Whether there is something to get to.
fn does(route: &Route) -> bool {
    let mut work = route.methods.iter().flat_map(|answer| &answer.sensitive);
    work.next().is_some()
}
