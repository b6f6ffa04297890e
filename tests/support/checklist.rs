//! The production checklist: every statement, and what decides it.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::fs;

use serde::Deserialize;

/// The groups of the checklist, in the order of the README.
pub const GROUPS: [&str; 7] = [
    "environment",
    "security",
    "monitoring",
    "error handling",
    "performance",
    "deployment",
    "incident preparation",
];

/// One statement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Its number.
    pub n: u32,
    /// One of [`GROUPS`].
    pub group: String,
    /// What must hold.
    pub says: String,
    /// What decides it.
    #[serde(default)]
    pub by: Vec<String>,
    /// The statement that says the same.
    pub same: Option<u32>,
}

/// Who decides a statement.
pub fn decider(by: &str) -> (&str, &str) {
    by.split_once(':').unwrap_or(("check", by))
}

#[derive(Deserialize)]
struct Document {
    statement: Vec<Statement>,
}

/// All of them, by number.
pub fn all() -> Vec<Statement> {
    let text = fs::read_to_string(super::root().join("fixtures/checklist.toml")).unwrap();
    toml::from_str::<Document>(&text).unwrap().statement
}
