//! Looks for settings in what next.config exports: through plugins, functions, variables and imports.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use super::property;
use super::scope::{Scope, is_name, returned, statements};
use crate::facts::code::Project;
use crate::facts::code::resolve::Target;
use crate::facts::code::tree::{
    Expr, Key, Kind, Offset, Pattern, Property, Statement, StatementKind,
};
use crate::facts::code::value::{Exported, Taken, Value};

/// The settings that are looked for.
const NAMES: &[&str] = &[
    "basePath",
    "trailingSlash",
    "output",
    "i18n",
    "rewrites",
    "redirects",
];

/// A config that is put together over more hops was not written by people.
const MAX_DEPTH: u32 = 48;

/// Hops over names, imports and calls. Real configs take some dozens.
const MAX_STEPS: u32 = 10_000;

/// A setting is set once or twice.
const MAX_SETTINGS: usize = 100;

/// A setting that was found.
pub(super) struct Setting {
    name: &'static str,
    pub value: Expr,
    pub scope: Scope,
    /// Whether it holds on a condition only.
    pub maybe: bool,
}

/// A name with its file and the function it stands in.
type Seen = (Rc<str>, Option<Offset>, String);

pub(super) struct Search<'p> {
    project: &'p Project<'p>,
    settings: RefCell<Vec<Rc<Setting>>>,
    /// The names that were looked into.
    seen: RefCell<HashSet<Seen>>,
    steps: Cell<u32>,
    depth: Cell<u32>,
}

/// What is done with an expression when it is found. `None` only ends it early.
pub(super) type Work<'w> = &'w mut dyn FnMut(&Expr, &Scope) -> Option<()>;

impl<'p> Search<'p> {
    pub(super) fn new(project: &'p Project<'p>) -> Self {
        Self {
            project,
            settings: RefCell::default(),
            seen: RefCell::default(),
            steps: Cell::default(),
            depth: Cell::default(),
        }
    }

    /// What was found of a setting.
    pub(super) fn found(&self, name: &str) -> Vec<Rc<Setting>> {
        let settings = self.settings.borrow();
        settings
            .iter()
            .filter(|one| one.name == name)
            .cloned()
            .collect()
    }

    /// Looks through the default export of a module; `false` where it is nothing that can be looked into.
    pub(super) fn settings(&self, scope: &Scope) -> bool {
        let mut any = false;
        self.default_export(scope, &mut |expr, scope| {
            any |= self.collect(expr, scope, false);
            Some(())
        });
        any
    }

