//! Records that are changed by an id from the request, by whoever is signed in.
//!
//! Precision before recall: the function asks who is signed in and does nothing with the answer but test
//! that there is one; no role, no helper that could look after it, no other value that knows the user.

use super::super::super::tree::{Expr, Function, Key, Kind, Pattern, Statement, StatementKind};
use super::super::walk::{self, Node, Trail};
use super::super::{CANDIDATES, Seen, locals};
use super::actor::{is_test, names};
use super::{Cost, Found, convex, is_sdk, query};

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

/// Functions that cannot look after who may: of the language and of frameworks.
const FUNCTIONS: &[&str] = &[
    "eq",
    "and",
    "or",
    "sql",
    "revalidatePath",
    "revalidateTag",
    "redirect",
    "notFound",
    "parseInt",
    "Number",
    "String",
    "Boolean",
    "BigInt",
    "isNaN",
    "decodeURIComponent",
    "json",
    "error",
    "fail",
    "ObjectId",
    "isValidObjectId",
    "captureException",
    "readBody",
    "getQuery",
    "getRouterParam",
];

/// Methods that cannot either: of values, requests, responses, validators and databases.
const METHODS: &[&str] = &[
    "json",
    "text",
    "formData",
    "get",
    "getAll",
    "param",
    "query",
    "body",
    "send",
    "status",
    "end",
    "valid",
    "log",
    "info",
    "warn",
    "error",
    "debug",
    "captureException",
    "trim",
    "toString",
    "toLowerCase",
    "toUpperCase",
    "startsWith",
    "includes",
    "slice",
    "split",
    "map",
    "push",
    "keys",
    "entries",
    "then",
    "catch",
    "parse",
    "safeParse",
    "parseAsync",
    "safeParseAsync",
    "stringify",
    "isValid",
    "isValidObjectId",
    "ObjectId",
    "all",
    "findUnique",
    "findUniqueOrThrow",
    "findFirst",
    "findFirstOrThrow",
    "findById",
    "findOne",
    "find",
    "findMany",
    "select",
    "from",
    "where",
    "limit",
    "set",
    "values",
    "returning",
    "update",
    "delete",
    "updateMany",
    "deleteMany",
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
    "findByIdAndDelete",
    "findByIdAndUpdate",
    "findByIdAndRemove",
    "deleteOne",
    "updateOne",
    "findOneAndDelete",
    "findOneAndUpdate",
    "$transaction",
    "transaction",
    "collect",
    "first",
    "unique",
    "withIndex",
    "filter",
    "field",
    "order",
    "take",
    "eq",
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
pub(super) struct File<'m> {
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
    pub(super) fn is_ask(&self, expr: &Expr) -> bool {
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
        looked_after |= says_whose(expr)
            || is_grant(expr)
            || (names.is_user(expr) && !is_test(expr, trail, file, &names));
        if let Kind::Call {
            callee, arguments, ..
        } = &expr.kind
        {
            let handed = arguments
                .iter()
                .any(|one| names.request(&one.value) || names.user(&one.value));
            let harmless = match &callee.kind {
                Kind::Name(name) => FUNCTIONS.contains(&&**name),
                _ => walk::last_name(callee).is_some_and(|name| METHODS.contains(&&**name)),
            };
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

/// Whether something tells whose a record is: `post.authorId`, `eq(orders.organizationId, …)`,
/// `{ id, ownerId }`. What the request itself says of that proves nothing.
fn says_whose(expr: &Expr) -> bool {
    const CHOSEN: &[&str] = &[
        "params",
        "input",
        "args",
        "body",
        "data",
        "values",
        "payload",
        "parsedInput",
        "req",
        "request",
        "context",
        "props",
        "ctx",
        "c",
    ];
    match &expr.kind {
        Kind::Member { object, name, .. } => {
            let chosen = super::root(object).is_some_and(|root| CHOSEN.contains(&&**root));
            query::is_owner(name) && !chosen
        }
        Kind::Object(properties) => properties.len() > 1 && query::owner(expr).is_some(),
        _ => false,
    }
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
