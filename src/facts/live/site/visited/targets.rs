//! Which routes are asked for, and how.

use std::collections::BTreeSet;

use crate::model::routes::{
    CodePlace, Declared, MethodAnswer, Route, RouteKind, RouteMap, SHOWS_ELSE, Sensitivity, Verdict,
};

use super::Shape;

/// Words in the name of a route that does something when it is only asked for.
const ACTS: &[&str] = &[
    "signout",
    "logout",
    "logoff",
    "unsubscribe",
    "subscribe",
    "callback",
    "verify",
    "verification",
    "confirm",
    "accept",
    "activate",
    "deactivate",
    "disconnect",
    "revoke",
    "oauth",
    "oauth2",
    "invite",
];

/// Words in the name of a handler that does.
const HANDLER_ACTS: &[&str] = &[
    "cron",
    "crons",
    "job",
    "jobs",
    "webhook",
    "webhooks",
    "hook",
    "hooks",
    "delete",
    "remove",
    "destroy",
    "reset",
    "cancel",
    "checkout",
    "trigger",
    "sync",
    "seed",
    "migrate",
    "revalidate",
    "purge",
    "send",
    "run",
    "switch",
    "impersonate",
    "draft",
    "preview",
    "approve",
    "reject",
    "redeem",
    "track",
    "generate",
    "create",
    "update",
    "cleanup",
    "clear",
    "retry",
    "start",
    "stop",
];

/// What in the code stops the visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The middleware.
    Middleware,
    /// The route: a redirect, a refusal, a throw.
    Itself,
    /// The route, by showing something else: from outside an answer like any other.
    Words,
}

/// A route to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its path as the framework writes it.
    pub pattern: String,
    /// The path that is asked for.
    pub path: String,
    /// What it is.
    pub kind: RouteKind,
    /// The method of the code that is judged.
    pub method: String,
    /// What the code says of the visitor: stopped or reached.
    pub expected: Verdict,
    /// What stops the visitor in the code.
    pub by: By,
    /// Why the code says so, in a few words.
    pub why: String,
    /// Its file.
    pub file: String,
    /// The place in the code that decides.
    pub place: Option<CodePlace>,
    /// How it is asked for first.
    pub shape: Shape,
    /// How else.
    pub others: Vec<Shape>,
    /// Whether no part of the path is a parameter, so that it should be there.
    pub is_fixed: bool,
    /// Whether it is a route of Next.js, and of which router.
    pub next: Option<Router>,
}

/// The two routers of Next.js.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Router {
    /// `app/`
    App,
    /// `pages/`
    Pages,
}

/// What to ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tour {
    /// The routes, in the order of the map.
    pub targets: Vec<Target>,
    /// How many there would have been.
    pub of: usize,
    /// Patterns of routes that do something when they are asked for.
    pub left_out: Vec<String>,
}

/// What to ask for: the routes of a map that are to be behind the sign-in, and those that are reached
/// without anybody having said that they may be, at most `sample` of them.
pub fn tour(map: &RouteMap, sample: usize) -> Tour {
    let mut tour = Tour::default();
    let mut seen = BTreeSet::new();
    let is_next = map.framework.starts_with("Next.js");
    let mut all = Vec::new();
    for route in &map.routes {
        let (Some(answer), Some(path)) = (wanted(route, is_next), route.urls.first()) else {
            continue;
        };
        if !path.starts_with('/') || !seen.insert(path) {
            continue;
        }
        if acts(route, answer) {
            tour.left_out.push(route.pattern.clone());
        } else {
            all.push((route, answer, path));
        }
    }
    tour.of = all.len();
    // The map is in the order of the patterns, so an even step visits every folder.
    let kept = sample.min(all.len());
    let picked = (0..kept).filter_map(|at| all.get(at * tour.of / kept.max(1)));
    tour.targets = picked
        .map(|(route, answer, path)| target(route, answer, path, is_next))
        .collect();
    tour
}

fn reads(answer: &&MethodAnswer) -> bool {
    matches!(
        answer.method.to_ascii_uppercase().as_str(),
        "GET" | "*" | "ANY" | "ALL" | "USE"
    )
}

