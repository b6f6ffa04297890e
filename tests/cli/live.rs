//! With a Backend API on loopback: the whole story, network included.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::project::{Done, LIVE_KEYS, Project, finish};
use crate::support::{self, backend_api};

fn audit(project: &Project, api: &str) -> Done {
    finish(project.command(&["-v"]).env("CLERK_API_URL", api), b"")
}

#[test]
fn a_complete_app_with_live_keys_is_ready() {
    let api = backend_api(200, support::PRODUCTION);
    let done = audit(&Project::next_live(), &api).exits(0);
    let done = done
        .says("PASS  clerk/backend-api-unreachable")
        .says("Next.js 16.4.1; @clerk/nextjs 7.5.13");
    assert!(done.last_line().starts_with("READY  "), "{}", done.out);
    assert!(
        !done.out.contains("FAIL") && !done.out.contains("WARN"),
        "{}",
        done.out
    );
}

#[test]
fn the_same_app_with_test_keys_is_not_and_the_line_is_named() {
    let api = backend_api(200, support::DEVELOPMENT);
    let project = Project::next().with(".env.production", &LIVE_KEYS.replace("_live", "_test"));
    let done = audit(&project, &api).exits(1);
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
    let api = backend_api(401, support::UNKNOWN_KEY);
    audit(&Project::next_live(), &api)
        .exits(1)
        .says("FAIL  clerk/backend-api-unreachable");
}

#[test]
fn an_api_that_does_not_answer_spoils_no_other_answer() {
    let done = audit(&Project::next_live(), "http://127.0.0.1:9");
    let done = done
        .says("clerk/backend-api-unreachable")
        .says("PASS  env/secret-key-missing");
    assert!(done.code == 1 || done.code == 3, "{}", done.out);
}

#[test]
fn no_key_goes_over_plain_http_to_another_machine() {
    let done = audit(&Project::next_live(), "http://api.example.test");
    done.exits(3)
        .says("ERR   clerk/backend-api-unreachable")
        .says("the secret key is not sent there");
}

#[test]
fn offline_asks_nothing() {
    let project = Project::next_live().with(".env", "CLERK_API_URL=http://127.0.0.1:9\n");
    project
        .audit(&["-v"])
        .exits(0)
        .says("SKIP  clerk/backend-api-unreachable")
        .says("--offline");
}

/// Of several apps, one that is not audited does not have its key sent.
#[test]
fn only_the_app_that_is_named_asks() {
    let (api, requests) = counting_api();
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
    let run = |args: &[&str]| finish(project.command(args).env("CLERK_API_URL", &api), b"");
    run(&["-v", "--app", "apps/b"]).says("PASS  clerk/backend-api-unreachable");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    run(&["-v"]).says("PASS  clerk/backend-api-unreachable");
    assert_eq!(requests.load(Ordering::SeqCst), 4);
}

/// A Backend API that counts the requests it answers.
fn counting_api() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok_and(|read| read > 0) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            let body = support::PRODUCTION;
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    (address, count)
}
