//! `routes/no-protection`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::{Route, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Place, Severity, Together};

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
    let sentence = Together::new(
        "no route asks for a session, and",
        "routes read as if they were private",
    );
    let app = super::app_option(facts);
    let finding = |(route, who): (&Route, String)| {
        let mut finding = Finding::warning(format!(
            "no route asks for a session, and {who} reads as if it were private"
        ))
        .at(super::file_of(route), who);
        if let Some(file) = &map.middleware.file {
            finding = finding.see(Place::file(file), "runs Clerk and stops nobody");
        }
        finding
            .fix(format!(
                "{} wherever something belongs to somebody",
                super::guard(facts, route.kind)
            ))
            .verify(format!("clerk-audit routes{app}"))
            .together(&sentence)
    };
    Verdict::Judged(super::by_interest(&open).map(finding).collect())
}
