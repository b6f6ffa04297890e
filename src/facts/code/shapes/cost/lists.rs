//! The first page of a list that is taken for the whole.
//!
//! A list of the Backend API has ten elements unless `limit` asks for more, up to 500
//! (clerk.com/docs/reference/backend/user/get-user-list).

use super::super::super::tree::{
    Expr, Function, Item, Key, Kind, Pattern, Property, Statement, StatementKind,
};
use super::super::walk::{self, Node, Trail};
use super::super::{CANDIDATES, Seen};
use super::{Cost, Found, backend, property};

/// What asks for one thing or a few: the first page has it.
const NARROW: &[&str] = &[
    "limit",
    "offset",
    "emailAddress",
    "phoneNumber",
    "username",
    "externalId",
    "web3Wallet",
    "query",
    "emailAddressQuery",
    "usernameQuery",
    "orderBy",
];

/// What is done with all elements of a list.
const WHOLE: &[&str] = &[
    "map", "filter", "find", "forEach", "some", "every", "reduce", "flatMap", "length",
];

pub(super) fn look(seen: &Seen<'_>, found: &mut Found) {
    let program = seen.module.program.clone();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        let Some(call) = backend::call(expr, &program) else {
            return;
        };
        let lists = match call.method {
            "getUserList" | "getOrganizationList" | "getInvitationList" => true,
            // Those of a user are few.
            "getOrganizationMembershipList" => call.part == "organizations",
            _ => false,
        };
        if !lists || left == 0 {
            return;
        }
        left -= 1;
        if let Some((at, limit)) = too_long(call.arguments) {
            let call = call.text();
            found.push((at, Cost::PageTooLong { call, limit }));
        }
        let Some(by_ids) = first_page(call.arguments) else {
            return;
        };
        let scope = walk::function(trail).map_or(program.body.as_slice(), |one| &one.body);
        if let Some(used) = used(expr, trail, scope).filter(|_| !shows_faces(expr, trail, scope)) {
            let call = call.text();
            found.push((expr.at, Cost::FirstPage { call, used, by_ids }));
        }
    });
}

/// A limit above 500, which the Backend API refuses.
fn too_long(arguments: &[Item]) -> Option<(u32, u32)> {
    let limit = property(&arguments.first()?.value, "limit")?;
    match limit.kind {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a bounded number"
        )]
        Kind::Number(number) if number > 500.0 && number < 1e9 => Some((limit.at, number as u32)),
        _ => None,
    }
}

/// Whether a call asks for a page without saying how long; with it, whether it names the users.
fn first_page(arguments: &[Item]) -> Option<bool> {
    let Some(first) = arguments.first() else {
        return Some(false);
    };
    let Kind::Object(properties) = &first.value.kind else {
        return None;
    };
    let mut by_ids = false;
    for one in properties {
        let Property::Value(Key::Name(key), value) = one else {
            return None;
        };
        if NARROW.contains(&&**key) {
            return None;
        }
        if matches!(&**key, "userId" | "organizationId") {
            // One id, or a few that are written out.
            if matches!(value.kind, Kind::Array(_) | Kind::Text(_)) {
                return None;
            }
            by_ids |= &**key == "userId";
        }
    }
    Some(by_ids)
}

/// Whether all that is done with the elements is to show some faces: `imageUrl`, with the key of a list.
fn shows_faces(expr: &Expr, trail: &Trail<'_>, scope: &[Statement]) -> bool {
    let declared = trail.iter().rev().find_map(|node| match node {
        Node::Statement(Statement {
            kind: StatementKind::Declare(all),
            ..
        }) => all.first().and_then(|(pattern, _)| held(pattern)),
        _ => None,
    });
    let is_page = |object: &Expr| {
        walk::any(object, |one| match &one.kind {
            Kind::Name(name) => declared.as_deref() == Some(&**name),
            _ => std::ptr::eq(one, expr),
        })
    };
    let mut read: Vec<String> = Vec::new();
    walk::below(scope, &mut |node| {
        let Node::Expr(Expr {
            kind: Kind::Call {
                callee, arguments, ..
            },
            ..
        }) = node
        else {
            return;
        };
        let Kind::Member { object, .. } = &callee.kind else {
            return;
        };
        let Some(Kind::Function(each)) = arguments.first().map(|item| &item.value.kind) else {
            return;
        };
        if is_page(object) {
            read.extend(taken(each));
        }
    });
    let is_face = |name: &String| matches!(&**name, "imageUrl" | "hasImage" | "id");
    read.iter().any(|name| name == "imageUrl") && read.iter().all(is_face)
}

