//! Takes out of the outcomes what somebody said that it does not count: ignored with a reason, or in the
//! baseline. Nothing is lost: it stands beside the outcome, with who said so.

use crate::facts::IgnoreState;
use crate::model::ignore::Ignore;
use crate::model::{Acknowledged, Acknowledgement, CheckResult, Date, Finding, Outcome};

/// Applies the ignores that count today to the outcomes of each app (its folder and its checks), and says
/// what became of every one.
pub fn ignore(
    apps: &mut [(&str, &mut Vec<CheckResult>)],
    ignores: Vec<Ignore>,
    today: Date,
) -> Vec<IgnoreState> {
    let mut used = vec![false; ignores.len()];
    let mut judged = vec![false; ignores.len()];
    for (app, checks) in apps.iter_mut() {
        for check in checks.iter_mut() {
            let mine: Vec<(usize, &Ignore)> = ignores
                .iter()
                .enumerate()
                .filter(|(_, ignore)| ignore.names(check.meta.id))
                .collect();
            for (at, _) in &mine {
                set(&mut judged, *at, check.outcome.is_judged());
            }
            set_aside(check, |finding| {
                let fitting = mine.iter().filter(|(_, one)| one.concerns(app, finding));
                let mut by = None;
                for (at, ignore) in fitting {
                    set(&mut used, *at, true);
                    if by.is_none() && counts(ignore, today) {
                        by = Some(Acknowledgement::Ignored {
                            reason: ignore.reason.clone(),
                            place: ignore.place.clone(),
                            until: ignore.until,
                        });
                    }
                }
                by
            });
        }
    }
    let states = ignores.into_iter().zip(used).zip(judged);
    states
        .map(|((ignore, used), judged)| IgnoreState {
            is_expired: is_over(&ignore, today),
            is_unused: judged && !used,
            ignore,
        })
        .collect()
}

/// Takes out what is in the baseline.
pub fn baseline(checks: &mut [CheckResult], is_known: impl Fn(&str) -> bool) {
    for check in checks {
        set_aside(check, |finding| {
            is_known(&finding.fingerprint).then_some(Acknowledgement::Baseline)
        });
    }
}

fn set(flags: &mut [bool], at: usize, value: bool) {
    if let Some(flag) = flags.get_mut(at) {
        *flag |= value;
    }
}

/// Without a reason it is a whim, and after its last day it is none any more.
fn counts(ignore: &Ignore, today: Date) -> bool {
    !ignore.reason.is_empty() && !is_over(ignore, today)
}

fn is_over(ignore: &Ignore, today: Date) -> bool {
    ignore.until.is_some_and(|until| until < today)
}

/// Moves the findings that somebody acknowledges out of the outcome.
fn set_aside(check: &mut CheckResult, mut by: impl FnMut(&Finding) -> Option<Acknowledgement>) {
    let findings = match &mut check.outcome {
        Outcome::Fail(findings) | Outcome::Warn(findings) => std::mem::take(findings),
        _ => return,
    };
    let mut open = Vec::new();
    for finding in findings {
        match by(&finding) {
            Some(by) => check.acknowledged.push(Acknowledged { finding, by }),
            None => open.push(finding),
        }
    }
    check.outcome = match open.is_empty() {
        true => Outcome::Acknowledged,
        false => Outcome::judged(open),
    };
}
