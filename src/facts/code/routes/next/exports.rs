//! The names that a module exports, `export *` followed.

use std::collections::{BTreeSet, HashSet};

use crate::facts::code::Project;
use crate::facts::code::resolve::Target;

/// How many modules one module may pass on. Barrels hold hundreds, route files one.
const MAX_MODULES: usize = 64;

/// The names that a module exports.
#[derive(Debug, Default)]
pub(super) struct Exports {
    /// The names.
    pub names: BTreeSet<String>,
    /// Why there may be more of them.
    pub open: Option<String>,
}

impl Exports {
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

/// What a file exports.
pub(super) fn of(project: &Project<'_>, file: &str) -> Exports {
    let mut exports = Exports::default();
    let mut seen = HashSet::from([file.to_owned()]);
    let mut queue = vec![file.to_owned()];
    while let Some(path) = queue.pop() {
        let module = match project.module(&path) {
            Some(Ok(module)) => module,
            Some(Err(problem)) => {
                exports.open = Some(format!("{path} could not be read: {}", problem.message));
                continue;
            }
            None => {
                exports.open = Some(format!("{path} could not be read"));
                continue;
            }
        };
        // `export *` leaves the default export behind.
        let passed = module
            .exports
            .iter()
            .filter(|export| path == file || export.name != "default");
        exports
            .names
            .extend(passed.map(|export| export.name.clone()));
        for star in &module.stars {
            match project.resolve(&path, star) {
                Target::File(next) if seen.len() < MAX_MODULES => {
                    if seen.insert(next.clone()) {
                        queue.push(next);
                    }
                }
                _ => exports.open = Some(format!("{path} passes on all of \"{star}\"")),
            }
        }
    }
    exports
}
