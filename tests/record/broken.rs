//! A recording may come from anywhere.

use clerk_audit::report;
use serde_json::{Value, json};

use super::*;

fn small() -> Recorded {
    let project = Project::next().with(
        "app/admin/page.tsx",
        "export default async function Page() {\n  return <p>{await db.user.findMany()}</p>;\n}\n",
    );
    recorded(project, &["--offline"]).0
}

#[test]
fn what_cannot_be_told_is_an_error_with_the_place() {
    let good = small();
    let said = |recording: &Recorded, says: &str| {
        let told = recording.told(&["--output", "json=report.json"]);
        assert_eq!(told.code, 2, "{says}: {}", told.out);
        assert!(told.err.contains(says), "{says}: {}", told.err);
        assert!(
            told.err.contains("facts.json") && told.out.is_empty(),
            "{}",
            told.err
        );
        assert!(
            !recording.path("report.json").exists(),
            "nothing is written"
        );
    };
    said(&Recorded::of(""), "line 1 column 0");
    said(&Recorded::of("[]"), "line 1 column 2");
    said(&Recorded::of(&good.text[..good.text.len() / 2]), "line ");
    said(
        &Recorded::of(&format!("{}x", good.text)),
        "trailing characters at line ",
    );
    said(&Recorded::of(&"[".repeat(100_000)), "line 1");
    said(
        &good.with("/schema", json!("clerk-audit/recording/v2")),
        "another version",
    );
    said(
        &good.with("/schema", json!("clerk-audit/report/v1")),
        "it is a report",
    );
    said(
        &good.with("/apps/0/checks/0/id", json!("env/nothing-like-it")),
        "this version has no check \"env/nothing-like-it\" at line 1 column ",
    );
    said(
        &good.with("/apps/0/left_out", json!(["x/y"])),
        "no check \"x/y\"",
    );
    said(
        &good.with("/apps/0/framework", json!("cobol")),
        "no framework \"cobol\"",
    );
    said(
        &good.with(
            "/apps/0/checks/1",
            good.json()["apps"][0]["checks"][0].clone(),
        ),
        "stands twice",
    );
    said(&good.with("/vouchers", json!({"x": {"by": "a", "date": "2026-01-01", "until": null, "note": "", "applies": true}})), "no statement \"x\"");
    said(
        &good.with("/day", json!("2026-02-30")),
        "there is no such day",
    );
    said(
        &good.with("/target", json!("staging")),
        "there is no target",
    );
    said(&good.with("/apps/0/path", json!(7)), "line 1 column ");
    let mut more = good.json();
    more["more"] = json!(1);
    said(&Recorded::of(&more.to_string()), "unknown field `more`");
}

#[test]
fn a_recording_that_is_not_there_is_an_error() {
    let home = tempfile::tempdir().unwrap();
    let mut command = program();
    command.current_dir(home.path());
    finish(command.args(["--replay", "none.json"]), b"")
        .exits(2)
        .complains("cannot read none.json: not found");
    let mut command = program();
    command.current_dir(home.path());
    finish(command.args(["--replay", "."]), b"")
        .exits(2)
        .complains("cannot read .: it is a directory");
}

#[test]
fn a_recording_is_written_whole_or_not_at_all() {
    let project = Project::next();
    let done = finish(
        project
            .command(&["--offline", "--record"])
            .arg(project.path("no/such/folder.json")),
        b"",
    );
    done.exits(2).complains("cannot write");
}

/// Every value of a document, one after another, by another of its kind.
fn spoilt(document: &Value) -> Vec<Value> {
    fn pointers(value: &Value, at: String, into: &mut Vec<String>) {
        match value {
            Value::Array(all) => {
                for (n, value) in all.iter().enumerate() {
                    pointers(value, format!("{at}/{n}"), into);
                }
            }
            Value::Object(all) => {
                for (name, value) in all {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    pointers(value, format!("{at}/{name}"), into);
                }
            }
            _ => into.push(at),
        }
    }
    let mut all = Vec::new();
    pointers(document, String::new(), &mut all);
    let step = (all.len() / 400).max(1);
    let chosen = all.iter().step_by(step);
    chosen
        .flat_map(|pointer| {
            let others = match document.pointer(pointer) {
                Some(Value::Number(_)) => vec![json!(0), json!(u32::MAX)],
                Some(Value::String(_)) => {
                    vec![json!(""), json!("\u{1b}[31m…é\u{202e}\n\0".repeat(3))]
                }
                _ => vec![json!(null), json!("x")],
            };
            others.into_iter().map(move |other| {
                let mut spoilt = document.clone();
                *spoilt.pointer_mut(pointer).unwrap() = other;
                spoilt
            })
        })
        .collect()
}

#[test]
fn no_value_in_a_recording_breaks_the_program() {
    let good = small();
    // Read here, so that hundreds of them take no process each.
    for spoilt in spoilt(&good.json()) {
        let text = spoilt.to_string();
        let _ = clerk_audit::recording::read("x", text.as_bytes());
    }
    for (pointer, value) in [
        ("/directory", json!("\u{1b}[31mx")),
        ("/notes", json!(["\u{1b}]0;x\u{7}", "…"])),
        ("/apps/0/path", json!("../../etc")),
        (
            "/apps/0/checks/0/outcome",
            json!({"judged": [{"severity": "error", "message": "\u{1b}[2J", "marks": [{"place": {"span": {"file": "\u{1b}", "line": 0, "column": 0, "excerpt": {"text": "é", "start": 2, "end": 2}}}, "label": "", "role": "primary"}], "hint": "", "verify": null, "fingerprint": ""}]}),
        ),
    ] {
        let told = good.with(pointer, value);
        for format in report::ALL {
            let told = told.told(&["--format", format.name]);
            assert!(
                (0..=3).contains(&told.code) && !told.out.contains('\u{1b}'),
                "{pointer} {}: {}",
                format.name,
                told.err
            );
        }
    }
}
