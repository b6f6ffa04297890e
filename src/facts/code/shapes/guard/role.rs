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

pub(super) fn look(seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    let has = |text: &str, words: &[&str]| {
        let lower = text.to_ascii_lowercase();
        words.iter().any(|word| lower.contains(word))
    };
    let mut asks = None;
    let test = |expr: &Expr| {
        walk::any(expr, |one| match &one.kind {
            // `isAdminRoute(request)` asks for the path.
            Kind::Name(name) | Kind::Member { name, .. } => {
                has(name, WORDS) && !has(name, &["route", "path", "page", "matcher"])
            }
            Kind::Text(text) => has(text, WORDS) && !text.starts_with('/'),
            _ => false,
        })
    };
    walk::program(&program, &mut |node, _| {
        if asks.is_some() {
            return;
        }
        match node {
            Node::Statement(one) => {
                let decides = match &one.kind {
                    StatementKind::If(condition, ..) | StatementKind::Switch(condition, _) => {
                        test(condition)
                    }
                    StatementKind::Declare(all) => all.iter().any(|(pattern, _)| match pattern {
                        Pattern::Name(name) => {
                            has(name, WORDS) && !has(name, &["route", "path", "page", "matcher"])
                        }
                        Pattern::Object(keys, _) => keys
                            .iter()
                            .any(|(key, _)| matches!(key, Key::Name(key) if has(key, WORDS))),
                        _ => false,
                    }),
                    _ => false,
                };
                if decides {
                    asks = Some(one.at);
                }
            }
            Node::Expr(expr) => {
                let decides = match &expr.kind {
                    Kind::Conditional(condition, ..) => test(condition),
                    Kind::Logical(_, left, _) => test(left),
                    Kind::Call {
                        callee, arguments, ..
                    } => {
                        let name = walk::last_name(callee)
                            .map(|name| name.to_string())
                            .unwrap_or_default();
                        name == "has"
                            || (has(&name, WORDS)
                                && !has(&name, &["route", "path", "page", "matcher"]))
                            || (name == "protect" && !arguments.is_empty())
                            || arguments.iter().any(|item| {
                                ["role", "permission"]
                                    .iter()
                                    .any(|key| read::property(&item.value, key).is_some())
                            })
                    }
                    _ => false,
                };
                if decides {
                    asks = Some(expr.at);
                }
            }
            Node::Function(_) => {}
        }
    });
    if let Some(at) = asks {
        seen.guard(at, Guard::AsksRole);
    }
    let own = |source: &str| {
        source.starts_with('.')
            || source.starts_with('@')
            || source.starts_with('~')
            || source.starts_with('#')
    };
    // One says enough.
    let guard = seen.module.imports.iter().find(|import| {
        let clerks = import.source.starts_with("@clerk/");
        !import.type_only && own(&import.source) && !clerks && has(&import.local, MAY)
    });
    if let Some(at) = guard.map(|import| import.at) {
        seen.guard(at, Guard::MayGuard);
    }
}
