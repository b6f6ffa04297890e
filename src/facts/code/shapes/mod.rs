//! Shapes of code that are faults by themselves, or that a check joins with other facts: a promise that
//! nobody awaits, a signature that is checked only when a secret is set.
//!
//! One file at a time, as its tree stands there. What a request really meets is the question of
//! [`super::visitor`]; a check asks both where it can.

pub mod care;
mod clerk;
pub mod cost;
pub mod guard;
pub mod leak;
mod metadata;
pub mod named;
pub mod opened;
mod server;
pub mod shell;
mod switch;
pub mod symbol;
mod token;
pub mod walk;
mod webhook;

use super::module::{Module, Spot};
use super::tree::Offset;
use super::value::{Import, Taken};
use crate::facts::headers;
use crate::model::Place;

/// A file without any of these words has no shape that is looked for. They are compared without regard
/// to case.
pub fn words() -> impl Iterator<Item = &'static str> {
    let topics = [
        WORDS,
        care::WORDS,
        cost::WORDS,
        guard::WORDS,
        headers::code::WORDS,
        headers::clerk::WORDS,
        leak::WORDS,
        named::WORDS,
        shell::WORDS,
        symbol::WORDS,
    ];
    topics.into_iter().flatten().copied()
}

const WORDS: &[&str] = &[
    "webhook",
    "svix",
    "user.created",
    "user.updated",
    "user.deleted",
    "bypass",
    "x-dev-",
    "x-test-",
    "x-mock-",
    "x-debug-",
    "x-fake-",
    "_auth",
    "auth_",
    "skip_",
    "has({",
    ".protect(",
    "unsafemetadata",
    "unsafe_metadata",
    "jwt-decode",
    "jsonwebtoken",
    "decodejwt",
    "atob(",
    "base64",
    "@clerk/nextjs/server",
    "createroutematcher",
];

/// At most this many shapes of one file and topic are kept: more of them say nothing new.
const MOST: usize = 40;

/// At most this many places of one file are looked at closely for each kind of shape: a close look may
/// read a whole function.
const CANDIDATES: usize = 40;

/// The shapes of the files of an app.
#[derive(Debug, Default)]
pub struct Shapes {
    /// By path.
    pub files: Vec<FileShapes>,
    /// Files that may have some and do not parse, with the reason.
    pub unread: Vec<(String, String)>,
    /// Files that are loaded by their names when something goes wrong: see [`care::is_special`].
    pub special: Vec<String>,
}

impl Shapes {
    /// The shapes of a file.
    pub fn file(&self, path: &str) -> Option<&FileShapes> {
        self.files.iter().find(|file| file.path == path)
    }

    /// A file, and those that it imports.
    pub fn around<'s>(&'s self, file: &'s FileShapes) -> impl Iterator<Item = &'s FileShapes> {
        let imported = file.imports.iter().filter_map(|path| self.file(path));
        std::iter::once(file).chain(imported)
    }

    /// Every shape with its file, by path and line.
    pub fn all(&self) -> impl Iterator<Item = (&FileShapes, &Shape)> {
        self.files
            .iter()
            .flat_map(|file| file.shapes.iter().map(move |shape| (file, shape)))
    }
}

/// The shapes of one file.
#[derive(Debug, Default)]
pub struct FileShapes {
    /// Its path, relative to the audited directory.
    pub path: String,
    /// Whether it surely runs on a server.
    pub on_server: bool,
    /// Whether it names the type of Clerk's webhook events.
    pub names_event_type: bool,
    /// Whether it speaks of Clerk.
    pub names_clerk: bool,
    /// Whether it speaks of Svix, who delivers for Clerk and for others.
    pub names_svix: bool,
    /// Whether it, or its path, speaks of webhooks.
    pub names_webhooks: bool,
    /// Whether any word in it speaks of signatures: `verify`, `signature`, `hmac`, `svix`.
    pub about_signatures: bool,
    /// The shapes, in order.
    pub shapes: Vec<Shape>,
    /// The files of the project that it imports.
    pub imports: Vec<String>,
}

