//! What one app wants to know of the running things: whom to ask, and with which keys.

use std::collections::BTreeSet;

use url::Url;

use crate::facts::Need;
use crate::facts::api::ApiBase;
use crate::facts::env::Env;
use crate::facts::keys::{self, PublishableKey};
use crate::facts::live::address;
use crate::facts::project::App;
use crate::facts::{Facts, KeyRole, Target};
use crate::gather::{Ask, Plan, SiteChoice};
use crate::model::{Known, Secret, Site};

/// What one app wants to know: whom to ask, and with which keys. What cannot be asked says why.
#[derive(Debug, Clone)]
pub struct Question {
    /// What the checks need to be told.
    pub needs: BTreeSet<Need>,
    /// What the app is judged for.
    pub target: Target,
    /// The Backend API.
    pub base: Known<ApiBase>,
    /// The secret key, if there is one that can be sent.
    pub secret: Known<Secret>,
    /// The publishable key as it is written.
    pub publishable: Option<Secret>,
    /// The publishable key, decoded.
    pub key: Known<PublishableKey>,
    /// The webhook signing secret.
    pub webhook: Option<Secret>,
    /// The proxy of the Frontend API that the app is set up with.
    pub proxy: Option<Url>,
    /// Whether it is set up with one at all, also where its address cannot be known.
    pub proxied: bool,
    /// Whether it is set up as a path of the site.
    pub proxy_is_path: bool,
    /// The deployed site.
    pub site: Known<Site>,
    /// The webhook endpoint.
    pub hook: Known<Url>,
}

/// The keys of an app.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    secret: Option<Secret>,
    publishable: Option<Secret>,
    webhook: Option<Secret>,
}

impl Keys {
    /// These.
    pub fn new(secret: Option<Secret>, publishable: Option<Secret>) -> Self {
        Self {
            secret,
            publishable,
            webhook: None,
        }
    }

    /// As far as they can be known without a look at the code: under the names that the SDKs read.
    pub fn early(app: &App, env: &Known<Env>) -> Self {
        let named = |role: KeyRole| {
            let variable = env.as_ref()?.first(&role.names(app))?;
            Some(variable.value().clone())
        };
        Self {
            secret: named(KeyRole::Secret),
            publishable: named(KeyRole::Publishable),
            webhook: named(KeyRole::Webhook),
        }
    }

    /// All of them.
    pub fn of(facts: &Facts) -> Self {
        let value = |role: KeyRole| Some(facts.key(role)?.value().clone());
        Self {
            secret: value(KeyRole::Secret),
            publishable: value(KeyRole::Publishable),
            webhook: facts.webhook().map(|variable| variable.value().clone()),
        }
    }
}

impl Question {
    /// The question of an app. `alone` says that it is the only one that is deployed, so that an address
    /// on the command line can only be its own.
    pub fn new(plan: &Plan, ask: &Ask, env: &Known<Env>, keys: Keys, alone: bool) -> Self {
        let known = env.as_ref();
        let key = match (&keys.publishable, env) {
            (Some(text), _) => match keys::publishable(text).key() {
                Some(key) => Known::Yes(key.clone()),
                None => Known::NotAsked(
                    "the publishable key cannot be read; another check says why".to_owned(),
                ),
            },
            (None, Known::NotAsked(why)) => Known::NotAsked(format!("no key to ask with ({why})")),
            (None, Known::Failed(why)) => Known::Failed(why.clone()),
            (None, Known::Yes(_)) => Known::NotAsked("no publishable key to ask with".to_owned()),
        };
        let secret = match (keys.secret, env) {
            (Some(secret), _) if keys::secret(&secret).key().is_some() => Known::Yes(secret),
            (Some(_), _) => Known::NotAsked(
                "the secret key is not one that could be sent; another check says why".to_owned(),
            ),
            (None, Known::NotAsked(why)) => Known::NotAsked(format!("no key to ask with ({why})")),
            (None, Known::Failed(why)) => Known::Failed(why.clone()),
            (None, Known::Yes(_)) => Known::NotAsked("no secret key to ask with".to_owned()),
        };
        let site = site(ask, &key, alone);
        Self {
            needs: plan.needs.clone(),
            target: plan.target,
            base: base(ask, known),
            secret,
            publishable: keys.publishable,
            hook: hook(ask, &site, alone),
            key,
            webhook: keys.webhook,
            proxy: known.and_then(|env| proxy(env, &site)),
            proxied: known.and_then(proxy_set).is_some(),
            proxy_is_path: known
                .and_then(proxy_set)
                .is_some_and(|set| set.starts_with('/')),
            site,
        }
    }

