//! The npm packages: built, installed from their tarballs, and run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::project::{Done, Project, finish};
use crate::{command, installed, script, stand_in, support};

/// This machine, as npm and as a release name it.
fn machine() -> (&'static str, &'static str) {
    match (cfg!(target_os = "macos"), cfg!(target_arch = "aarch64")) {
        (true, true) => ("darwin-arm64", "aarch64-apple-darwin"),
        (true, false) => ("darwin-x64", "x86_64-apple-darwin"),
        (false, true) => ("linux-arm64", "aarch64-unknown-linux-musl"),
        (false, false) => ("linux-x64", "x86_64-unknown-linux-musl"),
    }
}

/// A command of npm's, with its settings and its cache in a folder of the test.
fn npm(program: &str, home: &Path) -> Command {
    let mut npm = command(program);
    npm.env("HOME", home).env("NO_UPDATE_NOTIFIER", "1");
    npm
}

fn build(args: &[&str], home: &Path) -> Done {
    let mut build = npm("node", home);
    build.arg(support::root().join(".github/npm/build.mjs"));
    finish(build.args(args), b"")
}

fn build_main(home: &Path) -> PathBuf {
    let done = build(&["main", "--out", home.to_str().unwrap()], home).exits(0);
    done.out.trim().into()
}

fn build_platform(binary: &Path, target: &str, home: &Path) -> PathBuf {
    let (binary, out) = (binary.to_str().unwrap(), home.to_str().unwrap());
    let args = [
        "platform", "--binary", binary, "--target", target, "--out", out,
    ];
    build(&args, home).exits(0).out.trim().into()
}

fn manifest(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("package.json")).unwrap()).unwrap()
}

#[test]
fn both_tarballs_install_without_scripts_or_network_and_run() {
    if !installed("node") || !installed("npm") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let program = stand_in(home.path());
    let (_, target) = machine();
    let tarballs = [
        build_main(home.path()),
        build_platform(&program, target, home.path()),
    ];

    let project = Project::next();
    let mut install = npm("npm", home.path());
    install.args(["install", "--offline", "--no-audit", "--ignore-scripts"]);
    let install = install.args(tarballs).current_dir(project.outside());
    finish(install, b"").exits(0);

    let npx = |args: &[&str]| {
        let mut npx = npm("npx", home.path());
        npx.args(["--no-install", "clerk-audit"]).args(args);
        finish(npx.current_dir(project.outside()), b"")
    };
    npx(&["--version"]).exits(0).says(env!("CARGO_PKG_VERSION"));
    let failing = npx(&["project", "--offline"]).exits(1);
    assert!(
        failing.last_line().starts_with("NOT READY"),
        "{}",
        failing.out
    );
}

#[test]
fn the_launcher_names_the_package_of_every_platform_and_none_has_a_script() {
    if !installed("node") || !installed("npm") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    build_main(home.path());
    let main = manifest(&home.path().join("clerk-audit"));
    let launcher = fs::read_to_string(home.path().join("clerk-audit/bin/clerk-audit.js")).unwrap();
    let program = script(&home.path().join("program"), "exit 0");
    let optional = main["optionalDependencies"].as_object().unwrap();
    assert_eq!(optional.len(), 5);
    for (name, target) in [
        ("darwin-arm64", "aarch64-apple-darwin"),
        ("darwin-x64", "x86_64-apple-darwin"),
        ("linux-arm64", "aarch64-unknown-linux-musl"),
        ("linux-x64", "x86_64-unknown-linux-musl"),
        ("win32-x64", "x86_64-pc-windows-msvc"),
    ] {
        build_platform(&program, target, home.path());
        let folder = home.path().join(format!("clerk-audit-{name}"));
        let platform = manifest(&folder);
        let full = format!("@clerk-audit/{name}");
        assert_eq!(platform["name"], full);
        assert_eq!(platform["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(optional[&full], env!("CARGO_PKG_VERSION"));
        let (os, cpu) = name.split_once('-').unwrap();
        assert_eq!(platform["os"], serde_json::json!([os]));
        assert_eq!(platform["cpu"], serde_json::json!([cpu]));
        assert!(platform.get("libc").is_none() && platform.get("scripts").is_none());
        assert!(
            launcher.contains(&format!("\"{name}\": \"{full}\"")),
            "{full}"
        );
        let file = if os == "win32" {
            "clerk-audit.exe"
        } else {
            "clerk-audit"
        };
        assert!(folder.join(file).is_file());
    }
    assert!(main.get("scripts").is_none() && main.get("dependencies").is_none());
}

#[test]
fn a_target_that_no_package_is_for_makes_none() {
    if !installed("node") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let args = [
        "platform",
        "--binary",
        "x",
        "--target",
        "riscv",
        "--out",
        out.to_str().unwrap(),
    ];
    build(&args, home.path())
        .exits(2)
        .complains("--target is one of");
    build(&["main"], home.path())
        .exits(2)
        .complains("--out is missing");
    build(&[], home.path())
        .exits(2)
        .complains("main or platform");
}

/// The launcher beside a platform package whose program is a script, as node_modules holds them.
fn launcher(home: &Path, program: Option<&str>) -> Command {
    let modules = home.join("node_modules");
    let to = modules.join("clerk-audit/bin/clerk-audit.js");
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(support::root().join(".github/npm/bin/clerk-audit.js"), &to).unwrap();
    if let Some(body) = program {
        let folder = modules.join(format!("@clerk-audit/{}", machine().0));
        script(&folder.join("clerk-audit"), body);
        fs::write(folder.join("package.json"), "{}").unwrap();
    }
    let mut launcher = command("node");
    launcher.arg(to);
    launcher
}

#[test]
fn a_missing_platform_package_is_an_error_that_says_what_to_do() {
    if !installed("node") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let done = finish(&mut launcher(home.path(), None), b"").exits(2);
    assert_eq!(done.out, "");
    done.complains(&format!("@clerk-audit/{} is not installed", machine().0))
        .complains("without --omit=optional");
}

#[test]
fn arguments_input_output_and_the_exit_code_pass_through() {
    if !installed("node") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let body = "cat; for arg in \"$@\"; do echo \"[$arg]\"; done; echo oops >&2; exit 3";
    let mut launcher = launcher(home.path(), Some(body));
    let done = finish(launcher.args(["a b", "--", "$HOME"]), b"typed\n").exits(3);
    assert_eq!(done.out, "typed\n[a b]\n[--]\n[$HOME]\n");
    assert_eq!(done.err, "oops\n");
}

#[test]
fn node_takes_no_option_for_its_own_behind_two_dashes() {
    if !installed("node") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let body = "for arg in \"$@\"; do echo \"[$arg]\"; done";
    for file in ["-", "not/there.env"] {
        let mut launcher = launcher(home.path(), Some(body));
        let done = finish(launcher.args(["--", "--env-file", file, "--", "a"]), b"").exits(0);
        assert_eq!(done.out, format!("[--env-file]\n[{file}]\n[--]\n[a]\n"));
    }
}

#[test]
fn a_signal_reaches_the_program_and_its_end_is_the_launchers() {
    if !installed("node") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    // `$PPID` is the launcher: it is ended as a runner would end it, once the program is up.
    let graceful = "trap 'exit 7' TERM; kill -TERM $PPID; while :; do sleep 0.05; done";
    finish(&mut launcher(home.path(), Some(graceful)), b"").exits(7);
    let mut ended = launcher(home.path(), Some("kill -TERM $$"));
    let status = ended.status().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(15)
    );
}
