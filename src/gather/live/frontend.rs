//! The Frontend API: what every visitor's browser is told, asked without a credential.
//!
//! Some of its GET requests change something (clerk/openapi-specs `fapi/2026-05-12.yml`: a handshake, a
//! ticket, a new browser). None of them is here.

use std::future::Future;

use serde_json::Value;
use url::Url;

use super::Asker;
use crate::facts::http::{Exchange, Fault};
use crate::facts::keys::{Mode, PublishableKey};
use crate::facts::live::address;
use crate::facts::live::frontend::read::{self, DEVELOPMENT};
use crate::facts::live::frontend::{
    Cross, Frontend, Health, Origins, Portal, ProxyHealth, Script, environment, jwks,
};
use crate::facts::live::instance::{Domain, List};
use crate::gather::net::{Ask, Method};
use crate::model::Known;

/// The path at which the SDK sets up a proxy by itself on vercel.app
/// (clerk/javascript `packages/backend/src/proxy.ts`).
const USUAL_PROXY: &str = "/__clerk";

/// What pages load (clerk/javascript `packages/shared/src/loadClerkJsScript.ts`).
const SCRIPT: &str = "/npm/@clerk/clerk-js@6/dist/clerk.browser.js";

/// A version range leads to a version, and that to a file.
const MOST_REDIRECTS: u8 = 3;

/// A name that nobody can have (RFC 2606).
const FOREIGN: &str = "https://clerk-audit.invalid";

/// What the status page of Clerk always has.
const CONTROL: &str = "/api/v2/status.json";

/// The environment of an instance with every provider is less than 100 KB.
const LARGEST_ANSWER: usize = 512 * 1024;

/// The Frontend API of the publishable key.
pub(super) async fn ask(asker: &Asker) -> Known<Frontend> {
    let key = match &asker.question.key {
        Known::Yes(key) => key,
        Known::NotAsked(why) => return Known::NotAsked(why.clone()),
        Known::Failed(why) => return Known::Failed(why.clone()),
    };
    let asking = match Asking::of(asker, key) {
        Ok(asking) => asking,
        Err(why) => return Known::NotAsked(why),
    };
    let frontend = asking.all().await;
    // A name without an address is right where the instance is reached through a proxy that only the code
    // or the dashboard names. Who limits the requests is there.
    let is_doubtful = matches!(
        &frontend.health,
        Known::Yes(Health::Broken { .. }) | Known::Failed(_)
    );
    if is_doubtful && !asking.proxied && asker.shared.ask.frontend.is_none() {
        let domain = asking.domain().await;
        let proxy = domain.ok().and_then(|domain| domain.proxy_url);
        let proxy = proxy.and_then(|url| Url::parse(&url).ok());
        if let Some(proxy) = proxy.filter(|url| url.scheme() == "https") {
            return Known::Yes(Asking::through(asker, key, &proxy).all().await);
        }
    }
    Known::Yes(frontend)
}

/// Whom to ask.
struct Asking<'a> {
    asker: &'a Asker,
    key: &'a PublishableKey,
    /// Without a `/` at its end.
    address: String,
    proxied: bool,
}

impl<'a> Asking<'a> {
    fn of(asker: &'a Asker, key: &'a PublishableKey) -> Result<Self, String> {
        let question = &asker.question;
        let direct = |address: String| Self {
            asker,
            key,
            address,
            proxied: false,
        };
        if let Some(site) = &asker.shared.ask.frontend {
            return Ok(direct(site.origin()));
        }
        if let Some(proxy) = &question.proxy {
            return Ok(Self::through(asker, key, proxy));
        }
        if question.proxied {
            let why = match question.proxy_is_path {
                true => {
                    "the proxy of the Frontend API is a path of the site: say with --url of which"
                }
                false => {
                    "the proxy of the Frontend API (…CLERK_PROXY_URL) is neither an https address nor a path that begins with /"
                }
            };
            return Err(why.to_owned());
        }
        // Nobody can add records to vercel.app.
        let vercel = address::domain_of(&key.host).filter(|domain| domain.ends_with(".vercel.app"));
        if let Some(domain) = vercel {
            return Ok(Self {
                proxied: true,
                ..direct(format!("https://{domain}{USUAL_PROXY}"))
            });
        }
        Ok(direct(format!("https://{}", key.host)))
    }

