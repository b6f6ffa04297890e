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
    if request.method == "POST" {
        shared.posted.lock().unwrap().push(request.body.clone());
    }
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
    let age = i64::try_from(now.map_err(|_| "no clock")?.as_secs()).map_err(|_| "no clock")? - sent;
    if age > TOLERANCE && behaviour != Webhook::NoReplayCheck {
        return Err("Message timestamp too old");
    }
    if -age > TOLERANCE && behaviour != Webhook::NoFutureCheck {
        return Err("Message timestamp too new");
    }
    let key = key(shared);
    let bodies = if behaviour == Webhook::ParsesBefore {
        alterations(shared, &request.body)
    } else {
        vec![request.body.clone()]
    };
    let good: Vec<String> = bodies
        .iter()
        .map(|body| {
            let text = [format!("{id}.{stamp}.").as_bytes(), body].concat();
            crate::support::base64(hmac::sign(&key, &text).as_ref())
        })
        .collect();
    let only_first = behaviour == Webhook::OneSignature;
    let read = if only_first { 1 } else { usize::MAX };
    let mut given = signatures.split(' ').take(read);
    let matches = |signature: &str| {
        let value = signature.strip_prefix("v1,").unwrap_or_default();
        good.iter().any(|good| good == value)
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

/// What may have been signed before the body became what came: an endpoint that verifies something other
/// than the bytes that it got accepts all of these.
fn alterations(shared: &Shared, body: &[u8]) -> Vec<Vec<u8>> {
    let mut all = shared.posted.lock().unwrap().clone();
    all.extend((0..=body.len()).map(|end| body[..end].to_vec()));
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        all.push(value.to_string().into_bytes());
        without_one_field(&value, &mut |less| all.push(less.to_string().into_bytes()));
    }
    all
}

fn without_one_field(value: &Value, each: &mut impl FnMut(&Value)) {
    let Some(fields) = value.as_object() else {
        return;
    };
    for (name, inner) in fields {
        let mut less = value.clone();
        if let Some(fields) = less.as_object_mut() {
            fields.shift_remove(name);
        }
        each(&less);
        for inner_name in inner.as_object().into_iter().flat_map(|inner| inner.keys()) {
            let mut less = value.clone();
            if let Some(fields) = less[name].as_object_mut() {
                fields.shift_remove(inner_name);
            }
            each(&less);
        }
    }
}
