//! `clerk-audit triage`, the real program, against a stand-in for everything that it asks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

#[path = "triage/incidents.rs"]
mod incidents;
#[path = "triage/inject.rs"]
mod inject;
#[path = "triage/inputs.rs"]
mod inputs;
#[path = "triage/output.rs"]
mod output;
#[path = "triage/signs.rs"]
mod signs;
#[path = "triage/surroundings.rs"]
mod surroundings;
#[path = "triage/watch.rs"]
mod watch;
