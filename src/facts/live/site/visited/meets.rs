//! What stands behind an answer.

use url::Url;

use crate::facts::api::Screen;
use crate::facts::http::{Answer, Barrier};

use super::look::Look;
use super::{Meeting, Shape, is_of_clerk, kept};

/// Parts of a path that lead to a sign-in page.
const SIGN_IN: &[&str] = &[
    "sign-in",
    "signin",
    "sign_in",
    "login",
    "log-in",
    "log_in",
    "auth",
    "sign-up",
    "signup",
    "register",
    "welcome",
    "unauthorized",
    "forbidden",
    "401",
    "403",
];

/// How a visitor is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// 401 or 403.
    Refused,
    /// A redirect to a page on which one signs in.
    SignIn,
    /// The 404 that `auth.protect()` makes.
    NotFound,
    /// An answer that begins like any other and then redirects or refuses: the layout was sent already.
    Later,
    /// The page to sign in, at the address of the route.
    SignInPage,
    /// An answer that says nothing but that one has to sign in.
    Words,
}

/// What a visitor met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    /// Stopped.
    Stopped(How),
    /// The page or the data.
    Reached,
    /// A page without content, or the page that the site gives for any path: a script decides.
    Shell,
    /// A redirect that leads to no sign-in page: where to.
    Elsewhere(String),
    /// What the site answers for any path, with no script that could make more of it.
    Anything,
    /// An answer without a body.
    Empty,
    /// Nothing.
    NotThere,
    /// 405: past all that stops, if the method is not one that the route has.
    NotAllowed,
    /// 5xx.
    Broken,
    /// Clerk's middleware wants to know more first, as it does in development.
    Handshake,
    /// Something before the app did not let the request through: bot protection, a password of the host.
    Barred,
    /// Too many requests.
    TooMany,
    /// Anything else.
    Odd,
}

impl Met {
    /// Whether it says anything about the route.
    pub fn says_something(&self) -> bool {
        self.says_who() || *self == Met::NotThere
    }

    /// Whether it says anything about who may get there.
    pub fn says_who(&self) -> bool {
        match self {
            Met::Stopped(_)
            | Met::Reached
            | Met::Shell
            | Met::Elsewhere(_)
            | Met::Anything
            | Met::NotAllowed => true,
            Met::Empty
            | Met::NotThere
            | Met::Broken
            | Met::Handshake
            | Met::Barred
            | Met::TooMany
            | Met::Odd => false,
        }
    }
}

/// What the site answers for a path that nobody has, by the way in which it was asked for.
#[derive(Debug, Clone, Default)]
pub struct Unheard {
    /// As a browser asks.
    pub document: Option<Look>,
    /// As a program asks.
    pub data: Option<Look>,
    /// How it refuses even that path, with which status: what refuses is before the app.
    pub refused: Vec<(u16, Look)>,
}

impl Unheard {
    /// Of the answers for the path, to a browser and to a program.
    pub fn of(document: &Answer, data: Option<&Answer>, path: &str) -> Self {
        let look = |answer: &Answer| {
            let is_answered = (200..300).contains(&answer.status);
            is_answered.then(|| Look::of(answer, path))
        };
        let all = [Some(document), data].into_iter().flatten();
        let refused =
            all.filter(|answer| matches!(answer.status, 401 | 403) && !is_of_clerk(answer));
        Self {
            document: look(document),
            data: data.and_then(look),
            refused: refused
                .map(|answer| (answer.status, Look::of(answer, path)))
                .collect(),
        }
    }

    /// Whether an answer is the refusal that any path gets: of a firewall, or of a password for the whole
    /// site. A program that asks for a session everywhere says 401 and sends no page.
    fn refuses(&self, answer: &Answer, asked: &Url, shape: Shape) -> bool {
        if is_of_clerk(answer) {
            return false;
        }
        let look = Look::of(answer, asked.path());
        let mut alike = self.refused.iter().filter(|(status, unheard)| {
            let same = shape == Shape::Head || unheard.is_alike(&look);
            *status == answer.status && same && (*status == 403 || unheard.is_page())
        });
        alike.next().is_some()
    }

    /// Whether an answer is the one that any path gets.
    fn is(&self, look: &Look) -> bool {
        let known = [&self.document, &self.data];
        let mut known = known.into_iter().flatten();
        known.any(|unheard| unheard.is_alike(look))
    }
}

