//! Who says that a route is public: the project, or what the route is. The only place that says so.

use super::RouteNames;
use super::layers::Gate;
use crate::facts::code::routes::Found;
use crate::model::routes::{
    BUILT_ONCE, Declared, FRONT_PAGE, LOOKS_UP, MethodAnswer, NOT_THERE, Route, RouteKind, Verdict,
};

/// Who says that a route is public.
pub(super) fn declared(
    route: &Found,
    gate: &Gate,
    public: &RouteNames,
    runs: bool,
) -> Option<Declared> {
    let by_nature = || by_file(route).or_else(|| by_name(route)).map(nature);
    if let Some(declared) = public.names(route).or_else(by_nature) {
        return Some(declared);
    }
    let is_open = gate.answer.layer.verdict == Verdict::Reached;
    // A server function answers on every page that ships it: a list of paths says nothing about it.
    if !runs || !is_open || !gate.closed_by_default || route.kind == RouteKind::Action {
        return None;
    }
    // Whatever is not named is stopped, and this is not: it is named.
    match gate.answer.lists.first() {
        Some((_, pattern, place)) => Some(Declared::List {
            pattern: pattern.clone(),
            place: place.clone(),
        }),
        None => {
            let step = gate.answer.trace.last()?;
            Some(Declared::List {
                pattern: step.text.clone(),
                place: step.place.clone(),
            })
        }
    }
}

/// Who says so of a route that is known by its path alone.
pub(super) fn named(route: &Found, public: &RouteNames) -> Option<Declared> {
    public.names(route).or_else(|| by_name(route).map(nature))
}

/// Of what is a file since the app was built, and holds nothing of anybody.
pub(super) fn built_once() -> Declared {
    nature(BUILT_ONCE)
}

fn nature(why: &str) -> Declared {
    Declared::Nature {
        why: why.to_owned(),
    }
}

const SIGN_IN: &str = "people sign in there";

/// Files that machines look for at the root of a site.
const FILES: &[&str] = &["favicon.ico", "robots.txt", "sitemap.xml"];

/// Metadata files of Next.js
/// (<https://nextjs.org/docs/app/api-reference/file-conventions/metadata>).
const META: &[&str] = &[
    "robots",
    "sitemap",
    "manifest",
    "favicon",
    "icon",
    "apple-icon",
    "opengraph-image",
    "twitter-image",
];

/// Routes that make no sense behind a sign-in.
fn by_name(route: &Found) -> Option<&'static str> {
    let last = route.pattern.rsplit('/').next().unwrap_or_default();
    if route.kind == RouteKind::Page && is_of_sign_in(&route.pattern) {
        return Some(SIGN_IN);
    }
    let is_served = matches!(route.kind, RouteKind::Handler | RouteKind::Api);
    let is_probe = matches!(
        last,
        "health" | "healthz" | "healthcheck" | "livez" | "readyz" | "ping"
    );
    (is_served && (is_probe || FILES.contains(&last))).then_some("machines ask for it")
}

/// What a framework serves under the name of its file.
fn by_file(route: &Found) -> Option<&'static str> {
    let file = route.file.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    let is_meta = META
        .iter()
        .any(|meta| stem == *meta || (stem.starts_with(meta) && stem.len() == meta.len() + 1));
    (route.kind == RouteKind::Handler
        && is_meta
        && stem != "route"
        && !route.pattern.ends_with('/'))
    .then_some("browsers and search engines ask for it")
}

fn is_of_sign_in(pattern: &str) -> bool {
    let is_word = |part: &str| {
        matches!(
            part,
            "sign-in"
                | "sign-up"
                | "signin"
                | "signup"
                | "login"
                | "register"
                | "sso-callback"
                | "signIn"
                | "signUp"
                | "sign-out"
                | "waitlist"
        )
    };
    pattern.split('/').any(is_word)
}

/// Says it of the front page, the page for what is not there and, where a server answers with pages, those of
/// the sign-in: as long as nothing shows that they hold or do something.
pub(super) fn by_answer(route: &mut Route) {
    let is_page = route.kind == RouteKind::Page;
    let is_handler = route.kind == RouteKind::Handler;
    let is_api = route.pattern.split('/').any(|part| part == "api");
    let why = match route.pattern.as_str() {
        "/" if is_page || is_handler => FRONT_PAGE,
        "/404" | "/500" if is_page => NOT_THERE,
        pattern if is_handler && !is_api && is_of_sign_in(pattern) => SIGN_IN,
        _ => return,
    };
    let is_open = |answer: &MethodAnswer| {
        answer.verdict == Verdict::Reached && answer.declared_public.is_none()
    };
    let does_nothing =
        |answer: &MethodAnswer| answer.sensitive.is_empty() && answer.resource.why != LOOKS_UP;
    let open = route.methods.iter_mut().filter(|one| is_open(one));
    let mut open: Vec<&mut MethodAnswer> = open.collect();
    // A page is one thing, its form included; of a handler each method is another one.
    if !is_page {
        open.retain(|one| matches!(one.method.as_str(), "GET" | "HEAD") && does_nothing(one));
    }
    if open.iter().all(|one| does_nothing(one)) {
        for answer in open {
            answer.declared_public = Some(nature(why));
        }
    }
}

#[cfg(test)]
mod tests;
