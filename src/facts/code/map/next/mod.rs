//! The map of a Next.js app.

mod declared;
mod detail;
mod lists;
mod running;
mod sign_in;

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::layers::{self, Gate};
use super::{ByPath, MapApp, PublicRoutes, absent, fit, share, worst};
use crate::facts::code::matcher::next::Runs;
use crate::facts::code::routes::next::{self, NextApp, NextConfig};
use crate::facts::code::routes::{Found, Target};
use crate::facts::code::visitor::{self, Answer, World};
use crate::model::routes::{
    Layer, MiddlewareFacts, Route, RouteDetail, RouteKind, RouteMap, Sample, SettingFault, Verdict,
};
use detail::Asked;
use running::Running;

/// Paths that no app has, to see what becomes of what no list names.
const UNHEARD_OF: [&str; 2] = ["/zz-unlisted-zz/x1", "/api/zz-unlisted-zz/x1"];

/// Files that are the same for everybody.
const FILES: [&str; 2] = ["/_next/static/chunks/main.js", "/favicon.ico"];

/// A Next.js app, ready to be asked.
pub(super) struct NextMap<'a> {
    app: &'a MapApp<'a>,
    routes: Vec<Found>,
    config: NextConfig,
    runs: Running,
    faults: Vec<SettingFault>,
    notes: Vec<String>,
}

impl<'a> NextMap<'a> {
    pub(super) fn new(app: &'a MapApp<'a>) -> Self {
        let found = next::routes(&NextApp {
            folder: app.folder,
            files: app.files,
            project: app.project,
            version: app.version,
        });
        let mut notes = found.notes;
        let (runs, faults) = Running::of(app, &found.config);
        notes.extend(faults.iter().map(|fault| {
            let place = &fault.place;
            format!("{}:{}: {}", place.file, place.line, fault.why)
        }));
        Self {
            app,
            routes: found.routes,
            config: found.config,
            runs,
            faults,
            notes,
        }
    }

    /// Leaves only the route that answers a URL, asked for by exactly that URL.
    pub(super) fn only(&mut self, path: &str) {
        let inside = inside(path, &self.config);
        let fit = |route: &Found| fit::fit(&route.pattern, &inside);
        let best = self.routes.iter().filter_map(fit).min();
        let Some(best) = best else {
            self.routes.clear();
            return;
        };
        self.routes.retain(|route| match route.kind {
            // A server function is called by the URL of a page that ships it.
            RouteKind::Action => route.urls.iter().any(|url| url == path),
            _ => fit::fit(&route.pattern, &inside).as_ref() == Some(&best),
        });
        for route in &mut self.routes {
            route.urls = vec![path.to_owned()];
        }
    }

    /// What the middleware does with paths, as the browser asks for them.
    pub(super) fn gates(&self, paths: &[&str]) -> Vec<Answer> {
        let app = self.app;
        let gates = share::each(
            paths,
            || World::new(app.project, app.setting),
            |world, path| self.runs.gate(world, path, &self.config),
        );
        gates
            .into_iter()
            .map(|gate| gate.unwrap_or_else(not_asked))
            .collect()
    }

    pub(super) fn map(mut self) -> RouteMap {
        let app = self.app;
        let files: BTreeSet<&str> = self
            .routes
            .iter()
            .map(|route| route.file.as_str())
            .collect();
        let files: Vec<String> = files.into_iter().map(str::to_owned).collect();
        app.project.read_ahead(&files);
        let gates = self.all_gates();
        let stopped = |gate: &Answer| gate.layer.verdict == Verdict::Stopped;
        let closed = UNHEARD_OF.map(|path| gates.get(path).is_some_and(stopped));

        let public = PublicRoutes::new(app.public);
        let asked = Asked {
            app,
            runs: &self.runs,
            config: &self.config,
            layouts: Mutex::default(),
        };
        let answers = share::each(
            &self.routes,
            || World::new(app.project, app.setting),
            |world, route| {
                let gate = gate_of(route, &gates, closed);
                answer(world, route, &gate, &public, &asked)
            },
        );
        let answers = self.routes.iter().zip(answers);
        let (routes, details) = answers
            .map(|(found, answer)| answer.unwrap_or_else(|| unanswered(found)))
            .unzip();
        let middleware = self.middleware(&gates, details);
        RouteMap {
            app: if app.folder.is_empty() {
                ".".to_owned()
            } else {
                app.folder.to_owned()
            },
            framework: app.shown.clone(),
            routes,
            notes: std::mem::take(&mut self.notes),
            middleware,
        }
    }

