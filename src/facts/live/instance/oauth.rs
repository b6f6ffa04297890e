//! The instance as an OAuth server.

use serde_json::Value;

use super::read::{List, flag, list, object, text, texts};
use crate::facts::api::Screen;

/// The settings of an instance as an OAuth server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OauthSettings {
    /// Whether anybody may register a client.
    pub dynamic_registration: Option<bool>,
}

/// A client of an instance as an OAuth server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OauthApplication {
    /// Its name; where it has none, its id.
    pub name: String,
    /// `ins_…`: whose it is.
    pub instance: Option<String>,
    /// Where it takes people back to.
    pub redirect_uris: Vec<String>,
    /// Whether it has no secret: a single-page or native app.
    pub public: Option<bool>,
    /// Whether PKCE is required of it.
    pub pkce_required: Option<bool>,
    /// Whether people are asked before it gets their data.
    pub consent_screen: Option<bool>,
    /// Whether it registered itself.
    pub registered_itself: bool,
}

/// Reads `GET /instance/oauth_application_settings`.
pub fn oauth_settings(value: &Value) -> Option<OauthSettings> {
    let value = object(value)?;
    Some(OauthSettings {
        dynamic_registration: flag(value, "dynamic_oauth_client_registration"),
    })
}

/// Reads `GET /oauth_applications`.
pub fn oauth_applications(value: &Value, screen: &Screen) -> Option<List<OauthApplication>> {
    list(value, |one| {
        Some(OauthApplication {
            name: text(one, "name", screen).or_else(|| text(one, "id", screen))?,
            instance: text(one, "instance_id", screen),
            redirect_uris: texts(one, "redirect_uris", screen),
            public: flag(one, "public"),
            pkce_required: flag(one, "pkce_required"),
            consent_screen: flag(one, "consent_screen_enabled"),
            registered_itself: flag(one, "dynamically_registered").unwrap_or(false),
        })
    })
}
