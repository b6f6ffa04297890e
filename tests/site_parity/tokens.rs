//! A forged token makes the deployed app tell how its secret key is.

use crate::support::replay::Features;
use crate::{MISSING, NEW, NEXT, OLD, answer};

const EXPIRED: &str = "session-token-expired-refresh-non-eligible-no-refresh-cookie";
const MISMATCH: &str = "jwk-kid-mismatch";
const SIGNATURE: &str = "token-invalid-signature";
const REFUSED: &str = "secret-key-invalid";
const NOT_LOADED: &str = "jwk-remote-failed-to-load";
const UNEXPECTED: &str = "unexpected-error";

/// Reasons for: a bogus kid, the real kid, an expired token, a foreign azp.
const OF_NEW: &[(&str, [&str; 4])] = &[
    ("good", [MISMATCH, SIGNATURE, SIGNATURE, SIGNATURE]),
    ("parties", [MISMATCH, SIGNATURE, SIGNATURE, SIGNATURE]),
    ("development", [MISMATCH, SIGNATURE, SIGNATURE, SIGNATURE]),
    ("bypass", [MISMATCH, SIGNATURE, SIGNATURE, SIGNATURE]),
    ("other-instance", [MISMATCH, MISMATCH, MISMATCH, MISMATCH]),
    ("networkless", [SIGNATURE, SIGNATURE, SIGNATURE, SIGNATURE]),
    ("wrong-key", [REFUSED, REFUSED, REFUSED, REFUSED]),
    ("revoked-key", [REFUSED, REFUSED, REFUSED, REFUSED]),
    (
        "backend-503",
        [NOT_LOADED, NOT_LOADED, NOT_LOADED, NOT_LOADED],
    ),
    (
        "backend-unreachable",
        [UNEXPECTED, UNEXPECTED, UNEXPECTED, UNEXPECTED],
    ),
    ("missing-key", ["", "", "", ""]),
];

const OF_OLD: &[(&str, [&str; 4])] = &[
    ("good", [MISMATCH, SIGNATURE, EXPIRED, SIGNATURE]),
    (
        "parties",
        [
            MISMATCH,
            SIGNATURE,
            EXPIRED,
            "token-invalid-authorized-parties",
        ],
    ),
    ("other-instance", [MISMATCH, MISMATCH, MISMATCH, MISMATCH]),
    ("networkless", [SIGNATURE, SIGNATURE, EXPIRED, SIGNATURE]),
    ("wrong-key", [REFUSED, REFUSED, REFUSED, REFUSED]),
];

fn reasons(app: &str, scenario: &str) -> [String; 4] {
    ["bogus-kid", "real-kid", "expired", "foreign-azp"].map(|kind| {
        answer(app, scenario, &Features::token("/", kind))
            .reason()
            .to_owned()
    })
}

#[test]
fn the_reason_tells_the_state_of_the_secret_key() {
    for app in NEW {
        for (scenario, expected) in OF_NEW {
            assert_eq!(reasons(app, scenario), *expected, "{app}-{scenario}");
        }
    }
}

#[test]
fn old_packages_look_at_the_claims_before_the_signature() {
    for app in OLD {
        for (scenario, expected) in OF_OLD {
            assert_eq!(reasons(app, scenario), *expected, "{app}-{scenario}");
        }
    }
}

#[test]
fn a_visitor_without_a_token_sees_nothing_of_a_bad_secret_key() {
    for app in NEW {
        for scenario in [
            "wrong-key",
            "revoked-key",
            "other-instance",
            "backend-503",
            "backend-unreachable",
        ] {
            let seen = answer(app, scenario, &Features::get("/"));
            assert_eq!(
                (seen.status, seen.reason()),
                (200, MISSING),
                "{app}-{scenario}"
            );
        }
    }
}

#[test]
fn clerk_tries_for_seconds_before_it_gives_a_key_up() {
    for app in NEW {
        for (scenario, ms) in [
            ("good", 0),
            ("other-instance", 0),
            ("wrong-key", 3000),
            ("backend-503", 3000),
            ("backend-unreachable", 3000),
        ] {
            let seen = answer(app, scenario, &Features::token("/", "bogus-kid"));
            assert_eq!(seen.ms, ms, "{app}-{scenario}");
        }
    }
}

#[test]
fn an_unknown_kid_makes_clerk_name_the_instance_of_the_deployed_key() {
    for (scenario, instance) in [("good", "ins_lab"), ("other-instance", "ins_other")] {
        for app in NEW.iter().chain(&OLD) {
            let seen = answer(app, scenario, &Features::token("/", "bogus-kid"));
            let message = seen.header("x-clerk-auth-message").to_owned();
            assert!(
                message.contains(&format!("available: {instance}")),
                "{app}: {message}"
            );
        }
    }
}

#[test]
fn a_refused_token_keeps_its_reason_where_the_route_is_protected() {
    for (app, status, reason) in [
        ("next16", 307, MISMATCH.to_owned()),
        ("next15", 404, format!("protect-rewrite, {MISMATCH}")),
        ("express", 401, MISMATCH.to_owned()),
    ] {
        let seen = answer(app, "good", &Features::token("/api/orders", "bogus-kid"));
        assert_eq!(
            (seen.status, seen.reason()),
            (status, reason.as_str()),
            "{app}"
        );
    }
}

#[test]
fn a_page_of_next_names_the_version_of_the_sdk() {
    for (app, version) in NEXT
        .map(|app| (app, "7.7.4"))
        .into_iter()
        .chain([("next15-core2", "6.39.6")])
    {
        let page = answer(app, "good", &Features::document("/")).body;
        let told = format!(r#"\"name\":\"@clerk/nextjs\",\"version\":\"{version}\""#);
        assert!(page.contains(&told), "{app}");
    }
}
