//! What a healthy production instance, its site and its surroundings answer.

pub mod bapi;
pub mod environment;
pub mod fapi;
pub mod page;
pub mod site;
pub mod status;
pub mod webhook;
pub mod zone;

use std::sync::OnceLock;

use super::Shared;
use super::http::{Answer, Request};
use super::scenario::{Role, Scenario};

/// The instance.
pub const INSTANCE: &str = "ins_acme";

/// The healthy answer to a request.
pub fn answer(shared: &Shared, role: Role, request: &Request) -> Answer {
    let scenario = &shared.scenario;
    if role.is_clerk() && !request.only_reads() {
        return Answer::new(405).with("allow", "GET, HEAD, OPTIONS");
    }
    match role {
        Role::Bapi => bapi::answer(scenario, request),
        Role::Fapi => fapi::answer(scenario, &request.host, &request.path, request),
        Role::Portal => status::portal(scenario),
        Role::Status => status::page(request),
        Role::Control => Answer::html(200, "<!doctype html><title>Example</title>"),
        Role::Site => site::answer(shared, request),
        Role::Plain => {
            let to = format!("https://{}{}", request.host, request.target());
            Answer::new(308).with("location", to)
        }
    }
}

/// A JSON text in which `$domain` is the domain.
pub fn json(text: &str, scenario: &Scenario) -> serde_json::Value {
    let text = text.replace("$domain", &scenario.domain);
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// Clerk's way to say no.
pub fn refusal(status: u16, code: &str, message: &str, long: &str) -> Answer {
    let body = serde_json::json!({
        "errors": [{ "message": message, "long_message": long, "code": code }],
        "clerk_trace_id": "5f3c8a1e9b7d4f20a6c4e2d81b0f9375",
    });
    Answer::json(status, &body)
}

/// The public half of the instance's signing key, at both APIs. The modulus is no product of primes: nobody
/// verifies anything with it.
pub fn jwks(instance: &str) -> serde_json::Value {
    use base64::Engine as _;
    static MODULUS: OnceLock<String> = OnceLock::new();
    let of = |instance: &str| {
        let mut bytes = crate::support::random(instance, 256).into_bytes();
        bytes[0] |= 0x80;
        bytes[255] |= 1;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    };
    let modulus = if instance == INSTANCE {
        MODULUS.get_or_init(|| of(INSTANCE)).clone()
    } else {
        of(instance)
    };
    serde_json::json!({
        "keys": [{ "use": "sig", "kty": "RSA", "kid": instance, "alg": "RS256", "n": modulus, "e": "AQAB" }]
    })
}
