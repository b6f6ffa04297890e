//! Clerk registered by a call somewhere in the server's code.

use super::{App, ClerkUse, EntryFacts, State};
use crate::facts::code::clerk;
use crate::facts::code::reach::Walk;
use crate::facts::code::scan::{is_source, is_test};

pub(super) fn look(app: &App<'_>, calls: &[&'static str]) -> EntryFacts {
    let mut facts = EntryFacts::new(State::InCode);
    let mut all: Vec<&'static str> = calls.to_vec();
    all.extend_from_slice(clerk::REGISTERED);
    for file in app
        .mentions
        .iter()
        .filter(|file| is_source(file) && !is_test(file))
    {
        let module = match app.project.module(file) {
            Some(Ok(module)) => module,
            Some(Err(problem)) => {
                facts.unreadable.get_or_insert((file.clone(), problem));
                continue;
            }
            None => continue,
        };
        let found = Walk::new(app.project, &all).anywhere(file, &module);
        facts.uses = facts.uses.or(found);
        if matches!(
            facts.uses,
            ClerkUse::Yes {
                conditional: false,
                ..
            }
        ) {
            break;
        }
    }
    facts
}
