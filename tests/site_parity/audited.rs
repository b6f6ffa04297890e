//! A whole audit of real apps without the lab: the program is given each app's own code and what the app
//! answered to the program, and says what `tests/tools/lab/expect.json` says that it should.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value as Json;

use crate::support::replay::{Known, Replay, Transcript};
use crate::support::standin::{Scenario, Standin};
use crate::support::{key, root};

/// The instance of the stand-in.
const INSTANCE: &str = "ins_acme";

/// By check what is expected of an app in a scenario, as `check.mjs` reads the table.
fn wanted(app: &str, scenario: &str) -> BTreeMap<String, String> {
    let file = root().join("tests/tools/lab/expect.json");
    let table: Json = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let kind = if app.starts_with("next") {
        "next"
    } else {
        "express"
    };
    let old = app.contains("core2");
    let pair = format!("{app}-{scenario}");
    [
        Some(&table["all"]),
        table["kinds"].get(kind),
        table["kinds"].get("core2").filter(|_| old),
        table["scenarios"].get(scenario),
        table["pairs"].get(&pair),
    ]
    .into_iter()
    .flatten()
    .flat_map(|part| part.as_object().unwrap())
    .map(|(id, want)| (id.clone(), want.as_str().unwrap().to_owned()))
    .collect()
}

/// What the program says of a recorded app: by check the outcome, and all the words.
fn said(name: &str) -> (BTreeMap<String, String>, String) {
    let transcript = Transcript::audited(name);
    let project = tempfile::tempdir().unwrap();
    for (path, text) in &transcript.project {
        let file = project.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let is_next = transcript.app.starts_with("next");
    let is_live = transcript.scenario != "development";
    let known = Known {
        kid: INSTANCE.to_owned(),
        ..Known::default()
    };
    let mut scenario = Scenario::healthy();
    let (publishable, secret) = match is_live {
        true => ("pk_live:clerk.acme.shop", "sk_live"),
        false => ("pk_test:happy-lion-12.clerk.accounts.dev", "sk_test"),
    };
    scenario.accept_keys = vec![key(secret).unwrap()];
    let standin = Standin::start(&scenario);
    let replay = Replay::of(transcript, known);
    let public = |name: &str| match is_next {
        true => format!("NEXT_PUBLIC_{name}"),
        false => name.to_owned(),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_clerk-audit"));
    command
        .arg(project.path())
        .args([
            "--format",
            "json",
            "--send-signed-test",
            "--group",
            "site,webhooks",
        ])
        .args([
            "--url",
            &replay.url(),
            "--webhook-url",
            "/api/webhooks/clerk",
        ])
        .args(["--timeout", "60"])
        .args(standin.args())
        .env_clear()
        .env(public("CLERK_PUBLISHABLE_KEY"), key(publishable).unwrap())
        .env("CLERK_SECRET_KEY", key(secret).unwrap())
        .env("CLERK_WEBHOOK_SIGNING_SECRET", key("whsec").unwrap());
    if is_live {
        command.env(public("CLERK_SIGN_IN_URL"), "/sign-in");
    }
    let done = command.output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    let report: Json = serde_json::from_str(&text)
        .unwrap_or_else(|e| panic!("{name}: {e}: {}", String::from_utf8_lossy(&done.stderr)));
    assert_eq!(
        replay.unmatched(),
        [],
        "{name}: the app was never asked that"
    );
    let found = report["apps"][0]["checks"].as_array().unwrap();
    let outcome = |check: &Json| {
        let word = |field: &str| check[field].as_str().unwrap().to_owned();
        (word("id"), word("outcome").to_uppercase())
    };
    (found.iter().map(outcome).collect(), text)
}

#[test]
fn a_whole_audit_of_a_real_app_says_what_is_true_of_it() {
    let names = Transcript::names_audited();
    assert!(names.len() > 15, "{names:?}");
    let mut wrong = Vec::new();
    for name in names {
        let one = Transcript::load(&name);
        let wanted = wanted(&one.app, &one.scenario);
        let (said, text) = said(&name);
        let finds = |id: &str, outcome: &str| {
            let is_live = id.starts_with("site/") || id.starts_with("webhooks/endpoint-");
            is_live && matches!(outcome, "FAIL" | "WARN" | "ERROR")
        };
        for (id, want) in &wanted {
            let got = said.get(id).map_or("no such check", String::as_str);
            if !want.split('|').any(|one| one == got) {
                wrong.push(format!("{name}: {id} says {got}, expected {want}"));
            }
        }
        for (id, outcome) in &said {
            if finds(id, outcome) && !wanted.contains_key(id) {
                wrong.push(format!("{name}: {id} says {outcome}, expected no finding"));
            }
        }
        assert!(!text.contains("not recorded"), "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
