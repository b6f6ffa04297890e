//! Ways around a verification.

use super::super::super::tree::{
    Binary, Expr, Kind, Logical, Offset, Statement, StatementKind, Unary,
};
use super::super::Bypass;
use super::super::walk::{self, Node};
use super::{Verification, is_event};

/// So many nodes around a verification are looked at; each may ask for a look at the whole function.
const NEAREST: usize = 32;

/// The ways around a verification, within the function that it stands in.
pub(super) fn of(call: &Verification<'_, '_>) -> impl Iterator<Item = (Offset, Bypass)> {
    let mut found = Vec::new();
    let inside = call
        .trail
        .iter()
        .rposition(|node| matches!(node, Node::Function(_)))
        .map_or(0, |at| at + 1)
        .max(call.trail.len().saturating_sub(NEAREST));
    let around = call.trail.get(inside..).unwrap_or_default();
    let body = walk::function(call.trail).map_or(&[][..], |function| function.body.as_slice());
    for (at, node) in around.iter().enumerate() {
        let next = around.get(at + 1);
        let way = match node {
            Node::Statement(statement) => {
                let below = next.and_then(|node| match node {
                    Node::Statement(below) => Some(*below),
                    _ => None,
                });
                of_statement(statement, below, call, body)
            }
            Node::Expr(expr) => of_expr(expr, next, call),
            Node::Function(_) => None,
        };
        found.extend(way);
    }
    found.into_iter()
}

fn of_statement(
    statement: &Statement,
    below: Option<&Statement>,
    call: &Verification<'_, '_>,
    body: &[Statement],
) -> Option<(Offset, Bypass)> {
    match &statement.kind {
        StatementKind::If(test, then, other) => {
            let below = below?;
            let (verified, skipped) = if std::ptr::eq(&raw const **then, below) {
                (true, other.as_deref())
            } else {
                (false, Some(&**then))
            };
            // Where the other way ends, or no event is handled on it, nothing is skipped.
            if skipped.is_some_and(walk::exit) || !goes_on(statement, skipped, body) {
                return None;
            }
            Some((test.at, condition(test, verified)?))
        }
        StatementKind::Try {
            block,
            handler: Some((_, handler)),
            ..
        } => {
            let in_block =
                below.is_some_and(|below| block.iter().any(|one| std::ptr::eq(one, below)));
            let on = in_block && !ends(handler) && handles_after(statement, body);
            on.then_some((call.call.at, Bypass::Caught))
        }
        _ => None,
    }
}

/// Whether a handler of errors ends, or may: it leaves in some case, or calls what may throw or answer.
fn ends(handler: &[Statement]) -> bool {
    handler.iter().any(may_end)
}

fn may_end(one: &Statement) -> bool {
    match &one.kind {
        StatementKind::If(_, then, other) => may_end(then) || other.as_deref().is_some_and(may_end),
        StatementKind::Block(all) => all.iter().any(may_end),
        StatementKind::Expr(expr) => !only_tells(expr),
        StatementKind::Declare(_) => false,
        _ => walk::exit(one),
    }
}

/// Whether an expression is sure to go on: it logs, or keeps a value.
fn only_tells(expr: &Expr) -> bool {
    const LOGS: &[&str] = &["console", "logger", "log", "Sentry"];
    match &walk::bare(expr).kind {
        Kind::Assign { .. } => true,
        Kind::Call { callee, .. } => matches!(&callee.kind, Kind::Member { object, .. }
            if walk::name(object).is_some_and(|object| LOGS.contains(&&**object))),
        _ => false,
    }
}

/// Whether an event is handled on the way around a branch.
fn goes_on(branch: &Statement, skipped: Option<&Statement>, body: &[Statement]) -> bool {
    let parses = skipped.is_some_and(|skipped| {
        let StatementKind::Block(all) = &skipped.kind else {
            return false;
        };
        walk::any_below(all, |expr| {
            matches!(&expr.kind, Kind::Call { callee, .. }
                if walk::last_name(callee).is_some_and(|name| matches!(&**name, "parse" | "json")))
        })
    });
    parses || handles_after(branch, body)
}

