//! Every expression of a piece of code, whatever it stands in.

use std::sync::Arc;

use super::{Class, Expr, Function, Item, Key, Kind, Pattern, Property, Statement, StatementKind};

/// Looks at code from the outside in. The tree is no deeper than its maker lets it be.
pub trait Look {
    /// An expression, before what stands in it.
    fn expr(&mut self, expr: &Expr) {
        let _ = expr;
    }
    /// A function, before what stands in it; `false` leaves it out.
    fn function(&mut self, function: &Arc<Function>) -> bool {
        let _ = function;
        true
    }
    /// The same function, after what stands in it.
    fn end_of_function(&mut self) {}
}

/// Looks at statements.
pub fn statements(look: &mut dyn Look, all: &[Statement]) {
    all.iter().for_each(|one| statement(look, one));
}

/// Looks at a statement.
pub fn statement(look: &mut dyn Look, one: &Statement) {
    match &one.kind {
        StatementKind::Expr(value) | StatementKind::Throw(value) => expr(look, value),
        StatementKind::Class(_, value) => expr(look, value),
        StatementKind::Return(value) => value.iter().for_each(|value| expr(look, value)),
        StatementKind::Declare(all) => {
            for (name, value) in all {
                pattern(look, name);
                value.iter().for_each(|value| expr(look, value));
            }
        }
        StatementKind::Function(one) => function(look, one),
        StatementKind::If(test, then, other) => {
            expr(look, test);
            statement(look, then);
            other.iter().for_each(|other| statement(look, other));
        }
        StatementKind::Block(all) => statements(look, all),
        StatementKind::Try {
            block,
            handler,
            last,
        } => {
            statements(look, block);
            if let Some((parameter, body)) = handler {
                parameter.iter().for_each(|one| pattern(look, one));
                statements(look, body);
            }
            statements(look, last);
        }
        StatementKind::Switch(test, cases) => {
            expr(look, test);
            for (test, body) in cases {
                test.iter().for_each(|test| expr(look, test));
                statements(look, body);
            }
        }
        StatementKind::ForOf(each, list, body) | StatementKind::ForIn(each, list, body) => {
            pattern(look, each);
            expr(look, list);
            statement(look, body);
        }
        StatementKind::Loop {
            init,
            test,
            update,
            body,
            ..
        } => {
            init.iter().for_each(|one| statement(look, one));
            test.iter().chain(update).for_each(|one| expr(look, one));
            statement(look, body);
        }
        StatementKind::Leave | StatementKind::Unknown => {}
    }
}

fn function(look: &mut dyn Look, one: &Arc<Function>) {
    if !look.function(one) {
        return;
    }
    one.parameters
        .iter()
        .chain(&one.rest)
        .for_each(|parameter| pattern(look, parameter));
    statements(look, &one.body);
    look.end_of_function();
}

fn pattern(look: &mut dyn Look, one: &Pattern) {
    match one {
        Pattern::Default(inner, value) => {
            pattern(look, inner);
            expr(look, value);
        }
        Pattern::Object(all, rest) => {
            for (key, inner) in all {
                computed(look, key);
                pattern(look, inner);
            }
            rest.iter().for_each(|rest| pattern(look, rest));
        }
        Pattern::Array(all, rest) => {
            all.iter().flatten().for_each(|inner| pattern(look, inner));
            rest.iter().for_each(|rest| pattern(look, rest));
        }
        Pattern::Member(member) => expr(look, member),
        Pattern::Name(_) | Pattern::Unknown => {}
    }
}

fn computed(look: &mut dyn Look, key: &Key) {
    if let Key::Computed(key) = key {
        expr(look, key);
    }
}

fn items(look: &mut dyn Look, all: &[Item]) {
    all.iter().for_each(|one| expr(look, &one.value));
}

fn properties(look: &mut dyn Look, all: &[Property]) {
    for one in all {
        match one {
            Property::Value(key, value) => {
                computed(look, key);
                expr(look, value);
            }
            Property::Getter(key, getter) => {
                computed(look, key);
                function(look, getter);
            }
            Property::Spread(value) => expr(look, value),
        }
    }
}

fn class(look: &mut dyn Look, one: &Class) {
    one.extends.iter().for_each(|value| expr(look, value));
    one.constructor
        .iter()
        .for_each(|constructor| function(look, constructor));
    properties(look, &one.members);
    properties(look, &one.statics);
}

/// Looks at an expression.
pub fn expr(look: &mut dyn Look, one: &Expr) {
    look.expr(one);
    match &one.kind {
        Kind::Function(inner) => function(look, inner),
        Kind::Class(inner) => class(look, inner),
        Kind::Template(_, parts) | Kind::Sequence(parts) => {
            parts.iter().for_each(|part| expr(look, part));
        }
        Kind::Tagged(tag, _, parts) => {
            expr(look, tag);
            parts.iter().for_each(|part| expr(look, part));
        }
        Kind::Array(list) => items(look, list),
        Kind::Object(list) => properties(look, list),
        Kind::Member { object, .. } => expr(look, object),
        Kind::Index { object, index, .. } => {
            expr(look, object);
            expr(look, index);
        }
        Kind::Call {
            callee, arguments, ..
        }
        | Kind::New { callee, arguments } => {
            expr(look, callee);
            items(look, arguments);
        }
        Kind::Chain(inner) | Kind::Unary(_, inner) | Kind::Await(inner) => expr(look, inner),
        Kind::Binary(_, left, right) | Kind::Logical(_, left, right) => {
            expr(look, left);
            expr(look, right);
        }
        Kind::Conditional(test, then, other) => {
            [test, then, other]
                .into_iter()
                .for_each(|part| expr(look, part));
        }
        Kind::Assign { target, value, .. } => {
            pattern(look, target);
            expr(look, value);
        }
        Kind::Update(target) => pattern(look, target),
        Kind::Yield(inner) => inner.iter().for_each(|inner| expr(look, inner)),
        Kind::Jsx(jsx) => {
            jsx.name.iter().for_each(|name| expr(look, name));
            properties(look, &jsx.attributes);
            jsx.children.iter().for_each(|child| expr(look, child));
        }
        Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::Text(_)
        | Kind::Regex(..)
        | Kind::Name(_)
        | Kind::This
        | Kind::Unknown => {}
    }
}