/// The answer of a route that is of interest from outside.
fn wanted(route: &Route, is_next: bool) -> Option<&MethodAnswer> {
    if route.kind == RouteKind::Action {
        return None;
    }
    let Some(get) = route.methods.iter().find(reads) else {
        return closed_to_all(route, is_next);
    };
    match get.verdict {
        Verdict::Stopped => Some(get),
        Verdict::Reached => {
            let declared = get.declared_public.as_ref();
            declared.is_none_or(Declared::may_be_closed).then_some(get)
        }
        _ => None,
    }
}

/// A handler without GET is asked by HEAD, which Next.js answers itself with 405 once the request is past
/// the middleware. Of other frameworks the answer says nothing.
fn closed_to_all(route: &Route, is_next: bool) -> Option<&MethodAnswer> {
    let by_middleware = |answer: &MethodAnswer| answer.middleware.verdict == Verdict::Stopped;
    let first = route.methods.first()?;
    (is_next && route.kind == RouteKind::Handler && route.methods.iter().all(by_middleware))
        .then_some(first)
}

/// Whether asking for a route may do something.
fn acts(route: &Route, answer: &MethodAnswer) -> bool {
    let is_page = route.kind == RouteKind::Page;
    let named = |word: &str| ACTS.contains(&word) || (!is_page && HANDLER_ACTS.contains(&word));
    if words(&route.pattern).any(|word| named(&word)) {
        return true;
    }
    let works = answer
        .sensitive
        .iter()
        .any(|work| work.kind != Sensitivity::ReadsUserData);
    // Crawlers open pages all the time; of what is known to be open nothing new would be learnt.
    works && reads(&answer) && (!is_page || answer.verdict == Verdict::Reached)
}

/// The words of a path: `/api/sign-out`, `/verifyEmail` and `/[token]/confirm` in small letters, each
/// segment whole and in parts.
fn words(pattern: &str) -> impl Iterator<Item = String> + '_ {
    pattern.split('/').flat_map(|segment| {
        let plain: String = segment
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let mut parts = vec![String::new()];
        for c in segment.chars() {
            if c.is_ascii_uppercase() || !c.is_ascii_alphanumeric() {
                parts.push(String::new());
            }
            if let Some(part) = parts.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
                part.push(c.to_ascii_lowercase());
            }
        }
        parts.push(plain.to_ascii_lowercase());
        parts
    })
}

fn target(route: &Route, answer: &MethodAnswer, path: &str, is_next: bool) -> Target {
    let (by, layer) = match (answer.middleware.verdict, answer.resource.why.as_str()) {
        (Verdict::Stopped, _) => (By::Middleware, &answer.middleware),
        (_, SHOWS_ELSE) => (By::Words, &answer.resource),
        _ => (By::Itself, &answer.resource),
    };
    let next = is_next.then(|| match in_pages(&route.file) {
        true => Router::Pages,
        false => Router::App,
    });
    let is_page = route.kind == RouteKind::Page;
    let (shape, others) = match (is_page, reads(&answer)) {
        (true, _) if next == Some(Router::App) => {
            (Shape::Document, vec![Shape::Navigation, Shape::Data])
        }
        (true, _) => (Shape::Document, vec![Shape::Data]),
        (false, true) => (Shape::Data, vec![Shape::Document, Shape::Head]),
        (false, false) => (Shape::Head, Vec::new()),
    };
    Target {
        pattern: route.pattern.clone(),
        path: path.to_owned(),
        kind: route.kind,
        method: answer.method.clone(),
        expected: answer.verdict,
        by,
        why: layer.why.clone(),
        file: route.file.clone(),
        place: layer.place.clone(),
        shape,
        others,
        is_fixed: !route.pattern.contains(['[', ':', '*', '$', '{', '(']),
        next,
    }
}

