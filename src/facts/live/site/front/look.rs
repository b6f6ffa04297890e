//! What matters of one answer of the site.

use url::Url;

use super::handshake::{self, Handshake};
use crate::facts::api::Screen;
use crate::facts::http::{Answer, Barrier, Exchange, Fault};

/// A longer `Location` leads nowhere.
const LONGEST_LOCATION: usize = 16 * 1024;

/// One request for a path of the site, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The path that was asked for, with its query.
    pub path: String,
    /// The answer, or why there is none.
    pub answer: Result<Look, Fault>,
}

/// What matters of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// The HTTP status.
    pub status: u16,
    /// What Clerk's SDK says of the visitor.
    pub clerk: Option<Clerk>,
    /// Where a redirect leads.
    pub location: Option<Url>,
    /// Where the server sends the browser to be recognised by Clerk.
    pub handshake: Option<Handshake>,
    /// Whether a cache answered, and not the app.
    pub cached: bool,
    /// Whether it carries `X-Auth-Bypass`, with a value that means yes.
    pub bypass: bool,
    /// Whether it sets the cookie of development instances.
    pub development_cookie: bool,
    /// How often the SDK counts that it sent this browser to Clerk (`__clerk_redirect_count`).
    pub redirect_count: Option<u8>,
    /// Whether it is a page: HTML, and no mere word.
    pub html: bool,
    /// Whether what stands before the app says that the app does not answer.
    pub gateways: bool,
    /// Milliseconds until the end of the answer.
    pub took_ms: u64,
    /// When it was complete, in seconds since 1970, by the clock of this machine.
    pub at: u64,
}

/// What Clerk's SDKs for JavaScript say of a visitor who is not signed in (clerk/javascript
/// `packages/backend/src/tokens/authStatus.ts`). All of it is fit to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clerk {
    /// `signed-out` or `handshake`.
    pub status: String,
    /// Why: `session-token-and-uat-missing` for example. Without what the middleware of Next.js 15 puts
    /// before it, see [`Clerk::refused`].
    pub reason: String,
    /// The SDK's words, cut where they are long.
    pub message: String,
    /// The id of the signing key that the server knows, where the words name it.
    pub available: Option<String>,
    /// The HTTP status with which the Backend API answered the server, where the words name it.
    pub code: Option<u16>,
    /// Whether `auth.protect()` of Next.js 15 made a 404 of it.
    pub refused: bool,
    /// Whether the SDK redirects (`x-clerk-redirect-to`).
    pub redirects: bool,
}

impl Seen {
    /// What came of a request for a path.
    pub fn of(path: &str, asked: &Url, exchange: &Exchange) -> Self {
        Self {
            path: path.to_owned(),
            answer: exchange
                .as_ref()
                .map(|answer| Look::of(answer, asked))
                .map_err(Clone::clone),
        }
    }

    /// The answer, if one came.
    pub fn look(&self) -> Option<&Look> {
        self.answer.as_ref().ok()
    }

    /// What Clerk's SDK says in it.
    pub fn clerk(&self) -> Option<&Clerk> {
        self.look()?.clerk.as_ref()
    }

    /// The status, if an answer came.
    pub fn status(&self) -> Option<u16> {
        self.look().map(|look| look.status)
    }
}

impl Look {
    /// What matters of an answer to a request for an address.
    pub fn of(answer: &Answer, asked: &Url) -> Self {
        let location = location(answer, asked);
        let cookies = || answer.all("set-cookie").map(str::trim_start);
        let is_named = |cookie: &str, name: &str| {
            let rest = cookie.strip_prefix(name).unwrap_or_default();
            // Suffixed twins are `__clerk_db_jwt_<8 characters>`.
            rest.starts_with('=') || rest.starts_with('_')
        };
        Self {
            status: answer.status,
            clerk: clerk(answer),
            handshake: location.as_ref().and_then(handshake::of),
            cached: is_cached(answer),
            bypass: answer.all("x-auth-bypass").any(means_yes),
            development_cookie: cookies().any(|cookie| is_named(cookie, "__clerk_db_jwt")),
            redirect_count: cookies().find_map(|cookie| {
                let value = cookie.strip_prefix("__clerk_redirect_count=")?;
                value.split(';').next()?.trim().parse().ok()
            }),
            html: answer.is_html() && !is_word(answer),
            gateways: answer.is_gateways(),
            took_ms: answer.took_ms,
            at: answer.at,
            location,
        }
    }

