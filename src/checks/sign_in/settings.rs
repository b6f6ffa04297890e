//! What the checks of the sign-in settings share.

use crate::checks::engine::Verdict;
use crate::facts::live::frontend::{Attribute, Environment, Frontend};
use crate::facts::{Facts, Target};
use crate::model::{Finding, Place};

/// Judges the settings of the instance, for production.
pub(super) fn judge(facts: &Facts, judge: impl FnOnce(&Environment, &Place) -> Verdict) -> Verdict {
    match of_production(facts) {
        Ok((frontend, environment)) => judge(environment, &frontend.at("/v1/environment")),
        Err(verdict) => verdict,
    }
}

/// The Frontend API and the settings, for production. A development instance is as it should be.
pub(super) fn of_production(facts: &Facts) -> Result<(&Frontend, &Environment), Verdict> {
    if facts.target != Target::Production {
        let why = format!("judged for {}", facts.target.word());
        return Err(Verdict::NotApplicable(why));
    }
    let frontend = Verdict::told(&facts.live.frontend)?;
    Ok((frontend, Verdict::told(&frontend.environment)?))
}

/// What Clerk does not say is not judged.
pub(super) fn unsaid(what: &str) -> Verdict {
    Verdict::Skipped(format!("the Frontend API does not say {what}"))
}

/// A setting that is to be off.
pub(super) fn off(value: Option<bool>, what: &str, finding: impl FnOnce() -> Finding) -> Verdict {
    match value {
        None => unsaid(what),
        Some(false) => Verdict::Judged(Vec::new()),
        Some(true) => Verdict::of(Some(finding())),
    }
}

/// Whether users sign in with something that can be guessed: a password, or a code that is sent to them.
/// `None` where nothing is said of how they sign in.
pub(super) fn is_guessable(environment: &Environment) -> Option<bool> {
    let sends_a_code = |attribute: &Attribute| {
        let mut ways = attribute.first_factors.iter();
        attribute.enabled == Some(true) && ways.any(|way| way.ends_with("_code"))
    };
    let all = &environment.attributes;
    let guessable = environment.used("password").is_some() || all.iter().any(sends_a_code);
    (!all.is_empty()).then_some(guessable)
}