/// What an answer to a request for `asked` means.
pub fn meets(answer: &Answer, asked: &Url, shape: Shape, unheard: &Unheard) -> Meeting {
    let mut url = asked.clone();
    url.set_query(None);
    Meeting {
        shape,
        url: url.into(),
        status: answer.status,
        met: met(answer, asked, shape, unheard),
        whole: answer.whole,
        kept: kept(answer),
    }
}

fn met(answer: &Answer, asked: &Url, shape: Shape, unheard: &Unheard) -> Met {
    if is_handshake(answer) {
        return Met::Handshake;
    }
    if Barrier::of(answer).is_some() {
        return Met::Barred;
    }
    match answer.status {
        401 | 403 if unheard.refuses(answer, asked, shape) => Met::Barred,
        401 | 403 => Met::Stopped(How::Refused),
        404 if is_clerks_404(answer) => Met::Stopped(How::NotFound),
        404 | 410 => Met::NotThere,
        405 | 501 => Met::NotAllowed,
        429 => Met::TooMany,
        500..=599 => Met::Broken,
        200..=299 => content(answer, asked, shape, unheard),
        _ if answer.is_redirect() => leads(answer, asked),
        _ => Met::Odd,
    }
}

/// <https://github.com/clerk/javascript>, `packages/backend/src/tokens/handshake.ts`
fn is_handshake(answer: &Answer) -> bool {
    let location = answer.header("location").unwrap_or_default();
    answer.header("x-clerk-auth-status") == Some("handshake")
        || location.contains("/v1/client/handshake?")
}

/// `auth.protect()` rewrites to a path that does not exist, `/clerk_<time>`, and says so.
fn is_clerks_404(answer: &Answer) -> bool {
    let starts = |name: &str, what: &str| answer.all(name).any(|value| value.contains(what));
    starts("x-clerk-auth-reason", "protect-rewrite") || starts("x-middleware-rewrite", "/clerk_")
}

fn leads(answer: &Answer, asked: &Url) -> Met {
    let location = answer.header("location").unwrap_or_default();
    let Ok(to) = asked.join(location) else {
        return Met::Odd;
    };
    if answer.header("x-clerk-redirect-to").is_some() || is_sign_in(&to) {
        return Met::Stopped(How::SignIn);
    }
    let screen = Screen::default();
    let host = to.host_str().unwrap_or_default();
    if to.origin() == asked.origin() {
        return Met::Elsewhere(screen.sentence(to.path()));
    }
    let origin = format!("{}://{host}", to.scheme());
    Met::Elsewhere(screen.sentence(&format!("{origin}{}", to.path())))
}

fn is_sign_in(to: &Url) -> bool {
    let host = to.host_str().unwrap_or_default();
    let mut parts = to.path().split('/');
    let mut query = to.query_pairs();
    host.starts_with("accounts.")
        || host.ends_with(".accounts.dev")
        || parts.any(|part| SIGN_IN.contains(&part.to_ascii_lowercase().as_str()))
        || query.any(|(name, _)| matches!(&*name, "redirect_url" | "returnBackUrl" | "callbackUrl"))
}

/// Where a redirect leads that changes no more than the spelling of a path (a slash, a language before
/// it): a path on the same site, to be asked for in its place.
pub fn respelled(answer: &Answer, asked: &Url) -> Option<String> {
    let to = asked.join(answer.header("location")?).ok()?;
    let trimmed = |url: &Url| url.path().trim_end_matches('/').to_ascii_lowercase();
    let (from, into) = (trimmed(asked), trimmed(&to));
    let same = into == from || (into.ends_with(&from) && into.len() <= from.len() + 8);
    let moved = to.path() != asked.path();
    (answer.is_redirect() && to.origin() == asked.origin() && same && moved && !from.is_empty())
        .then(|| to.path().to_owned())
}

fn content(answer: &Answer, asked: &Url, shape: Shape, unheard: &Unheard) -> Met {
    if shape == Shape::Head {
        return Met::Reached;
    }
    let text = answer.text();
    if refuses_later(&text, asked) {
        return Met::Stopped(How::Later);
    }
    if text.contains("\"digest\":\"NEXT_HTTP_ERROR_FALLBACK;404")
        || text.contains("\"digest\":\"NEXT_NOT_FOUND")
    {
        return Met::NotThere;
    }
    let look = Look::of(answer, asked.path());
    if look.is_sign_in() {
        return Met::Stopped(How::SignInPage);
    }
    // A compressed body was not asked for and is not looked into.
    if look.is_empty() && !answer.is_compressed() {
        return Met::Empty;
    }
    if unheard.is(&look) && !look.has_scripts() {
        return Met::Anything;
    }
    if unheard.is(&look) || look.is_shell() {
        return Met::Shell;
    }
    if look.is_refusal() {
        return Met::Stopped(How::Words);
    }
    if answer.is_compressed() {
        Met::Odd
    } else {
        Met::Reached
    }
}

