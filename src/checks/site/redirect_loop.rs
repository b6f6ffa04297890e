//! `site/redirect-loop`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::Front;
use crate::facts::live::site::front::Seen;
use crate::facts::live::site::front::chain::{End, LONGEST};
use crate::model::{Finding, Group, Meta, Severity};

/// So often the SDK sends a browser to Clerk before it gives up (clerk/javascript
/// `packages/backend/src/tokens/handshake.ts`).
const GIVES_UP: u8 = 3;

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/redirect-loop",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The redirects of the front page come to an end",
        fail: "Browsers are sent in a circle, or from one redirect to the next",
        why: "in a circle a browser gives up, and a redirect kept by a cache catches everybody",
        docs: include_str!("redirect_loop.md"),
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
    let mut findings: Vec<Finding> = cached(front).into_iter().chain(counted(front)).collect();
    let hops = front.chain.hops.len();
    match &front.chain.end {
        End::Loop { path } => findings.push(
            Finding::error(format!(
                "the redirects of the front page come back to {path}, for a browser that keeps cookies too"
            ))
            .at(front.place("/"), "")
            .fix("leave the target of the redirect out of the condition that redirects; the sign-in page must be public"),
        ),
        End::TooLong => findings.push(
            Finding::warning(format!("the front page redirects more than {LONGEST} times"))
                .at(front.place("/"), "")
                .because("each redirect is one more wait before a visitor sees anything")
                .fix("redirect to the last address at once"),
        ),
        End::Lost => {
            let lost = front.chain.hops.iter().chain([&front.page]);
            let fault = lost.filter_map(|seen| seen.answer.as_ref().err()).next();
            if let (true, Some(fault)) = (findings.is_empty(), fault) {
                let explained = fault.explain();
                return Verdict::Undecided {
                    why: explained.what,
                    hint: explained.fix,
                    marks: Vec::new(),
                };
            }
        }
        End::Page | End::Handshake | End::Away { .. } if hops > 2 => findings.push(
            Finding::warning(format!("the front page redirects {hops} times before it is there"))
                .at(front.place("/"), "")
                .because("each redirect is one more wait before a visitor sees anything")
                .fix("redirect to the last address at once"),
        ),
        End::Page | End::Handshake | End::Away { .. } => {}
    }
    Verdict::Judged(findings)
}

/// A handshake is for one browser, and Clerk forbids to keep it.
fn cached(front: &Front) -> Option<Finding> {
    let kept = |seen: &&Seen| {
        let look = seen.look();
        look.is_some_and(|look| look.handshake.is_some() && look.cached)
    };
    let seen = front.answers().find(kept)?;
    Some(
        Finding::error(
            "a cache before the site keeps a redirect to Clerk that was for one browser and gives it to others",
        )
        .at(front.place(&seen.path), "")
        .fix("exempt answers with Cache-Control: no-store from the cache, and empty it"),
    )
}

fn counted(front: &Front) -> Option<Finding> {
    let turns = |seen: &&Seen| {
        let look = seen.look();
        look.and_then(|look| look.redirect_count)
            .is_some_and(|count| count >= GIVES_UP)
    };
    let seen = front.answers().find(turns)?;
    Some(
        Finding::error("Clerk's SDK counts that it has sent this browser to Clerk again and again")
            .at(front.place(&seen.path), "")
            .fix("take both keys from one instance, and have no cache before the redirects"),
    )
}
