//! What is hard to bring about with a server: shapes of documents, and the words of others.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::site::{is_on, key_in};
use super::token::{self, Deployed};
use super::{Probe, status};
use crate::facts::http::{Answer, Fault, Phase};
use crate::model::{Known, Moment};

fn probe(exchange: Result<Answer, Fault>) -> Probe {
    Probe {
        at: Moment(1_795_304_467),
        took_ms: 12,
        exchange,
    }
}

fn json(body: &str) -> Probe {
    probe(Ok(Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.as_bytes().to_vec(),
        whole: true,
        ..Answer::default()
    }))
}

#[test]
fn a_status_page_is_read_whatever_is_missing_or_unknown_in_it() {
    let outage = |body: &str| status::read(&[json(body)]).and_then(|page| page.outage());
    for nothing in [
        "{}",
        "[]",
        "null",
        r#"{"status":7}"#,
        r#"{"status":{}}"#,
        r#"{"status":{"indicator":"minor"},"components":7,"incidents":{}}"#,
        r#"{"status":{"indicator":"none"},"components":[7,null,{"name":3}]}"#,
        r#"{"status":{"indicator":"major"},"components":[{"name":"Billing","status":"partial_outage"}]}"#,
        r#"{"status":{"indicator":"minor"},"incidents":[{"name":"Sign-in fails","status":"resolved"}]}"#,
        r#"{"status":{"indicator":"none"},"components":[{"name":"Session management","status":"under_maintenance"}]}"#,
    ] {
        assert_eq!(outage(nothing), None, "{nothing}");
    }
    for something in [
        r#"{"status":{"indicator":"critical"}}"#,
        r#"{"status":{"indicator":"none"},"components":[{"name":"User and authentication","status":"partial_outage"}]}"#,
        r#"{"status":{"indicator":"minor"},"components":[{"name":"Session management","status":"degraded_performance"}],"incidents":[{"name":"Slow requests","status":"identified"}]}"#,
        r#"{"status":{},"incidents":[{"name":"Sign-in fails","status":"investigating"}]}"#,
    ] {
        assert!(outage(something).is_some(), "{something}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(outage(&deep), None);
}

#[test]
fn a_key_is_found_in_a_page_and_what_looks_like_one_is_not() {
    assert!(
        key_in("<script data-clerk-publishable-key=\"pk_live_Y2xlcmsuZXhhbXBsZS5jb20k\"").is_some()
    );
    // Stripe's looks the same, and decodes to nothing.
    assert!(key_in(&format!("pk_live_{}", "51Abc".repeat(8))).is_none());
    assert!(key_in(&"pk_live_".repeat(100_000)).is_none());
}

#[test]
fn a_switch_is_on_as_programs_write_it() {
    assert!(
        ["true", "1", "TRUE", "on", "enabled"]
            .into_iter()
            .all(is_on)
    );
    assert!(
        !["", "0", "false", "False ", "off", "no"]
            .into_iter()
            .any(is_on)
    );
}

#[test]
fn the_reason_that_counts_is_the_one_about_the_token() {
    let says = |reason: &str| {
        probe(Ok(Answer {
            status: 404,
            headers: vec![("x-clerk-auth-reason".to_owned(), reason.to_owned())],
            ..Answer::default()
        }))
    };
    let of = |bogus: &str, real: &str| token::of(&says(bogus), &Known::Yes(says(real)));
    let mismatch = "protect-rewrite, jwk-kid-mismatch";
    assert_eq!(
        of(mismatch, "protect-rewrite, token-invalid-signature"),
        Deployed::Pairs
    );
    assert_eq!(of(mismatch, mismatch), Deployed::Foreign);
    assert_eq!(
        of("token-invalid-signature", "token-invalid-signature"),
        Deployed::Networkless
    );
    assert!(matches!(of("\u{1b}[2J", ""), Deployed::Silent(_)));
    let not_known = Known::NotAsked(String::new());
    assert_eq!(
        token::of(&says("jwk-kid-mismatch"), &not_known),
        Deployed::Works
    );
    let silent = probe(Err(Fault::TimedOut {
        after_ms: 4000,
        phase: Phase::Waiting,
    }));
    assert!(matches!(
        token::of(&silent, &not_known),
        Deployed::Unanswered(_)
    ));
}
