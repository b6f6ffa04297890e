//! What is not asked anew at every look of a watch: forged tokens, each of which makes the site ask Clerk for
//! its signing keys, and the event to the webhook endpoint. Their last answers stand until something else
//! changes.

use super::{Collected, judge};
use crate::model::triage::{Match, changes};
use crate::model::{Known, Moment};

/// Why they are not asked at once.
pub const LATER: &str = "it is asked anew once something else changes";

/// Seconds after which they are asked anew while they alone show a fault: its end is not seen otherwise.
const WHILE_BAD: u64 = 60;

/// Takes their answers over from the last look into one that did without, unless they are to be asked anew.
/// Whether it did.
pub fn carry_over(last: &Collected, seen: &mut Collected) -> bool {
    let without = without(last);
    if !changes(&judge(&without), &judge(seen)).is_empty() || is_due(last, &without, seen.at) {
        return false;
    }
    match (&last.app, &mut seen.app) {
        (Known::Yes(old), Known::Yes(new)) => new.forged.clone_from(&old.forged),
        // What was not there at the last look left nothing to take over.
        (_, Known::Yes(_)) => return false,
        _ => {}
    }
    seen.hook.clone_from(&last.hook);
    true
}

/// A look as if they had not been asked.
fn without(look: &Collected) -> Collected {
    let mut without = look.clone();
    if let Known::Yes(app) = &mut without.app {
        app.forged = Known::NotAsked(LATER.to_owned());
    }
    without.hook = Known::NotAsked(LATER.to_owned());
    without
}

/// Whether what a look says rests on them, and is old.
fn is_due(last: &Collected, without: &Collected, now: Moment) -> bool {
    let says = |look: &Collected| {
        let look = judge(look);
        let name = |one: &Match| (one.category, one.sure);
        let mut all = vec![name(&look.main)];
        all.extend(look.also.iter().map(name));
        all
    };
    let old = asked(last).is_none_or(|asked| now.after(asked) >= WHILE_BAD);
    old && says(last) != says(without)
}

/// When they were asked.
fn asked(look: &Collected) -> Option<Moment> {
    let forged = look.app.as_ref().and_then(|app| app.forged.as_ref());
    let hook = look.hook.as_ref().map(|(_, probe)| probe.at);
    forged
        .map(|forged| forged.bogus.at)
        .into_iter()
        .chain(hook)
        .min()
}