/// Next.js sends the beginning of a page before it knows that the rest redirects or refuses, and says so
/// where the rest would have been (vercel/next.js `packages/next/src/server/app-render`).
fn refuses_later(text: &str, asked: &Url) -> bool {
    const SAYS_SO: &[&str] = &[
        "NEXT_REDIRECT;",
        "__next-page-redirect",
        "NEXT_HTTP_ERROR_FALLBACK;401",
        "NEXT_HTTP_ERROR_FALLBACK;403",
    ];
    let leads = |after: &str| {
        let (tag, _) = after.split_once('>')?;
        let at = tag.to_ascii_lowercase().find("url=")?;
        let to = tag.get(at + 4..)?.trim_start_matches('\'');
        let to = to.split(['"', '\'']).next()?;
        asked.join(to).ok().filter(is_sign_in)
    };
    let refreshes = || {
        let mut parts =
            scripted(text).flat_map(|part| part.split("http-equiv=\"refresh\"").skip(1));
        parts.any(|after| leads(after).is_some())
    };
    SAYS_SO.iter().any(|mark| text.contains(mark)) || refreshes()
}

/// What a browser with scripts reads.
fn scripted(text: &str) -> impl Iterator<Item = &str> {
    text.split("<noscript")
        .enumerate()
        .map(|(at, part)| match at {
            0 => part,
            _ => part.split_once("</noscript").map_or("", |(_, after)| after),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Answer {
            status,
            headers: headers.iter().map(own).collect(),
            body: body.as_bytes().to_vec(),
            whole: true,
            ..Answer::default()
        }
    }

    fn meet(status: u16, headers: &[(&str, &str)], body: &str) -> Met {
        let url = Url::parse("https://acme.shop/dashboard").unwrap();
        let shell = answer(
            200,
            HTML,
            "<title>Acme</title><p>One page for all paths</p><script></script>",
        );
        let unheard = Unheard {
            document: Some(Look::of(&shell, "/clerk-audit-1")),
            ..Unheard::default()
        };
        let answer = answer(status, headers, body);
        meets(&answer, &url, Shape::Document, &unheard).met
    }

    const HTML: &[(&str, &str)] = &[("content-type", "text/html; charset=utf-8")];
    const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

    #[test]
    fn a_refusal_is_a_refusal_in_each_of_its_forms() {
        assert_eq!(meet(401, &[], ""), Met::Stopped(How::Refused));
        assert_eq!(meet(403, &[], ""), Met::Stopped(How::Refused));
        let reason = (
            "x-clerk-auth-reason",
            "protect-rewrite, session-token-and-uat-missing",
        );
        assert_eq!(meet(404, &[reason], ""), Met::Stopped(How::NotFound));
        let rewrite = ("x-middleware-rewrite", "/clerk_1795305600000");
        assert_eq!(meet(404, &[rewrite], ""), Met::Stopped(How::NotFound));
        for to in [
            "/sign-in?redirect_url=x",
            "https://accounts.acme.shop/sign-in",
            "/en/login",
            "/?redirect_url=https%3A%2F%2Facme.shop",
        ] {
            assert_eq!(
                meet(307, &[("location", to)], ""),
                Met::Stopped(How::SignIn),
                "{to}"
            );
        }
        let page = "<title>Sign in</title><p>Welcome back to the shop of Acme</p>";
        assert_eq!(meet(200, HTML, page), Met::Stopped(How::SignInPage));
        assert_eq!(
            meet(200, JSON, r#"{"error":"Unauthorized"}"#),
            Met::Stopped(How::Words)
        );
    }

    #[test]
    fn a_page_that_redirects_when_its_head_was_sent_already_is_no_page() {
        let flight = r#"<p>Loading your things</p><script>self.__next_f.push([1,"E{\"digest\":\"NEXT_REDIRECT;replace;/sign-in;307;\"}"])</script>"#;
        assert_eq!(meet(200, HTML, flight), Met::Stopped(How::Later));
        let refresh = r#"<p>a b c d e f</p><meta http-equiv="refresh" content="1;url=/sign-in">"#;
        assert_eq!(meet(200, HTML, refresh), Met::Stopped(How::Later));
        let again = r#"<p>a b c d e f</p><meta http-equiv="refresh" content="60">"#;
        assert_eq!(meet(200, HTML, again), Met::Reached);
        let without = r#"<noscript><meta http-equiv="refresh" content="0;url=/login"></noscript><p>a b c</p>"#;
        assert_eq!(meet(200, HTML, without), Met::Reached);
        let elsewhere = r#"<meta http-equiv="refresh" content="0;url=/nojs"><p>a b c</p>"#;
        assert_eq!(meet(200, HTML, elsewhere), Met::Reached);
    }

    #[test]
    fn content_is_reached_and_a_shell_is_not() {
        assert_eq!(
            meet(200, HTML, "<h1>Your orders</h1><p>Ada, two chairs</p>"),
            Met::Reached
        );
        assert_eq!(meet(200, JSON, r#"{"orders":[{"id":"a"}]}"#), Met::Reached);
        assert_eq!(
            meet(200, HTML, "<title>Acme</title><div></div><script></script>"),
            Met::Shell
        );
        let all = "<title>Acme</title><p>One page for all paths</p><script></script>";
        assert_eq!(meet(200, HTML, all), Met::Shell);
    }

    #[test]
    fn what_refuses_any_path_is_before_the_app() {
        let url = Url::parse("https://acme.shop/dashboard").unwrap();
        let clerk = ("x-clerk-auth-status", "signed-out");
        let met = |status: u16, headers: &[(&str, &str)], body: &str| {
            let all = answer(status, headers, body);
            let unheard = Unheard::of(&all, None, "/clerk-audit-1");
            meets(&all, &url, Shape::Document, &unheard).met
        };
        assert_eq!(met(403, HTML, "<h1>Request blocked</h1>"), Met::Barred);
        assert_eq!(met(401, HTML, "<h1>Password</h1>"), Met::Barred);
        let refused = Met::Stopped(How::Refused);
        assert_eq!(met(401, JSON, r#"{"error":"x"}"#), refused);
        assert_eq!(met(403, &[clerk], ""), refused);
        let blocked = answer(403, HTML, "<h1>Request blocked</h1>");
        let unheard = Unheard::of(&blocked, None, "/clerk-audit-1");
        let own = answer(403, HTML, "<h1>Members of the team only</h1>");
        assert_eq!(meets(&own, &url, Shape::Document, &unheard).met, refused);
    }

    #[test]
    fn the_rest_says_what_it_is_and_no_more() {
        assert_eq!(meet(200, HTML, ""), Met::Empty);
        assert_eq!(
            meet(404, &[("x-clerk-auth-status", "signed-out")], ""),
            Met::NotThere
        );
        assert_eq!(meet(405, &[], ""), Met::NotAllowed);
        assert_eq!(meet(503, &[], ""), Met::Broken);
        assert_eq!(meet(429, &[], ""), Met::TooMany);
        assert_eq!(meet(400, &[], ""), Met::Odd);
        assert_eq!(meet(307, &[], ""), Met::Odd);
        let handshake = "https://clerk.acme.shop/v1/client/handshake?redirect_url=x";
        assert_eq!(meet(307, &[("location", handshake)], ""), Met::Handshake);
        assert_eq!(meet(403, &[("cf-mitigated", "challenge")], ""), Met::Barred);
        assert_eq!(
            meet(307, &[("location", "/pricing")], ""),
            Met::Elsewhere("/pricing".to_owned())
        );
        let basic = ("www-authenticate", "Basic realm=x");
        assert_eq!(meet(401, &[basic], ""), Met::Barred);
        let access = "https://acme.cloudflareaccess.com/cdn-cgi/access/login/acme.shop";
        assert_eq!(meet(302, &[("location", access)], ""), Met::Barred);
        let away = meet(302, &[("location", "//other.example/x\u{1b}[0m")], "");
        assert!(
            matches!(&away, Met::Elsewhere(to) if to.starts_with("https://other.example/") && !to.contains('\u{1b}'))
        );
    }

    #[test]
    fn a_redirect_to_another_spelling_is_worth_a_second_question() {
        let url = Url::parse("https://acme.shop/dashboard").unwrap();
        let to = |location: &str| respelled(&answer(308, &[("location", location)], ""), &url);
        assert_eq!(to("/dashboard/").as_deref(), Some("/dashboard/"));
        assert_eq!(to("/en/dashboard?x=1").as_deref(), Some("/en/dashboard"));
        assert_eq!(to("https://www.acme.shop/dashboard"), None);
        assert_eq!(to("/dashboard"), None);
        assert_eq!(to("/sign-in"), None);
    }
}
