//! `sign-in/stripe-test-mode`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/stripe-test-mode",
        group: Group::SignIn,
        severity: Severity::Error,
        pass: "Billing is connected to Stripe's live mode",
        fail: "Billing is connected to Stripe's test mode",
        why: "in test mode no card is charged, and test cards buy everything",
        docs: include_str!("stripe_test_mode.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

fn judge(environment: &Environment, place: &Place) -> Verdict {
    let billing = environment.billing;
    let is_on = [billing.users, billing.organizations].contains(&Some(true));
    match billing.stripe_test_mode {
        _ if !is_on => Verdict::not_applicable("billing is off"),
        None => settings::unsaid("with which key of Stripe's it bills"),
        Some(false) => Verdict::Judged(Vec::new()),
        Some(true) => Verdict::of(Some(
            Finding::error("billing is on, with a key of Stripe's test mode")
                .at(place.clone(), "commerce_settings.billing.stripe_publishable_key")
                .fix("connect the production instance to a live Stripe account in the Clerk dashboard"),
        )),
    }
}