fn in_pages(file: &str) -> bool {
    let folders: Vec<&str> = file.split('/').collect();
    let first = folders
        .iter()
        .find(|part| matches!(**part, "app" | "pages"));
    first == Some(&"pages")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::routes::{Evidence, Layer};

    fn layer(verdict: Verdict) -> Layer {
        Layer {
            verdict,
            place: None,
            why: String::new(),
        }
    }

    fn route(pattern: &str, kind: RouteKind, method: &str, verdict: Verdict) -> Route {
        Route {
            pattern: pattern.to_owned(),
            kind,
            file: format!("app{pattern}/page.tsx"),
            urls: vec![pattern.to_owned()],
            methods: vec![MethodAnswer {
                method: method.to_owned(),
                verdict,
                declared_public: None,
                sensitive: Vec::new(),
                middleware: layer(verdict),
                resource: layer(Verdict::Reached),
                trace: Vec::new(),
            }],
        }
    }

    fn map(routes: Vec<Route>) -> RouteMap {
        RouteMap {
            framework: "Next.js 16.1.0".to_owned(),
            routes,
            ..RouteMap::default()
        }
    }

    fn asked(tour: &Tour) -> Vec<&str> {
        tour.targets.iter().map(|one| one.path.as_str()).collect()
    }

    #[test]
    fn asks_for_what_is_stopped_or_open_without_a_word_and_for_nothing_else() {
        let page = RouteKind::Page;
        let mut public = route("/about", page, "GET", Verdict::Reached);
        public.methods[0].declared_public = Some(Declared::Config {
            pattern: "/about".to_owned(),
        });
        let tour = tour(
            &map(vec![
                public,
                route("/dashboard", page, "GET", Verdict::Stopped),
                route("/odd", page, "GET", Verdict::Undecided),
                route("/api/hook", RouteKind::Handler, "GET", Verdict::Credential),
                route("/open", page, "GET", Verdict::Reached),
                route("save", RouteKind::Action, "POST", Verdict::Stopped),
            ]),
            10,
        );
        assert_eq!(asked(&tour), ["/dashboard", "/open"]);
        assert_eq!(tour.of, 2);
    }

    #[test]
    fn never_asks_for_what_does_something_when_asked_for() {
        let handler = RouteKind::Handler;
        let mut writes = route("/api/touch", handler, "GET", Verdict::Stopped);
        writes.methods[0].sensitive.push(Evidence {
            kind: Sensitivity::Writes,
            what: "db.user.update".to_owned(),
            place: CodePlace {
                file: "app/api/touch/route.ts".to_owned(),
                line: 1,
                column: 1,
            },
        });
        let tour = tour(
            &map(vec![
                route("/api/cron/daily", handler, "GET", Verdict::Stopped),
                route("/sign-out", RouteKind::Page, "GET", Verdict::Stopped),
                route("/verifyEmail", RouteKind::Page, "GET", Verdict::Stopped),
                route("/runs", RouteKind::Page, "GET", Verdict::Stopped),
                writes,
            ]),
            10,
        );
        assert_eq!(asked(&tour), ["/runs"]);
        assert_eq!(tour.left_out.len(), 4);
    }

    #[test]
    fn asks_by_head_for_a_handler_without_get() {
        let handler = RouteKind::Handler;
        let mut itself = route("/api/b", handler, "POST", Verdict::Stopped);
        itself.methods[0].middleware = layer(Verdict::Reached);
        let tour = tour(
            &map(vec![
                route("/api/a", handler, "POST", Verdict::Stopped),
                itself,
            ]),
            10,
        );
        assert_eq!(asked(&tour), ["/api/a"]);
        assert_eq!(tour.targets[0].shape, Shape::Head);
        assert!(tour.targets[0].others.is_empty());
    }

    #[test]
    fn takes_an_even_sample_that_is_the_same_every_time() {
        let many = (0..100).map(|n| {
            route(
                &format!("/f{}/p{n:02}", n / 10),
                RouteKind::Page,
                "GET",
                Verdict::Stopped,
            )
        });
        let map = map(many.collect());
        let ten = tour(&map, 10);
        assert_eq!((ten.of, ten.targets.len()), (100, 10));
        let folders: BTreeSet<&str> = ten.targets.iter().map(|one| &one.path[..3]).collect();
        assert_eq!(folders.len(), 10);
        assert_eq!(ten, tour(&map, 10));
        assert!(tour(&map, 0).targets.is_empty());
    }
}
