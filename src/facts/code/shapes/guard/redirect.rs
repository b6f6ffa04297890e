//! Redirects to whatever the address of the request says.

use super::super::Seen;
use super::super::walk::{self, Node, Trail};
use super::read::{Binding, Scope};
use super::{Guard, read};
use crate::facts::code::module::Module;
use crate::facts::code::tree::{
    Expr, Item, Kind, Pattern, Program, Statement, StatementKind, Text,
};

/// What kind of redirect it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The server's answer names the address as it stands.
    Answer,
    /// The framework makes an answer of it.
    Framework,
    /// The browser goes there by a script.
    Script,
}

/// Packages whose `redirect()` takes any address.
const FRAMEWORKS: &[&str] = &[
    "next/navigation",
    "react-router",
    "react-router-dom",
    "@remix-run/node",
    "@remix-run/cloudflare",
    "@remix-run/server-runtime",
    "@sveltejs/kit",
    "h3",
];

/// How many redirects of a file are followed: for each the functions around it are read as a whole.
const MOST: usize = 10;

/// How deep a value is followed.
const HOPS: usize = 6;

pub(super) fn look(seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    let mut found = Vec::new();
    let mut left = MOST;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        if left == 0 {
            return;
        }
        let Some((call, way, target)) = sink(seen.module, expr) else {
            return;
        };
        let mut tracer = Tracer {
            scope: Scope {
                module: seen.module,
                program: &program,
                trail,
            },
            names: Vec::new(),
        };
        let Some(from) = tracer.source(target, 0) else {
            return;
        };
        left -= 1;
        let names = tracer.names;
        if !is_looked_at(&names, around(trail, &program)) {
            found.push((expr.at, Guard::Redirect { call, from, way }));
        }
    });
    for (at, guard) in found {
        seen.guard(at, guard);
    }
}

/// The code in which a value may have been looked at: the outermost function around a place.
fn around<'a>(trail: &Trail<'a>, program: &'a Program) -> &'a [Statement] {
    let outermost = trail.iter().find_map(|node| match node {
        Node::Function(function) => Some(function.body.as_slice()),
        _ => None,
    });
    outermost.unwrap_or(&program.body)
}

/// A redirect: as it is written, its kind, and where it goes.
fn sink<'a>(module: &Module, expr: &'a Expr) -> Option<(String, Way, &'a Expr)> {
    match &expr.kind {
        Kind::Call {
            callee, arguments, ..
        } => call(module, callee, arguments),
        // `window.location = x`, `location.href = x`
        Kind::Assign { target, value, .. } => match &**target {
            Pattern::Member(member) => {
                let Kind::Member { object, name, .. } = &member.kind else {
                    return None;
                };
                let sets = (&**name == "href" && is_location(object))
                    || (&**name == "location" && is_window(object));
                sets.then(|| (read::written(member), Way::Script, &**value))
            }
            _ => None,
        },
        _ => None,
    }
}

