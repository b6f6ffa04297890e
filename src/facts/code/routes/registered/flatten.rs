//! Routers inside routers as one list: what runs before each route, in order.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::Registered;
use super::path::{fits, join, sample};
use super::register::HOOKS;
use super::thing::{Env, Event, Handler, Route, Thing};
use super::walk::Walk;
use crate::facts::code::routes::{Around, Found, Given, Link, Resource, Scoped, Style, Target};
use crate::facts::code::tree::{Expr, Kind};
use crate::model::routes::RouteKind;

/// Routers inside routers.
const MAX_DEPTH: usize = 32;

/// Entries of one server.
const MAX_LAYERS: usize = 4_000;

/// What runs before one route; what has more is undecided.
const MAX_LINKS: usize = 300;

/// What stands for a part of a path that could not be read.
const UNREAD: &str = "…";

/// The routes of all servers that were put together.
pub(super) fn routes(walk: &mut Walk<'_>, url: Option<&str>) -> Registered {
    let mut lost = Vec::new();
    for router in &walk.routers {
        let is_lost = router.needs_mount && !router.is_mounted && !router.events.is_empty();
        if is_lost {
            lost.push(router.place.clone());
        }
    }
    for (file, at) in lost {
        walk.note(
            &file,
            at,
            "where this router is mounted could not be followed",
        );
    }
    let mut flat = Flat {
        walk,
        url,
        arounds: HashMap::new(),
        found: BTreeMap::new(),
        visits: 0,
    };
    for id in 0..flat.walk.routers.len() {
        let Some(router) = flat.walk.routers.get(id) else {
            continue;
        };
        if router.is_mounted {
            continue;
        }
        let is_lost = router.needs_mount;
        match router.style {
            Style::Fastify => flat.scope(id, "", is_lost, &Hooks::default(), 0),
            style => {
                let mut layers = Vec::new();
                flat.layers(id, Some(""), usize::MAX, 0, &mut layers);
                flat.emit(style, &layers, is_lost);
            }
        }
    }
    let routes = flat.found.into_values().collect();
    Registered {
        routes,
        notes: std::mem::take(&mut walk.notes),
    }
}

/// One entry of a server's list.
enum Layer {
    /// Middleware, of which an unread path may fit.
    Use(Option<String>, Vec<Handler>, bool),
    /// A route, and the path of its router.
    Route(Option<String>, Route, Option<String>),
}

/// The hooks that hold in a scope of Fastify: name, handler, whether it is certain.
#[derive(Default, Clone)]
struct Hooks(Vec<(String, Handler, bool)>);

struct Flat<'w, 'p> {
    walk: &'w mut Walk<'p>,
    url: Option<&'w str>,
    arounds: HashMap<*const Env, Option<Arc<Around>>>,
    found: BTreeMap<String, Found>,
    /// Routers that were gone through, each as often as it is mounted.
    visits: usize,
}

impl Flat<'_, '_> {
    /// All that a router of Express or Hono does, in the order in which a request meets it. What an inner
    /// router runs before its routes also runs for those that come later under the same path.
    fn layers(
        &mut self,
        id: usize,
        prefix: Option<&str>,
        events: usize,
        depth: usize,
        layers: &mut Vec<Layer>,
    ) {
        self.visits += 1;
        let Some(router) = self.walk.routers.get_mut(id) else {
            return;
        };
        // Taken out meanwhile: a router that is mounted in itself ends there.
        let all = std::mem::take(&mut router.events);
        self.layers_of(&all, prefix, events, depth, layers);
        if let Some(router) = self.walk.routers.get_mut(id) {
            router.events = all;
        }
    }

    fn layers_of(
        &mut self,
        all: &[Event],
        prefix: Option<&str>,
        events: usize,
        depth: usize,
        layers: &mut Vec<Layer>,
    ) {
        let with = |path: &Option<String>| Some(join(prefix?, path.as_deref()?));
        for event in all.iter().take(events) {
            if layers.len().max(self.visits) > MAX_LAYERS || depth > MAX_DEPTH {
                return;
            }
            match event {
                Event::Use {
                    paths,
                    handlers,
                    is_sure,
                } => {
                    for path in paths {
                        layers.push(Layer::Use(with(path), handlers.clone(), *is_sure));
                    }
                }
                Event::Route(route) => {
                    let below = prefix.map(str::to_owned);
                    layers.push(Layer::Route(with(&route.path), route.clone(), below));
                }
                Event::Mount {
                    prefix,
                    router,
                    events,
                    ..
                } => {
                    let prefix = with(prefix);
                    self.layers(*router, prefix.as_deref(), *events, depth + 1, layers);
                }
                Event::Hook { .. } => {}
            }
        }
    }

