//! The instance, by the Backend API.
//!
//! First whether the key is accepted, `GET /v1/instance`; then what selected checks, and the other rooms of
//! the living side, want to know of it, all at once and as fast as the lane lets it.

use serde_json::Value;

use super::Asker;
use crate::facts::Need;
use crate::facts::api::{ApiAnswer, ApiVerdict, Screen, read_answer};
use crate::facts::live::instance::{self as parts, Instance, Part, Users, shaped};
use crate::gather::net::{Backend, Lane};
use crate::model::Known;

/// Who else wants to know the domains and the signing keys.
const SHARING: &[Need] = &[
    Need::Instance,
    Need::Frontend,
    Need::Dns,
    Need::Certificates,
    Need::Front,
    Need::Visited,
    Need::Surface,
];

/// The instance of the secret key.
pub(super) async fn ask(asker: &Asker) -> Known<Instance> {
    let question = &asker.question;
    let (secret, base) = match (&question.secret, &question.base) {
        (Known::Yes(secret), Known::Yes(base)) => (secret.clone(), base.clone()),
        (Known::NotAsked(why), _) | (_, Known::NotAsked(why)) => {
            return Known::NotAsked(why.clone());
        }
        (Known::Failed(why), _) | (_, Known::Failed(why)) => return Known::Failed(why.clone()),
    };
    let backend = match Backend::new(asker.net(), base, secret) {
        Ok(backend) => backend,
        Err(answer) => return Known::Yes(Instance::of(answer, 0)),
    };
    let screen = Screen::new(backend.key());
    let answer = match backend.get(&asker.lanes().backend, "/instance").await {
        Ok(answer) => answer,
        Err(fault) => return Known::Yes(Instance::of(ApiAnswer::Fault(fault), 0)),
    };
    let read = read_answer(backend.host(), &answer, backend.key());
    let accepted = read.verdict() == ApiVerdict::Good;
    let instance = Instance::of(read, answer.took_ms);
    if !accepted {
        return Known::Yes(instance);
    }
    let origins = answer.json().unwrap_or_default();
    let asking = Asking {
        asker,
        backend: &backend,
        screen: &screen,
    };
    Known::Yes(Instance {
        allowed_origins: Known::Yes(parts::allowed_origins(&origins, &screen)),
        ..asking.all(instance).await
    })
}

/// Counts people; no person is read.
pub async fn count_users(backend: &Backend<'_>, lane: &Lane, users: Option<Users>) -> Known<u64> {
    let exchange = backend.get(lane, &parts::users_path(users)).await;
    let body = parts::body(Part::Users, &exchange, &Screen::new(backend.key()));
    shaped(Part::Users, body, parts::count)
}

/// Who asks for the parts of an instance.
struct Asking<'a> {
    asker: &'a Asker,
    backend: &'a Backend<'a>,
    screen: &'a Screen,
}

impl Asking<'_> {
    /// Everything that is wanted. The lane serves in the order in which it is asked: what others wait for
    /// stands first.
    async fn all(&self, instance: Instance) -> Instance {
        let screen = self.screen;
        let (
            domains,
            signing_keys,
            organizations,
            roles,
            permissions,
            jwt_templates,
            redirect_urls,
            communication,
            protect,
            oauth_settings,
            oauth_applications,
            allowlist,
            blocklist,
            connections,
        ) = tokio::join!(
            self.part(Part::Domains, |value| parts::domains(value, screen)),
            self.part(Part::SigningKeys, |value| parts::signing_keys(
                value, screen
            )),
            self.part(Part::Organizations, |value| parts::organization_settings(
                value, screen
            )),
            self.part(Part::Roles, |value| parts::roles(value, screen)),
            self.part(Part::Permissions, |value| parts::permissions(value, screen)),
            self.part(Part::JwtTemplates, |value| parts::jwt_templates(
                value, screen
            )),
            self.part(Part::RedirectUrls, |value| parts::redirect_urls(
                value, screen
            )),
            self.part(Part::Communication, parts::communication),
            self.part(Part::Protect, parts::protect),
            self.part(Part::OauthSettings, parts::oauth_settings),
            self.part(Part::OauthApplications, |value| parts::oauth_applications(
                value, screen
            )),
            self.part(Part::Allowlist, parts::count),
            self.part(Part::Blocklist, parts::count),
            self.part(Part::Connections, |value| parts::connections(value, screen)),
        );
        Instance {
            domains,
            signing_keys,
            organizations,
            roles,
            permissions,
            jwt_templates,
            redirect_urls,
            communication,
            protect,
            oauth_settings,
            oauth_applications,
            allowlist,
            blocklist,
            connections,
            ..instance
        }
    }

    async fn part<T>(&self, part: Part, read: impl FnOnce(&Value) -> Option<T>) -> Known<T> {
        if !self.wants(part) {
            return Known::NotAsked("not selected".to_owned());
        }
        let exchange = self
            .backend
            .get(&self.asker.lanes().backend, part.path())
            .await;
        shaped(part, parts::body(part, &exchange, self.screen), read)
    }

    /// Domains and signing keys are what the other rooms of the living side ask for: they derive hosts and
    /// records from them, and prove that two keys belong together.
    fn wants(&self, part: Part) -> bool {
        let shared = matches!(part, Part::Domains | Part::SigningKeys);
        self.asker.wants(Need::Part(part))
            || (shared && SHARING.iter().any(|need| self.asker.wants(*need)))
    }
}
