//! The visitor: a request that carries no session and knows no secret, walked through the code.
//!
//! A small abstract interpreter over [`super::tree`]. It runs the middleware for one concrete path, or the
//! page, handler or function behind it, along every way that the visitor could come, and says what
//! happens to them and which line decided it. Two rules make it sharp: what the visitor sends is the
//! visitor's own choice, and a secret of the server is a value that they cannot equal. What cannot be
//! followed is a doubt, and a verdict that rests on one is [`Verdict::Undecided`](crate::model::routes::Verdict).
//!
//! [`run`] is the machine, [`value`] what it computes with, [`path`] what is true on one way, [`library`]
//! and [`builtin`] what is known of code that is not the project's own, [`verdict`] how the ends of all
//! ways become one answer.

mod builtin;
mod chain;
mod doubt;
mod frameworks;
mod library;
mod path;
mod resource;
mod run;
mod scope;
mod value;
mod verdict;
mod work;
mod world;

#[cfg(test)]
mod tests;

pub use chain::{gate, whole};
pub use frameworks::{Caller, Serving, behind, hooks};
pub use resource::{middleware, resource};
pub use verdict::Answer;
pub use world::{Setting, World};