    /// The domain of the production instance, as the publishable key names it.
    pub fn domain(&self) -> Option<&str> {
        address::domain_of(&self.key.as_ref()?.host)
    }
}

fn base(ask: &Ask, env: Option<&Env>) -> Known<ApiBase> {
    if let Some(base) = &ask.backend {
        return Known::Yes(base.clone());
    }
    let address = env.and_then(|env| env.first(&["CLERK_API_URL", "NUXT_CLERK_API_URL"]));
    match address.map(|variable| ApiBase::parse(variable.value().expose())) {
        None => Known::Yes(ApiBase::default()),
        Some(Ok(base)) => Known::Yes(base),
        Some(Err(e)) => {
            let explained = e.explain();
            Known::Failed(format!("{} {}", explained.what, explained.fix))
        }
    }
}

/// What the app is told of a proxy.
fn proxy_set(env: &Env) -> Option<&str> {
    let set = env
        .all()
        .find(|variable| variable.winner.name.ends_with("CLERK_PROXY_URL") && variable.is_set())?;
    Some(set.value().expose().trim())
}

/// A proxy is set up by an address, or by a path on the site itself
/// (clerk/javascript `packages/shared/src/proxy.ts`).
fn proxy(env: &Env, site: &Known<Site>) -> Option<Url> {
    let set = proxy_set(env)?;
    if set.starts_with('/') {
        return site.as_ref().map(|site| site.at(set));
    }
    let url = Url::parse(set).ok()?;
    (url.scheme() == "https" && url.has_host()).then_some(url)
}

fn site(ask: &Ask, key: &Known<PublishableKey>, alone: bool) -> Known<Site> {
    let Some(choice) = &ask.site else {
        return Known::NotAsked("--url was not given".to_owned());
    };
    if !alone {
        return Known::NotAsked(
            "--url names one site, and there are several apps: say which is meant with --app"
                .to_owned(),
        );
    }
    match (choice, key) {
        (SiteChoice::Given(site), _) => Known::Yes(site.clone()),
        (SiteChoice::OfKey, Known::NotAsked(why) | Known::Failed(why)) => {
            Known::NotAsked(format!("--url auto needs a publishable key: {why}"))
        }
        (SiteChoice::OfKey, Known::Yes(key)) => {
            match address::domain_of(&key.host).and_then(Site::of_domain) {
                Some(site) => Known::Yes(site),
                None => Known::NotAsked(format!(
                    "--url auto: {} is not the Frontend API of a domain of yours; give the address",
                    key.host
                )),
            }
        }
    }
}

fn hook(ask: &Ask, site: &Known<Site>, alone: bool) -> Known<Url> {
    let Some(given) = &ask.hook else {
        return Known::NotAsked("--webhook-url was not given".to_owned());
    };
    if !alone {
        return Known::NotAsked("--webhook-url names one endpoint, and there are several apps: say which is meant with --app".to_owned());
    }
    if !given.starts_with('/') {
        // `Ask` holds only what was read as an address.
        return Url::parse(given).map_or_else(
            |_| Known::NotAsked("--webhook-url is not an address".to_owned()),
            Known::Yes,
        );
    }
    match site {
        Known::Yes(site) => Known::Yes(site.at(given)),
        Known::NotAsked(_) | Known::Failed(_) => Known::NotAsked(
            "--webhook-url is a path, and --url does not say of which site".to_owned(),
        ),
    }
}
