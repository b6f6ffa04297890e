//! Understanding JavaScript and TypeScript: is the place where Clerk meets each request there, in the
//! right folder, exported under the right name, and does it really run Clerk?
//!
//! The only place that names oxc. [`module`] turns one file into our own data ([`value`]), [`resolve`]
//! finds the file behind an import, [`reach`] follows a value to a Clerk function through both, and
//! [`entry`] asks these for each kind of framework. [`scan`] is the cheap look at every source file.

pub mod clerk;
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
mod nesting;
mod plant;
mod script;
#[cfg(test)]
mod testing;

use std::sync::Arc;

pub use module::{Module, Spot, SyntaxProblem};
pub use project::Project;

/// The files of the audited directory, already gathered. Paths are relative to it and use `/`.
pub trait Sources: Sync {
    /// The text of a file, where it is there and is text.
    fn text(&self, path: &str) -> Option<Arc<str>>;
    /// Whether there is a file of this name. Asked far more often than for a text.
    fn is_file(&self, path: &str) -> bool {
        self.text(path).is_some()
    }
    /// Whether there is a file or a folder of this name.
    fn exists(&self, path: &str) -> bool;
}
