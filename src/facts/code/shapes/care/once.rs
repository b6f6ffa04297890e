//! What a second delivery of `user.created` does. Webhooks are delivered at least once, and tried again for
//! more than a day (docs.svix.com/retries).

use super::super::super::tree::{
    Binary, Expr, Function, Key, Kind, Pattern, Property, Statement, StatementKind,
};
use super::super::walk::{self, Node, Trail};
use super::{Care, Found, call, root, written};

const EVENT: &str = "user.created";

/// At most this many calls are followed from one place.
const MOST_CALLS: usize = 8;

/// Words of a file that takes care of repeated deliveries: error codes of databases for a row that is there,
/// and what such code is called.
const CARES: &[&str] = &[
    "p2002",
    "23505",
    "11000",
    "er_dup_entry",
    "duplicate",
    "idempot",
    "dedup",
    "already",
    "processed",
    "on conflict",
    "webhookevent.create",
];

/// Beginnings of names of calls that look first, or that a second time does no harm to.
const LOOKS: &[&str] = &[
    "find",
    "upsert",
    "onConflict",
    "onDuplicate",
    "select",
    "exist",
    "maybeSingle",
    "getUser",
    "getBy",
    "replaceOne",
    "count",
    "query",
    "orIgnore",
    "merge",
    "set",
];

/// Those among them that make the row where there is none.
const UPSERTS: &[&str] = &[
    "upsert",
    "onConflict",
    "onDuplicate",
    "findOneAndUpdate",
    "replaceOne",
    "findOrCreate",
];

/// What a database is called.
const STORES: &[&str] = &[
    "db",
    "prisma",
    "database",
    "tx",
    "orm",
    "ctx",
    "drizzle",
    "supabase",
    "xata",
    "knex",
    "kysely",
    "dataSource",
    "em",
    "prismadb",
    "prismaClient",
];

/// Whether the words of a file say that it takes care.
#[derive(Clone, Copy)]
pub(super) struct Guards(bool);

impl Guards {
    pub(super) fn of(lower: &str) -> Self {
        Self(CARES.iter().any(|word| lower.contains(word)))
    }
}

/// Answers whether it looked closely.
pub(super) fn look<'a>(
    guards: Guards,
    node: Node<'a>,
    trail: &Trail<'a>,
    program: &'a [Statement],
    found: &mut Found,
) -> bool {
    let mut parts: Vec<&'a [Statement]> = Vec::new();
    match node {
        Node::Statement(one) => match &one.kind {
            StatementKind::If(test, then, _) => match asks(test) {
                Some(true) => parts.push(std::slice::from_ref(&**then)),
                Some(false) if walk::exit(then) => parts.extend(after(one, trail)),
                _ => {}
            },
            StatementKind::Switch(_, cases) => {
                let at = cases
                    .iter()
                    .position(|(test, _)| test.as_ref().is_some_and(is_event));
                let mut bodies = cases.iter().skip(at.unwrap_or(cases.len()));
                let body = bodies.find(|(_, body)| !body.is_empty());
                parts.extend(body.map(|(_, body)| body.as_slice()));
            }
            _ => {}
        },
        Node::Expr(Expr {
            kind: Kind::Object(all),
            ..
        }) => parts.extend(all.iter().filter_map(|one| match one {
            Property::Value(
                Key::Name(key),
                Expr {
                    kind: Kind::Function(function),
                    ..
                },
            ) if &**key == EVENT => Some(function.body.as_slice()),
            _ => None,
        })),
        _ => {}
    }
    for part in &parts {
        judge(guards, part, program, found);
    }
    !parts.is_empty()
}

fn is_event(expr: &Expr) -> bool {
    matches!(&expr.kind, Kind::Text(text) if &**text == EVENT)
}

/// Whether a test asks for the event; `Some(false)` for anything else than it.
fn asks(test: &Expr) -> Option<bool> {
    let mut found = None;
    walk::within(test, &mut |one| {
        if let Kind::Binary(Binary::Strict { negated } | Binary::Loose { negated }, left, right) =
            &one.kind
            && (is_event(left) || is_event(right))
        {
            found = Some(!negated);
        }
    });
    found
}

/// The statements after one, in the list that it stands in.
fn after<'a>(one: &Statement, trail: &Trail<'a>) -> Option<&'a [Statement]> {
    let list = match trail.last()? {
        Node::Function(function) => function.body.as_slice(),
        Node::Statement(around) => match &around.kind {
            StatementKind::Block(all) => all,
            StatementKind::Try { block, .. } => block,
            _ => return None,
        },
        Node::Expr(_) => return None,
    };
    let at = list.iter().position(|other| std::ptr::eq(other, one))?;
    list.get(at + 1..)
}

/// Looks for the row that a part makes, by itself or in a function of the same file that it calls.
fn judge(guards: Guards, part: &[Statement], program: &[Statement], found: &mut Found) {
    let mut made = Made::default();
    made.read(part);
    let called: Vec<&Function> = made
        .calls
        .iter()
        .filter_map(|name| function(name, program))
        .collect();
    for function in called {
        made.read(&function.body);
    }
    if let Some((at, call, once)) = made.row(guards) {
        found.push((at, Care::Creates { call, once }));
    } else if let Some(first) = part.first() {
        found.extend(
            made.calls
                .into_iter()
                .map(|name| (first.at, Care::Called(name))),
        );
    }
}

/// The functions of the top level that make a row, for the receivers that call them.
pub(super) fn functions(guards: Guards, program: &[Statement], found: &mut Found) {
    for (name, function) in program.iter().flat_map(declared) {
        let mut made = Made::default();
        made.read(&function.body);
        if let Some((at, call, once)) = made.row(guards) {
            let function = name.to_owned();
            found.push((
                at,
                Care::Makes {
                    function,
                    call,
                    once,
                },
            ));
        }
    }
}

