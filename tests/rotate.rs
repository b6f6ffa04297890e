//! `clerk-audit rotate-check`, the real program, against a stand-in: each step, done and not done.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use clerk_audit::report::triage::{ROTATION_SCHEMA, ROTATION_VERSION};
use serde_json::Value;
use support::key;
use support::standin::Standin;
use support::standin::scenario::{DeployedKey, Fault, On, Scenario};

/// The old key was deleted, the new one is deployed.
fn rotated() -> Scenario {
    Scenario {
        accept_keys: vec![new()],
        ..Scenario::healthy()
    }
}

fn new() -> String {
    key("sk_live:new").unwrap()
}

fn old() -> String {
    key("sk_live:old").unwrap()
}

/// A project with the new key in an env file that git does not track.
fn project(home: &Path) {
    let write = |path: &str, text: &str| {
        let path = home.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "package.json",
        r#"{"name":"shop","dependencies":{"next":"16.0.0","@clerk/nextjs":"7.0.0"}}"#,
    );
    write(".gitignore", ".env*\n.next\n");
    write(
        "app/page.tsx",
        "import { auth } from '@clerk/nextjs/server'\nexport default async function Page() { await auth() }\n",
    );
    write(".next/static/chunks/main.js", "console.log(1)\n");
    let lines = format!(
        "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY={}\nCLERK_SECRET_KEY={}\n",
        key("pk_live").unwrap(),
        new()
    );
    write(".env.production", &lines);
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    /// State and words of a step.
    fn step(&self, id: &str) -> (String, String) {
        let document: Value = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("{e}: {}{}", self.stdout, self.stderr));
        let steps = document["steps"].as_array().unwrap();
        let step = steps.iter().find(|step| step["id"] == id).unwrap();
        let text = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
        (text("state"), text("says"))
    }

    fn state(&self, id: &str) -> String {
        self.step(id).0
    }
}

fn check(scenario: &Scenario, change: impl Fn(&Path), args: &[&str]) -> Ran {
    let all: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
    check_as(scenario, change, &all, &old())
}

fn check_as(scenario: &Scenario, change: impl Fn(&Path), args: &[&str], old: &str) -> Ran {
    let home = tempfile::tempdir().unwrap();
    project(home.path());
    change(home.path());
    let standin = Standin::start(scenario);
    let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg("rotate-check")
        .arg(home.path())
        .args(standin.args())
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("CLERK_OLD_SECRET_KEY", old)
        .output()
        .unwrap();
    let secrets = [old.to_owned(), new()];
    assert!(
        standin.violations().is_empty(),
        "{:#?}",
        standin.violations()
    );
    let leaks = standin.leaks(&secrets);
    assert!(leaks.is_empty(), "{leaks:#?}");
    let ran = Ran {
        code: done.status.code().unwrap(),
        stdout: String::from_utf8(done.stdout).unwrap(),
        stderr: String::from_utf8(done.stderr).unwrap(),
    };
    for secret in &secrets {
        let piece = secret.get(8..20).unwrap_or("nothing to look for");
        assert!(
            !ran.stdout.contains(piece) && !ran.stderr.contains(piece),
            "{}",
            ran.stdout
        );
    }
    ran
}

const URL: &[&str] = &["--url", "https://acme.shop"];

#[test]
fn a_rotation_that_is_complete_passes_every_step() {
    let ran = check(&rotated(), |_| {}, URL);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    for id in [
        "well-formed",
        "new-works",
        "same-instance",
        "old-dead",
        "site-uses-new",
        "repository-clean",
        "build-clean",
    ] {
        assert_eq!(ran.state(id), "pass", "{id}: {}", ran.step(id).1);
    }
    let schema: Value = serde_json::from_str(ROTATION_SCHEMA).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&document), "{document:#}");
    assert_eq!(document["schema"], ROTATION_VERSION);
    assert_eq!(document["verdict"], "complete-as-asked");
    let ran = check_as(&rotated(), |_| {}, URL, &old());
    insta::with_settings!({ snapshot_path => "triage/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("rotation_complete", ran.stdout);
    });
}

