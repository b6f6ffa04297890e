//! What no runner is here to run is held to its rules: pinned, without text put into a shell, few permissions.

use serde_json::Value;

use crate::text;

const ALL: &[&str] = &[
    ".github/workflows/ci.yml",
    ".github/workflows/release.yml",
    ".github/actions/clerk-audit/action.yml",
];

/// Every step of a workflow or an action.
fn steps(file: &str) -> Vec<Value> {
    let all: Value = serde_saphyr::from_str(&text(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    let jobs = all["jobs"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, job)| job);
    let holders = jobs.chain([&all["runs"]]);
    let steps = holders.filter_map(|holder| holder["steps"].as_array());
    steps.flatten().cloned().collect()
}

#[test]
fn every_action_is_pinned_by_its_hash() {
    for file in ALL {
        assert!(!steps(file).is_empty(), "{file}");
        for step in steps(file) {
            let Some(uses) = step["uses"].as_str().filter(|uses| !uses.starts_with("./")) else {
                continue;
            };
            let (_, hash) = uses.split_once('@').unwrap();
            let pinned = hash.len() == 40 && hash.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(pinned, "{file}: {uses}");
            let line = format!("{uses} # v");
            assert!(
                text(file).contains(&line),
                "{file}: {uses} does not say its version"
            );
        }
    }
}

#[test]
fn no_expression_is_put_into_the_text_of_a_shell() {
    for file in ALL {
        for step in steps(file) {
            let run = step["run"].as_str().unwrap_or_default();
            assert!(!run.contains("${{"), "{file}: {run}");
        }
    }
}

#[test]
fn a_workflow_may_read_and_each_job_asks_for_what_it_writes() {
    for file in ALL.iter().filter(|file| file.contains("/workflows/")) {
        let workflow: Value = serde_saphyr::from_str(&text(file)).unwrap();
        let permissions = workflow["permissions"].as_object().unwrap();
        assert!(permissions.values().all(|level| level == "read"), "{file}");
    }
}

/// One list of targets for the release, the action and the npm packages.
#[test]
fn the_release_builds_what_the_action_downloads_and_npm_packs() {
    let release = text(".github/workflows/release.yml");
    let action = text(".github/actions/clerk-audit/run.sh");
    let npm = text(".github/npm/build.mjs");
    for target in [
        "x86_64-unknown-linux-musl",
        "aarch64-unknown-linux-musl",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
        "x86_64-pc-windows-msvc",
    ] {
        for (file, text) in [
            ("release.yml", &release),
            ("run.sh", &action),
            ("build.mjs", &npm),
        ] {
            assert!(text.contains(target), "{file} lacks {target}");
        }
    }
}
