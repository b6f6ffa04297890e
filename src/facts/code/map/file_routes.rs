//! The map of an app whose routes are files, in a framework beside Next.js.

use std::collections::{BTreeMap, BTreeSet};

use super::layers::{self, Gate};
use super::{MapApp, RouteNames, absent, next, public, share, worst};
use crate::facts::code::routes::files::{FileApp, FileRoute, FileRoutes};
use crate::facts::code::routes::{
    Found, Resource, Target, astro, nuxt, pattern, react_router, sveltekit, tanstack,
};
use crate::facts::code::visitor::{self, Answer, Caller, Serving, Setting, World};
use crate::model::routes::{MiddlewareFacts, Route, RouteKind, RouteMap, Sensitivity, Verdict};

/// Paths that no app has, to see what becomes of what no list names.
const UNHEARD_OF: [&str; 2] = ["/zz-unlisted-zz/x1", "/api/zz-unlisted-zz/x1"];

/// Lists the routes of an app.
type Lister = fn(&FileApp<'_>) -> FileRoutes;

/// Who calls the code of a framework, and what lists its routes.
fn framework(id: &str) -> Option<(Caller, Lister)> {
    Some(match id {
        "react-router" | "remix" => (Caller::ReactRouter, react_router::routes),
        "tanstack-start" => (Caller::TanStack, tanstack::routes),
        "astro" => (Caller::Astro, astro::routes),
        "nuxt" => (Caller::Nuxt, nuxt::routes),
        "sveltekit" => (Caller::SvelteKit, sveltekit::routes),
        _ => return None,
    })
}

/// Whether the routes of a framework are files that are read here.
pub(super) fn reads(id: &str) -> bool {
    framework(id).is_some()
}

/// The map, or what answers one path.
pub(super) fn map(app: &MapApp<'_>, url: Option<&str>) -> RouteMap {
    let Some(mut map) = FileMap::new(app) else {
        return RouteMap::default();
    };
    if let Some(url) = url {
        map.only(url);
    }
    map.map()
}

/// An app, ready to be asked.
pub(super) struct FileMap<'a> {
    app: &'a MapApp<'a>,
    found: FileRoutes,
    serving: Serving,
    /// Versions in it are those of `@clerk/nextjs`, and say nothing of other SDKs.
    setting: Setting,
}

impl<'a> FileMap<'a> {
    /// `None` where the routes of its framework are not files, or not read.
    pub(super) fn new(app: &'a MapApp<'a>) -> Option<Self> {
        let (caller, routes) = framework(app.framework)?;
        let found = routes(&FileApp {
            folder: app.folder,
            files: app.files,
            project: app.project,
            version: app.version,
        });
        let globals = found.globals.iter().cloned();
        let globals: BTreeMap<_, _> = globals
            .map(|(name, file, export)| (name, (file, export)))
            .collect();
        Some(Self {
            app,
            found,
            serving: Serving { caller, globals },
            setting: Setting {
                clerk: None,
                ..app.setting.clone()
            },
        })
    }

    /// Leaves only the route that answers a URL, asked for by exactly that URL.
    pub(super) fn only(&mut self, path: &str) {
        let fit = |route: &FileRoute| match route.found.kind {
            // A server function is found by its address alone.
            RouteKind::Action => None,
            _ => pattern::fit(&route.found.pattern, path),
        };
        let best = self.found.routes.iter().filter_map(fit).min();
        self.found.routes.retain(|route| {
            let is_action = route.found.kind == RouteKind::Action;
            let called = is_action && route.found.urls.iter().any(|url| url == path);
            called || (best.is_some() && fit(route) == best)
        });
        for route in &mut self.found.routes {
            route.found.urls = vec![path.to_owned()];
        }
    }

    /// What the middleware that meets every request does with requests, each a method and a path.
    pub(super) fn gates(&self, asked: &[(&str, &str)]) -> Vec<Answer> {
        let gates = share::each(
            asked,
            || self.world(),
            |world, (method, path)| visitor::hooks(world, &self.found.before, path, method),
        );
        gates
            .into_iter()
            .map(|gate| gate.unwrap_or_else(next::not_asked))
            .collect()
    }

