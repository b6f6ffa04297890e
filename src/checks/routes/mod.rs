//! What a visitor meets who is not signed in: the checks on top of the route map.

pub mod auth_without_middleware;
pub mod bypass_switch;
pub mod declared_protected;
pub mod deprecated_matcher;
pub mod extension_hole;
pub mod layout_only;
pub mod matcher_invalid;
pub mod matcher_on_static_files;
pub mod no_protection;
pub mod pattern_misses;
pub mod reached;
mod shapes;
pub mod sign_in_not_reachable;
pub mod skippable_middleware;
pub mod stopped_by_middleware_only;
pub mod unawaited_auth;
pub mod unsafe_metadata;
pub mod unverified_token;
pub mod vulnerable_call_shape;

use crate::checks::engine::Verdict;
use crate::facts::Facts;
use crate::facts::project::ClerkPackage;
use crate::model::fix::{Change, Edit, Guarded};
use crate::model::routes::{CodePlace, MethodAnswer, MiddlewareFacts, Route, RouteKind, RouteMap};
use crate::model::routes::{Sensitivity, Verdict as Meets};
use crate::model::{Fix, Mark, Place, Role};

/// How many of the routes that could not be followed are shown.
const SHOWN: usize = 5;

/// The routes; where there are none, why the question does not arise.
fn map(facts: &Facts) -> Result<&RouteMap, Verdict> {
    match facts.routes.as_ref() {
        Some(map) if !map.routes.is_empty() => Ok(map),
        _ => Err(Verdict::not_applicable("the app has no routes")),
    }
}

/// The routes with what is known beside their verdicts; why the question does not arise, otherwise.
fn detailed(facts: &Facts) -> Result<(&RouteMap, &MiddlewareFacts), Verdict> {
    let map = map(facts)?;
    if map.middleware.routes.len() < map.routes.len() {
        let name = facts.app.framework.name;
        return Err(Verdict::not_applicable(format!(
            "how requests meet the middleware of {name} is not read yet"
        )));
    }
    Ok((map, &map.middleware))
}

/// As [`detailed`], where there is a middleware.
fn middleware(facts: &Facts) -> Result<(&RouteMap, &MiddlewareFacts), Verdict> {
    let (map, middleware) = detailed(facts)?;
    match middleware.file {
        Some(_) => Ok((map, middleware)),
        None => Err(Verdict::not_applicable("there is no middleware")),
    }
}

/// The file of a route.
fn file_of(route: &Route) -> Place {
    Place::file(&route.file)
}

/// A pattern up to its first parameter: what a list of the middleware would name.
fn stem(pattern: &str) -> String {
    let parts = pattern.split('/').take_while(|part| !part.starts_with('['));
    let stem = parts.collect::<Vec<_>>().join("/");
    match stem.as_str() {
        "" => "/".to_owned(),
        _ => stem,
    }
}

/// A place in the code as a place of a finding.
fn place(at: &CodePlace) -> Place {
    Place::Span {
        file: at.file.clone(),
        line: at.line,
        column: at.column,
        excerpt: None,
    }
}

/// Whether a browser can ask for it at all: a server function that no page ships has no address.
fn has_address(route: &Route) -> bool {
    !route.urls.is_empty()
}

/// The methods that the visitor reaches and that nobody declared public.
fn open(route: &Route) -> impl Iterator<Item = &MethodAnswer> {
    route
        .methods
        .iter()
        .filter(|answer| answer.verdict == Meets::Reached && answer.declared_public.is_none())
}

/// A route as one says it: `POST /api/posts`, `the server function createPost()`.
fn named(route: &Route, methods: &[&MethodAnswer]) -> String {
    let pattern = &route.pattern;
    match route.kind {
        RouteKind::Page => format!("the page {pattern}"),
        RouteKind::Action => format!("the server function {pattern}()"),
        RouteKind::Handler | RouteKind::Api => {
            let mut words: Vec<&str> = methods.iter().map(|one| one.method.as_str()).collect();
            words.dedup();
            // A handler of the Pages Router answers every method.
            match words.as_slice() {
                [] | ["*" | "ANY" | "ALL"] => pattern.clone(),
                words => format!("{} {pattern}", words.join(", ")),
            }
        }
    }
}

/// Whether work is such that nobody should get to it unasked. What a page reads is often meant to be read
/// by all, and a page that calls a service with the app's key is most often built from a content system.
fn is_grave(kind: RouteKind, work: Sensitivity) -> bool {
    work == Sensitivity::Writes || kind != RouteKind::Page
}

/// The option that names the app among several, with the space before it.
fn app_option(facts: &Facts) -> String {
    match facts.app.path.as_str() {
        "" => String::new(),
        path => format!(" --app {}", quoted(path)),
    }
}

