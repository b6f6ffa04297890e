//! What the README offers to copy: taken out of it and run.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::project::{Project, finish};
use crate::{BINARY, command, installed, script, text};

/// The fenced block of the README that begins with this line.
fn snippet(first: &str) -> String {
    let readme = text("README.md");
    let start = readme.find(&format!("\n{first}\n"));
    let start = start.unwrap_or_else(|| panic!("README.md has no block {first}")) + 1;
    let length = readme[start..].find("```").unwrap();
    readme[start..start + length].to_owned()
}

/// A command that finds `clerk-audit` on its PATH.
fn with_program(program: &str, project: &Project) -> Command {
    let bin = project.outside().join("bin");
    fs::create_dir_all(&bin).unwrap();
    let there = bin.join("clerk-audit");
    if !there.exists() {
        std::os::unix::fs::symlink(BINARY, there).unwrap();
    }
    let mut command = command(program);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(bin).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(paths).unwrap());
    command.current_dir(project.dir());
    command
}

/// A project that passes without the network, and deploys by leaving a file.
fn deployable() -> Project {
    let project = Project::next_live();
    script(&project.path("deploy.sh"), "touch deployed");
    project.write(
        "Makefile",
        snippet("# Makefile").replace("--fail-on error", "--fail-on error --offline"),
    );
    project
}

#[test]
fn make_deploys_what_is_ready_and_nothing_else() {
    if !installed("make") {
        return;
    }
    let ready = deployable();
    finish(with_program("make", &ready).arg("deploy"), b"")
        .exits(0)
        .says("READY");
    assert!(ready.path("deployed").exists());

    let not_ready = deployable();
    fs::remove_file(not_ready.path(".env.production")).unwrap();
    // 2 is what make says of any failure.
    let done = finish(with_program("make", &not_ready).arg("deploy"), b"");
    done.exits(2).says("NOT READY").complains("Error 1");
    assert!(!not_ready.path("deployed").exists());
}

#[test]
fn husky_stops_a_commit_that_holds_a_key_and_says_where() {
    let hook = snippet("# .husky/pre-commit");
    // husky runs the file with `sh -e`.
    let commit = |project: &Project| {
        project.write(".husky/pre-commit", &hook);
        finish(
            with_program("sh", project).args(["-e", ".husky/pre-commit"]),
            b"",
        )
    };
    let project = Project::next();
    commit(&project).exits(0).says("READY");
    let client = "import { createClerkClient } from '@clerk/backend'
export const clerk = createClerkClient({ secretKey: '{{sk_live:users}}' })
";
    let project = project.with("lib/users.ts", client);
    commit(&project)
        .exits(1)
        .says("lib/users.ts:2")
        .says("NOT READY");
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn lefthook_runs_what_husky_runs() {
    let lefthook = yaml(&snippet("# lefthook.yml"));
    let run = lefthook["pre-commit"]["commands"]["clerk-audit"]["run"].as_str();
    assert_eq!(run, snippet("# .husky/pre-commit").lines().nth(1));
}

#[test]
fn pre_commit_has_the_hooks_that_the_readme_names_and_they_run() {
    let config = yaml(&snippet("# .pre-commit-config.yaml"));
    let id = config["repos"][0]["hooks"][0]["id"].as_str().unwrap();
    let hooks = yaml(&text(".pre-commit-hooks.yaml"));
    let hooks = hooks.as_array().unwrap();
    let ids: BTreeSet<&str> = hooks
        .iter()
        .filter_map(|hook| hook["id"].as_str())
        .collect();
    assert_eq!(ids, BTreeSet::from(["clerk-audit", "clerk-audit-system"]));
    assert!(ids.contains(id));
    let project = Project::next();
    for hook in hooks {
        let args = hook["args"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str);
        let mut run = with_program(hook["entry"].as_str().unwrap(), &project);
        finish(run.args(args), b"").exits(0);
    }
}

#[test]
fn snippets_are_of_this_version_and_of_inputs_that_exist() {
    let readme = text("README.md");
    let version = env!("CARGO_PKG_VERSION");
    for before in ["npx --yes clerk-audit@", "/actions/clerk-audit@v", "rev: v"] {
        for (at, _) in readme.match_indices(before) {
            let rest = &readme[at + before.len()..];
            assert!(
                rest.starts_with(version),
                "README.md: {before} is not {version}"
            );
        }
    }
    let action = yaml(&text(".github/actions/clerk-audit/action.yml"));
    let step = snippet("- uses: OWNER/clerk-audit/.github/actions/clerk-audit@v0.1.0");
    for name in yaml(&step)[0]["with"].as_object().unwrap().keys() {
        assert!(
            action["inputs"].get(name).is_some(),
            "the action has no input {name}"
        );
    }
    // They run the program by npm, which is not to be had without the network: its options at least are ours.
    for first in ["# .gitlab-ci.yml", "# .circleci/config.yml"] {
        let text = snippet(first);
        yaml(&text);
        let (_, line) = text.split_once("npx --yes clerk-audit@0.1.0 ").unwrap();
        let project = Project::next_live();
        let args = line.lines().next().unwrap().split(' ');
        let mut run = with_program("clerk-audit", &project);
        finish(run.args(args).arg("--offline"), b"").exits(0);
        assert!(Path::new(&project.path("clerk-audit.xml")).is_file());
    }
}