fn call<'a>(
    module: &Module,
    callee: &Expr,
    arguments: &'a [Item],
) -> Option<(String, Way, &'a Expr)> {
    let by = format!("{}()", read::written(callee));
    let first = read::argument(arguments, 0)?;
    let last = &arguments.last()?.value;
    match &callee.kind {
        Kind::Name(name) => {
            let import = module.import(name);
            let from = import.map(|import| import.source.as_str());
            let known = from.is_some_and(|from| FRAMEWORKS.contains(&from));
            match (&**name, known) {
                // SvelteKit's has the status first, h3's the event.
                ("redirect", true) if from == Some("@sveltejs/kit") => {
                    Some((by, Way::Framework, read::argument(arguments, 1)?))
                }
                ("sendRedirect", _) => Some((by, Way::Answer, read::argument(arguments, 1)?)),
                ("redirect" | "permanentRedirect", true) => Some((by, Way::Framework, first)),
                _ => None,
            }
        }
        Kind::Member { object, name, .. } => {
            let object = walk::bare(object);
            let owner = walk::last_name(object)?;
            match (&**owner, &**name) {
                ("NextResponse" | "Response", "redirect") => Some((by, Way::Answer, first)),
                ("res" | "response" | "reply", "redirect") => {
                    // Express takes the status first, Fastify 4 too.
                    let target = if matches!(first.kind, Kind::Number(_)) {
                        last
                    } else {
                        first
                    };
                    Some((by, Way::Answer, target))
                }
                ("c" | "ctx" | "context" | "Astro", "redirect") => Some((by, Way::Answer, first)),
                ("router", "push" | "replace") if uses_next_router(module) => {
                    Some((by, Way::Script, first))
                }
                (_, "assign" | "replace") if is_location(object) => Some((by, Way::Script, first)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Next's router leaves the site for an absolute address; others keep to their own paths.
fn uses_next_router(module: &Module) -> bool {
    let is = |source: &str| matches!(source, "next/navigation" | "next/router");
    module.imports.iter().any(|import| is(&import.source))
}

fn is_window(expr: &Expr) -> bool {
    walk::name(expr)
        .is_some_and(|name| matches!(&**name, "window" | "globalThis" | "document" | "self"))
}

fn is_location(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Name(name) => &**name == "location",
        Kind::Member { object, name, .. } => &**name == "location" && is_window(object),
        _ => false,
    }
}

struct Tracer<'a, 't> {
    scope: Scope<'a, 't>,
    /// The names that the value went by, and the key under which it was asked for.
    names: Vec<Text>,
}

impl<'a> Tracer<'a, '_> {
    /// What of the request's address a value is, as written.
    fn source(&mut self, expr: &'a Expr, depth: usize) -> Option<String> {
        if depth > HOPS {
            return None;
        }
        let expr = walk::bare(expr);
        match &expr.kind {
            Kind::Logical(_, one, other) => self
                .source(one, depth + 1)
                .or_else(|| self.source(other, depth + 1)),
            // `next ? next : '/'`
            Kind::Conditional(test, then, _) => {
                let same = walk::name(test).is_some() && walk::name(test) == walk::name(then);
                if same {
                    self.source(then, depth + 1)
                } else {
                    None
                }
            }
            Kind::New { callee, arguments } => {
                let is_url = walk::name(callee).is_some_and(|name| &**name == "URL");
                let first = read::argument(arguments, 0).filter(|_| is_url)?;
                self.source(first, depth + 1)
            }
            Kind::Call {
                callee, arguments, ..
            } => self.of_call(callee, arguments, depth),
            Kind::Member { object, name, .. } => {
                if !self.is_query(object, depth) {
                    return None;
                }
                self.names.push(name.clone());
                Some(format!("{}.{name}", read::written(object)))
            }
            Kind::Name(name) => self.of_name(name, depth),
            _ => None,
        }
    }

    fn of_call(&mut self, callee: &'a Expr, arguments: &'a [Item], depth: usize) -> Option<String> {
        let name = walk::last_name(callee)?;
        match &callee.kind {
            Kind::Name(_) if matches!(&**name, "decodeURIComponent" | "decodeURI" | "String") => {
                self.source(read::argument(arguments, 0)?, depth + 1)
            }
            Kind::Member { object, .. } => {
                if &**name == "toString" && arguments.is_empty() {
                    return self.source(object, depth + 1);
                }
                let key = read::text(read::argument(arguments, 0)?)?;
                let asks = (&**name == "get" && self.is_search(object, depth))
                    || (&**name == "query"
                        && walk::last_name(object).is_some_and(|owner| &**owner == "req"));
                if !asks {
                    return None;
                }
                self.names.push(key.clone());
                Some(format!("{}(\"{key}\")", read::written(callee)))
            }
            _ => None,
        }
    }

    fn of_name(&mut self, name: &'a Text, depth: usize) -> Option<String> {
        self.names.push(name.clone());
        match self.scope.binding(name)? {
            Binding::Value(value) => self.source(value, depth + 1),
            Binding::Key(key, object) if self.is_query(object, depth) => {
                Some(format!("{}.{key}", read::written(object)))
            }
            Binding::Key(..) | Binding::Parameter | Binding::Unknown => None,
        }
    }

    /// Whether an expression is the query as an object: `req.query`, the `searchParams` of a page.
    fn is_query(&self, expr: &'a Expr, depth: usize) -> bool {
        if depth > HOPS {
            return false;
        }
        let expr = walk::bare(expr);
        match &expr.kind {
            Kind::Member { object, name, .. } => {
                let owner = walk::last_name(walk::bare(object));
                let of_request = owner.is_some_and(|owner| {
                    matches!(
                        &**owner,
                        "req" | "request" | "ctx" | "context" | "router" | "useRouter"
                    )
                });
                match &**name {
                    "query" => {
                        of_request
                            || read::call(object).is_some_and(|(callee, _)| {
                                walk::name(callee).is_some_and(|name| &**name == "useRouter")
                            })
                    }
                    "searchParams" => {
                        walk::name(walk::bare(object)).is_some_and(|name| &**name == "props")
                    }
                    _ => false,
                }
            }
            Kind::Name(name) => match self.scope.binding(name) {
                Some(Binding::Value(value)) => self.is_query(value, depth + 1),
                // The promise that a page of Next.js gets.
                Some(Binding::Parameter) => &**name == "searchParams",
                _ => false,
            },
            Kind::Call { callee, .. } => {
                walk::name(callee).is_some_and(|name| &**name == "getQuery")
            }
            _ => false,
        }
    }

    /// Whether an expression is the query as `URLSearchParams`.
    fn is_search(&self, expr: &'a Expr, depth: usize) -> bool {
        if depth > HOPS {
            return false;
        }
        let expr = walk::bare(expr);
        match &expr.kind {
            Kind::Member { name, .. } => &**name == "searchParams",
            Kind::Name(name) => match self.scope.binding(name) {
                Some(Binding::Value(value)) => self.is_search(value, depth + 1),
                // `const { searchParams } = new URL(request.url)`, `const [searchParams] = useSearchParams()`
                Some(Binding::Key(..)) | None => &**name == "searchParams",
                Some(Binding::Parameter | Binding::Unknown) => false,
            },
            Kind::Call { callee, .. } => {
                walk::name(callee).is_some_and(|name| &**name == "useSearchParams")
            }
            Kind::New { callee, arguments } => {
                let reads_location = arguments.iter().any(|item| {
                    walk::any(
                        &item.value,
                        |one| matches!(&one.kind, Kind::Member { name, .. } if &**name == "search"),
                    )
                });
                walk::name(callee).is_some_and(|name| &**name == "URLSearchParams")
                    && reads_location
            }
            _ => false,
        }
    }
}

/// Calls that take a value and say nothing about it.
const HARMLESS: &[&str] = &[
    "decodeURIComponent",
    "encodeURIComponent",
    "decodeURI",
    "encodeURI",
    "String",
    "log",
    "info",
    "debug",
    "warn",
    "push",
    "replace",
    "assign",
    "redirect",
    "permanentRedirect",
    "sendRedirect",
];

/// Whether code looks at a value before it goes there: a test of its beginning, a list, a comparison, or a
/// function of the project that it is given to.
fn is_looked_at(names: &[Text], scope: &[Statement]) -> bool {
    let is_it = |expr: &Expr| match &expr.kind {
        Kind::Name(name) | Kind::Member { name, .. } => names.contains(name),
        _ => false,
    };
    let has_it = |expr: &Expr| walk::any(expr, is_it);
    let mut looked = false;
    walk::below(scope, &mut |node| {
        looked |= match node {
            Node::Expr(expr) => match &expr.kind {
                Kind::Binary(_, left, right) => {
                    let of_address = |one: &Expr| {
                        walk::any(one, |inside| {
                            matches!(&inside.kind, Kind::Member { name, .. }
                                if matches!(&**name, "origin" | "host" | "hostname" | "protocol"))
                        })
                    };
                    let null = |one: &Expr| match &one.kind {
                        Kind::Null => true,
                        Kind::Name(name) => &**name == "undefined",
                        _ => false,
                    };
                    of_address(left)
                        || of_address(right)
                        || ((has_it(left) || has_it(right)) && !null(left) && !null(right))
                }
                // What is put in its place was looked at before.
                Kind::Assign { target, .. } => {
                    matches!(&**target, Pattern::Name(name) if names.contains(name))
                }
                Kind::Call {
                    callee, arguments, ..
                } => {
                    let on_it = matches!(&callee.kind, Kind::Member { object, name, .. }
                        if has_it(object) && !matches!(&**name, "toString" | "get" | "push" | "replace" | "assign"));
                    let harmless = walk::last_name(callee)
                        .is_some_and(|name| HARMLESS.contains(&&**name) || name.starts_with("set"));
                    let given = arguments.iter().any(|item| is_it(walk::bare(&item.value)));
                    on_it || (given && !harmless)
                }
                _ => false,
            },
            // The keys of a table, the cases of a switch.
            Node::Statement(Statement {
                kind: StatementKind::Switch(value, _),
                ..
            }) => has_it(value),
            _ => false,
        };
    });
    looked
}
