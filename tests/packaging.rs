//! What carries the program to where it is used: the action, the archives, the npm packages and the snippets
//! of the README, run here as they run there, without the network.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails; one that is skipped says so"
)]

#[path = "packaging/action.rs"]
mod action;
#[path = "packaging/archive.rs"]
mod archive;
#[path = "packaging/npm.rs"]
mod npm;
#[path = "support/project.rs"]
mod project;
#[path = "packaging/snippets.rs"]
mod snippets;
mod support;
#[path = "packaging/workflows.rs"]
mod workflows;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program that this test run built.
const BINARY: &str = env!("CARGO_BIN_EXE_clerk-audit");

/// A command with nothing of this machine in its environment but where programs are.
fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// Whether a program is installed; says so where it is not.
fn installed(program: &str) -> bool {
    let mut command = command(program);
    command.arg("--version").stdin(Stdio::null());
    let there = command.output().is_ok_and(|done| done.status.success());
    if !there {
        println!("skipped: {program} is not installed");
    }
    there
}

fn text(path: &str) -> String {
    fs::read_to_string(support::root().join(path)).unwrap()
}

/// Writes a shell script.
fn script(path: &Path, body: &str) -> PathBuf {
    support::program(path, body);
    path.to_owned()
}

/// A small program that is the real one: packing a debug build takes seconds.
fn stand_in(folder: &Path) -> PathBuf {
    script(&folder.join("stand-in"), &format!("exec '{BINARY}' \"$@\""))
}
