//! The checks of the deployed site say of what real apps answered what is true of those apps: the program is
//! run against each recorded one, with the stand-in for Clerk.

use std::collections::BTreeMap;
use std::process::Command;

use crate::support::replay::{Known, Replay};
use crate::support::standin::{Scenario, Standin};
use crate::support::{copy_project, root};
use crate::{NEW, OLD};

/// The instance of the stand-in.
const INSTANCE: &str = "ins_acme";

/// What every healthy app of today gets. A replayed site has no `Date`, and is on this machine.
const HEALTHY: &[(&str, &str)] = &[
    ("authorized-parties-missing", "na"),
    ("bypass-active", "pass"),
    ("clock-skewed", "skip"),
    ("development-keys", "pass"),
    ("forwarded-wrong", "pass"),
    ("health-behind-auth", "pass"),
    ("keys-differ", "pass"),
    ("keys-of-two-instances", "pass"),
    ("middleware-broken", "pass"),
    ("not-https", "na"),
    ("redirect-loop", "pass"),
    ("sdk-outdated", "pass"),
    ("secret-key-refused", "pass"),
    ("secret-key-untested", "pass"),
];

const BLIND: [(&str, &str); 3] = [
    ("authorized-parties-missing", "skip"),
    ("keys-of-two-instances", "skip"),
    ("sdk-outdated", "skip"),
];

/// What is said otherwise of an app with Core 3 in a scenario.
fn otherwise(scenario: &str) -> Vec<(&'static str, &'static str)> {
    let blind = |more: &[(&'static str, &'static str)]| [&BLIND[..], more].concat();
    match scenario {
        "wrong-key" | "revoked-key" => blind(&[("secret-key-refused", "fail")]),
        "backend-503" | "backend-unreachable" => blind(&[("secret-key-refused", "warn")]),
        "other-instance" => blind(&[("keys-of-two-instances", "fail")]),
        "networkless" => vec![
            ("secret-key-untested", "warn"),
            ("secret-key-refused", "skip"),
            ("keys-of-two-instances", "skip"),
        ],
        "missing-key" => blind(&[
            ("middleware-broken", "fail"),
            ("development-keys", "skip"),
            ("forwarded-wrong", "skip"),
            ("health-behind-auth", "skip"),
            ("keys-differ", "skip"),
            ("secret-key-refused", "skip"),
            ("secret-key-untested", "skip"),
        ]),
        "development" => vec![
            ("development-keys", "fail"),
            ("keys-differ", "fail"),
            ("keys-of-two-instances", "skip"),
        ],
        "behind-auth" => vec![("health-behind-auth", "warn")],
        "bypass" => vec![("bypass-active", "fail")],
        _ => Vec::new(),
    }
}

/// What the program says of a recorded app: by check the outcome, and all the words.
fn said(name: &str) -> (BTreeMap<String, String>, String) {
    let known = Known {
        kid: INSTANCE.to_owned(),
        ..Known::default()
    };
    let (replay, standin) = (
        Replay::knowing(name, known),
        Standin::start(&Scenario::healthy()),
    );
    let project = tempfile::tempdir().unwrap();
    let fixture = root().join("fixtures/checks/site/keys_differ/pass-same-key");
    copy_project(&fixture, project.path());
    let checks: Vec<String> = HEALTHY.iter().map(|(id, _)| format!("site/{id}")).collect();
    let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg(project.path())
        .args(["--format", "json", "--url", &replay.url()])
        .args(["--only", &checks.join(",")])
        .args(standin.args())
        .env_clear()
        .output()
        .unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text)
        .unwrap_or_else(|e| panic!("{name}: {e}: {}", String::from_utf8_lossy(&done.stderr)));
    let found = report["apps"][0]["checks"].as_array().unwrap();
    let outcome = |check: &serde_json::Value| {
        let word = |field: &str| check[field].as_str().unwrap().to_owned();
        (word("id").replace("site/", ""), word("outcome"))
    };
    let tokens = replay
        .asked()
        .iter()
        .filter(|one| one.token.is_some())
        .count();
    assert!(tokens <= 4, "{name}: {tokens} forged tokens");
    assert!(
        replay.asked().len() <= 40,
        "{name}: {}",
        replay.asked().len()
    );
    assert_eq!(standin.violations(), Vec::<String>::new());
    (found.iter().map(outcome).collect(), text)
}

fn agrees(name: &str, different: &[(&str, &str)]) {
    let (outcomes, text) = said(name);
    let mut expected: BTreeMap<&str, &str> = HEALTHY.iter().copied().collect();
    expected.extend(different.iter().copied());
    let outcomes: BTreeMap<&str, &str> = outcomes
        .iter()
        .map(|(id, outcome)| (id.as_str(), outcome.as_str()))
        .collect();
    assert_eq!(outcomes, expected, "{name}: {text}");
}

#[test]
fn every_check_is_right_about_every_state_of_real_apps() {
    for app in NEW {
        for scenario in [
            "good",
            "wrong-key",
            "revoked-key",
            "other-instance",
            "networkless",
            "backend-503",
            "backend-unreachable",
            "missing-key",
            "development",
            "behind-auth",
            "bypass",
        ] {
            let name = format!("{app}-{scenario}");
            if root()
                .join(format!("fixtures/parity/site/{name}.json"))
                .is_file()
            {
                agrees(&name, &otherwise(scenario));
            }
        }
    }
}

#[test]
fn old_packages_are_known_by_what_they_look_at_first() {
    const OLD_SDK: [(&str, &str); 2] = [
        ("authorized-parties-missing", "warn"),
        ("sdk-outdated", "warn"),
    ];
    for app in OLD {
        agrees(&format!("{app}-good"), &OLD_SDK);
        let set = [("authorized-parties-missing", "pass"), OLD_SDK[1]];
        agrees(&format!("{app}-parties"), &set);
        let unused = [&otherwise("networkless")[..], &OLD_SDK].concat();
        agrees(&format!("{app}-networkless"), &unused);
        for scenario in ["wrong-key", "other-instance"] {
            agrees(&format!("{app}-{scenario}"), &otherwise(scenario));
        }
    }
}

#[test]
fn a_finding_names_the_instance_and_the_version_that_real_apps_tell() {
    let (_, text) = said("next16-other-instance");
    assert!(text.contains("of the instance ins_other, and the publishable key is of ins_acme"));
    let (_, text) = said("next15-core2-good");
    assert!(text.contains("(@clerk/nextjs 6.39.6)"), "{text}");
}
