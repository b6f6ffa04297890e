//! `sign-in/not-production`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/not-production",
        group: Group::SignIn,
        severity: Severity::Error,
        pass: "The instance behind the publishable key is a production instance",
        fail: "The instance behind the publishable key is not a production instance",
        why: "a development instance holds few users, shows a banner and is not meant for real ones",
        docs: include_str!("not_production.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

fn judge(environment: &Environment, place: &Place) -> Verdict {
    if environment.instance_type.is_none() && environment.devmode_warning != Some(true) {
        return settings::unsaid("of which kind the instance is");
    }
    let kind = environment.instance_type.as_deref();
    let kind = kind
        .filter(|kind| *kind != "production")
        .map(|kind| format!("Clerk says that this publishable key belongs to a {kind} instance"));
    let banner = (environment.devmode_warning == Some(true))
        .then(|| "visitors are shown that Clerk is in development mode".to_owned());
    let findings = kind.or(banner).into_iter().map(|message| {
        Finding::error(message)
            .at(place.clone(), "display_config")
            .fix("use the keys of the production instance, and deploy it in the Clerk dashboard")
    });
    Verdict::Judged(findings.collect())
}