impl FileShapes {
    /// The first shape of a kind.
    pub fn find(&self, is: impl Fn(&What) -> bool) -> Option<&Shape> {
        self.shapes.iter().find(|shape| is(&shape.what))
    }

    /// The place of a shape in this file.
    pub fn place(&self, shape: &Shape) -> Place {
        Place::Span {
            file: self.path.clone(),
            line: shape.at.line,
            column: shape.at.column,
            excerpt: None,
        }
    }
}

/// A shape and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Where.
    pub at: Spot,
    /// What.
    pub what: What,
}

/// What a shape is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A type of Clerk's webhook events is asked for: `case 'user.created'`.
    Event,
    /// The body of a request is read outside a verification.
    ReadsBody,
    /// The signature of a webhook is verified; the call as written.
    Verifies(String),
    /// A verification can be left out.
    Bypass(Bypass),
    /// A verification has a secret that stands in the code, for when none is set.
    SecretFallback,
    /// What is verified is not the text that was signed.
    ParsedBody(ParsedBody),
    /// A failed verification is answered with success.
    FailureAnsweredOk,
    /// A branch depends on a variable that turns authentication off.
    EnvSwitch {
        /// The variable.
        name: String,
        /// The text that turns it on; `None` where any value does.
        on: Option<String>,
    },
    /// A branch depends on a header that turns authentication off.
    HeaderSwitch {
        /// The header.
        name: String,
    },
    /// A schema makes a truth of every text that a switch may be set to, also of `false`.
    CoercedSwitch {
        /// The variable.
        name: String,
        /// Whether it is on where it is not set.
        by_default: bool,
    },
    /// A header for development says who the user is.
    HeaderUser {
        /// The header.
        name: String,
    },
    /// The middleware lets everybody through where a variable has, or has not, a value.
    OpenWhere(opened::Test),
    /// `has()` or `protect()` with conditions of several kinds.
    Combined {
        /// The call, as written: `auth.protect()`.
        call: String,
        /// The conditions.
        keys: Vec<String>,
        /// Whether options stand among the conditions, which only @clerk/nextjs mixes up.
        options: bool,
    },
    /// What the browser may write decides a branch.
    UnsafeMetadata {
        /// What of it, as written: `unsafeMetadata.role`.
        what: String,
        /// Whether its name says that it grants something.
        grants: bool,
    },
    /// A token is decoded without verification, and who it names is believed.
    UnverifiedToken {
        /// The call that decodes it.
        call: String,
    },
    /// A promise of `auth()` and its like that is used as its result.
    Unawaited {
        /// The call, as written.
        call: String,
        /// What the code does with the promise.
        used: Unawaited,
    },
    /// What code does when something goes wrong.
    Care(care::Care),
    /// What a request pays for.
    Cost(cost::Cost),
    /// Something against forgery and strangers, or its lack.
    Guard(guard::Guard),
    /// Something of the instance that the code names.
    Named(named::Named),
    /// A secret that is given away.
    Leak(leak::Leak),
    /// How Clerk is built into the app.
    Shell(shell::Shell),
    /// A name that a version of an SDK took away.
    Symbol(symbol::Symbol),
    /// `createRouteMatcher()`, and the package that it is from; empty where Nuxt imports it.
    RouteMatcher {
        /// The specifier.
        package: String,
    },
}

/// How a verification can be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bypass {
    /// It happens only where the secret is set.
    WithoutSecret,
    /// It happens only outside production.
    InProduction,
    /// A variable switches it.
    Switch(String),
    /// What is thrown is caught, and the event is handled all the same.
    Caught,
}

/// What is verified in place of the signed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParsedBody {
    /// The parsed body, made a text again.
    Again,
    /// The parsed body itself.
    Object,
    /// Nothing: the body was read before.
    Consumed,
}

/// What is done with a promise that nobody awaits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unawaited {
    /// A property of it is read: always `undefined`.
    Read,
    /// Properties are taken out of it: always `undefined`.
    Destructured,
    /// Nothing: the code goes on before it decides.
    Dropped,
}

