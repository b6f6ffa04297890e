//! Organizations of an instance: settings, roles, permissions, and the sign-in of companies.

use serde_json::Value;

use super::read::{List, flag, list, object, text, texts};
use crate::facts::api::Screen;

/// Whether there are organizations, and how people come into them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationSettings {
    /// Whether there are any.
    pub enabled: Option<bool>,
    /// The role of who creates one: `org:admin`.
    pub creator_role: Option<String>,
    /// Whether an organization may have a verified domain, whose people come in by their e-mail address.
    pub domains_enabled: Option<bool>,
    /// How they may: `manual_invitation`, `automatic_invitation`, `automatic_suggestion`.
    pub enrollment_modes: Vec<String>,
    /// The role that they get: `org:member`.
    pub default_role: Option<String>,
}

/// A role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Role {
    /// `org:admin`.
    pub key: String,
    /// The keys of what it may do.
    pub permissions: Vec<String>,
}

/// A connection to the sign-in of a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connection {
    /// Its name; where it has none, its id.
    pub name: String,
    /// Whether it is in use.
    pub active: Option<bool>,
    /// Whether the company's side may begin a sign-in.
    pub idp_initiated: bool,
}

/// Reads `GET /instance/organization_settings`.
pub fn organization_settings(value: &Value, screen: &Screen) -> Option<OrganizationSettings> {
    let value = object(value)?;
    Some(OrganizationSettings {
        enabled: flag(value, "enabled"),
        creator_role: text(value, "creator_role", screen),
        domains_enabled: flag(value, "domains_enabled"),
        enrollment_modes: texts(value, "domains_enrollment_modes", screen),
        default_role: text(value, "domains_default_role", screen),
    })
}

/// Reads `GET /organization_roles`.
pub fn roles(value: &Value, screen: &Screen) -> Option<List<Role>> {
    list(value, |one| {
        let permissions = one.get("permissions").and_then(Value::as_array);
        let keys = permissions.into_iter().flatten();
        Some(Role {
            key: text(one, "key", screen)?,
            permissions: keys.filter_map(|one| text(one, "key", screen)).collect(),
        })
    })
}

/// Reads `GET /organization_permissions`: the keys.
pub fn permissions(value: &Value, screen: &Screen) -> Option<List<String>> {
    list(value, |one| text(one, "key", screen))
}

/// Reads `GET /enterprise_connections`.
pub fn connections(value: &Value, screen: &Screen) -> Option<List<Connection>> {
    list(value, |one| {
        let saml = one.get("saml_connection").filter(|saml| saml.is_object());
        Some(Connection {
            name: text(one, "name", screen).or_else(|| text(one, "id", screen))?,
            active: flag(one, "active"),
            idp_initiated: saml
                .and_then(|saml| flag(saml, "allow_idp_initiated"))
                .unwrap_or(false),
        })
    })
}
