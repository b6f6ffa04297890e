//! What `clerk-audit.toml` promises: errors that show the line, which files count, that what is typed wins,
//! that a schema knows what the reader knows, and that `init` changes no verdict.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where it stands"
)]

#[path = "config/errors.rs"]
mod errors;
#[path = "config/init.rs"]
mod init;
#[path = "config/layers.rs"]
mod layers;
#[path = "support/project.rs"]
mod project;
#[path = "config/schema.rs"]
mod schema;
mod support;

use project::{Done, Project, finish, program};

/// The program in a folder of the project, without the network.
fn audit_in(project: &Project, folder: &str, args: &[&str]) -> Done {
    let mut command = program();
    command.current_dir(project.path(folder)).args(args);
    finish(command.arg("--offline"), b"")
}

/// How a check ended in a report of one app.
fn word(report: &serde_json::Value, app: usize, id: &str) -> String {
    let checks = report["apps"][app]["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["id"] == id);
    check.map_or_else(String::new, |check| {
        check["outcome"].as_str().unwrap_or("?").to_owned()
    })
}
