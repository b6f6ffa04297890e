//! With a stand-in of Clerk, its hosts and the site on loopback: the whole story, network included.

use crate::project::{Done, LIVE_KEYS, Project, finish};
use crate::support;
use crate::support::standin::{Scenario, Standin};

fn audit(project: &Project, standin: &Standin, args: &[&str]) -> Done {
    finish(
        project.command(&["-v"]).args(args).args(standin.args()),
        b"",
    )
}

fn healthy() -> Standin {
    Standin::start(&Scenario::healthy())
}

fn with(live: &str) -> Standin {
    let scenario = Scenario::from_toml(&format!("[live]\n{live}"));
    Standin::start(&scenario)
}

/// To whom something was sent: hosts, each once.
fn asked(standin: &Standin) -> Vec<String> {
    let mut hosts: Vec<String> = standin.seen().into_iter().map(|seen| seen.host).collect();
    hosts.sort();
    hosts.dedup();
    hosts
}

#[test]
fn a_complete_app_with_live_keys_is_ready() {
    let standin = healthy();
    let done = audit(&Project::next_live(), &standin, &[]).exits(0);
    let done = done
        .says("PASS  clerk/backend-api-unreachable")
        .says("PASS  clerk/keys-of-two-instances")
        .says("Next.js 16.4.1; @clerk/nextjs 7.5.13");
    assert!(done.last_line().starts_with("READY  "), "{}", done.out);
    assert!(
        !done.out.contains("FAIL") && !done.out.contains("WARN"),
        "{}",
        done.out
    );
    // Without `--url` the site is left alone.
    assert!(!asked(&standin).contains(&"acme.shop".to_owned()));
}

#[test]
fn so_is_its_deployed_site() {
    let standin = healthy();
    let args = [
        "--url",
        "https://acme.shop",
        "--webhook-url",
        "/api/webhooks/clerk",
    ];
    let done = audit(&Project::next_live(), &standin, &args).exits(0);
    done.says("PASS  site/secret-key-refused")
        .says("PASS  webhooks/endpoint-accepts-forged");
    assert!(asked(&standin).contains(&"acme.shop".to_owned()));
}

#[test]
fn the_domain_of_the_key_is_asked_where_that_is_wanted() {
    let standin = healthy();
    let done = audit(&Project::next_live(), &standin, &["--url", "auto"]).exits(0);
    done.says("PASS  site/not-https");
    assert!(asked(&standin).contains(&"acme.shop".to_owned()));
}

#[test]
fn the_same_app_with_test_keys_is_not_and_the_line_is_named() {
    let standin = healthy();
    let project = Project::next().with(".env.production", &LIVE_KEYS.replace("_live", "_test"));
    let done = audit(&project, &standin, &[]).exits(1);
    let done = done
        .says("FAIL  env/publishable-key-development")
        .says("      .env.production:1:");
    let done = done
        .says("FAIL  env/secret-key-development")
        .says("      .env.production:2:");
    assert!(done.last_line().starts_with("NOT READY  "), "{}", done.out);
}

#[test]
fn a_key_that_clerk_does_not_know_is_not_ready() {
    let standin = with("accept_keys = []");
    audit(&Project::next_live(), &standin, &[])
        .exits(1)
        .says("FAIL  clerk/backend-api-unreachable");
}

#[test]
fn an_api_that_does_not_answer_spoils_no_other_answer() {
    let standin = with("[[live.on]]\nhost = \"bapi\"\npath = \"/*\"\nfault = \"reset\"\n");
    audit(&Project::next_live(), &standin, &[])
        .exits(3)
        .says("ERR   clerk/backend-api-unreachable")
        .says("PASS  env/secret-key-missing")
        .says("PASS  frontend/unhealthy");
}

#[test]
fn no_key_goes_over_plain_http_to_another_machine() {
    let standin = healthy();
    let project = Project::next_live();
    let mut command = project.command(&["-v"]);
    command
        .args(standin.args())
        .env("CLERK_API_URL", "http://api.example.test");
    finish(&mut command, b"")
        .exits(3)
        .says("ERR   clerk/backend-api-unreachable")
        .says("the secret key is not sent there");
}

#[test]
fn offline_asks_nothing() {
    let standin = healthy();
    let written = "[network]\nurl = \"https://acme.shop\"\n";
    let project = Project::next_live().with("clerk-audit.toml", written);
    audit(&project, &standin, &["--offline"])
        .exits(0)
        .says("SKIP  clerk/backend-api-unreachable")
        .says("--offline");
    assert!(standin.seen().is_empty() && standin.dns_seen().is_empty());
}

#[test]
fn an_audit_without_the_environment_asks_nobody() {
    let standin = healthy();
    audit(&Project::next_live(), &standin, &["--no-env"])
        .exits(0)
        .says("SKIP  clerk/backend-api-unreachable")
        .says("--no-env");
    assert_eq!(asked(&standin), Vec::<String>::new());
}

/// Of several apps, one that is not audited does not have its key sent.
#[test]
fn only_the_app_that_is_named_asks() {
    let express = r#"{"scripts":{"start":"node ."},"dependencies":{"@clerk/express":"2.0.0","express":"5.0.0"}}"#;
    let project = Project::empty();
    for app in ["a", "b", "c"] {
        let keys = format!(
            "CLERK_PUBLISHABLE_KEY={{{{pk_live}}}}\nCLERK_SECRET_KEY={{{{sk_live:{app}}}}}\n"
        );
        project.write(&format!("apps/{app}/package.json"), express);
        project.write(
            &format!("apps/{app}/index.js"),
            "require('@clerk/express').clerkMiddleware();",
        );
        project.write(&format!("apps/{app}/.env"), support::expand(&keys));
    }
    let keys_sent = |args: &[&str]| {
        let standin = with(r#"accept_keys = ["{{sk_live:a}}", "{{sk_live:b}}", "{{sk_live:c}}"]"#);
        audit(&project, &standin, args).says("PASS  clerk/backend-api-unreachable");
        let seen = standin.seen();
        let sent = |app: &str| {
            let key = support::key(&format!("sk_live:{app}")).unwrap();
            seen.iter()
                .any(|one| String::from_utf8_lossy(&one.raw).contains(&key))
        };
        [sent("a"), sent("b"), sent("c")]
    };
    assert_eq!(keys_sent(&["--app", "apps/b"]), [false, true, false]);
    assert_eq!(keys_sent(&[]), [true, true, true]);
}
