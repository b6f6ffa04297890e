//! A fixture of a check, and what the check says of it.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use super::standin::{Scenario, Standin};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    git: bool,
    #[serde(default)]
    tracked: Vec<String>,
    /// Files that are committed; for the program to read a history it gets a `PATH` with git on it.
    #[serde(default)]
    committed: Vec<String>,
    /// Those of them that a second commit deletes.
    #[serde(default)]
    deleted: Vec<String>,
    api: Option<Api>,
    /// What the live side is answered: see `tests/support/standin/mod.rs`.
    live: Option<Scenario>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Api {
    Production,
    Development,
    UnknownKey,
    CurrentKey,
    Down,
}

/// Runs the program with this check alone over a copy of a fixture in which some files are written anew or
/// taken away (`None`), and answers with the outcome and what it said.
pub fn run(case: &Path, check: &str, instead: &[(String, Option<String>)]) -> (String, String) {
    run_live(case, check, instead, None)
}

/// The same with another `[live]` table in its `case.toml`: a text that begins with `[live]`.
pub fn run_live(
    case: &Path,
    check: &str,
    instead: &[(String, Option<String>)],
    live: Option<&str>,
) -> (String, String) {
    let spec = read(case, live);
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("project");
    fs::create_dir(&project).unwrap();
    super::copy_project(case, &project);
    for (path, text) in instead {
        let path = project.join(path);
        if let Some(text) = text {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        } else {
            fs::remove_file(&path)
                .unwrap_or_else(|e| panic!("{}: {}: {e}", case.display(), path.display()));
        }
    }
    if spec.git || !spec.tracked.is_empty() {
        super::git(&project, &["init", "-q"]);
        for path in &spec.tracked {
            super::git(&project, &["add", "-f", path]);
        }
    }
    if !spec.committed.is_empty() {
        commit(&project, &spec);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_clerk-audit"));
    command
        .arg(&project)
        .args(["--only", check, "--format", "json"])
        .env_clear();
    let standin = spec.live.as_ref().map(Standin::start);
    // What only a running stand-in can say.
    let expand = |text: &str| match &standin {
        Some(standin) => standin.expand(text),
        None => text.to_owned(),
    };
    command.args(spec.args.iter().map(|arg| expand(arg)));
    if !spec.committed.is_empty() {
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    }
    for (name, value) in &spec.env {
        command.env(name, expand(value));
    }
    match spec.api {
        None => match &standin {
            None => command.arg("--offline"),
            Some(standin) => command.args(standin.args()),
        },
        Some(Api::Production) => {
            command.env("CLERK_API_URL", super::backend_api(200, super::PRODUCTION))
        }
        Some(Api::Development) => {
            command.env("CLERK_API_URL", super::backend_api(200, super::DEVELOPMENT))
        }
        Some(Api::UnknownKey) => {
            command.env("CLERK_API_URL", super::backend_api(401, super::UNKNOWN_KEY))
        }
        Some(Api::CurrentKey) => command.env("CLERK_API_URL", super::backend_api_of("sk_live")),
        Some(Api::Down) => command.env("CLERK_API_URL", "http://127.0.0.1:9"),
    };
    let done = command.output().unwrap();
    if let Some(standin) = &standin {
        kept_its_promises(case, standin, &secrets(&spec, &project));
    }
    let text = String::from_utf8(done.stdout).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| {
        panic!(
            "{}: {e}: {}",
            case.display(),
            String::from_utf8_lossy(&done.stderr)
        )
    });
    said(&report, case, check)
}

/// The case's `case.toml` with `{{keys}}` filled in.
fn read(case: &Path, live: Option<&str>) -> Case {
    let text = fs::read_to_string(case.join("case.toml")).unwrap_or_default();
    let parse = |text: &str| -> toml::Table {
        toml::from_str(&super::expand(text)).unwrap_or_else(|e| panic!("{}: {e}", case.display()))
    };
    let mut table = parse(&text);
    if let Some(live) = live {
        table.remove("live");
        table.extend(parse(live));
    }
    table
        .try_into()
        .unwrap_or_else(|e| panic!("{}: {e}", case.display()))
}

/// Nothing was changed, nothing private asked for, and no secret went to a host that it is not for.
fn kept_its_promises(case: &Path, standin: &Standin, secrets: &[String]) {
    let violations = standin.violations();
    assert!(violations.is_empty(), "{}: {violations:#?}", case.display());
    let leaks = standin.leaks(secrets);
    assert!(leaks.is_empty(), "{}: {leaks:#?}", case.display());
}

