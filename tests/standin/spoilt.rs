//! Overrides and faults are what a scenario says of them.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use crate::client::{Got, ask, connect, exchange, get, read_answer, request, trust};
use crate::support;
use crate::support::patience::until;
use crate::support::standin::{Scenario, Standin};

fn with(on: &str) -> Standin {
    Standin::start(&Scenario::from_toml(&format!(
        "[live]\n[[live.on]]\n{on}\n"
    )))
}

fn health(standin: &Standin) -> std::io::Result<Got> {
    ask(standin, "GET", "clerk.acme.shop", "/v1/health", &[], "")
}

fn spoilt(fault: &str) -> Standin {
    with(&format!(
        "host = \"fapi\"\npath = \"/v1/health\"\nfault = \"{fault}\""
    ))
}

#[test]
fn an_override_changes_what_it_names_and_nothing_else() {
    let standin = with(
        "host = \"fapi\"\npath = \"/v1/environment\"\nmerge = '{\"auth_config\":{\"test_mode\":true,\"id\":null}}'",
    );
    let body = get(&standin, "clerk.acme.shop", "/v1/environment", &[]).json();
    assert_eq!(body["auth_config"]["test_mode"], true);
    assert!(body["auth_config"].get("id").is_none());
    assert_eq!(body["display_config"]["show_devmode_warning"], false);
    let standin = with(
        "host = \"acme.shop\"\npath = \"/dash*\"\nbody = \"all of it\"\nheaders = { \"x-auth-bypass\" = \"true\", \"x-frame-options\" = \"\" }",
    );
    let got = get(&standin, "acme.shop", "/dashboard", &[]);
    assert_eq!(
        (
            got.status,
            got.header("x-auth-bypass"),
            got.header("location")
        ),
        (200, "true", "")
    );
    assert_eq!(
        (got.text().as_str(), got.header("x-frame-options")),
        ("all of it", "")
    );
    assert_eq!(get(&standin, "acme.shop", "/orders", &[]).status, 307);
}

#[test]
fn an_override_is_for_the_requests_that_it_describes() {
    let standin = with(
        "host = \"site\"\npath = \"/\"\nmethod = \"GET\"\nwhen = { accept = \"text/html*\", cookie = \"\" }\nstatus = 503\ntimes = 1",
    );
    let html = [("Accept", "text/html")];
    let returning = [("Accept", "text/html"), ("Cookie", "a=b")];
    assert_eq!(get(&standin, "acme.shop", "/", &[]).status, 200);
    assert_eq!(get(&standin, "acme.shop", "/", &returning).status, 200);
    assert_eq!(
        ask(&standin, "HEAD", "acme.shop", "/", &html, "")
            .unwrap()
            .status,
        200
    );
    assert_eq!(get(&standin, "acme.shop", "/", &html).status, 503);
    assert_eq!(
        get(&standin, "acme.shop", "/", &html).status,
        200,
        "only once"
    );
}

#[test]
fn a_refused_key_stays_refused_and_pages_end() {
    let standin = with(
        "host = \"bapi\"\npath = \"/v1/organization_roles\"\njson = '{\"data\":[1,2,3],\"total_count\":3}'",
    );
    let path = "/v1/organization_roles?limit=2&offset=2";
    assert_eq!(get(&standin, "api.clerk.com", path, &[]).status, 401);
    let bearer = format!("Bearer {}", support::key("sk_live").unwrap());
    let got = get(
        &standin,
        "api.clerk.com",
        path,
        &[("Authorization", &bearer)],
    );
    assert_eq!(
        got.json(),
        serde_json::json!({ "data": [3], "total_count": 3 })
    );
}

#[test]
fn a_status_of_an_api_comes_with_clerks_words() {
    let standin = with("host = \"bapi\"\nstatus = 402");
    let got = get(&standin, "api.clerk.com", "/v1/enterprise_connections", &[]);
    assert_eq!(got.status, 402);
    let code = &got.json()["errors"][0]["code"];
    assert_eq!(code, "unsupported_subscription_plan_features");
}

