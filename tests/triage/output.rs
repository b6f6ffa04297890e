//! What it says, to people, to programs, and in the report.

use std::fs;
use std::time::Duration;

use clerk_audit::report::triage::{SCHEMA, VERSION};

use super::inject::{Incident, LOOK, judge, judge_in, keys, run, scenario, silence, usual};
use crate::support::key;
use crate::support::patience::within;
use crate::support::standin::scenario::{Fault, On, Scenario};

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// Without what is another in every run: times, latencies, the checksum. And by how much a clock that is two
/// minutes ahead is ahead: answers have whole seconds, and the next may begin between two of them.
pub fn timeless(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let line = match line.split_once("report v1 ") {
            Some((before, _)) => format!("{before}report v1 <sum> -->"),
            None => line.to_owned(),
        };
        let line = (118..=122).fold(line, |line, seconds| {
            line.replace(&format!(" {seconds} s ahead"), " 120 s ahead")
        });
        latency(&digits(&line))
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// `23:41:07` and `2026-11-21`, as letters.
fn digits(line: &str) -> String {
    let shapes = [
        ("dd:dd:dd", "hh:mm:ss"),
        ("dddd-dd-dd", "yyyy-mm-dd"),
        ("in d.d s", "in x.x s"),
    ];
    let mut out = String::new();
    let mut rest = line;
    'next: while let Some(c) = rest.chars().next() {
        for (shape, name) in shapes {
            let head: String = rest.chars().take(shape.len()).collect();
            let plain: String = head
                .chars()
                .zip(shape.chars())
                .map(|(c, of)| {
                    if c.is_ascii_digit() && of == 'd' {
                        'd'
                    } else {
                        c
                    }
                })
                .collect();
            if plain == shape {
                out.push_str(name);
                rest = &rest[head.len()..];
                continue 'next;
            }
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// `  12 ms`, in its column.
fn latency(line: &str) -> String {
    let Some(at) = line.find(" ms") else {
        return line.to_owned();
    };
    let head = line[..at].trim_end_matches(|c: char| c.is_ascii_digit());
    let number = at - head.len();
    if number == 0 {
        return line.to_owned();
    }
    let head = head.trim_end_matches(' ');
    format!("{head}  n ms{}", &line[at + 3..])
}

#[test]
fn json_keeps_its_schema() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let all = [
        judge(&[]),
        judge(&[Incident::Outage, Incident::Names]),
        judge_in(
            &Scenario::healthy(),
            &["--since".to_owned(), "2h".to_owned()],
        ),
        judge_in(&silence(), &[]),
    ];
    for ran in all {
        let document = ran.json();
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert_eq!(document["schema"], VERSION);
        assert_eq!(document["exit_code"], ran.code);
    }
    for wrong in ["{}", r#"{"schema":"clerk-audit/triage/v1"}"#, "[]"] {
        assert!(
            !validator.is_valid(&serde_json::from_str(wrong).unwrap()),
            "{wrong}"
        );
    }
}

#[test]
fn people_read_what_it_is_and_what_to_do_before_the_evidence() {
    let (scenario, more) = scenario(&[Incident::Outage, Incident::Webhooks]);
    let mut args = usual();
    args.extend(more);
    let ran = run(&scenario, &args, &keys());
    snapshot("human_outage", &timeless(&ran.stdout));
    let ran = run(&Scenario::healthy(), &usual(), &keys());
    snapshot("human_healthy", &timeless(&ran.stdout));
}

#[test]
fn the_report_is_filled_with_the_evidence_and_holds_no_secret() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("incident.md");
    let (scenario, _) = scenario(&[Incident::Keys, Incident::Sessions]);
    let mut args = usual();
    args.extend(["--report".to_owned(), path.display().to_string()]);
    let ran = run(&scenario, &args, &keys());
    assert_eq!(ran.code, 1);
    let report = fs::read_to_string(&path).unwrap();
    snapshot("report_keys", &timeless(&report));
    for part in [
        "Date",
        "Duration",
        "Severity",
        "Category",
        "## Timeline",
        "## Root cause",
        "## Impact",
        "## Action items",
    ] {
        assert!(report.contains(part), "{part}");
    }
    let secret = key("sk_live").unwrap();
    assert!(!report.contains(&secret[8..20]) && !ran.stdout.contains(&secret[8..20]));
}

#[test]
fn a_file_that_is_no_report_or_was_edited_is_not_overwritten() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("incident.md");
    let write = |force: bool| {
        let mut args = vec!["--report".to_owned(), path.display().to_string()];
        args.extend(force.then(|| "--force".to_owned()));
        run(&Scenario::healthy(), &args, &keys())
    };
    fs::write(&path, "# My notes\n").unwrap();
    let ran = write(false);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("is no incident report"),
        "{}",
        ran.stderr
    );
    assert!(ran.stdout.is_empty(), "it is told before anything is asked");
    assert_eq!(fs::read_to_string(&path).unwrap(), "# My notes\n");
    assert_eq!(write(true).code, 0);
    assert_eq!(write(false).code, 0, "its own report is written anew");
    let edited = fs::read_to_string(&path).unwrap() + "- it was the cat\n";
    fs::write(&path, &edited).unwrap();
    let ran = write(false);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("was edited since"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), edited);
    assert_eq!(
        fs::read_dir(home.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn hostile_answers_end_in_words_that_steer_no_terminal() {
    let home = tempfile::tempdir().unwrap();
    for fault in [
        Fault::Escapes,
        Fault::HugeHeader,
        Fault::EndlessChunks,
        Fault::Truncated,
        Fault::Garbage,
        Fault::RedirectAway,
    ] {
        let mut scenario = Scenario::healthy();
        scenario.on.push(On {
            host: "*".to_owned(),
            fault: Some(fault),
            ..On::default()
        });
        let path = home.path().join(format!("{fault:?}.md"));
        let mut args = usual();
        args.extend(["--report".to_owned(), path.display().to_string()]);
        let ran = run(&scenario, &args, &keys());
        assert!(matches!(ran.code, 0 | 1 | 3), "{fault:?}: {}", ran.stderr);
        let report = fs::read_to_string(&path).unwrap();
        for text in [&ran.stdout, &ran.stderr, &report] {
            let steers = |c: char| c.is_control() && c != '\n' || c == '\u{202e}' || c == '\u{9b}';
            assert!(!text.contains(steers), "{fault:?}: {text:?}");
        }
        let in_time = within(LOOK, Duration::from_millis(1800), ran.took);
        assert_eq!(in_time, Ok(()), "{fault:?}");
    }
}

#[test]
fn help_teaches_the_categories_the_exit_codes_and_what_is_asked() {
    for (command, words) in [
        (
            "triage",
            [
                "middleware-failure",
                "Exit codes:",
                "Examples:",
                "What is asked of whom",
                "130",
            ],
        ),
        (
            "rotate-check",
            [
                "same-instance",
                "Exit codes:",
                "Examples:",
                "Backend API alone",
                "--old-from -",
            ],
        ),
    ] {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
            .args([command, "--help"])
            .env_clear()
            .output()
            .unwrap();
        let help = String::from_utf8(done.stdout).unwrap();
        for word in words {
            assert!(help.contains(word), "{command}: {word}");
        }
    }
}