    fn emit(&mut self, style: Style, layers: &[Layer], is_lost: bool) {
        for (index, layer) in layers.iter().enumerate() {
            let Layer::Route(path, route, below) = layer else {
                continue;
            };
            let pattern = shown(path.as_deref(), route);
            let Some(url) = self.url_of(&pattern, path.is_some(), route, style) else {
                continue;
            };
            let before = layers.get(..index).unwrap_or_default();
            for method in &route.methods {
                let mut links = Vec::new();
                if is_lost {
                    links.push(unread(&route.file));
                }
                for earlier in before {
                    if links.len() > MAX_LINKS {
                        break;
                    }
                    self.earlier(
                        style,
                        earlier,
                        &pattern,
                        &url,
                        path.is_some(),
                        method,
                        &mut links,
                    );
                }
                let mounted = parts(style, if route.is_mount { path } else { below });
                for handler in &route.handlers {
                    let link = self.link(handler, true, true);
                    links.push(Link { mounted, ..link });
                }
                self.add(style, route, &pattern, &url, method, links);
            }
        }
    }

    /// What an earlier entry does on the way to a route.
    #[allow(clippy::too_many_arguments, reason = "one question, asked of a list")]
    fn earlier(
        &mut self,
        style: Style,
        earlier: &Layer,
        pattern: &str,
        url: &str,
        is_read: bool,
        method: &str,
        links: &mut Vec<Link>,
    ) {
        let is_prefix = style == Style::Express;
        match earlier {
            Layer::Use(path, handlers, is_sure) => {
                let everywhere = path
                    .as_deref()
                    .is_some_and(|path| matches!(path, "/" | "/*" | "*"));
                let fits = path
                    .as_deref()
                    .is_some_and(|path| fits(path, url, is_prefix, style));
                let unsure = !path.as_deref().is_some_and(is_plain) || !is_read && !everywhere;
                if fits || unsure {
                    for handler in handlers {
                        let link = self.link(handler, false, *is_sure && !unsure);
                        let mounted = parts(style, path);
                        links.push(Link { mounted, ..link });
                    }
                }
            }
            // A route before this one that the same request fits: it answers, unless it goes on.
            Layer::Route(Some(path), route, below) if !route.is_mount => {
                let by_method = route
                    .methods
                    .iter()
                    .any(|one| one == method || one == "ALL");
                let is_same = path == pattern;
                if by_method && (is_same || is_read) && fits(path, url, false, style) {
                    for handler in &route.handlers {
                        let is_sure = route.is_sure && (is_same || is_plain(path));
                        let link = self.link(handler, false, is_sure);
                        let mounted = parts(style, below);
                        links.push(Link { mounted, ..link });
                    }
                }
            }
            // What another package answers or guards under a path.
            Layer::Route(Some(path), route, _) if fits(path, url, is_prefix, style) => {
                for handler in &route.handlers {
                    let link = self.link(handler, false, route.is_sure);
                    links.push(link);
                }
            }
            Layer::Route(..) => {}
        }
    }

    /// A scope of Fastify. A hook holds for all routes of its scope and of the scopes inside, also for
    /// those registered before it: `addHook` in `fastify.js` hands it to the children, and `lib/route.js`
    /// collects the hooks of a route when the server is ready.
    fn scope(&mut self, id: usize, prefix: &str, is_lost: bool, inherited: &Hooks, depth: usize) {
        let Some(router) = self.walk.routers.get_mut(id) else {
            return;
        };
        if depth > MAX_DEPTH {
            return;
        }
        let events = std::mem::take(&mut router.events);
        let mut hooks = inherited.clone();
        for event in &events {
            if let Event::Hook {
                name,
                handler,
                is_sure,
            } = event
            {
                hooks.0.push((name.to_string(), handler.clone(), *is_sure));
            }
        }
        for event in &events {
            match event {
                Event::Route(route) => {
                    let path = route.path.as_deref().map(|path| join(prefix, path));
                    self.fastify_route(path.as_deref(), route, is_lost, &hooks);
                }
                Event::Mount {
                    prefix: below,
                    router,
                    ..
                } => {
                    let below = join(prefix, below.as_deref().unwrap_or(UNREAD));
                    self.scope(*router, &below, is_lost, &hooks, depth + 1);
                }
                Event::Use { .. } | Event::Hook { .. } => {}
            }
        }
    }

    fn fastify_route(&mut self, path: Option<&str>, route: &Route, is_lost: bool, hooks: &Hooks) {
        let pattern = shown(path, route);
        let Some(url) = self.url_of(&pattern, path.is_some(), route, Style::Fastify) else {
            return;
        };
        for method in &route.methods {
            let mut links = Vec::new();
            if is_lost {
                links.push(unread(&route.file));
            }
            for name in HOOKS {
                for (of, handler, is_sure) in hooks.0.iter().take(MAX_LINKS + 1) {
                    if of == name {
                        links.push(self.link(handler, false, *is_sure));
                    }
                }
                for (of, handler) in &route.hooks {
                    if of == name {
                        links.push(self.link(handler, false, true));
                    }
                }
            }
            for handler in &route.handlers {
                links.push(self.link(handler, true, true));
            }
            self.add(Style::Fastify, route, &pattern, &url, method, links);
        }
    }

