//! What of a module stays when a bundler takes out what nobody uses: from the exports that are asked for
//! through the names of its top level to the imports.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::code::module::Module;
use crate::facts::code::shapes::walk::{self, Node};
use crate::facts::code::tree::{
    Expr, Key, Kind, Offset, Pattern, Property, Statement, StatementKind, Text,
};
use crate::facts::code::value::{Exported, Taken, Value};

/// Which exports of a module are used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Used {
    /// All but these, which the framework takes out of the browser's copy.
    AllBut(&'static [&'static str]),
    /// One.
    One(String),
}

/// What stays of a module.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The imports that are used: index in the module's list.
    pub imports: BTreeSet<usize>,
    /// What is passed on from other modules: specifier, name there, place.
    pub passed: Vec<(String, Used, Offset)>,
    /// Variables of the environment that are read, with their places.
    pub reads: Vec<(Text, Offset)>,
}

/// Calls whose arguments a framework takes out of the browser's copy: `createServerFn().handler(…)` of
/// TanStack Start.
const SERVER_CALLS: &[&str] = &["handler", "server", "createServerOnlyFn", "serverOnly"];

/// What stays of a module of which some exports are used.
pub(super) fn kept(module: &Module, used: &Used, server_calls: bool) -> Kept {
    let mut reader = Reader {
        module,
        declared: declarations(&module.program.body),
        server_calls,
        names: BTreeSet::new(),
        open: Vec::new(),
        kept: Kept::default(),
    };
    reader.exports(used);
    for statement in &module.program.body {
        if matters_by_itself(statement) {
            reader.statement(statement);
        }
    }
    while let Some(name) = reader.open.pop() {
        reader.name(&name);
    }
    reader.kept
}

/// Whether a statement of the top level does something on load, whoever uses what.
fn matters_by_itself(statement: &Statement) -> bool {
    !matches!(
        statement.kind,
        StatementKind::Declare(_) | StatementKind::Function(_) | StatementKind::Class(..)
    )
}

/// The statements that declare each name of the top level.
fn declarations(body: &[Statement]) -> BTreeMap<&str, Vec<&Statement>> {
    let mut all: BTreeMap<&str, Vec<&Statement>> = BTreeMap::new();
    for statement in body {
        let mut names = Vec::new();
        match &statement.kind {
            StatementKind::Declare(patterns) => {
                for (pattern, _) in patterns {
                    bound(pattern, &mut names);
                }
            }
            StatementKind::Function(function) => names.extend(function.name.as_deref()),
            StatementKind::Class(name, _) => names.push(name),
            _ => {}
        }
        for name in names {
            all.entry(name).or_default().push(statement);
        }
    }
    all
}

fn bound<'a>(pattern: &'a Pattern, names: &mut Vec<&'a str>) {
    match pattern {
        Pattern::Name(name) => names.push(name),
        Pattern::Object(all, rest) => {
            all.iter().for_each(|(_, one)| bound(one, names));
            rest.iter().for_each(|rest| bound(rest, names));
        }
        Pattern::Array(all, rest) => {
            all.iter().flatten().for_each(|one| bound(one, names));
            rest.iter().for_each(|rest| bound(rest, names));
        }
        Pattern::Default(one, _) => bound(one, names),
        Pattern::Member(_) | Pattern::Unknown => {}
    }
}

struct Reader<'m> {
    module: &'m Module,
    declared: BTreeMap<&'m str, Vec<&'m Statement>>,
    server_calls: bool,
    names: BTreeSet<String>,
    open: Vec<String>,
    kept: Kept,
}

impl<'m> Reader<'m> {
    fn exports(&mut self, used: &Used) {
        let module = self.module;
        let mut found = false;
        for export in &module.exports {
            let is_used = match used {
                Used::AllBut(removed) => !removed.contains(&export.name.as_str()),
                Used::One(name) => *name == export.name,
            };
            if !is_used {
                continue;
            }
            found = true;
            match &export.exported {
                Exported::From { source, taken } => {
                    let used = used_of(taken);
                    self.kept.passed.push((source.clone(), used, export.at));
                }
                Exported::Value(value) => {
                    // `export { a as b }` names a; `export const b` is its own declaration.
                    if let Value::Name { name, .. } = value {
                        self.want(name);
                    }
                    self.want(&export.name);
                    if export.name == "default" {
                        self.want("*default*");
                    }
                }
            }
        }
        let stars = module
            .stars
            .iter()
            .filter(|_| !found || matches!(used, Used::AllBut(_)));
        for source in stars {
            self.kept.passed.push((source.clone(), used.clone(), 0));
        }
    }

    fn want(&mut self, name: &str) {
        if self.names.insert(name.to_owned()) {
            self.open.push(name.to_owned());
        }
    }

    fn name(&mut self, name: &str) {
        if let Some(statements) = self.declared.get(name).cloned() {
            for statement in statements {
                self.statement(statement);
            }
        }
        let imports = self.module.imports.iter().enumerate();
        for (at, _) in imports.filter(|(_, import)| import.local == name && !import.type_only) {
            self.kept.imports.insert(at);
        }
    }

    fn statement(&mut self, statement: &'m Statement) {
        let mut names: Vec<&str> = Vec::new();
        let mut reads = Vec::new();
        let server_calls = self.server_calls;
        let mut walked = |node: Node<'m>, trail: &walk::Trail<'m>| {
            let Node::Expr(expr) = node else { return };
            if server_calls && is_for_server(expr, trail) {
                return;
            }
            match &expr.kind {
                Kind::Name(name) => names.push(name),
                _ => {
                    if let Some(variable) = walk::variable(expr)
                        && !is_handed_to_schema(trail)
                    {
                        reads.push((variable.clone(), expr.at));
                    }
                }
            }
        };
        walk::each(std::slice::from_ref(statement), &mut walked);
        self.kept.reads.append(&mut reads);
        for name in names {
            self.want(name);
        }
    }
}

/// Whether a place stands in `createEnv({ … })` of T3 Env, which lists every variable in one file and keeps
/// those of the server from the browser (<https://env.t3.gg/docs/nextjs>).
fn is_handed_to_schema(trail: &walk::Trail<'_>) -> bool {
    trail.iter().any(|node| match node {
        walk::Node::Expr(Expr {
            kind: Kind::Call { callee, .. },
            ..
        }) => walk::last_name(callee).is_some_and(|name| &**name == "createEnv"),
        _ => false,
    })
}

/// Whether a place stands in an argument of one of [`SERVER_CALLS`], or below `server: { … }`.
fn is_for_server(expr: &Expr, trail: &walk::Trail<'_>) -> bool {
    let mut below: *const Expr = expr;
    for node in trail.iter().rev() {
        let Node::Expr(around) = node else { continue };
        let for_server = match &around.kind {
            Kind::Call {
                callee, arguments, ..
            } => {
                let mut arguments = arguments.iter();
                let name = walk::last_name(callee).map(|name| &**name);
                arguments.any(|item| std::ptr::eq(&raw const item.value, below))
                    && name.is_some_and(|name| SERVER_CALLS.contains(&name))
            }
            Kind::Object(properties) => properties.iter().any(|one| match one {
                Property::Value(Key::Name(key), value) => {
                    &**key == "server" && std::ptr::eq(&raw const *value, below)
                }
                _ => false,
            }),
            _ => false,
        };
        if for_server {
            return true;
        }
        below = *around;
    }
    false
}

/// What an import uses of the module that it takes from.
pub(super) fn used_of(taken: &Taken) -> Used {
    match taken {
        Taken::Export(name) => Used::One(name.clone()),
        Taken::All => Used::AllBut(&[]),
    }
}
