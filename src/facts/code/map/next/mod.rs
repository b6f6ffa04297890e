//! The map of a Next.js app.

mod detail;
mod lists;
mod running;
mod sign_in;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use super::layers::{self, Gate};
use super::{MapApp, RouteNames, absent, fit, public, share, worst};
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

/// So many routes are read and asked together.
const PORTION: usize = 1_000;

/// What the middleware does, by path and method.
type Gates<'a> = BTreeMap<(&'a str, &'a str), Answer>;

/// What it does with a path, whatever the method.
fn of_path<'g>(gates: &'g Gates<'g>, path: &'g str) -> Option<&'g Answer> {
    let ((known, _), answer) = gates.range((path, "")..).next()?;
    (*known == path).then_some(answer)
}

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

    /// What the middleware does with requests, each a method and a path as the browser asks for it.
    pub(super) fn gates(&self, asked: &[(&str, &str)]) -> Vec<Answer> {
        let app = self.app;
        let gates = share::each(
            asked,
            || World::new(app.project, app.setting).among(asked.len()),
            |world, (method, path)| self.runs.gate(world, method, path, &self.config),
        );
        gates
            .into_iter()
            .map(|gate| gate.unwrap_or_else(not_asked))
            .collect()
    }

    pub(super) fn map(mut self) -> RouteMap {
        let app = self.app;
        let files = FILES.map(|path| format!("{}{path}", self.config.base_path));
        let gates = self.all_gates(&files);
        let stopped = |gate: &Answer| gate.layer.verdict == Verdict::Stopped;
        let closed = UNHEARD_OF.map(|path| of_path(&gates, path).is_some_and(stopped));

        let names = RouteNames::new(app.public);
        let asked = Asked {
            app,
            runs: &self.runs,
            config: &self.config,
            layouts: Mutex::default(),
        };
        let answers = self.routes.chunks(PORTION).flat_map(|portion| {
            let files: BTreeSet<&str> = portion.iter().map(|route| route.file.as_str()).collect();
            let files: Vec<String> = files.into_iter().map(str::to_owned).collect();
            app.project.read_ahead(&files);
            let answers = share::each(
                portion,
                || World::new(app.project, app.setting).among(self.routes.len()),
                |world, route| {
                    let gate = |method: &str| gate_of(route, method, &gates, closed);
                    answer(world, route, &gate, &names, &asked)
                },
            );
            // Thousands of routes at once would be more than the memory of a build machine should hold.
            if self.routes.len() > PORTION {
                app.project.release(&files);
            }
            portion.iter().zip(answers)
        });
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
            is_partial: false,
            middleware,
        }
    }

    /// What the middleware does with everything that is asked about.
    fn all_gates<'g>(&'g self, files: &'g [String]) -> Gates<'g> {
        let urls = self.routes.iter().flat_map(|route| {
            let urls = route.urls.iter();
            urls.flat_map(move |url| {
                let targets = route.targets.iter();
                targets.map(move |target| (target.method.as_str(), url.as_str()))
            })
        });
        let others = files.iter().map(String::as_str).chain(UNHEARD_OF);
        let asked: BTreeSet<(&str, &str)> = urls.chain(others.map(|path| ("GET", path))).collect();
        let asked: Vec<(&str, &str)> = asked.into_iter().collect();
        let answers = self.gates(&asked);
        asked
            .iter()
            .map(|(method, path)| (*path, *method))
            .zip(answers)
            .collect()
    }

    fn middleware(&self, gates: &Gates<'_>, routes: Vec<RouteDetail>) -> MiddlewareFacts {
        let file = |path: &str| {
            let path = format!("{}{path}", self.config.base_path);
            let gate = of_path(gates, &path)?;
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
fn gate_of(route: &Found, method: &str, gates: &Gates<'_>, closed: [bool; 2]) -> Gate {
    let answers = || {
        let asked = route.urls.iter().map(|url| (url.as_str(), method));
        asked.filter_map(|asked| gates.get(&asked))
    };
    let answer = worst(answers(), |answer| answer.layer.verdict).cloned();
    let past = answers().find_map(|answer| answer.past.clone());
    let is_api = route.urls.iter().all(|url| url.contains("/api/"));
    Gate {
        answer: answer.unwrap_or_else(|| {
            Answer::plain(Layer {
                verdict: Verdict::Undecided,
                ..absent(
                    "no code of the browser imports it, so that it may have no id to be called by",
                )
            })
        }),
        closed_by_default: closed.get(usize::from(is_api)).copied().unwrap_or(false),
        past: past.map(Answer::plain),
    }
}

fn answer(
    world: &World<'_>,
    route: &Found,
    gate: &dyn Fn(&str) -> Gate,
    names: &RouteNames,
    asked: &Asked<'_>,
) -> (Route, RouteDetail) {
    let path = route.urls.first().map_or("/", String::as_str);
    let first = gate(
        route
            .targets
            .first()
            .map_or("GET", |target| target.method.as_str()),
    );
    let runs = matches!(asked.runs, Running::On { .. });
    let declared = public::declared(route, &first, names, runs);
    let mut resources = Vec::new();
    let mut methods = Vec::new();
    for target in &route.targets {
        let gate = gate(&target.method);
        let resource = behind(world, route, target, path, &gate.answer);
        let mut answer = layers::join(&target.method, &gate.answer, resource.clone());
        if let Some(past) = &gate.past {
            let around = behind(world, route, target, path, past);
            let around = layers::join(&target.method, past, around);
            answer = worst([around, answer.clone()], |one| one.verdict).unwrap_or(answer);
        }
        let is_file = asked.config.is_exported && answer.method == "GET";
        let is_same = is_file && answer.verdict == Verdict::Reached && answer.sensitive.is_empty();
        let declared = declared.clone();
        answer.declared_public = declared.or_else(|| is_same.then(public::built_once));
        resources.push(resource);
        methods.push(answer);
    }
    let detail = asked.detail(world, route, &first, &resources, declared.is_some());
    let route = Route {
        pattern: route.pattern.clone(),
        kind: route.kind,
        file: route.file.clone(),
        urls: route.urls.clone(),
        methods,
    };
    (route, detail)
}

/// What the resource does with a visitor who comes as the middleware lets them.
fn behind(world: &World<'_>, route: &Found, target: &Target, path: &str, gate: &Answer) -> Answer {
    // Where the middleware stops the visitor, the resource is shown as it would be without it.
    let clerk_ran = gate.clerk_ran || gate.layer.verdict != Verdict::Reached;
    visitor::resource(world, route.kind, target, path, clerk_ran)
}

pub(super) fn not_asked() -> Answer {
    Answer::plain(Layer {
        verdict: Verdict::Undecided,
        place: None,
        why: "it could not be worked out; please report it".to_owned(),
    })
}

fn unanswered(found: &Found) -> (Route, RouteDetail) {
    let one = |target: &Target| layers::join(&target.method, &not_asked(), not_asked());
    let route = Route {
        pattern: found.pattern.clone(),
        kind: found.kind,
        file: found.file.clone(),
        urls: found.urls.clone(),
        methods: found.targets.iter().map(one).collect(),
    };
    (route, RouteDetail::default())
}
