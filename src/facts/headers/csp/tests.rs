use proptest::prelude::*;

use super::*;

fn at(host: &str) -> Address<'_> {
    Address::Https { host, port: None }
}

fn ask(policy: &str, kind: Kind, address: Address<'_>) -> Answer {
    Policy::parse(policy).allows(kind, &address)
}

const FAPI: &str = "clerk.acme.shop";

#[test]
fn an_address_matches_as_the_standard_says() {
    use Answer::{No, Unknown, Yes};
    // Derived from CSP Level 3, §6.7.2.6 to §6.7.2.12.
    for (source, host, port, answer) in [
        ("*", FAPI, None, Yes),
        ("*", FAPI, Some(8443), No),
        ("*:*", FAPI, Some(8443), Yes),
        ("https:", FAPI, Some(8443), Yes),
        ("http:", FAPI, None, Yes),
        ("HTTPS:", FAPI, None, Yes),
        ("wss:", FAPI, None, No),
        ("data:", FAPI, None, No),
        ("clerk.acme.shop", FAPI, None, Yes),
        ("CLERK.Acme.Shop", FAPI, None, Yes),
        ("https://clerk.acme.shop", FAPI, None, Yes),
        ("http://clerk.acme.shop", FAPI, None, Yes),
        ("http://clerk.acme.shop:80", FAPI, None, Yes),
        ("wss://clerk.acme.shop", FAPI, None, No),
        ("https://clerk.acme.shop:443", FAPI, None, Yes),
        ("https://clerk.acme.shop:8443", FAPI, None, No),
        ("https://clerk.acme.shop:*", FAPI, Some(8443), Yes),
        ("https://clerk.acme.shop", FAPI, Some(8443), No),
        ("https://clerk.acme.shop/", FAPI, None, Yes),
        ("https://clerk.acme.shop/npm/", FAPI, None, Unknown),
        ("https://*.acme.shop", FAPI, None, Yes),
        ("*.acme.shop", FAPI, None, Yes),
        ("*.acme.shop", "acme.shop", None, No),
        ("*.acme.shop", "notacme.shop", None, No),
        ("*.acme.shop", "a.b.acme.shop", None, Yes),
        ("acme.shop", FAPI, None, No),
        ("*.clerk.com", FAPI, None, No),
        ("*.clerk.accounts.dev", FAPI, None, No),
        ("'self'", FAPI, None, No),
        ("self", FAPI, None, No),
        ("'none'", FAPI, None, No),
        ("'slef'", FAPI, None, No),
        ("https://\u{fffc}", FAPI, None, Unknown),
        ("\u{fffc}", FAPI, None, Unknown),
    ] {
        let policy = format!("connect-src {source}");
        let address = Address::Https { host, port };
        assert_eq!(
            ask(&policy, Kind::Connect, address),
            answer,
            "{source} {host} {port:?}"
        );
    }
}

#[test]
fn a_directive_that_is_not_there_falls_back_as_the_standard_says() {
    use Answer::{No, Yes};
    for (policy, kind, answer) in [
        ("default-src clerk.acme.shop", Kind::Script, Yes),
        ("default-src 'self'", Kind::Connect, No),
        (
            "default-src *; script-src-elem 'self'; script-src *",
            Kind::Script,
            No,
        ),
        (
            "default-src 'none'; script-src clerk.acme.shop",
            Kind::Worker,
            Yes,
        ),
        ("script-src clerk.acme.shop", Kind::Connect, Yes),
        (
            "default-src 'none'; child-src clerk.acme.shop",
            Kind::Frame,
            Yes,
        ),
        (
            "frame-src 'self'; child-src clerk.acme.shop",
            Kind::Frame,
            No,
        ),
        (
            "child-src 'self'; script-src clerk.acme.shop",
            Kind::Worker,
            No,
        ),
        (
            "frame-ancestors 'none'; form-action 'self'",
            Kind::Script,
            Yes,
        ),
        ("connect-src 'none'", Kind::Connect, No),
        ("connect-src", Kind::Connect, No),
        ("connect-src 'none' clerk.acme.shop", Kind::Connect, Yes),
    ] {
        assert_eq!(ask(policy, kind, at(FAPI)), answer, "{policy} {kind:?}");
    }
}

#[test]
fn the_first_directive_of_a_name_counts_whatever_its_case() {
    let policy = "CONNECT-SRC 'self'; connect-src *;; ; default-src *";
    assert_eq!(ask(policy, Kind::Connect, at(FAPI)), Answer::No);
}

#[test]
fn a_comma_stands_between_two_policies() {
    let all = Policy::list("default-src *, connect-src 'self' , ");
    assert_eq!(all.len(), 2);
    let answers: Vec<Answer> = all
        .iter()
        .map(|one| one.allows(Kind::Connect, &at(FAPI)))
        .collect();
    assert_eq!(answers, [Answer::Yes, Answer::No]);
}

