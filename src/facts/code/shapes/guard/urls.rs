//! Addresses that Clerk's components and calls are given in the code.

use super::super::walk::{self, Node};
use super::super::{CANDIDATES, Seen};
use super::Guard;
use super::read::{self, Scope};
use crate::facts::code::tree::{Expr, Key, Kind, Offset, Property};

/// The properties that say where somebody is sent.
const PROPERTIES: &[&str] = &[
    "signInUrl",
    "signUpUrl",
    "forceRedirectUrl",
    "fallbackRedirectUrl",
    "signInForceRedirectUrl",
    "signInFallbackRedirectUrl",
    "signUpForceRedirectUrl",
    "signUpFallbackRedirectUrl",
    "afterSignInUrl",
    "afterSignUpUrl",
    "afterSignOutUrl",
    "redirectUrl",
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
        let scope = Scope {
            module: seen.module,
            program: &program,
            trail,
        };
        let before = found.len();
        match &expr.kind {
            Kind::Jsx(jsx) if jsx.name.as_ref().is_some_and(|name| of_clerk(scope, name)) => {
                addresses(scope, &jsx.attributes, &mut found);
            }
            Kind::Call {
                callee, arguments, ..
            } if of_clerk(scope, callee) => {
                for item in arguments {
                    if let Kind::Object(all) = &scope.held(&item.value).kind {
                        addresses(scope, all, &mut found);
                    }
                }
            }
            _ => {}
        }
        if read::is_for_some_environment(trail) {
            found.truncate(before);
        }
        left -= (found.len() - before).min(left);
    });
    for (at, guard) in found {
        seen.guard(at, guard);
    }
}

fn of_clerk(scope: Scope<'_, '_>, expr: &Expr) -> bool {
    let name = match &expr.kind {
        Kind::Name(name) => name,
        _ => return false,
    };
    let import = scope.module.import(name).filter(|import| !import.type_only);
    import.is_some_and(|import| {
        import.source.starts_with("@clerk/") || import.source == "svelte-clerk"
    })
}

fn addresses<'a>(scope: Scope<'a, '_>, all: &'a [Property], found: &mut Vec<(Offset, Guard)>) {
    for one in all {
        let Property::Value(Key::Name(key), value) = one else {
            continue;
        };
        if &**key == "allowedRedirectOrigins" {
            found.push((value.at, Guard::AllowsOrigins));
        }
        let held = scope.held(value);
        let Some(url) = read::text(held).filter(|url| url.contains("://")) else {
            continue;
        };
        if PROPERTIES.contains(&&**key) {
            let guard = Guard::SendsTo {
                property: key.to_string(),
                url: url.to_string(),
            };
            found.push((value.at, guard));
        }
    }
}
