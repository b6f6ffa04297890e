//! Webhook signing secrets.

pub mod signing_secret_malformed;
pub mod signing_secret_misnamed;
pub mod signing_secret_missing;

use crate::facts::env::Variable;
use crate::facts::usage;
use crate::facts::{Facts, KeyRole};

/// Webhook secrets of Clerk that are set under a name which nothing in the app reads, although its code
/// does read one: the names of older guides beside a `verifyWebhook()` that takes no secret.
fn old_names_set(facts: &Facts) -> Vec<&Variable> {
    let (Some(env), Some(code)) = (facts.env.as_ref(), facts.code.as_ref()) else {
        return Vec::new();
    };
    if facts.webhook().is_some() || !code.reads_a_webhook_secret() {
        return Vec::new();
    }
    let read = KeyRole::Webhook.names(&facts.app);
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
