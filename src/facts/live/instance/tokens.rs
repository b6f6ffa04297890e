//! The tokens of an instance: the keys that sign them, and templates for those of others.

use serde_json::Value;

use super::read::{List, list, text};
use crate::facts::api::Screen;

/// A key that signs sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SigningKey {
    /// The id of the key, which is that of the instance (clerk/javascript `packages/backend/src/tokens/keys.ts`).
    pub id: Option<String>,
    /// The modulus of the public key, as base64url; never shown.
    pub modulus: Option<String>,
}

/// A template for tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JwtTemplate {
    /// The name by which code asks for it.
    pub name: String,
    /// For how many seconds a token is good.
    pub lifetime: Option<u64>,
    /// What of a person it puts into the token.
    pub claims: Vec<Claim>,
}

/// What of a person a template puts into a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// The private metadata.
    PrivateMetadata,
    /// An e-mail address.
    Email,
}

/// The modulus of a key of 16,384 bits has fewer characters.
const LONGEST_MODULUS: usize = 4096;

/// Reads `GET /jwks`.
pub fn signing_keys(value: &Value, screen: &Screen) -> Option<List<SigningKey>> {
    let keys = value.get("keys")?;
    list(keys, |one| {
        let word = |field: &str| one.get(field)?.as_str();
        let base64 = |c: char| c.is_ascii_alphanumeric() || "-_=".contains(c);
        let modulus = word("n").filter(|n| n.len() <= LONGEST_MODULUS && n.chars().all(base64));
        one.is_object().then(|| SigningKey {
            id: word("kid").and_then(|kid| screen.token(kid)),
            modulus: modulus.map(str::to_owned),
        })
    })
}

/// Reads `GET /jwt_templates`.
pub fn jwt_templates(value: &Value, screen: &Screen) -> Option<List<JwtTemplate>> {
    list(value, |one| {
        let mut claims = Vec::new();
        if let Some(value) = one.get("claims") {
            look(value, &mut claims);
        }
        claims.sort_unstable();
        claims.dedup();
        Some(JwtTemplate {
            name: text(one, "name", screen)?,
            lifetime: one.get("lifetime").and_then(Value::as_u64),
            claims,
        })
    })
}

/// The shortcodes in all texts of the claims; JSON nests at most 128 deep where it is parsed
/// (clerk.com/docs/guides/sessions/jwt-templates).
fn look(value: &Value, found: &mut Vec<Claim>) {
    match value {
        Value::String(text) => {
            let codes = text.split("{{").skip(1);
            let codes = codes.filter_map(|rest| rest.split("}}").next());
            // `{{user.first_name || user.primary_email_address}}` names what to take instead.
            for code in codes.flat_map(|code| code.split("||")) {
                let of_user = code.trim().strip_prefix("user.").unwrap_or_default();
                match of_user.split('.').next() {
                    Some("private_metadata") => found.push(Claim::PrivateMetadata),
                    Some("primary_email_address") => found.push(Claim::Email),
                    _ => {}
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|one| look(one, found)),
        Value::Object(all) => all.values().for_each(|one| look(one, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
