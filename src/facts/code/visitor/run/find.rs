//! A function by the place where it is written.

use std::sync::Arc;

use crate::facts::code::tree::{
    Class, Expr, Function, Item, Kind, Offset, Pattern, Program, Property, Statement, StatementKind,
};

/// The function that begins at an offset of a module.
pub(in super::super) fn function_at(program: &Program, at: Offset) -> Option<Arc<Function>> {
    statements(&program.body, at)
}

fn statements(all: &[Statement], at: Offset) -> Option<Arc<Function>> {
    all.iter().find_map(|one| statement(one, at))
}

fn statement(one: &Statement, at: Offset) -> Option<Arc<Function>> {
    let inside = |one: &Statement| statement(one, at);
    let value = |one: &Expr| expr(one, at);
    match &one.kind {
        StatementKind::Expr(one) | StatementKind::Throw(one) | StatementKind::Class(_, one) => {
            value(one)
        }
        StatementKind::Return(one) => one.as_ref().and_then(value),
        StatementKind::Declare(all) => all.iter().find_map(|(_, one)| one.as_ref().and_then(value)),
        StatementKind::Function(one) => function(one, at),
        StatementKind::If(test, then, other) => value(test)
            .or_else(|| inside(then))
            .or_else(|| other.as_deref().and_then(inside)),
        StatementKind::Block(all) => statements(all, at),
        StatementKind::Try {
            block,
            handler,
            last,
        } => statements(block, at)
            .or_else(|| handler.as_ref().and_then(|(_, body)| statements(body, at)))
            .or_else(|| statements(last, at)),
        StatementKind::Switch(test, cases) => value(test).or_else(|| {
            cases.iter().find_map(|(test, body)| {
                test.as_ref()
                    .and_then(value)
                    .or_else(|| statements(body, at))
            })
        }),
        StatementKind::ForOf(_, list, body) | StatementKind::ForIn(_, list, body) => {
            value(list).or_else(|| inside(body))
        }
        StatementKind::Loop {
            init,
            test,
            update,
            body,
            ..
        } => init
            .as_deref()
            .and_then(inside)
            .or_else(|| test.as_ref().and_then(value))
            .or_else(|| update.as_ref().and_then(value))
            .or_else(|| inside(body)),
        StatementKind::Leave | StatementKind::Unknown => None,
    }
}

fn function(one: &Arc<Function>, at: Offset) -> Option<Arc<Function>> {
    if one.at == at {
        return Some(Arc::clone(one));
    }
    let defaults = one
        .parameters
        .iter()
        .find_map(|pattern| in_pattern(pattern, at));
    defaults.or_else(|| statements(&one.body, at))
}

fn in_pattern(pattern: &Pattern, at: Offset) -> Option<Arc<Function>> {
    match pattern {
        Pattern::Default(inner, value) => expr(value, at).or_else(|| in_pattern(inner, at)),
        Pattern::Object(all, _) => all.iter().find_map(|(_, one)| in_pattern(one, at)),
        Pattern::Array(all, _) => all.iter().flatten().find_map(|one| in_pattern(one, at)),
        _ => None,
    }
}

fn items(all: &[Item], at: Offset) -> Option<Arc<Function>> {
    all.iter().find_map(|one| expr(&one.value, at))
}

fn properties(all: &[Property], at: Offset) -> Option<Arc<Function>> {
    all.iter().find_map(|one| match one {
        Property::Value(_, value) | Property::Spread(value) => expr(value, at),
        Property::Getter(_, getter) => function(getter, at),
    })
}

fn class(one: &Class, at: Offset) -> Option<Arc<Function>> {
    let constructor = one.constructor.as_ref().and_then(|one| function(one, at));
    constructor
        .or_else(|| properties(&one.members, at))
        .or_else(|| properties(&one.statics, at))
}

fn expr(one: &Expr, at: Offset) -> Option<Arc<Function>> {
    let value = |one: &Expr| expr(one, at);
    let all = |list: &[Expr]| list.iter().find_map(value);
    match &one.kind {
        Kind::Function(one) => function(one, at),
        Kind::Class(one) => class(one, at),
        Kind::Template(_, parts) | Kind::Sequence(parts) => all(parts),
        Kind::Tagged(tag, _, parts) => value(tag).or_else(|| all(parts)),
        Kind::Array(list) => items(list, at),
        Kind::Object(list) => properties(list, at),
        Kind::Member { object, .. } => value(object),
        Kind::Index { object, index, .. } => value(object).or_else(|| value(index)),
        Kind::Call {
            callee, arguments, ..
        }
        | Kind::New { callee, arguments } => value(callee).or_else(|| items(arguments, at)),
        Kind::Chain(one) | Kind::Unary(_, one) | Kind::Await(one) => value(one),
        Kind::Binary(_, left, right) | Kind::Logical(_, left, right) => {
            value(left).or_else(|| value(right))
        }
        Kind::Conditional(test, then, other) => {
            value(test).or_else(|| value(then)).or_else(|| value(other))
        }
        Kind::Assign { value: right, .. } => value(right),
        Kind::Yield(one) => one.as_deref().and_then(value),
        Kind::Jsx(jsx) => properties(&jsx.attributes, at).or_else(|| all(&jsx.children)),
        _ => None,
    }
}
