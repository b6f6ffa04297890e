//! Calls of Clerk's own functions.

use super::super::tree::{Expr, Function, Key, Kind, Pattern, Property, Statement, StatementKind};
use super::walk::{self, Node, Trail};
use super::{Seen, Unawaited, What, imported};

const SERVER: &str = "@clerk/nextjs/server";

pub(super) fn look(seen: &mut Seen<'_>) {
    let module = seen.module;
    let program = module.program.clone();
    let mut found = Vec::new();
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        let Kind::Call {
            callee, arguments, ..
        } = &expr.kind
        else {
            return;
        };
        if let Some(package) = route_matcher(seen, callee) {
            found.push((expr.at, What::RouteMatcher { package }));
        }
        if let Some(first) = arguments.first()
            && let Some(what) = combined(callee, &first.value)
        {
            found.push((expr.at, what));
        }
        if let Some(call) = asks(seen, callee, trail)
            && let Some(used) = unawaited(expr, &call, trail)
        {
            found.push((
                expr.at,
                What::Unawaited {
                    call: call.text.to_owned(),
                    used,
                },
            ));
        }
    });
    for (at, what) in found {
        seen.add(at, what);
    }
}

/// The package from which a call takes `createRouteMatcher`.
fn route_matcher(seen: &Seen<'_>, callee: &Expr) -> Option<String> {
    let name = walk::name(callee)?;
    match seen.module.import(name) {
        Some(import) => imported(seen.module, name, "createRouteMatcher", |source| {
            source.starts_with("@clerk/") || source == "#imports"
        })
        .map(|_| import.source.clone()),
        // Nuxt imports it by itself; elsewhere it would be a function of the file's own.
        None => {
            let own = seen.module.program.body.iter().any(|one| match &one.kind {
                StatementKind::Function(function) => function.name.as_ref() == Some(name),
                StatementKind::Declare(all) => all
                    .iter()
                    .any(|(pattern, _)| matches!(pattern, Pattern::Name(held) if held == name)),
                _ => false,
            });
            (&**name == "createRouteMatcher" && !own).then(String::new)
        }
    }
}

/// `has({ … })` and `protect({ … })` whose conditions are of more than one kind.
fn combined(callee: &Expr, conditions: &Expr) -> Option<What> {
    let call = walk::last_name(callee)?;
    let Kind::Object(properties) = &conditions.kind else {
        return None;
    };
    let keys: Vec<&str> = properties
        .iter()
        .filter_map(|property| match property {
            Property::Value(Key::Name(key), _) => Some(&**key),
            _ => None,
        })
        .collect();
    let some = |names: &[&str]| keys.iter().any(|key| names.contains(key));
    let roles = some(&["role", "permission"]);
    let plans = some(&["feature", "plan"]);
    let again = some(&["reverification"]);
    let options = some(&["unauthorizedUrl", "unauthenticatedUrl", "token"]);
    let several = (again && (roles || plans)) || (roles && plans);
    let mixed = &**call == "protect" && options && (roles || plans || again);
    if !(matches!(&**call, "has" | "protect") && (several || mixed)) {
        return None;
    }
    Some(What::Combined {
        call: match &callee.kind {
            Kind::Member { object, .. } => match walk::name(object) {
                Some(object) => format!("{object}.{call}()"),
                None => format!("{call}()"),
            },
            _ => format!("{call}()"),
        },
        keys: keys.into_iter().map(str::to_owned).collect(),
        options: !several,
    })
}

/// A call that answers with a promise.
struct Asks {
    /// As written.
    text: &'static str,
    /// Whether the result is of no use: `auth.protect()` is called for what it throws.
    guards: bool,
}

/// Whether a call is one of Clerk's for Next.js that answers with a promise.
fn asks(seen: &Seen<'_>, callee: &Expr, trail: &Trail<'_>) -> Option<Asks> {
    let is = |name: &str, exported: &str| {
        let theirs = imported(seen.module, name, exported, |source| source == SERVER).is_some();
        match owner(seen, name, trail) {
            // The handler of `clerkMiddleware()` gets an `auth` of its own.
            Some(Owner::Middleware) => exported == "auth",
            Some(Owner::Other) => false,
            None => theirs,
        }
    };
    match &callee.kind {
        Kind::Name(name) if is(name, "auth") => Some(Asks {
            text: "auth()",
            guards: false,
        }),
        Kind::Name(name) if is(name, "currentUser") => Some(Asks {
            text: "currentUser()",
            guards: false,
        }),
        Kind::Member { object, name, .. } if &**name == "protect" => {
            let auth = walk::name(object).is_some_and(|auth| is(auth, "auth"));
            auth.then_some(Asks {
                text: "auth.protect()",
                guards: true,
            })
        }
        _ => None,
    }
}

