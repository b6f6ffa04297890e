//! Records that are changed by an id from the request, by whoever is signed in.
//!
//! Precision before recall: the function asks who is signed in and does nothing with the answer but test
//! that there is one; no role, no helper that could look after it, no other value that knows the user.

use std::collections::BTreeSet;

use super::super::super::tree::{
    Binary, Expr, Function, Key, Kind, Pattern, Statement, StatementKind, Text,
};
use super::super::walk::{self, Node, Trail};
use super::super::{CANDIDATES, Seen, locals};
use super::{Cost, Found, convex, is_sdk, leaves, query};

/// The project's own functions that tell who is signed in, by their usual names.
const OWN: &[&str] = &[
    "requireauth",
    "requireuser",
    "requireuserid",
    "getcurrentuser",
    "getcurrentuserorthrow",
    "currentuser",
    "getuserid",
    "getauthuser",
    "getauthuserid",
    "getauthenticateduser",
    "checkauth",
    "getuseridentity",
    "getcurrentuseridentity",
];

/// What grants by more than a session; in the name of anything in the function.
const GRANTS: &[&str] = &[
    "role",
    "admin",
    "permission",
    "owner",
    "authoriz",
    "access",
    "allowed",
    "assert",
    "ensure",
    "guard",
    "policy",
    "ability",
    "member",
    "moderator",
    "staff",
    "verify",
    "token",
    "secret",
    "tenant",
    "workspace",
    "authorized",
    "superuser",
    "creator",
];

/// Calls that cannot look after who may: of the language, of frameworks and of databases.
const HARMLESS: &[&str] = &[
    "eq",
    "and",
    "or",
    "sql",
    "revalidatepath",
    "revalidatetag",
    "redirect",
    "notfound",
    "parseint",
    "number",
    "string",
    "boolean",
    "json",
    "error",
    "fail",
    "isnan",
    "decodeuricomponent",
    "parse",
    "safeparse",
    "parseasync",
    "safeparseasync",
    "text",
    "formdata",
    "get",
    "log",
    "info",
    "warn",
    "debug",
    "trim",
    "tostring",
    "param",
    "query",
    "send",
    "status",
    "isvalid",
    "isvalidobjectid",
    "objectid",
    "findunique",
    "finduniqueorthrow",
    "findfirst",
    "findfirstorthrow",
    "findbyid",
    "findone",
    "find",
    "findmany",
    "select",
    "from",
    "where",
    "limit",
    "set",
    "values",
    "returning",
    "update",
    "delete",
    "updatemany",
    "deletemany",
    "create",
    "insert",
    "upsert",
    "execute",
    "lean",
    "populate",
    "exec",
    "save",
    "patch",
    "replace",
    "findbyidanddelete",
    "findbyidandupdate",
    "findbyidandremove",
    "deleteone",
    "updateone",
    "findoneanddelete",
    "findoneandupdate",
    "all",
    "map",
    "stringify",
    "now",
    "slice",
    "split",
    "includes",
    "push",
    "keys",
    "entries",
    "$transaction",
    "transaction",
    "valid",
    "setstatus",
    "end",
    "collect",
    "first",
    "unique",
    "withindex",
    "filter",
    "field",
    "order",
    "take",
    "captureexception",
    "tolowercase",
    "touppercase",
    "startswith",
    "then",
    "catch",
];

pub(super) fn look(path: &str, seen: &Seen<'_>, found: &mut Found) {
    let lower = path.to_ascii_lowercase();
    let aside = ["admin", "webhook", "cron", "internal"];
    if aside.iter().any(|word| lower.contains(word)) {
        return;
    }
    let program = seen.module.program.clone();
    let asks = ["auth", "getAuth", "currentUser"];
    let asks = asks
        .iter()
        .flat_map(|name| locals(seen.module, name, is_sdk));
    let file = File {
        asks: asks.map(|(local, _)| local).collect(),
        is_actions: program.directives.iter().any(|one| &**one == "use server"),
        is_route: {
            let name = path.rsplit('/').next().unwrap_or(path);
            name.starts_with("route.")
                || name.starts_with("+server.")
                || lower.contains("pages/api/")
        },
    };
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let (Node::Statement(Statement {
            kind: StatementKind::Function(function),
            ..
        })
        | Node::Expr(Expr {
            kind: Kind::Function(function),
            ..
        })) = node
        else {
            return;
        };
        let mutation = convex::mutation(trail);
        if left == 0 || !(mutation.is_some() || file.serves(function, trail)) {
            return;
        }
        left -= 1;
        let served = Served {
            function,
            is_procedure: is_procedure(trail),
            mutation,
        };
        found.extend(judge(&file, &served));
    });
}

