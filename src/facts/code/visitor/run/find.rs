//! Looking something up in the text of a module instead of running it.

use std::sync::Arc;

use crate::facts::code::tree::walk::{self, Look};
use crate::facts::code::tree::{Expr, Function, Kind, Offset, Pattern, Program, Statement};

/// The function that begins at an offset of a module.
pub(in super::super) fn function_at(program: &Program, at: Offset) -> Option<Arc<Function>> {
    struct At(Offset, Option<Arc<Function>>);
    impl Look for At {
        fn function(&mut self, function: &Arc<Function>) -> bool {
            if function.at == self.0 && self.1.is_none() {
                self.1 = Some(Arc::clone(function));
            }
            self.1.is_none()
        }
    }
    let mut at = At(at, None);
    walk::statements(&mut at, &program.body);
    at.1
}

/// Where a name of the top level is written to after its declaration.
#[derive(Default)]
pub(in super::super) struct Changes {
    name: String,
    depth: u32,
    /// Whether inside a function, which may run at any time.
    pub in_function: bool,
    /// Whether on load.
    pub on_load: bool,
}

impl Changes {
    /// Those in some statements.
    pub fn of(name: &str, body: &[Statement]) -> Self {
        let mut changes = Changes {
            name: name.to_owned(),
            ..Changes::default()
        };
        walk::statements(&mut changes, body);
        changes
    }

    fn is(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Name(name) => **name == *self.name,
            Kind::Member { object, .. } | Kind::Index { object, .. } => self.is(object),
            _ => false,
        }
    }
}

impl Look for Changes {
    fn expr(&mut self, expr: &Expr) {
        let changed = match &expr.kind {
            Kind::Assign { target, .. } | Kind::Update(target) => match target.as_ref() {
                Pattern::Name(name) => **name == *self.name,
                Pattern::Member(member) => self.is(member),
                Pattern::Object(..)
                | Pattern::Array(..)
                | Pattern::Default(..)
                | Pattern::Unknown => true,
            },
            // What is called on it may change it; what it is handed to may, too, but hardly does.
            Kind::Call { callee, .. } => match &callee.kind {
                Kind::Member { object, name, .. } => self.is(object) && is_mutation(name),
                _ => false,
            },
            _ => false,
        };
        if changed {
            self.in_function |= self.depth > 0;
            self.on_load |= self.depth == 0;
        }
    }

    fn function(&mut self, _: &Arc<Function>) -> bool {
        self.depth += 1;
        true
    }

    fn end_of_function(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

fn is_mutation(name: &str) -> bool {
    matches!(
        name,
        "push"
            | "unshift"
            | "splice"
            | "pop"
            | "shift"
            | "sort"
            | "reverse"
            | "add"
            | "set"
            | "delete"
            | "clear"
            | "append"
    )
}
