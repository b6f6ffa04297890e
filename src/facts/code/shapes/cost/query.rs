//! Queries of the usual libraries, as far as they name a model and an id: Prisma, Drizzle, Mongoose. Those of
//! Convex are in [`super::convex`].

use super::super::super::tree::{Expr, Item, Key, Kind, Property, Text};
use super::super::walk;
use super::property;

/// Columns that say whose a record is, in lower case and without underscores.
const OWNERS: &[&str] = &[
    "userid",
    "clerkid",
    "clerkuserid",
    "ownerid",
    "authorid",
    "creatorid",
    "createdbyid",
    "createdby",
    "owner",
    "author",
    "creator",
    "orgid",
    "organizationid",
    "tenantid",
    "workspaceid",
    "teamid",
    "accountid",
    "profileid",
    "tokenidentifier",
];

/// Whether a column says whose a record is.
pub(super) fn is_owner(key: &str) -> bool {
    let plain = key.to_ascii_lowercase().replace('_', "");
    OWNERS.contains(&plain.as_str())
}

/// The column of an object that says whose it is.
pub(super) fn owner(object: &Expr) -> Option<String> {
    let Kind::Object(properties) = &object.kind else {
        return None;
    };
    properties.iter().find_map(|one| match one {
        Property::Value(Key::Name(key), _) if is_owner(key) => Some(key.to_string()),
        _ => None,
    })
}

/// A record that is changed or deleted by one value.
pub(super) struct Change<'a> {
    /// The call.
    pub call: String,
    /// The model, in lower case.
    pub model: String,
    /// The value that finds it.
    pub id: &'a Expr,
}

/// The change that a call makes, where one value alone finds the record.
pub(super) fn change(expr: &Expr) -> Option<Change<'_>> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let Kind::Member { object, name, .. } = &callee.kind else {
        return None;
    };
    let object = walk::bare(object);
    prisma(object, name, arguments)
        .or_else(|| drizzle(object, name, arguments))
        .or_else(|| mongoose(object, name, arguments))
}

fn prisma<'a>(object: &Expr, name: &str, arguments: &'a [Item]) -> Option<Change<'a>> {
    if !matches!(name, "update" | "delete" | "updateMany" | "deleteMany") {
        return None;
    }
    let model = prisma_model(object)?;
    let filter = property(&arguments.first()?.value, "where")?;
    let (key, id) = only(filter)?;
    (!is_owner(key) || is_people(model)).then(|| Change {
        call: format!("{model}.{name}()"),
        model: model.to_ascii_lowercase(),
        id,
    })
}

/// `post` of `db.post`.
pub(super) fn prisma_model(object: &Expr) -> Option<&Text> {
    let Kind::Member {
        object: database,
        name: model,
        ..
    } = &object.kind
    else {
        return None;
    };
    let database = walk::last_name(walk::bare(database))?.to_ascii_lowercase();
    let is = ["db", "prisma", "database", "orm"]
        .iter()
        .any(|word| database.contains(word));
    (is || database == "tx").then_some(model)
}

/// The one property of an object.
fn only(object: &Expr) -> Option<(&str, &Expr)> {
    let Kind::Object(properties) = &object.kind else {
        return None;
    };
    match properties.as_slice() {
        [Property::Value(Key::Name(key), value)] => Some((key, value)),
        _ => None,
    }
}

fn drizzle<'a>(object: &Expr, name: &str, arguments: &'a [Item]) -> Option<Change<'a>> {
    if name != "where" {
        return None;
    }
    let (verb, table) = statement(object)?;
    let [condition] = arguments else { return None };
    let (column, id) = equals(&condition.value)?;
    let Kind::Member {
        object: of,
        name: key,
        ..
    } = &column.kind
    else {
        return None;
    };
    let same = walk::name(of).is_some_and(|of| of == table);
    (same && (!is_owner(key) || is_people(table))).then(|| Change {
        call: format!("{verb}({table})"),
        model: table.to_ascii_lowercase(),
        id,
    })
}

/// `update` and `posts` of `db.update(posts).set(…)`.
fn statement(chain: &Expr) -> Option<(&'static str, &Text)> {
    let Kind::Call {
        callee, arguments, ..
    } = &walk::bare(chain).kind
    else {
        return None;
    };
    let Kind::Member { object, name, .. } = &callee.kind else {
        return None;
    };
    let verb = match &**name {
        "update" => "update",
        "delete" => "delete",
        _ => return statement(object),
    };
    let table = walk::name(&arguments.first()?.value)?;
    Some((verb, table))
}

/// Both sides of `eq(column, value)`.
pub(super) fn equals(expr: &Expr) -> Option<(&Expr, &Expr)> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let is = walk::name(callee).is_some_and(|name| &**name == "eq");
    match arguments.as_slice() {
        [column, value] if is => Some((&column.value, &value.value)),
        _ => None,
    }
}

fn mongoose<'a>(object: &Expr, name: &str, arguments: &'a [Item]) -> Option<Change<'a>> {
    let model =
        walk::name(object).filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))?;
    let first = &arguments.first()?.value;
    let id = match name {
        "findByIdAndDelete" | "findByIdAndUpdate" | "findByIdAndRemove" => first,
        "deleteOne" | "updateOne" | "findOneAndDelete" | "findOneAndUpdate" => {
            let (_, id) = only(first).filter(|(key, _)| matches!(*key, "_id" | "id"))?;
            id
        }
        _ => return None,
    };
    Some(Change {
        call: format!("{model}.{name}()"),
        model: model.to_ascii_lowercase(),
        id,
    })
}

/// Whether the records of a model are people.
pub(super) fn is_people(model: &str) -> bool {
    matches!(
        model.to_ascii_lowercase().as_str(),
        "user" | "users" | "profile" | "profiles" | "userprofile"
    )
}
