//! `site/not-https`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::http::Fault;
use crate::facts::live::site::Front;
use crate::facts::live::site::front::{Look, Seen};
use crate::model::{Finding, Group, Known, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/not-https",
        group: Group::Site,
        severity: Severity::Error,
        pass: "Without TLS the site serves nothing but the way to HTTPS",
        fail: "The site can be used without TLS",
        why: "a session cookie that travels in the clear is anybody's on the way",
        docs: include_str!("not_https.md"),
    },
    needs: &[Need::Front],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let front = match Verdict::told(&facts.live.front) {
        Ok(front) => front,
        Err(verdict) => return verdict,
    };
    match &front.plain {
        Known::Yes(seen) => judge(front, seen),
        // Given without TLS, the front page itself is what answers.
        Known::NotAsked(_) if !front.site.is_tls() && !front.site.is_loopback() => {
            judge(front, &front.page)
        }
        Known::NotAsked(why) => Verdict::not_applicable(why.clone()),
        Known::Failed(why) => Verdict::Skipped(why.clone()),
    }
}

fn judge(front: &Front, seen: &Seen) -> Verdict {
    let look = match &seen.answer {
        Ok(look) => look,
        // Nobody listens there, and nothing can be served.
        Err(Fault::Refused { .. } | Fault::Unreachable { .. }) => return Verdict::of(None),
        Err(Fault::TimedOut { .. }) => {
            let why = "nothing answered without TLS (port 80) in the time that was given";
            return Verdict::Skipped(why.to_owned());
        }
        Err(fault) => {
            let explained = fault.explain();
            return Verdict::Undecided {
                why: explained.what,
                hint: explained.fix,
                marks: Vec::new(),
            };
        }
    };
    let place = Place::Url {
        url: format!("http://{}/", front.site.host()),
    };
    if look.is_error() {
        let why = format!("without TLS the site answers HTTP {}", look.status);
        return Verdict::Skipped(why);
    }
    Verdict::of(found(look).map(|finding| {
        finding
            .at(place, format!("answers HTTP {}", look.status))
            .fix("redirect every request without TLS to https:// with status 308, at the host or the proxy before it")
    }))
}

fn found(look: &Look) -> Option<Finding> {
    let secure = look.location.as_ref().map(|to| to.scheme() == "https");
    match (look.status, secure) {
        (200..=299, _) => Some(Finding::error(
            "the site serves its front page without TLS instead of redirecting to https://",
        )),
        (_, Some(false)) => Some(Finding::warning(
            "without TLS the site redirects to another address without TLS",
        )),
        (301 | 308, Some(true)) => None,
        (_, Some(true)) => Some(Finding::warning(
            "the redirect to https:// is a temporary one, so that browsers ask without TLS again and again",
        )),
        // Refused, or nothing there.
        _ => None,
    }
}
