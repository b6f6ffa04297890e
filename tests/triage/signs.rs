//! Every sign of each incident, and what looks like one and is none.

use std::time::Duration;

use super::inject::{LOOK, judge_in, no_such_name, on};
use crate::support::key;
use crate::support::patience::within;
use crate::support::standin::scenario::{
    DeployedKey, Fault, On, Scenario, Sdk, Tls, TlsFault, Webhook,
};

#[test]
fn every_certificate_fault_is_dns_tls() {
    for (host, fault) in [
        ("clerk.acme.shop", TlsFault::WrongName),
        ("clerk.acme.shop", TlsFault::UnknownCa),
        ("clerk.acme.shop", TlsFault::HandshakeFailure),
        ("acme.shop", TlsFault::Expired),
        ("accounts.acme.shop", TlsFault::NotYet),
    ] {
        let mut scenario = Scenario::healthy();
        scenario.tls.push(Tls {
            host: host.to_owned(),
            fault: Some(fault),
            days: None,
            issuer: None,
        });
        let ran = judge_in(&scenario, &[]);
        assert_eq!(ran.main(), "dns-tls", "{host} {fault:?}: {}", ran.stdout);
        let sure = if host.starts_with("accounts") {
            "suspected"
        } else {
            "sure"
        };
        assert_eq!(ran.certainty(), sure, "{host}");
    }
}

#[test]
fn every_fault_of_a_key_is_named() {
    let of = |change: &dyn Fn(&mut Scenario)| {
        let mut scenario = Scenario::healthy();
        change(&mut scenario);
        let ran = judge_in(&scenario, &[]);
        assert_eq!(ran.main(), "keys", "{}", ran.stdout);
        (ran.certainty(), ran.json()["main"]["because"].to_string())
    };
    let (sure, words) = of(&|scenario| scenario.deployed_key = DeployedKey::Wrong);
    assert!(
        sure == "sure" && words.contains("secret-key-invalid"),
        "{words}"
    );
    let (sure, words) = of(&|scenario| scenario.deployed_key = DeployedKey::OtherInstance);
    assert!(
        sure == "sure" && words.contains("another instance"),
        "{words}"
    );
    let mut scenario = Scenario::healthy();
    scenario.accept_keys = vec![key("sk_live:new").unwrap()];
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.main(), "healthy", "the site works: {}", ran.stdout);
    assert!(ran.stdout.contains("given here that is old"));
    let (sure, words) = of(&|scenario| {
        scenario.on.push(On {
            json: Some(
                r#"{"object":"instance","id":"ins_other","environment_type":"production"}"#
                    .to_owned(),
            ),
            ..on("bapi", "/v1/instance")
        });
    });
    assert!(
        sure == "sure" && words.contains("ins_other") && words.contains("ins_acme"),
        "{words}"
    );
    let (sure, words) = of(&|scenario| scenario.deployed_key = DeployedKey::Development);
    assert!(
        sure == "suspected" && words.contains("development"),
        "{words}"
    );
}

