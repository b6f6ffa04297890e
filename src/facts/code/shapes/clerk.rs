//! Calls of Clerk's own functions.

use super::super::module::Module;
use super::super::tree::{Expr, Function, Key, Kind, Pattern, Property, Statement, StatementKind};
use super::walk::{self, Node, Trail};
use super::{CANDIDATES, Seen, Unawaited, What, locals};

const SERVER: &str = "@clerk/nextjs/server";

/// What the names of a file are, as far as it matters here.
struct Names<'m> {
    auth: Vec<&'m str>,
    current_user: Vec<&'m str>,
    middleware: Vec<&'m str>,
    /// `createRouteMatcher` with the package it is from.
    matchers: Vec<(&'m str, &'m str)>,
}

impl<'m> Names<'m> {
    fn of(module: &'m Module) -> Self {
        let server = |exported: &str| {
            let locals = locals(module, exported, |source| source == SERVER);
            locals.into_iter().map(|(local, _)| local).collect()
        };
        let mut matchers = locals(module, "createRouteMatcher", |source| {
            source.starts_with("@clerk/") || source == "#imports"
        });
        // Nuxt imports it by itself; elsewhere it would be a function of the file's own.
        if matchers.is_empty() && !has_own(module, "createRouteMatcher") {
            matchers.push(("createRouteMatcher", ""));
        }
        Self {
            auth: server("auth"),
            current_user: server("currentUser"),
            middleware: server("clerkMiddleware"),
            matchers,
        }
    }
}

/// Whether a file imports or declares a name at its top.
fn has_own(module: &Module, name: &str) -> bool {
    let declares = |one: &Statement| match &one.kind {
        StatementKind::Function(function) => function.name.as_deref() == Some(name),
        StatementKind::Declare(all) => all.iter().any(|(pattern, _)| binds(pattern, name)),
        _ => false,
    };
    module.import(name).is_some() || module.program.body.iter().any(declares)
}

pub(super) fn look(seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    let names = Names::of(seen.module);
    let mut left = CANDIDATES;
    let mut found = Vec::new();
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        let Kind::Call {
            callee, arguments, ..
        } = &expr.kind
        else {
            return;
        };
        let matcher = walk::name(callee)
            .and_then(|name| names.matchers.iter().find(|(local, _)| *local == &**name));
        if let Some((_, package)) = matcher {
            let package = (*package).to_owned();
            found.push((expr.at, What::RouteMatcher { package }));
        }
        if let Some(first) = arguments.first()
            && let Some(what) = combined(callee, &first.value)
        {
            found.push((expr.at, what));
        }
        let Some((call, name)) = asks(&names, callee) else {
            return;
        };
        if left == 0 {
            return;
        }
        left -= 1;
        let theirs = match owner(&names, name, trail) {
            // The handler of `clerkMiddleware()` gets an `auth` of its own.
            Some(Owner::Middleware) => call.text != "currentUser()",
            Some(Owner::Other) => false,
            None => names.auth.contains(&name) || names.current_user.contains(&name),
        };
        if let (true, Some(used)) = (theirs, unawaited(expr, &call, trail)) {
            let call = call.text.to_owned();
            found.push((expr.at, What::Unawaited { call, used }));
        }
    });
    for (at, what) in found {
        seen.add(at, what);
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

/// Whether a call is by its name one of Clerk's for Next.js that answers with a promise, and the name.
fn asks<'c>(names: &Names<'_>, callee: &'c Expr) -> Option<(Asks, &'c str)> {
    let is_auth = |name: &str| name == "auth" || names.auth.contains(&name);
    let (text, name, guards) = match &callee.kind {
        Kind::Name(name) if is_auth(name) => ("auth()", name, false),
        Kind::Name(name) if names.current_user.contains(&&**name) => ("currentUser()", name, false),
        Kind::Member { object, name, .. } if &**name == "protect" => {
            let auth = walk::name(object).filter(|auth| is_auth(auth))?;
            ("auth.protect()", auth, true)
        }
        _ => return None,
    };
    Some((Asks { text, guards }, name))
}

/// Whose parameter or variable a name is.
enum Owner {
    Middleware,
    Other,
}

/// The innermost function around a place that has a parameter or variable of this name.
fn owner(names: &Names<'_>, name: &str, trail: &Trail<'_>) -> Option<Owner> {
    for (at, node) in trail.iter().enumerate().rev() {
        let Node::Function(function) = node else {
            continue;
        };
        let first =
            matches!(function.parameters.first(), Some(Pattern::Name(first)) if &**first == name);
        if first && is_handler(names, trail.get(..at).unwrap_or_default()) {
            return Some(Owner::Middleware);
        }
        if function.parameters.iter().any(|one| binds(one, name)) || declares(function, name) {
            return Some(Owner::Other);
        }
    }
    None
}

/// Whether a function is the argument of `clerkMiddleware()` of the SDK for Next.js.
fn is_handler(names: &Names<'_>, around: &Trail<'_>) -> bool {
    // The function as an expression, and the call around it.
    let call = around.iter().rev().nth(1);
    let Some(Node::Expr(Expr {
        kind: Kind::Call { callee, .. },
        ..
    })) = call
    else {
        return false;
    };
    walk::name(callee).is_some_and(|name| names.middleware.contains(&&**name))
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