#[derive(Default)]
struct Made {
    row: Option<(u32, String)>,
    /// Whether it looks first, or a row that is there already does no harm.
    looks: bool,
    /// The first call that makes or changes it, whichever is needed.
    upsert: Option<(u32, String)>,
    /// Whether its failure is swallowed.
    swallows: bool,
    calls: Vec<String>,
}

impl Made {
    /// The row, its call, and whether it is made once; `None` where that cannot be told.
    fn row(&self, guards: Guards) -> Option<(u32, String, bool)> {
        if self.row.is_none() {
            let (at, call) = self.upsert.as_ref()?;
            return Some((*at, call.clone(), true));
        }
        let once = guards.0 || self.looks;
        let (at, call) = self.row.as_ref().filter(|_| once || !self.swallows)?;
        Some((*at, call.clone(), once))
    }

    fn read(&mut self, part: &[Statement]) {
        walk::below(part, &mut |node| {
            if let Node::Statement(one) = node {
                self.swallows |= swallows(one);
            }
            let Node::Expr(one) = node else { return };
            if let Kind::Object(all) = &one.kind {
                self.looks |= all.iter().any(|one| {
                    matches!(one, Property::Value(Key::Name(key), _)
                        if matches!(&**key, "skipDuplicates" | "ignoreDuplicates" | "connectOrCreate"))
                });
            }
            if let Kind::Tagged(_, texts, _) = &one.kind {
                let text = texts.join(" ").to_ascii_lowercase();
                if text.contains("insert into") && self.row.is_none() {
                    self.row = Some((one.at, "insert into".to_owned()));
                }
            }
            let Some((callee, _)) = call(one) else { return };
            let Some(name) = walk::last_name(callee) else {
                return;
            };
            if UPSERTS.iter().any(|start| name.starts_with(start)) && self.upsert.is_none() {
                self.upsert = Some((one.at, format!("{}()", written(callee))));
            }
            self.looks |= LOOKS.iter().any(|start| name.starts_with(start));
            if makes_a_row(callee, name) {
                if self.row.is_none() {
                    self.row = Some((one.at, format!("{}()", written(callee))));
                }
            } else if let Kind::Name(name) = &callee.kind
                && self.calls.len() < MOST_CALLS
                && !self.calls.iter().any(|known| **known == **name)
            {
                self.calls.push(name.to_string());
            }
        });
    }
}

/// Whether what a statement tries may fail without more than a log line. The delivery is then answered as if
/// it had not, and whether a second row is made is for the table to say.
fn swallows(one: &Statement) -> bool {
    let StatementKind::Try {
        handler: Some((_, handler)),
        ..
    } = &one.kind
    else {
        return false;
    };
    let mut swallows = true;
    walk::below(handler, &mut |node| {
        swallows &= match node {
            Node::Statement(one) => {
                !matches!(one.kind, StatementKind::Throw(_) | StatementKind::Return(_))
            }
            // What another function does with it is not known.
            Node::Expr(one) => call(one).is_none_or(|(callee, _)| is_log(callee)),
            Node::Function(_) => true,
        };
    });
    swallows
}

fn is_log(callee: &Expr) -> bool {
    root(callee).is_some_and(|name| {
        let lower = name.to_ascii_lowercase();
        ["console", "log", "sentry", "error", "string", "json"]
            .iter()
            .any(|word| lower.contains(word))
            && matches!(callee.kind, Kind::Member { .. })
    })
}

/// `db.user.create()`, `User.create()`, `db.insert(users)`, `supabase.from("users").insert()`.
fn makes_a_row(callee: &Expr, name: &str) -> bool {
    let Kind::Member { object, .. } = &callee.kind else {
        return false;
    };
    let is_store = chain_has(object, &|name| {
        STORES.contains(&name) || name.ends_with("Repository") || name.ends_with("Repo")
    });
    match name {
        "insert" | "insertOne" | "insertInto" => is_store || root(object).is_some(),
        "create" => {
            let class = matches!(&object.kind, Kind::Name(name)
                if name.starts_with(|c: char| c.is_ascii_uppercase()));
            is_store || class
        }
        _ => false,
    }
}

/// Whether a name of a chain answers to a question.
fn chain_has(expr: &Expr, is: &dyn Fn(&str) -> bool) -> bool {
    match &expr.kind {
        Kind::Name(name) => is(name),
        Kind::Member { object, name, .. } => is(name) || chain_has(object, is),
        Kind::Call { callee, .. } => chain_has(callee, is),
        Kind::Chain(inside) | Kind::Await(inside) => chain_has(inside, is),
        _ => false,
    }
}

/// A function that a file declares.
fn function<'a>(wanted: &str, program: &'a [Statement]) -> Option<&'a Function> {
    let mut all = program.iter().flat_map(declared);
    all.find(|(name, _)| *name == wanted)
        .map(|(_, function)| function)
}

/// The functions that a statement declares, by name.
fn declared(one: &Statement) -> Vec<(&str, &Function)> {
    match &one.kind {
        StatementKind::Function(function) => {
            let name = function.name.as_deref();
            name.map(|name| (name, &**function)).into_iter().collect()
        }
        StatementKind::Declare(all) => all.iter().filter_map(named).collect(),
        _ => Vec::new(),
    }
}

fn named((pattern, value): &(Pattern, Option<Expr>)) -> Option<(&str, &Function)> {
    let (Pattern::Name(name), Kind::Function(function)) = (pattern, &value.as_ref()?.kind) else {
        return None;
    };
    Some((name, function))
}
