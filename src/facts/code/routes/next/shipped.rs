//! Which server functions the browser gets an id of.
//!
//! Since Next.js 15 the ids are made with a key of the build, so that nobody can work them out, and those
//! that the code of the browser does not use are not in it:
//! <https://nextjs.org/blog/next-15#enhanced-security-for-server-actions>. What only server code calls
//! can be called by nobody else.

use std::collections::HashSet;

use super::Context;
use super::graph::Graph;
use crate::facts::code::module::Module;
use crate::facts::code::resolve::Target;
use crate::facts::code::tree::walk::{self, Look};
use crate::facts::code::tree::{Expr, Kind, Program};
use crate::facts::code::value::{Exported, Taken, Value};

/// The first version with ids that nobody can work out.
const SECRET_IDS: (u32, u32, u32) = (15, 0, 0);

/// Modules looked at for one function; beyond them it counts as shipped.
const MAX_MODULES: usize = 2_000;

/// What the browser gets of an app.
pub(super) struct Shipped<'a> {
    context: &'a Context<'a>,
    graph: &'a Graph<'a>,
    in_browser: Vec<bool>,
}

impl<'a> Shipped<'a> {
    /// Of an app whose ids are secret; `None` of any other, where each function can be called.
    pub(super) fn new(context: &'a Context<'a>, graph: &'a Graph<'a>) -> Option<Self> {
        context
            .app
            .version
            .filter(|version| *version >= SECRET_IDS)?;
        Some(Self {
            context,
            graph,
            in_browser: graph.in_browser(context),
        })
    }

    /// Whether the browser gets the id of an export: its code imports it, or server code hands it on.
    pub(super) fn has(&self, file: &str, name: &str, local: &str) -> bool {
        let own = self.context.app.project.module(file).and_then(Result::ok);
        if own.is_none_or(|module| {
            let uses = Uses::of(&module.program, local);
            uses.all > uses.calls
        }) {
            return true;
        }
        let mut seen = HashSet::new();
        let mut queue = vec![(file.to_owned(), name.to_owned())];
        while let Some((file, name)) = queue.pop() {
            if !seen.insert((file.clone(), name.clone())) {
                continue;
            }
            for (importer, at) in self.graph.importers(&file) {
                let in_browser = self.in_browser.get(at).copied().unwrap_or(true);
                match self.taken(importer, &file, &name, in_browser) {
                    Some(passed) => {
                        queue.extend(passed.into_iter().map(|name| (importer.to_owned(), name)));
                    }
                    None => return true,
                }
                if seen.len() + queue.len() > MAX_MODULES {
                    return true;
                }
            }
        }
        false
    }

    /// The names by which an importer passes an export on; `None` where the browser gets it.
    fn taken(
        &self,
        importer: &str,
        file: &str,
        name: &str,
        in_browser: bool,
    ) -> Option<Vec<String>> {
        let project = self.context.app.project;
        let module = project.module(importer)?.ok()?;
        let is_from =
            |source: &str| project.resolve(importer, source) == Target::File(file.to_owned());
        let mut is_named = false;
        let mut passed = Vec::new();
        for import in module
            .imports
            .iter()
            .filter(|import| is_from(&import.source))
        {
            is_named = true;
            match &import.taken {
                Taken::All if !import.type_only => return None,
                Taken::Export(taken) if taken == name && !import.type_only => {
                    let uses = Uses::of(&module.program, &import.local);
                    if uses.all > if in_browser { 0 } else { uses.calls } {
                        return None;
                    }
                    passed.extend(exported_as(&module, &import.local));
                }
                _ => {}
            }
        }
        for export in &module.exports {
            let Exported::From { source, taken } = &export.exported else {
                continue;
            };
            if !is_from(source) {
                continue;
            }
            is_named = true;
            match taken {
                Taken::All => return None,
                Taken::Export(taken) if taken == name => passed.push(export.name.clone()),
                Taken::Export(_) => {}
            }
        }
        if module.stars.iter().any(|star| is_from(star)) {
            is_named = true;
            passed.push(name.to_owned());
        }
        // `import()` and `require()` give all of it.
        is_named.then_some(passed)
    }
}

/// The names by which a module exports something it has imported.
fn exported_as(module: &Module, local: &str) -> Vec<String> {
    let is_it = |exported: &Exported| matches!(exported, Exported::Value(Value::Name { name, .. }) if name == local);
    let exports = module.exports.iter();
    exports
        .filter(|export| is_it(&export.exported))
        .map(|export| export.name.clone())
        .collect()
}

/// How often a module uses a name, and how often just to call it.
struct Uses<'n> {
    name: &'n str,
    all: usize,
    calls: usize,
}

impl<'n> Uses<'n> {
    fn of(program: &Program, name: &'n str) -> Self {
        let mut uses = Uses {
            name,
            all: 0,
            calls: 0,
        };
        walk::statements(&mut uses, &program.body);
        uses
    }
}

impl Look for Uses<'_> {
    fn expr(&mut self, expr: &Expr) {
        let is_it = |expr: &Expr| matches!(&expr.kind, Kind::Name(name) if **name == *self.name);
        let all = usize::from(is_it(expr));
        let calls = match &expr.kind {
            Kind::Call { callee, .. } => usize::from(is_it(callee)),
            _ => 0,
        };
        self.all += all;
        self.calls += calls;
    }
}
