//! The front of the site: its first page, the keys behind it, its health. What asks is `gather::live::front`.
//!
//! Only what matters of an answer is kept: no body, no cookie, no token. What Clerk's SDKs for JavaScript say
//! in headers is the main witness, and **their absence proves nothing**: other SDKs send none, and a CDN may
//! strip them. What is concluded from them is in pure functions: [`token::deployed_key`],
//! [`handshake::misled`], [`down::judge`], [`health::state`], [`clock::judge`].

pub mod chain;
pub mod clock;
pub mod down;
pub mod handshake;
pub mod health;
pub mod look;
pub mod page;
pub mod token;

use crate::model::{Known, Place, Site};

pub use chain::Chain;
pub use clock::Clocks;
pub use handshake::Handshake;
pub use health::Probe;
pub use look::{Look, Seen};
pub use page::Markup;
pub use token::{DeployedKey, Tokens};

/// What the front of a deployed site answers.
#[derive(Debug, Clone)]
pub struct Front {
    /// The site.
    pub site: Site,
    /// `GET /` as a program asks.
    pub bare: Seen,
    /// `GET /` as a browser asks.
    pub page: Seen,
    /// The same as the browser of somebody asks who signed in before.
    pub returning: Seen,
    /// `GET http://…/`, without TLS.
    pub plain: Known<Seen>,
    /// Files that the middleware leaves alone.
    pub files: Vec<Seen>,
    /// A path that nobody has.
    pub unknown: Seen,
    /// One in the folder of the API.
    pub unknown_api: Seen,
    /// The usual paths of a health endpoint.
    pub health: Vec<Probe>,
    /// Where the redirects of the front page lead.
    pub chain: Chain,
    /// What stands in the page at their end, and in one of its scripts.
    pub markup: Markup,
    /// How tokens that nobody issued are refused.
    pub tokens: Known<Tokens>,
    /// What the clocks say.
    pub clocks: Clocks,
}

impl Front {
    /// Everything that the site answered, but to the tokens.
    pub fn answers(&self) -> impl Iterator<Item = &Seen> {
        let pages = [&self.bare, &self.page, &self.returning];
        pages
            .into_iter()
            .chain([&self.unknown, &self.unknown_api])
            .chain(self.plain.as_ref())
            .chain(&self.chain.hops)
            .chain(&self.files)
            .chain(self.health.iter().map(|probe| &probe.seen))
    }

    /// Where the server sends a browser to be recognised by Clerk.
    pub fn handshake(&self) -> Option<&Handshake> {
        let seen = [&self.returning, &self.page];
        seen.into_iter()
            .filter_map(Seen::look)
            .chain(self.chain.hops.iter().filter_map(Seen::look))
            .find_map(|look| look.handshake.as_ref())
    }

    /// Whether an SDK of Clerk's for JavaScript shows itself.
    pub fn shows_clerk(&self) -> bool {
        let mut looks = self.answers().filter_map(Seen::look);
        looks.any(|look| look.clerk.is_some())
    }

    /// What the secret key of the site is like, as far as made-up tokens tell.
    pub fn deployed_key(&self) -> DeployedKey {
        match &self.tokens {
            Known::Yes(tokens) => token::deployed_key(&tokens.bogus, tokens.real.as_ref()),
            Known::NotAsked(_) | Known::Failed(_) => DeployedKey::Untold(self.unseen()),
        }
    }

    /// Why nothing of Clerk's SDK is to be seen, as far as that can be told. Never a reason to pass or fail.
    pub fn unseen(&self) -> String {
        if let chain::End::Away { host } = &self.chain.end {
            return format!(
                "{} redirects to {host}, which was not asked: give that address with --url",
                self.site.host()
            );
        }
        let failing = |seen: &Seen| seen.look().is_some_and(|look| look.status >= 500);
        if failing(&self.bare) && failing(&self.page) {
            return "the front page answers with a server error, so nothing of Clerk is to be seen"
                .to_owned();
        }
        "no answer has the headers of Clerk's SDK for JavaScript: the server uses another one or none, its \
         middleware leaves the front page out, or a CDN strips them"
            .to_owned()
    }

    /// An address of the site, as a place.
    pub fn place(&self, path: &str) -> Place {
        place(&self.site, path)
    }
}

/// An address of a site, as a place: without a query.
pub fn place(site: &Site, path: &str) -> Place {
    let path = path.split('?').next().unwrap_or_default();
    Place::Url {
        url: site.at(path).to_string(),
    }
}
