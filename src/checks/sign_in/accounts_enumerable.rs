//! `sign-in/accounts-enumerable`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/accounts-enumerable",
        group: Group::SignIn,
        severity: Severity::Warning,
        pass: "Strangers cannot find out who has an account",
        fail: "Strangers can find out who has an account",
        why: "who is told which addresses have accounts guesses passwords for those, or writes to them",
        docs: include_str!("accounts_enumerable.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

fn judge(environment: &Environment, place: &Place) -> Verdict {
    let protected = environment.protection.enumeration;
    let enumerable = protected.map(|protected| !protected);
    settings::off(
        enumerable,
        "whether accounts are protected from enumeration",
        || {
            Finding::warning("sign-in tells everybody which addresses have an account")
                .at(
                    place.clone(),
                    "user_settings.attack_protection.enumeration_protection",
                )
                .fix("turn on user enumeration protection in the Clerk dashboard")
        },
    )
}
