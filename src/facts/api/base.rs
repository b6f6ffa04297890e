//! Where the Backend API is, and which hosts the secret key may be sent to.

use std::fmt;

use url::{Host, Url};

use super::screen::Screen;
use crate::facts::http::Explained;

/// Longer than any address somebody would write by hand.
const LONGEST: usize = 2048;

/// Where the Backend API is. Can only be built for a host the secret key may go to: `https` on a host of
/// Clerk, or this machine (there, plain `http` too).
///
/// The address is taken apart by the same parser the HTTP client uses, and only its origin is kept: so
/// the host that was checked is the host that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ApiBase {
    origin: String,
    host: String,
    port: u16,
    tls: bool,
    loopback: bool,
}

/// Why an address is not one the secret key is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiBaseError {
    /// Not an absolute URL.
    NotUrl,
    /// Neither `https` nor `http`.
    Scheme,
    /// Plain `http` to another machine.
    PlainHttp {
        /// The host, fit to show.
        host: String,
    },
    /// A host that is not one of Clerk's API hosts.
    NotClerk {
        /// The host, fit to show.
        host: String,
    },
    /// A user name or a password in the URL.
    UserInfo,
    /// A query or a fragment in the URL.
    QueryOrFragment,
    /// A path other than `/` and `/v1`.
    Path,
}

impl ApiBase {
    /// Reads the value of `CLERK_API_URL`: with or without a trailing slash, with or without `/v1`.
    pub fn parse(api_url: &str) -> Result<Self, ApiBaseError> {
        // The URL parser drops tabs and line breaks; a value that has them is refused instead of repaired.
        let odd = |c: char| c.is_whitespace() || c.is_control();
        let trimmed = api_url.trim();
        if trimmed.len() > LONGEST || trimmed.contains(odd) {
            return Err(ApiBaseError::NotUrl);
        }
        let url = Url::parse(trimmed).map_err(|_| ApiBaseError::NotUrl)?;
        let tls = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(ApiBaseError::Scheme),
        };
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(ApiBaseError::NotUrl);
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ApiBaseError::UserInfo);
        }
        let loopback = is_loopback(&host);
        if !loopback && !is_clerk(&host) {
            return Err(ApiBaseError::NotClerk { host: shown(&host) });
        }
        if !loopback && !tls {
            return Err(ApiBaseError::PlainHttp { host: shown(&host) });
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ApiBaseError::QueryOrFragment);
        }
        if !matches!(url.path(), "" | "/" | "/v1" | "/v1/") {
            return Err(ApiBaseError::Path);
        }
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            host: host.to_string(),
            port,
            tls,
            loopback,
        })
    }

    /// The host, an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether the connection is encrypted.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// Whether it is one of the two hosts where Clerk itself serves the Backend API
    /// (clerk/javascript `packages/backend/src/constants.ts`; clerk/cli `lib/environment.ts`).
    pub fn is_official(host: &str) -> bool {
        matches!(host, "api.clerk.com" | "api.clerk.dev")
    }

    /// The address of a path below the version prefix, `/instance` for example.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}/v1{path}", self.origin)
    }
}

impl Default for ApiBase {
    /// `https://api.clerk.com`, the address Clerk's SDKs use.
    fn default() -> Self {
        Self {
            origin: "https://api.clerk.com".to_owned(),
            host: "api.clerk.com".to_owned(),
            port: 443,
            tls: true,
            loopback: false,
        }
    }
}

impl fmt::Display for ApiBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl ApiBaseError {
    /// What is wrong with `CLERK_API_URL`, and what to do.
    pub fn explain(&self) -> Explained {
        let fix = match self {
            ApiBaseError::PlainHttp { .. } => "Use https:// in CLERK_API_URL.",
            _ => {
                "Remove CLERK_API_URL, so that https://api.clerk.com is used, or set it to another \
                 https address of Clerk's Backend API."
            }
        };
        Explained {
            what: format!("CLERK_API_URL {self}; the secret key is not sent there."),
            fix: fix.to_owned(),
        }
    }
}

impl fmt::Display for ApiBaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiBaseError::NotUrl => f.write_str("is not an absolute URL"),
            ApiBaseError::Scheme => f.write_str("is not an https URL"),
            ApiBaseError::PlainHttp { host } => write!(f, "names {host} without encryption"),
            ApiBaseError::NotClerk { host } => {
                write!(
                    f,
                    "names {host}, which is not a host of Clerk's Backend API"
                )
            }
            ApiBaseError::UserInfo => f.write_str("has a user name or a password in it"),
            ApiBaseError::QueryOrFragment => f.write_str("has a query or a fragment in it"),
            ApiBaseError::Path => f.write_str("has a path other than /v1 in it"),
        }
    }
}

