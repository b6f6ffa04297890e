//! Limits on how often somebody may ask.

use super::super::Seen;
use super::super::walk::{self, Node};
use super::Guard;
use crate::facts::code::tree::Kind;

/// How packages and functions that limit are called, or ask whether a visitor is a person.
const WORDS: &[&str] = &[
    "ratelimit",
    "rate-limit",
    "rate_limit",
    "ratelimiter",
    "arcjet",
    "throttl",
    "turnstile",
    "captcha",
    "slowdown",
    "slow-down",
    "@vercel/firewall",
    "botid",
    "limiter",
    "quota",
];

pub(super) fn look(seen: &mut Seen<'_>) {
    let names = |text: &str| {
        let lower = text.to_ascii_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    };
    let import = seen
        .module
        .imports
        .iter()
        .find(|import| !import.type_only && (names(&import.source) || names(&import.local)));
    let mut at = import.map(|import| import.at);
    if at.is_none() {
        let program = seen.module.program.clone();
        walk::program(&program, &mut |node, _| {
            if let Node::Expr(expr) = node
                && at.is_none()
                && let Kind::Call { callee, .. } | Kind::New { callee, .. } = &expr.kind
                && walk::last_name(callee).is_some_and(|name| names(name))
            {
                at = Some(expr.at);
            }
        });
    }
    if let Some(at) = at {
        seen.guard(at, Guard::Limiter);
    }
}
