//! The place where Clerk meets each request: is it there, in the right folder, under the right name,
//! exported right, and does it run Clerk?

mod file;
mod next;
mod nuxt;
mod registered;

use super::module::{Module, SyntaxProblem};
use super::project::Project;
pub use super::reach::ClerkUse;
use super::resolve::join;
use crate::facts::framework::Entry;
use crate::model::Place;

/// One app, as far as its entry is concerned.
pub struct App<'a> {
    /// The files.
    pub project: &'a Project<'a>,
    /// The app's folder, relative to the audited directory; empty for that directory itself.
    pub folder: &'a str,
    /// The major version of its framework, where it is known.
    pub major: Option<u32>,
    /// The app's source files that mention Clerk, tests left out. Asked only of frameworks in whose
    /// code Clerk can be registered anywhere.
    pub mentions: &'a [String],
}

impl App<'_> {
    fn path(&self, inside: &str) -> String {
        join(self.folder, inside)
    }

    fn has(&self, inside: &str) -> bool {
        self.project.sources().exists(&self.path(inside))
    }

    fn is_file(&self, path: &str) -> bool {
        self.project.sources().is_file(path)
    }
}

/// What stands in the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing that the framework would load.
    Missing {
        /// The files that could be made, best first.
        expected: Vec<String>,
    },
    /// A file that the framework loads.
    File {
        /// Its path.
        file: String,
    },
    /// Clerk's module for the framework does it, switched on by this config file.
    Automatic {
        /// The config file.
        config: String,
    },
    /// Nothing is loaded by name: the app's own code has to register it.
    InCode,
}

/// Why the framework passes a file by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// At the root, while the app is in `src`, or in `src`, while the app is at the root.
    OtherLevel,
    /// In the folder of the routes: `app/` or `pages/`.
    AmongRoutes,
    /// `middleware/index.ts`: Next.js wants the file itself.
    InFolder,
    /// The extension is none that Next.js takes for a page.
    Extension {
        /// Those that it takes.
        accepted: Vec<String>,
    },
    /// `proxy` before Next.js 16.
    Name,
}

/// A file that looks like the entry and that the framework passes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// Its path.
    pub file: String,
    /// Why it is passed by.
    pub why: Why,
    /// Where it should be.
    pub should_be: String,
    /// Whether it would run Clerk if it were loaded.
    pub has_clerk: bool,
    /// Whether Turbopack loads it all the same. It looks for `middleware` at both levels, unlike the
    /// webpack build, unlike what the documentation says, and unlike it does for `proxy`. At the root
    /// it even takes it in place of the right one.
    pub turbopack_loads: bool,
}

/// Whether the framework finds the function that it calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportState {
    /// It does.
    Right,
    /// There are other exports, or none.
    Wrong {
        /// The names that are exported.
        found: Vec<String>,
        /// The names of which one must be.
        expected: Vec<String>,
    },
    /// The export is there, in a form that the framework cannot read: its build fails.
    Unreadable {
        /// Where it is written.
        place: Place,
        /// The names of which one must be exported with `export default` or in a declaration.
        expected: Vec<String>,
    },
    /// We could not tell.
    Undecided {
        /// Why.
        why: String,
    },
    /// Nothing to export: there is no file, or the framework calls nothing by name.
    NotAsked,
}

/// What is known of the entry of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFacts {
    /// What stands in the place.
    pub state: State,
    /// Whether what the framework loads is exported right.
    pub export: ExportState,
    /// Whether it runs Clerk.
    pub uses: ClerkUse,
    /// Files that look like it and are passed by.
    pub misplaced: Vec<Misplaced>,
    /// `proxy` and `middleware` side by side, which fails the build of Next.js 16.
    pub both: Option<(String, String)>,
    /// `middleware` on Next.js 16, which still works and says so in the build.
    pub deprecated_name: bool,
    /// The file that could not be parsed. What depends on it is undecided.
    pub unreadable: Option<(String, SyntaxProblem)>,
    /// The file whose setting we would have to compute to be sure of the names: next.config with
    /// `pageExtensions` that are not written out. The default was assumed.
    pub assumed: Option<String>,
    /// What to write, from the framework's data; empty for Next.js.
    pub example: &'static str,
}

impl EntryFacts {
    fn new(state: State) -> Self {
        Self {
            state,
            export: ExportState::NotAsked,
            uses: ClerkUse::No,
            misplaced: Vec::new(),
            both: None,
            deprecated_name: false,
            unreadable: None,
            assumed: None,
            example: "",
        }
    }
}

/// Looks at the entry of an app; `None` where its framework has none.
pub fn look(app: &App<'_>, entry: &Entry) -> Option<EntryFacts> {
    let (facts, example) = match entry {
        Entry::NextMiddleware => (next::look(app), ""),
        Entry::File {
            stems,
            extensions,
            exports,
            calls,
            example,
        } => (file::look(app, stems, extensions, exports, calls), *example),
        Entry::Registered { calls, example } => (registered::look(app, calls), *example),
        Entry::Automatic {
            switched_off_by,
            stem,
            calls,
            example,
        } => (nuxt::look(app, switched_off_by, stem, calls), *example),
        Entry::Without(_) => return None,
    };
    Some(EntryFacts { example, ..facts })
}

/// A module of the app, or facts that say why it could not be read.
fn read(app: &App<'_>, file: &str) -> Result<std::sync::Arc<Module>, Box<EntryFacts>> {
    let state = State::File {
        file: file.to_owned(),
    };
    let problem = match app.project.module(file) {
        Some(Ok(module)) => return Ok(module),
        Some(Err(problem)) => problem,
        None => SyntaxProblem::unread(),
    };
    let why = format!("{file} could not be read: {}", problem.message);
    Err(Box::new(EntryFacts {
        export: ExportState::Undecided { why: why.clone() },
        uses: ClerkUse::Undecided {
            why,
            place: Place::Span {
                file: file.to_owned(),
                line: problem.at.line,
                column: problem.at.column,
                excerpt: None,
            },
        },
        unreadable: Some((file.to_owned(), problem)),
        ..EntryFacts::new(state)
    }))
}

/// Whether one of these names is exported, by its name or through `export *`.
fn exports(module: &Module, names: &[&str]) -> ExportState {
    let named = names.iter().any(|name| module.export(name).is_some());
    let could_be_in_star = names.iter().any(|name| *name != "default");
    if named {
        ExportState::Right
    } else if could_be_in_star && !module.stars.is_empty() {
        ExportState::Undecided {
            why: "the export may come through `export *`".to_owned(),
        }
    } else {
        ExportState::Wrong {
            found: module.export_names(),
            expected: names.iter().map(|&name| name.to_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
