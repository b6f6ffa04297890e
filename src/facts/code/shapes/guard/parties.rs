//! `authorizedParties`: for which origins a session is taken.
//!
//! The list is compared with the `azp` claim by exact equality of texts; without a list, or with an empty
//! one, nothing is compared (clerk/javascript `packages/backend/src/jwt/assertions.ts`).

use super::super::walk::{self, Node};
use super::super::{CANDIDATES, Seen};
use super::{Guard, read};
use crate::facts::code::module::Spot;
use crate::facts::code::tree::{Expr, Item, Key, Kind, Offset, Program, Property, Text};
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

/// Calls that verify sessions: export, where its options stand, and whether a single function is a handler
/// (else it gives the options).
const CALLS: &[(&str, &[usize], bool)] = &[
    ("clerkMiddleware", &[0, 1], true),
    ("authMiddleware", &[0], false),
    ("withClerkMiddleware", &[1], true),
    ("withClerkHandler", &[0], false),
    ("clerkPlugin", &[0], false),
    ("verifyToken", &[1], false),
    ("ClerkExpressRequireAuth", &[0], false),
    ("ClerkExpressWithAuth", &[0], false),
    ("authenticateRequest", &[1], false),
];

/// Packages whose middleware takes a handler first; with the others a function gives the options.
const WITH_HANDLER: &[&str] = &["@clerk/nextjs", "@clerk/astro", "@clerk/nuxt"];

pub(super) fn look(seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, _| {
        let Node::Expr(expr) = node else { return };
        if left == 0 {
            return;
        }
        if let Some(call) = verifies(seen, expr, &program) {
            left -= 1;
            found.push((expr.at, call));
        }
        if let Kind::Object(all) = &expr.kind {
            let lists = all.iter().filter_map(|one| match one {
                Property::Value(Key::Name(key), value) if &**key == "authorizedParties" => {
                    Some(value)
                }
                _ => None,
            });
            for list in lists {
                left = left.saturating_sub(1);
                found.extend(list_of(seen, list, &program));
            }
        }
    });
    for (at, guard) in found {
        seen.guard(at, guard);
    }
}

/// A call that verifies sessions, with what it says of origins.
fn verifies(seen: &Seen<'_>, expr: &Expr, program: &Program) -> Option<Guard> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let name = walk::last_name(callee)?;
    let (exported, package) = match &callee.kind {
        Kind::Name(name) => imported(seen, name)?,
        // `fastify.register(clerkPlugin, options)`
        Kind::Member { .. } if &**name == "register" || &**name == "use" => {
            let plugin = walk::name(&arguments.first()?.value)?;
            let (exported, package) = imported(seen, plugin)?;
            let said = options(seen, program, exported, &package, arguments, &[1]);
            return (exported == "clerkPlugin" && package.starts_with("@clerk/fastify")).then(
                || Guard::Verifies {
                    call: format!("{}({plugin})", read::written(callee)),
                    parties: said,
                },
            );
        }
        // Of a client, whatever it is called.
        Kind::Member { .. } if &**name == "authenticateRequest" => {
            ("authenticateRequest", String::new())
        }
        _ => return None,
    };
    // What the SDKs pass on to themselves has the options of who called them.
    let (_, places, _) = CALLS.iter().find(|(call, ..)| *call == exported)?;
    if exported == "clerkPlugin" && !package.starts_with("@clerk/fastify") {
        return None;
    }
    let parties = options(seen, program, exported, &package, arguments, places);
    Some(Guard::Verifies {
        call: format!("{}()", read::written(callee)),
        parties,
    })
}

/// The export of a Clerk package that a name stands for.
fn imported<'m>(seen: &'m Seen<'_>, name: &str) -> Option<(&'m str, String)> {
    let import = seen
        .module
        .import(name)
        .filter(|import| !import.type_only)?;
    let is_clerks = import.source.starts_with("@clerk/")
        || matches!(
            import.source.as_str(),
            "@hono/clerk-auth" | "svelte-clerk/server" | "elysia-clerk"
        );
    match &import.taken {
        Taken::Export(exported) if is_clerks => Some((exported, import.source.clone())),
        _ => None,
    }
}

