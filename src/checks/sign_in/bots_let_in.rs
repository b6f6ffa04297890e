//! `sign-in/bots-let-in`

use super::settings;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Environment;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "sign-in/bots-let-in",
        group: Group::SignIn,
        severity: Severity::Warning,
        pass: "Bots are kept out of the sign-up",
        fail: "Bots are not kept out of the sign-up",
        why: "scripts that sign up fill the instance with accounts, and cost e-mails and SMS",
        docs: include_str!("bots_let_in.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    settings::judge(facts, judge)
}

fn judge(environment: &Environment, place: &Place) -> Verdict {
    let sign_up = &environment.sign_up;
    match (sign_up.captcha, sign_up.mode.as_deref()) {
        (None, _) => settings::unsaid("whether bots are kept out"),
        (_, Some("restricted" | "waitlist")) => {
            Verdict::not_applicable("not everybody can sign up")
        }
        (Some(true), _) => Verdict::Judged(Vec::new()),
        (Some(false), _) => Verdict::of(Some(
            Finding::warning("everybody can sign up, and bot sign-up protection is off")
                .at(place.clone(), "user_settings.sign_up.captcha_enabled")
                .fix("turn it on under attack protection in the Clerk dashboard"),
        )),
    }
}
