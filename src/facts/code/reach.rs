//! Does a value run Clerk?
//!
//! The question is asked of the function that a framework will call, so a mention is not enough: an
//! import that nothing uses, or a middleware that is made and dropped, runs nothing. A value runs Clerk
//! if it is a Clerk function, is made by one, is put together from a value that does, or is a function
//! whose body calls one or answers with one. Imports are followed through the project.

mod import;
mod value;

use std::cell::{Cell, RefCell};

use super::module::Module;
use super::project::Project;
use super::value::{Function, Offset, Value};
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

#[cfg(test)]
mod tests;
