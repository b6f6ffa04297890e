//! Clerk's webhooks: their signing secrets, and the code that receives them.

pub mod endpoint_accepts_forged;
pub mod endpoint_not_reached;
pub mod endpoint_refuses_genuine;
pub mod endpoint_slow;
pub mod endpoint_verifies_loosely;
pub mod failure_answered_ok;
pub mod handler_behind_protection;
pub mod parsed_body;
pub mod secret_fallback;
pub mod signing_secret_malformed;
pub mod signing_secret_misnamed;
pub mod signing_secret_missing;
pub mod unverified_handler;
pub mod verification_bypassed;

mod endpoint;
pub(super) mod receivers;

use crate::facts::env::Variable;
use crate::facts::usage;
use crate::facts::{Facts, KeyRole};

/// The variable that holds the secret with which the code verifies. Where the code reads a name of its
/// own and never calls `verifyWebhook()` without a secret, the SDK's name alone helps nobody.
fn secret(facts: &Facts) -> Option<&Variable> {
    let found = facts.webhook();
    let (Some(env), Some(code)) = (facts.env.as_ref(), facts.code.as_ref()) else {
        return found;
    };
    let own: Vec<&str> = facts.own_names(KeyRole::Webhook).collect();
    if own.is_empty() || code.verifies_by_default_name() {
        return found;
    }
    found
        .filter(|variable| own.contains(&variable.winner.name.as_str()))
        .or_else(|| env.first(&own))
}

/// Webhook secrets of Clerk that are set under a name which nothing in the app reads, although its code
/// does read one: the names of older guides beside a `verifyWebhook()` that takes no secret.
fn old_names_set(facts: &Facts) -> Vec<&Variable> {
    let (Some(env), Some(code)) = (facts.env.as_ref(), facts.code.as_ref()) else {
        return Vec::new();
    };
    if secret(facts).is_some() || !code.reads_a_webhook_secret() {
        return Vec::new();
    }
    let read = if code.verifies_by_default_name() {
        KeyRole::Webhook.names(&facts.app)
    } else {
        Vec::new()
    };
    let old = |variable: &&Variable| {
        let name = variable.winner.name.as_str();
        variable.is_set()
            && usage::is_webhook_name(name)
            && !read.contains(&name)
            && !code.reads(name)
    };
    env.all()
        .filter(old)
        .filter(|variable| usage::is_clerks_webhook_name(&variable.winner.name))
        .collect()
}
