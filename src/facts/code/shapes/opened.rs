//! Conditions on a variable that let a request past the middleware before anybody asks who it is from.

use super::super::tree::{Binary, Expr, Function, Kind, Logical, Statement, StatementKind, Unary};
use super::walk::{self, Node};
use super::{Seen, What, locals, switch};

/// So many names are followed from a condition to what they hold.
const DEEP: u32 = 3;

pub(super) fn look(seen: &mut Seen<'_>) {
    let module = seen.module;
    let wrappers = locals(module, "clerkMiddleware", |source| {
        source == "@clerk/nextjs/server"
    });
    if wrappers.is_empty() {
        return;
    }
    let program = module.program.clone();
    let mut found = Vec::new();
    walk::program(&program, &mut |node, _| {
        let Node::Expr(expr) = node else { return };
        let Kind::Call {
            callee, arguments, ..
        } = &expr.kind
        else {
            return;
        };
        let wraps =
            |name: &super::super::tree::Text| wrappers.iter().any(|(local, _)| *local == &**name);
        let handler = arguments.first().map(|item| &item.value.kind);
        if let (true, Some(Kind::Function(handler))) =
            (walk::name(callee).is_some_and(wraps), handler)
        {
            found.extend(opened(handler, &program.body));
        }
    });
    for (at, what) in found {
        seen.add(at, what);
    }
}

/// The first condition of a handler that opens it: what stands before it protects nothing, what stands
/// behind it would.
fn opened(handler: &Function, program: &[Statement]) -> Option<(super::Offset, What)> {
    let body = handler.body.as_slice();
    for (index, one) in body.iter().enumerate() {
        if protects(std::slice::from_ref(one)) {
            return None;
        }
        let StatementKind::If(test, then, None) = &one.kind else {
            continue;
        };
        let rest = body.get(index + 1..)?;
        if switch::names_mode(test) || !passes(then) || !asks(rest) {
            continue;
        }
        let scopes = [body, program];
        // A switch by its name is a shape of its own.
        let other = |test: &Test| !is_key(&test.name) && !switch::is_switch(&test.name);
        if let Some(test) = read(test, scopes, DEEP).filter(other) {
            return Some((one.at, What::OpenWhere(test)));
        }
    }
    None
}

/// Whether a branch does nothing but let the request through.
fn passes(then: &Statement) -> bool {
    match &then.kind {
        StatementKind::Block(all) => all.last().is_some_and(passes) && !protects(all),
        StatementKind::Return(None) => true,
        StatementKind::Return(Some(value)) => match &walk::bare(value).kind {
            Kind::Call { callee, .. } => matches!(&callee.kind, Kind::Member { object, name, .. }
                if &**name == "next" && walk::name(object).is_some_and(|one| &**one == "NextResponse")),
            Kind::Name(name) => &**name == "undefined",
            _ => false,
        },
        _ => false,
    }
}

fn protects(statements: &[Statement]) -> bool {
    calls(statements, &["protect", "redirectToSignIn"])
}

fn asks(statements: &[Statement]) -> bool {
    calls(statements, &["protect", "redirectToSignIn", "auth"])
}

fn calls(statements: &[Statement], names: &[&str]) -> bool {
    walk::any_below(statements, |one| match &one.kind {
        Kind::Call { callee, .. } => {
            walk::last_name(callee).is_some_and(|name| names.contains(&&**name))
        }
        _ => false,
    })
}

/// Without Clerk's keys the middleware throws before it comes to a handler.
fn is_key(name: &str) -> bool {
    name == "NODE_ENV" || ["KEY", "SECRET"].iter().any(|end| name.ends_with(end))
}

/// What a condition asks of one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The variable.
    pub name: String,
    /// The text that it is compared with; `None` where any value counts.
    pub text: Option<String>,
    /// Whether the condition holds where the variable has that text, or where it has not.
    pub holds: bool,
}

impl Test {
    /// Whether the condition holds for a value; an unset variable is an empty one.
    pub fn holds_for(&self, value: &str) -> bool {
        let is = match &self.text {
            Some(text) => text == value,
            None => !value.is_empty(),
        };
        is == self.holds
    }
}

/// A condition on one variable alone, or one that holds at least where that condition does.
fn read(test: &Expr, scopes: [&[Statement]; 2], deep: u32) -> Option<Test> {
    if let Some(name) = walk::variable(test) {
        return Some(Test {
            name: name.to_string(),
            text: None,
            holds: true,
        });
    }
    let not = |test: Test| Test {
        holds: !test.holds,
        ..test
    };
    match &test.kind {
        Kind::Chain(inside) => read(inside, scopes, deep),
        Kind::Unary(Unary::Not, inside) => read(inside, scopes, deep).map(not),
        Kind::Binary(Binary::Strict { negated } | Binary::Loose { negated }, left, right) => {
            let (held, text) = match (&left.kind, &right.kind) {
                (_, Kind::Text(text)) => (left, text),
                (Kind::Text(text), _) => (right, text),
                _ => return None,
            };
            let name = walk::variable(held)?.to_string();
            Some(Test {
                name,
                text: Some(text.to_string()),
                holds: !negated,
            })
        }
        Kind::Logical(Logical::Or, left, right) => {
            read(left, scopes, deep).or_else(|| read(right, scopes, deep))
        }
        Kind::Call {
            callee, arguments, ..
        } if walk::name(callee).is_some_and(|name| &**name == "Boolean") => {
            read(&arguments.first()?.value, scopes, deep)
        }
        Kind::Name(name) => {
            let deep = deep.checked_sub(1)?;
            let held = scopes
                .iter()
                .find_map(|scope| walk::declared(name, scope))?;
            if switch::names_mode(held) {
                return None;
            }
            read(held, scopes, deep)
        }
        _ => None,
    }
}