    fn world(&self) -> World<'_> {
        World::new(self.app.project, &self.setting).served(self.serving.clone())
    }

    pub(super) fn map(mut self) -> RouteMap {
        let routes = &self.found.routes;
        let files: BTreeSet<&str> = routes.iter().map(|one| one.found.file.as_str()).collect();
        let files: Vec<String> = files.into_iter().map(str::to_owned).collect();
        self.app.project.read_ahead(&files);
        let closed = self.gates(&UNHEARD_OF.map(|path| ("GET", path)));
        let stopped = |gate: &Answer| gate.layer.verdict == Verdict::Stopped;
        let closed: Vec<bool> = closed.iter().map(stopped).collect();
        let names = RouteNames::new(self.app.public);
        let answers = share::each(
            routes,
            || self.world(),
            |world, route| self.answer(world, route, &closed, &names),
        );
        let routes = self.found.routes.iter().zip(answers);
        let routes = routes
            .map(|(one, answer)| answer.unwrap_or_else(|| unanswered(&one.found)))
            .collect();
        RouteMap {
            app: match self.app.folder {
                "" => ".".to_owned(),
                folder => folder.to_owned(),
            },
            framework: self.app.shown.clone(),
            routes,
            notes: std::mem::take(&mut self.found.notes),
            is_partial: self.found.is_partial,
            middleware: MiddlewareFacts::default(),
        }
    }

    fn answer(
        &self,
        world: &World<'_>,
        route: &FileRoute,
        closed: &[bool],
        names: &RouteNames,
    ) -> Route {
        world.trim();
        let found = &route.found;
        let before: Vec<Resource> = match route.built {
            true => Vec::new(),
            false => self
                .found
                .before
                .iter()
                .chain(&route.before)
                .cloned()
                .collect(),
        };
        let path = found.urls.first().map_or("/", String::as_str);
        let one = |target: &Target| {
            let gate = self.gate(world, route, &before, &target.method, closed);
            let ran = visitor::behind(world, &before, found.kind, target, path, &found.layouts);
            let is_known = ran.layer.verdict != Verdict::Undecided;
            let resource = match (route.built, &target.resource) {
                (false, _) | (true, Resource::Static { .. }) => ran,
                (true, _) => built(found.kind, ran),
            };
            let mut answer = layers::join(&target.method, &gate.answer, resource);
            let is_same = route.built && is_known && answer.sensitive.is_empty();
            answer.declared_public = public::declared(found, &gate, names, !before.is_empty())
                .or_else(|| is_same.then(public::built_once));
            answer
        };
        Route {
            pattern: found.pattern.clone(),
            kind: found.kind,
            file: found.file.clone(),
            urls: found.urls.clone(),
            methods: found.targets.iter().map(one).collect(),
        }
    }

    /// What the middleware does with a route: over its sample URLs, the answer of most concern.
    fn gate(
        &self,
        world: &World<'_>,
        route: &FileRoute,
        before: &[Resource],
        method: &str,
        closed: &[bool],
    ) -> Gate {
        let urls = &route.found.urls;
        let is_api = urls.iter().all(|url| url.contains("/api/"));
        if route.built {
            let why = "it is a plain file: middleware runs when it is built only";
            return Gate {
                answer: Answer::plain(absent(why)),
                closed_by_default: false,
                past: None,
            };
        }
        let answers = urls
            .iter()
            .map(|url| visitor::hooks(world, before, url, method));
        let answer = worst(answers, |answer| answer.layer.verdict);
        Gate {
            answer: answer.unwrap_or_else(next::not_asked),
            closed_by_default: closed.get(usize::from(is_api)).copied().unwrap_or(false),
            past: None,
        }
    }
}

/// What is a file since its code ran, when the app was built. Nobody was signed in then: what the code keeps
/// from the signed-out is not in the file, and what it read of users before that is.
fn built(kind: RouteKind, ran: Answer) -> Answer {
    let why = match kind {
        RouteKind::Page => "a plain file: the page is built once",
        _ => "a plain file: the endpoint is built once",
    };
    let gets_there = matches!(ran.layer.verdict, Verdict::Reached | Verdict::Undecided);
    let work = ran.work.into_iter();
    Answer {
        work: work
            .filter(|work| gets_there && work.kind == Sensitivity::ReadsUserData)
            .collect(),
        ..Answer::plain(absent(why))
    }
}

fn unanswered(found: &Found) -> Route {
    let one = |target: &Target| layers::join(&target.method, &next::not_asked(), next::not_asked());
    Route {
        pattern: found.pattern.clone(),
        kind: found.kind,
        file: found.file.clone(),
        urls: found.urls.clone(),
        methods: found.targets.iter().map(one).collect(),
    }
}

#[cfg(test)]
mod tests;
