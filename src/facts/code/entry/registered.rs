//! Clerk registered by a call somewhere in the server's code.

use super::{App, ClerkUse, EntryFacts, State};
use crate::facts::code::reach::Walk;
use crate::facts::code::scan::{foreign_call, is_source, is_test};
use crate::facts::code::{clerk, module};
use crate::model::Place;

pub(super) fn look(app: &App<'_>, calls: &[&'static str]) -> EntryFacts {
    let mut facts = EntryFacts::new(State::InCode);
    // What verifies by hand registers nothing: it counts where it is called, not where it is passed on.
    let by_hand = |call: &&&str| !clerk::BY_HAND.contains(*call);
    let mut all: Vec<&'static str> = calls.iter().filter(by_hand).copied().collect();
    all.extend_from_slice(clerk::REGISTERED);
    for file in app
        .mentions
        .iter()
        .filter(|file| is_source(file) && !is_test(file))
    {
        let found = if module::is_module(file) {
            match app.project.module(file) {
                Some(Ok(module)) => Walk::new(app.project, &all).anywhere(file, &module),
                Some(Err(problem)) => {
                    facts.unreadable.get_or_insert((file.clone(), problem));
                    continue;
                }
                None => continue,
            }
        } else {
            foreign(app, file, calls)
        };
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

fn foreign(app: &App<'_>, file: &str, calls: &[&'static str]) -> ClerkUse {
    let text = app.project.sources().text(file);
    let found = text.and_then(|text| foreign_call(file, &text, calls));
    match found {
        Some((call, at)) => ClerkUse::Yes {
            call: call.to_owned(),
            place: Place::Span {
                file: file.to_owned(),
                line: at.line,
                column: at.column,
                excerpt: None,
            },
            conditional: false,
        },
        None => ClerkUse::No,
    }
}
