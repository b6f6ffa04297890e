//! What code does when something goes wrong: reports, logs, answers.

mod answer;
mod backend;
mod flow;
mod health;
mod once;
mod page;
mod schema;
mod silent;
mod tracker;

use super::super::tree::{Expr, Key, Kind, Property, Statement, StatementKind, Text};
use super::walk::{self, Node, Trail};
use super::{CANDIDATES, FileShapes, Seen, Shape, Shapes, What};

pub use page::is_special;
pub use tracker::is_tracker;

/// A file without any of these words has nothing for this module. Webhooks are found by the words of the
/// others, health endpoints by their path.
pub(super) const WORDS: &[&str] = &[
    // Error trackers.
    "sentry",
    "bugsnag",
    "rollbar",
    "datadogrum",
    "highlight-run",
    "highlight.run",
    "honeybadger",
    // What catches.
    "errorboundary",
    "errorcomponent",
    "errorelement",
    "errorrequesthandler",
    "err, req",
    "err, _req",
    "error, req",
    "error, _req",
    "next: nextfunction",
    // What is told.
    ".stack",
    "json(err",
    "send(err",
    "json({ err",
    "json({err",
    "error: err }",
    "error: error }",
    // Flows of one's own.
    "attemptfirstfactor",
    "attemptsecondfactor",
    "attemptemailaddressverification",
    "attemptphonenumberverification",
    "signin.create(",
    "setactive",
    // Schemas of the environment.
    "createenv(",
    "cleanenv(",
    "parse(process.env",
    // What asks Clerk while a page is made, and what makes a user.
    "currentuser(",
    "clerkclient",
    "user.create(",
    "user.upsert(",
    "insert(user",
    // Health endpoints that are registered by a call.
    "/health'",
    "/health\"",
    "/healthz",
    "/healthcheck",
];

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Care {
    /// An error tracker is started.
    TrackerStarts,
    /// An error tracker is told who the user is.
    TrackerKnowsUser,
    /// What is thrown is caught here, and neither logged nor reported nor thrown again.
    Silent {
        /// Whether a failed verification is among what is caught.
        verification: bool,
    },
    /// A row is made where `user.created` is handled.
    Creates {
        /// The call, as written: `db.user.create()`.
        call: String,
        /// Whether something there keeps a second delivery from doing it again.
        once: bool,
    },
    /// A row is made in a function of the top level.
    Makes {
        /// The function.
        function: String,
        /// The call, as written.
        call: String,
        /// Whether something there keeps a second call from doing it again.
        once: bool,
    },
    /// A function is called where `user.created` is handled.
    Called(String),
    /// Clerk's Backend API is asked, and nothing around catches what that throws; the call as written.
    AsksBackend(String),
    /// An answer to a request tells what was thrown.
    Answers {
        /// How much of it.
        told: Told,
        /// The outermost function around it: `GET`.
        function: Option<String>,
    },
    /// A page shows a stack trace.
    ShowsStack,
    /// A health endpoint tells outsiders something about the inside; what, in words.
    Tells(&'static str),
    /// A health endpoint says that authentication works, as a text that stands in the code: its key.
    Claims(String),
    /// Clerk is asked something.
    AsksClerk,
    /// A step of a sign-in or sign-up that may complete it; the call as written.
    Completes(String),
    /// A completed sign-in becomes the session.
    Activates,
    /// A schema checks the environment at the start.
    Schema {
        /// How many variables it names.
        names: usize,
        /// Whether one of them is Clerk's.
        clerk: bool,
        /// Whether it is put together from parts that are not seen here.
        composed: bool,
    },
    /// The check of the environment is turned off for good.
    SkipsValidation,
    /// What a render or a handler throws is caught and shown.
    Boundary,
}

/// How much an answer tells of what was thrown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The stack trace.
    Stack,
    /// The thrown thing as a whole.
    Whole,
}

/// Every one of them in an app, by path and line.
pub fn all(shapes: &Shapes) -> impl Iterator<Item = (&FileShapes, &Shape, &Care)> {
    shapes.all().filter_map(|(file, shape)| match &shape.what {
        What::Care(care) => Some((file, shape, care)),
        _ => None,
    })
}

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    let mut found = Vec::new();
    let mut about = About::of(path, seen);
    walk::program(&program, &mut |node, trail| {
        if found.len() < 10 * CANDIDATES {
            about.look(node, trail, &program.body, &mut found);
        }
    });
    once::functions(about.guards, &program.body, &mut found);
    page::exports(seen.module, &mut found);
    tracker::imports(seen.module, &mut found);
    for (at, care) in found {
        seen.add(at, What::Care(care));
    }
}

/// What was found, and where.
type Found = Vec<(u32, Care)>;

/// What a file is about, so that most questions are not asked of most files.
struct About {
    trackers: Vec<String>,
    backend: Vec<String>,
    webhook: bool,
    guards: once::Guards,
    health: health::Where,
    /// How many places may still be looked at closely.
    left: usize,
}

impl About {
    fn of(path: &str, seen: &Seen<'_>) -> Self {
        let lower = seen.module.text().to_ascii_lowercase();
        Self {
            trackers: tracker::locals(seen.module),
            backend: backend::locals(seen.module),
            webhook: ["webhook", "svix"].iter().any(|word| lower.contains(word)),
            guards: once::Guards::of(&lower),
            health: health::Where::of(path, &lower),
            left: 5 * CANDIDATES,
        }
    }