    fn through(asker: &'a Asker, key: &'a PublishableKey, proxy: &Url) -> Self {
        let path = proxy.path().trim_end_matches('/');
        Self {
            asker,
            key,
            address: format!("{}{path}", proxy.origin().ascii_serialization()),
            proxied: true,
        }
    }

    fn host(&self) -> String {
        let url = Url::parse(&self.address).ok();
        url.and_then(|url| Some(url.host_str()?.to_owned()))
            .unwrap_or_else(|| self.key.host.clone())
    }

    async fn all(&self) -> Frontend {
        let host = self.host();
        let host = host.as_str();
        let (health, jwks, environment, openid, oauth, portal, script, proxy, origins) = tokio::join!(
            self.health(host),
            self.part(host, "/.well-known/jwks.json", jwks::keys),
            self.production(self.part(host, "/v1/environment", environment::read)),
            self.production(self.part(host, "/.well-known/openid-configuration", read::issuer)),
            self.production(self.part(
                host,
                "/.well-known/oauth-authorization-server",
                read::issuer
            )),
            self.production(self.portal(host)),
            self.production(self.script(host)),
            self.production(self.proxy(host)),
            self.production(self.origins(host)),
        );
        Frontend {
            host: host.to_owned(),
            key_host: self.key.host.clone(),
            address: self.address.clone(),
            proxied: self.proxied,
            health,
            environment,
            jwks,
            openid,
            oauth,
            portal,
            script,
            proxy,
            origins,
        }
    }

    /// What only a production instance tells everybody.
    async fn production<T>(&self, ask: impl Future<Output = Known<T>>) -> Known<T> {
        if self.key.mode == Mode::Test || self.key.has_development_host() {
            return Known::NotAsked(DEVELOPMENT.to_owned());
        }
        ask.await
    }

    fn url(&self, path: &str) -> Option<Url> {
        Url::parse(&format!("{}{path}", self.address)).ok()
    }

    async fn send(&self, ask: Option<Ask>) -> Exchange {
        match ask {
            // On the heap: many of these are under way at the same time, and each is large.
            Some(ask) => {
                let lane = &self.asker.lanes().frontend;
                Box::pin(self.asker.net().ask(lane, ask)).await
            }
            None => Err(Fault::LocalFailure {
                detail: "the address could not be put together".to_owned(),
            }),
        }
    }

    fn get(&self, path: &str) -> Option<Ask> {
        let ask = Ask::get(self.url(path)?).header("accept", "application/json");
        Some(ask.at_most(LARGEST_ANSWER))
    }

