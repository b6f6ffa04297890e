//! Tokens of Clerk that are verified by hand, with `jose` or `jsonwebtoken`.
//!
//! What Clerk asks for: the signature, `exp`, `nbf`, the issuer, and `azp` against a list
//! (https://clerk.com/docs/guides/sessions/manual-jwt-verification).

use super::super::walk::{self, Node};
use super::super::{CANDIDATES, Seen};
use super::read::Scope;
use super::{Guard, read};
use crate::facts::code::tree::{Expr, Kind};

pub(super) fn look(seen: &mut Seen<'_>, lower: &str) {
    if !lower.contains("jose") && !lower.contains("jsonwebtoken") {
        return;
    }
    let looks_at_azp = lower.contains("azp");
    let looks_at_issuer = lower.contains(".iss");
    let program = seen.module.program.clone();
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        let scope = Scope {
            module: seen.module,
            program: &program,
            trail,
        };
        let Some((call, key, options)) = verification(seen, expr).filter(|_| left > 0) else {
            return;
        };
        left -= 1;
        if !is_clerks(scope, key) {
            return;
        }
        let issuer = match options {
            None => looks_at_issuer,
            Some(options) => {
                let options = scope.held(options);
                read::is_open(options)
                    || read::property(options, "issuer").is_some()
                    || looks_at_issuer
            }
        };
        let mut missing = Vec::new();
        if !issuer {
            missing.push("the issuer");
        }
        if !looks_at_azp {
            missing.push("the azp claim");
        }
        if !missing.is_empty() {
            found.push((expr.at, Guard::HalfVerified { call, missing }));
        }
    });
    for (at, guard) in found {
        seen.guard(at, guard);
    }
}

/// A call that verifies a token: as written, its key and its options.
fn verification<'a>(
    seen: &Seen<'_>,
    expr: &'a Expr,
) -> Option<(String, &'a Expr, Option<&'a Expr>)> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let base = match &callee.kind {
        Kind::Name(name) => name,
        Kind::Member { object, .. } => walk::name(object)?,
        _ => return None,
    };
    let import = seen
        .module
        .import(base)
        .filter(|import| !import.type_only)?;
    let verifies = match import.source.as_str() {
        "jose" => walk::last_name(callee).is_some_and(|name| &**name == "jwtVerify"),
        "jsonwebtoken" => walk::last_name(callee).is_some_and(|name| &**name == "verify"),
        _ => false,
    };
    let key = read::argument(arguments, 1).filter(|_| verifies)?;
    Some((
        format!("{}()", read::written(callee)),
        key,
        read::argument(arguments, 2),
    ))
}

/// Whether a key is Clerk's: its key set, or its PEM from a variable named for it.
fn is_clerks<'a>(scope: Scope<'a, '_>, key: &'a Expr) -> bool {
    let mut now = vec![key];
    for _ in 0..4 {
        let mut next = Vec::new();
        for expr in now {
            let mut is = false;
            walk::within(expr, &mut |one| match &one.kind {
                Kind::Text(text) => is |= names_clerk(text),
                Kind::Template(texts, _) => is |= texts.iter().any(|text| names_clerk(text)),
                Kind::Member { name, .. } => {
                    is |= walk::variable(one).is_some() && name.contains("CLERK")
                }
                Kind::Name(_) => {
                    let value = scope.held(one);
                    if !std::ptr::eq(value, one) {
                        next.push(value);
                    }
                }
                _ => {}
            });
            if is {
                return true;
            }
        }
        next.truncate(CANDIDATES);
        now = next;
    }
    false
}

fn names_clerk(text: &str) -> bool {
    text.contains("clerk.") || text.contains("CLERK")
}
