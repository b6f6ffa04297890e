//! `site/bypass-active`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::front::Seen;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/bypass-active",
        group: Group::Site,
        severity: Severity::Error,
        pass: "No answer of the site says that its authentication is bypassed",
        fail: "The site says that its authentication is bypassed",
        why: "an emergency bypass that was left on opens every protected route to everybody",
        docs: include_str!("bypass_active.md"),
    },
    needs: &[Need::Front],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let front = Verdict::told(&facts.live.front);
    let bypassed = |seen: &&Seen| seen.look().is_some_and(|look| look.bypass);
    let in_front = front.as_ref().ok().and_then(|front| {
        let seen = front.answers().find(bypassed)?;
        Some(front.place(&seen.path))
    });
    // A bypass may show itself on protected routes alone.
    let at_a_route = || {
        let url = facts.live.visited.as_ref()?.bypass.clone()?;
        Some(Place::Url { url })
    };
    match (in_front.or_else(at_a_route), front) {
        (Some(place), _) => Verdict::of(Some(active(place))),
        (None, Ok(_)) => Verdict::of(None),
        (None, Err(verdict)) => verdict,
    }
}

fn active(place: Place) -> Finding {
    Finding::error(
        "critical: the site answers with X-Auth-Bypass, so its emergency bypass is on and its protected routes are open to everybody",
    )
    .at(place, "answers with X-Auth-Bypass")
    .fix("unset CLERK_EMERGENCY_BYPASS, deploy again now, and look through the log of the time since")
}