#[test]
fn a_rotation_is_complete_only_if_nothing_was_left_unasked() {
    let verdict = |ran: &Ran| {
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(ran.code, 0, "{document:#}");
        document["verdict"].as_str().unwrap().to_owned()
    };
    let in_git = |home: &Path| {
        support::git(home, &["init", "-q"]);
        support::git(home, &["add", "package.json"]);
        support::git(home, &["commit", "-q", "-m", "one"]);
    };
    let whole = ["--url", "https://acme.shop", "--history"];
    let ran = check(&rotated(), in_git, &whole);
    assert_eq!(verdict(&ran), "complete", "{}", ran.stdout);
    assert_eq!(
        ran.step("repository-clean").1,
        "neither key is in the files or in the history"
    );
    for (args, words) in [
        (URL, "(the history was not searched: --history)"),
        (
            &["--url", "https://acme.shop", "--history=HEAD"],
            "(of the history only HEAD was searched)",
        ),
    ] {
        let ran = check(&rotated(), in_git, args);
        assert_eq!(verdict(&ran), "complete-as-asked", "{}", ran.stdout);
        let (state, says) = ran.step("repository-clean");
        assert_eq!(state, "pass");
        assert!(says.ends_with(words), "{says}");
    }
    // A history that was asked for and is not there was not searched.
    let ran = check(&rotated(), |_| {}, &whole);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert!(ran.stdout.contains("\"verdict\": \"incomplete\""));
    let ran = check(&rotated(), in_git, &["--history"]);
    assert_eq!(verdict(&ran), "complete-as-asked", "a step was skipped");
    let human = check_as(&rotated(), |_| {}, &[], &old()).stdout;
    assert!(
        human.contains("as far as it was asked; not asked: site-uses-new, the history"),
        "{human}"
    );
    let human = check_as(&rotated(), in_git, &whole, &old()).stdout;
    assert!(human.ends_with("COMPLETE: every step passed\n"), "{human}");
}

#[test]
fn an_old_key_that_is_alive_is_to_be_deleted_and_hides_what_the_site_uses() {
    let scenario = Scenario {
        accept_keys: vec![new(), old()],
        ..Scenario::healthy()
    };
    let ran = check(&scenario, |_| {}, URL);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.step("old-dead"),
        ("fail".to_owned(), "the old key is still alive".to_owned())
    );
    assert_eq!(ran.state("same-instance"), "pass");
    assert_eq!(ran.state("site-uses-new"), "skip");
    let ran = check_as(&scenario, |_| {}, URL, &old());
    insta::with_settings!({ snapshot_path => "triage/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("rotation_old_alive", ran.stdout);
    });
}

#[test]
fn a_new_key_that_does_not_work_fails() {
    let scenario = Scenario {
        accept_keys: Vec::new(),
        ..Scenario::healthy()
    };
    let ran = check(&scenario, |_| {}, &[]);
    assert_eq!((ran.code, ran.state("new-works").as_str()), (1, "fail"));
    assert_eq!(ran.state("same-instance"), "skip");
    assert_eq!(ran.state("site-uses-new"), "skip", "--url was not given");
}

#[test]
fn a_new_key_of_another_instance_fails_by_the_old_key_and_by_the_publishable_key() {
    let other = On {
        host: "bapi".to_owned(),
        path: "/v1/instance".to_owned(),
        json: Some(
            r#"{"object":"instance","id":"ins_other","environment_type":"production"}"#.to_owned(),
        ),
        when: [("authorization".to_owned(), format!("Bearer {}", new()))].into(),
        ..On::default()
    };
    for accept_keys in [vec![new()], vec![new(), old()]] {
        let scenario = Scenario {
            accept_keys,
            on: vec![other.clone()],
            ..Scenario::healthy()
        };
        let ran = check(&scenario, |_| {}, &[]);
        let (state, says) = ran.step("same-instance");
        assert_eq!((ran.code, state.as_str()), (1, "fail"), "{says}");
        assert!(
            says.contains("ins_other") && says.contains("ins_acme"),
            "{says}"
        );
    }
}

#[test]
fn a_site_that_still_runs_with_the_old_key_fails() {
    let scenario = Scenario {
        deployed_key: DeployedKey::Wrong,
        ..rotated()
    };
    let ran = check(&scenario, |_| {}, URL);
    let (state, says) = ran.step("site-uses-new");
    assert_eq!((ran.code, state.as_str()), (1, "fail"));
    assert!(says.contains("still runs with the old one"), "{says}");
    let scenario = Scenario {
        deployed_key: DeployedKey::Networkless,
        ..rotated()
    };
    assert_eq!(check(&scenario, |_| {}, URL).state("site-uses-new"), "skip");
}

