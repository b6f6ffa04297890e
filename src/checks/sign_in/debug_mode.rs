//! `sign-in/debug-mode`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/debug-mode",
        group: Group::SignIn,
        severity: Severity::Warning,
        pass: "Clerk's components are not in debug mode",
        fail: "Clerk's components are in debug mode",
        why: "components in debug mode report more than visitors should see",
        docs: include_str!("debug_mode.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

fn judge(environment: &Environment, place: &Place) -> Verdict {
    settings::off(
        environment.client_debug_mode,
        "whether debug mode is on",
        || {
            Finding::warning("debug mode is on for every visitor's browser")
            .at(place.clone(), "client_debug_mode")
            .fix("have it turned off by Clerk's support once the question that it was for is answered")
        },
    )
}
