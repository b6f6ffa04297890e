//! Answers for one user that are kept for all, and the runtime that a proxy may not choose.

use super::super::super::tree::{
    Expr, Function, Key, Kind, Pattern, Program, Property, Statement, StatementKind, Text,
};
use super::super::walk::{self, Node, Trail};
use super::super::{CANDIDATES, Seen, locals};
use super::{Cost, Found, Shared, backend, is_sdk, property};

/// The names of a file for the functions that tell who is signed in.
struct Asks<'m>(Vec<(&'m str, &'static str)>);

impl<'m> Asks<'m> {
    fn of(seen: &Seen<'m>) -> Self {
        let names = ["auth", "currentUser", "getAuth"].into_iter();
        let all = names.flat_map(|name| {
            let locals = locals(seen.module, name, is_sdk).into_iter();
            locals.map(move |(local, _)| (local, name))
        });
        Self(all.collect())
    }

    /// The call of one of them that an expression is.
    fn call(&self, expr: &Expr) -> Option<String> {
        let Kind::Call { callee, .. } = &expr.kind else {
            return None;
        };
        let called = match &callee.kind {
            Kind::Name(name) => name,
            Kind::Member { object, name, .. } if &**name == "protect" => walk::name(object)?,
            _ => return None,
        };
        let (_, name) = self.0.iter().find(|(local, _)| *local == &**called)?;
        Some(format!("{name}()"))
    }

    /// The first that is asked while a route is rendered or answers a GET: a Server Action in the same file is
    /// a request of its own.
    fn rendered(&self, program: &Program, is_handler: bool) -> Option<(u32, String)> {
        let mut first = None;
        walk::program(program, &mut |node, trail| {
            let Node::Expr(expr) = node else { return };
            let is_action = || {
                trail.iter().any(|node| match node {
                    Node::Function(function) => {
                        function.directives.iter().any(|one| &**one == "use server")
                    }
                    _ => false,
                })
            };
            let answers = || !is_handler || super::top_name(trail).as_deref() == Some("GET");
            if first.is_none()
                && let Some(call) = self.call(expr)
                && answers()
                && !is_action()
            {
                first = Some((expr.at, call));
            }
        });
        first
    }

    fn below(&self, statements: &[Statement]) -> Option<(u32, String)> {
        let mut first = None;
        walk::below(statements, &mut |node| {
            if let Node::Expr(expr) = node
                && first.is_none()
            {
                first = self.call(expr).map(|call| (expr.at, call));
            }
        });
        first
    }
}

pub(super) fn look(path: &str, seen: &Seen<'_>, found: &mut Found) {
    let program = seen.module.program.clone();
    proxy(path, &program, found);
    let asks = Asks::of(seen);
    force_static(path, &program, &asks, found);
    if is_cache(&program.directives)
        && let Some((at, call)) = asks.below(&program.body)
    {
        inside(at, call, "'use cache'", found);
    }
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        if left == 0 {
            return;
        }
        if let Some(function) = function(node)
            && is_cache(&function.directives)
        {
            left -= 1;
            if let Some((at, call)) = asks.below(&function.body) {
                inside(at, call, "'use cache'", found);
            }
        }
        let Node::Expr(expr) = node else { return };
        let Kind::Call {
            callee, arguments, ..
        } = &expr.kind
        else {
            return;
        };
        if walk::name(callee).is_some_and(|name| &**name == "unstable_cache")
            && seen.module.import("unstable_cache").is_some()
            && let Some(work) = arguments.first()
        {
            left -= 1;
            let key = arguments.get(1).map(|one| &one.value);
            cached(expr, &work.value, key, trail, &program, &asks, found);
        }
    });
    public(&program, &asks, found);
}

fn inside(at: u32, call: String, cache: &str, found: &mut Found) {
    let cache = cache.to_owned();
    found.push((at, Cost::Shared(Shared::AskedInside { call, cache })));
}

fn function(node: Node<'_>) -> Option<&Function> {
    match node {
        Node::Statement(Statement {
            kind: StatementKind::Function(function),
            ..
        })
        | Node::Expr(Expr {
            kind: Kind::Function(function),
            ..
        }) => Some(function),
        _ => None,
    }
}

/// `'use cache: private'` may read the request; the others may not.
fn is_cache(directives: &[Text]) -> bool {
    let is = |one: &Text| matches!(&**one, "use cache" | "use cache: remote");
    directives.iter().any(is)
}

/// `export const runtime` and `config.runtime` of a proxy: Next.js 16 stops the build for either
/// (next/build/analysis/get-page-static-info: "Route segment config is not allowed in Proxy file").
fn proxy(path: &str, program: &Program, found: &mut Found) {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.split('.').next() != Some("proxy") {
        return;
    }
    for statement in &program.body {
        let StatementKind::Declare(all) = &statement.kind else {
            continue;
        };
        for (pattern, value) in all {
            let (Pattern::Name(name), Some(value)) = (pattern, value) else {
                continue;
            };
            let at = match &**name {
                "runtime" => matches!(value.kind, Kind::Text(_)).then_some(value.at),
                "config" => property(value, "runtime").map(|one| one.at),
                _ => None,
            };
            found.extend(at.map(|at| (at, Cost::ProxyRuntime)));
        }
    }
}

