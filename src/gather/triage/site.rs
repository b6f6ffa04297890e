//! The deployed site, as a visitor without a session sees it, and its webhook endpoint.

use std::rc::Rc;

use ring::rand::{SecureRandom, SystemRandom};
use url::Url;

use super::{Collector, clerk, now};
use crate::facts::live::hook;
use crate::facts::triage::site::{NO_API, NO_FILE};
use crate::facts::triage::token::{self, BOGUS_KID};
use crate::facts::triage::{App, Forged, Probe, Row, RowKind, again};
use crate::gather::net::{Ask, Delivery, ForgedToken};
use crate::model::{Known, Site};

/// As a browser asks for a page.
const PAGE: &str = "text/html,application/xhtml+xml";

/// So many protected paths are asked for.
const MOST_PROTECTED: usize = 5;

/// Redirects that are followed, on the site itself.
const HOPS: usize = 5;

/// Files that no matcher of Clerk's covers, and an API and health endpoints that it does or may.
const PATHS: &[(RowKind, &str)] = &[
    (RowKind::Static, "/favicon.ico"),
    (RowKind::Static, NO_FILE),
    (RowKind::Api, NO_API),
    (RowKind::Health, "/api/health"),
    (RowKind::Health, "/api/clerk-health"),
];

impl Collector {
    fn site(&self) -> Option<&Site> {
        self.look.subject.site.as_ref()
    }

    /// The front page as a browser asks for it, once.
    pub(super) async fn page(&self) -> Option<&Probe> {
        let site = self.site()?;
        let ask = || async { self.probe(&self.lanes.site, page(site.at("/"))).await };
        Some(self.page.get_or_init(ask).await)
    }

    /// The front page as a program asks for it, once.
    pub(super) async fn again(&self) -> Option<&Probe> {
        let site = self.site()?;
        let ask = || async {
            let ask = Ask::get(site.at("/")).header("accept", "*/*");
            self.probe(&self.lanes.site, ask).await
        };
        Some(self.again.get_or_init(ask).await)
    }

    pub(super) async fn app(self: Rc<Self>) -> Known<App> {
        let site = match &self.look.subject.site {
            Known::Yes(site) => site.clone(),
            Known::NotAsked(why) => return Known::NotAsked(why.clone()),
            Known::Failed(why) => return Known::Failed(why.clone()),
        };
        let protected = self.look.protected.iter().take(MOST_PROTECTED);
        let protected = protected.map(|path| (RowKind::Protected, path.as_str()));
        let paths: Vec<(RowKind, String)> = [(RowKind::Page, "/")]
            .into_iter()
            .chain(protected)
            .chain(PATHS.iter().copied())
            .map(|(kind, path)| (kind, path.to_owned()))
            .collect();
        let rows = paths.into_iter().enumerate().map(|(at, (kind, path))| {
            let one = self.clone();
            async move { (at, one.row(kind, path).await) }
        });
        let token_path = self
            .look
            .protected
            .first()
            .map_or("/", String::as_str)
            .to_owned();
        let tokens = async {
            if self.quiet {
                return Known::NotAsked(again::LATER.to_owned());
            }
            Known::Yes(self.forged(&site, &token_path).await)
        };
        let (mut rows, again, chain, handshake, forged) = tokio::join!(
            clerk::all(rows),
            self.again(),
            self.chain(&site),
            self.handshake(&site),
            tokens,
        );
        rows.sort_by_key(|(at, _)| *at);
        Known::Yes(App {
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            again: again.cloned().unwrap_or_else(clerk::unasked),
            site,
            chain,
            handshake,
            token_path,
            forged,
        })
    }

    async fn row(&self, kind: RowKind, path: String) -> Row {
        let lane = &self.lanes.site;
        let probe = match (self.site(), kind) {
            (Some(_), RowKind::Page) => self.page().await.cloned(),
            (Some(site), RowKind::Protected) => Some(self.probe(lane, page(site.at(&path))).await),
            (Some(site), RowKind::Api | RowKind::Health) => {
                let ask = Ask::get(site.at(&path)).header("accept", "application/json");
                Some(self.probe(lane, ask).await)
            }
            (Some(site), RowKind::Static) => {
                let ask = Ask::get(site.at(&path))
                    .header("accept", "*/*")
                    .at_most(64 * 1024);
                Some(self.probe(lane, ask).await)
            }
            (None, _) => None,
        };
        Row {
            kind,
            path,
            probe: probe.unwrap_or_else(clerk::unasked),
        }
    }

