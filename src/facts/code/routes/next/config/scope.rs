//! Where an expression of a config stands, and what the names around it hold.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::facts::code::Module;
use crate::facts::code::tree::{Expr, Function, Kind, Pattern, Statement, StatementKind};

/// Where an expression stands.
#[derive(Clone)]
pub(super) struct Scope {
    pub file: Rc<str>,
    pub module: Arc<Module>,
    /// The functions around it, outermost first.
    pub functions: Vec<Arc<Function>>,
}

impl Scope {
    pub(super) fn of_module(file: &str, module: &Arc<Module>) -> Self {
        Self {
            file: Rc::from(file),
            module: Arc::clone(module),
            functions: Vec::new(),
        }
    }

    pub(super) fn inside(&self, function: &Arc<Function>) -> Self {
        let mut scope = self.clone();
        scope.functions.push(Arc::clone(function));
        scope
    }

    /// The statements around, innermost first.
    fn blocks(&self) -> impl Iterator<Item = &[Statement]> {
        let bodies = self
            .functions
            .iter()
            .rev()
            .map(|function| function.body.as_slice());
        bodies.chain([self.module.program.body.as_slice()])
    }

    /// What a name was declared as, and the statements among which it was. What is imported by
    /// `require` is not declared.
    pub(super) fn declared(&self, name: &str) -> Option<(Cow<'_, Expr>, &[Statement])> {
        let is_imported = self.module.import(name).is_some();
        let blocks = self.blocks().enumerate();
        let own = blocks.filter(|(index, _)| !is_imported || *index < self.functions.len());
        own.map(|(_, block)| block)
            .find_map(|block| Some((declared_in(block, name)?, block)))
    }

    /// Whether a name of the top level holds something else later on.
    pub(super) fn changes(&self, name: &str) -> bool {
        self.module
            .program
            .changed
            .iter()
            .any(|changed| &**changed == name)
    }
}

/// What a name is declared as in some statements, or in the blocks among them.
fn declared_in<'b>(block: &'b [Statement], name: &str) -> Option<Cow<'b, Expr>> {
    statements(block).find_map(|(statement, _)| match &statement.kind {
        StatementKind::Declare(all) => all.iter().find_map(|(pattern, value)| {
            let value = value.as_ref().filter(|_| is_name(pattern, name))?;
            Some(Cow::Borrowed(value))
        }),
        StatementKind::Function(function) if function.name.as_deref() == Some(name) => {
            Some(Cow::Owned(Expr {
                at: function.at,
                kind: Kind::Function(Arc::clone(function)),
            }))
        }
        _ => None,
    })
}

pub(super) fn is_name(pattern: &Pattern, name: &str) -> bool {
    matches!(pattern, Pattern::Name(own) if &**own == name)
}

/// What a function gives back, and whether only on a condition.
pub(super) fn returned(function: &Function) -> impl Iterator<Item = (&Expr, bool)> {
    statements(&function.body).filter_map(|(statement, nested)| match &statement.kind {
        StatementKind::Return(value) => Some((value.as_ref()?, nested)),
        _ => None,
    })
}

/// Statements with those in their blocks and branches, and whether each stands in one.
pub(super) fn statements(block: &[Statement]) -> impl Iterator<Item = (&Statement, bool)> {
    let mut left: Vec<(&Statement, bool)> = block.iter().rev().map(|one| (one, false)).collect();
    std::iter::from_fn(move || {
        let (statement, nested) = left.pop()?;
        match &statement.kind {
            StatementKind::If(_, then, other) => {
                left.extend(other.iter().map(|one| (&**one, true)));
                left.push((then, true));
            }
            StatementKind::Block(block) => {
                left.extend(block.iter().rev().map(|one| (one, nested)));
            }
            StatementKind::Try {
                block,
                handler,
                last,
            } => {
                left.extend(last.iter().rev().map(|one| (one, true)));
                let handler = handler.iter().flat_map(|(_, body)| body.iter().rev());
                left.extend(handler.map(|one| (one, true)));
                left.extend(block.iter().rev().map(|one| (one, true)));
            }
            StatementKind::Switch(_, cases) => {
                let bodies = cases.iter().rev().flat_map(|(_, body)| body.iter().rev());
                left.extend(bodies.map(|one| (one, true)));
            }
            _ => {}
        }
        Some((statement, nested))
    })
}
