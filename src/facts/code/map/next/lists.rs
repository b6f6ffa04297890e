//! Lists of routes in the middleware, held against the routes that there are.

use std::collections::BTreeSet;

use super::inside;
use super::{Gates, of_path};
use crate::facts::code::map::fit;
use crate::facts::code::matcher::clerk::{MatchResult, Normalisation, RouteMatcher, RoutePattern};
use crate::facts::code::routes::Found;
use crate::facts::code::routes::next::NextConfig;
use crate::model::routes::{ListFault, RouteKind, RouteList, Verdict};

/// Words of paths that are answered by something else than a route of the app: by Clerk, by another
/// deployment, by a rewrite of the host.
const ELSEWHERE: &[&str] = &[
    "sign",
    "login",
    "register",
    "sso",
    "auth",
    "webhook",
    "trpc",
    "_next",
    "_vercel",
    "ingest",
    "monitoring",
    "__clerk",
    "static",
    "images",
    "assets",
    "well-known",
    "health",
];

/// What is wrong with the entries of all lists that were asked.
pub(super) fn faults(
    routes: &[Found],
    config: &NextConfig,
    gates: &Gates<'_>,
) -> Vec<(RouteList, String, ListFault)> {
    let all: BTreeSet<&RouteList> = gates.values().flat_map(|gate| &gate.asked).collect();
    let paths = Paths::new(routes, config, gates);
    let mut faults: Vec<(RouteList, String, ListFault)> = Vec::new();
    for list in all {
        for (at, pattern) in list.patterns.iter().enumerate() {
            let known =
                |one: &(RouteList, String, ListFault)| one.1 == *pattern && one.0.name == list.name;
            if faults.iter().any(known) || !pattern.starts_with('/') || is_expression(pattern) {
                continue;
            }
            let mut others = list.patterns.clone();
            others.remove(at);
            if let Some(fault) = paths.fault(pattern, &others) {
                faults.push((list.clone(), pattern.clone(), fault));
            }
        }
    }
    faults
}

/// A regular expression, shown between slashes.
fn is_expression(pattern: &str) -> bool {
    pattern.contains("\\/") || pattern.contains('^')
}

fn matcher(pattern: &str) -> Result<RouteMatcher, String> {
    let list = [RoutePattern::Text(pattern.to_owned())];
    RouteMatcher::new(&list, Normalisation::DecodeAndCollapse)
        .map_err(|problem| problem.why.to_string())
}

fn matches(pattern: &str, path: &str) -> bool {
    matcher(pattern).is_ok_and(|matcher| matches!(matcher.matches(path), MatchResult::Yes(_)))
}

/// The paths that the app answers, as the middleware sees them.
struct Paths<'a> {
    routes: &'a [Found],
    /// With what the middleware does there.
    all: Vec<(String, Option<Verdict>)>,
    /// What next.config leads elsewhere.
    led: Vec<&'a str>,
}

impl<'a> Paths<'a> {
    fn new(routes: &'a [Found], config: &'a NextConfig, gates: &Gates<'_>) -> Self {
        let of_routes = routes
            .iter()
            .filter(|route| route.kind != RouteKind::Action);
        let urls = of_routes.flat_map(|route| &route.urls);
        let rewrites = config.rewrites.iter().map(|one| &one.rule);
        let rules = rewrites.chain(config.redirects.iter().map(|one| &one.rule));
        Self {
            routes,
            all: urls
                .map(|url| {
                    let path = inside(url, config);
                    let bare = path.strip_suffix('/').filter(|bare| !bare.is_empty());
                    let verdict = of_path(gates, url).map(|gate| gate.layer.verdict);
                    (bare.unwrap_or(&path).to_owned(), verdict)
                })
                .collect(),
            led: rules.map(|rule| rule.source.as_str()).collect(),
        }
    }

