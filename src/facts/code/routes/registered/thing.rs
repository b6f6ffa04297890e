//! What the names of a server's code hold while it is put together.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::facts::code::routes::Style;
use crate::facts::code::tree::{Class, Expr, Function, Offset, Text};

/// What an expression comes to.
#[derive(Clone)]
pub(super) enum Thing {
    /// A server or router, with the path that `basePath()` put before all of its own.
    Router(usize, String),
    /// `router.route(path)` of Express.
    RouteOf(usize, Option<String>),
    /// A function of the project.
    Closure(Arc<Function>, Rc<Env>),
    /// A class of the project.
    Class(Arc<Class>, Rc<Env>),
    /// An object made of one.
    Instance(Rc<Instance>),
    /// What a package gives under a name; `*` is all of it.
    Package(String, String),
    /// What a function of a package made, with the first thing it was given.
    Made(String, String, Option<Box<Thing>>),
    /// A plugin of Fastify that belongs to the scope that registers it.
    Plugin(Box<Thing>),
    /// A module of the project as a whole.
    Module(String),
    /// Anything that is written out, and where.
    Value(Rc<Expr>, Rc<Env>),
    /// Not known.
    Unknown,
}

/// The names of a module or of a function that was called.
pub(super) struct Env {
    pub file: String,
    /// The function with what it was given; none at the top level.
    pub call: Option<Called>,
    pub names: RefCell<HashMap<Text, Thing>>,
    pub outer: Option<Rc<Env>>,
}

impl Env {
    /// What a name holds in this function or one around it.
    pub fn find(&self, name: &str) -> Option<Thing> {
        let mut env = self;
        loop {
            if let Some(thing) = env.names.borrow().get(name) {
                return Some(thing.clone());
            }
            env = env.outer.as_deref()?;
        }
    }

    /// Sets a name where it is declared.
    pub fn assign(&self, name: &Text, thing: Thing) {
        let mut env = self;
        while !env.names.borrow().contains_key(name) {
            let Some(outer) = env.outer.as_deref() else {
                break;
            };
            env = outer;
        }
        env.names.borrow_mut().insert(name.clone(), thing);
    }

    /// Declares a name.
    pub fn set(&self, name: &Text, thing: Thing) {
        self.names.borrow_mut().insert(name.clone(), thing);
    }
}

/// A function that was called.
pub(super) struct Called {
    pub function: Arc<Function>,
    pub given: Vec<Thing>,
    /// The arguments as they are written, and where.
    pub written: Option<(Vec<Expr>, Rc<Env>)>,
}

/// An object of a class of the project.
pub(super) struct Instance {
    pub class: Arc<Class>,
    pub env: Rc<Env>,
    pub fields: RefCell<HashMap<Text, Thing>>,
}

/// A handler as it was registered.
#[derive(Clone)]
pub(super) struct Handler {
    pub expr: Expr,
    pub env: Rc<Env>,
    /// What it comes to, as far as that is known here.
    pub thing: Thing,
}

/// A server or router.
pub(super) struct Router {
    pub style: Style,
    /// Whether it can only answer where another one mounts it.
    pub needs_mount: bool,
    pub is_mounted: bool,
    pub place: (String, Offset),
    /// Of Fastify: the scope around.
    pub parent: Option<usize>,
    pub events: Vec<Event>,
    /// What `decorate()` added.
    pub decorations: Vec<(Text, Thing)>,
}

/// What was done with a router, in order.
pub(super) enum Event {
    /// Middleware.
    Use {
        paths: Vec<Option<String>>,
        handlers: Vec<Handler>,
        is_sure: bool,
    },
    /// A route.
    Route(Route),
    /// Another router under a path, with as much of it as takes part.
    Mount {
        prefix: Option<String>,
        router: usize,
        events: usize,
    },
    /// A hook of Fastify.
    Hook {
        name: Text,
        handler: Handler,
        is_sure: bool,
    },
}

/// A route as it was registered.
#[derive(Clone)]
pub(super) struct Route {
    pub methods: Vec<String>,
    pub path: Option<String>,
    /// Of Fastify: hooks of this route, by name.
    pub hooks: Vec<(&'static str, Handler)>,
    pub handlers: Vec<Handler>,
    pub file: String,
    pub is_sure: bool,
    /// Registered by `use`: all paths below, too, and whatever answers is not of the project.
    pub is_mount: bool,
}
