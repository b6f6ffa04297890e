//! The deployed site behaves as Clerk's packages make it.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;

use crate::client::{Got, ask, get};
use crate::support;
use crate::support::standin::{Scenario, Standin};

const HTML: [(&str, &str); 1] = [("Accept", "text/html,application/xhtml+xml")];

fn with(keys: &str) -> Standin {
    Standin::start(&Scenario::from_toml(&format!("[live]\n{keys}\n")))
}

fn reason(got: &Got) -> &str {
    got.header("x-clerk-auth-reason")
}

#[test]
fn a_healthy_home_page_has_the_key_and_every_header() {
    let standin = with("");
    let got = get(&standin, "acme.shop", "/", &HTML);
    assert_eq!(
        (got.status, reason(&got)),
        (200, "session-token-and-uat-missing")
    );
    let page = got.text();
    assert!(page.contains("https://clerk.acme.shop/npm/@clerk/clerk-js@6/dist/clerk.browser.js"));
    assert!(page.contains(&support::key("pk_live").unwrap()));
    assert!(
        got.header("content-security-policy")
            .contains("https://*.protect.clerk.com:*")
    );
    assert!(
        got.header("strict-transport-security")
            .contains("max-age=63072000")
    );
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert_eq!(
        get(&standin, "acme.shop", "/api/health", &[]).json()["status"],
        "ok"
    );
    let script = get(&standin, "acme.shop", "/_next/static/chunks/main.js", &[]);
    assert_eq!((script.status, reason(&script)), (200, ""));
}

#[test]
fn what_nobody_has_is_not_found() {
    let standin = with("");
    for path in [
        "/.env",
        "/.git/config",
        "/.clerk/",
        "/clerk-audit-1234",
        "/_next/static/chunks/main.js.map",
    ] {
        let got = get(&standin, "acme.shop", path, &[]);
        assert_eq!((got.status, reason(&got)), (404, ""), "{path}");
    }
    for (path, to) in [
        ("/dashboard/", "/dashboard"),
        ("//dashboard", "/dashboard"),
        ("/sign-in/?a=b", "/sign-in?a=b"),
    ] {
        let got = get(&standin, "acme.shop", path, &[]);
        assert_eq!((got.status, got.header("location")), (308, to));
    }
    assert_eq!(get(&standin, "acme.shop", "/%zz", &[]).status, 400);
}

#[test]
fn each_framework_refuses_strangers_in_its_own_way() {
    let ask = |keys: &str, more: &[(&str, &str)]| get(&with(keys), "acme.shop", "/dashboard", more);
    for more in [&[][..], &HTML] {
        let got = ask("", more);
        assert_eq!(
            (got.status, got.header("x-clerk-redirect-to")),
            (307, "true")
        );
        assert_eq!(
            got.header("location"),
            "/sign-in?redirect_url=https%3A%2F%2Facme.shop%2Fdashboard"
        );
    }
    let next15 = ask("sdk = \"next15\"", &[]);
    assert_eq!(
        (next15.status, reason(&next15)),
        (404, "protect-rewrite, session-token-and-uat-missing")
    );
    assert!(next15.header("x-middleware-rewrite").starts_with("/clerk_"));
    assert_eq!(ask("sdk = \"next15\"", &HTML).status, 307);
    let express = ask("sdk = \"express\"", &HTML);
    assert_eq!(
        (express.status, express.header("x-clerk-auth-status")),
        (401, "signed-out")
    );
    let spa = ask("sdk = \"spa\"", &HTML);
    assert_eq!((spa.status, reason(&spa)), (200, ""));
    assert_eq!(ask("sdk = \"none\"", &HTML).status, 404);
    let bundle = get(&with("sdk = \"spa\""), "acme.shop", "/assets/index.js", &[]);
    assert!(bundle.text().contains(&support::key("pk_live").unwrap()));
    let some = with("protected = [\"/dashboard/**\"]");
    assert_eq!(get(&some, "acme.shop", "/dashboard/a", &HTML).status, 307);
    assert_eq!(get(&some, "acme.shop", "/dashboards", &HTML).status, 404);
}

