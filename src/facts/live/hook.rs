//! The webhook endpoint, asked with events that nobody sent.
//!
//! Clerk delivers through Svix: HMAC-SHA256 over `id.timestamp.body`, five minutes of tolerance, and only a
//! 2xx within 15 seconds counts as delivered (docs.svix.com, "Verifying payloads manually" and "Retries";
//! clerk/javascript `packages/backend/src/webhooks.ts`).

use crate::facts::http::{Answer, Barrier, Exchange, Fault};

/// The body of every post. No handler knows the type, so one that does not verify acts on nothing.
pub const EVENT: &str = "clerk_audit.ping";

/// What is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Probe {
    /// Without any of Svix's headers.
    Unsigned,
    /// With the headers, and a signature that is none.
    Forged,
    /// Signed as Svix does, with another key.
    OtherKey,
    /// Signed with the right key, ten minutes ago.
    Stale,
    /// Signed with the right key, for ten minutes from now.
    Future,
    /// Signed with the right key, the body changed afterwards.
    Altered,
    /// Signed with the right key, the same body spaced otherwise afterwards.
    Respaced,
    /// Signed with the right key.
    Good,
    /// The same delivery once more.
    Repeated,
    /// A wrong signature before the right one: Svix sends several while a secret is being rotated.
    TwoSignatures,
}

impl Probe {
    /// What needs nothing secret.
    pub const UNSIGNED: [Probe; 3] = [Probe::Unsigned, Probe::Forged, Probe::OtherKey];

    /// What needs the signing secret. The repeated one comes right after the one that it repeats.
    pub const SIGNED: [Probe; 7] = [
        Probe::Stale,
        Probe::Future,
        Probe::Altered,
        Probe::Respaced,
        Probe::Good,
        Probe::Repeated,
        Probe::TwoSignatures,
    ];

    /// What it is, in words: "a delivery …".
    pub const fn words(self) -> &'static str {
        match self {
            Probe::Unsigned => "an event without a signature",
            Probe::Forged => "an event with a made-up signature",
            Probe::OtherKey => "an event signed with another key",
            Probe::Stale => "an event signed ten minutes ago",
            Probe::Future => "an event signed for ten minutes from now",
            Probe::Altered => "an event that was changed after it was signed",
            Probe::Respaced => "an event that was spaced otherwise after it was signed",
            Probe::Good => "an event signed with the right secret",
            Probe::Repeated => "the same event once more",
            Probe::TwoSignatures => "an event with a wrong signature before the right one",
        }
    }
}

/// What the endpoint did with a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// 2xx: taken as delivered.
    Taken,
    /// 2xx with a page: no handler is there, and what is counts as delivered.
    Page(u16),
    /// 400, 401, 403 or 422 by the app.
    Refused(u16),
    /// A redirect, which Svix does not follow; the path or host it points to, if that can be told.
    Redirected(u16, Redirect),
    /// Clerk's middleware answered in place of the handler.
    BehindAuth(u16),
    /// 404: there is no such endpoint.
    NotThere,
    /// 405: it takes no POST.
    NoPost,
    /// A barrier, 401 or 403 with a page or a login, or 429: what stands before the app answered.
    Firewall(u16),
    /// 5xx.
    Broken(u16),
    /// Another status.
    Other(u16),
    /// None came.
    None(Fault),
}

/// Where a redirect of the endpoint points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirect {
    /// A sign-in page, or a handshake: the endpoint is behind authentication.
    SignIn,
    /// The same endpoint written otherwise: https, www, a slash.
    Spelling,
    /// Elsewhere.
    Elsewhere,
}

/// One post and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// What was posted.
    pub probe: Probe,
    /// What became of it.
    pub reply: Reply,
    /// Milliseconds until then.
    pub took_ms: u64,
}

/// How the endpoint answers.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Its address, without a query.
    pub url: String,
    /// What was posted, in order.
    pub posted: Vec<Posted>,
    /// Why nothing was signed with the app's own secret, if nothing was.
    pub unsigned_because: Option<String>,
    /// By how many seconds its clock is ahead of that of this machine, which signs; `None` if it told none.
    pub ahead: Option<i64>,
}

/// Svix allows so many seconds between who signs and who verifies (docs.svix.com, "Verifying payloads
/// manually").
const TOLERANCE: u64 = 5 * 60;

impl Hook {
    /// What became of a probe.
    pub fn reply(&self, probe: Probe) -> Option<&Reply> {
        let posted = self.posted.iter().find(|posted| posted.probe == probe);
        posted.map(|posted| &posted.reply)
    }

    /// What became of the posts that need nothing secret.
    pub fn strangers(&self) -> impl Iterator<Item = &Posted> {
        self.posted
            .iter()
            .filter(|posted| Probe::UNSIGNED.contains(&posted.probe))
    }

    /// The status of the refusal, where every stranger is refused with the same one.
    pub fn refuses_all_with(&self) -> Option<u16> {
        let mut strangers = self.strangers();
        let Reply::Refused(status) = strangers.next()?.reply else {
            return None;
        };
        strangers
            .all(|posted| posted.reply == Reply::Refused(status))
            .then_some(status)
    }

    /// By how many minutes the clocks are apart, where nothing that is signed here can be good there.
    pub fn minutes_apart(&self) -> Option<u64> {
        let apart = self.ahead?.unsigned_abs();
        (apart >= TOLERANCE).then_some(apart.saturating_add(30) / 60)
    }

    /// Whether every post ended in a server error.
    pub fn breaks_on_all(&self) -> bool {
        let mut posted = self.posted.iter();
        posted.all(|posted| matches!(posted.reply, Reply::Broken(_)))
    }

