//! `routes/sign-in-not-reachable`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::routes::pattern;
use crate::model::fix::{Change, Edit};
use crate::model::routes::{Layer, Route, RouteMap, SignInPage};
use crate::model::{Finding, Fix, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/sign-in-not-reachable",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "Whoever is signed out gets to the sign-in page and through its steps",
        fail: "Whoever is signed out does not get through the sign-in page",
        why: "who is sent to the sign-in page and stopped there is sent to it again, for ever",
        docs: include_str!("sign_in_not_reachable.md"),
    },
    needs: &[Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (map, _) = match super::middleware(facts) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let pages = map
        .detailed()
        .filter_map(|(route, detail)| Some((route, detail.sign_in.as_ref()?)));
    let pages: Vec<(&Route, &SignInPage)> = pages.collect();
    if pages.is_empty() {
        return Verdict::not_applicable(
            "no page of the app is known to be that of Clerk's sign-in",
        );
    }
    let findings = pages.iter().filter_map(|(route, page)| {
        let (path, layer) = page.stopped.as_ref()?;
        let fix = opening(map, route, path);
        Some(stopped(facts, route, path, layer).mended_by(fix))
    });
    Verdict::Judged(findings.collect())
}

/// Where a list names the page and not its steps, its entry with `(.*)`; not where that would open
/// something else. The page itself is let through, so that the list can be no other than a public one.
fn opening(map: &RouteMap, page: &Route, path: &str) -> Option<Fix> {
    let stem = super::stem(&page.pattern);
    let open = |route: &Route| {
        let below = |url: &String| url.starts_with(&stem);
        route.pattern.starts_with(&stem) || route.urls.iter().any(below) || may_begin(route, &stem)
    };
    let others = map
        .routes
        .iter()
        .filter(|route| route.pattern != page.pattern);
    if stem == "/" || page.urls.iter().any(|url| url == path) || others.into_iter().any(open) {
        return None;
    }
    let with = format!("{stem}(.*)");
    let file = map.middleware.file.as_deref()?;
    Some(Fix::safe([Edit::new(
        file,
        Change::Entry { was: stem, with },
    )]))
}

/// Whether an address of a route may begin with a path and go on in the same segment, as `/[tenant]` has one
/// at `/sign-in-and-more`.
fn may_begin(route: &Route, stem: &str) -> bool {
    let many = stem.split('/').count();
    let first: Vec<&str> = route.pattern.split('/').take(many).collect();
    pattern::fit(&first.join("/"), &format!("{stem}-")).is_some()
}

fn stopped(facts: &Facts, route: &Route, path: &str, layer: &Layer) -> Finding {
    let place = layer
        .place
        .as_ref()
        .map_or_else(|| super::file_of(route), super::place);
    let is_step = !route.urls.iter().any(|url| url == path);
    let message = match is_step {
        true => {
            format!("the middleware stops whoever is signed out at {path}, a step of the sign-in")
        }
        false => format!("the middleware stops whoever is signed out at the sign-in page {path}"),
    };
    let pattern = super::stem(&route.pattern);
    let app = super::app_option(facts);
    Finding::error(message)
        .at(place, layer.why.clone())
        .see(super::file_of(route), "the sign-in page")
        .fix(format!(
            "let the middleware pass \"{pattern}(.*)\": the page and all that is below it"
        ))
        .verify(format!(
            "clerk-audit routes{app} --why --url {}",
            super::quoted(path)
        ))
}
