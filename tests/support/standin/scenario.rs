//! What a stand-in does: everything healthy but what a scenario says.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::http::Request;

/// The `[live]` table of a `case.toml`. Every key may be left out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    /// The root domain of the healthy production instance.
    pub domain: String,
    /// Milliseconds before every answer, of DNS too.
    pub latency_ms: u64,
    /// What the deployed site is made with.
    pub sdk: Sdk,
    /// The publishable key in its HTML.
    pub site_pk: Option<String>,
    /// What the secret key is that the site was deployed with.
    pub deployed_key: DeployedKey,
    /// If given, only these paths of the site are protected, and others are not found.
    pub protected: Option<Vec<String>>,
    /// The secret keys that the Backend API accepts.
    pub accept_keys: Vec<String>,
    /// The signing secret of the webhook endpoint.
    pub whsec: String,
    /// How the webhook endpoint behaves.
    pub webhook: Webhook,
    /// What a request for `127.0.0.1` or `localhost` is answered as.
    pub loopback: Role,
    /// Answers that are not the healthy ones; the first that matches wins.
    pub on: Vec<On>,
    /// Certificates and handshakes that are not healthy.
    pub tls: Vec<Tls>,
    /// Records that are not the healthy ones.
    pub dns: Vec<Dns>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            domain: "acme.shop".to_owned(),
            latency_ms: 0,
            sdk: Sdk::Next16,
            site_pk: None,
            deployed_key: DeployedKey::Good,
            protected: None,
            accept_keys: vec![key("sk_live")],
            whsec: key("whsec"),
            webhook: Webhook::Good,
            loopback: Role::Site,
            on: Vec::new(),
            tls: Vec::new(),
            dns: Vec::new(),
        }
    }
}

fn key(name: &str) -> String {
    crate::support::key(name).unwrap()
}

/// A document that holds a scenario, as a block on a page does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    live: Scenario,
}

impl Scenario {
    /// Everything as it should be.
    pub fn healthy() -> Self {
        Self::default()
    }

    /// Reads a text that begins with `[live]`; `{{keys}}` are filled in.
    pub fn from_toml(text: &str) -> Self {
        let document: Document = toml::from_str(&crate::support::expand(text))
            .unwrap_or_else(|e| panic!("scenario: {e}\n{text}"));
        document.live
    }

    /// The publishable key in the site's HTML.
    pub fn site_pk(&self) -> String {
        match (&self.site_pk, self.deployed_key) {
            (Some(pk), _) => pk.clone(),
            (None, DeployedKey::Development) => key("pk_test"),
            (None, _) => key(&format!("pk_live:clerk.{}", self.domain)),
        }
    }

    /// The Frontend API host that the site's key stands for.
    pub fn site_fapi(&self) -> String {
        use base64::Engine as _;
        let pk = self.site_pk();
        let payload = pk.splitn(3, '_').nth(2).unwrap_or_default();
        let host = base64::engine::general_purpose::STANDARD.decode(payload);
        let host = String::from_utf8(host.unwrap_or_default()).unwrap_or_default();
        let host = host.trim_end_matches('$').to_owned();
        if host.is_empty() {
            format!("clerk.{}", self.domain)
        } else {
            host
        }
    }
}

/// Who a host is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// `api.clerk.com`: the Backend API.
    Bapi,
    /// `clerk.<domain>`, `*.clerk.accounts.dev`: the Frontend API.
    Fapi,
    /// `accounts.<domain>`, `*.accounts.dev`: the account portal.
    Portal,
    /// `status.clerk.com`.
    Status,
    /// The deployed site, and every host that is nothing else.
    Site,
    /// A host that tells whether there is a network at all.
    Control,
    /// Whatever is asked without TLS.
    Plain,
}

impl Role {
    /// Its name in a scenario.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bapi => "bapi",
            Self::Fapi => "fapi",
            Self::Portal => "portal",
            Self::Status => "status",
            Self::Site => "site",
            Self::Control => "control",
            Self::Plain => "plain",
        }
    }

    /// Whether the host is one of Clerk's, where nothing may be changed.
    pub fn is_clerk(self) -> bool {
        matches!(self, Self::Bapi | Self::Fapi | Self::Portal | Self::Status)
    }
}

/// What the deployed site is made with.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Sdk {
    /// Next.js 16 with `proxy.ts`.
    Next16,
    /// Next.js 15 with `middleware.ts`.
    Next15,
    /// Express with `clerkMiddleware()` and `getAuth()`.
    Express,
    /// A single-page app: the same shell for every path, no server.
    Spa,
    /// No Clerk at all.
    None,
}

impl Sdk {
    /// Next.js, whichever.
    pub fn is_next(self) -> bool {
        matches!(self, Self::Next16 | Self::Next15)
    }

    /// Whether a server of the site runs Clerk, so that its headers are there.
    pub fn has_headers(self) -> bool {
        matches!(self, Self::Next16 | Self::Next15 | Self::Express)
    }
}

/// What the site's own secret key is, as forged tokens tell.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum DeployedKey {
    /// Of the same instance as the publishable key.
    Good,
    /// Unknown to Clerk.
    Wrong,
    /// Of another instance.
    OtherInstance,
    /// Not used: tokens are verified with `jwtKey`.
    Networkless,
    /// The Backend API answers the site with an error.
    BapiDown,
    /// The site cannot reach the Backend API.
    Unreachable,
    /// Not set.
    Missing,
    /// Both keys are of a development instance.
    Development,
    /// Good, with an SDK from before @clerk/backend 3.2.12.
    OldSdk,
    /// The same, with `authorizedParties` set.
    OldSdkAzp,
}

