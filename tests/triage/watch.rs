//! `--watch`: what changes is told when it changes.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use super::inject::{kept_its_promises, keys, on, run, usual};
use crate::support::standin::Standin;
use crate::support::standin::scenario::{On, Role, Scenario};

/// The Frontend API and the Backend API fail at the first look.
fn passing() -> Scenario {
    let mut scenario = Scenario::healthy();
    for (host, path) in [("bapi", "/v1/instance"), ("fapi", "/v1/health")] {
        scenario.on.push(On {
            status: Some(500),
            times: Some(1),
            ..on(host, path)
        });
    }
    scenario
}

fn args(more: &[&str]) -> Vec<String> {
    let args = ["--watch", "10", "--url", "https://acme.shop"];
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
        &args(&["--times", "3", "--report", &path]),
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
        &args(&["--times", "2", "--format", "json"]),
        &keys(),
    );
    let document = ran.json();
    assert_eq!(document["looks"], 2);
    assert_eq!(
        document["timeline"].as_array().unwrap().len(),
        2,
        "{document:#}"
    );
}

#[test]
fn what_a_site_notices_is_sent_at_the_first_look_and_when_something_changed() {
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        status: Some(404),
        times: Some(2),
        ..on("fapi", "/v1/health")
    });
    let standin = Standin::start(&scenario);
    let home = tempfile::tempdir().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg("triage")
        .arg(home.path())
        .args(standin.args())
        .args(usual())
        .args(["--watch", "10", "--times", "3", "--format", "json"])
        .env_clear()
        .envs(keys())
        .output()
        .unwrap();
    kept_its_promises(&standin, &keys());
    let document: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(document["verdict"], "healthy", "{document:#}");
    assert_eq!(document["looks"], 3);
    let turns = document["timeline"].as_array().unwrap();
    assert_eq!(
        turns.len(),
        2,
        "the second look is as the first: {turns:#?}"
    );
    let seen = standin.seen();
    let count = |is: &dyn Fn(&crate::support::standin::Seen) -> bool| {
        seen.iter().filter(|one| is(one)).count()
    };
    let fronts = count(&|one| one.role == Role::Fapi && one.path == "/v1/health");
    assert_eq!(fronts, 3, "every look asks the rest");
    let forged = count(&|one| one.role == Role::Site && one.header("authorization").is_some());
    assert_eq!(forged, 4, "two at the first look, two when it was over");
    assert_eq!(count(&|one| one.method == "POST"), 2);
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