/// Whether a part of a path is what health endpoints are called.
pub fn is_health(part: &str) -> bool {
    const NAMES: &[&str] = &[
        "health",
        "healthz",
        "healthcheck",
        "health-check",
        "_health",
        "livez",
        "readyz",
    ];
    NAMES.iter().any(|name| part.eq_ignore_ascii_case(name))
}

/// Reads one file; `None` where nothing in it is looked for.
pub fn read(path: &str, module: &Module) -> FileShapes {
    let mut seen = Seen {
        module,
        found: Vec::new(),
        before: 0,
    };
    // Of a component in a language of its own only the way in which Clerk is built in is looked at,
    // and what it writes to the console.
    if is_component(path) {
        shell::look(path, &mut seen);
        leak::look(path, &mut seen);
        return of(path, module, seen.found, false);
    }
    webhook::look(path, &mut seen);
    let on_server = server::runs_on_server(path, module);
    switch::look(&mut seen, on_server);
    opened::look(&mut seen);
    clerk::look(&mut seen);
    // A script that moves data around decides for nobody.
    let is_script = path
        .split('/')
        .any(|part| part == "scripts" || part.contains("migrat"));
    if on_server && !is_script {
        metadata::look(&mut seen);
        token::look(&mut seen);
    }
    let topics = [
        leak::look,
        guard::look,
        symbol::look,
        care::look,
        cost::look,
        shell::look,
        named::look,
    ];
    for look in topics {
        seen.before = seen.found.len();
        look(path, &mut seen);
    }
    of(path, module, seen.found, on_server)
}

/// Whether a file is a component whose markup is no part of its module.
pub fn is_component(path: &str) -> bool {
    shell::is_component(path)
}

fn of(path: &str, module: &Module, mut found: Vec<(Offset, What)>, on_server: bool) -> FileShapes {
    found.sort_by_key(|(at, _)| *at);
    let text = module.text().to_ascii_lowercase();
    let shapes = found.into_iter().map(|(at, what)| Shape {
        at: module.spot(at),
        what,
    });
    FileShapes {
        path: path.to_owned(),
        on_server,
        names_event_type: module.text().contains("WebhookEvent") && text.contains("@clerk/"),
        names_clerk: text.contains("clerk") || path.contains("clerk"),
        names_svix: text.contains("svix"),
        names_webhooks: ["webhook", "svix"]
            .iter()
            .any(|word| text.contains(word) || path.contains(word)),
        about_signatures: ["verify", "verif", "signature", "hmac", "svix"]
            .iter()
            .any(|word| text.contains(word)),
        shapes: shapes.collect(),
        imports: Vec::new(),
    }
}

/// What is found in one file.
struct Seen<'m> {
    module: &'m Module,
    found: Vec<(Offset, What)>,
    /// How many were found of the topics before this one.
    before: usize,
}

impl Seen<'_> {
    fn add(&mut self, at: Offset, what: What) {
        if !self.is_full() && !self.found.contains(&(at, what.clone())) {
            self.found.push((at, what));
        }
    }

    fn is_full(&self) -> bool {
        self.found.len() - self.before >= MOST
    }
}

/// The names that a file gives to an export of a package that `is` accepts, with the package.
fn locals<'m>(
    module: &'m Module,
    exported: &str,
    is: impl Fn(&str) -> bool,
) -> Vec<(&'m str, &'m str)> {
    let taken = |import: &&Import| {
        let same = matches!(&import.taken, Taken::Export(name) if name == exported);
        same && !import.type_only && is(&import.source)
    };
    let imports = module.imports.iter().filter(taken);
    imports
        .map(|import| (import.local.as_str(), import.source.as_str()))
        .collect()
}

/// Whether a file imports a package, or something below it, for more than its types.
fn imports(module: &Module, package: &str) -> bool {
    module.imports.iter().any(|import| {
        let rest = import.source.strip_prefix(package);
        !import.type_only && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests;
