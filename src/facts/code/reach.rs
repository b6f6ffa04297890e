//! Does a value run Clerk?
//!
//! The question is asked of the function that a framework will call, so a mention is not enough: an
//! import that nothing uses, or a middleware that is made and dropped, runs nothing. A value runs Clerk
//! if it is a Clerk function, is made by one, is put together from a value that does, or is a function
//! whose body calls one or answers with one. Imports are followed through the project.

use std::cell::{Cell, RefCell};

use super::clerk;
use super::module::Module;
use super::project::Project;
use super::resolve::Target;
use super::value::{Exported, Fate, Function, Import, Offset, Taken, Value};
use crate::model::Place;

/// How many modules a value may be passed on through; real projects need two or three.
const MAX_HOPS: u32 = 5;
const MAX_DEPTH: u32 = 150;
const MAX_STEPS: u32 = 20_000;

/// Whether Clerk runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClerkUse {
    /// It does.
    Yes {
        /// Clerk's function, under the name that Clerk gives it.
        call: String,
        /// Where it is used.
        place: Place,
        /// Whether something decides at run time, so that it may not run: an `if`, a ternary, an early return.
        conditional: bool,
    },
    /// Nothing of Clerk's middleware runs, but the code verifies the session with Clerk's own function.
    ByHand {
        /// `verifyToken` or `authenticateRequest`.
        call: String,
        /// Where it is called.
        place: Place,
    },
    /// It does not.
    No,
    /// We could not follow the code to its end.
    Undecided {
        /// What stopped us, in words.
        why: String,
        /// Where.
        place: Place,
    },
}

impl ClerkUse {
    /// Whether Clerk runs, at least for some requests.
    pub fn is_yes(&self) -> bool {
        matches!(self, ClerkUse::Yes { .. })
    }

    fn rank(&self) -> u8 {
        match self {
            ClerkUse::Yes {
                conditional: false, ..
            } => 4,
            ClerkUse::Yes {
                conditional: true, ..
            } => 3,
            ClerkUse::ByHand { .. } => 2,
            ClerkUse::Undecided { .. } => 1,
            ClerkUse::No => 0,
        }
    }

    /// The one of two that says more; the first of equals.
    pub(super) fn or(self, other: Self) -> Self {
        if other.rank() > self.rank() {
            other
        } else {
            self
        }
    }

    fn under(self, condition: bool) -> Self {
        match self {
            ClerkUse::Yes {
                call,
                place,
                conditional,
            } => ClerkUse::Yes {
                call,
                place,
                conditional: conditional || condition,
            },
            other => other,
        }
    }
}

/// A place in a module.
pub(super) fn place(file: &str, module: &Module, at: Offset) -> Place {
    let spot = module.spot(at);
    Place::Span {
        file: file.to_owned(),
        line: spot.line,
        column: spot.column,
        excerpt: None,
    }
}

/// Follows values through a project, looking for these functions of Clerk.
pub struct Walk<'p> {
    project: &'p Project<'p>,
    calls: Vec<&'static str>,
    steps: Cell<u32>,
    /// What is being looked at right now: code that leads back to itself adds nothing.
    active: RefCell<Vec<*const ()>>,
}

/// The names that hold where a value stands.
#[derive(Clone, Copy)]
struct Scope<'s> {
    file: &'s str,
    module: &'s Module,
    function: &'s Function,
    outer: Option<&'s Scope<'s>>,
}

#[derive(Clone, Copy)]
struct Left {
    depth: u32,
    hops: u32,
}

impl Left {
    fn deeper(self) -> Option<Self> {
        Some(Self {
            depth: self.depth.checked_sub(1)?,
            hops: self.hops,
        })
    }
}

const ALL: Left = Left {
    depth: MAX_DEPTH,
    hops: MAX_HOPS,
};