/// A function that requests come to.
struct Served<'a> {
    function: &'a Function,
    /// Whether what it is given to says that its callers are signed in.
    is_procedure: bool,
    /// Its arguments, where it is a mutation of Convex.
    mutation: Option<convex::Arguments>,
}

/// What matters of a file.
struct File<'m> {
    /// Its names for Clerk's functions that tell who is signed in.
    asks: Vec<&'m str>,
    /// Whether every function that it exports is a Server Action.
    is_actions: bool,
    /// Whether it is a file of route handlers.
    is_route: bool,
}

impl File<'_> {
    /// Whether requests come to a function.
    fn serves(&self, function: &Function, trail: &Trail<'_>) -> bool {
        let is_top = !trail.iter().any(|node| matches!(node, Node::Function(_)));
        let action = function.directives.iter().any(|one| &**one == "use server");
        ((self.is_actions || self.is_route) && is_top)
            || action
            || is_procedure(trail)
            || takes_request(function)
    }

    /// Whether an expression asks who is signed in.
    fn is_ask(&self, expr: &Expr) -> bool {
        let Kind::Call { callee, .. } = &expr.kind else {
            return false;
        };
        match &callee.kind {
            Kind::Name(name) => {
                self.asks.contains(&&**name) || OWN.contains(&name.to_ascii_lowercase().as_str())
            }
            // `auth.protect()`, `req.auth()`, `locals.auth()`, `ctx.auth.getUserIdentity()`
            Kind::Member { object, name, .. } => {
                let of = walk::last_name(walk::bare(object));
                match &**name {
                    "protect" => of.is_some_and(|of| self.asks.contains(&&**of)),
                    "auth" => of.is_some_and(|of| matches!(&**of, "req" | "request" | "locals")),
                    "getUserIdentity" => of.is_some_and(|of| &**of == "auth"),
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

/// `(req, res) => …`, `({ request, params }) => …`, `(c) => …`.
fn takes_request(function: &Function) -> bool {
    match function.parameters.first() {
        Some(Pattern::Name(name)) => matches!(&**name, "req" | "request" | "c" | "event"),
        Some(Pattern::Object(all, _)) => all.iter().any(|(key, _)| {
            matches!(key, Key::Name(key) if matches!(&**key, "request" | "params" | "locals"))
        }),
        _ => false,
    }
}

/// Whether a function is what a procedure of tRPC or a safe action for signed-in users runs:
/// `protectedProcedure.input(…).mutation(…)`.
fn is_procedure(trail: &Trail<'_>) -> bool {
    let Some(Node::Expr(Expr {
        kind: Kind::Call { callee, .. },
        ..
    })) = trail.last()
    else {
        return false;
    };
    let Kind::Member { object, name, .. } = &callee.kind else {
        return false;
    };
    let base = super::root(object).map(|name| name.to_ascii_lowercase());
    let for_users = |base: &str| {
        [
            "protected",
            "private",
            "authed",
            "authenticated",
            "authaction",
            "authprocedure",
        ]
        .iter()
        .any(|word| base.contains(word))
            && !GRANTS.iter().any(|word| base.contains(word))
    };
    matches!(&**name, "mutation" | "action" | "handler")
        && base.is_some_and(|base| for_users(&base))
}

/// Names of a function, by what they hold.
#[derive(Default)]
struct Names {
    /// Who is signed in, or something that was found by that.
    user: BTreeSet<String>,
    /// What the request chose.
    request: BTreeSet<String>,
    /// The parameter that carries the context of a procedure.
    context: Option<String>,
}

impl Names {
    fn user(&self, expr: &Expr) -> bool {
        walk::any(expr, |one| self.is_user(one))
    }

    fn request(&self, expr: &Expr) -> bool {
        walk::any(
            expr,
            |one| matches!(&one.kind, Kind::Name(name) if self.request.contains(&**name)),
        )
    }

    fn is_user(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Name(name) => self.user.contains(&**name),
            // `ctx.session`, `req.auth`, `context.user`: anything of a context but its database.
            Kind::Member { object, name, .. } => match walk::name(walk::bare(object)) {
                Some(of) => {
                    let context = self.context.as_deref() == Some(&**of) || is_context(of);
                    context && is_of_user(name)
                }
                None => false,
            },
            _ => false,
        }
    }
}

fn is_context(name: &Text) -> bool {
    matches!(
        &**name,
        "ctx" | "context" | "req" | "request" | "c" | "locals" | "event"
    )
}

fn is_of_user(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["auth", "user", "session", "org", "identity", "account"]
        .iter()
        .any(|word| lower.contains(word))
}

/// The changes of a function that anybody who is signed in can make to any record.
fn judge(file: &File<'_>, served: &Served<'_>) -> Found {
    let function = served.function;
    let Some(names) = names(file, function, served.is_procedure) else {
        return Found::new();
    };
    let mut changes = Found::new();
    let mut looked_after = false;
    let mut walkable = |node: Node<'_>, trail: &Trail<'_>| {
        let Node::Expr(expr) = node else { return };
        looked_after |=
            is_grant(expr) || (names.is_user(expr) && !is_test(expr, trail, file, &names));
        if let Kind::Call {
            callee, arguments, ..
        } = &expr.kind
        {
            let handed = arguments
                .iter()
                .any(|one| names.request(&one.value) || names.user(&one.value));
            let harmless = walk::last_name(callee)
                .is_some_and(|name| HARMLESS.contains(&name.to_ascii_lowercase().as_str()));
            let is_log = super::root(callee)
                .is_some_and(|root| matches!(&**root, "console" | "logger" | "log"));
            looked_after |= handed && !harmless && !is_log && !file.is_ask(expr);
            let of_convex = || served.mutation.as_ref()?.change(expr, function);
            if let Some(change) = query::change(expr).or_else(of_convex)
                && names.request(change.id)
                && !names.user(change.id)
            {
                let query::Change { call, model, .. } = change;
                changes.push((expr.at, Cost::Unscoped { call, model }));
            }
        }
    };
    walk::trailed(&function.body, &mut walkable);
    if looked_after { Found::new() } else { changes }
}

/// What the names of a function hold; `None` where nobody asks who is signed in, or where one value is made
/// from both.
fn names(file: &File<'_>, function: &Function, is_procedure: bool) -> Option<Names> {
    let mut names = Names::default();
    let mut given = Vec::new();
    for (at, pattern) in function.parameters.iter().enumerate() {
        match pattern {
            // `({ ctx, input })` of a procedure.
            Pattern::Object(all, rest) => {
                for (key, one) in all {
                    match (key, one) {
                        (Key::Name(key), Pattern::Name(name))
                            if matches!(&**key, "ctx" | "context") =>
                        {
                            names.context = Some(name.to_string());
                        }
                        // `({ ctx: { userId } })`
                        (Key::Name(key), one) if matches!(&**key, "ctx" | "context" | "locals") => {
                            let mut all = Vec::new();
                            leaves(one, &mut all);
                            names.user.extend(all);
                        }
                        (_, one) => leaves(one, &mut given),
                    }
                }
                rest.iter().for_each(|one| leaves(one, &mut given));
            }
            Pattern::Name(name) if at == 0 && is_procedure && &**name == "ctx" => {
                names.context = Some(name.to_string());
            }
            other => leaves(other, &mut given),
        }
    }
    const ANSWERS: &[&str] = &[
        "res", "response", "reply", "next", "ctx", "locals", "cookies", "fetch",
    ];
    names.request.extend(
        given
            .into_iter()
            .filter(|name| !ANSWERS.contains(&name.as_str())),
    );
    let mut asked = is_procedure;
    let mut mixed = false;
    walk::below(&function.body, &mut |node| match node {
        Node::Expr(expr) => asked |= file.is_ask(expr),
        Node::Statement(Statement {
            kind: StatementKind::Declare(all),
            ..
        }) => {
            for (pattern, value) in all {
                let Some(value) = value else { continue };
                let mut bound = Vec::new();
                leaves(pattern, &mut bound);
                if walk::any(value, |one| file.is_ask(one)) {
                    names.user.extend(bound);
                    continue;
                }
                match (names.user(value), names.request(value)) {
                    (true, true) => mixed = true,
                    (true, false) => names.user.extend(bound),
                    (false, true) => names.request.extend(bound),
                    (false, false) => {}
                }
            }
        }
        _ => {}
    });
    (asked && !mixed).then_some(names)
}

/// Whether the name of something says that more than a session is asked for.
fn is_grant(expr: &Expr) -> bool {
    let name = match &expr.kind {
        Kind::Name(name) | Kind::Member { name, .. } => name.to_ascii_lowercase(),
        Kind::Text(text) => return text.starts_with("org:"),
        _ => return false,
    };
    GRANTS.iter().any(|word| name.contains(word)) || name == "has" || is_can(expr)
}

/// `canEdit`, `can`.
fn is_can(expr: &Expr) -> bool {
    let (Kind::Name(name) | Kind::Member { name, .. }) = &expr.kind else {
        return false;
    };
    name.strip_prefix("can")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// Whether who is signed in is only looked up here, tested for being there, or written to a log.
fn is_test(expr: &Expr, trail: &Trail<'_>, file: &File<'_>, names: &Names) -> bool {
    let mut below: *const Expr = expr;
    for node in trail.iter().rev() {
        match node {
            Node::Expr(around) => {
                match &around.kind {
                    Kind::Unary(..)
                    | Kind::Logical(..)
                    | Kind::Chain(_)
                    | Kind::Await(_)
                    | Kind::Member { .. } => {}
                    Kind::Binary(Binary::Strict { .. } | Binary::Loose { .. }, left, right) => {
                        let nothing = |one: &Expr| {
                            matches!(&one.kind, Kind::Null)
                                || matches!(&one.kind, Kind::Name(name) if &**name == "undefined")
                        };
                        if !nothing(left) && !nothing(right) {
                            return false;
                        }
                    }
                    Kind::Conditional(test, ..) => return std::ptr::eq(&raw const **test, below),
                    Kind::Call { callee, .. } => {
                        let logs = super::root(callee)
                            .is_some_and(|root| matches!(&**root, "console" | "logger" | "log"));
                        // What is found by the user and put into a name is followed by that name.
                        return logs || file.is_ask(around) || is_lookup(trail, names);
                    }
                    Kind::Object(_) | Kind::Array(_) => return is_lookup(trail, names),
                    _ => return false,
                }
                below = *around;
            }
            Node::Statement(one) => {
                return match &one.kind {
                    StatementKind::If(test, ..) => std::ptr::eq(test, below),
                    StatementKind::Declare(_) => true,
                    _ => false,
                };
            }
            Node::Function(_) => return false,
        }
    }
    false
}

/// Whether a place is in what a declaration takes its value from: the names that it binds are followed.
fn is_lookup(trail: &Trail<'_>, names: &Names) -> bool {
    let inner = trail.iter().rev().find_map(|node| match node {
        Node::Statement(one) => Some(&one.kind),
        _ => None,
    });
    match inner {
        Some(StatementKind::Declare(all)) => all.iter().all(|(pattern, _)| {
            let mut bound = Vec::new();
            leaves(pattern, &mut bound);
            !bound.is_empty() && bound.iter().all(|name| names.user.contains(name))
        }),
        _ => false,
    }
}
