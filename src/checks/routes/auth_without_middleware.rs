//! `routes/auth-without-middleware`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Route, RouteDetail};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/auth-without-middleware",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "Whatever asks for the session is where the middleware runs",
        fail: "Code asks for the session where the middleware does not run",
        why: "@clerk/nextjs throws there: the route answers 500, to people who are signed in too",
        docs: include_str!("auth_without_middleware.md"),
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
    let outside = |(_, detail): &(&Route, &RouteDetail)| detail.outside.is_some();
    let asks = |(_, detail): &(&Route, &RouteDetail)| !detail.sessions.is_empty();
    let file = middleware.file.as_deref().unwrap_or("the middleware");
    let app = super::app_option(facts);
    let sentence = Together::new(
        "",
        "routes ask for the session where the middleware does not run",
    );
    let lost = map.detailed().filter(outside).filter(asks);
    let finding = |(route, detail): (&Route, &RouteDetail)| {
        let (place, url) = (detail.sessions.first()?, detail.outside.as_ref()?);
        let who = super::named(route, &[]);
        Some(
            Finding::error(format!(
                "{who} asks for the session where the middleware does not run"
            ))
            .at(super::place(place), format!("{who}, asked for as {url}"))
            .fix(format!(
                "let config.matcher of {file} match {url}, or do without the session there"
            ))
            .verify(format!(
                "clerk-audit routes{app} --why --url {}",
                super::quoted(url)
            ))
            .together(&sentence),
        )
    };
    Verdict::Judged(lost.filter_map(finding).collect())
}