/// Every secret in the environment of a run and in the files of its project.
fn secrets(spec: &Case, project: &Path) -> Vec<String> {
    let mut texts: Vec<String> = spec.env.values().cloned().collect();
    let mut folders = vec![project.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(path) {
                texts.push(text);
            }
        }
    }
    let mut found: Vec<String> = texts.iter().flat_map(|text| keys_in(text)).collect();
    found.sort();
    found.dedup();
    found
}

fn keys_in(text: &str) -> Vec<String> {
    let of_key = |c: char| c.is_ascii_alphanumeric() || "_+/=-".contains(c);
    let words = text.split(|c| !of_key(c));
    let starts = words.filter_map(|word| {
        let kinds = ["sk_live_", "sk_test_", "whsec_", "ak_"];
        let at = kinds.iter().filter_map(|kind| word.find(kind)).min()?;
        Some(word[at..].to_owned())
    });
    starts.filter(|key| key.len() >= 24).collect()
}

fn commit(project: &Path, spec: &Case) {
    super::git(project, &["init", "-q"]);
    for path in &spec.committed {
        super::git(project, &["add", "-f", path]);
    }
    super::git(project, &["commit", "-q", "-m", "one"]);
    for path in &spec.deleted {
        super::git(project, &["rm", "-q", path]);
        super::git(project, &["commit", "-q", "-m", "two"]);
    }
}

fn said(report: &serde_json::Value, case: &Path, check: &str) -> (String, String) {
    let checks = report["apps"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|app| app["checks"].as_array().unwrap())
        .filter(|result| result["id"] == check);
    // Of several apps the worst outcome is the case's.
    let rank = |outcome: &str| {
        ["fail", "error", "warn", "skip", "pass", "na"]
            .iter()
            .position(|o| *o == outcome)
    };
    let mut checks: Vec<&serde_json::Value> = checks.collect();
    checks.sort_by_key(|check| rank(check["outcome"].as_str().unwrap()));
    let first = checks
        .first()
        .unwrap_or_else(|| panic!("{}: no app found: {report:#}", case.display()));
    let outcome = first["outcome"].as_str().unwrap().to_owned();
    let mut said = String::new();
    let mut line = |severity: &str, message: &str, hint: &str, places: &serde_json::Value| {
        let place = places.as_array().and_then(|places| places.first());
        let place = place.map_or_else(
            || "-".to_owned(),
            |place| {
                let at = place["file"]
                    .as_str()
                    .or(place["variable"].as_str())
                    .or(place["url"].as_str())
                    .unwrap_or("-");
                match (place["line"].as_u64(), place["column"].as_u64()) {
                    (Some(line), Some(column)) => format!("{at}:{line}:{column}"),
                    _ => at.to_owned(),
                }
            },
        );
        let _ = writeln!(said, "{place} {severity} {}", timeless(message));
        if !hint.is_empty() {
            let _ = writeln!(said, "  fix: {hint}");
        }
    };
    for check in checks {
        let outcome = check["outcome"].as_str().unwrap();
        for finding in check["findings"].as_array().unwrap() {
            let text = |field: &str| finding[field].as_str().unwrap_or_default().to_owned();
            line(
                &text("severity"),
                &text("message"),
                &text("hint"),
                &finding["places"],
            );
        }
        if let Some(reason) = check["reason"].as_str() {
            line(
                outcome,
                reason,
                check["hint"].as_str().unwrap_or_default(),
                &check["places"],
            );
        } else if outcome == "pass" {
            line(
                outcome,
                check["title"].as_str().unwrap(),
                "",
                &serde_json::Value::Null,
            );
        }
    }
    (outcome, said)
}

/// `2.2 s` as `n.n s`: to the tenth of a second nothing takes as long in the next run.
fn timeless(message: &str) -> String {
    let words: Vec<&str> = message.split(' ').collect();
    let is_time = |at: usize, word: &str| {
        let number = word.contains('.') && word.parse::<f64>().is_ok();
        number && words.get(at + 1) == Some(&"s")
    };
    let shown = words
        .iter()
        .enumerate()
        .map(|(at, word)| match is_time(at, word) {
            true => "n.n",
            false => *word,
        });
    shown.collect::<Vec<_>>().join(" ")
}
