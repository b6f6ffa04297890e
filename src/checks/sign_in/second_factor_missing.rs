//! `sign-in/second-factor-missing`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/second-factor-missing",
        group: Group::SignIn,
        severity: Severity::Warning,
        pass: "Users can protect their accounts with a second factor",
        fail: "Users cannot protect their accounts with a second factor",
        why: "a password or a mailbox that is stolen is then the whole account",
        docs: include_str!("second_factor_missing.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

fn judge(environment: &Environment, place: &Place) -> Verdict {
    match settings::is_guessable(environment) {
        None => return settings::unsaid("how users sign in"),
        Some(false) => {
            return Verdict::not_applicable("users sign in with neither passwords nor codes");
        }
        Some(true) => {}
    }
    let mut all = environment.attributes.iter();
    let any = all
        .any(|attribute| attribute.enabled == Some(true) && attribute.second_factor == Some(true));
    Verdict::of((!any).then(|| {
        Finding::warning("no second factor is offered to anybody")
            .at(place.clone(), "user_settings.attributes")
            .fix("turn on authenticator apps and backup codes under multi-factor in the Clerk dashboard")
    }))
}
