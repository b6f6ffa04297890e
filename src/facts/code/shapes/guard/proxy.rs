//! Proxies of Clerk's Frontend API that are written by hand.

use super::super::walk::{self, Node, Trail};
use super::super::{CANDIDATES, Seen};
use super::Guard;
use crate::facts::code::tree::{Expr, Key, Kind, Pattern, Property, StatementKind};

/// Where the Frontend API answers proxies.
const HOSTS: &[&str] = &["frontend-api.clerk.dev", "frontend-api.clerk.services"];

/// The headers that Clerk asks of a proxy (Clerk's docs, "Proxying the Clerk Frontend API").
const HEADERS: &[(&str, &str)] = &[
    ("clerk-proxy-url", "Clerk-Proxy-Url"),
    ("clerk-secret-key", "Clerk-Secret-Key"),
    ("x-forwarded-for", "X-Forwarded-For"),
];

pub(super) fn look(seen: &mut Seen<'_>, lower: &str) {
    for (word, header) in HEADERS {
        if let Some(at) = lower.find(word) {
            let at = u32::try_from(at).unwrap_or_default();
            seen.guard(at, Guard::ProxyHeader(header));
        }
    }
    if !HOSTS.iter().any(|host| lower.contains(host)) {
        return;
    }
    let program = seen.module.program.clone();
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        let Some(host) = host_of(expr).filter(|_| left > 0) else {
            return;
        };
        left -= 1;
        if is_target(expr, trail) {
            found.push((expr.at, host));
        }
    });
    for (at, host) in found {
        seen.guard(
            at,
            Guard::PassesOn {
                host: host.to_owned(),
            },
        );
    }
}

/// The host of the address that a text begins with.
fn host_of(expr: &Expr) -> Option<&'static str> {
    let text = match &expr.kind {
        Kind::Text(text) => text,
        Kind::Template(texts, _) => texts.first()?,
        _ => return None,
    };
    let rest = text.strip_prefix("https://")?;
    let host = rest.split('/').next()?;
    HOSTS
        .iter()
        .find(|one| **one == host)
        .copied()
        .filter(|_| !text.contains(' '))
}

/// Whether requests are sent to an address: it is what a rewrite, a proxy or `fetch` is given, or what a name
/// for such a thing holds. In a Content Security Policy it is only named.
fn is_target(expr: &Expr, trail: &Trail<'_>) -> bool {
    match walk::parent(trail) {
        Some(Node::Expr(around)) => match &around.kind {
            Kind::Object(all) => all.iter().any(|one| {
                matches!(one, Property::Value(Key::Name(key), value)
                    if std::ptr::eq(value, expr) && matches!(&**key, "destination" | "target" | "upstream" | "prefixUrl"))
            }),
            Kind::Call { callee, .. } | Kind::New { callee, .. } => walk::last_name(callee)
                .is_some_and(|name| matches!(&**name, "fetch" | "URL" | "Request" | "rewrite" | "proxyRequest" | "createProxyMiddleware" | "proxy")),
            _ => false,
        },
        Some(Node::Statement(one)) => match &one.kind {
            StatementKind::Declare(all) => all.iter().any(|(pattern, value)| {
                let holds = value.as_ref().is_some_and(|value| std::ptr::eq(value, expr));
                holds && matches!(pattern, Pattern::Name(name) if {
                    let name = name.to_ascii_lowercase();
                    ["fapi", "frontend", "proxy", "target", "upstream"].iter().any(|word| name.contains(word))
                })
            }),
            _ => false,
        },
        _ => false,
    }
}