#[test]
fn a_missing_secret_key_is_a_middleware_failure_with_next_and_takes_an_express_app_down() {
    let mut scenario = Scenario::healthy();
    scenario.deployed_key = DeployedKey::Missing;
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.certainty().as_str()),
        ("middleware-failure", "sure"),
        "{}",
        ran.stdout
    );
    let mut scenario = Scenario::healthy();
    scenario.sdk = Sdk::Express;
    scenario.on.push(On {
        status: Some(500),
        headers: [("x-clerk-auth-status", ""), ("x-clerk-auth-reason", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..on("site", "")
    });
    assert_eq!(judge_in(&scenario, &[]).main(), "host-down");
}

#[test]
fn an_app_that_fails_behind_its_middleware_is_suspected_to_be_down() {
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        status: Some(500),
        ..on("site", "/dashboard")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.certainty().as_str()),
        ("host-down", "suspected"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_is_protected_and_shown_is_a_bypass_but_a_shell_or_a_sign_in_page_is_not() {
    let shown = |body: &str| {
        let mut scenario = Scenario::healthy();
        scenario.on.push(On {
            status: Some(200),
            body: Some(body.to_owned()),
            ..on("site", "/dashboard")
        });
        judge_in(&scenario, &[])
    };
    let ran = shown("<!doctype html><h1>Invoices of everybody</h1>");
    assert_eq!(
        (ran.main().as_str(), ran.certainty().as_str()),
        ("bypass-active", "suspected")
    );
    assert_eq!(
        shown("<!doctype html><title>Sign in</title><h1>Sign in to Acme</h1>").main(),
        "healthy"
    );
    let mut scenario = Scenario::healthy();
    scenario.sdk = Sdk::Spa;
    // That a host of files has no webhook handler either is another matter.
    scenario.on.push(On {
        method: Some("POST".to_owned()),
        status: Some(400),
        ..on("site", "")
    });
    assert_eq!(judge_in(&scenario, &[]).main(), "healthy");
}

#[test]
fn sessions_that_loop_or_come_back_to_the_wrong_place_are_session_trouble() {
    let trouble = |on: On| {
        let mut scenario = Scenario::healthy();
        scenario.on.push(on);
        let ran = judge_in(&scenario, &[]);
        assert_eq!(ran.main(), "session-trouble", "{}", ran.stdout);
        ran.json()["main"]["because"].to_string()
    };
    let cookie = || [("cookie".to_owned(), "__client_uat*".to_owned())].into();
    let handshake = |to: &str| On {
        status: Some(307),
        headers: [("location".to_owned(), to.to_owned())].into(),
        when: cookie(),
        ..on("site", "/")
    };
    let words = trouble(On {
        fault: Some(Fault::Loop),
        when: [
            ("accept".to_owned(), "text/html*".to_owned()),
            ("cookie".to_owned(), String::new()),
        ]
        .into(),
        ..on("site", "/")
    });
    assert!(words.contains("again and again"), "{words}");
    let words = trouble(handshake(
        "https://clerk.acme.shop/v1/client/handshake?redirect_url=http%3A%2F%2F10.0.0.7%3A3000%2F",
    ));
    assert!(words.contains("10.0.0.7:3000"), "{words}");
    let words = trouble(handshake(
        "https://clerk.other.shop/v1/client/handshake?redirect_url=https%3A%2F%2Facme.shop%2F",
    ));
    assert!(words.contains("clerk.other.shop"), "{words}");
    let mut cached = handshake(
        "https://clerk.acme.shop/v1/client/handshake?redirect_url=https%3A%2F%2Facme.shop%2F",
    );
    cached.headers.insert("age".to_owned(), "40".to_owned());
    let words = trouble(cached);
    assert!(words.contains("cache"), "{words}");
}

#[test]
fn every_way_in_which_a_webhook_endpoint_is_deaf_is_a_backlog() {
    for webhook in [Webhook::BehindAuth, Webhook::Redirects, Webhook::Missing] {
        let mut scenario = Scenario::healthy();
        scenario.webhook = webhook;
        let ran = judge_in(&scenario, &[]);
        assert_eq!(
            (ran.main().as_str(), ran.certainty().as_str()),
            ("webhook-backlog", "sure"),
            "{webhook:?}: {}",
            ran.stdout
        );
    }
    let mut scenario = Scenario::healthy();
    scenario.webhook = Webhook::AcceptsAnything;
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.states("E10")),
        ("healthy", vec!["odd".to_owned()])
    );
}

#[test]
fn users_that_the_own_database_does_not_have_are_a_backlog() {
    let counted = |own: &str| {
        let ran = judge_in(
            &Scenario::healthy(),
            &["--db-count".to_owned(), own.to_owned()],
        );
        (ran.main(), ran.certainty())
    };
    assert_eq!(counted("12840").0, "healthy");
    assert_eq!(
        counted("12830"),
        ("webhook-backlog".to_owned(), "suspected".to_owned()),
        "they may be on their way"
    );
    assert_eq!(
        counted("12000"),
        ("webhook-backlog".to_owned(), "sure".to_owned())
    );
}

#[test]
fn a_burst_of_sign_ups_and_a_key_in_the_page_raise_the_suspicion_of_a_compromise() {
    let mut scenario = Scenario::healthy();
    let hour = On {
        json: Some(r#"{"object":"total_count","total_count":900}"#.to_owned()),
        times: Some(3),
        when: [("query".to_owned(), "created_at_after=*".to_owned())].into(),
        ..on("bapi", "/v1/users/count")
    };
    scenario.on.push(hour);
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.certainty().as_str()),
        ("key-compromised", "suspected"),
        "{}",
        ran.stdout
    );
    let mut scenario = Scenario::healthy();
    let page = format!(
        "<!doctype html><script>const k='{}'</script>",
        key("sk_live").unwrap()
    );
    scenario.on.push(On {
        body: Some(page),
        ..on("site", "/")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.certainty().as_str()),
        ("key-compromised", "sure"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains(&key("sk_live").unwrap()[8..]));
}