    async fn part<T>(
        &self,
        host: &str,
        path: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Known<T> {
        read::shaped(host, path, &self.send(self.get(path)).await, read)
    }

    async fn health(&self, host: &str) -> Known<Health> {
        let exchange = self.send(self.get("/v1/health")).await;
        let online = read::is_ambiguous(&exchange) && self.is_online().await;
        read::health(host, &exchange, online, self.proxied)
    }

    async fn portal(&self, host: &str) -> Known<Portal> {
        read::portal_of(host, &self.send(self.get("/v1/account_portal")).await)
    }

    /// Whether this machine finds another host of Clerk's and trusts it.
    async fn is_online(&self) -> bool {
        let shared = &self.asker.shared;
        let url = match &shared.ask.status {
            Some(site) => Ok(site.at(CONTROL)),
            None => Url::parse(&format!("https://status.clerk.com{CONTROL}")),
        };
        let Ok(url) = url else { return false };
        let asked = self
            .asker
            .net()
            .ask(&self.asker.lanes().status, Ask::get(url).once());
        Box::pin(asked).await.is_ok()
    }

    /// The script, and where redirects of the same host lead.
    async fn script(&self, host: &str) -> Known<Script> {
        let Some(mut url) = self.url(SCRIPT) else {
            return Known::Failed(format!("{SCRIPT} could not be asked for"));
        };
        let mut redirects = 0;
        loop {
            let exchange = self.send(Some(Ask::new(Method::Head, url.clone()))).await;
            let next = exchange.as_ref().ok().filter(|answer| answer.is_redirect());
            let next = next.and_then(|answer| url.join(answer.header("location")?).ok());
            match next {
                Some(next) if next.origin() == url.origin() && redirects < MOST_REDIRECTS => {
                    redirects += 1;
                    url = next;
                }
                _ => return read::script(host, &exchange, redirects),
            }
        }
    }

    async fn proxy(&self, host: &str) -> Known<ProxyHealth> {
        if !self.proxied {
            return Known::NotAsked("no proxy of the Frontend API is set up".to_owned());
        }
        let id = match self.domain().await {
            Ok(domain) => domain.id,
            Err(why) => {
                return Known::NotAsked(format!("the id of the domain is not known: {why}"));
            }
        };
        let Some(id) = id else {
            return Known::NotAsked("Clerk names no id of the domain".to_owned());
        };
        let url = self.url("/v1/proxy-health").map(|mut url| {
            url.query_pairs_mut().append_pair("domain_id", &id);
            url
        });
        read::proxy(host, &self.send(url.map(Ask::get)).await)
    }

    /// The domains of the instance, as the Backend API names them.
    async fn domains(&self) -> Result<&List<Domain>, String> {
        let domains = match Box::pin(self.asker.instance()).await {
            Known::Yes(instance) => &instance.domains,
            Known::NotAsked(why) | Known::Failed(why) => return Err(why.clone()),
        };
        match domains {
            Known::Yes(domains) => Ok(domains),
            Known::NotAsked(why) | Known::Failed(why) => Err(why.clone()),
        }
    }

    /// The domain of the instance that this Frontend API serves.
    async fn domain(&self) -> Result<Domain, String> {
        let domains = &self.domains().await?.items;
        let host = self.host();
        let of_host = |host: &str| {
            let mut all = domains.iter();
            all.find(|domain| domain.frontend_host().as_deref() == Some(host))
        };
        let primary = || domains.iter().find(|domain| !domain.is_satellite);
        of_host(&host)
            .or_else(|| of_host(&self.key.host))
            .or_else(primary)
            .cloned()
            .ok_or_else(|| "the instance has no domain".to_owned())
    }

    /// Whether a site is on a satellite domain, where it was refused.
    async fn is_satellite(&self, seen: &Known<Cross>) -> Option<bool> {
        let site = self.asker.question.site.as_ref()?;
        seen.as_ref().filter(|cross| cross.is_refused())?;
        let domains = self.domains().await.ok()?;
        let mut satellites = domains.items.iter().filter(|domain| domain.is_satellite);
        let found = satellites.any(|domain| domain.covers(site.host()));
        (found || domains.whole).then_some(found)
    }

    /// The environment as browsers ask for it, from three origins; no credential is ever with it.
    async fn origins(&self, host: &str) -> Known<Origins> {
        if self.proxied {
            let why = "pages ask the proxy from its own origin";
            return Known::NotAsked(why.to_owned());
        }
        let Some(domain) = self.asker.question.domain() else {
            return Known::NotAsked(format!("{host} is not of a domain"));
        };
        let subdomain = format!("https://clerk-audit-probe.{domain}");
        let ((own, satellite), below, foreign) = tokio::join!(
            self.own(host),
            self.from(host, &subdomain),
            self.from(host, FOREIGN),
        );
        Known::Yes(Origins {
            own,
            satellite,
            subdomain: (subdomain.clone(), below),
            foreign: (FOREIGN.to_owned(), foreign),
        })
    }

    /// As a page of the site asks; and where that is refused, whether it is on a satellite domain.
    async fn own(&self, host: &str) -> ((String, Known<Cross>), Option<bool>) {
        let no = |origin: String, why: &str| ((origin, Known::NotAsked(why.to_owned())), None);
        match &self.asker.question.site {
            Known::Yes(site) if site.is_loopback() => {
                no(site.origin(), "the site is on this machine")
            }
            // There the SDK asks through a proxy of its own.
            Known::Yes(site) if site.host().ends_with(".vercel.app") => no(
                site.origin(),
                "on vercel.app pages ask through a proxy of the SDK",
            ),
            Known::Yes(site) => {
                let origin = site.origin();
                let seen = self.from(host, &origin).await;
                let satellite = self.is_satellite(&seen).await;
                ((origin, seen), satellite)
            }
            Known::NotAsked(why) => no(String::new(), why),
            Known::Failed(why) => ((String::new(), Known::Failed(why.clone())), None),
        }
    }

    async fn from(&self, host: &str, origin: &str) -> Known<Cross> {
        let ask = self.get("/v1/environment");
        let ask = ask.map(|ask| ask.header("origin", origin));
        read::cross(host, origin, &self.send(ask).await)
    }
}
