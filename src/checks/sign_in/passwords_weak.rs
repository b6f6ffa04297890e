//! `sign-in/passwords-weak`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/passwords-weak",
        group: Group::SignIn,
        severity: Severity::Error,
        pass: "Short and stolen passwords are refused",
        fail: "Short or stolen passwords are accepted",
        why: "stolen and short passwords are what attackers try first",
        docs: include_str!("passwords_weak.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

/// NIST SP 800-63B. Less than this Clerk's own components do not accept either, so 0 stands for it
/// (clerk/javascript `packages/clerk-js/src/core/resources/UserSettings.ts`).
const SHORTEST: u64 = 8;

fn judge(environment: &Environment, place: &Place) -> Verdict {
    match environment.uses("password") {
        Some(true) => {}
        Some(false) => return Verdict::not_applicable("users have no passwords"),
        None => return settings::unsaid("whether users have passwords"),
    }
    let passwords = &environment.passwords;
    if passwords.disable_hibp.is_none() && passwords.min_length.is_none() {
        return settings::unsaid("what a password has to be");
    }
    let stolen = (passwords.disable_hibp == Some(true)).then(|| {
        Finding::error("passwords that were stolen elsewhere are accepted")
            .at(
                place.clone(),
                "user_settings.password_settings.disable_hibp",
            )
            .fix("turn on the rejection of compromised passwords in the Clerk dashboard")
    });
    let length = passwords.min_length.unwrap_or_default();
    let short = (1..SHORTEST).contains(&length).then(|| {
        Finding::error(format!("passwords of {length} characters are accepted"))
            .at(place.clone(), "user_settings.password_settings.min_length")
            .fix(format!(
                "ask for {SHORTEST} characters or more in the Clerk dashboard"
            ))
    });
    let findings: Vec<Finding> = [stolen, short].into_iter().flatten().collect();
    if findings.is_empty() && passwords.disable_hibp.is_none() {
        return settings::unsaid("whether stolen passwords are refused");
    }
    if findings.is_empty() && passwords.min_length.is_none() {
        return settings::unsaid("how long a password has to be");
    }
    Verdict::Judged(findings)
}
