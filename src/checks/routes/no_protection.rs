//! `routes/no-protection`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Route, RouteKind, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/no-protection",
        group: Group::Routes,
        severity: Severity::Warning,
        pass: "Some code stops whoever is signed out",
        fail: "Nothing stops whoever is signed out, anywhere in the app",
        why: "Clerk says who is there; to refuse somebody takes a check, and nobody wrote one",
        docs: include_str!("no_protection.md"),
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
    let is = |route: &Route, verdict: Meets| {
        route.methods.iter().any(|answer| answer.verdict == verdict)
    };
    let mut details = map.middleware.routes.iter();
    // A token that is verified by hand is a session too; a webhook's signature is none.
    let by_token = |route: &Route| {
        let mut parts = route.pattern.split('/');
        let of_machine = |part: &str| part.contains("hook") || part.contains("cron");
        is(route, Meets::Credential) && !parts.any(of_machine)
    };
    if map
        .routes
        .iter()
        .any(|route| is(route, Meets::Stopped) || by_token(route))
        || details.any(|one| one.layout.is_some())
    {
        return Verdict::Judged(Vec::new());
    }
    let private =
        |route: &&Route| super::open(route).next().is_some() && super::looks_private(route);
    let open: Vec<&Route> = map.routes.iter().filter(private).collect();
    if open.is_empty() {
        return Verdict::not_applicable("no route of the app reads as if it were private");
    }
    if map.routes.iter().any(|route| is(route, Meets::Undecided)) {
        return super::undecided(map).unwrap_or(Verdict::Judged(Vec::new()));
    }
    let finding = Finding::warning(format!(
        "no route asks for a session, and {} if {} private",
        match open.len() {
            1 => "1 route reads as".to_owned(),
            many => format!("{many} routes read as"),
        },
        if open.len() == 1 {
            "it were"
        } else {
            "they were"
        }
    ));
    let mut finding = super::listed(finding, &open);
    if let Some(file) = &map.middleware.file {
        finding = finding.see(Place::file(file), "runs Clerk and stops nobody");
    }
    let kind = open.first().map_or(RouteKind::Page, |route| route.kind);
    let app = super::app_option(facts);
    Verdict::Judged(vec![
        finding
            .fix(format!(
                "{} wherever something belongs to somebody",
                super::guard(facts, kind)
            ))
            .verify(format!("clerk-audit routes{app}")),
    ])
}
