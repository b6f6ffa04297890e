//! `site/clock-skewed`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::front::clock::{ALLOWED, LIFETIME, Skew, judge};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/clock-skewed",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The clocks of the site and of Clerk agree",
        fail: "The clock of the site is wrong",
        why: "a session token lives for a minute: with a wrong clock it is not valid yet, or no longer",
        docs: include_str!("clock_skewed.md"),
    },
    needs: &[Need::Front],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let front = match Verdict::told(&facts.live.front) {
        Ok(front) => front,
        Err(verdict) => return verdict,
    };
    let finding = match judge(&front.clocks) {
        Skew::Agree => return Verdict::of(None),
        Skew::Untold => {
            return Verdict::Skipped(
                "the answers of the site have no date that could be compared".to_owned(),
            );
        }
        Skew::Apart(seconds) => {
            let message = format!(
                "the clock of the site is {}, and the SDK allows {ALLOWED} seconds",
                words(seconds, "Clerk's")
            );
            if seconds.unsigned_abs() > LIFETIME {
                Finding::error(message)
            } else {
                Finding::warning(message)
            }
        }
        Skew::Unsure(seconds) => Finding::warning(format!(
            "the clock of the site is {}; Clerk's was not seen, so which one is wrong is not known",
            words(seconds, "that of this machine")
        )),
    };
    Verdict::of(Some(finding.at(front.place("/"), "").fix(
        "have the servers keep time with NTP; tell a skew that cannot be helped with clockSkewInMs",
    )))
}

/// Answers have whole seconds and take their time, so the number is none to rely on.
fn words(seconds: i64, other: &str) -> String {
    let number = seconds.unsigned_abs();
    let about = match number {
        0..50 => format!("{} seconds", (number.saturating_add(5) / 10 * 10).max(5)),
        50..90 => "one minute".to_owned(),
        90..7200 => format!("{} minutes", number.saturating_add(30) / 60),
        _ => format!("{} hours", number.saturating_add(1800) / 3600),
    };
    if seconds > 0 {
        format!("about {about} ahead of {other}")
    } else {
        format!("about {about} behind {other}")
    }
}
