//! `routes/extension-hole`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Route, RouteDetail};
use crate::model::{Finding, Group, Meta, Severity};

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
    let found = [(Severity::Error, bad), (Severity::Warning, other)];
    let found = found.into_iter().filter_map(|(severity, routes)| {
        let (first, detail) = routes.first()?;
        let url = detail.hole.as_deref()?;
        let mut finding = Finding::new(
            severity,
            match routes.len() {
                1 => format!("{url} gets past the middleware, which alone protects {}", first.pattern),
                many => format!("{many} routes that the middleware alone protects are open at paths such as {url}"),
            },
        );
        for (route, detail) in routes.iter().take(super::SHOWN) {
            let url = detail.hole.clone().unwrap_or_default();
            finding = finding.at(super::file_of(route), format!("{} as {url}", super::named(route, &[])));
        }
        let app = super::app_option(facts);
        let guard = super::guard(facts, first.kind);
        Some(
            finding
                .fix(format!(
                    "{guard}; or let an entry of config.matcher in {file} match {} whatever it ends with",
                    super::stem(&first.pattern)
                ))
                .verify(format!("clerk-audit routes{app} --why --url {}", super::quoted(url))),
        )
    });
    Verdict::Judged(found.collect())
}

/// Whether there is something to get to.
fn does(route: &Route) -> bool {
    let mut work = route.methods.iter().flat_map(|answer| &answer.sensitive);
    work.next().is_some()
}
