//! Functions of Convex, which a browser calls with arguments of its own choice.

use super::super::super::tree::{Expr, Function, Key, Kind, Pattern, Property};
use super::super::walk::{self, Node, Trail};
use super::{property, query};

/// The tables of the ids that a mutation takes, by the names of its arguments.
pub(super) struct Arguments(Vec<(String, String)>);

/// The arguments of the public mutation that a function is the handler of:
/// `mutation({ args: { id: v.id("posts") }, handler })`.
pub(super) fn mutation(trail: &Trail<'_>) -> Option<Arguments> {
    let [.., Node::Expr(call), Node::Expr(object)] = trail else {
        return None;
    };
    let Kind::Call {
        callee, arguments, ..
    } = &call.kind
    else {
        return None;
    };
    let is_mutation = walk::name(callee).is_some_and(|name| &**name == "mutation");
    let first = arguments.first().filter(|_| is_mutation)?;
    if !std::ptr::eq(&raw const first.value, *object) {
        return None;
    }
    let Kind::Object(properties) = &property(object, "args")?.kind else {
        return None;
    };
    let tables = properties.iter().filter_map(|one| match one {
        Property::Value(Key::Name(key), value) => Some((key.to_string(), id_of(value)?)),
        _ => None,
    });
    Some(Arguments(tables.collect()))
}

/// `posts` of `v.id("posts")`.
fn id_of(validator: &Expr) -> Option<String> {
    let Kind::Call {
        callee, arguments, ..
    } = &validator.kind
    else {
        return None;
    };
    walk::last_name(callee).filter(|name| &***name == "id")?;
    match &arguments.first()?.value.kind {
        Kind::Text(table) => Some(table.to_string()),
        _ => None,
    }
}

impl Arguments {
    /// The change that a call makes to the record whose id came with the request.
    pub(super) fn change<'a>(
        &self,
        expr: &'a Expr,
        function: &Function,
    ) -> Option<query::Change<'a>> {
        let Kind::Call {
            callee, arguments, ..
        } = &expr.kind
        else {
            return None;
        };
        let Kind::Member { object, name, .. } = &callee.kind else {
            return None;
        };
        let of_database = walk::last_name(object).is_some_and(|name| &**name == "db");
        if !of_database || !matches!(&**name, "patch" | "delete" | "replace") {
            return None;
        }
        let id = &arguments.first()?.value;
        let argument = argument(id, function.parameters.get(1)?)?;
        let (_, table) = self.0.iter().find(|(name, _)| *name == argument)?;
        Some(query::Change {
            call: format!("db.{name}() on {table}"),
            model: table.to_ascii_lowercase(),
            id,
        })
    }
}

/// The argument that an expression is: `args.id`, or `id` of `{ id }`.
fn argument(id: &Expr, parameter: &Pattern) -> Option<String> {
    match (&id.kind, parameter) {
        (Kind::Member { object, name, .. }, Pattern::Name(all)) => walk::name(object)
            .filter(|of| *of == all)
            .map(|_| name.to_string()),
        (Kind::Name(name), Pattern::Object(taken, _)) => {
            taken.iter().find_map(|(key, one)| match (key, one) {
                (Key::Name(key), Pattern::Name(held)) if held == name => Some(key.to_string()),
                _ => None,
            })
        }
        _ => None,
    }
}

/// The table and column of `db.query("posts").withIndex("by_user", (q) => q.eq("userId", …))` and of
/// `db.insert("posts", { userId })`.
pub(super) fn owned(expr: &Expr) -> Option<(String, String)> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let Kind::Member { object, name, .. } = &callee.kind else {
        return None;
    };
    let (table, key) = match (&**name, arguments.as_slice()) {
        ("insert", [table, row]) => (text(&table.value)?, query::owner(&row.value)?),
        ("withIndex", [_, range]) => (queried(object)?, equal(&range.value)?),
        _ => return None,
    };
    Some((table.to_ascii_lowercase(), key))
}

fn text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        Kind::Text(text) => Some(text),
        _ => None,
    }
}

fn queried(expr: &Expr) -> Option<&str> {
    let Kind::Call {
        callee, arguments, ..
    } = &walk::bare(expr).kind
    else {
        return None;
    };
    walk::last_name(callee).filter(|name| &***name == "query")?;
    text(&arguments.first()?.value)
}

/// The column of an owner that a range of an index fixes.
fn equal(range: &Expr) -> Option<String> {
    let mut found = None;
    walk::within(range, &mut |one| {
        if let Kind::Call {
            callee, arguments, ..
        } = &one.kind
            && walk::last_name(callee).is_some_and(|name| &**name == "eq")
            && let Some(key) = arguments.first().and_then(|one| text(&one.value))
            && query::is_owner(key)
        {
            found = Some(key.to_owned());
        }
    });
    found
}
