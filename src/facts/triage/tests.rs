//! What is hard to bring about with a server: shapes of documents, and the words of others.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::site::{is_on, key_in};
use super::token::{self, Deployed};
use super::{App, Backend, Collected, Forged, Probe, Row, RowKind, Told, again, judge, status};
use crate::facts::http::{Answer, Fault, Phase};
use crate::model::triage::Category;
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
    let judge = |bogus: Probe, real: Known<Probe>| token::of(&Forged { bogus, real });
    let of = |bogus: &str, real: &str| judge(says(bogus), Known::Yes(says(real)));
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
        judge(says("jwk-kid-mismatch"), not_known.clone()),
        Deployed::Works
    );
    let silent = probe(Err(Fault::TimedOut {
        host: "acme.shop".to_owned(),
        after_ms: 4000,
        phase: Phase::Waiting,
    }));
    assert!(matches!(judge(silent, not_known), Deployed::Unanswered(_)));
}

/// A look of which nothing is known but a site that works, whose middleware gives a reason to forged tokens.
fn look(at: u64, reason: &str) -> Collected {
    let says = |reason: &str| {
        let header = ("x-clerk-auth-reason".to_owned(), reason.to_owned());
        let answer = Answer {
            status: 200,
            headers: vec![header],
            ..Answer::default()
        };
        Probe {
            at: Moment(at),
            ..probe(Ok(answer))
        }
    };
    let not = || "not asked".to_owned();
    let row = |kind, path: &str| Row {
        kind,
        path: path.to_owned(),
        probe: says("dev-browser-missing"),
    };
    Collected {
        at: Moment(at),
        took_ms: 1,
        control: vec![("example.com".to_owned(), json("{}"))],
        status: Vec::new(),
        backend: Backend {
            host: "api.clerk.com".to_owned(),
            key: None,
            probe: json("{}"),
        },
        unsendable: None,
        frontend: Known::NotAsked(not()),
        names: Known::NotAsked(not()),
        app: Known::Yes(App {
            site: "https://acme.shop".parse().unwrap(),
            rows: vec![
                row(RowKind::Page, "/"),
                row(RowKind::Static, "/favicon.ico"),
            ],
            again: says(""),
            chain: Vec::new(),
            handshake: says(""),
            token_path: "/".to_owned(),
            forged: Known::Yes(Forged {
                bogus: says(reason),
                real: Known::NotAsked(not()),
            }),
        }),
        hook: Known::NotAsked(not()),
        people: Known::NotAsked(not()),
        key: None,
        told: Told::default(),
    }
}

/// The same without the forged token.
fn quiet(at: u64) -> Collected {
    let mut look = look(at, "");
    if let Known::Yes(app) = &mut look.app {
        app.forged = Known::NotAsked(again::LATER.to_owned());
    }
    look
}

#[test]
fn answers_to_forged_tokens_are_carried_over_until_something_else_changes() {
    let good = look(1000, "jwk-kid-mismatch");
    let mut next = quiet(90_000);
    assert!(again::carry_over(&good, &mut next), "however old they are");
    assert_eq!(judge(&next).evidence, {
        let mut same = judge(&look(90_000, "jwk-kid-mismatch")).evidence;
        for one in same.iter_mut().filter(|one| one.id == "E7") {
            one.at = Some(Moment(1000));
        }
        same
    });
    let mut next = quiet(1010);
    if let Known::Yes(app) = &mut next.app {
        app.rows[0].probe = json("{}");
        app.rows[0].probe.exchange = Err(Fault::TimedOut {
            host: "acme.shop".to_owned(),
            after_ms: 4000,
            phase: Phase::Waiting,
        });
    }
    assert!(!again::carry_over(&good, &mut next));
    let mut away = good.clone();
    away.app = Known::Failed("it was not asked in time".to_owned());
    assert!(
        !again::carry_over(&away, &mut quiet(1010)),
        "there are none"
    );
}

#[test]
fn an_incident_that_forged_tokens_alone_show_is_looked_at_again_once_a_minute() {
    let bad = look(1000, "secret-key-invalid");
    assert_eq!(judge(&bad).main.category, Category::Keys);
    let mut next = quiet(1050);
    assert!(again::carry_over(&bad, &mut next));
    assert_eq!(judge(&next).main.category, Category::Keys);
    assert!(!again::carry_over(&next, &mut quiet(1060)));
}

#[test]
fn a_bypass_that_was_seen_on_a_forged_token_too_is_not_carried_over_its_end() {
    let announced = |look: &mut Collected, probes: bool| {
        let Known::Yes(app) = &mut look.app else {
            return;
        };
        let header = ("x-auth-bypass".to_owned(), "true".to_owned());
        let add = |probe: &mut Probe| {
            let answer = probe.exchange.as_mut().unwrap();
            answer.headers.push(header.clone());
        };
        app.rows.iter_mut().for_each(|row| add(&mut row.probe));
        if let (true, Known::Yes(forged)) = (probes, &mut app.forged) {
            add(&mut forged.bogus);
        }
    };
    let mut on = look(1000, "jwk-kid-mismatch");
    announced(&mut on, true);
    assert_eq!(judge(&on).main.category, Category::BypassActive);
    let mut still = quiet(1010);
    announced(&mut still, false);
    assert!(again::carry_over(&on, &mut still));
    assert!(!again::carry_over(&still, &mut quiet(1020)));
}
