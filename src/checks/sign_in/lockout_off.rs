//! `sign-in/lockout-off`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/lockout-off",
        group: Group::SignIn,
        severity: Severity::Error,
        pass: "Accounts are locked after failed sign-ins",
        fail: "Accounts are not locked after failed sign-ins",
        why: "every failed sign-in that is let pass is another guess at a password or code",
        docs: include_str!("lockout_off.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

/// What Clerk sets up (clerk.com/docs/guides/secure/user-lockout). More is a choice, and hardly a good one.
const USUAL_ATTEMPTS: u64 = 100;

fn judge(environment: &Environment, place: &Place) -> Verdict {
    let guessable = settings::is_guessable(environment);
    if guessable == Some(false) {
        return Verdict::not_applicable("users sign in with nothing that can be guessed");
    }
    let protection = &environment.protection;
    let finding = match (protection.lockout, protection.lockout_attempts) {
        (None, _) => return settings::unsaid("whether accounts are locked"),
        (Some(false), _) if guessable.is_none() => Finding::warning(
            "accounts are never locked, however often a sign-in fails (how users sign in is not said)",
        ),
        (Some(false), _) => {
            Finding::error("accounts are never locked, however often a sign-in fails")
        }
        (Some(true), Some(attempts)) if attempts > USUAL_ATTEMPTS => Finding::warning(format!(
            "accounts are locked only after {attempts} failed sign-ins"
        )),
        (Some(true), _) => return Verdict::Judged(Vec::new()),
    };
    Verdict::of(Some(
        finding
            .at(place.clone(), "user_settings.attack_protection.user_lockout")
            .fix(format!(
                "lock accounts after {USUAL_ATTEMPTS} failures or fewer, under attack protection in the Clerk dashboard"
            )),
    ))
}
