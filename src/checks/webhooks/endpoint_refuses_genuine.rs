//! `webhooks/endpoint-refuses-genuine`

use super::endpoint;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::hook::{Hook, Probe, Reply};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/endpoint-refuses-genuine",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "The webhook endpoint takes events that are signed with the audited secret",
        fail: "The webhook endpoint refuses events that are signed with the audited secret",
        why: "every real delivery then fails, and users change at Clerk without your database knowing",
        docs: include_str!("endpoint_refuses_genuine.md"),
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
    let warning = |what: &str, fix: &str| {
        Finding::warning(what)
            .at(endpoint::place(hook), "posted there")
            .fix(fix)
    };
    let finding = match hook.reply(Probe::Good) {
        Some(Reply::Taken) => return Verdict::Judged(after_a_good_one(hook, &warning)),
        Some(Reply::Refused(_)) if let Some(minutes) = hook.minutes_apart() => warning(
            &format!(
                "the clocks of the endpoint and of this machine are about {minutes} minutes apart, and five are allowed: what is signed here is refused there, whatever the secret"
            ),
            "set both clocks by NTP, and ask again; site/clock-skewed says whether it is the one of the site",
        ),
        // A firewall may let Svix's addresses in, and this one not.
        Some(Reply::Refused(403)) if hook.refuses_all_with() == Some(403) => warning(
            "the endpoint answers 403 to every event, a good one too",
            "compare the signing secret with the Clerk dashboard; or a firewall lets only Svix's addresses in",
        ),
        Some(Reply::Refused(status @ (401 | 403))) => Finding::error(format!(
            "the endpoint refuses an event that is signed with the audited secret (HTTP {status}): it has another secret, or something before it asks for a session"
        ))
        .at(endpoint::place(hook), "posted there")
        .fix("let deliveries through without a session, and copy the signing secret of this endpoint from the Clerk dashboard to the host"),
        Some(Reply::Refused(status)) => Finding::error(format!(
            "the endpoint refuses an event that is signed with the audited secret (HTTP {status})"
        ))
        .at(endpoint::place(hook), "posted there")
        .fix("copy the signing secret of this endpoint from the Clerk dashboard to the host; each endpoint has its own"),
        // The key is missing, or the app is down: nothing of that is about the type or the secret.
        Some(Reply::Broken(status)) if hook.breaks_on_all() => {
            return Verdict::Skipped(format!(
                "the endpoint breaks on every event (HTTP {status}); webhooks/endpoint-accepts-forged says so"
            ));
        }
        Some(Reply::Broken(status)) => warning(
            &format!("the endpoint breaks on an event of a type that it does not know (HTTP {status})"),
            "answer 2xx to events that the handler has no use for; Clerk adds types",
        )
        .because("each delivery of such a type fails, is tried again for a day and counts against the endpoint"),
        Some(Reply::None(fault)) => return endpoint::unanswered(hook, fault),
        Some(Reply::Firewall(status)) => {
            return Verdict::Skipped(format!(
                "a firewall or a limit answered a good event in place of the endpoint (HTTP {status})"
            ));
        }
        _ => warning(
            "the endpoint answers a good event with neither success nor refusal",
            "answer 200 when the event was taken, 400 when it is not genuine",
        )
        .because("what is not answered 2xx is tried again for a day and then lost"),
    };
    Verdict::of(Some(finding))
}

/// What only shows once a good event was taken.
fn after_a_good_one(hook: &Hook, warning: &dyn Fn(&str, &str) -> Finding) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !matches!(hook.reply(Probe::Repeated), Some(Reply::Taken) | None) {
        findings.push(warning(
            "the endpoint does not answer 2xx to an event that it has seen before",
            "answer 2xx to a repeated `svix-id`: deliveries are repeated when an answer gets lost",
        )
        .because("an event that was handled is then tried again until it is given up as failed"));
    }
    if let Some(Reply::Refused(_) | Reply::Broken(_)) = hook.reply(Probe::TwoSignatures) {
        findings.push(warning(
            "the endpoint reads only one of several signatures",
            "use `verifyWebhook()` or Svix's library: while a secret is being rotated, deliveries carry two signatures",
        )
        .because("while the signing secret is rotated, genuine deliveries are refused"));
    }
    findings
}
