use serde_json::{Value, json};

use super::*;
use crate::facts::api::Screen;
use crate::facts::http::{Answer, Fault};

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.as_bytes().to_vec(),
        whole: true,
        ..Answer::default()
    }
}

fn told(part: Part, status: u16, body_text: &str) -> Known<Value> {
    body(part, &Ok(answer(status, body_text)), &Screen::default())
}

fn error(code: &str) -> String {
    json!({ "errors": [{ "code": code, "message": "no" }], "clerk_trace_id": "abc" }).to_string()
}

#[test]
fn what_plan_key_or_kind_of_instance_forbid_was_as_good_as_not_asked() {
    for (status, code) in [
        (400, "request_invalid_for_instance"),
        (400, "request_invalid_for_environment"),
        (402, "unsupported_subscription_plan_features"),
        (403, "authorization_invalid"),
        (403, "feature_not_enabled"),
        (404, "resource_not_found"),
        (410, "operation_deprecated"),
        (429, "too_many_requests"),
    ] {
        let Known::NotAsked(why) = told(Part::Allowlist, status, &error(code)) else {
            panic!("{status} {code}");
        };
        assert!(why.contains(&status.to_string()), "{why}");
    }
    assert_eq!(
        told(
            Part::Allowlist,
            402,
            &error("unsupported_subscription_plan_features")
        ),
        Known::NotAsked(
            "Clerk answers that the plan of this instance has no allow-list (402)".into()
        )
    );
}

#[test]
fn what_a_server_or_the_way_to_it_broke_is_a_failure() {
    for (status, text) in [
        (200, "{"),
        (200, ""),
        (401, &*error("clerk_key_invalid")),
        (400, &error("api_version_invalid")),
        (403, "<html>"),
        (404, "{}"),
        (422, &error("form_param_unknown")),
        (500, &error("internal_clerk_error")),
        (503, ""),
        (302, ""),
        (204, ""),
    ] {
        let known = told(Part::Roles, status, text);
        assert!(
            matches!(known, Known::Failed(_)),
            "{status} {text}: {known:?}"
        );
    }
    let fault = Fault::DnsFailure {
        host: "api.clerk.com".into(),
    };
    let known = body(Part::Roles, &Err(fault), &Screen::default());
    assert!(matches!(known, Known::Failed(_)));
    let html = Answer {
        headers: Vec::new(),
        ..answer(200, "{}")
    };
    assert!(matches!(
        body(Part::Roles, &Ok(html), &Screen::default()),
        Known::Failed(_)
    ));
}

#[test]
fn organization_settings_of_an_instance_without_any_are_no_failure() {
    let known = told(Part::Organizations, 422, &error("organization_not_enabled"));
    assert!(matches!(known, Known::NotAsked(_)));
}

#[test]
fn a_list_comes_bare_or_counted_and_is_whole_only_if_all_of_it_was_read() {
    let screen = Screen::default();
    let one = json!({ "key": "org:admin" });
    for (value, items, whole) in [
        (json!([one]), 1, true),
        (json!({ "data": [one], "total_count": 1 }), 1, true),
        (json!({ "data": [one], "total_count": 2 }), 1, false),
        (json!({ "data": [one, {}] }), 1, false),
        (json!([]), 0, true),
        (json!({ "data": [one], "total_count": "x" }), 1, true),
        (Value::Array(vec![one.clone(); 500]), 500, false),
    ] {
        let list = permissions(&value, &screen).unwrap();
        assert_eq!((list.items.len(), list.whole), (items, whole), "{value}");
    }
    for odd in [
        json!(null),
        json!(7),
        json!({}),
        json!({ "data": 7 }),
        json!("x"),
    ] {
        assert_eq!(permissions(&odd, &screen), None, "{odd}");
        let known = shaped(Part::Permissions, Known::Yes(odd), |value| {
            permissions(value, &screen)
        });
        assert!(matches!(known, Known::Failed(_)));
    }
}