    /// Whether it is a server error.
    pub fn is_error(&self) -> bool {
        self.status >= 500
    }
}

fn location(answer: &Answer, asked: &Url) -> Option<Url> {
    if !answer.is_redirect() {
        return None;
    }
    let text = answer.header("location")?;
    (text.len() <= LONGEST_LOCATION)
        .then(|| asked.join(text).ok())
        .flatten()
}

fn clerk(answer: &Answer) -> Option<Clerk> {
    let screen = Screen::default();
    let word = |name: &str| answer.header(name).map(|value| screen.sentence(value));
    let (status, reason) = (word("x-clerk-auth-status"), word("x-clerk-auth-reason"));
    if status.is_none() && reason.is_none() {
        return None;
    }
    let reason = reason.unwrap_or_default();
    // `protect-rewrite, session-token-and-uat-missing`
    let (refused, reason) = match reason.strip_prefix("protect-rewrite") {
        Some(rest) => (true, rest.trim_start_matches([',', ' ']).to_owned()),
        None => (false, reason),
    };
    Some(Clerk {
        status: status.unwrap_or_default(),
        reason,
        message: word("x-clerk-auth-message").unwrap_or_default(),
        available: answer.header("x-clerk-auth-message").and_then(available),
        code: answer.header("x-clerk-auth-message").and_then(code),
        refused,
        redirects: answer.header("x-clerk-redirect-to").is_some(),
    })
}

/// `… The following kid is available: ins_2a …`
fn available(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("available: ")?;
    let kid = rest.split([' ', ',']).next()?;
    kid.starts_with("ins_")
        .then(|| Screen::default().token(kid.trim_end_matches('.')))
        .flatten()
}

/// `… with code=503 …`
fn code(message: &str) -> Option<u16> {
    let (_, rest) = message.split_once("code=")?;
    rest.get(..3)?.parse().ok()
}

/// By the headers of the common caches; `Age` is in RFC 9111, `Cache-Status` in RFC 9211.
pub(super) fn is_cached(answer: &Answer) -> bool {
    let says = |name: &str, word: &str| {
        answer
            .all(name)
            .any(|value| value.to_ascii_lowercase().contains(word))
    };
    let hit = says("x-vercel-cache", "hit")
        || says("x-vercel-cache", "stale")
        || says("cf-cache-status", "hit")
        || says("x-cache", "hit")
        || says("cache-status", "; hit")
        || says("cache-status", ";hit");
    // An app or a proxy behind may write an `Age` of its own.
    let missed = ["x-vercel-cache", "cf-cache-status", "x-cache"]
        .iter()
        .any(|name| {
            ["miss", "bypass", "dynamic"]
                .iter()
                .any(|word| says(name, word))
        })
        || says("cache-status", "fwd=")
        || says("cache-control", "no-store")
        || says("cache-control", "private");
    hit || !missed && age(answer).is_some_and(|age| age > 0)
}

/// Whether it is HTML by its header and in truth a word, as `res.send('OK')` of Express sends it.
fn is_word(answer: &Answer) -> bool {
    const LONGEST: usize = 200;
    let text = answer.body.trim_ascii();
    let fits = (1..=LONGEST).contains(&text.len()) && answer.whole && !answer.is_compressed();
    fits && !text.contains(&b'<')
}

/// How many seconds ago a cache got the answer.
pub(super) fn age(answer: &Answer) -> Option<u64> {
    answer.header("age")?.trim().parse().ok()
}

/// Whether the value of a header switches something on.
pub fn means_yes(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    !matches!(value.as_str(), "" | "0" | "false" | "no" | "off")
}

/// What stands before the site and keeps programs out, so that nothing can be said about the site itself.
pub fn barrier(answer: &Answer) -> Option<&'static str> {
    match (answer.status, Barrier::of(answer)) {
        (_, Some(barrier)) => Some(barrier.words()),
        (429, None) => {
            Some("the site limits how often it may be asked (HTTP 429): try again later")
        }
        _ => None,
    }
}

