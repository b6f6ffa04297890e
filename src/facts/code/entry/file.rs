//! One file that the framework loads by its name.

use super::{App, ClerkUse, EntryFacts, ExportState, State, exports, read};
use crate::facts::code::reach::Walk;

pub(super) fn look(
    app: &App<'_>,
    stems: &[&str],
    extensions: &[&str],
    wanted: &[&str],
    calls: &[&'static str],
) -> EntryFacts {
    let names = stems.iter().flat_map(|stem| {
        extensions
            .iter()
            .map(move |extension| format!("{stem}.{extension}"))
    });
    let paths: Vec<String> = names.map(|name| app.path(&name)).collect();
    match paths.iter().find(|path| app.is_file(path)) {
        Some(path) => inside(app, path, wanted, calls),
        None => EntryFacts::new(State::Missing { expected: paths }),
    }
}

/// What a file that is loaded does under the name that is called.
pub(super) fn inside(
    app: &App<'_>,
    file: &str,
    wanted: &[&str],
    calls: &[&'static str],
) -> EntryFacts {
    let module = match read(app, file) {
        Ok(module) => module,
        Err(facts) => return *facts,
    };
    let walk = Walk::new(app.project, calls);
    let uses = wanted
        .iter()
        .map(|name| walk.export(file, &module, name))
        .reduce(ClerkUse::or)
        .unwrap_or(ClerkUse::No);
    let export = match exports(&module, wanted) {
        ExportState::Undecided { .. } if uses != ClerkUse::No => ExportState::Right,
        // A root route has to export its component; of these it may do without.
        ExportState::Wrong { .. } if wanted.contains(&"loader") => ExportState::NotAsked,
        state => state,
    };
    EntryFacts {
        export,
        uses,
        ..EntryFacts::new(State::File {
            file: file.to_owned(),
        })
    }
}
