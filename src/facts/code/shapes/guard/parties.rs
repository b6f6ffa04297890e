//! `authorizedParties`: for which origins a session is taken.
//!
//! The list is compared with the `azp` claim by exact equality of texts; without a list, or with an empty
//! one, nothing is compared (clerk/javascript `packages/backend/src/jwt/assertions.ts`).

use super::super::walk::{self, Node};
use super::super::{CANDIDATES, Seen};
use super::Guard;
use super::read::{self, Scope};
use crate::facts::code::module::Spot;
use crate::facts::code::tree::{Expr, Item, Kind, Offset};
use crate::facts::code::value::Taken;

/// What a call says of the origins for which it takes sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parties {
    /// Nothing, or an empty list: it takes sessions of every origin.
    Missing,
    /// Something, or what cannot be read.
    Said,
}

/// One origin of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The origin, as written.
    pub origin: String,
    /// Where.
    pub at: Spot,
    /// Whether it counts only under a condition.
    pub conditional: bool,
}

/// Where a call takes its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// First.
    Options,
    /// Second.
    Second,
    /// Behind a handler, or alone, in the packages that let one be given.
    HandlerFirst,
}

/// Calls that verify sessions.
const CALLS: &[(&str, Takes)] = &[
    ("clerkMiddleware", Takes::HandlerFirst),
    ("authMiddleware", Takes::Options),
    ("withClerkMiddleware", Takes::Second),
    ("withClerkHandler", Takes::Options),
    ("clerkPlugin", Takes::Options),
    ("verifyToken", Takes::Second),
    ("ClerkExpressRequireAuth", Takes::Options),
    ("ClerkExpressWithAuth", Takes::Options),
    ("authenticateRequest", Takes::Second),
];

/// Packages whose middleware takes a handler first; with the others a function gives the options.
const WITH_HANDLER: &[&str] = &["@clerk/nextjs", "@clerk/astro", "@clerk/nuxt"];

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
        if let Some(call) = verifies(scope, expr) {
            left -= 1;
            found.push((expr.at, call));
        }
        if let Some(list) = read::property(expr, "authorizedParties") {
            left = left.saturating_sub(1);
            found.extend(list_of(scope, list));
        }
    });
    for (at, guard) in found {
        seen.guard(at, guard);
    }
}

/// A call that verifies sessions, with what it says of origins.
fn verifies<'a>(scope: Scope<'a, '_>, expr: &'a Expr) -> Option<Guard> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let written = read::written(callee);
    let (call, exported, package, arguments) = match &walk::bare(callee).kind {
        Kind::Name(name) => {
            let (exported, package) = imported(scope, name)?;
            (
                format!("{written}()"),
                exported,
                package,
                arguments.as_slice(),
            )
        }
        Kind::Member { object, name, .. } => match &**name {
            // `fastify.register(clerkPlugin, options)`
            "register" => {
                let plugin = walk::name(&arguments.first()?.value)?;
                let (exported, package) = imported(scope, plugin)?;
                let rest = arguments.get(1..)?;
                (format!("{written}({plugin})"), exported, package, rest)
            }
            // Of a client, whatever it is called.
            "authenticateRequest" if imports_clerk(scope) => (
                format!("{written}()"),
                "authenticateRequest",
                "",
                arguments.as_slice(),
            ),
            // `clerkClient?.verifyToken(token)` of the SDK for Node.
            "verifyToken" if imports_clerk(scope) && is_clerks(object) => (
                format!("{written}()"),
                "verifyToken",
                "",
                arguments.as_slice(),
            ),
            _ => return None,
        },
        _ => return None,
    };
    // The plugin of Vue has the same name and verifies nothing.
    if exported == "clerkPlugin" && package != "@clerk/fastify" {
        return None;
    }
    let takes = CALLS.iter().find(|(name, _)| *name == exported)?.1;
    let parties = match takes {
        Takes::HandlerFirst if WITH_HANDLER.iter().any(|one| package.starts_with(one)) => {
            after_handler(scope, arguments)
        }
        Takes::HandlerFirst | Takes::Options => of_options(scope, arguments.first()),
        Takes::Second => of_options(scope, arguments.get(1)),
    };
    Some(Guard::Verifies { call, parties })
}

fn is_clerks(object: &Expr) -> bool {
    let name = walk::last_name(walk::bare(object));
    name.is_some_and(|name| name.to_ascii_lowercase().contains("clerk"))
}

