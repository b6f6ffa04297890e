//! `sign-in/provider-deprecated`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity, Together};

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
    let sentence = Together::new("users sign in with", "services that Clerk has deprecated");
    let finding = |name: &str| {
        Finding::warning(format!(
            "users sign in with what Clerk has deprecated: {name}"
        ))
        .at(place.clone(), format!("user_settings.social: {name}"))
        .fix("move its users to the service that the Clerk dashboard names instead")
        .together(&sentence)
    };
    let findings = old.map(|provider| finding(&provider.strategy));
    Verdict::Judged(findings.collect())
}
