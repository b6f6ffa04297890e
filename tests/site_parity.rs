//! What real apps with Clerk's real packages answer to the questions an audit asks of a deployed site.
//!
//! `fixtures/parity/site/<app>-<scenario>.json` were recorded by `tests/tools/lab`. The tests hold the facts the checks
//! build on against these records, and the server that replays them against what it promises.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "site_parity/audited.rs"]
mod audited;
#[path = "site_parity/replaying.rs"]
mod replaying;
#[path = "site_parity/routes.rs"]
mod routes;
mod support;
#[path = "site_parity/tokens.rs"]
mod tokens;
#[path = "site_parity/verdicts.rs"]
mod verdicts;

use support::replay::{Answered, Features, Transcript};

const NEXT: [&str; 2] = ["next15", "next16"];
const NEW: [&str; 3] = ["express", "next15", "next16"];
const OLD: [&str; 2] = ["express-core2", "next15-core2"];
const MISSING: &str = "session-token-and-uat-missing";

/// What an app answered in a scenario.
fn answer(app: &str, scenario: &str, features: &Features) -> Answered {
    let transcript = Transcript::load(&format!("{app}-{scenario}"));
    let answer = transcript.answer(features);
    answer
        .unwrap_or_else(|| panic!("{app}-{scenario}: nothing recorded for {features:?}"))
        .clone()
}

#[test]
fn a_transcript_is_named_after_what_it_holds() {
    let names = Transcript::names();
    assert!(names.len() > 40, "{names:?}");
    for name in names {
        let one = Transcript::load(&name);
        assert_eq!(name, format!("{}-{}", one.app, one.scenario));
        assert_eq!(one.recorded, "2026-11-21");
        assert!(one.versions.contains_key("@clerk/backend"), "{name}");
        assert!(one.probes.len() >= 18, "{name}");
    }
}

#[test]
fn no_transcript_holds_a_whole_key_or_token_or_an_address_of_the_machine() {
    let audited = Transcript::names_audited();
    let audited = audited.iter().map(|name| format!("audited/{name}"));
    for name in Transcript::names().into_iter().chain(audited) {
        let file = support::root().join(format!("fixtures/parity/site/{name}.json"));
        let text = std::fs::read_to_string(file).unwrap();
        for part in [
            "pk_live_",
            "pk_test_",
            "sk_live_",
            "sk_test_",
            "whsec_",
            "eyJ",
            "localhost:",
            "127.0.0.1",
            "/tmp/",
        ] {
            assert!(!text.contains(part), "{name} has {part}");
        }
    }
}

#[test]
fn only_the_webhook_was_posted_to() {
    let audited = Transcript::names_audited();
    let audited = audited.iter().map(|name| format!("audited/{name}"));
    for name in Transcript::names().into_iter().chain(audited) {
        for probe in Transcript::load(&name).probes {
            let asked = probe.request;
            let harmless = matches!(asked.method.as_str(), "GET" | "HEAD" | "OPTIONS");
            assert!(harmless || asked.path == "/api/webhooks/clerk", "{name}");
            assert!(!asked.headers.contains_key("next-action"), "{name}");
        }
    }
}