/// The export of a Clerk package that a name stands for, and the package.
fn imported<'a>(scope: Scope<'a, '_>, name: &str) -> Option<(&'a str, &'a str)> {
    let import = scope
        .module
        .import(name)
        .filter(|import| !import.type_only)?;
    let is_clerks = import.source.starts_with("@clerk/")
        || matches!(
            import.source.as_str(),
            "@hono/clerk-auth" | "svelte-clerk/server"
        );
    match &import.taken {
        Taken::Export(exported) if is_clerks => Some((exported, &import.source)),
        _ => None,
    }
}

/// Whether the file has anything of Clerk's but types.
fn imports_clerk(scope: Scope<'_, '_>) -> bool {
    let mut imports = scope.module.imports.iter();
    imports.any(|import| !import.type_only && import.source.contains("clerk"))
}

/// What options say; none are the same as empty ones.
fn of_options<'a>(scope: Scope<'a, '_>, item: Option<&'a Item>) -> Parties {
    let Some(item) = item else {
        return Parties::Missing;
    };
    let value = scope.held(&item.value);
    match &value.kind {
        _ if item.spread => Parties::Said,
        Kind::Object(_) => of_object(scope, value),
        _ => Parties::Said,
    }
}

/// What the options behind a handler say, or options alone.
fn after_handler<'a>(scope: Scope<'a, '_>, arguments: &'a [Item]) -> Parties {
    match arguments {
        [only] if !only.spread => {
            let value = scope.held(&only.value);
            let is_handler = match &value.kind {
                Kind::Function(_) => true,
                // `function handler() {}` below, a handler of another file: only what is named options may
                // be some.
                Kind::Name(name) => !["option", "config", "setting"]
                    .iter()
                    .any(|word| name.to_ascii_lowercase().contains(word)),
                _ => false,
            };
            if is_handler {
                Parties::Missing
            } else {
                of_options(scope, Some(only))
            }
        }
        [] => Parties::Missing,
        [handler, options, ..] if !handler.spread => of_options(scope, Some(options)),
        _ => Parties::Said,
    }
}

fn of_object<'a>(scope: Scope<'a, '_>, object: &'a Expr) -> Parties {
    match read::property(object, "authorizedParties") {
        Some(list) => match &scope.held(list).kind {
            Kind::Array(items) if items.is_empty() => Parties::Missing,
            Kind::Name(name) if &**name == "undefined" => Parties::Missing,
            _ => Parties::Said,
        },
        None if read::is_open(object) => Parties::Said,
        None => Parties::Missing,
    }
}

/// A list of origins.
fn list_of<'a>(scope: Scope<'a, '_>, list: &'a Expr) -> Option<(Offset, Guard)> {
    let mut reading = List {
        scope,
        entries: Vec::new(),
        whole: true,
    };
    reading.read(list, read::is_for_some_environment(scope.trail), 0);
    (!reading.entries.is_empty()).then_some((
        list.at,
        Guard::AuthorizedParties {
            entries: reading.entries,
            whole: reading.whole,
        },
    ))
}

struct List<'a, 't> {
    scope: Scope<'a, 't>,
    entries: Vec<Entry>,
    whole: bool,
}

impl<'a> List<'a, '_> {
    fn read(&mut self, expr: &'a Expr, conditional: bool, depth: usize) {
        const DEEPEST: usize = 6;
        const MOST: usize = 50;
        if depth > DEEPEST || self.entries.len() > MOST {
            self.whole = false;
            return;
        }
        let value = self.scope.held(expr);
        match &value.kind {
            Kind::Array(items) => {
                for item in items {
                    self.read(&item.value, conditional, depth + 1);
                }
            }
            Kind::Conditional(_, one, other) | Kind::Logical(_, one, other) => {
                self.read(one, true, depth + 1);
                self.read(other, true, depth + 1);
            }
            // `[…].filter(Boolean)` leaves the texts in.
            Kind::Call { callee, .. } => match &callee.kind {
                Kind::Member { object, name, .. } if &**name == "filter" => {
                    self.read(object, conditional, depth + 1);
                }
                _ => self.whole = false,
            },
            Kind::Text(origin) if !origin.is_empty() => self.entries.push(Entry {
                origin: origin.to_string(),
                at: self.scope.module.spot(value.at),
                conditional,
            }),
            _ => self.whole = false,
        }
    }
}
