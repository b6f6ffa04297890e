//! Which models have records that belong to somebody: the app itself filters or fills the column that says so.

use super::super::super::tree::{Expr, Item, Kind};
use super::super::Seen;
use super::super::walk::{self, Node};
use super::{Cost, Found, convex, property, query};

/// More of them say nothing new.
const MOST: usize = 20;

pub(super) fn look(seen: &Seen<'_>, found: &mut Found) {
    let program = seen.module.program.clone();
    let mut known: Vec<(String, String)> = Vec::new();
    let mut all = Found::new();
    walk::program(&program, &mut |node, _| {
        let Node::Expr(expr) = node else { return };
        for (model, key) in owned(expr) {
            if known.len() < MOST && !known.iter().any(|(one, _)| *one == model) {
                known.push((model.clone(), key.clone()));
                all.push((expr.at, Cost::Owned { model, key }));
            }
        }
    });
    found.extend(all);
}

fn owned(expr: &Expr) -> Vec<(String, String)> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return Vec::new();
    };
    if let Some((column, _)) = query::equals(expr)
        && let Kind::Member { object, name, .. } = &column.kind
        && let Some(table) = walk::name(object)
        && query::is_owner(name)
    {
        return vec![(table.to_ascii_lowercase(), name.to_string())];
    }
    if let Some(found) = convex::owned(expr) {
        return vec![found];
    }
    let Kind::Member { object, name, .. } = &callee.kind else {
        return Vec::new();
    };
    let object = walk::bare(object);
    let of = |model: &str, key: Option<String>| key.map(|key| (model.to_ascii_lowercase(), key));
    if let Some(model) = query::prisma_model(object) {
        let filled = arguments.first().and_then(|one| {
            let parts = ["where", "data"].iter();
            parts
                .filter_map(|part| property(&one.value, part))
                .find_map(query::owner)
        });
        return of(model, filled).into_iter().collect();
    }
    if &**name == "values"
        && let Kind::Call {
            callee: insert,
            arguments: into,
            ..
        } = &object.kind
        && walk::last_name(insert).is_some_and(|name| &**name == "insert")
        && let Some(table) = into.first().and_then(|one| walk::name(&one.value))
    {
        return of(
            table,
            arguments.first().and_then(|one| query::owner(&one.value)),
        )
        .into_iter()
        .collect();
    }
    let model =
        walk::name(object).filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    let finds = ["find", "create", "count", "updateOne", "deleteOne"]
        .iter()
        .any(|word| name.starts_with(word));
    match model.filter(|_| finds) {
        Some(model) => of(model, first_key(arguments)).into_iter().collect(),
        None => Vec::new(),
    }
}

fn first_key(arguments: &[Item]) -> Option<String> {
    arguments.first().and_then(|one| query::owner(&one.value))
}