/// Whose parameter or variable a name is.
enum Owner {
    Middleware,
    Other,
}

/// The innermost function around a place that has a parameter or variable of this name.
fn owner(seen: &Seen<'_>, name: &str, trail: &Trail<'_>) -> Option<Owner> {
    for (at, node) in trail.iter().enumerate().rev() {
        let Node::Function(function) = node else {
            continue;
        };
        let first =
            matches!(function.parameters.first(), Some(Pattern::Name(first)) if &**first == name);
        if first && is_handler(seen, trail.get(..at).unwrap_or_default()) {
            return Some(Owner::Middleware);
        }
        if function.parameters.iter().any(|one| binds(one, name)) || declares(function, name) {
            return Some(Owner::Other);
        }
    }
    None
}

/// Whether a function is the argument of `clerkMiddleware()` of the SDK for Next.js.
fn is_handler(seen: &Seen<'_>, around: &Trail<'_>) -> bool {
    // The function as an expression, and the call around it.
    let call = around.iter().rev().nth(1);
    let Some(Node::Expr(Expr {
        kind: Kind::Call { callee, .. },
        ..
    })) = call
    else {
        return false;
    };
    walk::name(callee).is_some_and(|name| {
        imported(seen.module, name, "clerkMiddleware", |source| {
            source == SERVER
        })
        .is_some()
    })
}

fn binds(pattern: &Pattern, name: &str) -> bool {
    match pattern {
        Pattern::Name(bound) => &**bound == name,
        Pattern::Object(all, rest) => {
            all.iter().any(|(_, one)| binds(one, name))
                || rest.as_deref().is_some_and(|rest| binds(rest, name))
        }
        Pattern::Array(all, rest) => {
            all.iter().flatten().any(|one| binds(one, name))
                || rest.as_deref().is_some_and(|rest| binds(rest, name))
        }
        Pattern::Default(one, _) => binds(one, name),
        Pattern::Member(_) | Pattern::Unknown => false,
    }
}

fn declares(function: &Function, name: &str) -> bool {
    function.body.iter().any(|one| match &one.kind {
        StatementKind::Declare(all) => all.iter().any(|(pattern, _)| binds(pattern, name)),
        StatementKind::Function(inner) => inner.name.as_deref() == Some(name),
        _ => false,
    })
}

/// What is done with the promise of a call, where nobody awaits it.
fn unawaited(call: &Expr, asks: &Asks, trail: &Trail<'_>) -> Option<Unawaited> {
    const OF_PROMISES: &[&str] = &["then", "catch", "finally"];
    match walk::parent(trail)? {
        Node::Expr(expr) => match &expr.kind {
            Kind::Member { name, .. } if !OF_PROMISES.contains(&&**name) => Some(Unawaited::Read),
            _ => None,
        },
        // An arrow function's expression is a `return`.
        Node::Statement(statement) => match &statement.kind {
            StatementKind::Expr(expr) if asks.guards && std::ptr::eq(expr, call) => {
                Some(Unawaited::Dropped)
            }
            StatementKind::Declare(all) => {
                let (pattern, _) = all.iter().find(|(_, value)| {
                    value
                        .as_ref()
                        .is_some_and(|value| std::ptr::eq(value, call))
                })?;
                match pattern {
                    Pattern::Object(..) => Some(Unawaited::Destructured),
                    Pattern::Name(name) => {
                        let body = walk::function(trail)?.body.as_slice();
                        only_read(name, body).then_some(Unawaited::Read)
                    }
                    _ => None,
                }
            }
            _ => None,
        },
        Node::Function(_) => None,
    }
}

/// Whether a name is used, and only ever to read properties of it.
fn only_read(name: &str, body: &[Statement]) -> bool {
    let (mut all, mut reads) = (0_u32, 0_u32);
    walk::below(body, &mut |node| {
        let Node::Expr(expr) = node else { return };
        match &expr.kind {
            Kind::Name(one) if &**one == name => all += 1,
            Kind::Member {
                object,
                name: property,
                ..
            } => {
                let same = walk::name(object).is_some_and(|one| &**one == name);
                if same && !matches!(&**property, "then" | "catch" | "finally") {
                    reads += 1;
                }
            }
            _ => {}
        }
    });
    reads > 0 && reads == all
}
