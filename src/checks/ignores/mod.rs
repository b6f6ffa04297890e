//! The project's own ignores: a word that silences nothing, or for ever, hides the next fault.

pub mod expired;
pub mod malformed;
pub mod unused;

use super::engine::Verdict;
use crate::facts::{Facts, IgnoreState};
use crate::model::Finding;

/// One finding for each ignore with the fault; without any ignore the question does not arise.
fn judge(facts: &Facts, fault: impl Fn(&IgnoreState) -> Option<Finding>) -> Verdict {
    match Verdict::told(&facts.ignores) {
        Err(verdict) => verdict,
        Ok(all) if all.is_empty() => Verdict::not_applicable("nothing is ignored here"),
        Ok(all) => Verdict::Judged(all.iter().filter_map(fault).collect()),
    }
}

/// The checks that an ignore names, for a sentence.
fn names(state: &IgnoreState) -> String {
    state.ignore.checks.join(", ")
}
