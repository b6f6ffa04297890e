//! Answers and pages that tell what was thrown.

use super::super::super::tree::{Expr, Kind, Pattern, Statement, StatementKind};
use super::super::walk::{self, Node, Trail};
use super::{Care, Found, Told, answers, in_development, receiver};

/// Answers whether it looked closely.
pub(super) fn look(expr: &Expr, trail: &Trail<'_>, found: &mut Found) -> bool {
    let told = match &expr.kind {
        Kind::Member { object, name, .. } if &**name == "stack" && is_thrown(object) => Told::Stack,
        Kind::Name(_) if stands_whole(trail) => Told::Whole,
        _ => return false,
    };
    let shown = told == Told::Stack && is_shown(expr, trail);
    if !shown && !receiver(trail).is_some_and(answers) {
        return false;
    }
    let caught = match &expr.kind {
        Kind::Name(name) => is_caught(name, trail),
        _ => true,
    };
    if !caught || in_development(trail) {
        return true;
    }
    if shown {
        found.push((expr.at, Care::ShowsStack));
    } else {
        let function = outermost(trail);
        found.push((expr.at, Care::Answers { told, function }));
    }
    true
}

/// Whether a name says that it holds what was thrown: `err`, `error`, `e`, `props.error`.
pub(super) fn is_thrown(expr: &Expr) -> bool {
    let Some(name) = walk::last_name(expr) else {
        return false;
    };
    let lower = name.to_ascii_lowercase();
    matches!(lower.as_str(), "e" | "ex" | "err" | "cause" | "exception")
        || lower.ends_with("error")
        || lower.starts_with("err")
}

/// Whether a name is the parameter of a `catch` around. What a verification of a signature throws has nothing
/// of the inside in it.
fn is_caught(name: &str, trail: &Trail<'_>) -> bool {
    trail.iter().any(|node| {
        let Node::Statement(Statement {
            kind:
                StatementKind::Try {
                    block,
                    handler: Some((Some(Pattern::Name(held)), _)),
                    ..
                },
            ..
        }) = node
        else {
            return false;
        };
        **held == *name && !verifies(block)
    })
}

fn verifies(block: &[Statement]) -> bool {
    walk::any_below(block, |one| {
        let name = super::call(one).and_then(|(callee, _)| walk::last_name(callee));
        name.is_some_and(|name| matches!(&**name, "verify" | "verifyWebhook" | "constructEvent"))
    })
}

/// Whether the thing itself is what stands there: as an argument, or as the value of a property.
fn stands_whole(trail: &Trail<'_>) -> bool {
    match walk::parent(trail) {
        Some(Node::Expr(expr)) => {
            matches!(expr.kind, Kind::Object(_)) || super::call(expr).is_some()
        }
        _ => false,
    }
}

/// Whether an element shows it as a child.
fn is_shown(expr: &Expr, trail: &Trail<'_>) -> bool {
    let mut below: *const Expr = expr;
    for node in trail.iter().rev() {
        let Node::Expr(around) = node else {
            return false;
        };
        match &around.kind {
            Kind::Jsx(jsx) => return jsx.children.iter().any(|child| std::ptr::eq(child, below)),
            // The left of `&&` is asked and not shown, but then it stands on the right as well.
            Kind::Logical(..) | Kind::Conditional(..) | Kind::Chain(_) | Kind::Template(..) => {
                below = *around;
            }
            _ => return false,
        }
    }
    false
}

/// The name of the outermost function around a place, by itself or by what holds it.
fn outermost(trail: &Trail<'_>) -> Option<String> {
    let at = trail
        .iter()
        .position(|node| matches!(node, Node::Function(_)))?;
    let own = match trail.get(at) {
        Some(Node::Function(function)) => function.name.as_deref(),
        _ => None,
    };
    let held = || {
        trail.get(..at)?.iter().find_map(|node| match node {
            Node::Statement(Statement {
                kind: StatementKind::Declare(all),
                ..
            }) => match all.first() {
                Some((Pattern::Name(name), _)) => Some(&**name),
                _ => None,
            },
            _ => None,
        })
    };
    held().or(own).map(str::to_owned)
}
