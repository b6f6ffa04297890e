//! What pages of other sites are told about an API (CORS).

use super::Target;
use crate::facts::http::Answer;
use crate::model::Site;

/// An origin that nobody means to allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// What is sent.
    pub value: String,
    /// What it stands for.
    pub what: &'static str,
}

/// Origins that fall into the traps of checks of origins: any, none, without TLS, by beginning, by end.
pub fn origins(site: &Site) -> Vec<Origin> {
    let host = site.host();
    let origin = |value: String, what| Origin { value, what };
    let mut all = vec![
        origin("https://clerk-audit.invalid".to_owned(), "any other site"),
        origin("null".to_owned(), "a page without an origin"),
        origin(
            format!("https://{host}.clerk-audit.invalid"),
            "a site whose name begins with this one's",
        ),
        origin(
            format!("https://clerk-audit-{host}"),
            "a site whose name ends with this one's",
        ),
    ];
    // Where the site itself has no TLS, that is its own origin.
    if site.is_tls() {
        all.insert(2, origin(format!("http://{host}"), "the site without TLS"));
    }
    all
}

/// What an API route says to an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginAnswer {
    /// The route.
    pub target: Target,
    /// The address, without a query.
    pub url: String,
    /// The method.
    pub method: &'static str,
    /// The origin.
    pub origin: Origin,
    /// What it may do.
    pub allows: Allows,
}

/// What an origin may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Allows {
    /// Nothing.
    Nothing,
    /// Read answers as anybody.
    Anybody,
    /// `*` with credentials, which browsers refuse.
    Impossible,
    /// Read answers as the user who is signed in.
    AsTheUser,
}

impl OriginAnswer {
    /// Reads an answer.
    pub fn of(
        target: &Target,
        url: &str,
        method: &'static str,
        origin: &Origin,
        answer: &Answer,
    ) -> Self {
        Self {
            target: target.clone(),
            url: url.to_owned(),
            method,
            origin: origin.clone(),
            allows: allows(answer, &origin.value),
        }
    }
}

/// Browsers compare byte by byte (<https://fetch.spec.whatwg.org/#concept-cors-check>).
fn allows(answer: &Answer, origin: &str) -> Allows {
    // What ends a handshake says `null`, with credentials, on purpose.
    if answer.header("x-clerk-auth-status") == Some("handshake") {
        return Allows::Nothing;
    }
    let allowed = answer
        .header("access-control-allow-origin")
        .unwrap_or_default();
    let with_credentials = answer.header("access-control-allow-credentials") == Some("true");
    match (allowed.trim(), with_credentials) {
        ("*", true) => Allows::Impossible,
        ("*", false) => Allows::Anybody,
        (allowed, true) if allowed == origin => Allows::AsTheUser,
        _ => Allows::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(origin: &str, headers: &[(&str, &str)]) -> Allows {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let answer = Answer {
            headers: headers.iter().map(own).collect(),
            ..Answer::default()
        };
        allows(&answer, origin)
    }

    #[test]
    fn reads_what_browsers_read() {
        let credentials = ("access-control-allow-credentials", "true");
        let any = ("access-control-allow-origin", "*");
        let other = ("access-control-allow-origin", "https://a.invalid");
        let null = ("access-control-allow-origin", "null");
        assert_eq!(
            read("https://a.invalid", &[other, credentials]),
            Allows::AsTheUser
        );
        assert_eq!(read("https://a.invalid", &[other]), Allows::Nothing);
        assert_eq!(
            read("https://b.invalid", &[other, credentials]),
            Allows::Nothing
        );
        assert_eq!(read("https://a.invalid", &[any]), Allows::Anybody);
        assert_eq!(
            read("https://a.invalid", &[any, credentials]),
            Allows::Impossible
        );
        assert_eq!(read("null", &[null, credentials]), Allows::AsTheUser);
        let handshake = ("x-clerk-auth-status", "handshake");
        assert_eq!(
            read("null", &[null, credentials, handshake]),
            Allows::Nothing
        );
    }
}
