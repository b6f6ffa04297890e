//! What an instance wants, and what answers mean for it.

use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::*;
use crate::facts::live::instance::DnsTarget;

fn target(host: &str, value: &str) -> DnsTarget {
    DnsTarget {
        host: host.to_owned(),
        value: value.to_owned(),
        required: true,
        kind: "CNAME".to_owned(),
    }
}

fn domain_of(name: &str, targets: Vec<DnsTarget>) -> Domain {
    domain(name, false, targets)
}

fn domain(name: &str, is_satellite: bool, targets: Vec<DnsTarget>) -> Domain {
    Domain {
        name: name.to_owned(),
        is_satellite,
        targets: Some(targets),
        ..Domain::default()
    }
}

#[test]
fn by_rule_there_are_five_records_and_only_the_frontend_api_is_required() {
    let zone = Zone::by_rule("Acme.shop.");
    assert_eq!(zone.wanted.len(), 5);
    let required: Vec<&str> = zone
        .wanted
        .iter()
        .filter(|r| r.required)
        .map(|r| r.name.as_str())
        .collect();
    assert_eq!(required, ["clerk.acme.shop"]);
    assert_eq!(zone.certified().count(), 2);
}

#[test]
fn the_instance_names_its_records_and_satellites_need_one() {
    let own = [
        domain(
            "acme.shop",
            false,
            vec![
                target("clerk.acme.shop", "frontend-api.clerk.services"),
                target("clkmail.acme.shop", "mail.abc.clerk.services."),
                target("x;rm.acme.shop", "a.b"),
            ],
        ),
        domain("acme.example", true, vec![]),
    ];
    let zone = Zone::of_instance("acme.shop", &own).unwrap();
    let names: Vec<&str> = zone
        .wanted
        .iter()
        .map(|record| record.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["clerk.acme.shop", "clkmail.acme.shop", "clerk.acme.example"]
    );
    assert_eq!(zone.wanted[1].to_write(), Some("mail.abc.clerk.services"));
    assert_eq!(Zone::of_instance("other.shop", &own), None);
}

#[test]
fn behind_a_proxy_the_frontend_api_needs_no_record() {
    let mut one = domain(
        "acme.shop",
        false,
        vec![
            target("clerk.acme.shop", "frontend-api.clerk.services"),
            target("accounts.acme.shop", "accounts.clerk.services"),
        ],
    );
    one.proxy_url = Some("https://acme.shop/__clerk".to_owned());
    let zone = Zone::of_instance("acme.shop", &[one]).unwrap();
    assert_eq!(zone.certified().collect::<Vec<_>>(), ["accounts.acme.shop"]);
}

#[test]
fn behind_a_proxy_an_instance_that_names_no_record_wants_the_others_by_rule() {
    for targets in [None, Some(Vec::new())] {
        let mut one = domain("acme.shop", false, Vec::new());
        one.targets = targets;
        assert_eq!(Zone::of_instance("acme.shop", &[one.clone()]), None);
        one.proxy_url = Some("https://acme.shop/__clerk".to_owned());
        let zone = Zone::of_instance("acme.shop", &[one]).unwrap();
        assert_eq!(zone.certified().collect::<Vec<_>>(), ["accounts.acme.shop"]);
        assert!(zone.exact && zone.wanted.iter().all(|record| !record.required));
    }
}

#[test]
fn domains_of_providers_and_of_development_instances_have_no_records() {
    assert!(beside_the_point("clerk.shop-git.vercel.app", false).is_some());
    assert!(beside_the_point("happy-lion-12.clerk.accounts.dev", true).is_some());
    assert!(beside_the_point("clerk.a;b.shop", false).is_some());
    assert_eq!(beside_the_point("clerk.acme.shop", false), None);
    assert_eq!(beside_the_point("clerk.myvercel.app", false), None);
}

#[test]
fn only_what_is_not_clerks_speaks_against_a_record() {
    let answer = |status: u16, kind: &str, body: &str| {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Health::of(&Ok(Answer {
            status,
            headers,
            body: body.as_bytes().to_vec(),
            whole: true,
            ..Answer::default()
        }))
    };
    let well = r#"{"status":"healthy"}"#;
    assert_eq!(answer(200, "application/json", well), Health::Good);
    assert!(matches!(answer(404, "text/html", ""), Health::Bad(_)));
    assert!(matches!(
        answer(200, "text/html; charset=utf-8", ""),
        Health::Bad(_)
    ));
    assert!(matches!(answer(526, "text/html", ""), Health::Bad(_)));
    for odd in [
        (503, "application/json"),
        (522, "text/html"),
        (200, "text/plain"),
        (200, "application/json"),
        (403, "text/html"),
        (407, "text/html"),
    ] {
        assert!(matches!(answer(odd.0, odd.1, "{}"), Health::Unknown(_)));
    }
    let host = r#"{"errors":[{"code":"host_invalid"}]}"#;
    assert!(matches!(
        answer(400, "application/json", host),
        Health::Bad(_)
    ));
    let lost = Fault::Refused {
        host: "a".to_owned(),
        port: 443,
    };
    assert!(matches!(Health::of(&Err(lost)), Health::Unknown(_)));
}