#[test]
fn a_health_endpoint_that_says_503_is_not_healthy_and_supports_an_outage() {
    let sick = On {
        status: Some(503),
        ..on("site", "/api/health")
    };
    let mut scenario = Scenario::healthy();
    scenario.on.push(sick.clone());
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.code),
        ("unknown", 3),
        "{}",
        ran.stdout
    );
    scenario.on.push(On {
        status: Some(503),
        ..on("bapi", "")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.main(), "clerk-outage");
    assert!(
        ran.json()["main"]["because"]
            .to_string()
            .contains("/api/health says 503")
    );
}

#[test]
fn keys_of_another_environment_are_not_taken_for_a_fault_of_the_site() {
    let mut scenario = Scenario::healthy();
    scenario.site_pk = key("pk_live:clerk.other.shop");
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.certainty().as_str()),
        ("session-trouble", "suspected"),
        "{}",
        ran.stdout
    );
    assert!(ran.also().is_empty(), "{}", ran.stdout);
}

#[test]
fn a_proxy_of_the_frontend_api_is_no_other_instance() {
    let mut scenario = Scenario::healthy();
    let back = "redirect_url=https%3A%2F%2Facme.shop%2F";
    scenario.on.push(On {
        status: Some(307),
        headers: [(
            "location".to_owned(),
            format!("https://auth.acme.shop/v1/client/handshake?{back}"),
        )]
        .into(),
        when: [("cookie".to_owned(), "__client_uat*".to_owned())].into(),
        ..on("site", "/")
    });
    scenario.on.push(On {
        body: Some(format!(
            "<script data-clerk-publishable-key=\"{}\" data-clerk-proxy-url=\"https://auth.acme.shop\">",
            key("pk_live").unwrap()
        )),
        ..on("site", "/")
    });
    assert_eq!(judge_in(&scenario, &[]).main(), "healthy");
}

/// The host of the key has no record and nobody answers there, and the page is this.
fn keyless_host(page: &str) -> Scenario {
    let mut scenario = Scenario::healthy();
    scenario.dns.push(no_such_name("clerk.acme.shop"));
    scenario.on.push(On {
        fault: Some(Fault::Close),
        ..on("fapi", "")
    });
    let key = key("pk_live").unwrap();
    scenario.on.push(On {
        body: Some(format!(
            "<!doctype html><script data-clerk-publishable-key=\"{key}\"{page}"
        )),
        ..on("site", "/")
    });
    scenario
}

#[test]
fn the_host_of_the_key_is_not_missed_where_the_page_names_a_proxy() {
    for page in [
        " data-clerk-proxy-url=\"/__clerk\"></script>",
        "></script><script>self.push([1,\"{\\\"proxyUrl\\\":\\\"https://acme.shop/__clerk\\\"}\"])</script>",
    ] {
        let ran = judge_in(&keyless_host(page), &[]);
        assert_eq!(ran.main(), "healthy", "{}", ran.stdout);
        assert!(ran.also().is_empty(), "{}", ran.stdout);
        assert_eq!(ran.states("E3"), ["not-asked"]);
        assert!(
            ran.says("E3").contains("https://acme.shop/__clerk"),
            "{}",
            ran.says("E3")
        );
        assert_eq!(ran.states("E4"), ["good"], "Clerk's own name alone");
    }
    for page in [
        "></script>",
        " data-clerk-proxy-url=\"\"></script>",
        " data-clerk-proxy-url=\"https://clerk.acme.shop\"></script>",
    ] {
        let ran = judge_in(&keyless_host(page), &[]);
        assert_eq!(ran.main(), "dns-tls", "{page}: {}", ran.stdout);
    }
}

#[test]
fn a_handshake_through_a_proxy_names_it_too() {
    let mut scenario = keyless_host("></script>");
    scenario.on.push(On {
        status: Some(307),
        headers: [(
            "location".to_owned(),
            "/__clerk/v1/client/handshake?redirect_url=https%3A%2F%2Facme.shop%2F".to_owned(),
        )]
        .into(),
        when: [("cookie".to_owned(), "__client_uat*".to_owned())].into(),
        ..on("site", "/")
    });
    // The first that matches wins.
    scenario.on.rotate_right(1);
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.main(), "healthy", "{}", ran.stdout);
}

