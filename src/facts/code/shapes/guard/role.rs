//! Whether code asks for more than a session.

use super::super::Seen;
use super::super::walk::{self, Node};
use super::{Guard, read};
use crate::facts::code::tree::{Expr, Key, Kind, Pattern, StatementKind};

/// Words for what somebody may do, or who may do it.
const WORDS: &[&str] = &[
    "role",
    "permission",
    "admin",
    "owner",
    "staff",
    "moderator",
    "superuser",
    "allowlist",
    "allowed",
    "whitelist",
    "authorize",
    "authoriz",
    "isinternal",
    "entitle",
    "policy",
    "ability",
    "privilege",
    "operator",
    "access",
];

/// Words of names that may stand for a check.
const MAY: &[&str] = &[
    "require",
    "check",
    "assert",
    "ensure",
    "guard",
    "auth",
    "session",
    "verify",
    "protect",
    "user",
    "can",
    "with",
    "role",
    "permission",
    "admin",
    "member",
    "access",
    "context",
    "procedure",
    "action",
    "caller",
    "api",
    "handler",
];

/// Words of names for where somebody is, not for who: `isAdminRoute(request)`.
const PLACES: &[&str] = &["route", "path", "page", "matcher"];

pub(super) fn look(path: &str, seen: &mut Seen<'_>, lower: &str) {
    if !is_for_admins(path) && !lower.contains("/admin") && !stands_before(path) {
        return;
    }
    let program = seen.module.program.clone();
    let mut asks = None;
    walk::program(&program, &mut |node, _| {
        if asks.is_some() {
            return;
        }
        asks = match node {
            Node::Statement(one) => statement_asks(&one.kind).then_some(one.at),
            Node::Expr(expr) => expression_asks(&expr.kind).then_some(expr.at),
            Node::Function(_) => None,
        };
    });
    if let Some(at) = asks {
        seen.guard(at, Guard::AsksRole);
    }
    // One says enough.
    let guard = seen.module.imports.iter().find(|import| {
        let own = import.source.starts_with(['.', '@', '~', '#']);
        let clerks = import.source.starts_with("@clerk/");
        !import.type_only && own && !clerks && has(&import.local, MAY)
    });
    if let Some(at) = guard.map(|import| import.at) {
        seen.guard(at, Guard::MayGuard);
    }
}

/// Whether a part of a path says that a file is for admins.
pub fn is_for_admins(path: &str) -> bool {
    path.split(['/', '.', '_', '-', '$', '(', ')'])
        .any(|part| part.eq_ignore_ascii_case("admin"))
}

/// Whether a file stands before others by its name.
fn stands_before(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or_default();
    matches!(stem, "middleware" | "proxy" | "layout")
}

fn has(text: &str, words: &[&str]) -> bool {
    let lower = text.to_ascii_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// Whether a name speaks of what somebody may do.
fn names_role(name: &str) -> bool {
    has(name, WORDS) && !has(name, PLACES)
}

fn speaks_of_role(expr: &Expr) -> bool {
    walk::any(expr, |one| match &one.kind {
        Kind::Name(name) | Kind::Member { name, .. } => names_role(name),
        Kind::Text(text) => has(text, WORDS) && !text.starts_with('/'),
        _ => false,
    })
}

fn statement_asks(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::If(test, ..) | StatementKind::Switch(test, _) => speaks_of_role(test),
        StatementKind::Declare(all) => all.iter().any(|(pattern, _)| match pattern {
            Pattern::Name(name) => names_role(name),
            Pattern::Object(keys, _) => keys
                .iter()
                .any(|(key, _)| matches!(key, Key::Name(key) if has(key, WORDS))),
            _ => false,
        }),
        _ => false,
    }
}

fn expression_asks(kind: &Kind) -> bool {
    match kind {
        Kind::Conditional(test, ..) | Kind::Logical(_, test, _) => speaks_of_role(test),
        Kind::Call {
            callee, arguments, ..
        } => {
            let of_role = |one: &Expr| {
                ["role", "permission"]
                    .iter()
                    .any(|key| read::property(one, key).is_some())
            };
            let by_name = walk::last_name(callee).is_some_and(|name| {
                &**name == "has"
                    || names_role(name)
                    || (&**name == "protect" && !arguments.is_empty())
            });
            by_name || arguments.iter().any(|item| of_role(&item.value))
        }
        _ => false,
    }
}