    /// The redirects of the front page, as far as they stay on the site.
    async fn chain(&self, site: &Site) -> Vec<(String, Probe)> {
        let mut chain = Vec::new();
        let mut url = site.at("/");
        let mut next = self.page().await.cloned();
        while let Some(probe) = next.take() {
            let answer = probe.answer().filter(|answer| answer.is_redirect());
            let to = answer.and_then(|answer| url.join(answer.header("location")?).ok());
            chain.push((url.to_string(), probe));
            let Some(to) = to.filter(|to| to.origin() == site.url().origin()) else {
                break;
            };
            // A handshake has effects, and is never followed.
            if chain.len() >= HOPS || to.path().contains("/v1/client/") {
                break;
            }
            let seen = chain.iter().find(|(one, _)| *one == to.as_str());
            if let Some((_, probe)) = seen {
                chain.push((to.to_string(), probe.clone()));
                break;
            }
            url = to;
            next = Some(self.probe(&self.lanes.site, page(url.clone())).await);
        }
        chain
    }

    /// The front page for somebody who was signed in and comes back: where the server sends them shows
    /// which instance it uses, and whom it takes itself for.
    async fn handshake(&self, site: &Site) -> Probe {
        let ask = page(site.at("/")).header("cookie", &format!("__client_uat={}", now().0));
        self.probe(&self.lanes.site, ask).await
    }

    /// First a token of a key that nobody has: it makes the server fetch the keys now. Then one of the
    /// instance's own key, which it then knows or not.
    pub(super) async fn forged(&self, site: &Site, path: &str) -> Forged {
        let show = |kid: String| async move {
            let (header, claims) = token::forged(
                &kid,
                &format!("https://{}", site.host()),
                &site.origin(),
                now().0,
            );
            let token = ForgedToken::new(&header, &claims, &noise());
            let ask = Ask::get(site.at(path)).header("accept", "*/*").once();
            self.probe(&self.lanes.site, ask.forged(&token)).await
        };
        let (bogus, jwks) = tokio::join!(show(BOGUS_KID.to_owned()), self.jwks());
        let real = |why: &str| Known::NotAsked(why.to_owned());
        let real = if self.has_other_key().await {
            real("the page has another publishable key than the one given here")
        } else if bogus.answer().is_none() {
            real("the first one was not answered")
        } else {
            match jwks.and_then(|jwks| token::kids(&jwks).into_iter().next()) {
                Some(kid) => Known::Yes(show(kid).await),
                None => real("the signing keys of the instance are not known"),
            }
        };
        Forged { bogus, real }
    }

    /// Whether the page is of another instance than the key that was given: the signing keys are then not
    /// those of the site.
    async fn has_other_key(&self) -> bool {
        let Some(given) = &self.look.subject.key else {
            return false;
        };
        let shown = self.key_in_page().await;
        shown.is_some_and(|shown| shown.host != given.host)
    }

    /// What forged tokens tell of the key of the site.
    pub(super) async fn deployed(&self, site: &Site) -> token::Deployed {
        token::of(&self.forged(site, "/").await)
    }

    /// An unsigned event to the webhook endpoint, which the user named for that.
    pub(super) async fn hook(&self) -> Known<(String, Probe)> {
        let url = match &self.look.subject.hook {
            Known::Yes(url) => url.clone(),
            Known::NotAsked(why) => return Known::NotAsked(why.clone()),
            Known::Failed(why) => return Known::Failed(why.clone()),
        };
        if self.quiet {
            return Known::NotAsked(again::LATER.to_owned());
        }
        let path = url.path().to_owned();
        let Some(delivery) = Delivery::new(hook::Probe::Unsigned, None) else {
            return Known::NotAsked("this machine gives no random numbers".to_owned());
        };
        let probe = self.probe(&self.lanes.hook, delivery.ask(&url)).await;
        Known::Yes((path, probe))
    }
}

fn page(url: Url) -> Ask {
    Ask::get(url).header("accept", PAGE)
}

/// What stands where a signature does. That it is no good is what matters, so it may be all zeros.
fn noise() -> [u8; 256] {
    let mut noise = [0; 256];
    let _ = SystemRandom::new().fill(&mut noise);
    noise
}