    fn look<'a>(
        &mut self,
        node: Node<'a>,
        trail: &Trail<'a>,
        program: &'a [Statement],
        found: &mut Found,
    ) {
        match node {
            Node::Expr(expr) => {
                tracker::look(&self.trackers, expr, found);
                flow::look(expr, trail, found);
                page::look(expr, found);
                backend::look(&self.backend, expr, trail, found);
                self.look_closely(expr, trail, program, found);
            }
            Node::Statement(statement) => page::statement(statement, found),
            Node::Function(_) => {}
        }
        if self.webhook && self.left > 0 {
            let looked =
                silent::look(node, found) | once::look(self.guards, node, trail, program, found);
            self.left -= usize::from(looked);
        }
    }

    /// What reads more than a place and what stands around it.
    fn look_closely<'a>(
        &mut self,
        expr: &'a Expr,
        trail: &Trail<'a>,
        program: &'a [Statement],
        found: &mut Found,
    ) {
        if self.left == 0 {
            return;
        }
        let mut looked = answer::look(expr, trail, found) | schema::look(expr, program, found);
        if self.health.is_at(trail) {
            looked |= health::look(expr, trail, found);
        }
        self.left -= usize::from(looked);
    }
}

/// The leftmost name of a chain of members and calls: `db` of `db.user.create()`.
fn root(expr: &Expr) -> Option<&Text> {
    match &expr.kind {
        Kind::Name(name) => Some(name),
        Kind::Member { object, .. } | Kind::Index { object, .. } => root(object),
        Kind::Call { callee, .. } | Kind::New { callee, .. } => root(callee),
        Kind::Chain(inside) | Kind::Await(inside) => root(inside),
        _ => None,
    }
}

/// A callee as it is written, from its leftmost name.
fn written(expr: &Expr) -> String {
    match &expr.kind {
        Kind::Name(name) => name.to_string(),
        Kind::This => "this".to_owned(),
        Kind::Member { object, name, .. } => match written(object).as_str() {
            "" => name.to_string(),
            object => format!("{object}.{name}"),
        },
        Kind::Chain(inside) => written(inside),
        Kind::Call { callee, .. } => match written(callee).as_str() {
            "" => String::new(),
            callee => format!("{callee}()"),
        },
        _ => String::new(),
    }
}

/// The name of what a call calls, and its arguments.
fn call(expr: &Expr) -> Option<(&Expr, &[super::super::tree::Item])> {
    match &expr.kind {
        Kind::Call {
            callee, arguments, ..
        }
        | Kind::New { callee, arguments } => Some((callee, arguments)),
        _ => None,
    }
}

/// Whether a call makes an answer: `NextResponse.json()`, `new Response()`, `res.status(500).send()`.
fn answers(expr: &Expr) -> bool {
    const OF_RESPONSES: &[&str] = &["res", "response", "reply", "c", "ctx", "context"];
    const SENDS: &[&str] = &[
        "json",
        "send",
        "end",
        "text",
        "body",
        "status",
        "sendStatus",
    ];
    let Some((callee, _)) = call(expr) else {
        return false;
    };
    match &callee.kind {
        Kind::Name(name) => match &expr.kind {
            Kind::New { .. } => matches!(&**name, "Response" | "NextResponse"),
            _ => &**name == "json",
        },
        Kind::Member { object, name, .. } => {
            let of_class = matches!(&object.kind, Kind::Name(class) if matches!(&**class, "Response" | "NextResponse"));
            (of_class && matches!(&**name, "json" | "redirect"))
                || (SENDS.contains(&&**name)
                    && root(object).is_some_and(|root| OF_RESPONSES.contains(&&**root)))
        }
        _ => false,
    }
}

/// The nearest call among whose arguments a place stands, `JSON.stringify()` and `String()` left out; `None`
/// where a function stands between or there is none.
fn receiver<'a>(trail: &Trail<'a>) -> Option<&'a Expr> {
    for node in trail.iter().rev() {
        match node {
            Node::Expr(expr) if call(expr).is_some() => {
                let plain = call(expr).and_then(|(callee, _)| walk::last_name(callee));
                if !plain.is_some_and(|name| matches!(&**name, "stringify" | "String")) {
                    return Some(expr);
                }
            }
            Node::Expr(_) => {}
            Node::Statement(_) | Node::Function(_) => return None,
        }
    }
    None
}

/// Whether a place is reached only while somebody develops: a test around it speaks of that.
fn in_development(trail: &Trail<'_>) -> bool {
    trail.iter().any(|node| match node {
        Node::Expr(expr) => match &expr.kind {
            Kind::Conditional(test, ..) | Kind::Logical(_, test, _) => speaks_of_development(test),
            _ => false,
        },
        Node::Statement(statement) => match &statement.kind {
            StatementKind::If(test, ..) => speaks_of_development(test),
            _ => false,
        },
        Node::Function(_) => false,
    })
}

fn speaks_of_development(test: &Expr) -> bool {
    walk::any(test, |one| match &one.kind {
        Kind::Name(name) | Kind::Member { name, .. } => {
            let lower = name.to_ascii_lowercase();
            ["dev", "debug", "node_env", "prod", "verbose", "staging"]
                .iter()
                .any(|word| lower.contains(word))
        }
        _ => false,
    })
}

/// The value of a property of an object that is written out.
fn property<'a>(object: &'a Expr, wanted: &str) -> Option<&'a Expr> {
    let Kind::Object(all) = &object.kind else {
        return None;
    };
    all.iter().find_map(|one| match one {
        Property::Value(Key::Name(key), value) if &**key == wanted => Some(value),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
