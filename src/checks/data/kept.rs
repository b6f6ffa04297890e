//! Users that the app writes down when Clerk's webhooks name them.

use crate::checks::engine::Verdict;
use crate::checks::performance::costs;
use crate::facts::code::shapes::cost::Cost;
use crate::facts::{Facts, Webhooks};
use crate::model::Place;

/// A place where a user is written down.
pub(super) struct Kept<'f> {
    /// Where.
    pub place: Place,
    /// The call.
    pub call: &'f str,
    /// The event that it answers.
    pub event: &'f str,
    /// What of the user can change and is copied.
    pub fields: &'f [String],
}

/// The places; why the question does not arise, where there are none.
pub(super) fn all(facts: &Facts) -> Result<Vec<Kept<'_>>, Verdict> {
    if facts.declared.webhooks == Webhooks::None {
        return Err(Verdict::not_applicable(
            "clerk-audit.toml says webhooks = \"none\"",
        ));
    }
    let mut kept = Vec::new();
    for (file, shape, cost) in costs(facts) {
        // Other senders have events of users, too.
        if let Cost::KeepsUser {
            call,
            event,
            fields,
        } = cost
            && (file.names_clerk || file.names_svix)
        {
            kept.push(Kept {
                place: file.place(shape),
                call,
                event,
                fields,
            });
        }
    }
    if kept.is_empty() {
        return Err(Verdict::not_applicable(
            "no webhook was seen that writes users into the app's own database",
        ));
    }
    Ok(kept)
}

/// Whether any code names an event.
pub(super) fn names(facts: &Facts, event: &str) -> bool {
    costs(facts).any(|(_, _, cost)| matches!(cost, Cost::Event { name } if name == event))
}
