//! Source expressions, and whether an address matches one (§6.7.2.6 and what it calls).

use super::{Answer, HOLE};

/// What a page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address<'a> {
    /// An address with `https:`.
    Https {
        /// The host, in lower case.
        host: &'a str,
        /// The port, where it is not the usual one.
        port: Option<u16>,
    },
    /// Some host of which only this is known: it is Clerk's Frontend API of the project.
    SomeFrontendApi,
    /// The page's own origin.
    Own,
    /// `blob:`.
    Blob,
}

/// A source expression (§2.3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `'none'`, which says nothing beside others.
    None,
    /// `'self'`
    Own,
    /// `'unsafe-inline'`
    UnsafeInline,
    /// `'unsafe-eval'`
    UnsafeEval,
    /// `'strict-dynamic'`
    StrictDynamic,
    /// `'nonce-…'`
    Nonce,
    /// `'sha256-…'` and its like.
    Hash,
    /// Another keyword, also one that is misspelt: no address matches it.
    Keyword,
    /// `https:`; the scheme in lower case and without the colon.
    Scheme(String),
    /// `https://*.acme.shop:8080/path`
    Host(Host),
    /// A part of it is not known.
    Unknown,
}

/// A source with a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The scheme in lower case, if it names one.
    pub scheme: Option<String>,
    /// The host in lower case; `*` alone is any, `*.` at its start is any below the rest.
    pub host: String,
    /// The port, if it names one.
    pub port: Option<String>,
    /// Whether it names a path other than `/`.
    pub has_path: bool,
}

impl Source {
    /// Reads one.
    pub fn parse(token: &str) -> Self {
        let lower = token.to_ascii_lowercase();
        match lower.as_str() {
            "'none'" => return Source::None,
            "'self'" => return Source::Own,
            "'unsafe-inline'" => return Source::UnsafeInline,
            "'unsafe-eval'" => return Source::UnsafeEval,
            "'strict-dynamic'" => return Source::StrictDynamic,
            _ => {}
        }
        if lower.starts_with("'nonce-") {
            return Source::Nonce;
        }
        if ["'sha256-", "'sha384-", "'sha512-"]
            .iter()
            .any(|start| lower.starts_with(start))
        {
            return Source::Hash;
        }
        if token.contains(HOLE) {
            return Source::Unknown;
        }
        if lower.starts_with('\'') {
            return Source::Keyword;
        }
        if let Some(scheme) = lower.strip_suffix(':').filter(|name| is_scheme(name)) {
            return Source::Scheme(scheme.to_owned());
        }
        Source::Host(Host::parse(&lower))
    }

    /// Whether it is what anybody may answer to: `*`, `https:`, `data:`.
    pub fn is_wide(&self) -> bool {
        match self {
            Source::Scheme(scheme) => matches!(scheme.as_str(), "http" | "https" | "data"),
            Source::Host(host) => host.host == "*",
            _ => false,
        }
    }

    /// As one would write it.
    pub fn shown(&self) -> String {
        match self {
            Source::None => "'none'".to_owned(),
            Source::Own => "'self'".to_owned(),
            Source::UnsafeInline => "'unsafe-inline'".to_owned(),
            Source::UnsafeEval => "'unsafe-eval'".to_owned(),
            Source::StrictDynamic => "'strict-dynamic'".to_owned(),
            Source::Nonce => "'nonce-…'".to_owned(),
            Source::Hash => "'sha256-…'".to_owned(),
            Source::Keyword | Source::Unknown => "…".to_owned(),
            Source::Scheme(scheme) => format!("{scheme}:"),
            Source::Host(host) => {
                let scheme = host.scheme.as_ref().map(|one| format!("{one}://"));
                let port = host.port.as_ref().map(|one| format!(":{one}"));
                let (scheme, port) = (scheme.unwrap_or_default(), port.unwrap_or_default());
                format!("{scheme}{}{port}", host.host)
            }
        }
    }

