//! `sign-in/provider-deprecated`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/provider-deprecated",
        group: Group::SignIn,
        severity: Severity::Warning,
        pass: "No service that users sign in with is deprecated",
        fail: "A service that users sign in with is deprecated",
        why: "a deprecated service stops signing users in one day",
        docs: include_str!("provider_deprecated.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

fn judge(environment: &Environment, place: &Place) -> Verdict {
    let used: Vec<_> = environment
        .providers
        .iter()
        .filter(|provider| provider.enabled == Some(true))
        .collect();
    if used.is_empty() {
        return Verdict::not_applicable("users sign in with no other service");
    }
    let old = used
        .iter()
        .filter(|provider| provider.deprecated == Some(true));
    let names: Vec<&str> = old
        .map(|provider| provider.strategy.as_str())
        .take(5)
        .collect();
    Verdict::of((!names.is_empty()).then(|| {
        Finding::warning(format!(
            "users sign in with what Clerk has deprecated: {}",
            names.join(", ")
        ))
        .at(place.clone(), "user_settings.social")
        .fix("move its users to the service that the Clerk dashboard names instead")
    }))
}
