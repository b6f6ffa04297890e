//! What stands between this machine, the site and Clerk is told apart from all three.

use super::inject::{Ran, judge_in, on};
use crate::support::standin::scenario::{On, Scenario, Tls, TlsFault};

/// The site answers everything but its files so, without a word of Clerk's SDK.
fn answering(status: u16, header: (&str, &str), files: bool) -> Scenario {
    let mut scenario = Scenario::healthy();
    if files {
        let served = ["/favicon.ico", "/_next/*"].map(|path| on("site", path));
        scenario.on.extend(served);
    }
    let gone = ["status", "reason", "message"].map(|name| format!("x-clerk-auth-{name}"));
    let gone = gone.into_iter().map(|name| (name, String::new()));
    let (name, value) = header;
    scenario.on.push(On {
        status: Some(status),
        headers: gone.chain([(name.to_owned(), value.to_owned())]).collect(),
        ..on("site", "")
    });
    scenario
}

fn told(ran: &Ran) -> (String, String, i32) {
    (ran.main(), ran.certainty(), ran.code)
}

fn expected(category: &str, certainty: &str, code: i32) -> (String, String, i32) {
    (category.to_owned(), certainty.to_owned(), code)
}

#[test]
fn a_challenge_in_place_of_the_site_shows_no_health_whatever_its_status() {
    for (status, header) in [
        (202, ("x-amzn-waf-action", "challenge")),
        (403, ("cf-mitigated", "challenge")),
        (401, ("www-authenticate", "Basic realm=x")),
    ] {
        let ran = judge_in(&answering(status, header, false), &[]);
        assert_eq!(
            (ran.main().as_str(), ran.code),
            ("unknown", 3),
            "{}",
            ran.stdout
        );
        assert!(
            ran.says("E6").contains("before the app"),
            "{}",
            ran.says("E6")
        );
        assert_eq!(ran.states("E10"), ["odd"]);
    }
}

#[test]
fn where_this_machine_trusts_nobody_no_certificate_is_to_blame() {
    for fault in [TlsFault::Expired, TlsFault::NotYet, TlsFault::UnknownCa] {
        let mut scenario = Scenario::healthy();
        scenario.tls.push(Tls {
            host: "*".to_owned(),
            fault: Some(fault),
            days: None,
            issuer: None,
        });
        let ran = judge_in(&scenario, &[]);
        assert_eq!(told(&ran), expected("unknown", "sure", 3), "{}", ran.stdout);
        assert!(ran.also().is_empty(), "{}", ran.stdout);
        let because = ran.json()["main"]["because"].to_string();
        assert!(because.contains("clock of this machine"), "{because}");
    }
}

#[test]
fn a_proxy_that_does_not_reach_the_app_is_no_broken_middleware() {
    for status in [502, 503, 504, 521] {
        let ran = judge_in(&answering(status, ("retry-after", "600"), true), &[]);
        assert_eq!(
            told(&ran),
            expected("host-down", "sure", 1),
            "{}",
            ran.stdout
        );
    }
    let ran = judge_in(&answering(500, ("server", "x"), true), &[]);
    assert_eq!(ran.main(), "middleware-failure", "{}", ran.stdout);
    let late = ("x-vercel-error", "MIDDLEWARE_INVOCATION_TIMEOUT");
    let ran = judge_in(&answering(504, late, true), &[]);
    assert_eq!(ran.main(), "middleware-failure", "{}", ran.stdout);
}

#[test]
fn a_page_in_place_of_the_webhook_handler_loses_every_event() {
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        method: Some("POST".to_owned()),
        status: Some(200),
        body: Some("<!doctype html><title>Acme</title>".to_owned()),
        headers: [("content-type".to_owned(), "text/html".to_owned())].into(),
        ..on("site", "/api/webhooks/clerk")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        told(&ran),
        expected("webhook-backlog", "sure", 1),
        "{}",
        ran.stdout
    );
}
