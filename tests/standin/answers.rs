//! Healthy answers of Clerk's hosts.

use std::time::{Duration, Instant};

use crate::client::{ask, get};
use crate::support;
use crate::support::patience::{best, holds};
use crate::support::standin::{Scenario, Standin};

fn healthy() -> Standin {
    Standin::start(&Scenario::healthy())
}

fn bearer() -> String {
    format!("Bearer {}", support::key("sk_live").unwrap())
}

#[test]
fn it_is_there_within_50_milliseconds() {
    best(|| {
        let start = Instant::now();
        let _standin = healthy();
        let took = start.elapsed();
        holds(took < Duration::from_millis(50) * slower(), took)
    });
}

/// By how much this machine is slower than a usual one: a usual one makes a key within a millisecond.
fn slower() -> u32 {
    let start = Instant::now();
    for _ in 0..10 {
        rcgen::KeyPair::generate().unwrap();
    }
    1 + u32::try_from(start.elapsed().as_millis()).unwrap() / 10
}

#[test]
fn the_backend_api_answers_all_that_may_be_asked_and_only_to_its_key() {
    let standin = healthy();
    let bearer = bearer();
    let known = [("Authorization", bearer.as_str())];
    for path in [
        "/v1/instance",
        "/v1/domains",
        "/v1/jwks",
        "/v1/users/count?created_at_after=1",
        "/v1/redirect_urls?paginated=true&limit=100&offset=0",
        "/v1/jwt_templates",
        "/v1/allowlist_identifiers",
        "/v1/blocklist_identifiers",
        "/v1/instance/communication",
        "/v1/instance/protect",
        "/v1/instance/oauth_application_settings",
        "/v1/instance/organization_settings",
        "/v1/oauth_applications",
        "/v1/enterprise_connections",
        "/v1/organization_roles?limit=100",
        "/v1/organization_permissions",
        "/v1/role_sets",
        "/v1/billing/plans",
        "/v1/machines",
    ] {
        let got = get(&standin, "api.clerk.com", path, &known);
        assert_eq!(
            (got.status, got.header("content-type")),
            (200, "application/json")
        );
        assert!(!got.json().is_null());
        assert!(got.header("date").ends_with(" GMT"));
    }
    let stranger = [("Authorization", "Bearer sk_live_stranger")];
    let got = get(&standin, "api.clerk.com", "/v1/instance", &stranger);
    assert_eq!(
        (got.status, &got.json()["errors"][0]["code"]),
        (401, &"clerk_key_invalid".into())
    );
    assert!(got.json()["clerk_trace_id"].is_string());
    let got = get(&standin, "api.clerk.com", "/v1/instance", &[]);
    assert_eq!(
        got.json()["errors"][0]["code"],
        "authorization_header_format_invalid"
    );
    assert_eq!(standin.violations(), Vec::<String>::new());
}

#[test]
fn both_apis_have_the_same_key_and_another_domain_has_another() {
    let standin = healthy();
    let bearer = bearer();
    let own = get(
        &standin,
        "api.clerk.com",
        "/v1/jwks",
        &[("Authorization", &bearer)],
    )
    .json();
    let jwks = "/.well-known/jwks.json";
    assert_eq!(own["keys"][0]["kid"], "ins_acme");
    assert_eq!(get(&standin, "clerk.acme.shop", jwks, &[]).json(), own);
    let other = get(&standin, "clerk.other.shop", jwks, &[]).json();
    assert_eq!(other["keys"][0]["kid"], "ins_other");
    assert_ne!(other["keys"][0]["n"], own["keys"][0]["n"]);
}

#[test]
fn the_frontend_api_answers_all_that_may_be_asked() {
    let standin = healthy();
    for path in [
        "/v1/health",
        "/v1/environment",
        "/v1/account_portal",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/v1/proxy-health?domain_id=dmn_acme",
    ] {
        let got = get(&standin, "clerk.acme.shop", path, &[]);
        assert_eq!(got.status, 200, "{path}");
        assert!(got.json().is_object());
    }
    let script = "/npm/@clerk/clerk-js@6/dist/clerk.browser.js";
    let got = ask(&standin, "HEAD", "clerk.acme.shop", script, &[], "").unwrap();
    assert!(
        got.header("content-type")
            .starts_with("application/javascript")
    );
    let got = get(
        &standin,
        "acme.shop",
        "/__clerk/v1/proxy-health?domain_id=dmn_acme",
        &[],
    );
    assert_eq!(got.json()["x_forwarded_for"], "127.0.0.1");
    let host = "happy-lion-12.clerk.accounts.dev";
    assert_eq!(get(&standin, host, "/v1/environment", &[]).status, 401);
    assert_eq!(standin.violations(), Vec::<String>::new());
}

#[test]
fn the_frontend_api_knows_origins() {
    let standin = healthy();
    let ask = |origin: &str| {
        get(
            &standin,
            "clerk.acme.shop",
            "/v1/environment",
            &[("Origin", origin)],
        )
    };
    let own = ask("https://acme.shop");
    assert_eq!(own.status, 200);
    assert_eq!(
        own.header("access-control-allow-origin"),
        "https://acme.shop"
    );
    let code = |origin: &str| {
        let got = ask(origin);
        (
            got.status,
            got.json()["errors"][0]["code"].as_str().unwrap().to_owned(),
        )
    };
    let subdomain = code("https://clerk-audit-probe.acme.shop");
    assert_eq!(subdomain, (403, "subdomain_not_allowed".to_owned()));
    for foreign in [
        "https://clerk-audit.invalid",
        "https://evilacme.shop",
        "null",
        "http://acme.shop",
    ] {
        assert_eq!(
            code(foreign),
            (400, "origin_invalid".to_owned()),
            "{foreign}"
        );
    }
}

#[test]
fn the_other_hosts_answer_too() {
    let standin = healthy();
    let summary = get(&standin, "status.clerk.com", "/api/v2/summary.json", &[]).json();
    assert_eq!(summary["status"]["indicator"], "none");
    assert!(summary.get("incidents").is_none());
    let status = get(&standin, "status.clerk.com", "/api/v2/status.json", &[]).json();
    assert_eq!(status["status"]["description"], "All Systems Operational");
    assert_eq!(get(&standin, "accounts.acme.shop", "/", &[]).status, 200);
    for host in ["example.com", "www.iana.org", "one.one.one.one"] {
        assert_eq!(get(&standin, host, "/", &[]).status, 200);
    }
}
