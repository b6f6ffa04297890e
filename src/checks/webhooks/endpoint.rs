//! What the checks of the running endpoint share.

use crate::checks::engine::Verdict;
use crate::facts::Facts;
use crate::facts::http::Fault;
use crate::facts::live::hook::Hook;
use crate::model::{Mark, Place, Role};

/// The endpoint, where its handler answered.
///
/// # Errors
/// What a check says where it was not asked, or something else answered.
pub(super) fn reached(facts: &Facts) -> Result<&Hook, Verdict> {
    let hook = Verdict::told(&facts.live.hook)?;
    if hook.is_reached() {
        Ok(hook)
    } else {
        Err(Verdict::not_applicable(
            "no delivery reaches the handler; webhooks/endpoint-not-reached says why",
        ))
    }
}

/// The endpoint, where it was asked with events that are signed with its own secret.
///
/// # Errors
/// What a check says where it was not.
pub(super) fn signed(facts: &Facts) -> Result<&Hook, Verdict> {
    let hook = reached(facts)?;
    match &hook.unsigned_because {
        None => Ok(hook),
        Some(why) => Err(Verdict::Skipped(why.clone())),
    }
}

/// Where it is.
pub(super) fn place(hook: &Hook) -> Place {
    Place::Url {
        url: hook.url.clone(),
    }
}

/// No answer came.
pub(super) fn unanswered(hook: &Hook, fault: &Fault) -> Verdict {
    let explained = fault.explain();
    Verdict::Undecided {
        why: explained.what,
        hint: explained.fix,
        marks: vec![Mark {
            place: place(hook),
            label: "posted there".to_owned(),
            role: Role::Related,
        }],
    }
}
