//! The project directory is untrusted. Whatever stands in it, the program ends in time, with one of its
//! exit codes, without a panic, with valid JSON, and the checks that can answer do.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where it stands"
)]

#[path = "hostile/code.rs"]
mod code;
#[path = "hostile/env_files.rs"]
mod env_files;
#[path = "hostile/links.rs"]
mod links;
#[path = "hostile/manifests.rs"]
mod manifests;
#[path = "hostile/names.rs"]
mod names;
#[path = "support/project.rs"]
mod project;
#[path = "hostile/repositories.rs"]
mod repositories;
#[path = "hostile/routes.rs"]
mod routes;
mod support;
#[path = "hostile/trees.rs"]
mod trees;

use project::{Done, Project};
use serde_json::Value;

/// Audits in both formats, and asserts what holds for every input.
#[track_caller]
fn survives(project: &Project, args: &[&str]) -> (Done, Value) {
    let human = project.audit(args);
    let json = project.audit(&[args, &["--format", "json"]].concat());
    for done in [&human, &json] {
        assert!((0..=3).contains(&done.code), "exit {}", done.code);
        assert!(!done.err.contains("panicked"), "{}", done.err);
        for text in [&done.out, &done.err] {
            let odd = text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(odd, None, "{text:?}");
            assert!(!text.contains(['\u{202e}', '\u{200b}']), "{text:?}");
        }
        let outside = project.outside().to_str().unwrap();
        assert!(
            !done.out.contains(outside),
            "an absolute path in {}",
            done.out
        );
    }
    assert_eq!(human.code, json.code);
    let report = if json.code == 2 {
        Value::Null
    } else {
        json.json()
    };
    (human, report)
}

/// The outcome of a check in the first app.
fn outcome<'r>(report: &'r Value, id: &str) -> &'r str {
    let checks = report["apps"][0]["checks"].as_array();
    let check = checks.and_then(|checks| checks.iter().find(|check| check["id"] == id));
    check.map_or("absent", |check| check["outcome"].as_str().unwrap())
}

fn notes(report: &Value) -> String {
    report["notes"].to_string()
}