/// The properties that a function reads of its first parameter; an empty name where it hands on the whole.
fn taken(each: &Function) -> Vec<String> {
    let element = match each.parameters.first() {
        Some(Pattern::Name(name)) => name,
        Some(Pattern::Object(all, None)) => {
            let key = |(key, _): &(Key, Pattern)| match key {
                Key::Name(name) => name.to_string(),
                Key::Computed(_) => String::new(),
            };
            return all.iter().map(key).collect();
        }
        _ => return vec![String::new()],
    };
    let is = |one: &Expr| walk::name(one).is_some_and(|name| name == element);
    let (mut named, mut read) = (0, Vec::new());
    walk::below(&each.body, &mut |node| match node {
        Node::Expr(one) if is(one) => named += 1,
        Node::Expr(Expr {
            kind: Kind::Member { object, name, .. },
            ..
        }) if is(object) => read.push(name.to_string()),
        _ => {}
    });
    if named != read.len() {
        read.push(String::new());
    }
    read
}

/// What is done with the page as if it were all.
fn used(expr: &Expr, trail: &Trail<'_>, scope: &[Statement]) -> Option<String> {
    let holder = trail.iter().rev().find_map(|node| match node {
        Node::Expr(one) => match &one.kind {
            Kind::Await(_) | Kind::Chain(_) => None,
            Kind::Member { name, .. } if &**name == "data" => None,
            Kind::Member { name, .. } => Some(Err(name.to_string())),
            _ => Some(Err(String::new())),
        },
        Node::Statement(one) => match &one.kind {
            StatementKind::Declare(all) => {
                let declared = all.iter().find(|(_, value)| {
                    let holds = |value: &Expr| walk::any(value, |inner| std::ptr::eq(inner, expr));
                    value.as_ref().is_some_and(holds)
                });
                Some(Ok(declared.map(|(pattern, _)| pattern)))
            }
            _ => Some(Err(String::new())),
        },
        Node::Function(_) => Some(Err(String::new())),
    });
    match holder? {
        Err(name) => {
            let all = name != "length" && WHOLE.contains(&name.as_str());
            all.then(|| written(&name))
        }
        Ok(pattern) => {
            let name = held(pattern?)?;
            of_name(&name, scope)
        }
    }
}

/// The name that holds the page: `users`, or `data` of `{ data }`. Who takes the total as well counts.
fn held(pattern: &Pattern) -> Option<String> {
    match pattern {
        Pattern::Name(name) => Some(name.to_string()),
        Pattern::Object(all, None) => match all.as_slice() {
            [(Key::Name(key), Pattern::Name(name))] if &**key == "data" => Some(name.to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn of_name(name: &str, scope: &[Statement]) -> Option<String> {
    let is = |expr: &Expr| match &walk::bare(expr).kind {
        Kind::Name(one) => &**one == name,
        Kind::Member {
            object,
            name: property,
            ..
        } => {
            &**property == "data"
                && walk::name(walk::bare(object)).is_some_and(|one| &**one == name)
        }
        _ => false,
    };
    let (mut used, mut counts) = (None, false);
    walk::trailed(scope, &mut |node, trail| match node {
        Node::Expr(expr) => {
            if let Kind::Member {
                object,
                name: property,
                ..
            } = &expr.kind
                && is(object)
            {
                counts |= &**property == "totalCount";
                let all = &**property != "length" || is_shown(trail);
                if used.is_none() && all && WHOLE.contains(&&**property) {
                    used = Some(written(property));
                }
            }
        }
        Node::Statement(Statement {
            kind: StatementKind::ForOf(_, list, _),
            ..
        }) if is(list) => used = used.take().or_else(|| Some("for … of".to_owned())),
        _ => {}
    });
    used.filter(|_| !counts)
}

/// Whether a length is given to somebody; to ask whether there is any at all takes no more than a page.
fn is_shown(trail: &Trail<'_>) -> bool {
    match walk::parent(trail) {
        Some(Node::Expr(around)) => matches!(
            around.kind,
            Kind::Jsx(_) | Kind::Object(_) | Kind::Call { .. } | Kind::Template(..)
        ),
        Some(Node::Statement(one)) => matches!(one.kind, StatementKind::Return(_)),
        _ => false,
    }
}

fn written(name: &str) -> String {
    match name {
        "length" => ".length".to_owned(),
        _ => format!(".{name}()"),
    }
}