impl std::error::Error for ApiBaseError {}

/// The addresses RFC 1122 section 3.2.1.3 and RFC 4291 section 2.5.3 reserve for this machine, and the
/// name RFC 6761 section 6.3 reserves for them.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Whether a name is that of an API below one of the two domains Clerk runs its APIs on. Others below them
/// are served by other companies: the status page is.
fn is_clerk(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            name.starts_with("api.")
                && (name.ends_with(".clerk.com") || name.ends_with(".clerk.dev"))
        }
        Host::Ipv4(_) | Host::Ipv6(_) => false,
    }
}

/// Somebody may have pasted a key where the host belongs.
fn shown(host: &Host<&str>) -> String {
    Screen::default().sentence(&host.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> String {
        ApiBase::parse(url).unwrap().endpoint("/instance")
    }

    #[test]
    fn takes_the_address_as_the_sdk_does_with_or_without_the_version() {
        for url in [
            "https://api.clerk.com",
            "https://api.clerk.com/",
            "https://api.clerk.com/v1",
            " https://API.clerk.com:443/v1/ ",
        ] {
            assert_eq!(endpoint(url), "https://api.clerk.com/v1/instance");
            assert_eq!(ApiBase::parse(url).unwrap(), ApiBase::default());
        }
        assert_eq!(
            endpoint("https://api.clerk.dev"),
            "https://api.clerk.dev/v1/instance"
        );
    }

    #[test]
    fn allows_plain_http_on_this_machine_only() {
        for url in [
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:81",
            "http://localhost:3000",
        ] {
            assert!(ApiBase::parse(url).unwrap().is_loopback(), "{url}");
        }
        assert_eq!(
            ApiBase::parse("http://api.clerk.com"),
            Err(ApiBaseError::PlainHttp {
                host: "api.clerk.com".into()
            })
        );
        for url in [
            "http://0.0.0.0",
            "https://[::ffff:127.0.0.1]",
            "http://169.254.169.254",
            "https://[::]",
        ] {
            assert!(
                matches!(ApiBase::parse(url), Err(ApiBaseError::NotClerk { .. })),
                "{url}"
            );
        }
    }

    #[test]
    fn refuses_every_host_that_only_looks_like_clerk() {
        for url in [
            "https://clerk.com.evil.example",
            "https://api-clerk.com",
            "https://evilclerk.com",
            "https://api.clerk.com.",
            "https://api.clerk.com%2eevil.example",
            "https://api.cl\u{435}rk.com",
            "https://localhost.evil.example",
            "https://evil.example#.clerk.com",
            "https://evil.example?.clerk.com",
            "https://evil.example\\.clerk.com",
        ] {
            assert!(ApiBase::parse(url).is_err(), "{url}");
        }
        assert_eq!(
            ApiBase::parse("https://api.clerk.com@evil.example"),
            Err(ApiBaseError::UserInfo)
        );
    }

    #[test]
    fn refuses_what_is_not_a_plain_base_address() {
        let error = |url: &str| ApiBase::parse(url).unwrap_err();
        assert_eq!(error(""), ApiBaseError::NotUrl);
        assert_eq!(error("api.clerk.com"), ApiBaseError::NotUrl);
        assert_eq!(error("https://api.clerk\n.com"), ApiBaseError::NotUrl);
        assert_eq!(
            error(&format!("https://{}.clerk.com", "a.".repeat(2000))),
            ApiBaseError::NotUrl
        );
        assert_eq!(error("ftp://api.clerk.com"), ApiBaseError::Scheme);
        assert_eq!(error("https://u:p@api.clerk.com"), ApiBaseError::UserInfo);
        assert_eq!(
            error("https://api.clerk.com?x"),
            ApiBaseError::QueryOrFragment
        );
        assert_eq!(
            error("https://api.clerk.com#x"),
            ApiBaseError::QueryOrFragment
        );
        assert_eq!(error("https://api.clerk.com/v2"), ApiBaseError::Path);
    }

    #[test]
    fn shows_no_key_that_was_pasted_into_the_address() {
        let key = format!("sk_live_{}", "Ab1".repeat(10));
        for url in [
            key.clone(),
            format!("https://{key}"),
            format!("https://{key}@api.clerk.com"),
        ] {
            let words = format!("{:?}", ApiBase::parse(&url).unwrap_err().explain());
            assert!(!words.to_lowercase().contains(&"ab1".repeat(3)), "{words}");
        }
    }
}