#[test]
fn trust_by_nonce_says_nothing_about_addresses() {
    for policy in [
        "script-src 'self' 'nonce-abc'",
        "script-src 'self' 'nonce-\u{fffc}'",
        "script-src 'nonce-abc' 'strict-dynamic' https:",
        "script-src 'sha256-abc' 'strict-dynamic'",
    ] {
        assert_eq!(
            ask(policy, Kind::Script, at(FAPI)),
            Answer::Unknown,
            "{policy}"
        );
    }
    let connect = "connect-src 'self' 'nonce-abc'";
    assert_eq!(ask(connect, Kind::Connect, at(FAPI)), Answer::No);
}

#[test]
fn a_worker_from_a_blob_needs_the_scheme() {
    for (policy, answer) in [
        ("worker-src blob:", Answer::Yes),
        ("worker-src 'self'", Answer::No),
        ("script-src *", Answer::No),
        ("worker-src https:", Answer::No),
        ("img-src 'self'", Answer::Yes),
    ] {
        assert_eq!(ask(policy, Kind::Worker, Address::Blob), answer, "{policy}");
    }
}

#[test]
fn a_style_that_a_script_writes_needs_unsafe_inline_or_a_nonce() {
    for (policy, answer) in [
        ("style-src 'self' 'unsafe-inline'", Answer::Yes),
        ("style-src 'self'", Answer::No),
        ("default-src 'self'", Answer::No),
        ("style-src 'nonce-x' 'unsafe-inline'", Answer::Unknown),
        ("img-src *", Answer::Yes),
    ] {
        let policy = Policy::parse(policy);
        assert_eq!(policy.allows_inline_style(), answer, "{policy:?}");
    }
}

#[test]
fn an_unknown_part_is_never_a_refusal() {
    for policy in [
        "\u{fffc}",
        "\u{fffc}; connect-src 'self'",
        "default-src 'self'; \u{fffc}",
        "default-src 'self'; script-src 'self' \u{fffc}",
        "connect-src 'self' \u{fffc}; img-src 'self'",
        "connect-src 'self' https://\u{fffc}; img-src 'self'",
    ] {
        assert_eq!(
            ask(policy, Kind::Connect, at(FAPI)),
            Answer::Unknown,
            "{policy}"
        );
    }
    // A nonce at the end is all that it is.
    let nonce = "default-src 'self'; script-src 'nonce-\u{fffc}'";
    assert_eq!(ask(nonce, Kind::Connect, at(FAPI)), Answer::No);
    // In the middle it is a source.
    let middle = "img-src \u{fffc}; default-src 'self'";
    assert_eq!(ask(middle, Kind::Connect, at(FAPI)), Answer::No);
}

#[test]
fn without_a_key_only_what_is_surely_foreign_is_refused() {
    for (policy, answer) in [
        ("connect-src 'self' https://api.acme.shop", Answer::No),
        (
            "connect-src 'self' https://*.clerk.com https://clerk-telemetry.com",
            Answer::No,
        ),
        (
            "connect-src 'self' https://clerk.acme.shop",
            Answer::Unknown,
        ),
        ("connect-src 'self' https://*.acme.shop", Answer::Unknown),
        ("connect-src https:", Answer::Yes),
    ] {
        let asked = ask(policy, Kind::Connect, Address::SomeFrontendApi);
        assert_eq!(asked, answer, "{policy}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(?s).{0,120}") {
        for policy in Policy::list(&text) {
            let _ = policy.allows(Kind::Script, &at(FAPI));
            let _ = policy.allows_inline_style();
        }
    }

    #[test]
    fn another_source_never_takes_something_away(
        sources in prop::collection::vec(prop::sample::select(SOURCES), 0..5),
        more in prop::sample::select(SOURCES),
    ) {
        let before = ask(&format!("connect-src {}", sources.join(" ")), Kind::Connect, at(FAPI));
        let after = ask(&format!("connect-src {} {more}", sources.join(" ")), Kind::Connect, at(FAPI));
        if before == Answer::Yes {
            prop_assert_eq!(after, Answer::Yes);
        }
    }

    #[test]
    fn a_known_part_in_place_of_an_unknown_one_agrees(
        before in prop::collection::vec(prop::sample::select(SOURCES), 0..3),
        filled in prop::collection::vec(prop::sample::select(SOURCES), 0..3),
    ) {
        let with = |part: &str| ask(
            &format!("default-src 'self'; connect-src {} {part}; img-src *", before.join(" ")),
            Kind::Connect,
            at(FAPI),
        );
        let unknown = with("\u{fffc}");
        prop_assert!(unknown == Answer::Unknown || unknown == with(&filled.join(" ")));
    }
}

const SOURCES: &[&str] = &[
    "'self'",
    "'none'",
    "*",
    "https:",
    "http://clerk.acme.shop",
    "*.acme.shop",
    "acme.shop",
    "wss:",
    "blob:",
    "'unsafe-inline'",
    "https://clerk.acme.shop:*",
    "https://x.test",
];
