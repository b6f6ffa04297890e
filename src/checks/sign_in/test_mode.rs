//! `sign-in/test-mode`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/test-mode",
        group: Group::SignIn,
        severity: Severity::Error,
        pass: "Test e-mail addresses and the code 424242 do not sign in",
        fail: "Test e-mail addresses and the code 424242 sign in",
        why: "anybody can sign up as a +clerk_test address, and in, without an inbox",
        docs: include_str!("test_mode.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

fn judge(environment: &Environment, place: &Place) -> Verdict {
    settings::off(environment.test_mode, "whether test mode is on", || {
        Finding::error("test mode is on: +clerk_test addresses sign in with the code 424242")
            .at(place.clone(), "auth_config.test_mode")
            .fix("turn test mode off in the settings of the production instance")
    })
}
