//! From files to routes: which code answers which request.
//!
//! One module per framework lists what it finds; the visitor then walks each.

pub mod astro;
pub mod files;
pub mod next;
pub mod nuxt;
pub mod react_router;
pub mod sveltekit;
pub mod tanstack;

pub(super) mod pattern;
#[cfg(test)]
mod testing;

use super::tree::{Expr, Offset};
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
    /// Handlers passed to a registration (`app.get("/x", guard, handler)`), in order; each is evaluated
    /// in the top level of the module.
    Chain {
        /// The module.
        file: String,
        /// The handlers.
        handlers: Vec<Expr>,
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