    fn fault(&self, pattern: &str, others: &[String]) -> Option<ListFault> {
        let matcher = match matcher(pattern) {
            Ok(matcher) => matcher,
            Err(why) => return Some(ListFault::Invalid { why }),
        };
        if let Some(fault) = self
            .misses_base(pattern)
            .or_else(|| self.hits_sibling(pattern, others))
        {
            return Some(fault);
        }
        let hit = |path: &str| {
            matches!(
                matcher.matches(path),
                MatchResult::Yes(_) | MatchResult::Undecided
            )
        };
        let hits = self.all.iter().any(|(path, _)| hit(path));
        (!hits && !self.is_led(pattern) && !self.is_answered(pattern))
            .then_some(ListFault::MatchesNothing)
    }

    /// `/x/(.*)` where `/x` is a page too, and open although what is below it is closed. The other way
    /// round it is a list that opens what is below and means to.
    fn misses_base(&self, pattern: &str) -> Option<ListFault> {
        let base = pattern
            .strip_suffix("/(.*)")
            .filter(|base| is_plain(base))?;
        let below = format!("{base}/");
        let mut inner = self.all.iter().filter(|(path, _)| path.starts_with(&below));
        let closed = inner.any(|(_, verdict)| *verdict == Some(Verdict::Stopped));
        (closed && self.is_open(base)).then(|| ListFault::MissesBase {
            base: base.to_owned(),
        })
    }

    fn is_open(&self, path: &str) -> bool {
        let open = |(one, verdict): &(String, Option<Verdict>)| {
            one == path && *verdict == Some(Verdict::Reached)
        };
        self.all.iter().any(open)
    }

    /// `/x(.*)` where `/xyz` is a page too, which no other entry names, and open.
    fn hits_sibling(&self, pattern: &str, others: &[String]) -> Option<ListFault> {
        let base = pattern.strip_suffix("(.*)").filter(|base| is_plain(base))?;
        let below = format!("{base}/");
        let mut all = self.all.iter().map(|(path, _)| path);
        all.find(|path| *path == base || path.starts_with(&below))?;
        let is_sibling = |path: &&String| {
            let rest = path.strip_prefix(base);
            rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        };
        let named = |path: &String| others.iter().any(|other| matches(other, path));
        let mut siblings = self.all.iter().map(|(path, _)| path).filter(is_sibling);
        let sibling = siblings.find(|path| self.is_open(path) && !named(path))?;
        Some(ListFault::HitsSibling {
            base: base.to_owned(),
            sibling: sibling.clone(),
        })
    }

    /// Whether it speaks of what is no route of the app: a file, or what is led elsewhere.
    fn is_led(&self, pattern: &str) -> bool {
        let last = pattern.rsplit('/').next().unwrap_or_default();
        let is_file = plain_start(last).contains('.');
        let start = plain_start(pattern);
        let led = |source: &&str| {
            let source = plain_start(source);
            source.starts_with(start) || start.starts_with(source)
        };
        is_file || ELSEWHERE.iter().any(|word| pattern.contains(word)) || self.led.iter().any(led)
    }

    /// Whether a route with a parameter answers what it is written for.
    fn is_answered(&self, pattern: &str) -> bool {
        let start = plain_start(pattern).trim_end_matches('/');
        let tries = [
            start.to_owned(),
            format!("{start}/x1"),
            format!("{start}/x1/x1"),
        ];
        let fits = |path: &String| {
            self.routes
                .iter()
                .any(|route| fit::fit(&route.pattern, path).is_some())
        };
        tries.iter().any(fits)
    }
}

/// Without anything that path-to-regexp reads otherwise.
fn is_plain(text: &str) -> bool {
    text.len() > 1 && !text.contains(['(', ')', ':', '*', '+', '?', '{', '}', '[', '\\'])
}

/// What stands before the first parameter or group.
fn plain_start(pattern: &str) -> &str {
    let end = pattern.find(['(', ':', '*', '+', '?', '{', '[', '\\']);
    pattern
        .get(..end.unwrap_or(pattern.len()))
        .unwrap_or(pattern)
}
