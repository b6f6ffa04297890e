//! Answers that other origins may read with the browser's credentials.
//!
//! The defaults of the packages: `cors` 2 and `@fastify/cors` 11 take `origin: '*'`, `hono/cors` 4 too, and none of
//! them sends `Access-Control-Allow-Credentials` unasked.

use super::super::walk::{self, Node, Trail};
use super::super::{CANDIDATES, Seen};
use super::read::Scope;
use super::{Guard, read};
use crate::facts::code::tree::{
    Expr, Function, Item, Key, Kind, Offset, Pattern, Property, Statement, StatementKind, Text,
};

/// Which origins are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Whichever asks: its own name is sent back.
    Reflected,
    /// `*`, which browsers refuse together with credentials.
    Star,
}

/// Packages whose default export, or `cors`, is given the options first.
const PACKAGES: &[&str] = &["cors", "hono/cors", "@fastify/cors", "fastify-cors"];

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    // What a bundler answers with on the developer's machine.
    let is_config = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains(".config."));
    let program = seen.module.program.clone();
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        if left == 0 {
            return;
        }
        let reader = Reader(Scope {
            module: seen.module,
            program: &program,
            trail,
        });
        let read = reader
            .options(expr)
            .filter(|_| !is_config)
            .or_else(|| reader.headers(expr, trail));
        if let Some((at, by, allowed)) = read {
            left -= 1;
            if !read::is_for_some_environment(trail) {
                found.push((at, Guard::Cors { by, allowed }));
            }
        }
    });
    for (at, guard) in found {
        seen.guard(at, guard);
    }
}

struct Reader<'a, 't>(Scope<'a, 't>);

type Found = (Offset, String, Allowed);