/// The command that tells how the verdict of a route comes about.
fn why(facts: &Facts, route: &Route) -> String {
    let app = app_option(facts);
    match (route.kind, route.urls.first()) {
        (RouteKind::Action, _) | (_, None) => {
            format!(
                "clerk-audit routes{app} --why --path {}",
                quoted(&route.pattern)
            )
        }
        (_, Some(url)) => format!("clerk-audit routes{app} --why --url {}", quoted(url)),
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-@+=:,".contains(c);
    match word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// What refuses who has no business there: of a webhook or a cron job the sender has no session.
fn guard_of(facts: &Facts, route: &Route) -> &'static str {
    let part = |words: &[&str]| route.pattern.split('/').any(|part| words.contains(&part));
    if part(&["webhook", "webhooks"]) {
        return "verify the sender's signature before the work begins, as `verifyWebhook(request)` does for Clerk";
    }
    if part(&["cron", "crons"]) {
        return "compare the Authorization header with a secret before the work begins";
    }
    guard(facts, route.kind)
}

/// The lines that refuse who is signed out, as this version of the SDK has them.
fn guard(facts: &Facts, kind: RouteKind) -> &'static str {
    if facts.app.framework.id != "next" {
        return "refuse a request without a session before the work begins";
    }
    let sdk = facts
        .app
        .clerk
        .iter()
        .find(|package| package.name == "@clerk/nextjs");
    let version = sdk.and_then(|sdk| sdk.version.as_deref().or(Some(sdk.range.as_str())));
    let digits = version.map(|version| version.trim_start_matches(|c: char| !c.is_ascii_digit()));
    let major = digits.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    match (kind, major) {
        (RouteKind::Api, _) => {
            "begin the handler with `const { userId } = getAuth(req); if (!userId) return res.status(401).end()`"
        }
        (_, Some(..=4)) => {
            "begin the function with `const { userId } = auth(); if (!userId) throw new Error(\"signed out\")`"
        }
        (_, Some(5)) => "begin the function with `auth().protect()`",
        _ => PROTECT,
    }
}

const PROTECT: &str = "begin the function with `await auth.protect()`";

/// The functions of routes, each made to begin with that line, where the middleware runs without which it
/// throws.
fn guarding<'r>(
    facts: &Facts,
    map: &RouteMap,
    routes: impl IntoIterator<Item = (usize, &'r Route, Vec<&'r MethodAnswer>)>,
) -> Result<Fix, &'static str> {
    let sdk = |package: &ClerkPackage| package.name == "@clerk/nextjs";
    if !facts.app.clerk.iter().any(sdk) || map.middleware.file.is_none() {
        return Err("auth.protect() throws where no middleware of @clerk/nextjs runs");
    }
    let routes = routes.into_iter().filter(|(at, route, _)| {
        let detail = map.middleware.routes.get(*at);
        let runs = detail.is_some_and(|detail| detail.outside.is_none());
        runs && guard_of(facts, route) == PROTECT
    });
    let edits = routes.flat_map(|(_, route, methods)| {
        let export = |name: &str| Guarded::Export(name.to_owned());
        let functions = match route.kind {
            RouteKind::Page => vec![export("default")],
            RouteKind::Action => vec![Guarded::Action(route.pattern.clone())],
            RouteKind::Handler => methods.iter().map(|one| export(&one.method)).collect(),
            RouteKind::Api => Vec::new(),
        };
        let edit = |one| Edit::new(&*route.file, Change::Guard(one));
        functions.into_iter().map(edit).collect::<Vec<_>>()
    });
    let edits: Vec<Edit> = edits.collect();
    match edits.is_empty() {
        true => Err("no one line mends it: its fix in the report says what to do"),
        false => Ok(Fix::review(edits)),
    }
}

/// How a route is said to be open on purpose.
fn declare(route: &Route) -> String {
    let escaped = route.pattern.replace('\\', "\\\\").replace('"', "\\\"");
    format!("`[routes] public = [\"{escaped}\"]` in clerk-audit.toml")
}

/// Words that stand in the paths of what belongs to somebody.
const PRIVATE: &[&str] = &[
    "account",
    "admin",
    "billing",
    "dashboard",
    "invoices",
    "members",
    "orders",
    "profile",
    "settings",
    "team",
    "user",
    "users",
    "workspace",
];

/// Whether a path reads as if it were not for everybody.
fn looks_private(route: &Route) -> bool {
    let mut parts = route.pattern.split(['/', '-', '_']);
    parts.any(|part| PRIVATE.contains(&part))
}

/// Routes, those first that one would look at first, each with how one says it.
fn by_interest<'r>(routes: &[&'r Route]) -> impl Iterator<Item = (&'r Route, String)> {
    let mut routes = routes.to_vec();
    routes.sort_by_key(|route| (!looks_private(route), route.kind == RouteKind::Page));
    routes.into_iter().map(|route| {
        let methods: Vec<&MethodAnswer> = open(route).collect();
        (route, named(route, &methods))
    })
}

/// The routes that could not be followed, where nothing else is to say.
fn undecided(map: &RouteMap) -> Option<Verdict> {
    undecided_among(&map.routes.iter().collect::<Vec<_>>())
}

/// Those of some routes that could not be followed.
fn undecided_among(routes: &[&Route]) -> Option<Verdict> {
    let open: Vec<(&Route, &MethodAnswer)> = routes
        .iter()
        .copied()
        .filter(|route| has_address(route))
        .filter_map(|route| {
            let of = |answer: &&MethodAnswer| answer.verdict == Meets::Undecided;
            Some((route, route.methods.iter().find(of)?))
        })
        .collect();
    if open.is_empty() {
        return None;
    }
    let marks = open.iter().take(SHOWN).map(|(route, answer)| {
        let layer = match answer.resource.verdict {
            Meets::Undecided => &answer.resource,
            _ => &answer.middleware,
        };
        let place = layer
            .place
            .as_ref()
            .map_or_else(|| Place::file(&route.file), place);
        Mark {
            place,
            label: format!("{}: {}", named(route, &[answer]), layer.why),
            role: Role::Primary,
        }
    });
    let (who, verb) = match open.len() {
        1 => ("1 route".to_owned(), "it"),
        many => (format!("{many} routes"), "them"),
    };
    Some(Verdict::Undecided {
        why: format!("{who} could not be followed to where a session is asked for"),
        hint: format!(
            "`clerk-audit routes --only undecided --why` tells where it ends; a check in the function itself, or [routes] \
             public for what is meant to be open, decides {verb}"
        ),
        marks: marks.collect(),
    })
}
