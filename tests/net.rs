//! What the one live request promises, held against real servers on this machine.

#![allow(
    clippy::unwrap_used,
    reason = "the helpers are test code too, and clippy does not know"
)]

#[path = "net/answers.rs"]
mod answers;
#[path = "net/bounds.rs"]
mod bounds;
#[path = "net/certs.rs"]
mod certs;
#[path = "net/connection.rs"]
mod connection;
#[path = "support/patience.rs"]
mod patience;
#[path = "net/proxies.rs"]
mod proxies;
#[path = "net/retries.rs"]
mod retries;
#[path = "net/server.rs"]
mod server;
#[path = "net/trust.rs"]
mod trust;