#[test]
fn what_the_host_of_the_key_says_counts_where_it_is_well_beside_a_proxy() {
    let mut scenario = keyless_host(" data-clerk-proxy-url=\"/__clerk\"></script>");
    scenario.dns.clear();
    scenario.on.retain(|on| on.host != "fapi");
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.states("E3")),
        ("healthy", vec!["good".to_owned()])
    );
    assert_eq!(ran.states("E4"), ["good", "good"]);
    // A proxy in the page of one instance excuses no other.
    let mut scenario = keyless_host(" data-clerk-proxy-url=\"/__clerk\"></script>");
    let other = key("pk_live:clerk.other.shop").unwrap();
    for on in &mut scenario.on {
        let page = on.body.take();
        on.body = page.map(|page| page.replace(&key("pk_live").unwrap(), &other));
    }
    let ran = judge_in(&scenario, &[]);
    assert!(
        ran.main() == "dns-tls" || ran.also().contains(&"dns-tls".to_owned()),
        "{}",
        ran.stdout
    );
}

#[test]
fn silence_to_this_machine_while_the_site_reaches_clerk_is_a_suspicion() {
    let mut scenario = Scenario::healthy();
    for host in ["bapi", "fapi"] {
        scenario.on.push(On {
            fault: Some(Fault::Close),
            ..on(host, "")
        });
    }
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.main(), "clerk-outage");
    assert_eq!(ran.certainty(), "suspected", "{}", ran.stdout);
    scenario.deployed_key = DeployedKey::Unreachable;
    assert_eq!(judge_in(&scenario, &[]).certainty(), "sure");
}

#[test]
fn a_site_that_is_gone_is_not_healthy() {
    let gone = [
        "x-clerk-auth-status",
        "x-clerk-auth-reason",
        "x-clerk-auth-message",
    ];
    for (status, more) in [
        (404, ("x-vercel-error", "DEPLOYMENT_NOT_FOUND")),
        (402, ("x-vercel-error", "DEPLOYMENT_DISABLED")),
        (403, ("server", "waf")),
        (401, ("www-authenticate", "Basic realm=x")),
        (401, ("set-cookie", "_vercel_sso_nonce=1; Path=/")),
    ] {
        let mut scenario = Scenario::healthy();
        let mut headers: std::collections::BTreeMap<_, _> =
            gone.map(|name| (name.to_owned(), String::new())).into();
        headers.insert(more.0.to_owned(), more.1.to_owned());
        scenario.on.push(On {
            status: Some(status),
            headers,
            body: Some("<!doctype html>not here".to_owned()),
            ..on("site", "")
        });
        let mut all = Scenario::healthy();
        all.on = scenario.on;
        let ran = super::inject::run(
            &all,
            &["--url", "https://acme.shop", "--format", "json"].map(str::to_owned),
            &super::inject::keys(),
        );
        assert_eq!(
            (ran.main().as_str(), ran.code),
            ("unknown", 3),
            "{status}: {}",
            ran.stdout
        );
    }
}

#[test]
fn a_forged_token_without_an_answer_is_not_health() {
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        fault: Some(Fault::Silence),
        when: [("authorization".to_owned(), "Bearer *".to_owned())].into(),
        ..on("site", "")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.code),
        ("unknown", 3),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("costs the site seconds"));
    assert_eq!(within(LOOK, Duration::from_millis(1800), ran.took), Ok(()));
}

#[test]
fn an_api_path_that_fails_alone_is_no_incident() {
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        status: Some(500),
        ..on("site", "/api/clerk-audit-probe")
    });
    assert_eq!(judge_in(&scenario, &[]).main(), "healthy");
}

#[test]
fn a_page_that_redirects_in_its_stream_is_closed() {
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        status: Some(200),
        body: Some("<!doctype html><h1>Acme and its many fine wares for you</h1><script>\"NEXT_REDIRECT;replace;/sign-in;307;\"</script>".to_owned()),
        ..on("site", "/dashboard")
    });
    assert_eq!(judge_in(&scenario, &[]).main(), "healthy");
}