#[test]
fn no_spelling_of_a_protected_path_gets_through() {
    for sdk in ["next16", "next15"] {
        let standin = with(&format!("sdk = \"{sdk}\""));
        for path in [
            "/DASHBOARD",
            "/%64ashboard",
            "/dashboard%2f",
            "/dashboard/%2e",
            "/dashboard.json",
            "/x/%2e%2e/dashboard",
        ] {
            let got = get(&standin, "acme.shop", path, &[]);
            assert!(matches!(got.status, 307 | 308 | 404), "{sdk} {path}");
        }
        let data = get(&standin, "acme.shop", "/_next/data/b/dashboard.json", &[]);
        assert_eq!((data.status, data.header("location")), (307, ""));
        assert!(data.header("x-nextjs-redirect").starts_with("/sign-in?"));
        let open = get(&standin, "acme.shop", "/", &[]);
        assert_eq!(open.header("x-middleware-rewrite"), "/");
    }
    let navigation = get(&with(""), "acme.shop", "/", &[("RSC", "1")]);
    assert_eq!(navigation.status, 307);
    assert!(navigation.header("location").starts_with("/?_rsc="));
}

#[test]
fn who_comes_back_is_sent_to_a_handshake() {
    let back = [HTML[0], ("Cookie", "__client_uat=1795305600")];
    let got = get(&with(""), "acme.shop", "/?a=b", &back);
    assert_eq!(
        (got.status, got.header("x-clerk-auth-status")),
        (307, "handshake")
    );
    assert!(got.header("location").starts_with(
        "https://clerk.acme.shop/v1/client/handshake?redirect_url=https%3A%2F%2Facme.shop%2F%3Fa%3Db&"
    ));
    let development = with("deployed_key = \"development\"");
    let got = get(&development, "acme.shop", "/", &HTML);
    assert!(
        got.header("location")
            .starts_with("https://happy-lion-12.clerk.accounts.dev/v1/client/handshake?")
    );
    let got = get(&development, "acme.shop", "/", &[("Accept", "*/*")]);
    assert_eq!((got.status, reason(&got)), (200, "dev-browser-missing"));
    assert!(got.text().contains(&support::key("pk_test").unwrap()));
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn forged(kid: &str, claims: &serde_json::Value) -> String {
    let head = serde_json::json!({ "alg": "RS256", "typ": "JWT", "kid": kid });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "Bearer {}.{}.{}",
        part(&head),
        part(claims),
        URL_SAFE_NO_PAD.encode([7; 256])
    )
}

#[test]
fn forged_tokens_tell_of_the_deployed_key() {
    let good = serde_json::json!({ "sub": "user_audit", "exp": now() + 60 });
    let stale = serde_json::json!({ "sub": "user_audit", "exp": now() - 3600 });
    let foreign = serde_json::json!({ "exp": now() + 60, "azp": "https://clerk-audit.invalid" });
    let mismatch = "jwk-kid-mismatch";
    let forged_one = "token-invalid-signature";
    let expired = "session-token-expired-refresh-non-eligible-no-refresh-cookie";
    let azp = "token-invalid-authorized-parties";
    // Bogus kid, real kid, expired, foreign party.
    for (key, said) in [
        ("good", [mismatch, forged_one, forged_one, forged_one]),
        ("wrong", ["secret-key-invalid"; 4]),
        ("other-instance", [mismatch; 4]),
        ("networkless", [forged_one; 4]),
        ("bapi-down", ["jwk-remote-failed-to-load"; 4]),
        ("unreachable", ["unexpected-error"; 4]),
        ("old-sdk", [mismatch, forged_one, expired, forged_one]),
        ("old-sdk-azp", [mismatch, forged_one, expired, azp]),
    ] {
        let standin = with(&format!("deployed_key = \"{key}\""));
        let reason = |kid: &str, claims| {
            let token = forged(kid, claims);
            let got = get(&standin, "acme.shop", "/", &[("Authorization", &token)]);
            reason(&got).to_owned()
        };
        let got = [
            reason("ins_clerkaudit000", &good),
            reason("ins_acme", &good),
            reason("ins_acme", &stale),
            reason("ins_acme", &foreign),
        ];
        assert_eq!(got, said, "{key}");
    }
    let got = get(
        &with(""),
        "acme.shop",
        "/",
        &[("Authorization", "Bearer nonsense")],
    );
    assert_eq!(reason(&got), "token-invalid");
}

#[test]
fn without_a_key_all_that_is_matched_fails_and_the_rest_does_not() {
    let standin = with("deployed_key = \"missing\"");
    for path in ["/", "/dashboard", "/api/health", "/api/webhooks/clerk"] {
        let got = get(&standin, "acme.shop", path, &HTML);
        assert_eq!((got.status, reason(&got)), (500, ""), "{path}");
    }
    assert_eq!(get(&standin, "acme.shop", "/favicon.ico", &[]).status, 200);
}

