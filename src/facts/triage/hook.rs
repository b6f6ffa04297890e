//! E10: the webhook endpoint, by an event that is not signed and that no handler acts on. Svix counts
//! only 2xx within 15 s as delivered (docs.svix.com/retries).

use super::{Missing, Probe, not_asked, why_not};
use crate::facts::http::{Barrier, Fault};
use crate::facts::live::hook::is_page;
use crate::model::Known;
use crate::model::triage::{Evidence, Mark};

/// How an endpoint stands to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hook {
    /// It refuses what is not signed, as it should.
    Refuses(u16),
    /// It takes it.
    Takes(u16),
    /// No event arrives there, and why; whether that is sure.
    Deaf(String, bool),
    /// Neither.
    Odd(String),
}

pub(super) fn read(probe: &Probe) -> Hook {
    let Some(answer) = probe.answer() else {
        return match probe.missing() {
            Some(Missing::Ours) | None => Hook::Odd(probe.why()),
            // Svix waits for 15 s, and is answered perhaps.
            Some(Missing::Away) if matches!(probe.exchange, Err(Fault::TimedOut { .. })) => {
                Hook::Odd(format!("{}; Svix waits longer", probe.why()))
            }
            Some(Missing::Away) => Hook::Deaf(probe.why(), false),
            Some(_) => Hook::Deaf(probe.why(), true),
        };
    };
    if Barrier::of(answer).is_some() {
        return Hook::Odd(format!(
            "is behind a firewall or a login of the host, which answers in its place (HTTP {}); it may let Svix through",
            answer.status
        ));
    }
    // `auth.protect()` rewrites to a path that does not exist, and says so; other headers say only that the
    // middleware ran.
    let clerk = answer
        .all("x-clerk-auth-reason")
        .any(|reason| reason.contains("protect-rewrite"));
    match answer.status {
        status @ 200..=299 if is_page(answer) => Hook::Deaf(
            format!("is no handler: a page of the site answers (HTTP {status}), and events are lost"),
            true,
        ),
        status @ 200..=299 => Hook::Takes(status),
        404 if clerk => Hook::Deaf(
            "is behind the sign-in (HTTP 404 of Clerk's middleware)".to_owned(),
            true,
        ),
        404 => Hook::Deaf("is not there (HTTP 404)".to_owned(), true),
        405 => Hook::Deaf("takes no POST (HTTP 405)".to_owned(), true),
        status @ 300..=399 => Hook::Deaf(
            format!(
                "redirects (HTTP {status}): behind the sign-in, or another address; Svix follows no redirect"
            ),
            true,
        ),
        // Many a handler throws at what is not signed, and takes what is.
        500 => Hook::Odd(
            "answers HTTP 500 to an event that is not signed: it refuses it by failing, or fails always"
                .to_owned(),
        ),
        status @ 501..=599 => Hook::Deaf(format!("fails (HTTP {status})"), false),
        429 => Hook::Odd("limits this address (HTTP 429)".to_owned()),
        403 if answer.is_html() => Hook::Odd(
            "refuses this address with a page (HTTP 403): a firewall may let Svix through"
                .to_owned(),
        ),
        status @ (400 | 401 | 403) => Hook::Refuses(status),
        status => Hook::Odd(format!("HTTP {status}")),
    }
}

pub(super) fn evidence(known: &Known<(String, Probe)>, hook: Option<&Hook>) -> Evidence {
    let (Known::Yes((path, probe)), Some(hook)) = (known, hook) else {
        return not_asked("E10", "webhook endpoint", why_not(known));
    };
    let (mark, says) = match hook {
        Hook::Refuses(status) => (
            Mark::Good,
            format!("refuses an event that is not signed (HTTP {status}), as it should"),
        ),
        Hook::Takes(status) => (
            Mark::Odd,
            format!("takes an event that is not signed (HTTP {status}): anybody can post there"),
        ),
        Hook::Deaf(words, _) => (Mark::Bad, words.clone()),
        Hook::Odd(words) => (Mark::Odd, words.clone()),
    };
    probe.says("E10", format!("webhook endpoint {path}"), mark, says)
}