/// How the webhook endpoint behaves.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Webhook {
    /// Verifies as it should.
    Good,
    /// 200 to everything.
    AcceptsAnything,
    /// Takes old time stamps.
    NoReplayCheck,
    /// Takes time stamps from the future.
    NoFutureCheck,
    /// Its clock is seven hundred seconds ahead.
    ClockAhead,
    /// Was given another secret.
    WrongSecret,
    /// 500 to everything.
    Throws,
    /// The middleware protects it.
    BehindAuth,
    /// Good, after six seconds.
    Slow,
    /// Verifies the body as it is after parsing and writing it again.
    ParsesBefore,
    /// Verifies the body with other data in it than came.
    IgnoresData,
    /// Reads only the first signature of the header.
    OneSignature,
    /// Redirects every request.
    Redirects,
    /// There is none.
    Missing,
    /// Verifies, then fails on an event that it does not know.
    Chokes,
}

/// An answer that is not the healthy one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct On {
    /// A role, or a literal host name (of requests over TLS), or a glob of one.
    pub host: String,
    /// An exact path without the query, or the beginning of one and `*`.
    pub path: String,
    /// `GET`; if left out, any.
    pub method: Option<String>,
    /// Header name to glob; `query` is the query string; an empty glob means that there is none.
    pub when: BTreeMap<String, String>,
    /// Only the first so many requests that match.
    pub times: Option<usize>,
    /// The status, if it is to be another.
    pub status: Option<u16>,
    /// Headers that are added or replaced; an empty text takes one away.
    pub headers: BTreeMap<String, String>,
    /// A JSON body instead.
    pub json: Option<String>,
    /// A JSON merge patch (RFC 7386) on the healthy body.
    pub merge: Option<String>,
    /// Any body instead.
    pub body: Option<String>,
    /// Milliseconds before this answer.
    pub delay_ms: u64,
    /// Seconds by which the `Date` header is wrong.
    pub skew_s: i64,
    /// How the answer is spoilt.
    pub fault: Option<Fault>,
}

impl On {
    /// Whether it is about this request.
    pub fn matches(&self, role: Role, request: &Request) -> bool {
        let host = self.host == role.name()
            || (role != Role::Plain && !self.host.is_empty() && glob(&self.host, &request.host));
        let path = match self.path.strip_suffix('*') {
            _ if self.path.is_empty() => true,
            Some(start) => request.path.starts_with(start),
            None => request.path == self.path,
        };
        let method = self.method.as_ref();
        host && path
            && method.is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && self.when.iter().all(|(name, wanted)| {
                let value = match name.as_str() {
                    "query" => request.query.as_str(),
                    name => request.header(name).unwrap_or_default(),
                };
                if wanted.is_empty() || value.is_empty() {
                    wanted.is_empty() && value.is_empty()
                } else {
                    glob(wanted, value)
                }
            })
    }
}

/// How an answer is spoilt.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The connection is broken off with a reset.
    Reset,
    /// It is closed without an answer.
    Close,
    /// The request is read and never answered.
    Silence,
    /// The answer is not HTTP.
    Garbage,
    /// The body has no length and no end.
    Endless,
    /// The same in chunks.
    EndlessChunks,
    /// One byte of the body every 150 ms.
    SlowBody,
    /// 64 MB.
    HugeBody,
    /// One header of 1 MB.
    HugeHeader,
    /// 1 GB of zeros, compressed.
    GzipBomb,
    /// Terminal escapes in headers and body.
    Escapes,
    /// HTML by its content type.
    WrongType,
    /// The body ends before its length.
    Truncated,
    /// A redirect to itself.
    Loop,
    /// A redirect to a host that nobody named.
    RedirectAway,
}

/// A certificate or handshake that is not healthy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The name that the client asks for, or a glob.
    pub host: String,
    /// What goes wrong.
    pub fault: Option<TlsFault>,
    /// Days for which the certificate is still valid.
    pub days: Option<i64>,
    /// The organisation of the authority that issued it.
    pub issuer: Option<String>,
}

/// What goes wrong in a handshake.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum TlsFault {
    /// The certificate has expired.
    Expired,
    /// It is not valid yet.
    NotYet,
    /// It is for another name.
    WrongName,
    /// It is of an authority that nobody knows.
    UnknownCa,
    /// The server refuses with an alert.
    HandshakeFailure,
    /// The server never answers.
    HalfOpen,
    /// The server does not speak TLS.
    NotTls,
    /// The server closes.
    Close,
}

/// Records that are not the healthy ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// The name, or a glob.
    pub name: String,
    /// The type of record, or `*`.
    #[serde(rename = "type")]
    pub kind: String,
    /// 1 or 2: only that resolver.
    pub resolver: Option<usize>,
    /// The records; an empty list says that there are none.
    pub data: Option<Vec<String>>,
    /// How the answer is spoilt.
    pub fault: Option<DnsFault>,
}

/// How an answer of a resolver is spoilt.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum DnsFault {
    /// There is no such name.
    Nxdomain,
    /// The resolver fails.
    Servfail,
    /// It refuses.
    Refused,
    /// It does not answer.
    Silence,
    /// Over UDP the answer is cut off, over TCP it is whole.
    Truncated,
    /// The answer is not DNS.
    Garbage,
    /// A CNAME that leads back to itself.
    Loop,
}

/// Whether a text fits a pattern in which `*` stands for anything. Case does not count.
pub fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
