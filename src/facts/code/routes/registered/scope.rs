//! What Fastify's scopes are told: plugins, hooks, decorations and routes with options.

use std::rc::Rc;

use super::register::UNFOLLOWED;
use super::thing::{Env, Event, Route, Thing};
use super::walk::Walk;
use crate::facts::code::routes::Style;
use crate::facts::code::tree::{Item, Offset, Text};

impl Walk<'_> {
    /// `fastify.register(plugin, { prefix })`.
    pub fn plugin(&mut self, env: &Rc<Env>, id: usize, arguments: &[Item], at: Offset) {
        let Some(plugin) = arguments.first() else {
            return;
        };
        let plugin = self.expr(env, &plugin.value);
        let options = arguments.get(1).map(|item| self.expr(env, &item.value));
        let prefix = match &options {
            Some(options) => self.prefix_of(options),
            None => Some(String::new()),
        };
        let plugin = match plugin {
            Thing::Module(file) => self.export(&file, "default").unwrap_or(Thing::Unknown),
            plugin => plugin,
        };
        let options = options.unwrap_or(Thing::Unknown);
        match plugin {
            Thing::Plugin(inner) => {
                let Thing::Closure(function, of) = *inner else {
                    return;
                };
                let this = Thing::Router(id, String::new());
                self.run(&function, &of, vec![this, options]);
            }
            Thing::Closure(function, of) => {
                let child = self.router(Style::Fastify, env, at, true);
                let Thing::Router(sub, _) = child else {
                    return;
                };
                if let Some(router) = self.routers.get_mut(sub) {
                    router.is_mounted = true;
                    router.parent = Some(id);
                }
                if prefix.is_none() {
                    self.note(
                        &env.file,
                        at,
                        "the prefix of these routes could not be read",
                    );
                }
                self.add(
                    id,
                    Event::Mount {
                        prefix,
                        router: sub,
                        events: usize::MAX,
                    },
                );
                self.run(&function, &of, vec![child, options]);
            }
            Thing::Package(source, _) | Thing::Made(source, ..) => {
                if matches!(
                    source.as_str(),
                    "@fastify/autoload" | "fastify-autoload" | "@fastify/routes"
                ) {
                    self.note(
                        &env.file,
                        at,
                        "routes that @fastify/autoload finds are not read",
                    );
                }
            }
            _ => self.note(&env.file, at, UNFOLLOWED),
        }
    }

    /// The prefix among the options of a plugin; `None` where it cannot be read.
    pub fn prefix_of(&mut self, options: &Thing) -> Option<String> {
        let prefix = self.property(options, "prefix");
        match (&prefix, options) {
            (Thing::Unknown, Thing::Value(..) | Thing::Made(..)) => Some(String::new()),
            (Thing::Unknown, _) => None,
            (prefix, _) => self.text_of(prefix),
        }
    }

    pub fn hook(&mut self, env: &Rc<Env>, id: usize, arguments: &[Item]) {
        let [name, handler, ..] = arguments else {
            return;
        };
        let name = self.expr(env, &name.value);
        let Some(name) = self.text_of(&name) else {
            return;
        };
        let is_sure = self.conditional == 0;
        for handler in self.handlers(env, std::slice::from_ref(handler)) {
            let name = Text::from(name.as_str());
            self.add(
                id,
                Event::Hook {
                    name,
                    handler,
                    is_sure,
                },
            );
        }
    }

    pub fn decorate(&mut self, env: &Rc<Env>, id: usize, arguments: &[Item]) {
        let [name, value, ..] = arguments else {
            return;
        };
        let name = self.expr(env, &name.value);
        let (Some(name), value) = (self.text_of(&name), self.expr(env, &value.value)) else {
            return;
        };
        if let Some(router) = self.routers.get_mut(id) {
            router.decorations.push((Text::from(name.as_str()), value));
        }
    }

    /// `fastify.route({ method, url, preHandler, handler })`.
    pub fn full_route(&mut self, env: &Rc<Env>, id: usize, arguments: &[Item], at: Offset) {
        let Some(options) = arguments.first() else {
            return;
        };
        let options = self.expr(env, &options.value);
        let Thing::Value(expr, of) = &options else {
            self.note(&env.file, at, "a route whose options could not be read");
            return;
        };
        let method = self.property(&options, "method");
        let methods: Vec<String> = match &method {
            Thing::Value(expr, of) => self.texts(of, expr).into_iter().flatten().collect(),
            _ => vec!["ALL".to_owned()],
        };
        let url = match self.property(&options, "url") {
            Thing::Unknown => self.property(&options, "path"),
            url => url,
        };
        let path = self.text_of(&url);
        let hooks = self.hooks_of(of, expr);
        let handlers = self.handler_property(of, expr, "handler");
        let methods = methods.into_iter().map(|one| one.to_uppercase()).collect();
        let route = self.new_route(env, methods, path, handlers);
        self.add(id, Event::Route(Route { hooks, ..route }));
    }
}
