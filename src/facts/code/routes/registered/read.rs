//! Handlers and paths out of the arguments of a registration.

use std::rc::Rc;

use super::register::HOOKS;
use super::thing::{Env, Handler, Thing};
use super::walk::{MAX_DEPTH, MAX_STEPS, Walk};
use crate::facts::code::tree::{Binary, Expr, Item, Key, Kind, Logical, Offset, Property};

impl Walk<'_> {
    /// The hooks among the options of a route.
    pub fn hooks_of(&mut self, env: &Rc<Env>, options: &Expr) -> Vec<(&'static str, Handler)> {
        let thing = self.expr(env, options);
        let Thing::Value(expr, of) = &thing else {
            return vec![("preHandler", unknown(env, options.at))];
        };
        let mut all = Vec::new();
        for name in HOOKS {
            let handlers = self.handler_property(of, expr, name);
            all.extend(handlers.into_iter().map(|handler| (*name, handler)));
        }
        all
    }

    fn too_deep(&self) -> bool {
        self.steps > MAX_STEPS || self.depth > MAX_DEPTH
    }

    /// The handlers in a property of an object.
    pub fn handler_property(&mut self, env: &Rc<Env>, object: &Expr, name: &str) -> Vec<Handler> {
        if self.too_deep() {
            return vec![unknown(env, object.at)];
        }
        self.depth += 40;
        let found = self.handler_property_inside(env, object, name);
        self.depth -= 40;
        found
    }

    fn handler_property_inside(
        &mut self,
        env: &Rc<Env>,
        object: &Expr,
        name: &str,
    ) -> Vec<Handler> {
        let Kind::Object(properties) = &object.kind else {
            return match self.expr(env, object) {
                Thing::Value(expr, of) if matches!(expr.kind, Kind::Object(_)) => {
                    self.handler_property(&of, &expr, name)
                }
                _ => vec![unknown(env, object.at)],
            };
        };
        let mut found = Vec::new();
        for property in properties {
            match property {
                Property::Value(Key::Name(key), value) if &**key == name => {
                    let item = Item {
                        spread: false,
                        value: value.clone(),
                    };
                    found = self.handlers(env, std::slice::from_ref(&item));
                }
                Property::Spread(value) => {
                    let thing = self.expr(env, value);
                    match thing {
                        Thing::Value(expr, of) if matches!(expr.kind, Kind::Object(_)) => {
                            let more = self.handler_property(&of, &expr, name);
                            if !more.is_empty() {
                                found = more;
                            }
                        }
                        _ => found.push(unknown(env, value.at)),
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Handlers as they are passed, lists taken apart.
    pub fn handlers(&mut self, env: &Rc<Env>, items: &[Item]) -> Vec<Handler> {
        if self.too_deep() {
            return Vec::new();
        }
        self.depth += 40;
        let found = self.handlers_inside(env, items);
        self.depth -= 40;
        found
    }

    fn handlers_inside(&mut self, env: &Rc<Env>, items: &[Item]) -> Vec<Handler> {
        let mut all = Vec::new();
        for item in items {
            let thing = self.expr(env, &item.value);
            match &thing {
                Thing::Value(expr, of) => match &expr.kind {
                    Kind::Array(inner) => all.extend(self.handlers(of, inner)),
                    _ => all.push(Handler {
                        expr: item.value.clone(),
                        env: Rc::clone(env),
                        thing,
                    }),
                },
                // What a scope was decorated with, and methods of the class that builds the server, are
                // only known here.
                Thing::Closure(function, of) if self.is_of_server(env, &item.value) => {
                    let kind = Kind::Function(std::sync::Arc::clone(function));
                    let expr = Expr {
                        at: item.value.at,
                        kind,
                    };
                    all.push(Handler {
                        expr,
                        env: Rc::clone(of),
                        thing,
                    });
                }
                _ => all.push(Handler {
                    expr: item.value.clone(),
                    env: Rc::clone(env),
                    thing,
                }),
            }
        }
        all
    }

    pub fn is_of_server(&mut self, env: &Rc<Env>, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Member { object, .. } if matches!(object.kind, Kind::Name(_)) => {
                matches!(self.expr(env, object), Thing::Router(..))
            }
            _ => is_of_this(expr),
        }
    }

    /// Whether the first argument of `use` is a path.
    pub fn is_path(&mut self, env: &Rc<Env>, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Text(_) | Kind::Template(..) | Kind::Regex(..) | Kind::Binary(..) => true,
            Kind::Array(items) => items
                .first()
                .is_some_and(|first| matches!(first.value.kind, Kind::Text(_) | Kind::Regex(..))),
            Kind::Name(_) | Kind::Member { .. } => match self.expr(env, expr) {
                Thing::Value(value, of) => match &value.kind {
                    Kind::Name(_) | Kind::Member { .. } => false,
                    Kind::Logical(..) => self.text(&of, &value).is_some(),
                    _ => self.is_path(&of, &value),
                },
                _ => false,
            },
            _ => false,
        }
    }

    pub fn first_path(&mut self, env: &Rc<Env>, arguments: &[Item], at: Offset) -> Option<String> {
        let first = arguments.first()?;
        let path = self.text(env, &first.value);
        if path.is_none() {
            self.note(&env.file, at, "a path that could not be read");
        }
        path
    }

    /// The paths of a route; `None` for one that cannot be read.
    pub fn paths(&mut self, env: &Rc<Env>, expr: &Expr, at: Offset) -> Vec<Option<String>> {
        let paths = self.texts(env, expr);
        if paths.iter().any(Option::is_none) {
            self.note(&env.file, at, "a path that could not be read");
        }
        paths
    }

    pub fn texts(&mut self, env: &Rc<Env>, expr: &Expr) -> Vec<Option<String>> {
        match self.expr(env, expr) {
            Thing::Value(value, of) => match &value.kind {
                Kind::Array(items) => items
                    .iter()
                    .map(|item| self.text(&of, &item.value))
                    .collect(),
                _ => vec![self.text(&of, &value)],
            },
            _ => vec![None],
        }
    }

    pub fn text_of(&mut self, thing: &Thing) -> Option<String> {
        match thing {
            Thing::Value(expr, env) => self.text(env, expr),
            _ => None,
        }
    }

    /// The string that an expression comes to.
    pub fn text(&mut self, env: &Rc<Env>, expr: &Expr) -> Option<String> {
        if self.too_deep() {
            return None;
        }
        self.depth += 40;
        let found = self.text_inside(env, expr);
        self.depth -= 40;
        found
    }

    fn text_inside(&mut self, env: &Rc<Env>, expr: &Expr) -> Option<String> {
        match &expr.kind {
            Kind::Text(text) => Some(text.to_string()),
            Kind::Template(texts, parts) => {
                let mut whole = texts.first()?.to_string();
                for (part, text) in parts.iter().zip(texts.get(1..)?) {
                    whole.push_str(&self.text(env, part)?);
                    whole.push_str(text);
                }
                Some(whole)
            }
            Kind::Binary(Binary::Add, left, right) => {
                let left = self.text(env, left)?;
                Some(left + &self.text(env, right)?)
            }
            // What is set where nothing else says otherwise.
            Kind::Logical(Logical::Or | Logical::Nullish, _, right) => self.text(env, right),
            Kind::Name(_) | Kind::Member { .. } => match self.expr(env, expr) {
                Thing::Value(value, of) if value.kind != expr.kind => self.text(&of, &value),
                _ => None,
            },
            _ => None,
        }
    }
}

fn is_of_this(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::This => true,
        Kind::Member { object, .. } => is_of_this(object),
        Kind::Call { callee, .. } => is_of_this(callee),
        _ => false,
    }
}

/// A handler that cannot be read.
pub(super) fn unknown(env: &Rc<Env>, at: Offset) -> Handler {
    Handler {
        expr: Expr {
            at,
            kind: Kind::Unknown,
        },
        env: Rc::clone(env),
        thing: Thing::Unknown,
    }
}
