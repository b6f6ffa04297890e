//! `webhooks/endpoint-verifies-loosely`

use super::endpoint;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::hook::{Probe, Reply};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/endpoint-verifies-loosely",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "The webhook endpoint refuses events that are old, early or changed",
        fail: "The webhook endpoint takes signed events that it must refuse",
        why: "who has seen one delivery, in a log or a proxy, can send it again or change it",
        docs: include_str!("endpoint_verifies_loosely.md"),
    },
    needs: &[Need::Hook],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let hook = match endpoint::signed(facts) {
        Ok(hook) => hook,
        Err(verdict) => return verdict,
    };
    // With another secret everything is refused for its signature alone.
    if hook.reply(Probe::Good) != Some(&Reply::Taken) {
        return Verdict::Skipped(
            "a good event is not taken either; webhooks/endpoint-refuses-genuine says why"
                .to_owned(),
        );
    }
    for probe in [Probe::Stale, Probe::Future, Probe::Altered, Probe::Respaced] {
        if let Some(Reply::None(fault)) = hook.reply(probe) {
            return endpoint::unanswered(hook, fault);
        }
    }
    let taken = |probe: Probe| hook.reply(probe) == Some(&Reply::Taken);
    let place = || endpoint::place(hook);
    let mut findings = Vec::new();
    if taken(Probe::Altered) {
        findings.push(
            Finding::error("the endpoint takes an event that was changed after it was signed")
                .at(place(), "posted there")
                .fix("verify the whole raw body: `await request.text()`, before anything of it is read"),
        );
    }
    // Who takes another event is told of that alone.
    if taken(Probe::Respaced) && !taken(Probe::Altered) {
        findings.push(
            Finding::warning(
                "the endpoint verifies a body that was parsed and written again, not the bytes that came",
            )
            .at(place(), "posted there, spaced otherwise than it was signed")
            .because("a genuine event that comes out otherwise when it is written again is refused, and lost")
            .fix("verify the raw body: `await request.text()`, or `express.raw()`; what JSON writes otherwise than Svix is refused one day"),
        );
    }
    if taken(Probe::Stale) {
        findings.push(
            Finding::error("the endpoint takes an event that was signed ten minutes ago")
                .at(place(), "posted there")
                .fix("use `verifyWebhook()` or Svix's library, which refuse what is older than five minutes"),
        );
    }
    if taken(Probe::Future) {
        findings.push(
            Finding::warning("the endpoint takes an event that is signed for ten minutes from now")
                .at(place(), "posted there")
                .fix("use `verifyWebhook()` or Svix's library; or set the clock of the host right"),
        );
    }
    // One that refuses all, or breaks on all, was not seen to verify anything.
    if findings.is_empty() && !taken(Probe::Good) {
        return Verdict::Skipped(
            "the endpoint takes no good event either; webhooks/endpoint-refuses-genuine says more"
                .to_owned(),
        );
    }
    Verdict::Judged(findings)
}