#[test]
fn an_api_answers_preflights_without_cors() {
    let preflight = [
        ("Origin", "https://clerk-audit.invalid"),
        ("Access-Control-Request-Method", "GET"),
    ];
    let got = ask(
        &with(""),
        "OPTIONS",
        "acme.shop",
        "/api/health",
        &preflight,
        "",
    )
    .unwrap();
    assert_eq!(
        (got.status, got.header("access-control-allow-origin")),
        (204, "")
    );
}

/// A webhook as Clerk sends it, its time and its body wrong or not.
struct Event {
    key: String,
    age: i64,
    sent: &'static str,
    before: &'static str,
}

const BODY: &str =
    r#"{"object":"event","type":"clerk_audit.ping","data":{"id":"clerk_audit_probe"}}"#;

fn event() -> Event {
    Event {
        key: support::key("whsec").unwrap(),
        age: 0,
        sent: BODY,
        before: "",
    }
}

fn post(standin: &Standin, event: &Event) -> u16 {
    let key = STANDARD.decode(&event.key["whsec_".len()..]).unwrap();
    let stamp = i64::try_from(now()).unwrap() - event.age;
    let text = format!("msg_audit.{stamp}.{BODY}");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), text.as_bytes());
    let signature = format!("{}v1,{}", event.before, STANDARD.encode(tag.as_ref()));
    let stamp = stamp.to_string();
    let headers = [
        ("svix-id", "msg_audit"),
        ("svix-timestamp", stamp.as_str()),
        ("svix-signature", signature.as_str()),
        ("Content-Type", "application/json"),
    ];
    let got = ask(
        standin,
        "POST",
        "acme.shop",
        "/api/webhooks/clerk",
        &headers,
        event.sent,
    );
    got.unwrap().status
}

/// Unsigned, another key, stale, future, altered, respaced, good, two signatures.
fn probes(webhook: &str) -> [u16; 8] {
    let standin = with(&format!("webhook = \"{webhook}\""));
    let unsigned = ask(
        &standin,
        "POST",
        "acme.shop",
        "/api/webhooks/clerk",
        &[],
        BODY,
    );
    let altered =
        r#"{"object":"event","type":"clerk_audit.ping","data":{"id":"clerk_audit_changed"}}"#;
    let respaced =
        r#"{"object": "event","type":"clerk_audit.ping","data":{"id":"clerk_audit_probe"}}"#;
    let answers = [
        unsigned.unwrap().status,
        post(
            &standin,
            &Event {
                key: support::key("whsec:24").unwrap(),
                ..event()
            },
        ),
        post(
            &standin,
            &Event {
                age: 600,
                ..event()
            },
        ),
        post(
            &standin,
            &Event {
                age: -600,
                ..event()
            },
        ),
        post(
            &standin,
            &Event {
                sent: altered,
                ..event()
            },
        ),
        post(
            &standin,
            &Event {
                sent: respaced,
                ..event()
            },
        ),
        post(&standin, &event()),
        post(
            &standin,
            &Event {
                before: "v1,AAAA v2,BBBB ",
                ..event()
            },
        ),
    ];
    assert_eq!(standin.violations(), Vec::<String>::new());
    answers
}

#[test]
fn the_webhook_endpoint_verifies_as_well_as_the_scenario_says() {
    for (webhook, answers) in [
        ("good", [400, 400, 400, 400, 400, 400, 200, 200]),
        ("accepts-anything", [200; 8]),
        ("no-replay-check", [400, 400, 200, 400, 400, 400, 200, 200]),
        ("no-future-check", [400, 400, 400, 200, 400, 400, 200, 200]),
        ("wrong-secret", [400; 8]),
        ("clock-ahead", [400, 400, 400, 200, 400, 400, 400, 400]),
        ("throws", [500; 8]),
        ("behind-auth", [307; 8]),
        ("parses-before", [400, 400, 400, 400, 400, 200, 200, 200]),
        ("ignores-data", [400, 400, 400, 400, 200, 200, 200, 200]),
        ("one-signature", [400, 400, 400, 400, 400, 400, 200, 400]),
        ("redirects", [308; 8]),
        ("missing", [404; 8]),
        ("chokes", [400, 400, 400, 400, 400, 400, 500, 500]),
    ] {
        assert_eq!(probes(webhook), answers, "{webhook}");
    }
    assert_eq!(
        get(&with(""), "acme.shop", "/api/webhooks/clerk", &[]).status,
        405
    );
}

#[test]
fn a_slow_webhook_takes_six_seconds() {
    let start = std::time::Instant::now();
    assert_eq!(post(&with("webhook = \"slow\""), &event()), 200);
    assert!(start.elapsed().as_secs() >= 6);
}