    /// Whether the handler itself answered a stranger's post, so that it is the one that is judged.
    pub fn is_reached(&self) -> bool {
        self.strangers().any(|posted| {
            matches!(
                posted.reply,
                Reply::Taken | Reply::Refused(_) | Reply::Broken(_)
            )
        })
    }
}

/// What an answer to a post means. `url` is what was posted to.
pub fn reply(url: &url::Url, exchange: &Exchange) -> Reply {
    let answer = match exchange {
        Ok(answer) => answer,
        Err(fault) => return Reply::None(fault.clone()),
    };
    if Barrier::of(answer).is_some() {
        return Reply::Firewall(answer.status);
    }
    // Every answer that is not signed in carries the reason; `protect-rewrite` is the 404 of
    // `auth.protect()` in Next 15 (measured with @clerk/nextjs 7.9).
    let protected = answer
        .header("x-clerk-auth-reason")
        .is_some_and(|reason| reason.contains("protect-rewrite"));
    match answer.status {
        status @ 200..=299 if is_page(answer) => Reply::Page(status),
        200..=299 => Reply::Taken,
        300..=399 => Reply::Redirected(answer.status, redirect(url, answer)),
        404 if protected => Reply::BehindAuth(404),
        404 | 410 => Reply::NotThere,
        405 => Reply::NoPost,
        401 if asks_to_log_in(answer) => Reply::Firewall(401),
        403 if answer.is_html() => Reply::Firewall(403),
        429 => Reply::Firewall(429),
        status @ (400 | 401 | 403 | 422) => Reply::Refused(status),
        status @ 500..=599 => Reply::Broken(status),
        status => Reply::Other(status),
    }
}

/// Whether it is a page of the site, such as a single-page app gives for every path, and not the word of a
/// handler, which Express calls HTML too.
pub fn is_page(answer: &Answer) -> bool {
    let start: String = answer.text().trim_start().chars().take(16).collect();
    let start = start.to_ascii_lowercase();
    answer.is_html() && (start.starts_with("<!doctype") || start.starts_with("<html"))
}

/// A password or a login of the host stands before the app.
fn asks_to_log_in(answer: &Answer) -> bool {
    answer.is_html() || answer.header("www-authenticate").is_some()
}

fn redirect(url: &url::Url, answer: &Answer) -> Redirect {
    let to = answer
        .header("location")
        .and_then(|location| url.join(location).ok());
    let Some(to) = to else {
        return Redirect::Elsewhere;
    };
    let path = to.path().to_ascii_lowercase();
    let clerks = answer.header("x-clerk-redirect-to").is_some();
    if clerks || path.contains("sign-in") || path.contains("login") || path.contains("/handshake") {
        return Redirect::SignIn;
    }
    let bare = |host: Option<&str>| {
        host.unwrap_or_default()
            .trim_start_matches("www.")
            .to_owned()
    };
    let same = bare(to.host_str()) == bare(url.host_str())
        && to.path().trim_end_matches('/') == url.path().trim_end_matches('/');
    if same {
        Redirect::Spelling
    } else {
        Redirect::Elsewhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, headers: &[(&str, &str)]) -> Reply {
        let url = url::Url::parse("https://acme.shop/api/webhooks/clerk").unwrap();
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        reply(
            &url,
            &Ok(Answer {
                status,
                headers: headers.collect(),
                ..Answer::default()
            }),
        )
    }

    #[test]
    fn tells_the_handler_from_what_stands_before_it() {
        assert_eq!(said(204, &[]), Reply::Taken);
        assert_eq!(said(400, &[]), Reply::Refused(400));
        assert_eq!(
            said(403, &[("content-type", "text/html")]),
            Reply::Firewall(403)
        );
        assert_eq!(
            said(404, &[("x-clerk-auth-reason", "protect-rewrite, x")]),
            Reply::BehindAuth(404)
        );
        assert_eq!(said(404, &[]), Reply::NotThere);
    }

    #[test]
    fn a_page_is_no_handler_and_a_word_is_one() {
        let html = |body: &str| Answer {
            status: 200,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: body.as_bytes().to_vec(),
            ..Answer::default()
        };
        let url = url::Url::parse("https://acme.shop/api/webhooks/clerk").unwrap();
        let said = |body: &str| reply(&url, &Ok(html(body)));
        assert_eq!(
            said("\n<!DOCTYPE html><title>Acme</title>"),
            Reply::Page(200)
        );
        assert_eq!(said("OK"), Reply::Taken);
        assert_eq!(said(""), Reply::Taken);
    }

    #[test]
    fn a_challenge_is_neither_success_nor_refusal() {
        for (status, header) in [
            (202, ("x-amzn-waf-action", "challenge")),
            (403, ("x-vercel-mitigated", "deny")),
            (302, ("location", "https://acme.cloudflareaccess.com/login")),
        ] {
            assert_eq!(said(status, &[header]), Reply::Firewall(status));
        }
    }

    #[test]
    fn tells_where_a_redirect_points() {
        let to = |location: &str| said(308, &[("location", location)]);
        assert_eq!(
            to("https://www.acme.shop/api/webhooks/clerk/"),
            Reply::Redirected(308, Redirect::Spelling)
        );
        assert_eq!(
            to("/sign-in?redirect_url=x"),
            Reply::Redirected(308, Redirect::SignIn)
        );
        assert_eq!(to("/"), Reply::Redirected(308, Redirect::Elsewhere));
        assert_eq!(said(301, &[]), Reply::Redirected(301, Redirect::Elsewhere));
    }
}
