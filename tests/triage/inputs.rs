//! It works with whatever it is given, and asks nobody else.

use std::fs;
use std::process::Command;

use super::inject::{Ran, kept_its_promises, keys, on, run, usual};
use crate::support::key;
use crate::support::standin::Standin;
use crate::support::standin::scenario::{On, Role, Scenario};

fn json(args: &[&str], env: &[(&str, String)]) -> Ran {
    let mut all: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    all.extend(["--format".to_owned(), "json".to_owned()]);
    run(&Scenario::healthy(), &all, env)
}

#[test]
fn with_nothing_to_go_by_it_cannot_tell() {
    let ran = json(&[], &[]);
    assert_eq!(
        (ran.main().as_str(), ran.code),
        ("unknown", 3),
        "{}",
        ran.stdout
    );
    assert_eq!(
        ran.states("E2"),
        ["good"],
        "whether the Backend API answers shows without a key"
    );
    assert_eq!(ran.states("E3"), ["not-asked"]);
}

#[test]
fn any_one_of_the_inputs_is_enough_for_an_answer() {
    let secret = ("CLERK_SECRET_KEY", key("sk_live").unwrap());
    let publishable = ("VITE_CLERK_PUBLISHABLE_KEY", key("pk_live").unwrap());
    let ran = json(&[], &[secret]);
    assert_eq!(
        (ran.main().as_str(), ran.states("E11")),
        ("healthy", vec!["good".to_owned()])
    );
    let ran = json(&[], &[publishable]);
    assert_eq!(
        (ran.main().as_str(), ran.states("E3")),
        ("healthy", vec!["good".to_owned()])
    );
    let ran = json(&["--url", "https://acme.shop"], &[]);
    assert_eq!(ran.main(), "healthy");
    assert_eq!(
        ran.states("E3"),
        ["good"],
        "the key in the page leads to the Frontend API"
    );
    assert!(
        ran.says("E7")
            .contains("of the instance of its publishable key"),
        "{}",
        ran.says("E7")
    );
    let ran = json(
        &["--webhook-url", "https://acme.shop/api/webhooks/clerk"],
        &[],
    );
    assert_eq!(ran.states("E10"), ["good"]);
}

#[test]
fn the_keys_of_a_project_are_those_that_an_audit_would_judge() {
    let home = tempfile::tempdir().unwrap();
    fs::write(
        home.path().join("package.json"),
        r#"{"name":"shop","dependencies":{"next":"16.0.0","@clerk/nextjs":"7.0.0"}}"#,
    )
    .unwrap();
    let lines = format!(
        "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY={}\nCLERK_SECRET_KEY={}\nCLERK_EMERGENCY_BYPASS=true\n",
        key("pk_live").unwrap(),
        key("sk_live").unwrap()
    );
    fs::write(home.path().join(".env.production"), lines).unwrap();
    let standin = Standin::start(&Scenario::healthy());
    let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg("triage")
        .arg(home.path())
        .args(standin.args())
        .args(["--format", "json"])
        .env_clear()
        .output()
        .unwrap();
    kept_its_promises(&standin, &keys());
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(
        said.contains("takes the secret key, of instance ins_acme"),
        "{said}"
    );
    assert!(
        said.contains("CLERK_EMERGENCY_BYPASS is on in .env.production:3"),
        "{said}"
    );
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn a_broken_secret_key_is_not_sent_and_is_told() {
    let broken = ("CLERK_SECRET_KEY", format!("\"{}", key("sk_live").unwrap()));
    let ran = json(&[], &[broken]);
    assert_eq!(
        (ran.main().as_str(), ran.certainty().as_str()),
        ("keys", "suspected"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains(&key("sk_live").unwrap()[8..30]));
}

#[test]
fn only_hosts_that_were_given_or_derive_from_the_key_are_asked() {
    let standin = Standin::start(&Scenario::healthy());
    let home = tempfile::tempdir().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg("triage")
        .arg(home.path())
        .args(standin.args())
        .args(usual())
        .env_clear()
        .envs(keys())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(0));
    let known = [
        "api.clerk.com",
        "status.clerk.com",
        "clerk.acme.shop",
        "accounts.acme.shop",
        "acme.shop",
        "example.com",
        "one.one.one.one",
    ];
    let seen = standin.seen();
    for one in &seen {
        assert!(known.contains(&one.host.as_str()), "{} was asked", one.host);
        let posts = one.method == "POST" && one.path == "/api/webhooks/clerk";
        assert!(
            matches!(one.method.as_str(), "GET" | "HEAD") || posts,
            "{} {}",
            one.method,
            one.path
        );
    }
    let posted: Vec<_> = seen.iter().filter(|one| one.method == "POST").collect();
    assert_eq!(posted.len(), 1);
    assert!(posted[0].header("svix-signature").is_none());
    let forged = seen
        .iter()
        .filter(|one| one.role == Role::Site && one.header("authorization").is_some());
    assert_eq!(forged.count(), 2, "no more than two forged tokens");
    assert!(seen.len() <= 40, "{} requests", seen.len());
}

#[test]
fn no_redirect_to_another_host_is_followed_and_no_handshake() {
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        status: Some(308),
        headers: [("location".to_owned(), "https://www.acme.shop/".to_owned())].into(),
        ..on("site", "")
    });
    let standin = Standin::start(&scenario);
    let home = tempfile::tempdir().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg("triage")
        .arg(home.path())
        .args(standin.args())
        .args(["--url", "https://acme.shop"])
        .env_clear()
        .output()
        .unwrap();
    assert!(
        standin
            .seen()
            .iter()
            .all(|one| one.host != "www.acme.shop" && !one.path.contains("handshake"))
    );
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(
        said.contains("ask the address it leads to: --url https://www.acme.shop"),
        "{said}"
    );
    assert_eq!(done.status.code(), Some(3), "www may be down: {said}");
}

#[test]
fn wrong_usage_is_told_before_anything_is_asked() {
    for (args, words) in [
        (vec!["--offline"], "leaves triage nothing to look at"),
        (vec!["--since", "yesterday"], "say how long ago"),
        (vec!["--times", "2"], "--watch"),
        (vec!["--force"], "--report"),
        (vec!["--watch", "1"], "give at least 10 seconds"),
        (vec!["--watch", "9"], "asks your site and Clerk"),
        (vec!["--watch", "soon"], "10 to 86400"),
        (vec!["--watch", "86401"], "10 to 86400"),
        (vec!["--protected", "dashboard"], "from its first `/`"),
    ] {
        let args: Vec<String> = args.into_iter().map(str::to_owned).collect();
        let ran = run(&Scenario::healthy(), &args, &[]);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(words), "{args:?}: {}", ran.stderr);
    }
}