#[test]
fn a_key_in_the_repository_in_its_history_or_in_the_build_fails() {
    let in_code = |home: &Path| {
        let text = format!(
            "import {{ createClerkClient }} from '@clerk/backend'\nexport const c = createClerkClient({{ secretKey: '{}' }})\n",
            old()
        );
        fs::write(home.join("app/clerk.ts"), text).unwrap();
    };
    let ran = check(&rotated(), in_code, &[]);
    let (state, says) = ran.step("repository-clean");
    assert_eq!((ran.code, state.as_str()), (1, "fail"));
    assert!(says.contains("app/clerk.ts:2 (the old key)"), "{says}");
    let tracked = |home: &Path| {
        support::git(home, &["init", "-q"]);
        support::git(home, &["add", "-f", ".env.production"]);
    };
    let says = check(&rotated(), tracked, &[]).step("repository-clean").1;
    assert!(
        says.contains(".env.production:2 (the new key, tracked by git)"),
        "{says}"
    );
    let past = |home: &Path| {
        in_code(home);
        support::git(home, &["init", "-q"]);
        support::git(home, &["add", "app/clerk.ts"]);
        support::git(home, &["commit", "-q", "-m", "one"]);
        support::git(home, &["rm", "-q", "app/clerk.ts"]);
        support::git(home, &["commit", "-q", "-m", "two"]);
    };
    assert_eq!(
        check(&rotated(), past, &[]).state("repository-clean"),
        "pass"
    );
    let says = check(&rotated(), past, &["--history"])
        .step("repository-clean")
        .1;
    assert!(
        says.contains("app/clerk.ts:2 (the old key, in the history"),
        "{says}"
    );
    let built = |home: &Path| {
        fs::write(
            home.join(".next/static/chunks/main.js"),
            format!("const CLERK_SECRET_KEY=\"{}\"\n", new()),
        )
        .unwrap();
    };
    let (state, says) = check(&rotated(), built, &[]).step("build-clean");
    assert_eq!(state, "fail", "{says}");
    assert!(says.contains("(the new key)"), "{says}");
}

#[test]
fn an_env_file_that_still_has_the_old_key_is_noted() {
    let ran = check(
        &rotated(),
        |home| {
            fs::write(
                home.join(".env.local"),
                format!("OTHER=1\nCLERK_SECRET_KEY={}\n", old()),
            )
            .unwrap()
        },
        &["--new-from", "/dev/null"],
    );
    assert_eq!(ran.code, 2, "an empty file holds no key: {}", ran.stderr);
    let ran = check(
        &rotated(),
        |home| {
            fs::write(
                home.join(".env.staging"),
                format!("CLERK_SECRET_KEY={}\n", old()),
            )
            .unwrap()
        },
        &[],
    );
    assert!(
        ran.stdout
            .contains("the old key still stands in .env.staging:1"),
        "{}",
        ran.stdout
    );
}

#[test]
fn keys_that_are_none_the_same_or_of_two_kinds_fail_the_first_step() {
    for (old, words) in [
        ("sk_live".to_owned(), "the old key is no secret key"),
        (new(), "are the same"),
        (key("sk_test").unwrap(), "of a development instance"),
    ] {
        let ran = check_as(&rotated(), |_| {}, &["--format", "json"], &old);
        let (state, says) = ran.step("well-formed");
        assert_eq!((ran.code, state.as_str()), (1, "fail"), "{says}");
        assert!(says.contains(words), "{says}");
    }
}

#[test]
fn what_could_not_be_asked_is_an_error_and_not_a_pass() {
    let scenario = Scenario {
        on: vec![On {
            host: "bapi".to_owned(),
            fault: Some(Fault::Close),
            ..On::default()
        }],
        ..rotated()
    };
    let ran = check(&scenario, |_| {}, &[]);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert_eq!(
        (
            ran.state("new-works").as_str(),
            ran.state("old-dead").as_str()
        ),
        ("error", "error")
    );
}

#[test]
fn keys_come_from_standard_input_and_files_too() {
    let home = tempfile::tempdir().unwrap();
    project(home.path());
    let standin = Standin::start(&rotated());
    let file = home.path().join("new.txt");
    fs::write(&file, new()).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg("rotate-check")
        .arg(home.path())
        .args(standin.args())
        .args(["--old-from", "-", "--new-from"])
        .arg(&file)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(format!("{}\n", old()).as_bytes())
        .unwrap();
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(said.contains("PASS   old-dead"), "{said}");
    let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg("rotate-check")
        .arg(home.path())
        .args(["--old-from", "-", "--new-from", "-"])
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(2));
    let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg("rotate-check")
        .arg(home.path())
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(
        String::from_utf8(done.stderr)
            .unwrap()
            .contains("CLERK_OLD_SECRET_KEY")
    );
}
