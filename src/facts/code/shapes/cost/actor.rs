//! Who is signed in and what the request chose, by the names of one function.

use std::collections::BTreeSet;

use super::super::super::tree::{
    Binary, Expr, Function, Key, Kind, Pattern, Statement, StatementKind, Text,
};
use super::super::walk::{self, Node, Trail};
use super::leaves;
use super::scope::File;

/// Names of a function, by what they hold.
#[derive(Default)]
pub(super) struct Names {
    /// Who is signed in, or something that was found by that.
    user: BTreeSet<String>,
    /// What the request chose.
    request: BTreeSet<String>,
    /// The parameter that carries the context of a procedure.
    context: Option<String>,
}

impl Names {
    pub(super) fn user(&self, expr: &Expr) -> bool {
        walk::any(expr, |one| self.is_user(one))
    }

    pub(super) fn request(&self, expr: &Expr) -> bool {
        walk::any(
            expr,
            |one| matches!(&one.kind, Kind::Name(name) if self.request.contains(&**name)),
        )
    }

    pub(super) fn is_user(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Name(name) => self.user.contains(&**name),
            // `ctx.session`, `req.auth`, `context.user`: anything of a context but its database.
            Kind::Member { object, name, .. } => match walk::name(walk::bare(object)) {
                Some(of) => {
                    let context = self.context.as_deref() == Some(&**of) || is_context(of);
                    context && is_of_user(name)
                }
                None => false,
            },
            _ => false,
        }
    }
}

fn is_context(name: &Text) -> bool {
    matches!(
        &**name,
        "ctx" | "context" | "req" | "request" | "c" | "locals" | "event"
    )
}

fn is_of_user(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["auth", "user", "session", "org", "identity", "account"]
        .iter()
        .any(|word| lower.contains(word))
}

/// What the names of a function hold; `None` where nobody asks who is signed in, or where one value is made
/// from both.
pub(super) fn names(file: &File<'_>, function: &Function, is_procedure: bool) -> Option<Names> {
    let mut names = Names::default();
    let mut given = Vec::new();
    for (at, pattern) in function.parameters.iter().enumerate() {
        match pattern {
            // `({ ctx, input })` of a procedure.
            Pattern::Object(all, rest) => {
                for (key, one) in all {
                    match (key, one) {
                        (Key::Name(key), Pattern::Name(name))
                            if matches!(&**key, "ctx" | "context") =>
                        {
                            names.context = Some(name.to_string());
                        }
                        // `({ ctx: { userId } })`
                        (Key::Name(key), one) if matches!(&**key, "ctx" | "context" | "locals") => {
                            let mut all = Vec::new();
                            leaves(one, &mut all);
                            names.user.extend(all);
                        }
                        (_, one) => leaves(one, &mut given),
                    }
                }
                rest.iter().for_each(|one| leaves(one, &mut given));
            }
            Pattern::Name(name) if at == 0 && is_procedure && &**name == "ctx" => {
                names.context = Some(name.to_string());
            }
            other => leaves(other, &mut given),
        }
    }
    const ANSWERS: &[&str] = &[
        "res", "response", "reply", "next", "ctx", "locals", "cookies", "fetch",
    ];
    names.request.extend(
        given
            .into_iter()
            .filter(|name| !ANSWERS.contains(&name.as_str())),
    );
    let mut asked = is_procedure;
    let mut mixed = false;
    walk::below(&function.body, &mut |node| match node {
        Node::Expr(expr) => asked |= file.is_ask(expr),
        Node::Statement(Statement {
            kind: StatementKind::Declare(all),
            ..
        }) => {
            for (pattern, value) in all {
                let Some(value) = value else { continue };
                let mut bound = Vec::new();
                leaves(pattern, &mut bound);
                if walk::any(value, |one| file.is_ask(one)) {
                    names.user.extend(bound);
                    continue;
                }
                match (names.user(value), names.request(value)) {
                    (true, true) => mixed = true,
                    (true, false) => names.user.extend(bound),
                    (false, true) => names.request.extend(bound),
                    (false, false) => {}
                }
            }
        }
        _ => {}
    });
    (asked && !mixed).then_some(names)
}

/// Whether who is signed in is only looked up here, tested for being there, or written to a log.
pub(super) fn is_test(expr: &Expr, trail: &Trail<'_>, file: &File<'_>, names: &Names) -> bool {
    let mut below: *const Expr = expr;
    for node in trail.iter().rev() {
        match node {
            Node::Expr(around) => {
                match &around.kind {
                    Kind::Unary(..)
                    | Kind::Logical(..)
                    | Kind::Chain(_)
                    | Kind::Await(_)
                    | Kind::Member { .. } => {}
                    Kind::Binary(Binary::Strict { .. } | Binary::Loose { .. }, left, right) => {
                        let nothing = |one: &Expr| {
                            matches!(&one.kind, Kind::Null)
                                || matches!(&one.kind, Kind::Name(name) if &**name == "undefined")
                        };
                        if !nothing(left) && !nothing(right) {
                            return false;
                        }
                    }
                    Kind::Conditional(test, ..) => return std::ptr::eq(&raw const **test, below),
                    Kind::Call { callee, .. } => {
                        let logs = super::root(callee)
                            .is_some_and(|root| matches!(&**root, "console" | "logger" | "log"));
                        // What is found by the user and put into a name is followed by that name.
                        return logs || file.is_ask(around) || is_lookup(trail, names);
                    }
                    Kind::Object(_) | Kind::Array(_) => return is_lookup(trail, names),
                    _ => return false,
                }
                below = *around;
            }
            Node::Statement(one) => {
                return match &one.kind {
                    StatementKind::If(test, ..) => std::ptr::eq(test, below),
                    StatementKind::Declare(_) => true,
                    _ => false,
                };
            }
            Node::Function(_) => return false,
        }
    }
    false
}

/// Whether a place is in what a declaration takes its value from: the names that it binds are followed.
fn is_lookup(trail: &Trail<'_>, names: &Names) -> bool {
    let inner = trail.iter().rev().find_map(|node| match node {
        Node::Statement(one) => Some(&one.kind),
        _ => None,
    });
    match inner {
        Some(StatementKind::Declare(all)) => all.iter().all(|(pattern, _)| {
            let mut bound = Vec::new();
            leaves(pattern, &mut bound);
            !bound.is_empty() && bound.iter().all(|name| names.user.contains(name))
        }),
        _ => false,
    }
}
