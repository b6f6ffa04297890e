//! The map of a Next.js app.

use std::collections::BTreeSet;

use super::layers::{self, Gate};
use super::{ByPath, MapApp, PublicRoutes, absent, fit, share, worst};
use crate::facts::code::matcher::next::{
    Condition, ConditionKind, MatcherEntry, NextMatcher, NextPaths, Runs,
};
use crate::facts::code::routes::next::{
    self, ConditionKind as SettingKind, MatcherCondition, MatcherSetting, NextApp, NextConfig,
};
use crate::facts::code::routes::{Found, Target};
use crate::facts::code::visitor::{self, Answer, World};
use crate::model::routes::{CodePlace, Declared, Layer, Route, RouteKind, RouteMap, Verdict};

/// Paths that no app has, to see what becomes of what no list names.
const UNHEARD_OF: [&str; 2] = ["/zz-unlisted-zz/x1", "/api/zz-unlisted-zz/x1"];

/// A Next.js app, ready to be asked.
pub(super) struct NextMap<'a> {
    app: &'a MapApp<'a>,
    routes: Vec<Found>,
    config: NextConfig,
    runs: Running,
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
        let runs = Running::of(app, &found.config, &mut notes);
        Self {
            app,
            routes: found.routes,
            config: found.config,
            runs,
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
        let urls = self.routes.iter().flat_map(|route| &route.urls);
        let urls: BTreeSet<&str> = urls.map(String::as_str).collect();
        let paths: Vec<&str> = urls.into_iter().chain(UNHEARD_OF).collect();
        let gates = self.gates(&paths);
        let gates: ByPath<Answer> = paths
            .iter()
            .map(|path| (*path).to_owned())
            .zip(gates)
            .collect();
        let stopped = |gate: &Answer| gate.layer.verdict == Verdict::Stopped;
        let closed = UNHEARD_OF.map(|path| gates.get(path).is_some_and(stopped));

        let public = PublicRoutes::new(app.public);
        let routes = share::each(
            &self.routes,
            || World::new(app.project, app.setting),
            |world, route| {
                let gate = gate_of(route, &gates, closed);
                answer(world, route, &gate, &public, &self.runs)
            },
        );
        let routes = self.routes.iter().zip(routes);
        RouteMap {
            app: if app.folder.is_empty() {
                ".".to_owned()
            } else {
                app.folder.to_owned()
            },
            framework: app.shown.clone(),
            routes: routes
                .map(|(found, route)| route.unwrap_or_else(|| unanswered(found)))
                .collect(),
            notes: std::mem::take(&mut self.notes),
        }
    }
}

/// When the middleware runs at all.
enum Running {
    /// There is none.
    Never,
    /// On every path, or on those of a matcher.
    On {
        file: String,
        matcher: Option<NextMatcher>,
        place: CodePlace,
    },
    /// Nobody can tell.
    Unknown { why: String, place: CodePlace },
}

impl Running {
    fn of(app: &MapApp<'_>, config: &NextConfig, notes: &mut Vec<String>) -> Self {
        let Some(file) = app.middleware else {
            return Running::Never;
        };
        let place = CodePlace {
            file: file.to_owned(),
            line: 1,
            column: 1,
        };
        let setting = next::matcher_setting(app.project, file, app.version);
        let entries: Vec<MatcherEntry> = match setting {
            MatcherSetting::None => Vec::new(),
            MatcherSetting::Static(all) if all.is_empty() => Vec::new(),
            MatcherSetting::Static(all) => all
                .into_iter()
                .map(|one| MatcherEntry {
                    source: one.source,
                    has: one.has.iter().map(condition).collect(),
                    missing: one.missing.iter().map(condition).collect(),
                    locale: one.locale,
                })
                .collect(),
            MatcherSetting::Invalid { why, at } => {
                let place = CodePlace {
                    line: at.line,
                    column: at.column,
                    ..place
                };
                notes.push(format!(
                    "{file}:{}: Next.js refuses config.matcher: {why}",
                    at.line
                ));
                return Running::Unknown {
                    why: format!("Next.js refuses config.matcher: {why}"),
                    place,
                };
            }
            MatcherSetting::NotStatic {
                why,
                at,
                stops_build: true,
            } => {
                let place = CodePlace {
                    line: at.line,
                    column: at.column,
                    ..place
                };
                notes.push(format!(
                    "{file}:{}: config.matcher is not static, which stops the build: {why}",
                    at.line
                ));
                return Running::Unknown {
                    why: format!("config.matcher is not static: {why}"),
                    place,
                };
            }
            MatcherSetting::NotStatic { why, at, .. } => {
                notes.push(format!(
                    "{file}:{}: config.matcher is not static, so Next.js drops it: {why}",
                    at.line
                ));
                Vec::new()
            }
            MatcherSetting::Unseen { at } => {
                notes.push(format!("{file}:{}: Next.js does not see an export of config in this form, so the middleware runs on every path", at.line));
                Vec::new()
            }
            MatcherSetting::Unreadable(problem) => {
                let place = CodePlace {
                    line: problem.at.line,
                    column: problem.at.column,
                    ..place
                };
                return Running::Unknown {
                    why: format!("it could not be read: {}", problem.message),
                    place,
                };
            }
        };
        if entries.is_empty() {
            return Running::On {
                file: file.to_owned(),
                matcher: None,
                place,
            };
        }
        let place = config_place(app, file).unwrap_or(place);
        match NextMatcher::new(&entries, &paths_of(config), app.version) {
            Ok(matcher) => Running::On {
                file: file.to_owned(),
                matcher: Some(matcher),
                place,
            },
            Err(problem) => {
                notes.push(format!(
                    "{file}:{}: Next.js refuses entry {} of config.matcher: {}",
                    place.line,
                    problem.index + 1,
                    problem.why
                ));
                Running::Unknown {
                    why: problem.why,
                    place,
                }
            }
        }
    }

