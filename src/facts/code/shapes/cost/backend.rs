//! Requests to Clerk's Backend API: `(await clerkClient()).users.getUser(id)`, `currentUser()`.
//!
//! A key may make 1,000 of them in ten seconds in production
//! (clerk.com/docs/guides/how-clerk-works/system-limits), and each takes a round trip.

use super::super::super::tree::{Expr, Kind, Logical, Pattern, Program, Statement, StatementKind};
use super::super::super::value::Taken;
use super::super::walk::{self, Node, Trail};
use super::super::{CANDIDATES, Seen, locals};
use super::{Cost, Found, depth, is_sdk, top_name};

/// The parts of the client, with what their reading methods begin with.
const PARTS: &[&str] = &[
    "users",
    "organizations",
    "invitations",
    "sessions",
    "allowlistIdentifiers",
];

/// A call of the client: `users.getUser()`.
pub(super) struct Call<'a> {
    pub part: &'a str,
    pub method: &'a str,
    pub arguments: &'a [super::super::super::tree::Item],
}

impl Call<'_> {
    pub(super) fn text(&self) -> String {
        format!("{}.{}()", self.part, self.method)
    }

    fn reads(&self) -> bool {
        self.method.starts_with("get")
    }
}

/// The call of Clerk's client that an expression is.
pub(super) fn call<'a>(expr: &'a Expr, program: &'a Program) -> Option<Call<'a>> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let Kind::Member { object, name, .. } = &callee.kind else {
        return None;
    };
    let Kind::Member {
        object: client,
        name: part,
        ..
    } = &walk::bare(object).kind
    else {
        return None;
    };
    (PARTS.contains(&&**part) && is_client(client, program)).then_some(Call {
        part,
        method: name,
        arguments,
    })
}

fn is_clerks(name: &str) -> bool {
    name.to_ascii_lowercase().contains("clerk")
}

/// Whether an expression is Clerk's client: by its name, or by what the name holds.
fn is_client(expr: &Expr, program: &Program) -> bool {
    match &walk::bare(expr).kind {
        Kind::Name(name) => {
            let made = || walk::declared(name, &program.body).is_some_and(makes_client);
            is_clerks(name) || made()
        }
        Kind::Member { name, .. } => is_clerks(name),
        _ => makes_client(expr),
    }
}

fn makes_client(expr: &Expr) -> bool {
    match &walk::bare(expr).kind {
        Kind::Call { callee, .. } => walk::last_name(callee).is_some_and(|name| is_clerks(name)),
        _ => false,
    }
}

pub(super) fn look(path: &str, seen: &Seen<'_>, found: &mut Found) {
    let program = seen.module.program.clone();
    let asks = locals(seen.module, "currentUser", is_sdk);
    let is_entry = is_entry(path);
    let mut fetched: Vec<(*const u8, String, u32)> = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        if !matches!(expr.kind, Kind::Call { .. }) || left == 0 {
            return;
        }
        if is_entry && let Some(export) = of_project(seen, expr) {
            found.push((expr.at, Cost::Calls { export }));
        }
        let text = match call(expr, &program) {
            Some(call) if call.reads() => call.text(),
            Some(_) => return,
            None if is_current_user(&asks, expr) => "currentUser()".to_owned(),
            None => return,
        };
        left -= 1;
        let read = Cost::Read {
            call: text.clone(),
            functions: top_name(trail).map_or_else(Vec::new, |name| callers(&name, &program)),
            listed: is_listed(trail, &program),
        };
        found.push((expr.at, read));
        let pages = text.contains("List") && !text.contains("Membership");
        if text != "currentUser()" && !pages && per_item(trail, &program) {
            found.push((expr.at, Cost::PerItem { call: text.clone() }));
        }
        again(path, seen, expr, &text, trail, &mut fetched, found);
    });
}