    /// The URL path by which a route is asked for; `None` where another one is asked about.
    fn url_of(&self, pattern: &str, is_read: bool, route: &Route, style: Style) -> Option<String> {
        match self.url {
            None => Some(sample(pattern)),
            Some(url) => {
                (is_read && fits(pattern, url, route.is_mount, style)).then(|| url.to_owned())
            }
        }
    }

    /// Puts a route on the list.
    fn add(
        &mut self,
        style: Style,
        route: &Route,
        pattern: &str,
        url: &str,
        method: &str,
        mut links: Vec<Link>,
    ) {
        if links.len() > MAX_LINKS {
            links = vec![unread(&route.file)];
        }
        let found = self
            .found
            .entry(pattern.to_owned())
            .or_insert_with(|| Found {
                pattern: pattern.to_owned(),
                kind: RouteKind::Handler,
                file: route.file.clone(),
                urls: vec![url.to_owned()],
                targets: Vec::new(),
                layouts: Vec::new(),
            });
        // The first registration answers; only it can go on to a later one.
        if found.targets.iter().any(|target| target.method == method) {
            return;
        }
        found.targets.push(Target {
            method: method.to_owned(),
            resource: Resource::Chain { style, links },
        });
    }

    fn link(&mut self, handler: &Handler, is_own: bool, is_sure: bool) -> Link {
        Link {
            code: self.scoped(&handler.expr, &handler.env, 0),
            is_own,
            is_sure,
            mounted: 0,
        }
    }

    fn scoped(&mut self, expr: &Expr, env: &Rc<Env>, depth: usize) -> Scoped {
        Scoped {
            file: env.file.clone(),
            expr: expr.clone(),
            around: self.around(env, depth),
        }
    }

    /// The functions around some code, with what they were given.
    fn around(&mut self, env: &Rc<Env>, depth: usize) -> Option<Arc<Around>> {
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(known) = self.arounds.get(&Rc::as_ptr(env)) {
            return known.clone();
        }
        let outer = env
            .outer
            .as_ref()
            .and_then(|outer| self.around(outer, depth + 1));
        let around = match &env.call {
            None => outer,
            Some(called) => {
                let mut given = Vec::new();
                for (index, thing) in called.given.iter().enumerate() {
                    let written = called.written.as_ref();
                    let expr = written.and_then(|(all, env)| Some((all.get(index)?, env)));
                    given.push(match (self.given(thing, depth + 1), expr) {
                        (Given::Unknown, Some((expr, env))) => {
                            Given::Value(Box::new(self.scoped(expr, env, depth + 1)))
                        }
                        (given, _) => given,
                    });
                }
                Some(Arc::new(Around {
                    file: env.file.clone(),
                    function: Arc::clone(&called.function),
                    given,
                    outer,
                }))
            }
        };
        self.arounds.insert(Rc::as_ptr(env), around.clone());
        around
    }

    fn given(&mut self, thing: &Thing, depth: usize) -> Given {
        match thing {
            Thing::Router(..) => Given::Server,
            Thing::Value(expr, env) => Given::Value(Box::new(self.scoped(expr, env, depth))),
            Thing::Closure(function, env) => {
                let expr = Expr {
                    at: function.at,
                    kind: Kind::Function(Arc::clone(function)),
                };
                Given::Value(Box::new(self.scoped(&expr, env, depth)))
            }
            _ => Given::Unknown,
        }
    }
}

/// Whether a path says all by itself: no expressions for its parameters.
fn is_plain(path: &str) -> bool {
    !path
        .replace("(.*)", "")
        .replace("{*", "")
        .contains(['(', '{', '+'])
}

/// A handler of which nothing is known.
fn unread(file: &str) -> Link {
    Link {
        code: Scoped {
            file: file.to_owned(),
            expr: Expr {
                at: 0,
                kind: Kind::Unknown,
            },
            around: None,
        },
        is_own: false,
        is_sure: true,
        mounted: 0,
    }
}

/// The parts of a path that a handler mounted there does not see: `req.path` and `req.url` of Express begin below
/// it (expressjs.com, `req.baseUrl`). Hono and Fastify hand on the whole path.
fn parts(style: Style, mount: &Option<String>) -> usize {
    let mount = mount
        .as_deref()
        .filter(|path| is_plain(path) && !path.contains('*'));
    match (style, mount) {
        (Style::Express, Some(path)) => path.split('/').filter(|part| !part.is_empty()).count(),
        _ => 0,
    }
}

fn shown(path: Option<&str>, route: &Route) -> String {
    match (path, route.is_mount) {
        (Some(path), false) => path.to_owned(),
        (Some(path), true) if path.ends_with('*') => path.to_owned(),
        (Some(path), true) => join(path, "*"),
        (None, _) => format!("/{UNREAD}"),
    }
}
