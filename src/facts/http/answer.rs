//! An answer of a server, as far as it was read.

use std::borrow::Cow;

use serde_json::Value;

use super::Fault;

/// What became of a request.
pub type Exchange = Result<Answer, Fault>;

/// An answer of a server. Status, headers and body are a stranger's words: nothing of them is shown but
/// through [`crate::facts::api::Screen`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in small letters, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it was read.
    pub body: Vec<u8>,
    /// Whether the body was read to its end.
    pub whole: bool,
    /// Milliseconds from the request to the end of the body.
    pub took_ms: u64,
    /// When the answer was complete, in seconds since 1970, by the clock of this machine.
    pub at: u64,
    /// The certificate that the server showed, as DER; empty without TLS.
    pub certificate: Vec<u8>,
}

/// Why a body is not the JSON that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotJson {
    /// The answer does not say that it is JSON. The media type it names instead.
    OtherContent(Option<String>),
    /// It says so, and is not.
    Broken,
    /// More than is read.
    TooLarge,
    /// It is compressed, which was not asked for.
    Compressed,
}

impl Answer {
    /// The first header of a name, given in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every header of a name, given in small letters.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The media type, in small letters and without parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        let name = value.split(';').next().unwrap_or_default();
        Some(name.trim().to_ascii_lowercase())
    }

    /// Whether it says that it is a page.
    pub fn is_html(&self) -> bool {
        self.media_type()
            .is_some_and(|media_type| media_type == "text/html")
    }

    /// Whether what stands before the app says that the app does not answer, or keeps it closed (RFC 9110,
    /// 15.6.3 to 15.6.5; Cloudflare's own are 52x). An app that fails says 500, and Vercel names a middleware
    /// that ran out of time.
    pub fn is_gateways(&self) -> bool {
        let of_middleware = self
            .header("x-vercel-error")
            .is_some_and(|error| error.starts_with("MIDDLEWARE"));
        matches!(self.status, 502..=504 | 520..=527 | 530) && !of_middleware
    }

    /// Whether it is a redirect that names where to.
    pub fn is_redirect(&self) -> bool {
        matches!(self.status, 301..=303 | 307 | 308) && self.header("location").is_some()
    }

    /// Whether the body came compressed, although that was not asked for: it is then not looked into, so
    /// that a small answer cannot unpack to a large one.
    pub fn is_compressed(&self) -> bool {
        self.header("content-encoding")
            .is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"))
    }

    /// The body as text; what is no UTF-8 is replaced. Empty where it is compressed.
    pub fn text(&self) -> Cow<'_, str> {
        if self.is_compressed() {
            return Cow::Borrowed("");
        }
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON, where the answer says that it is: Clerk's SDK looks at the same header first
    /// (clerk/javascript `packages/backend/src/api/request.ts`).
    ///
    /// # Errors
    /// What stands there instead.
    pub fn json(&self) -> Result<Value, NotJson> {
        if self.is_compressed() {
            return Err(NotJson::Compressed);
        }
        let media_type = self.media_type();
        if media_type.as_deref() != Some("application/json") {
            return Err(NotJson::OtherContent(media_type));
        }
        if !self.whole {
            return Err(NotJson::TooLarge);
        }
        serde_json::from_slice(&self.body).map_err(|_| NotJson::Broken)
    }
}
