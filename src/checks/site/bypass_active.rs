//! `site/bypass-active`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::front::Seen;
use crate::model::{Finding, Group, Meta, Severity};

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
    let front = match Verdict::told(&facts.live.front) {
        Ok(front) => front,
        Err(verdict) => return verdict,
    };
    let bypassed = |seen: &&Seen| seen.look().is_some_and(|look| look.bypass);
    Verdict::of(front.answers().find(bypassed).map(|seen| {
        Finding::error(
            "critical: the site answers with X-Auth-Bypass, so its emergency bypass is on and its protected routes are open to everybody",
        )
        .at(front.place(&seen.path), "answers with X-Auth-Bypass")
        .fix("unset CLERK_EMERGENCY_BYPASS, deploy again now, and look through the log of the time since")
    }))
}