/// `export const dynamic = 'force-static'` beside a question for the session: `headers()` is empty then
/// (nextjs.org/docs/app/api-reference/file-conventions/route-segment-config).
fn force_static(path: &str, program: &Program, asks: &Asks<'_>, found: &mut Found) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or_default();
    if !matches!(stem, "page" | "layout" | "route" | "template" | "default") {
        return;
    }
    let is = |one: &Statement| match &one.kind {
        StatementKind::Declare(all) => all.iter().any(|(pattern, value)| {
            let forced =
                |value: &Expr| matches!(&value.kind, Kind::Text(text) if &**text == "force-static");
            backend::binds(pattern, "dynamic") && value.as_ref().is_some_and(forced)
        }),
        _ => false,
    };
    if program.body.iter().any(is)
        && let Some((at, call)) = asks.rendered(program, stem == "route")
    {
        found.push((at, Cost::Shared(Shared::ForceStatic { call })));
    }
}

/// The key of `unstable_cache` is the text of the function, its arguments and the parts that are given;
/// what the function only closes over is no part of it
/// (nextjs.org/docs/app/api-reference/functions/unstable_cache).
fn cached(
    call: &Expr,
    work: &Expr,
    key: Option<&Expr>,
    trail: &Trail<'_>,
    program: &Program,
    asks: &Asks<'_>,
    found: &mut Found,
) {
    let work = match walk::name(work) {
        Some(name) => walk::declared(name, &program.body).unwrap_or(work),
        None => work,
    };
    let Kind::Function(function) = &work.kind else {
        return;
    };
    if let Some((at, asked)) = asks.below(&function.body) {
        inside(at, asked, "unstable_cache()", found);
        return;
    }
    let own = bound_in(function);
    let Some(around) = walk::function(trail) else {
        return;
    };
    let mut captured: Option<(String, bool)> = None;
    walk::below(&function.body, &mut |node| {
        if let Node::Expr(Expr {
            kind: Kind::Name(name),
            ..
        }) = node
            && captured.is_none()
            && !own.iter().any(|one| one == &**name)
        {
            captured = whose(name, around, asks).map(|sure| (name.to_string(), sure));
        }
    });
    let Some((name, sure)) = captured else { return };
    let says = |key: &Expr| {
        walk::any(key, |one| {
            matches!(&one.kind, Kind::Name(held) if **held == *name)
                || matches!(one.kind, Kind::Unknown)
        })
    };
    let spread = |key: &Expr| !matches!(key.kind, Kind::Array(_));
    if !key.is_some_and(|key| says(key) || spread(key)) {
        found.push((call.at, Cost::Shared(Shared::KeyWithout { name, sure })));
    }
}

/// The names that a function binds itself, and those that functions within it bind.
fn bound_in(function: &Function) -> Vec<String> {
    let mut own = Vec::new();
    function
        .parameters
        .iter()
        .for_each(|one| super::leaves(one, &mut own));
    walk::below(&function.body, &mut |node| {
        if let Node::Statement(Statement {
            kind: StatementKind::Declare(all),
            ..
        }) = node
        {
            all.iter()
                .for_each(|(pattern, _)| super::leaves(pattern, &mut own));
        }
        if let Some(inner) = self::function(node) {
            inner
                .parameters
                .iter()
                .for_each(|one| super::leaves(one, &mut own));
        }
    });
    own
}

/// Whether a name of a function holds who is signed in; surely, where Clerk was asked for it.
fn whose(name: &str, around: &Function, asks: &Asks<'_>) -> Option<bool> {
    let mut asked = false;
    walk::below(&around.body, &mut |node| {
        if let Node::Statement(Statement {
            kind: StatementKind::Declare(all),
            ..
        }) = node
        {
            asked |= all.iter().any(|(pattern, value)| {
                let clerks = |value: &Expr| walk::any(value, |one| asks.call(one).is_some());
                backend::binds(pattern, name) && value.as_ref().is_some_and(clerks)
            });
        }
    });
    if asked {
        return Some(true);
    }
    let named = matches!(name, "userId" | "clerkId" | "clerkUserId" | "orgId");
    let given = around
        .parameters
        .iter()
        .any(|one| backend::binds(one, name));
    (named && given).then_some(false)
}

/// `Cache-Control: public` in a function that asks who is signed in.
fn public(program: &Program, asks: &Asks<'_>, found: &mut Found) {
    if asks.0.is_empty() {
        return;
    }
    walk::program(program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        let Some((at, value)) = cache_control(expr) else {
            return;
        };
        let Some(outer) = trail.iter().find_map(|node| match node {
            Node::Function(function) => Some(*function),
            _ => None,
        }) else {
            return;
        };
        if asks.below(&outer.body).is_some() {
            found.push((at, Cost::Shared(Shared::PublicResponse { value })));
        }
    });
}

/// The value of a `Cache-Control` that lets shared caches keep a response.
fn cache_control(expr: &Expr) -> Option<(u32, String)> {
    let is = |name: &str| {
        let name = name.to_ascii_lowercase();
        matches!(
            name.as_str(),
            "cache-control" | "cdn-cache-control" | "vercel-cdn-cache-control"
        )
    };
    let value = match &expr.kind {
        Kind::Object(properties) => properties.iter().find_map(|one| match one {
            Property::Value(Key::Name(key), value) if is(key) => Some(value),
            _ => None,
        }),
        Kind::Call { arguments, .. } => match arguments.as_slice() {
            [name, value] => {
                matches!(&name.value.kind, Kind::Text(text) if is(text)).then_some(&value.value)
            }
            _ => None,
        },
        _ => None,
    }?;
    let Kind::Text(text) = &value.kind else {
        return None;
    };
    let lower = text.to_ascii_lowercase();
    let kept = lower.contains("s-maxage") || lower.split(',').any(|one| one.trim() == "public");
    let stale =
        lower.contains("s-maxage=0") || lower.contains("no-store") || lower.contains("private");
    (kept && !stale && text.len() < 120).then(|| (value.at, text.to_string()))
}