/// Whether a place is in the branch of a condition that asks a list of paths.
fn is_listed(trail: &walk::Trail<'_>, program: &Program) -> bool {
    trail.windows(2).any(|pair| match pair {
        [
            Node::Statement(Statement {
                kind: StatementKind::If(test, then, _),
                ..
            }),
            Node::Statement(branch),
        ] => std::ptr::eq(&raw const **then, *branch) && asks_list(test, program),
        _ => false,
    })
}

/// `isAdminRoute(request)`, alone or with more conditions; the opposite of a list is most of an app.
fn asks_list(test: &Expr, program: &Program) -> bool {
    match &test.kind {
        Kind::Logical(Logical::And, left, right) => {
            asks_list(left, program) || asks_list(right, program)
        }
        Kind::Call { callee, .. } => {
            let held = walk::name(callee).and_then(|name| walk::declared(name, &program.body));
            held.is_some_and(|held| match &held.kind {
                Kind::Call { callee, .. } => {
                    walk::last_name(callee).is_some_and(|name| &**name == "createRouteMatcher")
                }
                _ => false,
            })
        }
        _ => false,
    }
}

/// A function of the module's top level, and those that come to it through others: they name it.
fn callers(name: &str, program: &Program) -> Vec<String> {
    const MOST: usize = 12;
    let mut all = vec![name.to_owned()];
    let mut at = 0;
    while let Some(known) = all.get(at).cloned() {
        at += 1;
        for statement in &program.body {
            let Some(other) = top_name(&[Node::Statement(statement)]) else {
                continue;
            };
            let names = |one: &Expr| matches!(&one.kind, Kind::Name(held) if **held == *known);
            if all.len() < MOST
                && !all.contains(&other)
                && walk::any_below(std::slice::from_ref(statement), names)
            {
                all.push(other);
            }
        }
    }
    all
}

/// Whether a path is that of a middleware file of Next.js or Astro.
fn is_entry(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or_default();
    matches!(stem, "middleware" | "proxy") || path.contains("/middleware/")
}

/// The export of a file of the project that a call calls.
fn of_project(seen: &Seen<'_>, expr: &Expr) -> Option<String> {
    let Kind::Call { callee, .. } = &expr.kind else {
        return None;
    };
    let import = seen.module.import(walk::name(callee)?)?;
    let beside = import.source.starts_with(['.', '@', '~', '#', '$']) && !is_sdk(&import.source);
    match &import.taken {
        Taken::Export(name) if beside => Some(name.clone()),
        _ => None,
    }
}

fn is_current_user(asks: &[(&str, &str)], expr: &Expr) -> bool {
    let Kind::Call { callee, .. } = &expr.kind else {
        return false;
    };
    walk::name(callee).is_some_and(|name| asks.iter().any(|(local, _)| *local == &**name))
}

/// Whether a place runs once per element of a list that is not written out.
fn per_item(trail: &Trail<'_>, program: &Program) -> bool {
    let mut inner: Option<Node<'_>> = None;
    for node in trail.iter().rev() {
        match node {
            Node::Statement(statement) => match &statement.kind {
                StatementKind::ForOf(_, list, body) => {
                    let in_body = matches!(inner, Some(Node::Statement(one)) if std::ptr::eq(one, &raw const **body));
                    if in_body && !is_written_out(list, program) {
                        return true;
                    }
                }
                StatementKind::Loop {
                    test: Some(test),
                    body,
                    ..
                } => {
                    let in_body = matches!(inner, Some(Node::Statement(one)) if std::ptr::eq(one, &raw const **body));
                    let counts = walk::any(
                        test,
                        |one| matches!(&one.kind, Kind::Member { name, .. } if &**name == "length"),
                    );
                    if in_body && counts {
                        return true;
                    }
                }
                StatementKind::Function(_) => return false,
                _ => {}
            },
            Node::Expr(expr) => {
                if let Kind::Call {
                    callee, arguments, ..
                } = &expr.kind
                    && let Kind::Member { object, name, .. } = &callee.kind
                    && matches!(&**name, "map" | "forEach" | "flatMap" | "filter" | "some")
                    && !is_written_out(object, program)
                {
                    let given = arguments.first().map(|one| &one.value);
                    let within = matches!((inner, given), (Some(Node::Expr(one)), Some(given)) if std::ptr::eq(one, given));
                    if within {
                        return true;
                    }
                }
            }
            Node::Function(_) => {}
        }
        if !matches!(node, Node::Function(_)) {
            inner = Some(*node);
        }
    }
    false
}

