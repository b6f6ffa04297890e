//! `sign-in/maintenance`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/maintenance",
        group: Group::SignIn,
        severity: Severity::Error,
        pass: "The instance is not in maintenance",
        fail: "The instance is in maintenance",
        why: "during maintenance nobody signs in or up",
        docs: include_str!("maintenance.md"),
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
        environment.maintenance,
        "whether it is in maintenance",
        || {
            Finding::error("Clerk says that this instance is in maintenance mode")
                .at(place.clone(), "maintenance_mode")
                .fix("look at https://status.clerk.com, and deploy when it is over")
        },
    )
}