impl<'a> Reader<'a, '_> {
    /// A call of a package, or an option `cors: { … }` of a server.
    fn options(&self, expr: &'a Expr) -> Option<Found> {
        match &expr.kind {
            Kind::Call {
                callee, arguments, ..
            } => {
                let (by, at) = self.place_of_options(callee, arguments)?;
                let options = self.0.held(read::argument(arguments, at)?);
                Some((expr.at, by, self.allowed(options)?))
            }
            Kind::Object(all) => all.iter().find_map(|one| match one {
                Property::Value(Key::Name(key), value) if &**key == "cors" => {
                    let options = self.0.held(value);
                    Some((value.at, "cors".to_owned(), self.allowed(options)?))
                }
                _ => None,
            }),
            _ => None,
        }
    }

    fn place_of_options(&self, callee: &Expr, arguments: &[Item]) -> Option<(String, usize)> {
        let is_package = |expr: &Expr| match &expr.kind {
            Kind::Name(name) => self
                .0
                .module
                .import(name)
                .is_some_and(|import| PACKAGES.contains(&import.source.as_str())),
            Kind::Call {
                callee, arguments, ..
            } => {
                let required = arguments.first().and_then(|item| read::text(&item.value));
                walk::name(callee).is_some_and(|name| &**name == "require")
                    && required.is_some_and(|package| PACKAGES.contains(&&**package))
            }
            _ => false,
        };
        let name = walk::last_name(callee)?;
        let by = format!("{}()", read::written(callee));
        if is_package(callee) {
            return Some((by, 0));
        }
        match &**name {
            "enableCors" => Some((by, 0)),
            "handleCors" => Some((by, 1)),
            "register" if is_package(walk::bare(&arguments.first()?.value)) => Some((by, 1)),
            _ => None,
        }
    }

    /// Which origins options let in, where they send credentials along.
    fn allowed(&self, options: &'a Expr) -> Option<Allowed> {
        let credentials = read::property(options, "credentials")?;
        if !matches!(credentials.kind, Kind::Bool(true)) {
            return None;
        }
        let Some(origin) = read::property(options, "origin") else {
            return (!read::is_open(options)).then_some(Allowed::Star);
        };
        let origin = self.0.held(origin);
        match &origin.kind {
            Kind::Bool(true) => Some(Allowed::Reflected),
            Kind::Text(text) if &**text == "*" => Some(Allowed::Star),
            Kind::Regex(source, _) if matches!(&**source, ".*" | ".+" | "^.*$" | "^.+$") => {
                Some(Allowed::Reflected)
            }
            Kind::Function(function) => lets_all_in(function).then_some(Allowed::Reflected),
            _ => None,
        }
    }

    /// A header that is set beside the one for credentials.
    fn headers(&self, expr: &'a Expr, trail: &Trail<'_>) -> Option<Found> {
        match &expr.kind {
            Kind::Object(all) => {
                let value = |name: &str| {
                    all.iter().find_map(|one| match one {
                        Property::Value(Key::Name(key), value)
                            if key.eq_ignore_ascii_case(name) =>
                        {
                            Some(value)
                        }
                        _ => None,
                    })
                };
                self.beside(value(ORIGIN)?, value(CREDENTIALS)?, trail)
            }
            // `[{ key: 'Access-Control-Allow-Origin', value: '*' }, …]`, as next.config has it.
            Kind::Array(items) => {
                let value = |name: &str| {
                    items.iter().find_map(|item| {
                        let key = read::text(read::property(&item.value, "key")?)?;
                        let value = read::property(&item.value, "value")?;
                        key.eq_ignore_ascii_case(name).then_some(value)
                    })
                };
                self.beside(value(ORIGIN)?, value(CREDENTIALS)?, trail)
            }
            Kind::Call { .. } => {
                let value = sets(expr, ORIGIN)?;
                let body =
                    walk::function(trail).map_or(self.0.program.body.as_slice(), |one| &one.body);
                let mut credentials = None;
                walk::below(body, &mut |node| {
                    if let Node::Expr(one) = node {
                        credentials = credentials.or_else(|| sets(one, CREDENTIALS));
                    }
                });
                self.beside(value, credentials?, trail)
            }
            _ => None,
        }
    }

    fn beside(&self, origin: &'a Expr, credentials: &Expr, trail: &Trail<'_>) -> Option<Found> {
        let sent = match &credentials.kind {
            Kind::Text(text) => text.eq_ignore_ascii_case("true"),
            Kind::Bool(yes) => *yes,
            _ => false,
        };
        if !sent {
            return None;
        }
        let by = "the header Access-Control-Allow-Origin".to_owned();
        if read::text(origin).is_some_and(|text| &**text == "*") {
            return Some((origin.at, by, Allowed::Star));
        }
        self.echoes(origin, trail)
            .then_some((origin.at, by, Allowed::Reflected))
    }

    /// Whether a value is the origin of the request, which nothing in the file looks at.
    fn echoes(&self, value: &'a Expr, trail: &Trail<'_>) -> bool {
        let value = match &walk::bare(value).kind {
            Kind::Logical(_, left, _) => walk::bare(left),
            _ => walk::bare(value),
        };
        let name = walk::name(value);
        let source = self.0.held(value);
        let source = match &source.kind {
            Kind::Logical(_, left, _) => walk::bare(left),
            _ => source,
        };
        if !is_request_origin(source) {
            return false;
        }
        // Behind any test but that there is one at all, it may be one of a list.
        let is_tested = trail.iter().any(|node| match node {
            Node::Statement(Statement {
                kind: StatementKind::If(test, ..),
                ..
            }) => !matches!(&test.kind, Kind::Name(tested) if Some(tested) == name),
            Node::Expr(Expr {
                kind: Kind::Conditional(..),
                ..
            }) => true,
            _ => false,
        });
        !is_tested && !walk::any_below(&self.0.program.body, |one| judges_origin(one, name))
    }
}

const ORIGIN: &str = "access-control-allow-origin";
const CREDENTIALS: &str = "access-control-allow-credentials";

/// The value that a call gives to a header.
fn sets<'a>(expr: &'a Expr, header: &str) -> Option<&'a Expr> {
    let (callee, arguments) = match &expr.kind {
        Kind::Call {
            callee, arguments, ..
        } => (callee, arguments),
        _ => return None,
    };
    let setter = walk::last_name(callee)?;
    if !matches!(
        &**setter,
        "set" | "header" | "setHeader" | "append" | "setResponseHeader"
    ) {
        return None;
    }
    let mut items = arguments
        .iter()
        .skip_while(|item| read::text(&item.value).is_none());
    let key = read::text(&items.next()?.value)?;
    key.eq_ignore_ascii_case(header)
        .then_some(&items.next()?.value)
}

