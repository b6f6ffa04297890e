//! A request, as a type that cannot change anything and cannot carry a secret.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use url::Url;

/// As much of an answer as is read where nobody says otherwise.
const USUAL_LIMIT: usize = 256 * 1024;

/// What may be asked. There is no method here that changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// OPTIONS
    Options,
}

impl Method {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Options => "OPTIONS",
        }
    }
}

/// A request without a secret in it: only [`super::Backend`] adds one, to requests to the Backend API.
#[derive(Debug, Clone)]
pub struct Ask {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) limit: usize,
    pub(super) wait: Option<Duration>,
    pub(super) again: bool,
    /// The only body there is: an event that nobody signed.
    pub(super) event: Option<String>,
}

impl Ask {
    /// Asks with a method.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            limit: USUAL_LIMIT,
            wait: None,
            again: true,
            event: None,
        }
    }

    /// Posts an event that is not signed to a webhook endpoint that the user named for it: one that
    /// verifies refuses it, and no handler acts on its type. `now` in seconds since 1970.
    pub fn unsigned_event(url: Url, now: u64) -> Self {
        let mut ask = Self::get(url)
            .header("content-type", "application/json")
            .once();
        ask.event = Some(format!(
            r#"{{"object":"event","type":"clerk_audit.ping","timestamp":{},"instance_id":"ins_clerk_audit","data":{{"object":"clerk_audit","id":"clerk_audit_probe"}}}}"#,
            now.saturating_mul(1000)
        ));
        ask
    }

    /// GET.
    pub fn get(url: Url) -> Self {
        Self::new(Method::Get, url)
    }

    /// With a header. One that HTTP does not allow is left out, and so is `Authorization`.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let name = HeaderName::from_static(name);
        if let Ok(value) = HeaderValue::from_str(value)
            && name != AUTHORIZATION
        {
            self.headers.append(name, value);
        }
        self
    }

    /// With a bearer token that was made up: it authenticates nobody.
    #[must_use]
    pub fn forged(mut self, token: &ForgedToken) -> Self {
        if let Ok(value) = HeaderValue::from_str(&format!("Bearer {}", token.0)) {
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// Reads at most so many bytes of the body.
    #[must_use]
    pub fn at_most(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Waits for the answer no longer than this.
    #[must_use]
    pub fn within(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Asks once only: what the first answer is, is what is wanted.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.again = false;
        self
    }

    /// With the secret key. For the Backend API alone, hence not public.
    pub(super) fn authorized(mut self, authorization: HeaderValue) -> Self {
        self.headers.insert(AUTHORIZATION, authorization);
        self
    }
}

/// A session token that nobody issued: a header and claims as a session token has them, and random bytes
/// where the signature stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgedToken(String);

impl ForgedToken {
    /// Of a header and claims, both JSON, and 256 bytes of noise.
    pub fn new(header: &str, claims: &str, noise: &[u8; 256]) -> Self {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
        let part = |bytes: &[u8]| BASE64.encode(bytes);
        Self(format!(
            "{}.{}.{}",
            part(header.as_bytes()),
            part(claims.as_bytes()),
            part(noise)
        ))
    }
}