    /// Does some work one level deeper, unless that is too deep or too much.
    fn deeper<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let (steps, depth) = (self.steps.get(), self.depth.get());
        if steps >= MAX_STEPS || depth >= MAX_DEPTH {
            return None;
        }
        self.steps.set(steps + 1);
        self.depth.set(depth + 1);
        let done = work();
        self.depth.set(depth);
        Some(done)
    }

    /// Collects settings from what is or makes a config; whether it held an object at all.
    fn collect(&self, expr: &Expr, scope: &Scope, maybe: bool) -> bool {
        self.deeper(|| self.collect_from(expr, scope, maybe))
            .unwrap_or(false)
    }

    fn collect_from(&self, expr: &Expr, scope: &Scope, maybe: bool) -> bool {
        match &expr.kind {
            Kind::Object(properties) => {
                for property in properties {
                    match property {
                        Property::Value(Key::Name(name), value) => {
                            self.set(name, value, scope, maybe)
                        }
                        Property::Spread(value) => {
                            self.collect(value, scope, maybe);
                        }
                        _ => {}
                    }
                }
                true
            }
            Kind::Name(name) => self.collect_name(name, scope, maybe),
            Kind::Call {
                callee, arguments, ..
            } if is_load(callee) => {
                let mut any = false;
                if let Some(Kind::Text(source)) = arguments.first().map(|one| &one.value.kind) {
                    self.taken(source, &Taken::All, scope, &mut |value, scope| {
                        any |= self.collect(value, scope, maybe);
                        Some(())
                    });
                }
                any
            }
            // A plugin gives back what it was given, with its own options.
            Kind::Call {
                callee, arguments, ..
            } => {
                let given = arguments
                    .iter()
                    .map(|one| self.collect(&one.value, scope, maybe));
                let any = given.fold(false, |any, one| any | one);
                self.collect(callee, scope, maybe) | any
            }
            Kind::Function(function) => {
                let scope = scope.inside(function);
                let given = returned(function);
                given.fold(false, |any, (one, nested)| {
                    self.collect(one, &scope, maybe | nested) | any
                })
            }
            Kind::Await(one) | Kind::Chain(one) => self.collect(one, scope, maybe),
            Kind::Assign { value, .. } => self.collect(value, scope, maybe),
            Kind::Conditional(_, then, other) | Kind::Logical(_, then, other) => {
                self.collect(then, scope, true) | self.collect(other, scope, true)
            }
            _ => false,
        }
    }

    fn collect_name(&self, name: &str, scope: &Scope, maybe: bool) -> bool {
        let inside = scope.functions.last().map(|function| function.at);
        let this = (Rc::clone(&scope.file), inside, name.to_owned());
        if !self.seen.borrow_mut().insert(this) {
            return false;
        }
        let mut any = false;
        match scope.declared(name) {
            Some((value, block)) => {
                any |= self.collect(&value, scope, maybe);
                self.collect_changes(name, block, scope);
            }
            None => {
                self.imported(name, scope, &mut |value, scope| {
                    any |= self.collect(value, scope, maybe);
                    Some(())
                });
            }
        }
        any
    }

    /// `config.rewrites = …` and `config = withX(config)`.
    fn collect_changes(&self, name: &str, block: &[Statement], scope: &Scope) {
        for (statement, nested) in statements(block) {
            let StatementKind::Expr(Expr {
                kind: Kind::Assign { target, value, .. },
                ..
            }) = &statement.kind
            else {
                continue;
            };
            match &**target {
                Pattern::Member(member) => {
                    if let Kind::Member {
                        object, name: key, ..
                    } = &member.kind
                        && matches!(&object.kind, Kind::Name(own) if &**own == name)
                    {
                        self.set(key, value, scope, nested);
                    }
                }
                target if is_name(target, name) => {
                    self.collect(value, scope, nested);
                }
                _ => {}
            }
        }
    }

    fn set(&self, name: &str, value: &Expr, scope: &Scope, maybe: bool) {
        let Some(name) = NAMES.iter().find(|one| **one == name) else {
            return;
        };
        let mut settings = self.settings.borrow_mut();
        let is_known = |one: &Rc<Setting>| {
            one.name == *name && one.value.at == value.at && one.scope.file == scope.file
        };
        if settings.len() >= MAX_SETTINGS || settings.iter().any(is_known) {
            return;
        }
        settings.push(Rc::new(Setting {
            name,
            value: value.clone(),
            scope: scope.clone(),
            maybe,
        }));
    }

    /// Follows names, imports and `await` to what they stand for.
    pub(super) fn follow(&self, expr: &Expr, scope: &Scope, work: Work<'_>) {
        match &expr.kind {
            Kind::Await(one) | Kind::Chain(one) => {
                self.deeper(|| self.follow(one, scope, work));
            }
            Kind::Name(name) if !scope.changes(name) => {
                self.deeper(|| self.follow_name(name, expr, scope, work));
            }
            _ => {
                work(expr, scope);
            }
        }
    }

    fn follow_name(&self, name: &str, expr: &Expr, scope: &Scope, work: Work<'_>) {
        if let Some((value, _)) = scope.declared(name) {
            self.follow(&value, scope, work);
        } else if scope.module.import(name).is_some() {
            self.imported(name, scope, &mut |value, scope| {
                self.follow(value, scope, work);
                Some(())
            });
        } else {
            work(expr, scope);
        }
    }

    /// What a name stands for that comes from another module of the project.
    fn imported(&self, name: &str, scope: &Scope, work: Work<'_>) {
        if let Some(import) = scope.module.import(name).filter(|import| !import.type_only) {
            self.taken(&import.source, &import.taken, scope, work);
        }
    }

    fn taken(&self, source: &str, taken: &Taken, scope: &Scope, work: Work<'_>) {
        let Target::File(file) = self.project.resolve(&scope.file, source) else {
            return;
        };
        let Some(Ok(module)) = self.project.module(&file) else {
            return;
        };
        let there = Scope::of_module(&file, &module);
        self.deeper(|| match taken {
            Taken::Export(name) if name != "default" => self.export(name, &there, work),
            _ => self.default_export(&there, work),
        });
    }

    fn export(&self, name: &str, scope: &Scope, work: Work<'_>) {
        match scope.module.export(name).map(|export| &export.exported) {
            Some(Exported::Value(Value::Name { name: own, .. })) => {
                self.own_or_imported(own, scope, work);
            }
            Some(Exported::From { source, taken }) => self.taken(source, taken, scope, work),
            // `module.exports = { name: … }`
            _ => self.default_export(scope, &mut |expr, scope| work(property(expr, name)?, scope)),
        }
    }

    fn own_or_imported(&self, name: &str, scope: &Scope, work: Work<'_>) {
        match scope.declared(name) {
            Some((value, _)) => {
                // Kept as a name, so that what changes it later is seen.
                let kind = Kind::Name(Arc::from(name));
                work(&Expr { at: value.at, kind }, scope);
            }
            None => self.imported(name, scope, work),
        }
    }

    /// What a module exports by default, or each value that it sets `module.exports` to.
    fn default_export(&self, scope: &Scope, work: Work<'_>) {
        if let Some((value, _)) = scope.declared("*default*") {
            work(&value, scope);
            return;
        }
        let body = &scope.module.program.body;
        // All of them count: `module.exports = withX(module.exports)`.
        let mut is_set = false;
        for statement in body {
            if let StatementKind::Expr(Expr {
                kind: Kind::Assign { target, value, .. },
                ..
            }) = &statement.kind
                && is_module_exports(target)
            {
                is_set = true;
                work(value, scope);
            }
        }
        if is_set {
            return;
        }
        match scope
            .module
            .export("default")
            .map(|export| &export.exported)
        {
            Some(Exported::Value(Value::Name { name, .. })) => {
                self.own_or_imported(name, scope, work);
            }
            Some(Exported::From { source, taken }) => {
                self.deeper(|| self.taken(source, taken, scope, work));
            }
            _ => {}
        }
    }

    /// A text that is written out.
    pub(super) fn text(&self, expr: &Expr, scope: &Scope) -> Option<String> {
        let mut found = None;
        self.follow(expr, scope, &mut |expr, _| {
            if let Kind::Text(text) = &expr.kind {
                found = Some(text.to_string());
            }
            Some(())
        });
        found
    }

    /// A flag that is written out.
    pub(super) fn flag(&self, expr: &Expr, scope: &Scope) -> Option<bool> {
        let mut found = None;
        self.follow(expr, scope, &mut |expr, _| {
            if let Kind::Bool(flag) = expr.kind {
                found = Some(flag);
            }
            Some(())
        });
        found
    }

    /// A list of texts that is written out.
    pub(super) fn texts(&self, expr: &Expr, scope: &Scope) -> Option<Vec<String>> {
        let mut found = None;
        self.follow(expr, scope, &mut |expr, scope| {
            if let Kind::Array(items) = &expr.kind {
                let texts = items.iter().map(|item| {
                    let value = Some(&item.value).filter(|_| !item.spread)?;
                    self.text(value, scope)
                });
                found = texts.collect();
            }
            Some(())
        });
        found
    }
}

/// `require` and `import`.
fn is_load(callee: &Expr) -> bool {
    matches!(&callee.kind, Kind::Name(name) if matches!(&**name, "require" | "import"))
}

fn is_module_exports(target: &Pattern) -> bool {
    let Pattern::Member(member) = target else {
        return false;
    };
    matches!(&member.kind, Kind::Member { object, name, .. }
        if &**name == "exports" && matches!(&object.kind, Kind::Name(own) if &**own == "module"))
}
