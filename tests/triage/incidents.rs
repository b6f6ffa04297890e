//! Every incident is told apart, alone and with any other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::inject::{ALL, Incident, judge, judge_in, no_such_name, on, scenario, silence};
use crate::support::key;
use crate::support::standin::scenario::{DeployedKey, Dns, Fault, On, Scenario, Sdk, Tls, TlsFault, Webhook};

#[test]
fn a_healthy_instance_and_site_are_healthy() {
    let ran = judge(&[]);
    assert_eq!(ran.main(), "healthy", "{}", ran.stdout);
    assert_eq!((ran.code, ran.also().len()), (0, 0));
    for id in ["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E10", "E11", "E12", "E13"] {
        let states = ran.states(id);
        assert!(!states.is_empty(), "{id} is missing");
        assert!(states.iter().all(|state| state == "good" || id == "E6"), "{id}: {}", ran.says(id));
    }
}

#[test]
fn each_incident_is_named_and_is_sure() {
    for incident in ALL {
        let ran = judge(&[*incident]);
        assert_eq!(ran.main(), incident.category(), "{}", ran.stdout);
        assert_eq!(ran.certainty(), "sure", "{}", ran.stdout);
        assert_eq!(ran.code, 1);
        assert_eq!(ran.also(), consequences(*incident), "{incident:?}: {}", ran.stdout);
    }
}

/// What an incident brings with it: a host that is down takes no webhooks.
fn consequences(incident: Incident) -> Vec<String> {
    match incident {
        Incident::Host => vec!["webhook-backlog".to_owned()],
        _ => Vec::new(),
    }
}

#[test]
fn of_two_incidents_at_once_the_graver_comes_first_and_both_are_shown() {
    let mut pairs = Vec::new();
    for (at, one) in ALL.iter().enumerate() {
        pairs.extend(ALL[at + 1..].iter().map(|other| (*one, *other)));
    }
    // By their nature these two exclude each other: with one of them static files work.
    pairs.retain(|pair| *pair != (Incident::Host, Incident::Middleware));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some((one, other)) = pairs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let ran = judge(&[*one, *other]);
            let right = ran.main() == one.category()
                && ran.also().iter().any(|also| also == other.category())
                && ran.code == 1;
            if !right {
                wrong.push(format!("{one:?} and {other:?}: {} and {:?}", ran.main(), ran.also()));
            }
        }
        wrong
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn when_everything_is_silent_it_says_so_within_five_seconds() {
    let ran = judge_in(&silence(), &[]);
    assert_eq!(ran.main(), "unknown", "{}", ran.stdout);
    assert_eq!(ran.code, 3);
    assert!(ran.took < Duration::from_secs(5), "{:?}", ran.took);
}

#[test]
fn without_a_network_only_what_the_user_says_counts() {
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        fault: Some(Fault::Close),
        ..on("*", "")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!((ran.main().as_str(), ran.code), ("unknown", 3), "{}", ran.stdout);
    let ran = judge_in(&scenario, &["--compromised".to_owned()]);
    assert_eq!(ran.main(), "key-compromised");
    assert_eq!(ran.also(), ["unknown"]);
}

#[test]
fn behind_a_firewall_silence_is_no_outage_and_what_is_answered_counts() {
    let cut = |hosts: &[&str]| {
        let mut scenario = Scenario::healthy();
        for host in hosts {
            scenario.on.push(On {
                fault: Some(Fault::Close),
                ..on(host, "")
            });
        }
        scenario
    };
    let ran = judge_in(&cut(&["control", "bapi", "fapi"]), &[]);
    assert_eq!((ran.main().as_str(), ran.code), ("unknown", 3), "{}", ran.stdout);
    let ran = judge_in(&cut(&["control"]), &[]);
    assert_eq!(ran.main(), "unknown", "health is not claimed without a sound network");
    let mut bypassed = scenario(&[Incident::Bypass]).0;
    bypassed.on.insert(0, On {
        fault: Some(Fault::Close),
        ..on("control", "")
    });
    let ran = judge_in(&bypassed, &[]);
    assert_eq!((ran.main().as_str(), ran.code), ("bypass-active", 1));
    assert_eq!(ran.also(), ["unknown"]);
}