/// What the options of a call say, where they can be told.
fn options(
    seen: &Seen<'_>,
    program: &Program,
    exported: &str,
    package: &str,
    arguments: &[Item],
    places: &[usize],
) -> Parties {
    if arguments.iter().any(|item| item.spread) {
        return Parties::Said;
    }
    let with_handler =
        exported != "clerkMiddleware" || WITH_HANDLER.iter().any(|one| package.starts_with(one));
    let mut given = places.iter().filter_map(|at| arguments.get(*at)).peekable();
    if given.peek().is_none() {
        // `app.use(clerkMiddleware)` is no call; without arguments there are no options.
        return Parties::Missing;
    }
    let last = arguments.len() == 1;
    for item in given {
        let value = read::held(&item.value, seen.module, program);
        match &value.kind {
            Kind::Object(_) => return of_object(seen, value, program),
            Kind::Function(_)
                if with_handler && (last || std::ptr::eq(item, &raw const arguments[0])) => {}
            Kind::Name(name)
                if is_function(name, program) && std::ptr::eq(item, &raw const arguments[0]) => {}
            // A handler that a wrapper made, in front of the options.
            Kind::Call { .. } | Kind::Name(_)
                if with_handler && !last && std::ptr::eq(item, &raw const arguments[0]) => {}
            _ => return Parties::Said,
        }
    }
    Parties::Missing
}

fn is_function(name: &Text, program: &Program) -> bool {
    program.body.iter().any(|one| {
        matches!(&one.kind, crate::facts::code::tree::StatementKind::Function(function)
            if function.name.as_ref() == Some(name))
    })
}

fn of_object(seen: &Seen<'_>, object: &Expr, program: &Program) -> Parties {
    match read::property(object, "authorizedParties") {
        Some(list) => match &read::held(list, seen.module, program).kind {
            Kind::Array(items) if items.is_empty() => Parties::Missing,
            Kind::Name(name) if &**name == "undefined" => Parties::Missing,
            _ => Parties::Said,
        },
        None if read::is_open(object) => Parties::Said,
        None => Parties::Missing,
    }
}

/// A list of origins.
fn list_of(seen: &Seen<'_>, list: &Expr, program: &Program) -> Option<(Offset, Guard)> {
    let mut reading = List {
        entries: Vec::new(),
        whole: true,
    };
    reading.read(seen, list, program, false, 0);
    (!reading.entries.is_empty()).then_some((
        list.at,
        Guard::AuthorizedParties {
            entries: reading.entries,
            whole: reading.whole,
        },
    ))
}

struct List {
    entries: Vec<Entry>,
    whole: bool,
}

impl List {
    fn read(
        &mut self,
        seen: &Seen<'_>,
        expr: &Expr,
        program: &Program,
        conditional: bool,
        depth: usize,
    ) {
        const DEEPEST: usize = 6;
        if depth > DEEPEST {
            self.whole = false;
            return;
        }
        let value = read::held(expr, seen.module, program);
        let mut next =
            |expr: &Expr, conditional: bool| self.read(seen, expr, program, conditional, depth + 1);
        match &value.kind {
            Kind::Array(items) => items.iter().for_each(|item| next(&item.value, conditional)),
            Kind::Conditional(_, one, other) => {
                next(one, true);
                next(other, true);
            }
            Kind::Logical(_, one, other) => {
                next(one, true);
                next(other, true);
            }
            // `[…].filter(Boolean)` leaves the texts in.
            Kind::Call { callee, .. } => match &callee.kind {
                Kind::Member { object, name, .. } if &**name == "filter" => {
                    next(object, conditional)
                }
                _ => self.whole = false,
            },
            Kind::Text(origin) if !origin.is_empty() => self.entries.push(Entry {
                origin: origin.to_string(),
                at: seen.module.spot(value.at),
                conditional,
            }),
            _ => self.whole = false,
        }
    }
}
