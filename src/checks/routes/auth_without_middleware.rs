//! `routes/auth-without-middleware`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Route, RouteDetail};
use crate::model::{Finding, Group, Meta, Severity};

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
    let lost: Vec<_> = map.detailed().filter(outside).filter(asks).collect();
    let Some((_, first)) = lost.first() else {
        return Verdict::Judged(Vec::new());
    };
    let mut finding = Finding::error(match lost.len() {
        1 => "1 route asks for the session where the middleware does not run".to_owned(),
        many => format!("{many} routes ask for the session where the middleware does not run"),
    });
    for (route, detail) in lost.iter().take(super::SHOWN) {
        let (Some(place), Some(url)) = (detail.sessions.first(), &detail.outside) else {
            continue;
        };
        let label = format!("{}, asked for as {url}", super::named(route, &[]));
        finding = finding.at(super::place(place), label);
    }
    let url = first.outside.as_deref().unwrap_or("/");
    let file = middleware.file.as_deref().unwrap_or("the middleware");
    let app = super::app_option(facts);
    Verdict::Judged(vec![
        finding
            .fix(format!(
                "let config.matcher of {file} match {url}, or do without the session there"
            ))
            .verify(format!(
                "clerk-audit routes{app} --why --url {}",
                super::quoted(url)
            )),
    ])
}