#[test]
fn one_sign_of_an_outage_is_a_suspicion() {
    for host in ["bapi", "fapi"] {
        let mut scenario = Scenario::healthy();
        scenario.on.push(On {
            status: Some(500),
            ..on(host, "")
        });
        let ran = judge_in(&scenario, &[]);
        assert_eq!(ran.main(), "clerk-outage", "{host}: {}", ran.stdout);
        assert_eq!(ran.certainty(), "suspected", "{host}");
    }
    let mut scenario = Scenario::healthy();
    scenario.deployed_key = DeployedKey::BapiDown;
    assert_eq!(judge_in(&scenario, &[]).certainty(), "suspected");
    scenario.deployed_key = DeployedKey::Unreachable;
    let ran = judge_in(&scenario, &[]);
    assert_eq!((ran.main().as_str(), ran.certainty().as_str()), ("clerk-outage", "suspected"));
}

#[test]
fn the_status_page_alone_is_a_suspicion_that_stands_behind_what_was_seen() {
    let says = |merge: &str| On {
        merge: Some(merge.to_owned()),
        ..on("status", "/api/v2/summary.json")
    };
    let mut scenario = Scenario::healthy();
    scenario.on.push(says(r#"{"status":{"indicator":"major","description":"Outage"}}"#));
    let ran = judge_in(&scenario, &[]);
    assert_eq!((ran.main().as_str(), ran.certainty().as_str()), ("clerk-outage", "suspected"));
    scenario.webhook = Webhook::Throws;
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.main(), "webhook-backlog");
    assert_eq!(ran.also(), ["clerk-outage"]);
    // An incident elsewhere is none of this.
    let mut scenario = Scenario::healthy();
    scenario.on.push(says(
        r#"{"status":{"indicator":"critical","description":"Outage"},"components":[{"id":"1","name":"Billing","status":"major_outage"}]}"#,
    ));
    assert_eq!(judge_in(&scenario, &[]).main(), "healthy");
}

#[test]
fn a_status_page_that_is_down_decides_nothing() {
    for fault in [Fault::Close, Fault::WrongType, Fault::HugeBody, Fault::Garbage, Fault::GzipBomb] {
        let mut scenario = Scenario::healthy();
        scenario.on.push(On {
            fault: Some(fault),
            ..on("status", "")
        });
        let ran = judge_in(&scenario, &[]);
        assert_eq!(ran.main(), "healthy", "{fault:?}: {}", ran.stdout);
        assert_eq!(ran.states("E1"), ["silent"], "{fault:?}");
    }
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        status: Some(404),
        body: Some("<!doctype html>".to_owned()),
        ..on("status", "/api/v2/summary.json")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.states("E1"), ["good"], "status.json says it then");
}

#[test]
fn clerks_own_name_without_an_address_is_an_outage_and_no_fault_of_the_user() {
    let mut scenario = Scenario::healthy();
    scenario.dns.push(no_such_name("frontend-api.clerk.services"));
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.main(), "clerk-outage", "{}", ran.stdout);
    assert!(!ran.also().contains(&"dns-tls".to_owned()));
}