    /// Whether an address of a page that is served with `https:` matches it.
    pub(super) fn matches(&self, address: &Address<'_>) -> Answer {
        let yes = |is: bool| if is { Answer::Yes } else { Answer::No };
        match (self, address) {
            (Source::Unknown, _) => Answer::Unknown,
            (Source::Own, Address::Own) => Answer::Yes,
            // The standard and the browsers differ on `blob:` and 'self'; the browsers refuse it.
            (Source::Scheme(scheme), Address::Blob) => yes(scheme == "blob"),
            // §6.7.2.9: `http` stands for `https` too.
            (Source::Scheme(scheme), _) => yes(matches!(scheme.as_str(), "http" | "https")),
            (Source::Host(_), Address::Blob) => Answer::No,
            (Source::Host(host), Address::Https { host: name, port }) => host.matches(name, *port),
            (Source::Host(host), Address::SomeFrontendApi) => host.may_be_a_frontend_api(),
            // Which host the page is on is not known.
            (Source::Host(host), Address::Own) if host.host == "*" => Answer::Yes,
            (Source::Host(_), Address::Own) => Answer::Unknown,
            _ => Answer::No,
        }
    }
}

impl Host {
    fn parse(text: &str) -> Self {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_owned()), rest),
            None => (None, text),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.to_owned())),
            None => (authority, None),
        };
        Self {
            scheme,
            host: host.to_owned(),
            port,
            has_path: !matches!(path, "" | "/"),
        }
    }

    fn matches(&self, name: &str, port: Option<u16>) -> Answer {
        // §6.7.2.9: a page with `https:` matches a source without a scheme only with `https:`, which it is.
        let scheme = self
            .scheme
            .as_deref()
            .is_none_or(|one| matches!(one, "http" | "https"));
        if !scheme || !self.is_host_of(name) || !self.is_port_of(port) {
            return Answer::No;
        }
        // Which of Clerk's paths are asked for depends on its versions.
        if self.has_path {
            Answer::Unknown
        } else {
            Answer::Yes
        }
    }

    /// §6.7.2.10: `*.acme.shop` is every host below, and not `acme.shop` itself.
    pub fn is_host_of(&self, name: &str) -> bool {
        match self.host.strip_prefix('*') {
            Some("") => true,
            Some(rest) if rest.starts_with('.') => name.ends_with(rest) && name.len() > rest.len(),
            _ => self.host == name,
        }
    }

    /// §6.7.2.11: without a port, the usual one of the scheme; 80 is raised to 443 with the scheme.
    fn is_port_of(&self, port: Option<u16>) -> bool {
        match (self.port.as_deref(), port) {
            (Some("*"), _) => true,
            (None, port) => port.is_none_or(|port| port == 443),
            (Some(own), None) => matches!(own, "443" | "80"),
            (Some(own), Some(port)) => own.parse() == Ok(port),
        }
    }

    /// Whether it may be the Frontend API of a project whose key is not known.
    fn may_be_a_frontend_api(&self) -> Answer {
        let foreign = !self.host.starts_with('*')
            && !["clerk", "auth", "account", "fapi", "login"]
                .iter()
                .any(|word| self.host.contains(word));
        if self.host == "*" {
            Answer::Yes
        } else if foreign || self.is_clerks_other() || self.is_development() {
            Answer::No
        } else {
            Answer::Unknown
        }
    }

    /// Hosts of Clerk's that are never a Frontend API of a production instance.
    fn is_clerks_other(&self) -> bool {
        ["clerk.com", "clerk.dev", "clerk-telemetry.com"]
            .iter()
            .any(|name| {
                self.host == *name
                    || self
                        .host
                        .strip_suffix(name)
                        .is_some_and(|rest| rest.ends_with('.'))
            })
    }

    /// Whether it is a Frontend API of development instances.
    pub fn is_development(&self) -> bool {
        self.host == "clerk.accounts.dev"
            || self.host.ends_with(".clerk.accounts.dev")
            || self.host == "*.accounts.dev"
    }
}

/// §2.3.1 `scheme-part`, RFC 3986 §3.1.
fn is_scheme(name: &str) -> bool {
    let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(usual)
}
