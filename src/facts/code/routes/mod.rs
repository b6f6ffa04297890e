//! From files to routes: which code answers which request.
//!
//! One module per framework lists what it finds; the visitor then walks each.

pub mod astro;
pub mod files;
pub mod next;
pub mod nuxt;
pub mod react_router;
pub mod registered;
pub mod sveltekit;
pub mod tanstack;

pub mod pattern;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use super::tree::{Expr, Function, Offset};
use crate::model::routes::RouteKind;

/// A route of an app, before anybody asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its path as the framework writes it, groups removed: `/posts/[id]`.
    pub pattern: String,
    /// What it is.
    pub kind: RouteKind,
    /// Its file.
    pub file: String,
    /// Sample URL paths as the browser would ask for them, base path included; the plainest first.
    pub urls: Vec<String>,
    /// What answers, by method.
    pub targets: Vec<Target>,
    /// Layouts around it, outermost first. They are shown, and guard nothing.
    pub layouts: Vec<String>,
}

/// What answers one method of a route.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The HTTP method.
    pub method: String,
    /// What runs.
    pub resource: Resource,
}

/// The code that runs for a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Resource {
    /// An export that the framework calls.
    Export {
        /// The module.
        file: String,
        /// The export.
        name: String,
    },
    /// A function with `'use server'` inside another one.
    Inline {
        /// The module.
        file: String,
        /// Where the function begins.
        at: Offset,
    },
    /// What a server runs for a request, one after the other: middleware and hooks that were registered
    /// before, then the handlers of the route.
    Chain {
        /// Whose rules hold.
        style: Style,
        /// What runs, in order.
        links: Vec<Link>,
    },
    /// What stands in an export, or in a name of the top level that is not exported: `actions.default`.
    Member {
        /// The module.
        file: String,
        /// The name.
        name: String,
        /// The properties, outermost first; none is the value itself.
        path: Vec<String>,
    },
    /// Functions that run one after the other, each with what those before it returned as its `context`.
    Series(Vec<Resource>),
    /// The top level of a module, run for each request: the front matter of an `.astro` page.
    Body {
        /// The module.
        file: String,
    },
    /// Nothing of the app's own: a static page, a client component.
    Static {
        /// Why, in a few words.
        why: String,
    },
}

/// How a server hands a request from one handler to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `(req, res, next)`: whoever answers or calls `next()`.
    Express,
    /// `(c, next)`: whoever returns a response or awaits `next()`.
    Hono,
    /// `(request, reply)`: hooks in a row, until one has answered.
    Fastify,
}

/// One handler of a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The handler, or a list of them.
    pub code: Scoped,
    /// Whether it belongs to the route itself, not to what runs before it.
    pub is_own: bool,
    /// Whether it certainly runs for the route.
    pub is_sure: bool,
    /// Parts of the path that it does not see: Express takes off where it is mounted.
    pub mounted: usize,
}

/// An expression and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Scoped {
    /// The module.
    pub file: String,
    /// The expression.
    pub expr: Expr,
    /// The function around it, if it is not at the top level.
    pub around: Option<Arc<Around>>,
}

/// A function that was called while the server was put together.
#[derive(Debug, Clone, PartialEq)]
pub struct Around {
    /// The module.
    pub file: String,
    /// The function.
    pub function: Arc<Function>,
    /// What it was given.
    pub given: Vec<Given>,
    /// The function around it.
    pub outer: Option<Arc<Around>>,
}

/// What a function was given while the server was put together.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// The server or a router.
    Server,
    /// The value of an expression.
    Value(Box<Scoped>),
    /// Something else.
    Unknown,
}
