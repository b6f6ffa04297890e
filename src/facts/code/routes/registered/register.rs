//! What a server is told: which calls make a router, and which put routes, middleware and hooks on it.

use std::rc::Rc;

use super::path::join;
use super::thing::{Env, Event, Handler, Route, Router, Thing};
use super::walk::Walk;
use crate::facts::code::routes::Style;
use crate::facts::code::tree::{Expr, Item, Kind, Offset, Text};

/// Methods by which a route is registered.
const METHODS: &[&str] = &[
    "get", "post", "put", "patch", "delete", "head", "options", "all",
];

/// What is said where routes are put on a server by other means than those that are known here.
pub(super) const UNFOLLOWED: &str = "routes registered in a way that could not be followed";

/// Hooks of Fastify that may end a request before its handler, in the order in which they run:
/// <https://fastify.dev/docs/latest/Reference/Lifecycle/>.
pub(super) const HOOKS: &[&str] = &["onRequest", "preParsing", "preValidation", "preHandler"];

fn is_hono(source: &str) -> bool {
    matches!(
        source,
        "hono" | "hono/quick" | "hono/tiny" | "@hono/zod-openapi"
    )
}

impl Walk<'_> {
    pub fn router(&mut self, style: Style, env: &Env, at: Offset, needs_mount: bool) -> Thing {
        self.routers.push(Router {
            style,
            needs_mount,
            is_mounted: false,
            place: (env.file.clone(), at),
            parent: None,
            events: Vec::new(),
            decorations: Vec::new(),
        });
        Thing::Router(self.routers.len() - 1, String::new())
    }

    /// The server that a function is given by code that could not be followed.
    pub fn unseen_server(&mut self, file: &str, at: Offset) -> Thing {
        let text = self.project.sources().text(file).unwrap_or_default();
        let mentions =
            |name: &str| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some();
        let style = match () {
            () if mentions("fastify") => Style::Fastify,
            () if mentions("hono") => Style::Hono,
            () => Style::Express,
        };
        let env = Env {
            file: file.to_owned(),
            call: None,
            names: std::cell::RefCell::default(),
            outer: None,
        };
        self.router(style, &env, at, true)
    }

    /// What a function or class of a package makes.
    pub fn made(
        &mut self,
        env: &Rc<Env>,
        source: &str,
        name: &str,
        arguments: &[Item],
        at: Offset,
    ) -> Thing {
        match (source, name) {
            ("express", "default" | "*") => return self.router(Style::Express, env, at, false),
            ("express", "Router") | ("express-promise-router", _) => {
                return self.router(Style::Express, env, at, true);
            }
            ("fastify", "default" | "*" | "fastify") => {
                return self.router(Style::Fastify, env, at, false);
            }
            (source, "Hono" | "OpenAPIHono") if is_hono(source) => {
                return self.router(Style::Hono, env, at, false);
            }
            ("hono/factory", name) if name.ends_with(".createApp") => {
                return self.router(Style::Hono, env, at, false);
            }
            _ => {}
        }
        let first = arguments.first().map(|item| self.expr(env, &item.value));
        match (source, first) {
            ("fastify-plugin", Some(plugin)) => Thing::Plugin(Box::new(plugin)),
            (_, first) => Thing::Made(source.to_owned(), name.to_owned(), first.map(Box::new)),
        }
    }

    pub fn add(&mut self, id: usize, event: Event) {
        if let Some(router) = self.routers.get_mut(id) {
            router.events.push(event);
        }
    }

    /// A call of a method of a router; `None` where it is none that we know.
    pub fn registration(
        &mut self,
        env: &Rc<Env>,
        expr: &Expr,
        id: usize,
        base: &str,
        name: &Text,
        arguments: &[Item],
    ) -> Option<Thing> {
        let style = self.routers.get(id)?.style;
        let this = Thing::Router(id, base.to_owned());
        let at = expr.at;
        match (&**name, style) {
            ("basePath", Style::Hono) => {
                let path = self.first_path(env, arguments, at);
                return Some(Thing::Router(id, join(base, &path.unwrap_or_default())));
            }
            ("route", Style::Express) => {
                let path = self.first_path(env, arguments, at);
                return Some(Thing::RouteOf(id, path));
            }
            ("route", Style::Hono) => {
                let path = self.first_path(env, arguments, at);
                let sub = arguments.get(1).map(|item| self.expr(env, &item.value));
                self.mount(
                    env,
                    id,
                    path.map(|path| join(base, &path)),
                    sub.as_ref(),
                    at,
                );
            }
            ("mount", Style::Hono) => {
                let path = self.first_path(env, arguments, at);
                self.below(env, id, path.map(|path| join(base, &path)), arguments);
            }
            ("on", Style::Hono) => self.on(env, id, base, arguments, at),
            ("openapi", Style::Hono) => self.openapi(env, id, base, arguments, at),
            ("use", Style::Express | Style::Hono) => self.middleware(env, id, base, arguments, at),
            ("register", Style::Fastify) => self.plugin(env, id, arguments, at),
            ("addHook", Style::Fastify) => self.hook(env, id, arguments),
            ("decorate", Style::Fastify) => self.decorate(env, id, arguments),
            ("route", Style::Fastify) => self.full_route(env, id, arguments, at),
            ("withTypeProvider" | "after" | "ready", Style::Fastify) => {
                for item in arguments {
                    if let Thing::Closure(function, of) = self.expr(env, &item.value) {
                        self.run(&function, &of, Vec::new());
                    }
                }
            }
            (method, _) if METHODS.contains(&method) => {
                self.route(env, id, base, method, arguments, at);
            }
            _ => return None,
        }
        Some(this)
    }

    fn route(
        &mut self,
        env: &Rc<Env>,
        id: usize,
        base: &str,
        method: &str,
        arguments: &[Item],
        at: Offset,
    ) {
        let style = self
            .routers
            .get(id)
            .map_or(Style::Express, |router| router.style);
        let Some((first, rest)) = arguments.split_first() else {
            return;
        };
        if rest.is_empty() && style == Style::Express {
            // `app.get("setting")` reads a setting.
            return;
        }
        let (paths, rest) = if style == Style::Hono && is_function(&first.value) {
            (vec![Some("/".to_owned())], arguments)
        } else {
            (self.paths(env, &first.value, at), rest)
        };
        let mut hooks = Vec::new();
        let rest = match (style, rest) {
            (Style::Fastify, [options, handler]) => {
                hooks = self.hooks_of(env, &options.value);
                std::slice::from_ref(handler)
            }
            (_, rest) => rest,
        };
        let handlers = if let (Style::Fastify, [only]) = (style, rest)
            && matches!(only.value.kind, Kind::Object(_))
        {
            hooks = self.hooks_of(env, &only.value);
            self.handler_property(env, &only.value, "handler")
        } else {
            self.handlers(env, rest)
        };
        for path in paths {
            let path = path.map(|path| join(base, &path));
            let route = self.new_route(env, vec![method.to_uppercase()], path, handlers.clone());
            self.add(
                id,
                Event::Route(Route {
                    hooks: hooks.clone(),
                    ..route
                }),
            );
        }
    }

    pub fn new_route(
        &self,
        env: &Env,
        methods: Vec<String>,
        path: Option<String>,
        handlers: Vec<Handler>,
    ) -> Route {
        Route {
            methods,
            path,
            hooks: Vec::new(),
            handlers,
            file: env.file.clone(),
            is_sure: self.conditional == 0,
            is_mount: false,
        }
    }

    /// `router.route(path).get(…).post(…)`.
    pub fn route_of(
        &mut self,
        env: &Rc<Env>,
        id: usize,
        path: Option<String>,
        method: &str,
        arguments: &[Item],
    ) -> Thing {
        if METHODS.contains(&method) {
            let handlers = self.handlers(env, arguments);
            let route = self.new_route(env, vec![method.to_uppercase()], path.clone(), handlers);
            self.add(id, Event::Route(route));
        }
        Thing::RouteOf(id, path)
    }

    /// `app.on(["GET"], ["/x"], handler)`.
    fn on(&mut self, env: &Rc<Env>, id: usize, base: &str, arguments: &[Item], at: Offset) {
        let [methods, paths, handlers @ ..] = arguments else {
            return;
        };
        let methods: Vec<String> = self
            .texts(env, &methods.value)
            .into_iter()
            .flatten()
            .map(|method| method.to_uppercase())
            .collect();
        let handlers = self.handlers(env, handlers);
        for path in self.paths(env, &paths.value, at) {
            let path = path.map(|path| join(base, &path));
            let route = self.new_route(env, methods.clone(), path, handlers.clone());
            self.add(id, Event::Route(route));
        }
    }

    /// `app.openapi(createRoute({ method, path, middleware }), handler)` of `@hono/zod-openapi`.
    fn openapi(&mut self, env: &Rc<Env>, id: usize, base: &str, arguments: &[Item], at: Offset) {
        let [route, rest @ ..] = arguments else {
            return;
        };
        let made = self.expr(env, &route.value);
        let Thing::Made(_, _, Some(options)) = made else {
            self.note(&env.file, at, "a route whose description could not be read");
            return;
        };
        let method = self.property(&options, "method");
        let path = self.property(&options, "path");
        let method = self.text_of(&method).unwrap_or_else(|| "all".to_owned());
        let path = self.text_of(&path);
        let mut handlers = Vec::new();
        if let Thing::Value(expr, of) = options.as_ref() {
            handlers = self.handler_property(of, expr, "middleware");
        }
        // Handlers after the first are hooks on what was validated.
        handlers.extend(self.handlers(env, rest.get(..1).unwrap_or_default()));
        let path = path.map(|path| join(base, &path.replace('{', ":").replace('}', "")));
        let route = self.new_route(env, vec![method.to_uppercase()], path, handlers);
        self.add(id, Event::Route(route));
    }

    /// `app.use(path?, …)`: middleware and routers.
    fn middleware(&mut self, env: &Rc<Env>, id: usize, base: &str, arguments: &[Item], at: Offset) {
        let style = self
            .routers
            .get(id)
            .map_or(Style::Express, |router| router.style);
        let Some((first, rest)) = arguments.split_first() else {
            return;
        };
        let (given, rest) = match self.is_path(env, &first.value) {
            true => (Some(self.paths(env, &first.value, at)), rest),
            false => (None, arguments),
        };
        let is_anywhere = given.is_none();
        let everything = if style == Style::Hono { "*" } else { "/" };
        let paths = given.unwrap_or_else(|| vec![Some(everything.to_owned())]);
        let paths: Vec<Option<String>> = paths
            .into_iter()
            .map(|path| path.map(|path| join(base, &path)))
            .collect();
        let mut handlers = Vec::new();
        for handler in self.handlers(env, rest) {
            match &handler.thing {
                Thing::Router(..) | Thing::Module(_) if style == Style::Express => {
                    self.middleware_so_far(id, &paths, &mut handlers);
                    for path in &paths {
                        self.mount(env, id, path.clone(), Some(&handler.thing), at);
                    }
                }
                _ => handlers.push(handler),
            }
        }
        let answers = handlers
            .last()
            .is_some_and(|last| !is_anywhere && answers(&last.thing));
        if answers && let Some(last) = handlers.pop() {
            for path in &paths {
                let all = vec!["ALL".to_owned()];
                let route = self.new_route(env, all, path.clone(), vec![last.clone()]);
                self.middleware_so_far(id, &paths, &mut handlers);
                self.add(
                    id,
                    Event::Route(Route {
                        is_mount: true,
                        ..route
                    }),
                );
            }
        }
        self.middleware_so_far(id, &paths, &mut handlers);
    }

    fn middleware_so_far(
        &mut self,
        id: usize,
        paths: &[Option<String>],
        handlers: &mut Vec<Handler>,
    ) {
        if handlers.is_empty() {
            return;
        }
        let is_sure = self.conditional == 0;
        let event = Event::Use {
            paths: paths.to_vec(),
            handlers: std::mem::take(handlers),
            is_sure,
        };
        self.add(id, event);
    }

    fn mount(
        &mut self,
        env: &Rc<Env>,
        id: usize,
        prefix: Option<String>,
        sub: Option<&Thing>,
        at: Offset,
    ) {
        let sub = match sub {
            Some(Thing::Module(file)) => self.export(&file.clone(), "default"),
            sub => sub.cloned(),
        };
        let Some(Thing::Router(sub, base)) = sub else {
            self.note(&env.file, at, UNFOLLOWED);
            return;
        };
        let Some(router) = self.routers.get_mut(sub) else {
            return;
        };
        if sub == id {
            return;
        }
        router.is_mounted = true;
        // Hono copies what is there when it mounts: routes that come later are not among them.
        let events = match router.style {
            Style::Hono => router.events.len(),
            _ => usize::MAX,
        };
        // The base path of what is mounted is part of its routes already.
        let _ = base;
        self.add(
            id,
            Event::Mount {
                prefix,
                router: sub,
                events,
            },
        );
    }

    /// Something of which we know only under which path it answers.
    fn below(&mut self, env: &Rc<Env>, id: usize, path: Option<String>, arguments: &[Item]) {
        let handlers = self.handlers(env, arguments.get(1..2).unwrap_or_default());
        let route = self.new_route(env, vec!["ALL".to_owned()], path, handlers);
        self.add(
            id,
            Event::Route(Route {
                is_mount: true,
                ..route
            }),
        );
    }
}

fn is_function(expr: &Expr) -> bool {
    matches!(expr.kind, Kind::Function(_))
}

/// Whether what is mounted under a path answers by itself: code of a package that is no mere middleware,
/// by its name.
fn answers(thing: &Thing) -> bool {
    const MIDDLEWARE: &[&str] = &[
        "auth",
        "jwt",
        "guard",
        "session",
        "limit",
        "log",
        "valid",
        "parse",
        "passport",
        "csrf",
        "upload",
        "middleware/",
        "@clerk/",
    ];
    match thing {
        Thing::Unknown => true,
        Thing::Package(source, name) | Thing::Made(source, name, _) => {
            let whole = format!("{source}/{name}").to_ascii_lowercase();
            let is_middleware = MIDDLEWARE.iter().any(|word| whole.contains(word));
            !is_middleware && !super::library::passes_on(source, name)
        }
        _ => false,
    }
}
