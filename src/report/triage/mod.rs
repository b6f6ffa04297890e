//! What `triage` and `rotate-check` say, as bytes: for people, for programs, and as a report on the incident.

mod human;
mod json;
mod markdown;
mod rotation;

pub use human::{heartbeat, human, turn};
pub use json::{SCHEMA, VERSION, json};
pub use markdown::{Whose, markdown, whose};
pub use rotation::{ROTATION_SCHEMA, ROTATION_VERSION, rotation, rotation_json};
