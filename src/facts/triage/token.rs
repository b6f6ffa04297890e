//! E7: what forged tokens tell of the secret key that the site was deployed with. A token that nobody can
//! take for real makes the SDK fetch the signing keys with that secret key, and the header
//! `x-clerk-auth-reason` says what came of it (clerk/javascript `packages/backend/src/tokens/{keys,verify}.ts`).

pub use super::frontend::kids;
use super::{App, Forged, Probe, not_asked, why_not};
use crate::facts::api::Screen;
use crate::model::Known;
use crate::model::triage::{Evidence, Mark};

/// The id of a signing key that no instance has.
pub const BOGUS_KID: &str = "ins_clerkaudit000";

/// The header and the claims of a forged token, as a session token has them; `now` in seconds since 1970.
pub fn forged(kid: &str, issuer: &str, party: &str, now: u64) -> (String, String) {
    let header = serde_json::json!({ "alg": "RS256", "typ": "JWT", "kid": kid });
    let claims = serde_json::json!({
        "iss": issuer, "sub": "user_clerkaudit", "sid": "sess_clerkaudit", "azp": party,
        "iat": now, "nbf": now.saturating_sub(10), "exp": now + 60,
    });
    (header.to_string(), claims.to_string())
}

/// What is told of the deployed key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deployed {
    /// It works, and belongs to the publishable key.
    Pairs,
    /// It works; whether it belongs is not known.
    Works,
    /// It is of another instance.
    Foreign,
    /// Clerk refuses it.
    Refused,
    /// Clerk answered the site with an error.
    NotServed(String),
    /// The site cannot reach Clerk.
    Unreachable,
    /// Tokens are verified with a key in the settings, so the secret key is not used.
    Networkless,
    /// The forged token was not answered, and why.
    Unanswered(String),
    /// Nothing is told, and why.
    Silent(String),
}

/// The reason in an answer of Clerk's middleware: where there are several, the last is about the token.
fn reason(probe: &Probe) -> Option<String> {
    let value = probe.answer()?.header("x-clerk-auth-reason")?;
    Screen::default().token(value.rsplit(',').next()?.trim())
}

pub(super) fn read(app: &App) -> Option<Deployed> {
    app.forged.as_ref().map(of)
}

/// What is told by a token of a key that nobody has and one of the instance's own key.
pub fn of(Forged { bogus, real }: &Forged) -> Deployed {
    if bogus.answer().is_none() {
        return Deployed::Unanswered(bogus.why());
    }
    let message = |probe: &Probe| {
        let text = probe.answer()?.header("x-clerk-auth-message")?;
        Some(Screen::default().sentence(text))
    };
    match reason(bogus).as_deref() {
        None => Deployed::Silent(
            "the answer has no header of Clerk's middleware: not a JavaScript SDK, or not covered"
                .to_owned(),
        ),
        Some("secret-key-invalid") => Deployed::Refused,
        Some("jwk-remote-failed-to-load") => {
            Deployed::NotServed(message(bogus).unwrap_or_default())
        }
        Some("unexpected-error") => Deployed::Unreachable,
        Some("token-invalid-signature") => Deployed::Networkless,
        Some("jwk-kid-mismatch") => paired(real),
        Some(other) => Deployed::Silent(format!("the reason {other} tells nothing of the key")),
    }
}

/// The key was fetched just now; whether the instance's own key was among those that came.
fn paired(real: &Known<Probe>) -> Deployed {
    match real.as_ref().and_then(reason).as_deref() {
        Some("jwk-kid-mismatch") => Deployed::Foreign,
        // Any other reason comes after the key was found.
        Some("token-invalid-signature") => Deployed::Pairs,
        Some(reason) if reason.starts_with("token-") || reason.starts_with("session-token-") => {
            Deployed::Pairs
        }
        _ => Deployed::Works,
    }
}

impl Deployed {
    /// In words, as a clause about the site.
    pub fn words(&self) -> String {
        match self {
            Deployed::Pairs => "its secret key works and is of the instance of its publishable key".to_owned(),
            Deployed::Works => "its secret key works; whether it is of the same instance as the publishable key was not told".to_owned(),
            Deployed::Foreign => "its secret key works, and is of another instance than its publishable key".to_owned(),
            Deployed::Refused => "Clerk refuses its secret key (secret-key-invalid)".to_owned(),
            Deployed::NotServed(message) if message.is_empty() => "it could not load the signing keys from Clerk (jwk-remote-failed-to-load)".to_owned(),
            Deployed::NotServed(message) => format!("it could not load the signing keys from Clerk: {message}"),
            Deployed::Unreachable => "it could not reach Clerk (unexpected-error)".to_owned(),
            Deployed::Networkless => "verifies tokens with a key in its settings (jwtKey), so its secret key was not used".to_owned(),
            Deployed::Unanswered(why) => format!("{why}; a key that Clerk refuses costs the site seconds at each such token"),
            Deployed::Silent(why) => why.clone(),
        }
    }

    const fn mark(&self) -> Mark {
        match self {
            Deployed::Pairs | Deployed::Works | Deployed::Networkless => Mark::Good,
            Deployed::Foreign
            | Deployed::Refused
            | Deployed::NotServed(_)
            | Deployed::Unreachable => Mark::Bad,
            Deployed::Unanswered(_) => Mark::Silent,
            Deployed::Silent(_) => Mark::Odd,
        }
    }
}

pub(super) fn evidence(known: &Known<App>, deployed: Option<&Deployed>) -> Evidence {
    let subject = "deployed secret key";
    let Known::Yes(app) = known else {
        return not_asked("E7", subject, why_not(known));
    };
    let (Known::Yes(forged), Some(deployed)) = (&app.forged, deployed) else {
        return not_asked("E7", subject, why_not(&app.forged));
    };
    forged
        .last()
        .says("E7", subject, deployed.mark(), deployed.words())
}
