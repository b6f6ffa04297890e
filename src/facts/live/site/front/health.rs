//! What a monitor without a session meets at the usual paths of a health endpoint.

use memchr::memmem::find;

use super::look::{Look, Seen};
use crate::facts::http::Answer;

/// The usual paths.
pub const PATHS: [&str; 4] = ["/api/health", "/api/clerk-health", "/healthz", "/health"];

/// One path and what it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The answer.
    pub seen: Seen,
    /// What stands in it that nobody outside should read; its value is not kept.
    pub leaks: Option<Leak>,
}

/// What a health endpoint should not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leak {
    /// A secret key or a signing secret of Clerk's.
    Secret,
    /// A stack trace.
    StackTrace,
    /// The environment of the process.
    Environment,
}

impl Leak {
    /// What it is, with an article.
    pub const fn words(self) -> &'static str {
        match self {
            Leak::Secret => "a credential",
            Leak::StackTrace => "a stack trace",
            Leak::Environment => "the environment of the process",
        }
    }
}

/// What a monitor concludes from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is healthy.
    Works,
    /// Clerk stands before it, surely: it leads to the sign-in, or `auth.protect()` refused.
    BehindSignIn(u16),
    /// It wants some credential; whether Clerk's cannot be seen.
    Refused(u16),
    /// It says that something is broken.
    Failing(u16),
    /// There is none, or a page of the app stands there.
    Missing,
    /// No answer came.
    Lost,
}

/// What a monitor concludes from the answer at a path.
pub fn state(seen: &Seen) -> State {
    let Some(look) = seen.look() else {
        return State::Lost;
    };
    match look.status {
        200..=299 if !look.html => State::Works,
        300..=399 if leads_to_sign_in(look) => State::BehindSignIn(look.status),
        404 if look.clerk.as_ref().is_some_and(|clerk| clerk.refused) => {
            State::BehindSignIn(look.status)
        }
        401 | 403 => State::Refused(look.status),
        500..=599 => State::Failing(look.status),
        _ => State::Missing,
    }
}

/// Whether a redirect leads to a handshake or to where people sign in.
pub fn leads_to_sign_in(look: &Look) -> bool {
    let says_so = look.clerk.as_ref().is_some_and(|clerk| clerk.redirects);
    let path = look.location.as_ref().map(|to| to.path().to_lowercase());
    let named = path.is_some_and(|path| {
        ["sign-in", "signin", "sign_in", "login", "log-in"]
            .iter()
            .any(|word| path.contains(word))
    });
    look.handshake.is_some() || says_so || named
}

/// What stands in the body of an answer that nobody outside should read.
pub fn leaks(answer: &Answer) -> Option<Leak> {
    if answer.is_html() && answer.status == 404 {
        return None;
    }
    let text = answer.text();
    let has = |word: &str| find(text.as_bytes(), word.as_bytes()).is_some();
    let secrets = ["sk_live_", "sk_test_", "whsec_"];
    if secrets.iter().any(|prefix| has_value(&text, prefix)) {
        return Some(Leak::Secret);
    }
    // As JSON writes line ends, or as they are.
    if (has("\n    at ") || has("\\n    at ")) && (has("node_modules/") || has("node:internal")) {
        return Some(Leak::StackTrace);
    }
    (has("\"PATH\":\"") && (has("\"HOME\":\"") || has("\"NODE_ENV\":\"")))
        .then_some(Leak::Environment)
}

/// Whether the prefix is followed by enough to be a credential, and not by dots or stars.
fn has_value(text: &str, prefix: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), prefix).any(|at| {
        let rest = text.get(at + prefix.len()..).unwrap_or_default();
        let value = rest.bytes().take_while(u8::is_ascii_alphanumeric);
        value.take(16).count() == 16
    })
}

#[cfg(test)]
mod tests {
    use super::super::look::tests::answer;
    use super::*;
    use url::Url;

    fn seen(status: u16, headers: &[(&str, &str)]) -> State {
        let url = Url::parse("https://acme.shop/api/health").unwrap();
        state(&Seen::of("/api/health", &url, &Ok(answer(status, headers))))
    }

    #[test]
    fn a_monitor_meets_an_answer_or_a_sign_in() {
        let json = ("content-type", "application/json");
        let html = ("content-type", "text/html");
        let clerk = ("x-clerk-auth-status", "signed-out");
        for (status, headers, expected) in [
            (200, vec![json], State::Works),
            (204, vec![], State::Works),
            (200, vec![html], State::Missing),
            (404, vec![html, clerk], State::Missing),
            (
                404,
                vec![clerk, ("x-clerk-auth-reason", "protect-rewrite, x")],
                State::BehindSignIn(404),
            ),
            (
                307,
                vec![("location", "/sign-in?x")],
                State::BehindSignIn(307),
            ),
            (
                302,
                vec![("location", "https://accounts.acme.shop/sign-in")],
                State::BehindSignIn(302),
            ),
            (308, vec![("location", "/api/health/")], State::Missing),
            (401, vec![clerk, json], State::Refused(401)),
            (503, vec![json], State::Failing(503)),
        ] {
            assert_eq!(seen(status, &headers), expected, "{status} {headers:?}");
        }
    }

    #[test]
    fn a_word_is_no_page_whatever_its_type() {
        let url = Url::parse("https://acme.shop/healthz").unwrap();
        let html = [("content-type", "text/html; charset=utf-8")];
        let word = |status, body: &str| {
            let answer = Answer {
                body: body.as_bytes().to_vec(),
                ..answer(status, &html)
            };
            state(&Seen::of("/healthz", &url, &Ok(answer)))
        };
        assert_eq!(word(200, "OK"), State::Works);
        assert_eq!(word(200, "<p>OK"), State::Missing);
        assert_eq!(word(200, ""), State::Missing);
        assert_eq!(word(200, &"OK ".repeat(99)), State::Missing);
        assert_eq!(word(404, "Cannot GET"), State::Missing);
    }

    #[test]
    fn tells_what_is_told_too_much_and_keeps_nothing_of_it() {
        let body = |text: &str| {
            leaks(&Answer {
                body: text.as_bytes().to_vec(),
                ..answer(200, &[("content-type", "application/json")])
            })
        };
        let secret = format!("{{\"key\":\"sk_live_{}\"}}", "Qx7".repeat(8));
        assert_eq!(body(&secret), Some(Leak::Secret));
        assert_eq!(body("{\"key\":\"sk_live_…\"}"), None);
        assert_eq!(body("{\"CLERK_SECRET_KEY\":true}"), None);
        assert_eq!(
            body("{\"stack\":\"Error\\n    at x (/app/node_modules/y.js:1)\"}"),
            Some(Leak::StackTrace)
        );
        assert_eq!(
            body("{\"PATH\":\"/bin\",\"HOME\":\"/root\"}"),
            Some(Leak::Environment)
        );
    }
}
