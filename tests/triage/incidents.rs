//! Every incident is told apart, alone and with any other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::inject::{ALL, Incident, LOOK, judge, judge_in, no_such_name, on, scenario, silence};
use crate::support::patience::{best, within};
use crate::support::standin::scenario::{DeployedKey, Dns, Fault, On, Scenario, Webhook};

#[test]
fn a_healthy_instance_and_site_are_healthy() {
    let ran = judge(&[]);
    assert_eq!(ran.main(), "healthy", "{}", ran.stdout);
    assert_eq!((ran.code, ran.also().len()), (0, 0));
    for id in [
        "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E10", "E11", "E12", "E13",
    ] {
        let states = ran.states(id);
        assert!(!states.is_empty(), "{id} is missing");
        assert!(
            states.iter().all(|state| state == "good" || id == "E6"),
            "{id}: {}",
            ran.says(id)
        );
    }
}

#[test]
fn each_incident_is_named_and_is_sure() {
    for incident in ALL {
        let ran = judge(&[*incident]);
        assert_eq!(ran.main(), incident.category(), "{}", ran.stdout);
        assert_eq!(ran.certainty(), "sure", "{}", ran.stdout);
        assert_eq!(ran.code, 1);
        assert_eq!(
            ran.also(),
            consequences(*incident),
            "{incident:?}: {}",
            ran.stdout
        );
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
                wrong.push(format!(
                    "{one:?} and {other:?}: {} and {:?}",
                    ran.main(),
                    ran.also()
                ));
            }
        }
        wrong
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn when_everything_is_silent_it_says_so_within_five_seconds() {
    best(|| {
        let ran = judge_in(&silence(), &[]);
        assert_eq!(ran.main(), "unknown", "{}", ran.stdout);
        assert_eq!(ran.code, 3);
        within(LOOK, Duration::from_millis(800), ran.took)
    });
}

#[test]
fn without_a_network_only_what_the_user_says_counts() {
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        fault: Some(Fault::Close),
        ..on("*", "")
    });
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.code),
        ("unknown", 3),
        "{}",
        ran.stdout
    );
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
    assert_eq!(
        (ran.main().as_str(), ran.code),
        ("unknown", 3),
        "{}",
        ran.stdout
    );
    let ran = judge_in(&cut(&["control"]), &[]);
    assert_eq!(ran.main(), "healthy", "all that matters was heard");
    let mut bypassed = scenario(&[Incident::Bypass]).0;
    bypassed.on.insert(
        0,
        On {
            fault: Some(Fault::Close),
            ..on("control", "")
        },
    );
    let ran = judge_in(&bypassed, &[]);
    assert_eq!((ran.main().as_str(), ran.code), ("bypass-active", 1));
    assert!(ran.also().is_empty());
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
}

#[test]
fn a_site_alone_in_its_trouble_with_clerk_is_told_so() {
    for (deployed_key, title) in [
        (
            DeployedKey::BapiDown,
            "The site gets no signing keys from Clerk; from here Clerk answers",
        ),
        (
            DeployedKey::Unreachable,
            "The site does not reach Clerk; from here Clerk answers",
        ),
    ] {
        let mut scenario = Scenario::healthy();
        scenario.deployed_key = deployed_key;
        let ran = judge_in(&scenario, &[]);
        assert_eq!(
            (ran.main().as_str(), ran.certainty().as_str()),
            ("clerk-outage", "suspected")
        );
        assert_eq!(ran.json()["main"]["title"], title);
        assert!(
            ran.json()["timeline"][0]["says"]
                .as_str()
                .unwrap()
                .starts_with(title)
        );
        // Once Clerk is not well from here either, it is an outage by its usual name.
        scenario.on.push(On {
            status: Some(503),
            ..on("bapi", "")
        });
        let ran = judge_in(&scenario, &[]);
        assert_eq!(ran.certainty(), "sure");
        assert_eq!(
            ran.json()["main"]["title"],
            "Clerk itself does not answer as it should"
        );
    }
}

#[test]
fn the_status_page_alone_is_a_suspicion_that_stands_behind_what_was_seen() {
    let says = |merge: &str| On {
        merge: Some(merge.to_owned()),
        ..on("status", "/api/v2/summary.json")
    };
    let mut scenario = Scenario::healthy();
    scenario.on.push(says(
        r#"{"status":{"indicator":"major","description":"Outage"}}"#,
    ));
    let ran = judge_in(&scenario, &[]);
    assert_eq!(
        (ran.main().as_str(), ran.certainty().as_str()),
        ("clerk-outage", "suspected")
    );
    scenario.webhook = Webhook::Missing;
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
    for fault in [
        Fault::Close,
        Fault::WrongType,
        Fault::HugeBody,
        Fault::Garbage,
        Fault::GzipBomb,
    ] {
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
    scenario
        .dns
        .push(no_such_name("frontend-api.clerk.services"));
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