    /// What the middleware does with a path as the browser asks for it.
    fn gate(&self, world: &World<'_>, path: &str, config: &NextConfig) -> Answer {
        let layer = match self {
            Running::Never => absent("there is no middleware"),
            Running::Unknown { why, place } => Layer {
                verdict: Verdict::Undecided,
                place: Some(place.clone()),
                why: why.clone(),
            },
            Running::On {
                file,
                matcher,
                place,
            } => {
                match matcher
                    .as_ref()
                    .map_or(Runs::Yes, |matcher| matcher.runs(path))
                {
                    Runs::Yes => {
                        let names = ["proxy", "middleware", "default"];
                        let inside = inside(path, config);
                        return visitor::middleware(world, file, &names, &inside, "GET");
                    }
                    Runs::No => Layer {
                        place: Some(place.clone()),
                        ..absent(
                            "the middleware does not run here: no entry of config.matcher matches",
                        )
                    },
                    Runs::ByVisitor(by) => Layer {
                        place: Some(place.clone()),
                        ..absent(&skipped(by.missing, &by.condition))
                    },
                    Runs::Undecided => Layer {
                        verdict: Verdict::Undecided,
                        place: Some(place.clone()),
                        why: "whether config.matcher matches could not be told".to_owned(),
                    },
                }
            }
        };
        Answer::plain(layer)
    }
}

/// How a visitor gets past the middleware.
fn skipped(missing: bool, condition: &Condition) -> String {
    let kind = match condition.kind {
        ConditionKind::Header => "header",
        ConditionKind::Cookie => "cookie",
        ConditionKind::Query => "query parameter",
        ConditionKind::Host => "host",
    };
    let key = &condition.key;
    match missing {
        true => format!(
            "a visitor who sends the {kind} {key} skips the middleware: config.matcher has it under `missing`"
        ),
        false => format!(
            "a visitor without the {kind} {key} skips the middleware: config.matcher has it under `has`"
        ),
    }
}

fn condition(one: &MatcherCondition) -> Condition {
    Condition {
        kind: match one.kind {
            SettingKind::Header => ConditionKind::Header,
            SettingKind::Cookie => ConditionKind::Cookie,
            SettingKind::Query => ConditionKind::Query,
            SettingKind::Host => ConditionKind::Host,
        },
        key: one.key.clone().unwrap_or_default(),
        value: one.value.clone(),
    }
}

fn paths_of(config: &NextConfig) -> NextPaths {
    NextPaths {
        base_path: config.base_path.clone(),
        i18n: config
            .i18n
            .as_ref()
            .map(|i18n| (i18n.locales.clone(), i18n.default_locale.clone())),
        trailing_slash: config.trailing_slash,
    }
}

fn config_place(app: &MapApp<'_>, file: &str) -> Option<CodePlace> {
    let module = app.project.module(file)?.ok()?;
    let spot = module.spot(module.export("config")?.at);
    Some(CodePlace {
        file: file.to_owned(),
        line: spot.line,
        column: spot.column,
    })
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
    runs: &Running,
) -> Route {
    let path = route.urls.first().map_or("/", String::as_str);
    let one = |target: &Target| {
        let resource = visitor::resource(world, route.kind, target, path);
        let mut answer = layers::join(&target.method, Some(gate), resource);
        let runs = matches!(runs, Running::On { .. });
        answer.declared_public = declared(route, gate, public, runs);
        answer
    };
    Route {
        pattern: route.pattern.clone(),
        kind: route.kind,
        file: route.file.clone(),
        urls: route.urls.clone(),
        methods: route.targets.iter().map(one).collect(),
    }
}

/// Who says that a route is public.
pub(super) fn declared(
    route: &Found,
    gate: &Gate,
    public: &PublicRoutes,
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
pub(super) fn by_nature(route: &Found) -> Option<&'static str> {
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
    let is_meta = META
        .iter()
        .any(|meta| stem == *meta || (stem.starts_with(meta) && stem.len() == meta.len() + 1));
    (route.kind == RouteKind::Handler && is_meta && stem != "route" && !last.is_empty())
        .then_some("browsers and search engines ask for it")
}

pub(super) fn not_asked() -> Answer {
    Answer::plain(Layer {
        verdict: Verdict::Undecided,
        place: None,
        why: "it could not be worked out; please report it".to_owned(),
    })
}

pub(super) fn unanswered(found: &Found) -> Route {
    let one = |target: &Target| layers::join(&target.method, None, not_asked());
    Route {
        pattern: found.pattern.clone(),
        kind: found.kind,
        file: found.file.clone(),
        urls: found.urls.clone(),
        methods: found.targets.iter().map(one).collect(),
    }
}
