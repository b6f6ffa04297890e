//! What checks want to know of a route beside its verdicts.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::running::{Running, skipped};
use super::sign_in;
use crate::facts::code::map::MapApp;
use crate::facts::code::map::layers::Gate;
use crate::facts::code::matcher::next::Runs;
use crate::facts::code::routes::next::NextConfig;
use crate::facts::code::routes::{Found, Resource, Target};
use crate::facts::code::visitor::{self, Answer, World};
use crate::model::routes::{CodePlace, Layer, RouteDetail, RouteKind, Skip, Verdict};

/// Extensions that matchers leave out, as they stand in the one that Clerk recommends.
const EXTENSIONS: &[&str] = &["css", "png", "zip"];

/// What is asked of each route.
pub(super) struct Asked<'a> {
    pub app: &'a MapApp<'a>,
    pub runs: &'a Running,
    pub config: &'a NextConfig,
    /// What layouts do with the visitor, by file: the same for all pages below them.
    pub layouts: Mutex<BTreeMap<String, Guard>>,
}

/// A layout, as the visitor meets it.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    layer: Layer,
    /// Whether it asks for the session, so that it fails where the middleware did not run.
    asks: bool,
}

impl Asked<'_> {
    pub(super) fn detail(
        &self,
        world: &World<'_>,
        route: &Found,
        gate: &Gate,
        resources: &[Answer],
        is_public: bool,
    ) -> RouteDetail {
        let sessions = sessions(resources);
        let verdicts = || resources.iter().map(|answer| answer.layer.verdict);
        let is_open = verdicts().any(|verdict| verdict == Verdict::Reached);
        let is_stopped = gate.answer.layer.verdict == Verdict::Stopped;
        let hole = match is_open && is_stopped && sessions.is_empty() && !is_public {
            // A layout that asks for the session fails where the middleware did not run.
            true => self.hole(route).filter(|_| {
                let mut layouts = self.layouts(world, route);
                layouts.all(|layout| !layout.asks)
            }),
            false => None,
        };
        let passes = gate.answer.layer.verdict == Verdict::Reached;
        let layout = match is_open && passes && !is_public {
            true => {
                let mut layouts = self.layouts(world, route);
                let stops = layouts.find(|layout| layout.layer.verdict == Verdict::Stopped);
                stops.map(|layout| layout.layer)
            }
            false => None,
        };
        RouteDetail {
            outside: self.outside(route),
            skip: self.skip(world, route),
            sign_in: sign_in::page(self, world, route),
            sessions,
            hole,
            layout,
        }
    }

    fn outside(&self, route: &Found) -> Option<String> {
        let is_out = |url: &&String| self.runs.runs(url) == Some(Runs::No);
        // What a page ships is not known exactly: a server function counts where no page of it is covered.
        if route.kind == RouteKind::Action && !route.urls.iter().all(|url| is_out(&url)) {
            return None;
        }
        route.urls.iter().find(is_out).cloned()
    }

    fn skip(&self, world: &World<'_>, route: &Found) -> Option<Skip> {
        let by_visitor = |url: &String| match self.runs.runs(url) {
            Some(Runs::ByVisitor(by)) => Some((url.clone(), by)),
            _ => None,
        };
        let (url, by) = route.urls.iter().find_map(by_visitor)?;
        let answer = self.runs.inside(world, "GET", &url, self.config);
        Some(Skip {
            how: skipped(by.missing, &by.condition),
            otherwise: answer.layer.verdict,
        })
    }

    /// A path with a dot in what is a parameter, which an entry against files takes for a file.
    fn hole(&self, route: &Found) -> Option<String> {
        if route.kind == RouteKind::Action || self.has_fixed_parameters(&route.file) {
            return None;
        }
        let parts: Vec<&str> = route
            .pattern
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        let path = |dotted: Option<(usize, &str)>| {
            let mut path = self.config.base_path.clone();
            for (at, part) in parts.iter().enumerate() {
                let value = if part.starts_with('[') { "x1" } else { part };
                path.push('/');
                path.push_str(value);
                if let Some((_, extension)) = dotted.filter(|(index, _)| *index == at) {
                    path.push('.');
                    path.push_str(extension);
                }
            }
            path
        };
        if self.runs.runs(&path(None)) != Some(Runs::Yes) {
            return None;
        }
        let open = |part: &&str| part.starts_with('[') && !is_language(part);
        let indices = (0..parts.len()).rev();
        let dynamic = indices.filter(|at| parts.get(*at).is_some_and(open));
        let all = dynamic.flat_map(|at| EXTENSIONS.iter().map(move |extension| (at, *extension)));
        all.map(|one| path(Some(one)))
            .find(|path| self.runs.runs(path) == Some(Runs::No))
    }

    /// Whether a page may answer only values that it lists: `dynamicParams`.
    fn has_fixed_parameters(&self, file: &str) -> bool {
        let text = self.app.project.sources().text(file);
        text.is_none_or(|text| text.contains("dynamicParams"))
    }

    /// What the layouts of a page do with the visitor, outermost first.
    fn layouts<'r>(
        &'r self,
        world: &'r World<'_>,
        route: &'r Found,
    ) -> impl Iterator<Item = Guard> + 'r {
        let path = route.urls.first().map_or("/", String::as_str);
        route.layouts.iter().map(move |file| {
            let known = self.layouts.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = known.get(file).cloned() {
                return known;
            }
            drop(known);
            let target = Target {
                method: "GET".to_owned(),
                resource: Resource::Export {
                    file: file.clone(),
                    name: "default".to_owned(),
                },
            };
            let answer = visitor::resource(world, RouteKind::Page, &target, path, true);
            let guard = Guard {
                asks: !answer.sessions.is_empty(),
                layer: answer.layer,
            };
            let mut known = self.layouts.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(file.clone(), guard.clone());
            guard
        })
    }
}

/// Whether a parameter is a language, which apps check against a list.
fn is_language(segment: &str) -> bool {
    let name = segment.trim_matches(['[', ']', '.']);
    matches!(name, "locale" | "lang" | "lng" | "language")
}

fn sessions(resources: &[Answer]) -> Vec<CodePlace> {
    let mut all: Vec<CodePlace> = Vec::new();
    for place in resources.iter().flat_map(|answer| &answer.sessions) {
        if !all.contains(place) {
            all.push(place.clone());
        }
    }
    all
}
