//! The instance, by the Backend API.
//!
//! First whether the key is accepted, `GET /v1/instance`; then the domains and signing keys, from which the
//! other rooms of the living side derive what they ask; then what selected checks want to know.

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

/// The instance of the secret key: whether it is accepted, and what others wait for.
pub(super) async fn ask(asker: &Asker) -> Known<Instance> {
    let backend = match backend(asker) {
        Known::Yes(Ok(backend)) => backend,
        Known::Yes(Err(answer)) => return Known::Yes(Instance::of(answer, 0)),
        Known::NotAsked(why) => return Known::NotAsked(why),
        Known::Failed(why) => return Known::Failed(why),
    };
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
    let body = answer.json().unwrap_or_default();
    let asking = Asking::new(asker, backend);
    let screen = &asking.screen;
    let (domains, signing_keys) = tokio::join!(
        asking.part(Part::Domains, |value| parts::domains(value, screen)),
        asking.part(Part::SigningKeys, |value| parts::signing_keys(
            value, screen
        )),
    );
    Known::Yes(Instance {
        allowed_origins: Known::Yes(parts::allowed_origins(&body, screen)),
        domains,
        signing_keys,
        ..instance
    })
}

/// The instance with all that checks want to know of it.
pub(super) async fn details(asker: &Asker, known: &Known<Instance>) -> Known<Instance> {
    match (known, backend(asker)) {
        (Known::Yes(instance), Known::Yes(Ok(backend)))
            if instance.answer.verdict() == ApiVerdict::Good =>
        {
            let asking = Asking::new(asker, backend);
            Known::Yes(Box::pin(asking.rest(instance.clone())).await)
        }
        _ => known.clone(),
    }
}

/// Who asks with the secret key, or why nobody can.
fn backend(asker: &Asker) -> Known<Result<Backend<'_>, ApiAnswer>> {
    let question = &asker.question;
    match (&question.secret, &question.base) {
        (Known::Yes(secret), Known::Yes(base)) => {
            Known::Yes(Backend::new(asker.net(), base.clone(), secret.clone()))
        }
        (Known::NotAsked(why), _) | (_, Known::NotAsked(why)) => Known::NotAsked(why.clone()),
        (Known::Failed(why), _) | (_, Known::Failed(why)) => Known::Failed(why.clone()),
    }
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
    backend: Backend<'a>,
    screen: Screen,
}

impl<'a> Asking<'a> {
    fn new(asker: &'a Asker, backend: Backend<'a>) -> Self {
        Self {
            screen: Screen::new(backend.key()),
            asker,
            backend,
        }
    }

    /// Everything that is wanted beside domains and signing keys, as fast as the lane lets it.
    async fn rest(&self, instance: Instance) -> Instance {
        let screen = &self.screen;
        let (
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
        shaped(part, parts::body(part, &exchange, &self.screen), read)
    }

    /// Domains and signing keys are what the other rooms of the living side ask for: they derive hosts and
    /// records from them, and prove that two keys belong together.
    fn wants(&self, part: Part) -> bool {
        let shared = matches!(part, Part::Domains | Part::SigningKeys);
        self.asker.wants(Need::Part(part))
            || (shared && SHARING.iter().any(|need| self.asker.wants(*need)))
    }
}
