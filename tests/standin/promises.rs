//! What came is written down, and what must never come is held against who sent it.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{ask, connect, exchange, get, request, tcp, trust};
use crate::support;
use crate::support::standin::{Scenario, Standin};

#[test]
fn many_requests_go_over_one_connection_and_each_is_written_down() {
    let standin = Standin::start(&Scenario::healthy());
    let mut stream = connect(&standin, &trust(&standin), "acme.shop").unwrap();
    for at in 0..50 {
        let target = format!("/orders?page={at}");
        let got = exchange(
            &mut stream,
            &request("GET", "acme.shop:443", &target, &[], ""),
        )
        .unwrap();
        assert_eq!(got.status, 307);
    }
    let seen = standin.seen();
    assert_eq!(seen.len(), 50);
    let last = &seen[49];
    assert_eq!(
        (last.host.as_str(), last.sni.as_str(), last.tls),
        ("acme.shop", "acme.shop", true)
    );
    assert_eq!(
        (last.method.as_str(), last.path.as_str()),
        ("GET", "/orders?page=49")
    );
    assert_eq!(last.header("user-agent"), Some("clerk-audit/0"));
    assert!(last.raw.starts_with(b"GET /orders?page=49 HTTP/1.1\r\n"));
    assert!(seen[0].at <= last.at);
}

#[test]
fn five_hundred_requests_at_once_are_no_trouble() {
    let scenario = Scenario::from_toml("[live]\nlatency_ms = 100\n");
    let standin = Arc::new(Standin::start(&scenario));
    let trust = trust(&standin);
    // One after the other they would take 51 seconds.
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..32 {
            let (standin, trust) = (standin.clone(), trust.clone());
            scope.spawn(move || {
                let mut stream = connect(&standin, &trust, "acme.shop").unwrap();
                for _ in 0..16 {
                    let text = request("GET", "acme.shop", "/api/health", &[], "");
                    assert_eq!(exchange(&mut stream, &text).unwrap().status, 200);
                }
            });
        }
    });
    assert_eq!(standin.seen().len(), 512);
    let took = start.elapsed();
    assert!(
        took > Duration::from_millis(1600) && took < Duration::from_secs(25),
        "{took:?}"
    );
}

#[test]
fn what_changes_something_at_clerk_is_refused_and_held_against_the_sender() {
    for (host, path) in [
        ("api.clerk.com", "/v1/instance"),
        ("clerk.acme.shop", "/v1/client/sign_ins"),
        ("status.clerk.com", "/"),
        ("accounts.acme.shop", "/"),
    ] {
        let standin = Standin::start(&Scenario::healthy());
        assert_eq!(
            ask(&standin, "POST", host, path, &[], "{}").unwrap().status,
            405
        );
        assert!(
            standin.violations()[0].contains("changes something"),
            "{host}"
        );
    }
}

#[test]
fn what_is_private_or_not_documented_is_held_against_the_sender() {
    let bearer = format!("Bearer {}", support::key("sk_live").unwrap());
    let known = [("Authorization", bearer.as_str())];
    let both = [
        ("Authorization", bearer.as_str()),
        ("Origin", "https://acme.shop"),
    ];
    let standin = Standin::start(&Scenario::healthy());
    get(&standin, "api.clerk.com", "/v1/users?limit=1", &known);
    get(&standin, "api.clerk.com", "/v1/sessions", &known);
    get(
        &standin,
        "api.clerk.com",
        "/v1/machines/mch_acme/secret_key",
        &known,
    );
    get(&standin, "api.clerk.com", "/v1/instance?verbose=1", &known);
    get(
        &standin,
        "clerk.acme.shop",
        "/v1/client/handshake?redirect_url=x",
        &[],
    );
    get(&standin, "clerk.acme.shop", "/v1/environment", &both);
    ask(&standin, "DELETE", "acme.shop", "/api/orders", &[], "").unwrap();
    // The first handshake has two faults: the path and its parameter.
    let violations = standin.violations();
    assert_eq!(violations.len(), 8, "{violations:#?}");
}

#[test]
fn a_piece_of_a_key_is_found_wherever_it_comes() {
    let key = support::key("sk_live").unwrap();
    let piece = key[12..30].to_owned();
    let keys = [key.clone(), support::key("whsec").unwrap()];
    let scenario = "[live]\n[[live.tls]]\nhost = \"broken.shop\"\nfault = \"close\"\n";
    let leaks = |act: &dyn Fn(&Standin)| {
        let standin = Standin::start(&Scenario::from_toml(scenario));
        act(&standin);
        standin.leaks(&keys).len()
    };
    let bearer = format!("Bearer {key}");
    let known = [("Authorization", bearer.as_str())];
    assert_eq!(
        leaks(&|s| drop(get(s, "api.clerk.com", "/v1/instance", &known))),
        0
    );
    assert_eq!(
        leaks(&|s| drop(get(s, "clerk.acme.shop", "/v1/health", &known))),
        1
    );
    assert_eq!(
        leaks(&|s| drop(get(s, "acme.shop", &format!("/?k={piece}"), &[]))),
        1
    );
    let plainly = |s: &Standin| {
        let text = request("GET", "api.clerk.com", "/v1/instance", &known, "");
        drop(exchange(&mut tcp(s.http()), &text));
    };
    assert_eq!(leaks(&plainly), 1, "not without TLS, even to Clerk");
    let half = |s: &Standin| {
        use std::io::Write as _;
        let mut stream = tcp(s.http());
        stream
            .write_all(format!("GET /{piece}").as_bytes())
            .unwrap();
    };
    assert_eq!(leaks(&half), 1, "half a request");
    let not_tls = |s: &Standin| {
        use std::io::Write as _;
        tcp(s.https()).write_all(piece.as_bytes()).unwrap();
    };
    assert_eq!(leaks(&not_tls), 1, "without a handshake");
    let dns = |s: &Standin| drop(crate::client::dig(s, 1, &format!("{piece}.acme.shop"), 1));
    assert_eq!(leaks(&dns), 1, "in a name");
    let hook = [("svix-id", keys[1].as_str())];
    assert_eq!(
        leaks(&|s| drop(get(s, "api.clerk.com", "/v1/instance", &hook))),
        1
    );
}

#[test]
fn without_tls_everything_is_sent_to_https_but_loopback_is_what_the_scenario_says() {
    let standin = Standin::start(&Scenario::from_toml("[live]\nloopback = \"fapi\"\n"));
    let ask = |host: &str, path: &str| {
        exchange(
            &mut tcp(standin.http()),
            &request("GET", host, path, &[], ""),
        )
        .unwrap()
    };
    let got = ask("acme.shop", "/sign-in?a=b");
    assert_eq!(
        (got.status, got.header("location")),
        (308, "https://acme.shop/sign-in?a=b")
    );
    assert_eq!(
        ask(&standin.http().to_string(), "/v1/health").json()["status"],
        "healthy"
    );
    let text = standin.expand("http://{{standin_http}}/");
    assert_eq!(text, format!("http://{}/", standin.http()));
}
