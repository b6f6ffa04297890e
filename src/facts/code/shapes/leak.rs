//! Secrets that code gives away: written to a log, put into an error or an answer.

use std::cell::Cell;

use super::super::tree::{Expr, Kind, Logical, Pattern, Property, Statement, StatementKind};
use super::walk::{self, Node, Trail};
use super::{CANDIDATES, Seen, What};
use crate::facts::secrets::is_secret_name;

/// A file without any of these words has nothing for this module.
pub(super) const WORDS: &[&str] = &[
    "clerk_secret",
    "clerk_webhook",
    "clerk_machine",
    "webhook_secret",
    "webhook_signing_secret",
    "gettoken(",
    "log(process.env",
    "stringify(process.env",
    "json(process.env",
    "cloudflare.env",
    "runtime.env",
    "log(env)",
    "(c.env)",
];

/// So many names of one file are looked up.
const LOOKUPS: usize = 400;

/// A secret, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// What is given away.
    pub thing: Thing,
    /// To whom.
    pub sink: Sink,
}

/// What is given away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A secret variable, by its name.
    Variable(String),
    /// The environment as a whole.
    Environment,
    /// The environment of a Worker, which no browser ever has.
    Bindings,
    /// The session token of a user.
    Token,
}

/// Where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sink {
    /// Into a log; the call as written.
    Log(String),
    /// Into the console of the browser; the call as written.
    Console(String),
    /// Into what is thrown.
    Error,
    /// Into what a request is answered with.
    Answer,
}

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    let in_browser = matches!(path.rsplit_once('.'), Some((_, "svelte" | "vue")))
        || program.directives.iter().any(|one| &**one == "use client");
    let mut left = CANDIDATES;
    let lookups = Cell::new(LOOKUPS);
    let is_hono = super::imports(seen.module, "hono");
    let mut found = Vec::new();
    walk::program(&program, &mut |node, trail| {
        let Some((sink, arguments)) = sink_of(node) else {
            return;
        };
        if left == 0 || only_in_development(trail) {
            return;
        }
        let scope = Scope {
            lookups: &lookups,
            function: walk::function(trail).map(|function| function.body.as_slice()),
            program: &program.body,
            is_hono,
            of_worker: trail.iter().any(is_worker),
        };
        let leaked = arguments.iter().find_map(|one| scope.leaks(one, 0));
        let Some((at, thing)) = leaked else { return };
        left -= 1;
        // Whose token it is sees it anyway where it is the answer to the user.
        let own = thing == Thing::Token && !matches!(sink, Sink::Log(_));
        let sink = match sink {
            Sink::Log(call) if in_browser => Sink::Console(call),
            _ => sink,
        };
        if !own {
            found.push((at, What::Leak(Leak { thing, sink })));
        }
    });
    for (at, what) in found {
        seen.add(at, what);
    }
}

/// Whether a function is the handler of a Worker: `fetch(request, env)`, with `env` second and never first
/// (developers.cloudflare.com/workers/runtime-apis/handlers/fetch).
fn is_worker(node: &Node<'_>) -> bool {
    let Node::Function(function) = node else {
        return false;
    };
    let is = |at: usize, names: &[&str]| match function.parameters.get(at) {
        Some(Pattern::Name(name)) => names.contains(&&**name),
        _ => false,
    };
    is(
        0,
        &["request", "req", "_request", "event", "controller", "batch"],
    ) && is(1, &["env"])
}

/// Where a statement or call sends what, if it does.
fn sink_of<'a>(node: Node<'a>) -> Option<(Sink, Vec<&'a Expr>)> {
    const LEVELS: &[&str] = &[
        "log", "info", "debug", "warn", "error", "trace", "fatal", "dir", "table", "verbose",
    ];
    const LOGGERS: &[&str] = &["console", "logger", "Logger", "log", "winston", "pino"];
    const ANSWERS: &[&str] = &["json", "send", "text", "html", "end", "write"];
    const ANSWERERS: &[&str] = &[
        "res",
        "response",
        "reply",
        "c",
        "ctx",
        "Response",
        "NextResponse",
    ];
    match node {
        Node::Statement(Statement {
            kind: StatementKind::Throw(thrown),
            ..
        }) => match &thrown.kind {
            Kind::New { arguments, .. } | Kind::Call { arguments, .. } => Some((
                Sink::Error,
                arguments.iter().map(|item| &item.value).collect(),
            )),
            _ => None,
        },
        Node::Expr(expr) => match &expr.kind {
            Kind::Call {
                callee, arguments, ..
            } => {
                let Kind::Member { object, name, .. } = &callee.kind else {
                    return None;
                };
                let object = first_name(object)?;
                let sink = if LOGGERS.contains(&object) && LEVELS.contains(&&**name) {
                    Sink::Log(format!("{object}.{name}()"))
                } else if ANSWERERS.contains(&object) && ANSWERS.contains(&&**name) {
                    Sink::Answer
                } else {
                    return None;
                };
                Some((sink, arguments.iter().map(|item| &item.value).collect()))
            }
            Kind::New { callee, arguments } => {
                let name = walk::name(callee)?;
                let answers = matches!(&**name, "Response" | "NextResponse");
                let body = arguments.first().filter(|_| answers)?;
                Some((Sink::Answer, vec![&body.value]))
            }
            _ => None,
        },
        Node::Statement(_) | Node::Function(_) => None,
    }
}

