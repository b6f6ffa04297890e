//! The instance, by the Backend API: what each of its lists and settings says, as far as a check asks for it.
//!
//! Sources: clerk/openapi-specs `bapi/2026-05-12.yml`. Every field may be missing, unknown ones are passed
//! over, and a list may come bare or as `{data, total_count}`. What names a person is not kept: lists of
//! people are read as counts.

mod domains;
mod oauth;
mod organizations;
mod part;
mod read;
mod settings;
#[cfg(test)]
mod tests;
mod tokens;
mod users;

pub use domains::{DnsTarget, Domain, domains};
pub use oauth::{OauthApplication, OauthSettings, oauth_applications, oauth_settings};
pub use organizations::{
    Connection, OrganizationSettings, Role, connections, organization_settings, permissions, roles,
};
pub use part::Part;
pub use read::{List, body, count, shaped};
pub use settings::{
    Communication, Protect, allowed_origins, communication, protect, redirect_urls,
};
pub use tokens::{Claim, JwtTemplate, SigningKey, jwt_templates, signing_keys};
pub use users::{Moment, Users, users_path};

use crate::facts::api::{ApiAnswer, ApiVerdict};
use crate::model::Known;

/// What the Backend API answers to a secret key. Every text in it is already fit to show.
#[derive(Debug, Clone)]
pub struct Instance {
    /// What became of the first question, whether the key is accepted and of which instance it is.
    pub answer: ApiAnswer,
    /// Milliseconds that its answer took.
    pub took_ms: u64,
    /// The origins that are allowed beside those of its domains; none is usual.
    pub allowed_origins: Known<Vec<String>>,
    /// Its domains.
    pub domains: Known<List<Domain>>,
    /// The keys that sign its sessions.
    pub signing_keys: Known<List<SigningKey>>,
    /// Where native apps and OAuth may come back to.
    pub redirect_urls: Known<List<String>>,
    /// Its JWT templates.
    pub jwt_templates: Known<List<JwtTemplate>>,
    /// Where SMS go to.
    pub communication: Known<Communication>,
    /// Clerk Protect.
    pub protect: Known<Protect>,
    /// Its settings as an OAuth server.
    pub oauth_settings: Known<OauthSettings>,
    /// Its clients as an OAuth server.
    pub oauth_applications: Known<List<OauthApplication>>,
    /// Whether it has organizations, and how people come into them.
    pub organizations: Known<OrganizationSettings>,
    /// The roles of its organizations.
    pub roles: Known<List<Role>>,
    /// The keys of the permissions of its organizations.
    pub permissions: Known<List<String>>,
    /// How many entries its allow-list has.
    pub allowlist: Known<u64>,
    /// How many entries its block-list has.
    pub blocklist: Known<u64>,
    /// Its connections to the sign-in of companies.
    pub connections: Known<List<Connection>>,
}

impl Instance {
    /// One of which nothing is known but the first answer. The parts say why.
    pub fn of(answer: ApiAnswer, took_ms: u64) -> Self {
        let explained = answer.explain();
        let verdict = answer.verdict();
        let limited = matches!(answer, ApiAnswer::RateLimited { .. });
        let unsettled = verdict == ApiVerdict::Unknown && !limited;
        fn part<T>(unsettled: bool, why: &str) -> Known<T> {
            if unsettled {
                Known::Failed(why.to_owned())
            } else {
                Known::NotAsked(why.to_owned())
            }
        }
        let why = match verdict {
            ApiVerdict::Good => "not selected".to_owned(),
            ApiVerdict::Bad => {
                "Clerk does not accept the secret key; clerk/backend-api-unreachable says why"
                    .to_owned()
            }
            ApiVerdict::Unknown => explained.what,
        };
        let why = why.as_str();
        Self {
            answer,
            took_ms,
            allowed_origins: part(unsettled, why),
            domains: part(unsettled, why),
            signing_keys: part(unsettled, why),
            redirect_urls: part(unsettled, why),
            jwt_templates: part(unsettled, why),
            communication: part(unsettled, why),
            protect: part(unsettled, why),
            oauth_settings: part(unsettled, why),
            oauth_applications: part(unsettled, why),
            organizations: part(unsettled, why),
            roles: part(unsettled, why),
            permissions: part(unsettled, why),
            allowlist: part(unsettled, why),
            blocklist: part(unsettled, why),
            connections: part(unsettled, why),
        }
    }

    /// `ins_…`, where the key is accepted.
    pub fn id(&self) -> Option<&str> {
        match &self.answer {
            ApiAnswer::Ok { instance, .. } => instance.as_deref(),
            _ => None,
        }
    }

    /// `production` or `development`, where the key is accepted.
    pub fn environment(&self) -> Option<&str> {
        match &self.answer {
            ApiAnswer::Ok { environment, .. } => environment.as_deref(),
            _ => None,
        }
    }
}
