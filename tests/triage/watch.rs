//! `--watch`: what changes is told when it changes.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use super::inject::{keys, on, run};
use crate::support::standin::Standin;
use crate::support::standin::scenario::{On, Scenario};

/// The Frontend API and the Backend API fail for the first looks.
fn passing() -> Scenario {
    let mut scenario = Scenario::healthy();
    for (host, path) in [("bapi", "/v1/instance"), ("fapi", "/v1/health")] {
        scenario.on.push(On {
            status: Some(500),
            times: Some(2),
            ..on(host, path)
        });
    }
    scenario
}

fn args(more: &[&str]) -> Vec<String> {
    let args = ["--watch", "1", "--url", "https://acme.shop"];
    args.iter()
        .chain(more)
        .map(|arg| (*arg).to_owned())
        .collect()
}

#[test]
fn a_line_is_told_only_when_something_changes_and_the_last_look_in_full() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("incident.md");
    let path = path.display().to_string();
    let ran = run(
        &passing(),
        &args(&["--times", "4", "--report", &path]),
        &keys(),
    );
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let (timeline, _) = ran.stdout.split_once("clerk-audit ").unwrap();
    let lines: Vec<&str> = timeline.lines().collect();
    assert_eq!(lines.len(), 2, "{timeline}");
    assert!(lines[0].contains("clerk-outage"), "{timeline}");
    assert!(lines[1].contains("clerk-outage -> healthy"), "{timeline}");
    let report = fs::read_to_string(&path).unwrap();
    assert!(
        report.contains("| Severity | critical |"),
        "the gravest look counts: {report}"
    );
    assert!(report.contains("clerk-outage -\\> healthy"), "{report}");
    assert!(!report.contains("not over"), "{report}");
}

#[test]
fn json_has_the_timeline_in_one_document_at_the_end() {
    let ran = run(
        &passing(),
        &args(&["--times", "3", "--format", "json"]),
        &keys(),
    );
    let document = ran.json();
    assert_eq!(document["looks"], 3);
    assert_eq!(
        document["timeline"].as_array().unwrap().len(),
        2,
        "{document:#}"
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_with_the_last_verdict() {
    let standin = Standin::start(&Scenario::healthy());
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg("triage")
        .arg(home.path())
        .args(standin.args())
        .args(args(&[]))
        .env_clear()
        .envs(keys())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    assert!(first.contains("healthy"), "{first}");
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(rest.ends_with("HEALTHY: healthy\n"), "{rest}");
}
