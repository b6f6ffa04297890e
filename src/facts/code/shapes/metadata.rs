//! `unsafeMetadata`, which the browser may write, in conditions on a server.

use super::super::tree::{Expr, Kind, Logical, Pattern, Statement, StatementKind, Text};
use super::walk::{self, Node, Trail};
use super::{CANDIDATES, Seen, What};

/// Words of names that grant something.
const GRANTS: &[&str] = &[
    "role",
    "admin",
    "permission",
    "plan",
    "tier",
    "subscri",
    "premium",
    "paid",
    "isadmin",
    "staff",
    "owner",
    "credit",
    "access",
    "approved",
    "verified",
    "allowed",
    "entitle",
    "quota",
    "scope",
];

pub(super) fn look(seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        let Some(what) = read(expr).filter(|_| left > 0) else {
            return;
        };
        left -= 1;
        if decides(expr, trail, &program.body) {
            let lower = what.to_ascii_lowercase();
            let grants = GRANTS.iter().any(|word| lower.contains(word));
            found.push((
                expr.at,
                What::UnsafeMetadata {
                    what: format!("unsafeMetadata.{what}"),
                    grants,
                },
            ));
        }
    });
    for (at, what) in found {
        seen.add(at, what);
    }
}

/// The property of `unsafeMetadata` that an expression reads.
fn read(expr: &Expr) -> Option<&Text> {
    let Kind::Member { object, name, .. } = &expr.kind else {
        return None;
    };
    let is_unsafe = match &walk::bare(object).kind {
        Kind::Member { name, .. } | Kind::Name(name) => {
            matches!(&**name, "unsafeMetadata" | "unsafe_metadata")
        }
        _ => false,
    };
    is_unsafe.then_some(name)
}

/// Whether a value is compared or decides a branch, by itself or through the name that holds it.
fn decides(expr: &Expr, trail: &Trail<'_>, program: &[Statement]) -> bool {
    let mut below: *const Expr = expr;
    for node in trail.iter().rev() {
        match node {
            Node::Expr(around) => {
                match &around.kind {
                    Kind::Unary(..) | Kind::Chain(_) | Kind::Await(_) => {}
                    Kind::Binary(..) => return tested(around, trail),
                    Kind::Logical(Logical::And, left, _)
                        if std::ptr::eq(&raw const **left, below) => {}
                    Kind::Logical(..) => {}
                    Kind::Conditional(test, ..) => {
                        if !std::ptr::eq(&raw const **test, below) {
                            return false;
                        }
                    }
                    _ => return false,
                }
                below = *around;
            }
            Node::Statement(one) => {
                return match &one.kind {
                    StatementKind::If(test, ..) => std::ptr::eq(test, below),
                    StatementKind::Declare(all) => {
                        let held = all.iter().find(|(_, value)| {
                            value
                                .as_ref()
                                .is_some_and(|value| std::ptr::eq(value, below))
                        });
                        let Some((Pattern::Name(name), _)) = held else {
                            return false;
                        };
                        let scope =
                            walk::function(trail).map_or(program, |one| one.body.as_slice());
                        is_tested(name, scope)
                    }
                    _ => false,
                };
            }
            Node::Function(_) => return false,
        }
    }
    false
}

/// Whether a comparison decides a branch that ends the function, or is what it answers.
fn tested(comparison: &Expr, trail: &Trail<'_>) -> bool {
    let mut below: *const Expr = comparison;
    let mut seen = false;
    for node in trail.iter().rev() {
        match node {
            Node::Expr(around) => {
                if !seen {
                    seen = std::ptr::eq(*around, comparison);
                    continue;
                }
                match &around.kind {
                    Kind::Unary(..) | Kind::Logical(..) => below = *around,
                    _ => return false,
                }
            }
            Node::Statement(one) => {
                return match &one.kind {
                    StatementKind::If(test, ..) => std::ptr::eq(test, below),
                    StatementKind::Return(_) => true,
                    _ => false,
                };
            }
            Node::Function(_) => return false,
        }
    }
    false
}

/// Whether a name decides a branch in a scope.
fn is_tested(name: &str, scope: &[Statement]) -> bool {
    let mut tested = false;
    walk::below(scope, &mut |node| {
        if let Node::Statement(Statement {
            kind: StatementKind::If(test, ..),
            ..
        }) = node
        {
            tested |= walk::any(
                test,
                |one| matches!(&one.kind, Kind::Name(held) if &**held == name),
            );
        }
    });
    tested
}