#[test]
fn a_handshake_that_fails_speaks_against_a_record_and_a_gateway_does_not() {
    let of = |fault| {
        let host = "a".to_owned();
        Health::of(&Err(Fault::TlsFailure { host, fault }))
    };
    assert!(matches!(of(TlsFault::WrongName), Health::Bad(_)));
    assert!(matches!(of(TlsFault::UnknownIssuer), Health::Unknown(_)));
}

fn answers(zone: Zone, book: Book) -> Answers {
    Answers {
        zone,
        resolvers: vec!["one".to_owned(), "two".to_owned()],
        book,
        frontend: BTreeMap::new(),
    }
}

#[test]
fn a_resolver_that_fails_at_everything_says_nothing_of_the_shared_target() {
    let failed = || Reply::Unheard(Unheard::ServerFailure);
    let mut book = Book::default();
    for kind in [Kind::A, Kind::Aaaa] {
        let question = Question::new(SHARED_TARGET, kind);
        book.enter(question, vec![failed(), failed()]);
    }
    let question = Question::new("acme.shop", Kind::Caa);
    book.enter(question, vec![failed(), Reply::NoRecord]);
    let answers = answers(Zone::by_rule("acme.shop"), book);
    assert_eq!(answers.shared(0), Shared::Unheard(Unheard::ServerFailure));
    assert_eq!(answers.shared(1), Shared::Failing);
    assert_eq!(answers.silence(), None);
}

fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("clerk.acme.shop".to_owned()),
        Just("frontend-api.clerk.services".to_owned()),
        Just("acme.shop".to_owned()),
        Just(".".repeat(500)),
        Just("v=DMARC1; p=none".to_owned()),
        ".{0,40}",
    ]
}

fn hostile_reply() -> impl Strategy<Value = Reply> {
    let caa = |text: String| {
        Data::Caa(Caa {
            critical: text.len().is_multiple_of(2),
            tag: "issue".to_owned(),
            value: text,
        })
    };
    let data = prop_oneof![
        Just(Data::Address(IpAddr::V4(Ipv4Addr::LOCALHOST))),
        hostile_text().prop_map(Data::Alias),
        hostile_text().prop_map(Data::Text),
        hostile_text().prop_map(caa),
    ];
    let record = (hostile_text(), data).prop_map(|(owner, data)| Record { owner, data });
    prop_oneof![
        Just(Reply::NoRecord),
        Just(Reply::NoSuchName),
        Just(Reply::Unheard(Unheard::NotDns)),
        proptest::collection::vec(record, 1..8).prop_map(Reply::Records),
    ]
}

proptest! {
    #[test]
    fn no_answer_and_no_domain_makes_it_panic_or_ask_without_end(
        domain in hostile_text(),
        targets in proptest::collection::vec((hostile_text(), hostile_text()), 0..6),
        replies in proptest::collection::vec(hostile_reply(), 1..12),
    ) {
        let targets = targets.iter().map(|(host, value)| target(host, value)).collect();
        let own = [domain_of(&domain, targets)];
        let zone = Zone::of_instance(&domain, &own).unwrap_or_else(|| Zone::by_rule(&domain));
        let mut answers = answers(zone, Book::default());
        let mut replies = replies.into_iter().cycle();
        for _ in 0..4 {
            let more = answers.zone.questions(&answers.book, 2);
            prop_assert!(more.len() <= 60);
            for question in more {
                let both = replies.by_ref().take(2).collect();
                answers.book.enter(question, both);
            }
        }
        prop_assert!(answers.zone.questions(&answers.book, 2).is_empty());
        for record in &answers.zone.wanted {
            prop_assert_eq!(answers.seen(record).len(), 2);
            let _ = caa::permission(&answers.book, 0, &record.name);
        }
        let _ = (answers.shared(1), answers.silence(), answers.wants_health());
        let _ = dmarc::policy(&answers.book, 1, &answers.zone.domain);
    }
}

#[test]
fn an_instance_with_thousands_of_satellites_is_asked_about_in_part_and_says_so() {
    let record = target("clerk.acme.shop", "frontend-api.clerk.services");
    let mut own = vec![domain_of("acme.shop", vec![record])];
    own.extend((0..5000).map(|number| {
        let mut one = domain_of(&format!("s{number}.example"), Vec::new());
        one.is_satellite = true;
        one
    }));
    let zone = Zone::of_instance("acme.shop", &own).unwrap();
    assert!(zone.questions(&Book::default(), 2).len() <= 120);
    assert_eq!((zone.wanted.len(), zone.left_out), (40, 4961));
}
