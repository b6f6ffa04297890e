//! Understanding JavaScript and TypeScript: is the place where Clerk meets each request there, does it run
//! Clerk, and what does a visitor without a session reach behind it?
//!
//! The only place that names oxc. [`module`] turns one file into our own data: who calls whom ([`value`]),
//! and all of its code ([`tree`]). [`resolve`] finds the file behind an import. On these stand
//!
//! - [`entry`]: the middleware of each kind of framework; [`reach`] follows a value to a Clerk function;
//! - the route map: [`routes`] says which code answers which request, [`matcher`] which requests a pattern
//!   means, [`visitor`] what becomes of the visitor there, and [`map`] asks all three for each route;
//! - [`shapes`]: calls that are wrong by their shape, wherever they stand;
//! - [`scan`]: the cheap look at every source file.

pub mod clerk;
pub mod client;
pub mod entry;
pub mod map;
pub mod matcher;
pub mod module;
pub mod next_config;
pub mod project;
pub mod reach;
pub mod resolve;
pub mod routes;
pub mod scan;
pub mod shapes;
pub mod tree;
pub mod value;
pub mod visitor;

mod lower;
pub(super) mod mend;
mod nesting;
mod plant;
mod script;
#[cfg(test)]
pub(crate) mod testing;

use std::sync::Arc;

pub use module::{Module, Spot, SyntaxProblem};
pub use project::Project;
pub use resolve::import_aliases;

/// The files of the audited directory, already gathered. Paths are relative to it and use `/`.
pub trait Sources: Sync {
    /// The text of a file, where it is there and is text.
    fn text(&self, path: &str) -> Option<Arc<str>>;
    /// Whether there is a file of this name. Asked far more often than for a text.
    fn is_file(&self, path: &str) -> bool {
        self.text(path).is_some()
    }
    /// Whether a file may hold server functions; where nobody has looked yet, it may.
    fn may_say_server(&self, _path: &str) -> bool {
        true
    }
    /// Whether there is a file or a folder of this name.
    fn exists(&self, path: &str) -> bool;
    /// The audited directory as seen from the root of the workspace that its code may import from.
    fn place(&self) -> &str {
        ""
    }
}