/// That the front page and a path that nobody has are refused alike, with a page and without a word of
/// Clerk's: so refuses a firewall, or a password for the whole site.
pub fn refused_everywhere(front: &Exchange, unknown: &Exchange) -> Option<String> {
    let status = |exchange: &Exchange| {
        let answer = exchange.as_ref().ok()?;
        let refuses = matches!(answer.status, 401 | 403) && answer.is_html();
        (refuses && clerk(answer).is_none()).then_some(answer.status)
    };
    let status = status(front).filter(|known| status(unknown) == Some(*known))?;
    Some(format!(
        "something before the site refuses this machine whatever it asks for (HTTP {status})"
    ))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Answer {
            status,
            headers: headers.iter().map(own).collect(),
            whole: true,
            ..Answer::default()
        }
    }

    fn look(status: u16, headers: &[(&str, &str)]) -> Look {
        let url = Url::parse("https://acme.shop/").unwrap();
        Look::of(&answer(status, headers), &url)
    }

    #[test]
    fn reads_the_reason_behind_the_rewrite_of_next_15() {
        let seen = look(
            404,
            &[
                ("x-clerk-auth-status", "signed-out"),
                (
                    "x-clerk-auth-reason",
                    "protect-rewrite, session-token-and-uat-missing",
                ),
            ],
        );
        let clerk = seen.clerk.unwrap();
        assert!(clerk.refused);
        assert_eq!(clerk.reason, "session-token-and-uat-missing");
        assert_eq!(look(200, &[("server", "x")]).clerk, None);
    }

    #[test]
    fn a_bypass_is_active_only_if_its_header_means_yes() {
        for (value, active) in [("true", true), ("1", true), ("false", false), ("", false)] {
            assert_eq!(look(200, &[("x-auth-bypass", value)]).bypass, active);
        }
    }

    #[test]
    fn knows_the_signs_of_a_cache() {
        for (name, value) in [
            ("age", "12"),
            ("x-vercel-cache", "HIT"),
            ("cf-cache-status", "HIT"),
            ("cache-status", "\"Netlify Edge\"; hit"),
            ("cache-status", "Edge;hit;ttl=9"),
            ("x-cache", "Hit from cloudfront"),
        ] {
            assert!(look(200, &[(name, value)]).cached, "{name}");
        }
        for (name, value) in [
            ("age", "0"),
            ("age", "x"),
            ("x-vercel-cache", "MISS"),
            ("cf-cache-status", "DYNAMIC"),
        ] {
            assert!(!look(200, &[(name, value)]).cached, "{name}: {value}");
        }
    }

    #[test]
    fn an_age_is_no_sign_of_a_cache_beside_what_says_otherwise() {
        let age = ("age", "12");
        for other in [
            ("x-vercel-cache", "MISS"),
            ("cf-cache-status", "DYNAMIC"),
            ("cache-status", "\"Netlify Edge\"; fwd=miss"),
            ("cache-control", "no-store"),
            ("cache-control", "Private, max-age=0"),
        ] {
            assert!(!look(307, &[age, other]).cached, "{other:?}");
        }
        let kept = [age, ("cache-control", "no-store"), ("x-cache", "HIT")];
        assert!(look(307, &kept).cached);
    }

    #[test]
    fn knows_the_cookies_of_development_and_of_loops() {
        let seen = look(
            200,
            &[
                ("set-cookie", "__clerk_db_jwt_abcdefgh=x; Path=/"),
                ("set-cookie", "__clerk_redirect_count=3; Max-Age=2"),
            ],
        );
        assert!(seen.development_cookie);
        assert_eq!(seen.redirect_count, Some(3));
        assert!(!look(200, &[("set-cookie", "__clerk_db_jwtx=1")]).development_cookie);
    }

    #[test]
    fn what_keeps_programs_out_is_told_apart_from_the_site() {
        assert!(barrier(&answer(429, &[])).is_some());
        assert!(barrier(&answer(403, &[("cf-mitigated", "challenge")])).is_some());
        assert!(barrier(&answer(401, &[("set-cookie", "_vercel_sso_nonce=x")])).is_some());
        assert!(barrier(&answer(403, &[])).is_none());
    }

    #[test]
    fn a_firewall_refuses_every_path_alike() {
        let page = ("content-type", "text/html");
        let refused = |status, headers: &[(&str, &str)]| Ok(answer(status, headers));
        let wall = refused(403, &[page]);
        assert!(refused_everywhere(&wall, &wall).is_some());
        for other in [
            refused(401, &[page]),
            refused(404, &[page]),
            refused(403, &[("content-type", "application/json")]),
            refused(403, &[page, ("x-clerk-auth-status", "signed-out")]),
        ] {
            assert_eq!(refused_everywhere(&wall, &other), None);
            assert_eq!(refused_everywhere(&other, &wall), None);
        }
    }
}