impl<'p> Walk<'p> {
    /// A search for these functions.
    pub fn new(project: &'p Project<'p>, calls: &[&'static str]) -> Self {
        Self {
            project,
            calls: calls.to_vec(),
            steps: Cell::new(0),
            active: RefCell::default(),
        }
    }

    /// Whether what a module exports under a name runs Clerk when it is called.
    pub fn export(&self, file: &str, module: &Module, name: &str) -> ClerkUse {
        self.exported(file, module, name, ALL)
    }

    /// Whether anything in a module, called or not, registers Clerk or verifies with it.
    pub fn anywhere(&self, file: &str, module: &Module) -> ClerkUse {
        let top = top(file, module);
        let mut best = self.body(&module.body, &top, ALL);
        for (_, value) in &module.body.locals {
            best = best.or(self.functions_of(value, &top, ALL));
        }
        for export in &module.exports {
            if best.rank() >= 3 {
                break;
            }
            best = best.or(self.exported(file, module, &export.name, ALL));
        }
        best
    }

    fn functions_of(&self, value: &Value, scope: &Scope<'_>, left: Left) -> ClerkUse {
        let Some(left) = left.deeper() else {
            return ClerkUse::No;
        };
        match value {
            Value::Function(_) => self.handler(value, scope, left),
            Value::Object(parts) => self.any(parts.iter().map(|(_, part)| part), |part| {
                self.functions_of(part, scope, left)
            }),
            _ => ClerkUse::No,
        }
    }

    /// Runs `work` unless we are inside the very same thing already, or out of steps.
    fn guarded(
        &self,
        thing: *const (),
        scope: &Scope<'_>,
        work: impl FnOnce() -> ClerkUse,
    ) -> ClerkUse {
        if self.active.borrow().contains(&thing) {
            return ClerkUse::No;
        }
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MAX_STEPS {
            return undecided("the code is too large to follow", scope, 0);
        }
        self.active.borrow_mut().push(thing);
        let done = work();
        self.active.borrow_mut().pop();
        done
    }

    fn any<'v>(
        &self,
        values: impl Iterator<Item = &'v Value>,
        mut each: impl FnMut(&'v Value) -> ClerkUse,
    ) -> ClerkUse {
        let mut best = ClerkUse::No;
        for value in values {
            best = best.or(each(value));
            if best.rank() == 4 {
                break;
            }
        }
        best
    }

    /// Whether a value runs Clerk once it is called or registered.
    fn handler(&self, value: &Value, scope: &Scope<'_>, left: Left) -> ClerkUse {
        let Some(left) = left.deeper() else {
            return undecided("the code nests too deep to follow", scope, 0);
        };
        self.guarded(std::ptr::from_ref(value).cast(), scope, || match value {
            Value::Name { name, at } => self.name(name, *at, scope, left),
            Value::Member {
                object,
                property,
                at,
            } => self.member(object, property, *at, scope, left),
            Value::Call {
                callee, arguments, ..
            } => {
                let made = self.handler(callee, scope, left);
                let given = || self.any(arguments.iter(), |one| self.handler(one, scope, left));
                if made.rank() == 4 {
                    made
                } else {
                    made.or(given())
                }
            }
            Value::Function(function) => self.function(function, scope, left),
            Value::Either(arms) => self.either(arms.iter(), |arm| self.handler(arm, scope, left)),
            Value::List(all) | Value::Parts(all) => {
                self.any(all.iter(), |one| self.handler(one, scope, left))
            }
            Value::Object(all) => self.any(all.iter().map(|(_, one)| one), |one| {
                self.handler(one, scope, left)
            }),
            Value::Import(source) => self.taken(source, &Taken::All, 0, scope, left),
            Value::Text(_) | Value::Flag(_) | Value::Unknown => ClerkUse::No,
        })
    }

    fn either<'v>(
        &self,
        arms: impl Iterator<Item = &'v Value>,
        mut each: impl FnMut(&'v Value) -> ClerkUse,
    ) -> ClerkUse {
        let mut best = ClerkUse::No;
        let mut every = true;
        for arm in arms {
            let found = each(arm);
            every &= found.is_yes();
            best = best.or(found);
        }
        best.under(!every)
    }

    fn function(&self, function: &Function, outer: &Scope<'_>, left: Left) -> ClerkUse {
        let scope = Scope {
            function,
            outer: Some(outer),
            ..*outer
        };
        self.body(function, &scope, left)
    }

    /// Whether evaluating the steps of a function runs Clerk, or answers with something that does.
    fn body(&self, function: &Function, scope: &Scope<'_>, left: Left) -> ClerkUse {
        let mut best = ClerkUse::No;
        // Whether some requests have already been answered without Clerk.
        let mut answered = false;
        for step in &function.steps {
            let found = match step.fate {
                Fate::Returned => self.handler(&step.value, scope, left),
                Fate::Kept | Fate::Dropped => self.evaluated(&step.value, scope, left),
            };
            answered |= step.fate == Fate::Returned && step.branch && !found.is_yes();
            best = best.or(found.under(step.branch || answered));
            if best.rank() == 4 {
                break;
            }
        }
        best
    }

    /// Whether evaluating an expression runs Clerk or hands it to something that will. Making a
    /// middleware, as `clerkMiddleware()` does, does not yet run it.
    fn evaluated(&self, value: &Value, scope: &Scope<'_>, left: Left) -> ClerkUse {
        let Some(left) = left.deeper() else {
            return undecided("the code nests too deep to follow", scope, 0);
        };
        match value {
            Value::Call {
                callee, arguments, ..
            } => {
                let called = self.called(callee, scope, left);
                if called.rank() == 4 {
                    return called;
                }
                called.or(self.any(arguments.iter(), |one| self.handler(one, scope, left)))
            }
            Value::Member { object, .. } => self.evaluated(object, scope, left),
            Value::Either(arms) => self.either(arms.iter(), |arm| self.evaluated(arm, scope, left)),
            Value::List(all) | Value::Parts(all) => {
                self.any(all.iter(), |one| self.evaluated(one, scope, left))
            }
            Value::Object(all) => self.any(all.iter().map(|(_, one)| one), |one| {
                self.evaluated(one, scope, left)
            }),
            _ => ClerkUse::No,
        }
    }

    /// What calling this does, the result not being used as a handler.
    fn called(&self, callee: &Value, scope: &Scope<'_>, left: Left) -> ClerkUse {
        let made = self.handler(callee, scope, left);
        if made.is_yes() && self.is_clerk_itself(callee, scope, left) {
            return ClerkUse::No;
        }
        match callee {
            // `app.use(a).use(b)`: what stands left of the dot is evaluated as well.
            Value::Member { object, .. } => made.or(self.evaluated(object, scope, left)),
            _ => made,
        }
    }

    /// Whether this names one of Clerk's functions, and not something made by one.
    fn is_clerk_itself(&self, value: &Value, scope: &Scope<'_>, left: Left) -> bool {
        match value {
            Value::Name { name, .. } => match scope.local(name) {
                None => scope.module.import(name).is_some_and(|import| {
                    clerk::is_package(&import.source)
                        || self.passes_clerk_on(scope.file, import, left.hops)
                }),
                Some(_) => false,
            },
            Value::Member { object, .. } => match object.as_ref() {
                Value::Name { name, .. } => scope
                    .module
                    .import(name)
                    .is_some_and(|import| clerk::is_package(&import.source)),
                Value::Import(source) => clerk::is_package(source),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an import only passes on a function of Clerk: `export { clerkMiddleware } from "@clerk/…"`.
    fn passes_clerk_on(&self, file: &str, import: &Import, hops: u32) -> bool {
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

    fn name(&self, name: &str, at: Offset, scope: &Scope<'_>, left: Left) -> ClerkUse {
        if let Some(owner) = scope.local(name) {
            let held = owner
                .function
                .locals
                .iter()
                .filter(|(local, _)| local == name);
            return self.either(held.map(|(_, value)| value), |value| {
                self.handler(value, owner, left)
            });
        }
        match scope.module.import(name) {
            Some(import) if !import.type_only => {
                self.taken(&import.source, &import.taken, at, scope, left)
            }
            _ => ClerkUse::No,
        }
    }

    fn member(
        &self,
        object: &Value,
        property: &str,
        at: Offset,
        scope: &Scope<'_>,
        left: Left,
    ) -> ClerkUse {
        let export = Taken::Export(property.to_owned());
        match object {
            Value::Import(source) => return self.taken(source, &export, at, scope, left),
            Value::Name { name, .. } => {
                if let Some(owner) = scope.local(name) {
                    return self.member_of_local(owner, name, property, left);
                }
                if let Some(import) = scope.module.import(name).filter(|import| !import.type_only) {
                    let whole = import.taken == Taken::All
                        || (clerk::is_package(&import.source)
                            && import.taken == Taken::Export("default".to_owned()));
                    if whole {
                        return self.taken(&import.source, &export, at, scope, left);
                    }
                }
            }
            _ => {}
        }
        // `createClerkClient(…).authenticateRequest(…)`, `this.clerk.authenticateRequest(…)`
        if clerk::BY_HAND.contains(&property) && speaks_of_clerk(object, scope) {
            return ClerkUse::ByHand {
                call: property.to_owned(),
                place: place(scope.file, scope.module, at),
            };
        }
        self.handler(object, scope, left)
    }

    fn member_of_local(
        &self,
        owner: &Scope<'_>,
        name: &str,
        property: &str,
        left: Left,
    ) -> ClerkUse {
        let held = owner
            .function
            .locals
            .iter()
            .filter(|(local, _)| local == name);
        self.either(held.map(|(_, value)| value), |value| {
            if clerk::BY_HAND.contains(&property) && speaks_of_clerk(value, owner) {
                let at = first_offset(value);
                return ClerkUse::ByHand {
                    call: property.to_owned(),
                    place: place(owner.file, owner.module, at),
                };
            }
            match value {
                Value::Object(_) => value
                    .property(property)
                    .map_or(ClerkUse::No, |value| self.handler(value, owner, left)),
                other => self.handler(other, owner, left),
            }
        })
    }

    /// What a module takes from another one.
    fn taken(
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

    fn exported(&self, file: &str, module: &Module, name: &str, left: Left) -> ClerkUse {
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

impl<'s> Scope<'s> {
    /// The scope that declares a name; `None` where it is an import or a global. A parameter is
    /// declared and holds nothing that we know.
    fn local<'a>(&'a self, name: &str) -> Option<&'a Scope<'s>>
    where
        's: 'a,
    {
        let mut scope = self;
        loop {
            let function = scope.function;
            if function.locals.iter().any(|(local, _)| local == name)
                || function
                    .parameters
                    .iter()
                    .any(|parameter| parameter == name)
            {
                return Some(scope);
            }
            scope = scope.outer?;
        }
    }
}

fn top<'s>(file: &'s str, module: &'s Module) -> Scope<'s> {
    Scope {
        file,
        module,
        function: &module.body,
        outer: None,
    }
}

fn undecided(why: impl Into<String>, scope: &Scope<'_>, at: Offset) -> ClerkUse {
    ClerkUse::Undecided {
        why: why.into(),
        place: place(scope.file, scope.module, at),
    }
}

/// Whether an object is likely Clerk's client: it says so, or the module takes something from Clerk.
fn speaks_of_clerk(object: &Value, scope: &Scope<'_>) -> bool {
    let named = match object {
        Value::Name { name, .. } => name.to_ascii_lowercase().contains("clerk"),
        Value::Member { property, .. } => property.to_ascii_lowercase().contains("clerk"),
        _ => false,
    };
    named
        || scope
            .module
            .imports
            .iter()
            .any(|import| clerk::is_package(&import.source))
}

fn first_offset(value: &Value) -> Offset {
    match value {
        Value::Name { at, .. } | Value::Member { at, .. } | Value::Call { at, .. } => *at,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