#[test]
fn prefers_the_newer_list_of_records_and_falls_back_to_the_older() {
    let screen = Screen::default();
    let newer = json!([{ "name": "Acme.shop", "dns_targets": [
        { "host": "Clerk.acme.shop", "value": "frontend-api.clerk.services", "required": true, "record_type": "CNAME" },
        { "host": "_dmarc.acme.shop", "value": "v=DMARC1; p=none", "required": false, "record_type": "TXT" },
        { "value": "no host" }], "cname_targets": [] }]);
    let list = domains(&newer, &screen).unwrap();
    let targets = list.items[0].targets.as_ref().unwrap();
    assert_eq!(list.items[0].name, "acme.shop");
    assert_eq!((targets.len(), targets[1].kind.as_str()), (2, "TXT"));
    assert_eq!(targets[0].host, "clerk.acme.shop");
    let older = json!({ "data": [{ "name": "acme.shop", "dns_targets": null, "cname_targets": [
        { "host": "clerk.acme.shop", "value": "x", "required": true }] }] });
    let list = domains(&older, &screen).unwrap();
    assert_eq!(list.items[0].targets.as_ref().unwrap()[0].kind, "CNAME");
    let without = domains(
        &json!([{ "name": "acme.shop", "cname_targets": null }]),
        &screen,
    );
    assert_eq!(without.unwrap().items[0].targets, None);
}

#[test]
fn a_domain_covers_itself_and_what_is_below_it() {
    let domain = Domain {
        name: "acme.shop".into(),
        ..Domain::default()
    };
    assert!(domain.covers("acme.shop") && domain.covers("app.acme.shop"));
    assert!(!domain.covers("notacme.shop") && !domain.covers("shop"));
}

#[test]
fn sees_what_of_a_person_a_template_puts_into_a_token() {
    let claims = |value: Value| {
        let all = json!([{ "name": "x", "claims": value }]);
        jwt_templates(&all, &Screen::default()).unwrap().items[0]
            .claims
            .clone()
    };
    let deep = json!({ "https://x": [{ "m": "a {{ user.private_metadata.role }} b" }] });
    assert_eq!(claims(deep), [Claim::PrivateMetadata]);
    assert_eq!(
        claims(json!({ "email": "{{user.primary_email_address}}" })),
        [Claim::Email]
    );
    assert_eq!(
        claims(json!({ "email": "{{user.email_addresses || 'x'}}" })),
        []
    );
    assert_eq!(
        claims(json!({ "v": "{{user.email_verified}} private_metadata", "n": 1 })),
        []
    );
    assert_eq!(claims(json!("{{{{}}")), []);
}

#[test]
fn counts_people_and_reads_none() {
    assert_eq!(users_path(None), "/users/count");
    let users = Users {
        moment: Moment::SignedIn,
        after: Some(1),
        before: Some(2),
    };
    assert_eq!(
        users_path(Some(users)),
        "/users/count?last_sign_in_at_after=1&last_sign_in_at_before=2"
    );
    assert_eq!(
        count(&json!({ "object": "total_count", "total_count": 7 })),
        Some(7)
    );
    assert_eq!(count(&json!([{ "identifier": "a@b.example" }])), Some(1));
    assert_eq!(count(&json!({})), None);
}

#[test]
fn hostile_answers_are_read_without_harm() {
    let screen = Screen::default();
    let escape = json!({ "data": [{ "name": "a\u{1b}[31m\u{202e}b", "id": 7, "key": ["x"], "url": {} }],
        "total_count": -1, "keys": [7, { "kid": "a b", "n": "é" }] });
    let shown = format!(
        "{:?} {:?} {:?}",
        domains(&escape, &screen),
        oauth_applications(&escape, &screen),
        connections(&escape, &screen)
    );
    assert!(
        !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
        "{shown}"
    );
    let keys = signing_keys(&escape, &screen).unwrap();
    assert_eq!(
        (keys.items, keys.whole),
        (vec![SigningKey::default()], false)
    );
    assert_eq!(roles(&escape, &screen).unwrap().items, []);
    assert_eq!(
        redirect_urls(&escape, &screen).unwrap().items,
        Vec::<String>::new()
    );
    for value in [json!(null), json!([]), json!("x"), json!(1e300)] {
        assert_eq!(protect(&value), None);
        assert_eq!(communication(&value), None);
        assert_eq!(oauth_settings(&value), None);
        assert_eq!(organization_settings(&value, &screen), None);
        assert!(allowed_origins(&value, &screen).is_empty());
    }
}
