use super::*;

fn pk(mode: &str, text: &str) -> Secret {
    Secret::new(format!("pk_{mode}_{}", STRICT.encode(text)))
}

fn sk(payload: &str) -> Secret {
    Secret::new(format!("sk_live_{payload}"))
}

#[test]
fn a_publishable_key_carries_its_mode_and_host() {
    for text in [
        pk("live", "clerk.acme.shop$"),
        Secret::new(
            pk("live", "clerk.acme.shop$")
                .expose()
                .trim_end_matches('='),
        ),
    ] {
        let reading = publishable(&text);
        let key = reading.key().expect("a key");
        assert_eq!(
            (key.mode, key.host.as_str()),
            (Mode::Live, "clerk.acme.shop")
        );
        assert!(!key.has_development_host());
    }
    let key = publishable(&pk("test", "happy-otter-12.clerk.accounts.dev$"));
    assert!(key.key().is_some_and(PublishableKey::has_development_host));
}

#[test]
fn what_the_sdk_refuses_is_malformed() {
    for text in [
        "clerk.acme.shop",
        "clerk.acme.shop$$",
        "cl$erk.acme.shop$",
        "localhost$",
    ] {
        assert!(
            matches!(publishable(&pk("live", text)), Reading::Malformed(_)),
            "{text}"
        );
    }
    assert!(matches!(
        publishable(&Secret::new("pk_live_ab_cd")),
        Reading::Malformed(_)
    ));
    assert!(matches!(
        publishable(&Secret::new(format!(" {}", pk("live", "a.b$").expose()))),
        Reading::Malformed(_)
    ));
}

#[test]
fn hosts_that_the_sdk_lets_pass_are_malformed_too() {
    for text in [
        "https://clerk.acme.shop$",
        "clerk.acme.shop/x$",
        "clerk.acme.shop:443$",
        ".$",
    ] {
        assert!(
            matches!(publishable(&pk("live", text)), Reading::Malformed(_)),
            "{text}"
        );
    }
}

#[test]
fn placeholders_and_references_are_neither_keys_nor_mistakes() {
    for text in [
        "pk_test_xxxxx",
        "pk_test_...",
        "YOUR_PUBLISHABLE_KEY",
        "<publishable key>",
        "{{pk}}",
    ] {
        assert_eq!(
            publishable(&Secret::new(text)),
            Reading::Placeholder,
            "{text}"
        );
    }
    for text in [
        "sk_test_xxxxxxxx",
        "sk_live_your_key_here",
        "sk_test_...",
        "changeme",
    ] {
        assert_eq!(secret(&Secret::new(text)), Reading::Placeholder, "{text}");
    }
    for text in [
        "op://vault/clerk/key",
        "encrypted:BFa8",
        "${{ secrets.CLERK }}",
        "ENC[AES256",
    ] {
        assert!(
            matches!(secret(&Secret::new(text)), Reading::Reference(_)),
            "{text}"
        );
    }
}

#[test]
fn a_random_secret_key_is_never_called_a_placeholder() {
    let payload = "7YourXxxKeyHere0secretQ2w3E4r5T6y7U8i9O0pAs";
    assert!(secret(&sk(payload)).key().is_some());
    assert!(secret(&sk(&"a".repeat(40))).key().is_some());
}

#[test]
fn a_secret_key_is_not_another_key() {
    assert_eq!(
        secret(&pk("live", "clerk.acme.shop$")),
        Reading::WrongKind(Kind::Publishable)
    );
    assert_eq!(
        publishable(&sk(&"a".repeat(40))),
        Reading::WrongKind(Kind::Secret)
    );
    assert!(matches!(
        secret(&sk("abc def0123456789012345")),
        Reading::Malformed(_)
    ));
    assert!(matches!(
        secret(&Secret::new("live_0123456789abcdef01234567")),
        Reading::Malformed(_)
    ));
}

#[test]
fn a_webhook_secret_is_base64_with_its_padding() {
    let good = STRICT.encode([7u8; 24]);
    assert_eq!(
        webhook(&Secret::new(format!("whsec_{good}"))),
        Reading::Key(WebhookSecret { bytes: 24 })
    );
    assert_eq!(
        webhook(&Secret::new(good)),
        Reading::Key(WebhookSecret { bytes: 24 })
    );
    assert_eq!(
        webhook(&Secret::new("whsec_YQ==")),
        Reading::Key(WebhookSecret { bytes: 1 })
    );
    assert!(matches!(
        webhook(&Secret::new("whsec_YQ")),
        Reading::Malformed(_)
    ));
    assert!(matches!(
        webhook(&Secret::new("whsec_")),
        Reading::Malformed(_)
    ));
    assert_eq!(
        webhook(&sk(&"a".repeat(40))),
        Reading::WrongKind(Kind::Secret)
    );
}

#[test]
fn credentials_are_told_from_samples() {
    assert!(is_credential(sk(&"a1b2".repeat(10)).expose()));
    assert!(is_credential(&format!(
        "whsec_{}",
        STRICT.encode([3u8; 24])
    )));
    for text in [
        "sk_test_...",
        "sk_test_xxxxxxxxxxxxxxxxxxxx",
        "sk_live_",
        "pk_live_abc",
        "sk_live_${X}",
    ] {
        assert!(!is_credential(text), "{text}");
    }
}
