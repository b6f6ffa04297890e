//! The README is true: its table of checks, its screen of output, its exit codes. `UPDATE=1 cargo test`
//! writes the generated parts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use clerk_audit::checks;
use clerk_audit::model::Group;
use support::checklist::{self, GROUPS, decider};

fn readme() -> String {
    fs::read_to_string(support::root().join("README.md")).unwrap()
}

/// Holds, or writes, what stands between `<!-- name -->` and `<!-- /name -->`.
fn hold(name: &str, wanted: &str) {
    let text = readme();
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&open).unwrap() + open.len();
    let end = text.find(&close).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        let text = format!("{}{wanted}{}", &text[..start], &text[end..]);
        fs::write(support::root().join("README.md"), text).unwrap();
    } else {
        assert_eq!(
            &text[start..end],
            wanted,
            "README.md is stale; UPDATE=1 cargo test --test readme"
        );
    }
}

// One test: all parts are written into one file.
#[test]
fn the_screen_and_the_table_are_what_the_program_says() {
    // In a repository of its own, so that the state of this one does not show.
    let clone = tempfile::tempdir().unwrap();
    let app = clone.path().join("fixtures/apps/acme-shop");
    fs::create_dir_all(&app).unwrap();
    support::copy_project(&support::root().join("fixtures/apps/acme-shop"), &app);
    support::git(clone.path(), &["init", "-q"]);
    support::git(clone.path(), &["add", "-A"]);
    let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .args(["fixtures/apps/acme-shop", "--offline"])
        .current_dir(clone.path())
        .env_clear()
        .output()
        .unwrap();
    let screen = String::from_utf8(done.stdout).unwrap();
    hold(
        "screen",
        &format!("\n```text\n$ clerk-audit fixtures/apps/acme-shop --offline\n{screen}```\n\n"),
    );

    let map = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .args(["routes", "fixtures/apps/next-acme-invoices"])
        .current_dir(support::root())
        .env_clear()
        .output()
        .unwrap();
    let map = String::from_utf8(map.stdout).unwrap();
    hold(
        "routes",
        &format!("\n```text\n$ clerk-audit routes fixtures/apps/next-acme-invoices\n{map}```\n\n"),
    );

    hold("checklist", &checklist_by_group());

    let mut table = String::from("\n| check | it fails when | worst |\n| --- | --- | --- |\n");
    for group in Group::ALL {
        let _ = writeln!(table, "| **{}** | | |", group.title());
        for check in checks::ALL
            .iter()
            .filter(|check| check.meta.group == *group)
        {
            let meta = &check.meta;
            let page = format!("src/checks/{}.md", meta.id.replace('-', "_"));
            let severity = serde_json::to_value(meta.severity).unwrap();
            let _ = writeln!(
                table,
                "| [`{}`]({page}) | {} | {} |",
                meta.id,
                meta.fail,
                severity.as_str().unwrap()
            );
        }
    }
    hold("checks", &format!("{table}\n"));
}

#[test]
fn every_option_it_shows_exists() {
    let help = |arguments: &[&str]| {
        let program = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
            .args(arguments)
            .output();
        String::from_utf8(program.unwrap().stdout).unwrap()
    };
    let help = [
        "",
        "routes",
        "attest",
        "triage",
        "rotate-check",
        "init",
        "completions",
    ]
    .map(|command| {
        let arguments: Vec<&str> = [command, "--help"]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect();
        help(&arguments)
    });
    let help = help.concat();
    let text = readme();
    let (before, rest) = text.split_once("<!-- screen -->").unwrap();
    let (_, after) = rest.split_once("<!-- /screen -->").unwrap();
    let text = format!("{before}{after}");
    // Of the programs that values are piped in from, and of those that install and run this one.
    const OTHERS: &[&str] = &[
        "--environment",
        "--no-file",
        "--locked",
        "--save-dev",
        "--yes",
        "--file",
        "--tag",
        "--rm",
        "--user",
        "--volume",
    ];
    for word in text.split(|c: char| !(c.is_ascii_lowercase() || c == '-')) {
        let cargo = ["--release", "--path"].contains(&word);
        if word.starts_with("--") && word.len() > 3 && !cargo && !OTHERS.contains(&word) {
            assert!(
                help.contains(word),
                "README.md shows {word}, which --help does not know"
            );
        }
    }
}

/// The checklist by group: how many statements who decides, and each of them.
fn checklist_by_group() -> String {
    let all = checklist::all();
    let mut text = String::from(
        "\n| group | statements | by a check | by triage | by a person |\n| --- | --- | --- | --- | --- |\n",
    );
    let mut lists = String::new();
    for group in GROUPS {
        let of_group = || {
            all.iter()
                .filter(|one| one.group == group && one.same.is_none())
        };
        let decided = |kinds: &[&str]| {
            let by = |one: &&checklist::Statement| {
                one.by.iter().any(|by| kinds.contains(&decider(by).0))
            };
            of_group().filter(by).count()
        };
        let _ = writeln!(
            text,
            "| {group} | {} | {} | {} | {} |",
            of_group().count(),
            decided(&["check", "exit"]),
            decided(&["triage", "rotate"]),
            decided(&["attest"]),
        );
        let _ = writeln!(lists, "\n<details>\n<summary>{group}</summary>\n");
        for one in of_group() {
            let by: Vec<String> = one.by.iter().map(|by| decided_by(by)).collect();
            let _ = writeln!(lists, "- {}: {}", one.says, by.join(", "));
        }
        lists.push_str("\n</details>\n");
    }
    text + &lists + "\n"
}

fn decided_by(by: &str) -> String {
    match decider(by) {
        ("check", id) => format!("[{id}](src/checks/{}.md)", id.replace('-', "_")),
        ("exit", _) => "the exit code".to_owned(),
        ("rotate", _) => "`clerk-audit rotate-check`".to_owned(),
        (kind, what) => format!("{kind} `{what}`"),
    }
}