/// The name that a chain of calls and members begins with: `res` of `res.status(200).json`.
fn first_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        Kind::Name(name) => Some(name),
        Kind::Call { callee, .. } => match &callee.kind {
            Kind::Member { object, .. } => first_name(object),
            _ => None,
        },
        Kind::Member { object, name, .. } => match &object.kind {
            // `this.logger`, `req.log`
            Kind::This | Kind::Name(_) => Some(name),
            _ => None,
        },
        Kind::Chain(inside) => first_name(inside),
        _ => None,
    }
}

/// Whether a condition around a place asks for the mode of the build.
fn only_in_development(trail: &Trail<'_>) -> bool {
    let asks = |test: &Expr| {
        walk::any(test, |one| match &one.kind {
            Kind::Member { name, .. } => matches!(&**name, "NODE_ENV" | "DEV" | "VERCEL_ENV"),
            Kind::Name(name) => matches!(&**name, "__DEV__" | "isDev" | "isDevelopment" | "DEBUG"),
            _ => false,
        })
    };
    trail.iter().any(|node| match node {
        Node::Statement(Statement {
            kind: StatementKind::If(test, ..),
            ..
        }) => asks(test),
        Node::Expr(Expr {
            kind: Kind::Logical(Logical::And, test, _),
            ..
        }) => asks(test),
        _ => false,
    })
}

/// The names that hold at a place.
struct Scope<'a, 'b> {
    /// How many names may still be looked up in this file: each is a walk through a function.
    lookups: &'b Cell<usize>,
    function: Option<&'a [Statement]>,
    program: &'a [Statement],
    is_hono: bool,
    /// Whether `env` is what Cloudflare hands to the handler of a Worker.
    of_worker: bool,
}

impl Scope<'_, '_> {
    /// What a value gives away as a whole. A part of it (`.length`, `.slice(0, 7)`), a comparison and `!!x`
    /// give away nothing that counts.
    fn leaks(&self, expr: &Expr, depth: u32) -> Option<(u32, Thing)> {
        if depth > 12 {
            return None;
        }
        let inside = |one: &Expr| self.leaks(one, depth + 1);
        let here = |thing| Some((expr.at, thing));
        if let Some(name) = walk::variable(expr) {
            return is_secret_name(name).then(|| (expr.at, Thing::Variable(name.to_string())));
        }
        match &expr.kind {
            Kind::Member { object, name, .. } if &**name == "env" => {
                if walk::name(object).is_some_and(|one| &**one == "process") {
                    return here(Thing::Environment);
                }
                // `context.cloudflare.env` of React Router, `locals.runtime.env` of Astro, `c.env` of Hono.
                let of = walk::last_name(walk::bare(object))?;
                let context = matches!(object.kind, Kind::Name(_)) && &**of == "c" && self.is_hono;
                (context || matches!(&**of, "cloudflare" | "runtime"))
                    .then_some((expr.at, Thing::Bindings))
            }
            Kind::Name(name) => match self.held(name) {
                Some(value) => inside(value).map(|(_, thing)| (expr.at, thing)),
                // Taken out of `process.env` or of a module of settings.
                None if name.to_uppercase() == **name && is_secret_name(name) => {
                    here(Thing::Variable(name.to_string()))
                }
                None if &**name == "sessionToken" => here(Thing::Token),
                None if &**name == "env" && self.of_worker => here(Thing::Bindings),
                None => None,
            },
            Kind::Template(_, all) | Kind::Sequence(all) => all.iter().find_map(inside),
            Kind::Array(items) => items.iter().find_map(|item| inside(&item.value)),
            Kind::Object(all) => all.iter().find_map(|one| match one {
                Property::Value(_, value) | Property::Spread(value) => inside(value),
                Property::Getter(..) => None,
            }),
            Kind::Binary(super::super::tree::Binary::Add, left, right) => {
                inside(left).or_else(|| inside(right))
            }
            Kind::Logical(Logical::And, _, right) => inside(right),
            Kind::Logical(_, left, right) => inside(left).or_else(|| inside(right)),
            Kind::Conditional(_, then, other) => inside(then).or_else(|| inside(other)),
            Kind::Await(one) | Kind::Chain(one) => inside(one),
            Kind::Call {
                callee, arguments, ..
            } => {
                let name = walk::last_name(callee)?;
                match &**name {
                    "getToken" => here(Thing::Token),
                    "stringify" | "String" | "inspect" => {
                        arguments.first().and_then(|item| inside(&item.value))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What a name holds: declared in the function around the place, or else at the top of the module.
    fn held(&self, name: &str) -> Option<&Expr> {
        self.lookups.set(self.lookups.get().checked_sub(1)?);
        let near = self.function.and_then(|body| walk::declared(name, body));
        near.or_else(|| walk::declared(name, self.program))
    }
}
