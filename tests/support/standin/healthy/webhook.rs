//! The webhook endpoint of the site: it verifies signatures as Svix describes them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::hmac;
use serde_json::{Value, json};

use super::page;
use crate::support::standin::Shared;
use crate::support::standin::http::{Answer, Request};
use crate::support::standin::scenario::Webhook;

const TOLERANCE: i64 = 5 * 60;

/// What the endpoint answers; nothing if the middleware does not let the request through.
pub fn answer(shared: &Shared, request: &Request) -> Option<Answer> {
    let behaviour = shared.scenario.webhook;
    match behaviour {
        Webhook::BehindAuth => return None,
        Webhook::Missing => return Some(page::not_found(&shared.scenario)),
        Webhook::Redirects => {
            let to = format!("https://www.{}{}", shared.scenario.domain, request.path);
            return Some(Answer::new(308).with("location", to));
        }
        _ => {}
    }
    match request.method.as_str() {
        "POST" => {}
        "OPTIONS" => return Some(Answer::new(204).with("allow", "OPTIONS, POST")),
        _ => return Some(Answer::new(405).with("allow", "OPTIONS, POST")),
    }
    match behaviour {
        Webhook::Throws => return Some(Answer::html(500, "Internal Server Error")),
        Webhook::AcceptsAnything => return Some(Answer::json(200, &json!({ "received": true }))),
        Webhook::Slow => std::thread::sleep(Duration::from_secs(6)),
        _ => {}
    }
    Some(match verify(shared, request) {
        Err(why) => Answer::of(400, "text/plain; charset=utf-8", why),
        Ok(()) if behaviour == Webhook::Chokes => Answer::html(500, "Internal Server Error"),
        Ok(()) => Answer::json(200, &json!({ "received": true })),
    })
}

fn verify(shared: &Shared, request: &Request) -> Result<(), &'static str> {
    let behaviour = shared.scenario.webhook;
    let header = |name| request.header(name).ok_or("Missing required headers");
    let (id, stamp, signatures) = (
        header("svix-id")?,
        header("svix-timestamp")?,
        header("svix-signature")?,
    );
    let sent: i64 = stamp.parse().map_err(|_| "Invalid Signature Headers")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let ahead = match behaviour {
        Webhook::ClockAhead => 700,
        _ => 0,
    };
    let now = i64::try_from(now.map_err(|_| "no clock")?.as_secs()).map_err(|_| "no clock")?;
    let age = now + ahead - sent;
    if age > TOLERANCE && behaviour != Webhook::NoReplayCheck {
        return Err("Message timestamp too old");
    }
    if -age > TOLERANCE && behaviour != Webhook::NoFutureCheck {
        return Err("Message timestamp too new");
    }
    let key = key(shared);
    let text = [
        format!("{id}.{stamp}.").as_bytes(),
        &verified(behaviour, request),
    ]
    .concat();
    let good = crate::support::base64(hmac::sign(&key, &text).as_ref());
    let only_first = behaviour == Webhook::OneSignature;
    let read = if only_first { 1 } else { usize::MAX };
    let mut given = signatures.split(' ').take(read);
    let matches = |signature: &str| {
        let value = signature.strip_prefix("v1,").unwrap_or_default();
        good == value
    };
    if given.any(matches) {
        Ok(())
    } else {
        Err("No matching signature found")
    }
}

fn key(shared: &Shared) -> hmac::Key {
    use base64::Engine as _;
    let secret = match shared.scenario.webhook {
        Webhook::WrongSecret => format!(
            "whsec_{}",
            crate::support::base64(b"another secret, of 32 bytes long")
        ),
        _ => shared.scenario.whsec.clone(),
    };
    let text = secret.strip_prefix("whsec_").unwrap_or(&secret);
    let bytes = base64::engine::general_purpose::STANDARD.decode(text);
    hmac::Key::new(hmac::HMAC_SHA256, &bytes.unwrap())
}

/// The bytes that the endpoint verifies: those that came, or what it makes of them.
fn verified(behaviour: Webhook, request: &Request) -> Vec<u8> {
    let parsed = || serde_json::from_slice::<Value>(&request.body).ok();
    let written = match behaviour {
        Webhook::ParsesBefore => parsed().map(|value| value.to_string()),
        Webhook::IgnoresData => parsed().map(|mut value| {
            value["data"]["id"] = json!("clerk_audit_probe");
            value.to_string()
        }),
        _ => None,
    };
    written.map_or_else(|| request.body.clone(), String::into_bytes)
}
