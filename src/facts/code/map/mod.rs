//! The route map: every route of an app, asked for by the visitor.

mod file_routes;
mod fit;
mod layers;
mod next;
mod public;
mod registered;
mod share;

use super::matcher::clerk::{MatchResult, Normalisation, RouteMatcher, RoutePattern};
use super::project::Project;
use super::routes::Found;
use super::visitor::{Answer, Setting};
use crate::model::routes::{Declared, Layer, RouteMap, Verdict};

/// An app of which a map is made.
pub struct MapApp<'a> {
    /// The files as code.
    pub project: &'a Project<'a>,
    /// Its folder, relative to the audited directory; empty for that directory itself.
    pub folder: &'a str,
    /// All files below it, sorted, relative to the audited directory.
    pub files: &'a [&'a str],
    /// The id of its framework.
    pub framework: &'static str,
    /// What is shown of its framework: `Next.js 16.3.1`.
    pub shown: String,
    /// The version of its framework, where it is known.
    pub version: Option<(u32, u32, u32)>,
    /// The file of its middleware, where the framework loads one.
    pub middleware: Option<&'a str>,
    /// What is known beside the code.
    pub setting: &'a Setting,
    /// Routes that the config declares public, as patterns of `createRouteMatcher` or names of functions.
    pub public: &'a [String],
}

/// Makes the map of an app, or of the route that answers one URL.
type Reader = fn(&MapApp<'_>, Option<&str>) -> RouteMap;

/// What reads the routes of a framework.
fn reader(framework: &str) -> Option<Reader> {
    match framework {
        "next" => Some(|app, url| {
            let mut next = next::NextMap::new(app);
            if let Some(url) = url {
                next.only(url);
            }
            next.map()
        }),
        "express" | "hono" | "fastify" | "node" => Some(registered::map),
        other if file_routes::reads(other) => Some(file_routes::map),
        _ => None,
    }
}

/// Whether the routes of a framework are read, by its id.
pub fn reads(framework: &str) -> bool {
    reader(framework).is_some()
}

/// The map of an app, or of the route that answers one URL; `None` where routes of its framework are not
/// read.
pub fn map(app: &MapApp<'_>, url: Option<&str>) -> Option<RouteMap> {
    let map = reader(app.framework).map(|read| {
        let mut map = read(app, url);
        map.routes.iter_mut().for_each(public::by_answer);
        map
    });
    // A server that uses Clerk's backend SDK alone may register its routes in a way of its own.
    map.filter(|map| app.framework != "node" || url.is_some() || !map.routes.is_empty())
}

/// What the middleware of an app does with requests, each a method and a path as the browser asks for it.
pub fn middleware(app: &MapApp<'_>, asked: &[(&str, &str)]) -> Vec<Answer> {
    match app.framework {
        "next" => next::NextMap::new(app).gates(asked),
        _ => file_routes::FileMap::new(app).map_or_else(Vec::new, |map| map.gates(asked)),
    }
}

/// Routes as the config names them: by patterns, as the map shows them, or by the names of functions.
#[derive(Debug)]
pub struct RouteNames {
    entries: Vec<(String, Option<RouteMatcher>)>,
}

impl RouteNames {
    /// Reads them. What is no pattern names what is called so.
    pub fn new(patterns: &[String]) -> Self {
        let matcher = |pattern: &String| {
            let list = [RoutePattern::Text(pattern.clone())];
            RouteMatcher::new(&list, Normalisation::DecodeAndCollapse).ok()
        };
        let entries = patterns
            .iter()
            .map(|pattern| (pattern.clone(), matcher(pattern)));
        Self {
            entries: entries.collect(),
        }
    }

    /// The entries that name a route as a whole, given by its pattern and its sample URLs.
    pub fn all(&self, route: &str, urls: &[String]) -> impl Iterator<Item = &str> {
        let hit = move |(pattern, matcher): &&(String, Option<RouteMatcher>)| {
            let by_url = matcher.as_ref().is_some_and(|matcher| {
                let matches = |url: &String| matches!(matcher.matches(url), MatchResult::Yes(_));
                !urls.is_empty() && urls.iter().all(matches)
            });
            *pattern == route || by_url
        };
        self.entries
            .iter()
            .filter(hit)
            .map(|(pattern, _)| pattern.as_str())
    }

    /// The entry that names a route.
    fn names(&self, found: &Found) -> Option<Declared> {
        let pattern = self.all(&found.pattern, &found.urls).next()?;
        Some(Declared::Config {
            pattern: pattern.to_owned(),
        })
    }
}

/// The layer of most concern, and which it was.
fn worst<T>(all: impl IntoIterator<Item = T>, verdict: impl Fn(&T) -> Verdict) -> Option<T> {
    all.into_iter().min_by_key(|one| verdict(one))
}

/// A layer that does nothing.
fn absent(why: &str) -> Layer {
    Layer {
        verdict: Verdict::Reached,
        place: None,
        why: why.to_owned(),
    }
}
