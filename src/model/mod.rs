//! Plain data that every layer shares. No I/O, and nothing of ours is imported here.

pub mod known;
pub mod place;
pub mod secret;

pub use known::Known;
pub use place::{Excerpt, Place};
pub use secret::Secret;
