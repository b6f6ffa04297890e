//! Small settings of an instance.

use serde_json::Value;

use super::read::{List, flag, list, object, text, texts};
use crate::facts::api::Screen;

/// Where SMS go to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Communication {
    /// How many countries get none; `None` where the answer does not say.
    pub blocked_countries: Option<usize>,
}

/// Clerk Protect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Protect {
    /// Whether all that Protect looks at is let through.
    pub checks_bypassed: Option<bool>,
}

/// The origins in `GET /instance`: `null`, which is usual, is none.
pub fn allowed_origins(value: &Value, screen: &Screen) -> Vec<String> {
    texts(value, "allowed_origins", screen)
}

/// Reads `GET /instance/communication`.
pub fn communication(value: &Value) -> Option<Communication> {
    let codes = object(value)?.get("blocked_country_codes");
    Some(Communication {
        blocked_countries: codes.and_then(Value::as_array).map(Vec::len),
    })
}

/// Reads `GET /instance/protect`.
pub fn protect(value: &Value) -> Option<Protect> {
    let value = object(value)?;
    Some(Protect {
        checks_bypassed: flag(value, "checks_bypassed"),
    })
}

/// Reads `GET /redirect_urls`: the addresses.
pub fn redirect_urls(value: &Value, screen: &Screen) -> Option<List<String>> {
    list(value, |one| text(one, "url", screen))
}
