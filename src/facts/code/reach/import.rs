//! What a module takes from another one.

use super::{ClerkUse, Left, MAX_HOPS, Scope, Walk, place, top, undecided};
use crate::facts::code::clerk;
use crate::facts::code::module::{self, Module};
use crate::facts::code::resolve::Target;
use crate::facts::code::value::{Exported, Import, Offset, Taken, Value};
use crate::model::Place;

impl Walk<'_> {
    /// Whether an import only passes on a function of Clerk: `export { clerkMiddleware } from "@clerk/…"`.
    pub(super) fn passes_clerk_on(&self, file: &str, import: &Import, hops: u32) -> bool {
        let (Taken::Export(name), Some(hops)) = (&import.taken, hops.checked_sub(1)) else {
            return false;
        };
        let Target::File(path) = self.project.resolve(file, &import.source) else {
            return false;
        };
        let Some(Ok(module)) = self.project.module(&path) else {
            return false;
        };
        let (source, taken) = match module.export(name).map(|export| &export.exported) {
            Some(Exported::From { source, taken }) => (source, taken),
            Some(Exported::Value(Value::Name { name, .. })) => match module.import(name) {
                Some(import) => (&import.source, &import.taken),
                None => return false,
            },
            _ => return false,
        };
        let next = Import {
            source: source.clone(),
            taken: taken.clone(),
            ..import.clone()
        };
        clerk::is_package(source) || self.passes_clerk_on(&path, &next, hops)
    }

    /// What a module takes from another one.
    pub(super) fn taken(
        &self,
        source: &str,
        taken: &Taken,
        at: Offset,
        scope: &Scope<'_>,
        left: Left,
    ) -> ClerkUse {
        let name = match taken {
            Taken::Export(name) => name.as_str(),
            // `const auth = require("./auth")` is the one thing that `module.exports` was set to.
            Taken::All => "default",
        };
        if clerk::is_package(source) {
            return self.of_clerk(name, place(scope.file, scope.module, at));
        }
        match self.project.resolve(scope.file, source) {
            Target::Package(package) => {
                if clerk::may_wrap(&package, name) || self.is_own_scope(&package) {
                    let why = format!(
                        "`{name}` comes from the package {package}, which is not part of this project"
                    );
                    return undecided(why, scope, at);
                }
                ClerkUse::No
            }
            // Data, styles and components run nothing on the server's way to a handler.
            Target::File(path) | Target::Missing(path) if !may_be_code(&path) => ClerkUse::No,
            Target::Missing(path) => undecided(
                format!("no file was found for the import \"{path}\""),
                scope,
                at,
            ),
            Target::File(path) => {
                let Some(hops) = left.hops.checked_sub(1) else {
                    let why = format!("passed on through more than {MAX_HOPS} modules");
                    return undecided(why, scope, at);
                };
                match self.project.module(&path) {
                    Some(Ok(module)) => self.exported(&path, &module, name, Left { hops, ..left }),
                    Some(Err(problem)) => ClerkUse::Undecided {
                        why: format!("{path} could not be read: {}", problem.message),
                        place: place(scope.file, scope.module, at),
                    },
                    None => undecided(format!("{path} could not be read"), scope, at),
                }
            }
        }
    }

    fn of_clerk(&self, name: &str, place: Place) -> ClerkUse {
        let call = name.to_owned();
        if self.calls.contains(&name) {
            ClerkUse::Yes {
                call,
                place,
                conditional: false,
            }
        } else if clerk::BY_HAND.contains(&name) {
            ClerkUse::ByHand { call, place }
        } else {
            ClerkUse::No
        }
    }

    /// Whether a package has the scope of the workspace's own packages: one of them that we do not have.
    fn is_own_scope(&self, package: &str) -> bool {
        let scope = |name: &str| name.split_once('/').map(|(scope, _)| scope.to_owned());
        package.starts_with('@')
            && scope(package).is_some_and(|own| {
                self.project
                    .workspace
                    .keys()
                    .any(|name| scope(name).as_ref() == Some(&own))
            })
    }

    pub(super) fn exported(&self, file: &str, module: &Module, name: &str, left: Left) -> ClerkUse {
        let top = top(file, module);
        let Some(left) = left.deeper() else {
            return undecided("the code nests too deep to follow", &top, 0);
        };
        if let Some(export) = module.export(name) {
            return match &export.exported {
                Exported::Value(value) => self.handler(value, &top, left),
                Exported::From { source, taken } => {
                    self.taken(source, taken, export.at, &top, left)
                }
            };
        }
        let mut best = ClerkUse::No;
        if name != "default" {
            let taken = Taken::Export(name.to_owned());
            for source in &module.stars {
                best = best.or(self.taken(source, &taken, 0, &top, left));
            }
        }
        best
    }
}

/// Whether a path is code: it says so, or it says nothing and the extension is left out.
fn may_be_code(path: &str) -> bool {
    const DATA: &[&str] = &[
        "json", "css", "scss", "sass", "less", "svg", "png", "md", "mdx", "txt", "html", "vue",
        "svelte", "astro", "yaml", "yml", "wasm", "graphql", "sql",
    ];
    module::is_module(path)
        || !path
            .rsplit_once('.')
            .is_some_and(|(_, end)| DATA.contains(&end))
}
