//! The one request that is not a question: a webhook delivery that nobody sent. It can only be made of the
//! harmless event, and only the webhook endpoint that the user named is asked with it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::{Client, RequestBuilder};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use url::Url;

use super::{Ask, Lane, Net, seconds_since_1970};
use crate::facts::http::{Exchange, Fault};
use crate::facts::live::hook::{EVENT, Probe};
use crate::model::Secret;

/// Svix waits so long (docs.svix.com, "Retries").
const LONGEST_DELIVERY: Duration = Duration::from_secs(15);

/// Twice Svix's tolerance.
const TEN_MINUTES: i64 = 600;

/// Of the answer's body only its beginning is looked at, for a page in place of a handler.
const BODY: usize = 4096;

/// A delivery that nobody sent: id, time, body, and a signature or none.
#[derive(Debug, Clone)]
pub struct Delivery {
    id: String,
    timestamp: i64,
    body: String,
    signatures: Option<String>,
}

impl Delivery {
    /// The delivery of a probe. Those that need the signing secret are none without one that is whole.
    pub fn new(probe: Probe, secret: Option<&Secret>) -> Option<Self> {
        let random = SystemRandom::new();
        let mut noise = [0; 32];
        random.fill(&mut noise).ok()?;
        let id: String = noise[..12]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let now = i64::try_from(seconds_since_1970()).ok()?;
        let mut delivery = Self {
            id: format!("msg_clerkaudit_{id}"),
            timestamp: match probe {
                Probe::Stale => now - TEN_MINUTES,
                Probe::Future => now + TEN_MINUTES,
                _ => now,
            },
            body: body(now, "clerk_audit_probe"),
            signatures: None,
        };
        let signed = |key: &[u8]| delivery.signature(key);
        let own = || Some(signed(&key(secret?)?));
        delivery.signatures = match probe {
            Probe::Unsigned => None,
            Probe::Forged => Some("v1,Y2xlcmstYXVkaXQ=".to_owned()),
            Probe::OtherKey => Some(signed(&noise)),
            Probe::TwoSignatures => Some(format!("{} {}", signed(&noise), own()?)),
            Probe::Stale
            | Probe::Future
            | Probe::Altered
            | Probe::Respaced
            | Probe::Good
            | Probe::Repeated => Some(own()?),
        };
        match probe {
            Probe::Altered => delivery.body = body(now, "clerk_audit_changed"),
            // The same event to whoever parses it: only who verifies the bytes can tell.
            Probe::Respaced => delivery.body = delivery.body.replace(',', ", "),
            _ => {}
        }
        Some(delivery)
    }

    /// `v1,` and the HMAC-SHA256 of id, time and body.
    fn signature(&self, key: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        let text = format!("{}.{}.{}", self.id, self.timestamp, self.body);
        format!("v1,{}", BASE64.encode(hmac::sign(&key, text.as_bytes())))
    }

    /// It as a request to an endpoint that the user named for that.
    pub fn ask(&self, url: &Url) -> Ask {
        let mut ask = Ask::deliver(url.clone(), self.body.clone())
            .header("content-type", "application/json")
            .at_most(BODY)
            .within(LONGEST_DELIVERY)
            .once();
        if let Some(signatures) = &self.signatures {
            ask = ask
                .header("svix-id", &self.id)
                .header("svix-timestamp", &self.timestamp.to_string())
                .header("svix-signature", signatures);
        }
        ask
    }
}

/// The request of a delivery, if the question is one. Nowhere else stands a method that can change anything.
pub(super) fn posted(client: &Client, ask: &Ask) -> Option<RequestBuilder> {
    let body = ask.delivery.as_ref()?;
    Some(client.post(ask.url.clone()).body(body.clone()))
}

impl Net {
    /// Posts a delivery to a webhook endpoint.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn deliver(&self, lane: &Lane, url: &Url, delivery: &Delivery) -> Exchange {
        if !matches!(url.scheme(), "https" | "http") {
            let detail = "the endpoint has no address on the web".to_owned();
            return Err(Fault::LocalFailure { detail });
        }
        self.ask(lane, delivery.ask(url)).await
    }
}

fn body(now: i64, id: &str) -> String {
    format!(
        r#"{{"object":"event","type":"{EVENT}","timestamp":{},"instance_id":"ins_clerk_audit","data":{{"object":"clerk_audit","id":"{id}"}}}}"#,
        now.saturating_mul(1000)
    )
}

/// The bytes of a signing secret.
fn key(secret: &Secret) -> Option<Vec<u8>> {
    let text = secret.expose().trim().strip_prefix("whsec_")?;
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_svix_does() {
        // The test vector of svix/svix-webhooks `rust/src/webhooks.rs`, its key put together here.
        let secret = Secret::new(["whsec_C2FVsBQIhrscChlQ", "IMV+b5sSYspob7oD"].concat());
        let delivery = Delivery {
            id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk".to_owned(),
            timestamp: 1_649_367_553,
            body: r#"{"email":"test@example.com","username":"test_user"}"#.to_owned(),
            signatures: None,
        };
        assert_eq!(
            delivery.signature(&key(&secret).unwrap()),
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
        );
    }

    #[test]
    fn every_delivery_is_the_harmless_event_under_an_id_of_its_own() {
        let secret = Secret::new(format!("whsec_{}", BASE64.encode([7; 32])));
        let mut ids = std::collections::BTreeSet::new();
        for probe in Probe::UNSIGNED.into_iter().chain(Probe::SIGNED) {
            let delivery = Delivery::new(probe, Some(&secret)).unwrap();
            assert!(delivery.body.contains(r#""type":"clerk_audit.ping""#));
            assert!(ids.insert(delivery.id.clone()));
            assert_eq!(
                Delivery::new(probe, None).is_none(),
                Probe::SIGNED.contains(&probe)
            );
        }
    }
}
