//! `webhooks/endpoint-slow`

use super::endpoint;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Severity};

/// A third of the time that Svix waits (docs.svix.com, "Retries").
const SLOW_MS: u64 = 5_000;

/// What takes longer counts as failed.
const FAILED_MS: u64 = 15_000;

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "webhooks/endpoint-slow",
        group: Group::Webhooks,
        severity: Severity::Error,
        pass: "The webhook endpoint answers in time",
        fail: "The webhook endpoint answers too slowly",
        why: "a delivery that is not answered within 15 seconds counts as failed and is sent again",
        docs: include_str!("endpoint_slow.md"),
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
    let Some(slowest) = hook.posted.iter().max_by_key(|posted| posted.took_ms) else {
        return Verdict::Skipped("nothing could be posted".to_owned());
    };
    let took = slowest.took_ms;
    let finding = if took >= FAILED_MS {
        Finding::error(format!(
            "the endpoint took {} s for {}",
            took / 1000,
            slowest.probe.words()
        ))
    } else if took >= SLOW_MS {
        Finding::warning(format!(
            "the endpoint took {} s for {}",
            took / 1000,
            slowest.probe.words()
        ))
    } else {
        return Verdict::Judged(Vec::new());
    };
    Verdict::of(Some(finding.at(endpoint::place(hook), "posted there").fix(
        "verify, put the event into a queue, answer 200, and do the work afterwards",
    )))
}
