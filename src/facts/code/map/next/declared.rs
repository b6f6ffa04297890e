//! Who says that a route of a Next.js app is public.

use crate::facts::code::map::RouteNames;
use crate::facts::code::map::layers::Gate;
use crate::facts::code::routes::Found;
use crate::model::routes::{Declared, RouteKind, Verdict};

/// Who says that a route is public.
pub(in super::super) fn declared(
    route: &Found,
    gate: &Gate,
    public: &RouteNames,
    runs: bool,
) -> Option<Declared> {
    if let Some(declared) = public.names(route) {
        return Some(declared);
    }
    if let Some(why) = by_nature(route) {
        return Some(Declared::Nature {
            why: why.to_owned(),
        });
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

/// Routes that make no sense behind a sign-in.
fn by_nature(route: &Found) -> Option<&'static str> {
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
    let last = route.pattern.rsplit('/').next().unwrap_or_default();
    let file = route.file.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    let of_sign_in = |part: &str| {
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
    if route.kind == RouteKind::Page && route.pattern.split('/').any(of_sign_in) {
        return Some("people sign in there");
    }
    let is_probe = matches!(
        last,
        "health" | "healthz" | "healthcheck" | "livez" | "readyz" | "ping"
    );
    if is_probe && matches!(route.kind, RouteKind::Handler | RouteKind::Api) {
        return Some("machines ask for it");
    }
    let is_meta = META
        .iter()
        .any(|meta| stem == *meta || (stem.starts_with(meta) && stem.len() == meta.len() + 1));
    (route.kind == RouteKind::Handler && is_meta && stem != "route" && !last.is_empty())
        .then_some("browsers and search engines ask for it")
}
