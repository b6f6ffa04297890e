//! What tokens that nobody issued tell about the secret key of a deployed site.
//!
//! Clerk's SDKs for JavaScript answer a bad session token with `x-clerk-auth-reason`, and look the signing key
//! up before all else (clerk/javascript `packages/backend/src/tokens/keys.ts`). So a token with a key id that
//! nobody has makes the server fetch the keys of its instance with the secret key it was deployed with, now;
//! one with the id of the publishable key's instance tells whether that instance is the same. No such token
//! can authenticate anybody: where a signature stands are random bytes. All reasons are measured with the real
//! packages (`fixtures/parity/site`).

use serde_json::json;

use super::look::Seen;
use crate::facts::http::Fault;
use crate::model::Known;

/// The key id that no instance has.
pub const BOGUS_KID: &str = "ins_clerkaudit000";

/// The party that no app authorises.
pub const FOREIGN_PARTY: &str = "https://clerk-audit.invalid";

/// Which token is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgery {
    /// In order but for its signature.
    Plain,
    /// Expired an hour ago: SDKs before @clerk/backend 3.2.12 look at that before the signature.
    Expired,
    /// Issued for another site: such SDKs then tell whether the app sets `authorizedParties`.
    Foreign,
}

/// The header of a token, as JSON.
pub fn header(kid: &str) -> String {
    json!({ "alg": "RS256", "kid": kid, "typ": "JWT" }).to_string()
}

/// The claims of a token, as JSON, for the issuer and the site. `now` is in seconds since 1970.
pub fn claims(forgery: Forgery, issuer: &str, origin: &str, now: u64) -> String {
    let from = match forgery {
        Forgery::Expired => now.saturating_sub(3660),
        Forgery::Plain | Forgery::Foreign => now.saturating_sub(5),
    };
    let party = match forgery {
        Forgery::Foreign => FOREIGN_PARTY,
        Forgery::Plain | Forgery::Expired => origin,
    };
    json!({
        "azp": party,
        "exp": from.saturating_add(60),
        "iat": from,
        "iss": issuer,
        "nbf": from.saturating_sub(10),
        "sid": "sess_audit",
        "sub": "user_audit",
    })
    .to_string()
}

/// Why the site refused a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No key with this id is in the instance. The id that is, where the SDK names it, fit to show.
    NoSuchKey(Option<String>),
    /// The key was found, and the signature is none.
    Signature,
    /// Clerk does not accept the server's secret key.
    SecretKey,
    /// The Backend API answered the server with an error; its HTTP status, where the SDK names it.
    NotLoaded(Option<u16>),
    /// The server could not reach the Backend API.
    Unreachable,
    /// The token has expired, seen before its signature.
    Expired,
    /// It is for another party, seen before its signature.
    Party,
    /// Another word, fit to show.
    Other(String),
    /// The answer has nothing of Clerk's SDK; its status.
    Silent(u16),
    /// No answer came.
    Lost(Fault),
}

/// The reason in an answer. `protect-rewrite`, which Next.js 15 puts before it, is already gone.
pub fn reason(seen: &Seen) -> Reason {
    let look = match &seen.answer {
        Ok(look) => look,
        Err(fault) => return Reason::Lost(fault.clone()),
    };
    let Some(clerk) = &look.clerk else {
        return Reason::Silent(look.status);
    };
    match clerk.reason.as_str() {
        "jwk-kid-mismatch" => Reason::NoSuchKey(clerk.available.clone()),
        "token-invalid-signature" => Reason::Signature,
        "secret-key-invalid" => Reason::SecretKey,
        "jwk-remote-failed-to-load" | "jwk-failed-to-load" => Reason::NotLoaded(clerk.code),
        "unexpected-error" => Reason::Unreachable,
        "token-invalid-authorized-parties" => Reason::Party,
        "token-expired" => Reason::Expired,
        word if word.starts_with("session-token-expired") => Reason::Expired,
        word => Reason::Other(word.to_owned()),
    }
}

/// How the tokens were refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// The path that was asked.
    pub path: String,
    /// The key id of the instance of the audited publishable key.
    pub kid: Known<String>,
    /// The token with a key id that nobody has.
    pub bogus: Reason,
    /// The token with the real one.
    pub real: Option<Reason>,
    /// The expired one.
    pub expired: Option<Reason>,
    /// The one for another party.
    pub foreign: Option<Reason>,
}

/// What the secret key of a deployed site is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeployedKey {
    /// It works, and is of the instance of the publishable key.
    OfTheInstance,
    /// It works, and is of another instance than the publishable key. Which, where the SDK names it.
    OfAnotherInstance(Option<String>),
    /// It works; of which instance it is was not asked. Which, where the SDK names it.
    Works(Option<String>),
    /// It works; the second question had another answer than the first allows.
    Contradictory,
    /// Clerk does not accept it.
    Refused,
    /// Clerk answered the server with an error.
    ClerkFails(Option<u16>),
    /// The server does not reach Clerk.
    ClerkUnreachable,
    /// It was not used: the server verifies with `CLERK_JWT_KEY`.
    Unused,
    /// Nothing is known, and why.
    Untold(String),
}

