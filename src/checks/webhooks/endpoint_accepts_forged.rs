//! `webhooks/endpoint-accepts-forged`

use super::endpoint;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::hook::Reply;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/endpoint-accepts-forged",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "The webhook endpoint refuses events that Clerk did not send",
        fail: "The webhook endpoint takes events that Clerk did not send",
        why: "whoever knows the address can post events of their own, such as a user.deleted",
        docs: include_str!("endpoint_accepts_forged.md"),
    },
    needs: &[Need::Hook],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let hook = match endpoint::reached(facts) {
        Ok(hook) => hook,
        Err(verdict) => return verdict,
    };
    let mut taken = Vec::new();
    let mut broken = None;
    for posted in hook.strangers() {
        match posted.reply {
            Reply::Taken => taken.push(posted.probe.words()),
            Reply::Broken(status) => broken = Some(status),
            _ => {}
        }
    }
    if !taken.is_empty() {
        return Verdict::of(Some(
            Finding::error(format!("the endpoint answered 2xx to {}", taken.join(" and ")))
                .at(endpoint::place(hook), "posted there")
                .fix("verify before anything else: `await verifyWebhook(request)` of the SDK, and answer 400 when it throws"),
        ));
    }
    let open = |reply: &Reply| !matches!(reply, Reply::Refused(_) | Reply::Broken(_));
    if hook.strangers().any(|posted| open(&posted.reply)) {
        return Verdict::Skipped("not every event was answered by the handler".to_owned());
    }
    Verdict::of(broken.map(|status| {
        Finding::warning(format!(
            "the endpoint breaks on events that Clerk did not send (HTTP {status})"
        ))
        .at(endpoint::place(hook), "posted there")
        .because("a server error does not tell whether the event was refused or broke something on the way")
        .fix("answer 400 when the verification throws; where every event ends so, the signing secret is not set on the host")
    }))
}