    /// What the middleware does with every path that is asked about.
    fn all_gates(&self) -> ByPath<Answer> {
        let files = FILES.map(|path| format!("{}{path}", self.config.base_path));
        let urls = self.routes.iter().flat_map(|route| &route.urls);
        let urls: BTreeSet<&str> = urls.chain(&files).map(String::as_str).collect();
        let paths: Vec<&str> = urls.into_iter().chain(UNHEARD_OF).collect();
        let gates = self.gates(&paths);
        paths
            .iter()
            .map(|path| (*path).to_owned())
            .zip(gates)
            .collect()
    }

    fn middleware(&self, gates: &ByPath<Answer>, routes: Vec<RouteDetail>) -> MiddlewareFacts {
        let file = |path: &str| {
            let path = format!("{}{path}", self.config.base_path);
            let gate = gates.get(&path)?;
            Some(Sample {
                runs: self.runs.runs(&path) == Some(Runs::Yes),
                layer: gate.layer.clone(),
                path,
            })
        };
        MiddlewareFacts {
            file: self.app.middleware.map(str::to_owned),
            faults: self.faults.clone(),
            files: FILES.iter().filter_map(|path| file(path)).collect(),
            lists: lists::faults(&self.routes, &self.config, gates),
            routes,
        }
    }
}

/// The path as the program sees it: NextURL takes the base path and a locale of `i18n` off.
fn inside(path: &str, config: &NextConfig) -> String {
    let path = match path.strip_prefix(config.base_path.as_str()) {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    };
    let Some(i18n) = &config.i18n else {
        return path.to_owned();
    };
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    if !i18n
        .locales
        .iter()
        .any(|locale| locale.eq_ignore_ascii_case(first))
    {
        return path.to_owned();
    }
    let rest = path.get(first.len() + 1..).unwrap_or_default();
    if rest.is_empty() {
        "/".to_owned()
    } else {
        rest.to_owned()
    }
}

/// What the middleware does with a route: over its sample URLs, the answer of most concern.
fn gate_of(route: &Found, gates: &ByPath<Answer>, closed: [bool; 2]) -> Gate {
    let answers = route.urls.iter().filter_map(|url| gates.get(url));
    let answer = worst(answers, |answer| answer.layer.verdict).cloned();
    let is_api = route.urls.iter().all(|url| url.contains("/api/"));
    Gate {
        answer: answer
            .unwrap_or_else(|| Answer::plain(absent("no page ships it, so that no URL is known"))),
        closed_by_default: closed.get(usize::from(is_api)).copied().unwrap_or(false),
    }
}

fn answer(
    world: &World<'_>,
    route: &Found,
    gate: &Gate,
    public: &PublicRoutes,
    asked: &Asked<'_>,
) -> (Route, RouteDetail) {
    let path = route.urls.first().map_or("/", String::as_str);
    let resource = |target: &Target| visitor::resource(world, route.kind, target, path);
    let resources: Vec<Answer> = route.targets.iter().map(resource).collect();
    let declared = declared::declared(route, gate, public, asked.runs);
    let detail = asked.detail(world, route, gate, &resources, declared.is_some());
    let targets = route.targets.iter().zip(resources);
    let methods = targets.map(|(target, resource)| {
        let mut answer = layers::join(&target.method, Some(gate), resource);
        answer.declared_public.clone_from(&declared);
        answer
    });
    let route = Route {
        pattern: route.pattern.clone(),
        kind: route.kind,
        file: route.file.clone(),
        urls: route.urls.clone(),
        methods: methods.collect(),
    };
    (route, detail)
}

fn not_asked() -> Answer {
    Answer::plain(Layer {
        verdict: Verdict::Undecided,
        place: None,
        why: "it could not be worked out; please report it".to_owned(),
    })
}

fn unanswered(found: &Found) -> (Route, RouteDetail) {
    let one = |target: &Target| layers::join(&target.method, None, not_asked());
    let route = Route {
        pattern: found.pattern.clone(),
        kind: found.kind,
        file: found.file.clone(),
        urls: found.urls.clone(),
        methods: found.targets.iter().map(one).collect(),
    };
    (route, RouteDetail::default())
}