/// A list whose length the code itself says.
fn is_written_out(list: &Expr, program: &Program) -> bool {
    match &walk::bare(list).kind {
        Kind::Array(items) => items.iter().all(|item| !item.spread),
        Kind::Name(name) => walk::declared(name, &program.body)
            .is_some_and(|held| matches!(walk::bare(held).kind, Kind::Array(_))),
        // `list.slice(0, 5)` is bounded as well.
        Kind::Call { callee, .. } => walk::last_name(callee).is_some_and(|name| &**name == "slice"),
        _ => false,
    }
}

/// The user is fetched twice in one function that no render runs. While Next.js renders, it answers equal
/// GETs of one request from memory (`createDedupeFetch` of next/server/lib), handlers and actions excepted:
/// nextjs.org/docs/app/guides/caching.
fn again(
    path: &str,
    seen: &Seen<'_>,
    expr: &Expr,
    text: &str,
    trail: &Trail<'_>,
    fetched: &mut Vec<(*const u8, String, u32)>,
    found: &mut Found,
) {
    let whose = match &expr.kind {
        Kind::Call { arguments, .. } => match arguments.first().map(|one| &one.value.kind) {
            None => String::new(),
            Some(Kind::Name(name)) => name.to_string(),
            Some(_) => return,
        },
        _ => return,
    };
    let fetches = text == "currentUser()" || (text == "users.getUser()" && !whose.is_empty());
    let is_action = seen
        .module
        .program
        .directives
        .iter()
        .any(|one| &**one == "use server");
    let name = path.rsplit('/').next().unwrap_or(path);
    let unremembered = is_action || name.starts_with("route.") || path.contains("pages/api/");
    if !fetches || !unremembered || depth(trail) != 1 || !always(trail) {
        return;
    }
    let Some(function) = walk::function(trail) else {
        return;
    };
    let id = std::ptr::from_ref(function).cast::<u8>();
    let same = |one: &&(*const u8, String, u32)| one.0 == id && one.1 == format!("{text}{whose}");
    match fetched.iter().find(same) {
        Some((_, _, at)) => found.push((
            expr.at,
            Cost::Again {
                call: text.to_owned(),
                first: seen.module.spot(*at),
            },
        )),
        None => fetched.push((id, format!("{text}{whose}"), expr.at)),
    }
}

/// Whether a place of a function is come by on every way through it that is not left before.
fn always(trail: &Trail<'_>) -> bool {
    let start = trail
        .iter()
        .rposition(|node| matches!(node, Node::Function(_)));
    let inside = trail
        .get(start.map_or(0, |at| at + 1)..)
        .unwrap_or_default();
    inside.iter().all(|node| match node {
        Node::Statement(one) => matches!(
            one.kind,
            StatementKind::Expr(_)
                | StatementKind::Declare(_)
                | StatementKind::Return(_)
                | StatementKind::Block(_)
                | StatementKind::Try { .. }
        ),
        Node::Expr(one) => !matches!(
            one.kind,
            Kind::Logical(..) | Kind::Conditional(..) | Kind::Function(_)
        ),
        Node::Function(_) => true,
    })
}

/// Whether a declaration binds a name.
pub(super) fn binds(pattern: &Pattern, name: &str) -> bool {
    let mut all = Vec::new();
    super::leaves(pattern, &mut all);
    all.iter().any(|one| one == name)
}