#[test]
fn a_clock_can_be_wrong_and_an_answer_late() {
    let standin = with("host = \"site\"\nskew_s = 172800\ndelay_ms = 200");
    let start = Instant::now();
    let got = get(&standin, "acme.shop", "/", &[]);
    assert!(start.elapsed() >= Duration::from_millis(200));
    // Two days ahead: midnight between the two answers would make one day none.
    let right = get(&standin, "clerk.acme.shop", "/v1/health", &[]);
    assert_ne!(got.header("date")[..16], right.header("date")[..16]);
    assert_eq!(
        support::standin::http::http_date(1_795_305_599),
        "Sat, 21 Nov 2026 23:59:59 GMT"
    );
    assert_eq!(
        support::standin::http::http_date(951_782_400),
        "Tue, 29 Feb 2000 00:00:00 GMT"
    );
}

#[test]
fn a_connection_can_end_without_an_answer() {
    let kind = |fault| health(&spoilt(fault)).unwrap_err().kind();
    assert_eq!(kind("reset"), ErrorKind::ConnectionReset);
    assert_eq!(kind("close"), ErrorKind::UnexpectedEof);
    assert_eq!(kind("garbage"), ErrorKind::InvalidData);
    assert_eq!(kind("truncated"), ErrorKind::UnexpectedEof);
    let standin = spoilt("silence");
    let mut stream = connect(&standin, &trust(&standin), "clerk.acme.shop").unwrap();
    let patience = Some(Duration::from_millis(300));
    stream.sock.set_read_timeout(patience).unwrap();
    let text = request("GET", "clerk.acme.shop", "/v1/health", &[], "");
    let error = exchange(&mut stream, &text).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    until("it is seen all the same", || standin.seen().len() == 1);
}

/// The head of the answer, and as much of its body as there is, up to a bound.
fn read_some(standin: &Standin, bound: usize) -> (Vec<u8>, usize) {
    let mut stream = connect(standin, &trust(standin), "clerk.acme.shop").unwrap();
    let text = request("GET", "clerk.acme.shop", "/v1/health", &[], "");
    stream.write_all(text.as_bytes()).unwrap();
    let (mut start, mut total) = (Vec::new(), 0);
    let mut buffer = vec![0; 64 * 1024];
    while total < bound {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(length) => {
                total += length;
                if start.len() < 4096 {
                    start.extend_from_slice(&buffer[..length]);
                }
            }
        }
    }
    (start, total)
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

#[test]
fn a_body_can_be_endless_or_huge() {
    const BOUND: usize = 5_000_000;
    let (start, total) = read_some(&spoilt("endless"), BOUND);
    assert!(total >= BOUND && !contains(&start, "content-length"));
    let (start, total) = read_some(&spoilt("endless-chunks"), BOUND);
    assert!(total >= BOUND && contains(&start, "transfer-encoding: chunked"));
    let (start, total) = read_some(&spoilt("huge-body"), BOUND);
    assert!(total >= BOUND && contains(&start, "content-length: 67108864"));
    let (start, total) = read_some(&spoilt("gzip-bomb"), usize::MAX);
    assert!(total > 6_000_000 && contains(&start, "content-encoding: gzip"));
    let (start, total) = read_some(&spoilt("huge-header"), 1024 * 1024);
    assert!(total >= 1024 * 1024 && contains(&start, "x-huge: hhh"));
}

#[test]
fn a_body_can_be_slow() {
    let start = Instant::now();
    let got = health(&spoilt("slow-body")).unwrap();
    assert_eq!(got.json()["status"], "healthy");
    assert!(start.elapsed() >= Duration::from_millis(150 * 18));
}

#[test]
fn an_answer_can_be_of_another_kind_than_it_should() {
    let got = health(&spoilt("wrong-type")).unwrap();
    assert_eq!(got.header("content-type"), "text/html; charset=utf-8");
    let got = health(&spoilt("escapes")).unwrap();
    assert!(got.json()["status"].as_str().unwrap().contains('\u{1b}'));
    assert!(got.header("server").contains('\u{9b}'));
    let got = health(&spoilt("loop")).unwrap();
    assert_eq!(
        (got.status, got.header("location")),
        (302, "https://clerk.acme.shop/v1/health")
    );
    let got = health(&spoilt("redirect-away")).unwrap();
    assert_eq!(got.header("location"), "https://evil.example/");
}

#[test]
fn faults_come_without_tls_too() {
    let standin = with("host = \"plain\"\nfault = \"reset\"");
    let mut stream = crate::client::tcp(standin.http());
    stream
        .write_all(request("GET", "acme.shop", "/", &[], "").as_bytes())
        .unwrap();
    let error = read_answer(&mut stream, false).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}