/// What the secret key of a deployed site is like, by how it refused a token with a key id that nobody has
/// and, if that was sent, one with the key id of the publishable key's instance.
pub fn deployed_key(bogus: &Reason, real: Option<&Reason>) -> DeployedKey {
    let instance = match bogus {
        Reason::NoSuchKey(instance) => instance.clone(),
        Reason::SecretKey => return DeployedKey::Refused,
        Reason::NotLoaded(code) => return DeployedKey::ClerkFails(*code),
        Reason::Unreachable => return DeployedKey::ClerkUnreachable,
        Reason::Signature => return DeployedKey::Unused,
        other => return DeployedKey::Untold(untold(other)),
    };
    match real {
        // What an old SDK says of the claims it says after it found the key.
        Some(Reason::Signature | Reason::Party | Reason::Expired) => DeployedKey::OfTheInstance,
        Some(Reason::NoSuchKey(other)) => {
            DeployedKey::OfAnotherInstance(other.clone().or(instance))
        }
        None | Some(Reason::Silent(_) | Reason::Lost(_)) => DeployedKey::Works(instance),
        // Between two requests a key can be revoked, and two servers can have two keys.
        Some(Reason::SecretKey) => DeployedKey::Refused,
        Some(Reason::NotLoaded(code)) => DeployedKey::ClerkFails(*code),
        Some(Reason::Unreachable) => DeployedKey::ClerkUnreachable,
        Some(Reason::Other(_)) => DeployedKey::Contradictory,
    }
}

/// Why nothing follows from a reason.
fn untold(reason: &Reason) -> String {
    match reason {
        Reason::Silent(429) => {
            "the site limits how often it may be asked (HTTP 429): try again later".to_owned()
        }
        Reason::Silent(status) => format!(
            "the answer to a token (HTTP {status}) has no headers of Clerk's SDK for JavaScript"
        ),
        Reason::Lost(fault) => fault.explain().what,
        Reason::Other(word) => format!(
            "the site refuses a token with a reason that this program does not know: {word}"
        ),
        _ => "the site looks at the claims of a token before it looks for its key".to_owned(),
    }
}

/// Whether the SDK is from before @clerk/backend 3.2.12, by how it refused an expired token.
pub fn is_old(expired: &Reason) -> Option<bool> {
    match expired {
        // The party comes before the time: the address that was asked is none of the app's `authorizedParties`.
        Reason::Expired | Reason::Party => Some(true),
        Reason::Signature => Some(false),
        _ => None,
    }
}

/// Whether an old SDK is told which parties may be named in a token, by how it refused one for another party.
pub fn checks_parties(foreign: &Reason) -> Option<bool> {
    match foreign {
        Reason::Party => Some(true),
        Reason::Signature => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::tests::answer;
    use super::*;
    use url::Url;

    fn read(reason_word: &str, message: &str) -> Reason {
        let url = Url::parse("https://acme.shop/").unwrap();
        let headers = [
            ("x-clerk-auth-status", "signed-out"),
            ("x-clerk-auth-reason", reason_word),
            ("x-clerk-auth-message", message),
        ];
        reason(&Seen::of("/", &url, &Ok(answer(200, &headers))))
    }

    #[test]
    fn reads_the_reason_and_what_stands_in_the_message() {
        let before = "Unable to find a signing key. ".repeat(10);
        let message =
            format!("{before}The following kid is available: ins_2a Go to your Dashboard");
        assert_eq!(
            read("jwk-kid-mismatch", &message),
            Reason::NoSuchKey(Some("ins_2a".to_owned()))
        );
        assert_eq!(read("jwk-kid-mismatch", ""), Reason::NoSuchKey(None));
        assert_eq!(
            read("protect-rewrite, secret-key-invalid", ""),
            Reason::SecretKey
        );
        assert_eq!(
            read(
                "jwk-remote-failed-to-load",
                "Error loading with code=503 (x)"
            ),
            Reason::NotLoaded(Some(503))
        );
        assert_eq!(
            read(
                "session-token-expired-refresh-non-eligible-no-refresh-cookie",
                ""
            ),
            Reason::Expired
        );
        assert_eq!(read("new-word", ""), Reason::Other("new-word".to_owned()));
    }

    #[test]
    fn the_two_tokens_together_tell_how_the_key_is() {
        let none = || Reason::NoSuchKey(None);
        let named = Some("ins_b".to_owned());
        for (bogus, real, expected) in [
            (none(), Some(Reason::Signature), DeployedKey::OfTheInstance),
            (
                Reason::NoSuchKey(named.clone()),
                Some(none()),
                DeployedKey::OfAnotherInstance(named),
            ),
            (none(), Some(Reason::Party), DeployedKey::OfTheInstance),
            (none(), None, DeployedKey::Works(None)),
            (Reason::SecretKey, None, DeployedKey::Refused),
            (
                Reason::NotLoaded(Some(503)),
                None,
                DeployedKey::ClerkFails(Some(503)),
            ),
            (Reason::Unreachable, None, DeployedKey::ClerkUnreachable),
            (
                Reason::Signature,
                Some(Reason::Signature),
                DeployedKey::Unused,
            ),
            (
                none(),
                Some(Reason::Other("x".to_owned())),
                DeployedKey::Contradictory,
            ),
        ] {
            assert_eq!(deployed_key(&bogus, real.as_ref()), expected, "{bogus:?}");
        }
        let silent = deployed_key(&Reason::Silent(200), None);
        assert!(matches!(silent, DeployedKey::Untold(_)));
    }

    #[test]
    fn claims_are_as_a_session_token_has_them() {
        let parse = |kind| -> serde_json::Value {
            let text = claims(
                kind,
                "https://clerk.acme.shop",
                "https://acme.shop",
                1_000_000,
            );
            serde_json::from_str(&text).unwrap()
        };
        assert_eq!(parse(Forgery::Plain)["exp"], 1_000_055);
        assert_eq!(parse(Forgery::Plain)["azp"], "https://acme.shop");
        assert_eq!(parse(Forgery::Expired)["exp"], 996_400);
        assert_eq!(parse(Forgery::Foreign)["azp"], FOREIGN_PARTY);
        assert!(header(BOGUS_KID).contains("RS256"));
    }
}
