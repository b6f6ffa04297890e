//! The stand-in does what its scenarios say: without that, no test of the live side means anything.

#![allow(
    clippy::unwrap_used,
    reason = "the helpers are test code too, and clippy does not know"
)]

#[path = "standin/answers.rs"]
mod answers;
#[path = "standin/client.rs"]
mod client;
#[path = "standin/handshakes.rs"]
mod handshakes;
#[path = "standin/names.rs"]
mod names;
#[path = "standin/promises.rs"]
mod promises;
#[path = "standin/site.rs"]
mod site;
#[path = "standin/spoilt.rs"]
mod spoilt;
mod support;
