//! `sign-in/identifiers-unverified`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/identifiers-unverified",
        group: Group::SignIn,
        severity: Severity::Error,
        pass: "E-mail addresses and phone numbers are verified at sign-up",
        fail: "E-mail addresses or phone numbers are not verified at sign-up",
        why: "who signs up with an address of somebody else is taken for them",
        docs: include_str!("identifiers_unverified.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

fn judge(environment: &Environment, place: &Place) -> Verdict {
    let names = ["email_address", "phone_number"];
    let used: Vec<_> = names
        .iter()
        .filter_map(|name| environment.used(name))
        .collect();
    if used.is_empty() {
        return match environment.attributes.is_empty() {
            true => settings::unsaid("how users sign in"),
            false => {
                Verdict::not_applicable("users have neither e-mail addresses nor phone numbers")
            }
        };
    }
    let unverified = used
        .iter()
        .filter(|attribute| attribute.verify_at_sign_up == Some(false));
    let mode = environment.sign_up.mode.as_deref();
    let findings = unverified.map(|attribute| {
        let words = match attribute.name.as_str() {
            "email_address" => "an e-mail address",
            _ => "a phone number",
        };
        // One that signs nobody in is only as bad as what the app believes of it; and who is invited got
        // a link at the address.
        let is_worst = attribute.first_factor == Some(true)
            && !matches!(mode, Some("restricted" | "waitlist"));
        let finding = if is_worst {
            Finding::error(format!(
                "users sign up and in with {words} that nobody verified"
            ))
        } else {
            Finding::warning(format!("users sign up with {words} that nobody verified"))
        };
        finding
            .at(
                place.clone(),
                format!(
                    "user_settings.attributes.{}.verify_at_sign_up",
                    attribute.name
                ),
            )
            .fix("turn on \"Verify at sign-up\" for it in the Clerk dashboard")
    });
    let findings: Vec<Finding> = findings.collect();
    let mut all = used.iter();
    if findings.is_empty() && all.any(|attribute| attribute.verify_at_sign_up.is_none()) {
        return settings::unsaid("whether addresses are verified at sign-up");
    }
    Verdict::Judged(findings)
}