#[test]
fn a_missing_record_of_the_user_is_theirs() {
    let mut scenario = Scenario::healthy();
    scenario.dns.push(no_such_name("clerk.acme.shop"));
    scenario.on.push(On {
        fault: Some(Fault::Close),
        ..on("fapi", "")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.main(), "dns-tls", "{}", ran.stdout);
    let mut scenario = Scenario::healthy();
    scenario.dns.push(Dns {
        kind: "CNAME".to_owned(),
        data: Some(vec!["old-host.example.net".to_owned()]),
        fault: None,
        ..no_such_name("clerk.acme.shop")
    });
    scenario.on.push(On {
        status: Some(404),
        body: Some("<!doctype html>no such site".to_owned()),
        ..on("fapi", "")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.main(), "dns-tls", "{}", ran.stdout);
}

#[test]
fn resolvers_that_do_not_work_blame_nobody() {
    let mut scenario = Scenario::healthy();
    scenario.dns.push(no_such_name("*"));
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.main(), "healthy", "{}", ran.stdout);
    assert_eq!(ran.states("E4"), ["silent"]);
    // One resolver with an old answer is not believed alone.
    let mut scenario = Scenario::healthy();
    scenario.dns.push(Dns {
        resolver: Some(1),
        ..no_such_name("clerk.acme.shop")
    });
    assert_eq!(judge_in(&scenario, &[]).main(), "healthy");
}

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
        let sure = if host.starts_with("accounts") { "suspected" } else { "sure" };
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
    assert!(sure == "sure" && words.contains("secret-key-invalid"), "{words}");
    let (sure, words) = of(&|scenario| scenario.deployed_key = DeployedKey::OtherInstance);
    assert!(sure == "sure" && words.contains("another instance"), "{words}");
    let (sure, words) = of(&|scenario| scenario.accept_keys = vec![key("sk_live:new").unwrap()]);
    assert!(sure == "suspected" && words.contains("is old"), "{words}");
    let (sure, words) = of(&|scenario| {
        scenario.on.push(On {
            json: Some(r#"{"object":"instance","id":"ins_other","environment_type":"production"}"#.to_owned()),
            ..on("bapi", "/v1/instance")
        });
    });
    assert!(sure == "sure" && words.contains("ins_other") && words.contains("ins_acme"), "{words}");
    let (sure, words) = of(&|scenario| scenario.deployed_key = DeployedKey::Development);
    assert!(sure == "suspected" && words.contains("development"), "{words}");
}

#[test]
fn a_missing_secret_key_is_a_middleware_failure_with_next_and_takes_an_express_app_down() {
    let mut scenario = Scenario::healthy();
    scenario.deployed_key = DeployedKey::Missing;
    let ran = judge_in(&scenario, &[]);
    assert_eq!((ran.main().as_str(), ran.certainty().as_str()), ("middleware-failure", "sure"), "{}", ran.stdout);
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
    assert_eq!((ran.main().as_str(), ran.certainty().as_str()), ("host-down", "suspected"), "{}", ran.stdout);
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
    assert_eq!((ran.main().as_str(), ran.certainty().as_str()), ("bypass-active", "suspected"));
    assert_eq!(shown("<!doctype html><h1>Sign in to Acme</h1>").main(), "healthy");
    let mut scenario = Scenario::healthy();
    scenario.sdk = Sdk::Spa;
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
        when: [("accept".to_owned(), "text/html*".to_owned()), ("cookie".to_owned(), String::new())].into(),
        ..on("site", "/")
    });
    assert!(words.contains("again and again"), "{words}");
    let words = trouble(handshake("https://clerk.acme.shop/v1/client/handshake?redirect_url=http%3A%2F%2F10.0.0.7%3A3000%2F"));
    assert!(words.contains("10.0.0.7:3000"), "{words}");
    let words = trouble(handshake("https://clerk.other.shop/v1/client/handshake?redirect_url=https%3A%2F%2Facme.shop%2F"));
    assert!(words.contains("clerk.other.shop"), "{words}");
    let mut cached = handshake("https://clerk.acme.shop/v1/client/handshake?redirect_url=https%3A%2F%2Facme.shop%2F");
    cached.headers.insert("age".to_owned(), "40".to_owned());
    let words = trouble(cached);
    assert!(words.contains("cache"), "{words}");
}

#[test]
fn every_way_in_which_a_webhook_endpoint_is_deaf_is_a_backlog() {
    for webhook in [Webhook::Throws, Webhook::BehindAuth, Webhook::Redirects, Webhook::Missing] {
        let mut scenario = Scenario::healthy();
        scenario.webhook = webhook;
        let ran = judge_in(&scenario, &[]);
        assert_eq!((ran.main().as_str(), ran.certainty().as_str()), ("webhook-backlog", "sure"), "{webhook:?}: {}", ran.stdout);
    }
    let mut scenario = Scenario::healthy();
    scenario.webhook = Webhook::AcceptsAnything;
    let ran = judge_in(&scenario, &[]);
    assert_eq!((ran.main().as_str(), ran.states("E10")), ("healthy", vec!["odd".to_owned()]));
}

#[test]
fn users_that_the_own_database_does_not_have_are_a_backlog() {
    let counted = |own: &str| {
        let ran = judge_in(&Scenario::healthy(), &["--db-count".to_owned(), own.to_owned()]);
        (ran.main(), ran.certainty())
    };
    assert_eq!(counted("12840").0, "healthy");
    assert_eq!(counted("12830"), ("webhook-backlog".to_owned(), "suspected".to_owned()), "they may be on their way");
    assert_eq!(counted("12000"), ("webhook-backlog".to_owned(), "sure".to_owned()));
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
    assert_eq!((ran.main().as_str(), ran.certainty().as_str()), ("key-compromised", "suspected"), "{}", ran.stdout);
    let mut scenario = Scenario::healthy();
    let page = format!("<!doctype html><script>const k='{}'</script>", key("sk_live").unwrap());
    scenario.on.push(On {
        body: Some(page),
        ..on("site", "/")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!((ran.main().as_str(), ran.certainty().as_str()), ("key-compromised", "sure"), "{}", ran.stdout);
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
    assert_eq!((ran.main().as_str(), ran.code), ("unknown", 3), "{}", ran.stdout);
    scenario.on.push(On {
        status: Some(503),
        ..on("bapi", "")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!(ran.main(), "clerk-outage");
    assert!(ran.json()["main"]["because"].to_string().contains("/api/health says 503"));
}
