//! The instance, by its Frontend API: what every visitor's browser is told. Bytes in, data out; what asks
//! is `gather::live::frontend`.

pub mod environment;
pub mod jwks;
pub mod read;

use crate::model::{Known, Place};

pub use environment::{Attribute, Environment};
pub use jwks::Jwk;

/// What the Frontend API of a publishable key answers.
#[derive(Debug, Clone)]
pub struct Frontend {
    /// The host that was asked: that of the key, or of the proxy before it.
    pub host: String,
    /// The host that the key names.
    pub key_host: String,
    /// Where it was asked: `https://clerk.acme.shop`, or `https://acme.shop/__clerk` for a proxy.
    pub address: String,
    /// Whether a proxy of the project's own was asked.
    pub proxied: bool,
    /// `GET /v1/health`.
    pub health: Known<Health>,
    /// `GET /v1/environment`.
    pub environment: Known<Environment>,
    /// `GET /.well-known/jwks.json`.
    pub jwks: Known<Vec<Jwk>>,
    /// `GET /.well-known/openid-configuration`.
    pub openid: Known<Issuer>,
    /// `GET /.well-known/oauth-authorization-server`.
    pub oauth: Known<Issuer>,
    /// `GET /v1/account_portal`.
    pub portal: Known<Portal>,
    /// `HEAD /npm/@clerk/clerk-js@…/dist/clerk.browser.js`.
    pub script: Known<Script>,
    /// `GET /v1/proxy-health`, through the proxy.
    pub proxy: Known<ProxyHealth>,
    /// `GET /v1/environment` as browsers ask it from three origins.
    pub origins: Known<Origins>,
}

/// Whether it works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Healthy {
        /// Milliseconds until it said so.
        took_ms: u64,
    },
    /// It does not.
    Broken {
        /// Why, as a sentence without a full stop.
        what: String,
        /// What to do.
        fix: String,
        /// Whether that is sure; one resolver alone may be wrong.
        surely: bool,
    },
}

/// Who it says that it is, to those who sign in with it elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Issuer {
    /// `https://clerk.acme.shop`, fit to show.
    pub issuer: Option<String>,
    /// Whether anybody can register a client (RFC 7591).
    pub registers_clients: bool,
}

/// The Account Portal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Portal {
    /// Whether the instance may have one.
    pub allowed: Option<bool>,
    /// Whether it is on.
    pub enabled: Option<bool>,
}

/// The script that the pages load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// The status of the last answer.
    pub status: u16,
    /// Its media type, fit to show.
    pub media_type: Option<String>,
    /// How many redirects led to it.
    pub redirects: u8,
    /// Whether the last answer is a redirect to another host, which was not followed.
    pub elsewhere: Option<String>,
}

/// What Clerk says of the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyHealth {
    /// It works.
    Healthy {
        /// The addresses from which Clerk sees the request come, the visitor's first.
        forwarded_for: Option<String>,
    },
    /// Clerk saw the request, and something is wrong with it.
    Unhealthy {
        /// The HTTP status.
        status: u16,
        /// The code, `proxy_request_missing_secret_key` for example.
        code: Option<String>,
        /// Clerk's words, fit to show.
        message: Option<String>,
    },
    /// Something else than Clerk answered.
    NotClerk {
        /// The HTTP status.
        status: u16,
    },
}

/// What became of the requests from three origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins {
    /// From the app: its origin, and what became of it.
    pub own: (String, Known<Cross>),
    /// Whether the app is on a satellite domain, which has a Frontend API of its own. `None` where that was
    /// not asked, since the app was not refused, or the domains of the instance are not known.
    pub satellite: Option<bool>,
    /// From a subdomain that nobody has.
    pub subdomain: (String, Known<Cross>),
    /// From a stranger's site.
    pub foreign: (String, Known<Cross>),
}

/// What became of a request from another origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cross {
    /// The HTTP status.
    pub status: u16,
    /// Clerk's code, `origin_invalid` for example.
    pub code: Option<String>,
    /// Whether the page may read the answer: the origin is allowed by name.
    pub allowed: bool,
}

impl Cross {
    /// Whether it is the origin for which it was refused (clerk-docs `data/api_errors.json`).
    pub fn is_refused(&self) -> bool {
        matches!(
            self.code.as_deref(),
            Some("origin_invalid" | "subdomain_not_allowed")
        )
    }
}

impl Frontend {
    /// Where one of its endpoints is.
    pub fn at(&self, path: &str) -> Place {
        Place::Url {
            url: format!("{}{path}", self.address),
        }
    }

    /// Whether a host is that of the instance's domain, or below it, or under the same last two labels:
    /// more would need the list of public suffixes.
    pub fn is_own(&self, host: &str) -> bool {
        let base = |host: &str| {
            let mut labels = host.rsplit('.');
            let (last, before) = (labels.next()?, labels.next()?);
            Some(format!("{before}.{last}").to_ascii_lowercase())
        };
        base(host).is_some_and(|theirs| base(&self.key_host) == Some(theirs))
    }
}
