//! Answers that tell in a header who the user is.

use super::super::walk::{self, Node, Trail};
use super::super::{CANDIDATES, Seen};
use super::{Guard, read};
use crate::facts::code::tree::{Expr, Item, Key, Kind, Property, Statement};

/// Headers that carry who somebody is.
const HEADERS: &[&str] = &[
    "x-user-id",
    "x-user-email",
    "x-clerk-user-id",
    "x-clerk-user",
    "x-auth-user",
    "x-auth-user-id",
    "x-auth-userid",
    "x-session-id",
    "x-clerk-session-id",
    "x-clerk-auth-user-id",
];

pub(super) fn look(seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        if left == 0 {
            return;
        }
        if let Some(header) = set_on_answer(expr, trail, &program.body).or_else(|| made_with(expr))
        {
            left -= 1;
            found.push((expr.at, header));
        }
    });
    for (at, header) in found {
        seen.guard(at, Guard::SendsUser { header });
    }
}

fn known(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    HEADERS.contains(&lower.as_str()).then_some(lower)
}

/// `response.headers.set('x-user-id', userId)`, `res.setHeader(…)`, `c.header(…)`.
fn set_on_answer(expr: &Expr, trail: &Trail<'_>, top: &[Statement]) -> Option<String> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let Kind::Member { object, name, .. } = &callee.kind else {
        return None;
    };
    let header = known(read::text(read::argument(arguments, 0)?)?)?;
    let value = read::argument(arguments, 1)?;
    // An empty text takes the header away.
    if read::text(value).is_some() {
        return None;
    }
    let object = walk::bare(object);
    let on_answer = match (&object.kind, &**name) {
        (
            Kind::Member {
                object,
                name: headers,
                ..
            },
            "set" | "append",
        ) if &**headers == "headers" => {
            walk::name(walk::bare(object)).is_some_and(|owner| is_answer(owner, trail, top))
        }
        (Kind::Name(owner), "setHeader" | "set" | "header") => {
            matches!(&**owner, "res" | "response" | "reply")
                || (&**owner == "c" && &**name == "header")
        }
        _ => false,
    };
    on_answer.then_some(header)
}

/// Whether a name holds an answer that a function makes.
fn is_answer(name: &str, trail: &Trail<'_>, top: &[Statement]) -> bool {
    let around = trail.iter().rev().filter_map(|node| match node {
        Node::Function(function) => Some(function.body.as_slice()),
        _ => None,
    });
    let value = around
        .chain([top])
        .find_map(|body| walk::declared(name, body));
    value.is_some_and(makes_answer)
}

fn makes_answer(value: &Expr) -> bool {
    let is_class = |expr: &Expr| {
        walk::name(expr).is_some_and(|name| matches!(&**name, "NextResponse" | "Response"))
    };
    match &walk::bare(value).kind {
        Kind::New { callee, .. } => is_class(callee),
        Kind::Call { callee, .. } => match &callee.kind {
            Kind::Member { object, .. } => is_class(object),
            _ => false,
        },
        _ => false,
    }
}

/// `new Response(body, { headers: { 'x-user-id': userId } })`, `NextResponse.json(data, { headers: … })`.
fn made_with(expr: &Expr) -> Option<String> {
    let arguments: &[Item] = match &expr.kind {
        Kind::New { arguments, .. } | Kind::Call { arguments, .. } => arguments,
        _ => return None,
    };
    if !makes_answer(expr) {
        return None;
    }
    arguments.iter().find_map(|item| {
        let headers = read::property(&item.value, "headers")?;
        let Kind::Object(all) = &headers.kind else {
            return None;
        };
        all.iter().find_map(|one| match one {
            Property::Value(Key::Name(key), value) if read::text(value).is_none() => known(key),
            _ => None,
        })
    })
}