/// Whether an event is handled after a statement of a function.
fn handles_after(statement: &Statement, body: &[Statement]) -> bool {
    let end = end_of(statement);
    let mut handled = false;
    walk::below(body, &mut |node| match node {
        Node::Expr(expr) => {
            let event = match &expr.kind {
                Kind::Binary(_, left, right) => is_event(left) || is_event(right),
                Kind::Object(_) => super::events(expr).next().is_some(),
                _ => false,
            };
            handled |= event && expr.at > end;
        }
        Node::Statement(one) => {
            if let StatementKind::Switch(_, cases) = &one.kind {
                let mut tests = cases.iter().filter_map(|(test, _)| test.as_ref());
                handled |= one.at > end && tests.any(is_event);
            }
        }
        Node::Function(_) => {}
    });
    handled
}

/// The last place that is known within a statement.
fn end_of(statement: &Statement) -> Offset {
    let mut end = statement.at;
    walk::below(std::slice::from_ref(statement), &mut |node| {
        end = end.max(match node {
            Node::Expr(expr) => expr.at,
            Node::Statement(one) => one.at,
            Node::Function(function) => function.at,
        });
    });
    end
}

/// What an expression around a verification does: `secret && verify()`, `secret ? verify() : parse()`.
fn of_expr(
    expr: &Expr,
    next: Option<&Node<'_>>,
    call: &Verification<'_, '_>,
) -> Option<(Offset, Bypass)> {
    let Some(Node::Expr(next)) = next.copied().or(Some(Node::Expr(call.call))) else {
        return None;
    };
    let Kind::Conditional(test, then, other) = &expr.kind else {
        return None;
    };
    let verified = std::ptr::eq(&raw const **then, next);
    if std::ptr::eq(&raw const **test, next) {
        return None;
    }
    let skipped = if verified { other } else { then };
    let parsed = walk::any(skipped, |one| {
        matches!(&one.kind, Kind::Call { callee, .. }
            if walk::last_name(callee).is_some_and(|name| matches!(&**name, "parse" | "json")))
    });
    if !parsed {
        return None;
    }
    Some((test.at, condition(test, verified)?))
}

/// What a condition says, where verification happens only if it is (or is not) so.
fn condition(test: &Expr, holds: bool) -> Option<Bypass> {
    match &test.kind {
        Kind::Unary(Unary::Not, inside) => condition(inside, !holds),
        // All of them must hold, so one that does not is enough to skip.
        Kind::Logical(Logical::And, left, right) if holds => {
            condition(left, true).or_else(|| condition(right, true))
        }
        Kind::Logical(Logical::Or, left, right) if !holds => {
            condition(left, false).or_else(|| condition(right, false))
        }
        // Each of them is needed to skip; in production the first that fails verifies.
        Kind::Logical(Logical::And, left, right) => {
            let either = [condition(left, false), condition(right, false)];
            either
                .iter()
                .all(Option::is_some)
                .then(|| either.into_iter().flatten().next())?
        }
        Kind::Binary(operator, left, right) => compared(*operator, left, right, holds),
        _ if holds && is_secret(test) => Some(Bypass::WithoutSecret),
        _ => switch(test),
    }
}

fn compared(operator: Binary, left: &Expr, right: &Expr, holds: bool) -> Option<Bypass> {
    let (Binary::Strict { negated } | Binary::Loose { negated }) = operator else {
        return None;
    };
    let (what, with) = if walk::variable(left).is_some() {
        (left, right)
    } else {
        (right, left)
    };
    let name = walk::variable(what)?;
    let Kind::Text(text) = &with.kind else {
        return None;
    };
    if matches!(&**name, "NODE_ENV" | "VERCEL_ENV" | "APP_ENV") {
        let in_production = (&**text == "production") != negated;
        return (in_production != holds).then_some(Bypass::InProduction);
    }
    switch(what)
}

/// A variable that is no secret and no mode.
fn switch(test: &Expr) -> Option<Bypass> {
    let name = walk::variable(test)?;
    let plain = !name.contains("SECRET") && !name.contains("KEY") && !name.ends_with("_ENV");
    let about = ["SKIP", "VERIFY", "BYPASS", "DISABLE"]
        .iter()
        .any(|word| name.contains(word));
    (plain && about).then(|| Bypass::Switch(name.to_string()))
}

/// Whether an expression is a webhook's secret, by its name.
fn is_secret(expr: &Expr) -> bool {
    let name = match &walk::bare(expr).kind {
        Kind::Name(name) | Kind::Member { name, .. } => name.to_ascii_lowercase(),
        _ => return false,
    };
    name.contains("secret")
}