/// `req.headers.origin`, `request.headers.get('origin')`, `c.req.header('Origin')`.
fn is_request_origin(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Member { object, name, .. } => {
            &**name == "origin"
                && walk::last_name(walk::bare(object)).is_some_and(|name| &**name == "headers")
        }
        _ => read::call(expr).is_some_and(|(callee, arguments)| {
            let getter = walk::last_name(callee).is_some_and(|name| {
                matches!(&**name, "get" | "header" | "getHeader" | "getRequestHeader")
            });
            let mut asked = arguments.iter().filter_map(|item| read::text(&item.value));
            getter
                && asked
                    .next_back()
                    .is_some_and(|name| name.eq_ignore_ascii_case("origin"))
        }),
    }
}

/// Whether an expression compares an origin with anything, or asks somebody about it.
fn judges_origin(expr: &Expr, name: Option<&Text>) -> bool {
    let is_origin = |one: &Expr| {
        walk::any(one, |inside| {
            is_request_origin(inside)
                || matches!(&inside.kind, Kind::Name(held) if Some(held) == name || held.to_ascii_lowercase().contains("origin"))
        })
    };
    match &expr.kind {
        Kind::Binary(_, left, right) => is_origin(left) || is_origin(right),
        Kind::Call {
            callee, arguments, ..
        } => {
            let sets_header = sets(expr, ORIGIN).is_some();
            let asks = walk::last_name(callee).is_some_and(|name| {
                matches!(
                    &**name,
                    "includes"
                        | "has"
                        | "some"
                        | "test"
                        | "indexOf"
                        | "match"
                        | "endsWith"
                        | "startsWith"
                        | "find"
                )
            });
            let handed_on = arguments
                .iter()
                .any(|item| matches!(&item.value.kind, Kind::Name(held) if Some(held) == name));
            (asks && (is_origin(callee) || arguments.iter().any(|item| is_origin(&item.value))))
                || (!sets_header && handed_on)
        }
        _ => false,
    }
}

/// Whether a function for `origin` says yes to whoever asks: `(origin, done) => done(null, true)`, `(origin) => origin`.
fn lets_all_in(function: &Function) -> bool {
    let parameter = |at: usize| match function.parameters.get(at) {
        Some(Pattern::Name(name)) => Some(name),
        _ => None,
    };
    let yes = |expr: &Expr| match &expr.kind {
        Kind::Bool(true) => true,
        Kind::Name(name) => parameter(0) == Some(name),
        _ => false,
    };
    let (mut said, mut refused) = (0, false);
    walk::below(&function.body, &mut |node| match node {
        Node::Statement(one) => match &one.kind {
            StatementKind::Throw(_) | StatementKind::Return(None) => refused = true,
            StatementKind::Return(Some(value)) => match read::call(value) {
                Some((callee, _))
                    if walk::name(callee) == parameter(1) && parameter(1).is_some() => {}
                _ if yes(value) => said += 1,
                _ => refused = true,
            },
            _ => {}
        },
        Node::Expr(one) => {
            if let Kind::Call {
                callee, arguments, ..
            } = &one.kind
                && walk::name(callee).is_some_and(|name| Some(name) == parameter(1))
            {
                let allows = arguments.get(1).is_some_and(|item| yes(&item.value))
                    && arguments.first().is_some_and(|item| matches!(&item.value.kind, Kind::Null))
                    || arguments.first().is_some_and(|item| matches!(&item.value.kind, Kind::Name(name) if &**name == "undefined"));
                if allows {
                    said += 1;
                } else {
                    refused = true;
                }
            }
        }
        Node::Function(_) => {}
    });
    // What is behind a condition says nothing of the rest.
    let ends = function.body.last().is_some_and(|last| match &last.kind {
        StatementKind::Return(Some(value)) | StatementKind::Expr(value) => {
            yes(value) || read::call(value).is_some()
        }
        _ => false,
    });
    said > 0 && !refused && ends
}
