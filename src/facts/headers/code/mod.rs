//! Headers that code sets: a response in the middleware, the config of a framework, a package that is made
//! for it. A header of one answer alone (a picture, a download) says nothing about the pages, so that only
//! the files count through which every page goes, and what they import.

mod config;
mod library;

use std::sync::Arc;

use super::eval::{Frame, Reader, Val, What};
use super::{Headers, Name, Setting};
use crate::facts::code::Project;
use crate::facts::code::module::Module;
use crate::facts::code::shapes::walk::{self, Node, Trail};
use crate::facts::code::tree::{Expr, Item, Jsx, Key, Kind, Property, StatementKind};
use crate::facts::document::At;
use crate::facts::tree;

/// What a file is to the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `next.config`.
    NextConfig,
    /// `nuxt.config`, `svelte.config`, `astro.config`.
    Config,
    /// Every page goes through it: a middleware, the entry of a server.
    Middleware,
    /// The document around every page.
    Document,
    /// Another file that one of these imports.
    Helper,
    /// Code of a server that registers what it does: Express, Fastify, Hono.
    Server,
}

/// A file without any of these words sets no header that is looked for.
pub const WORDS: &[&str] = &[
    "content-security-policy",
    "contentsecuritypolicy",
    "x-frame-options",
    "x-content-type-options",
    "strict-transport-security",
    "'helmet'",
    "\"helmet\"",
    "@fastify/helmet",
    "hono/secure-headers",
    // What sends pages from a server whose framework makes none.
    "express.static(",
    "sendfile(",
    "servestatic",
    "@fastify/static",
];

/// The role that the path of a file gives it, below the folder of its app.
pub fn role(path: &str) -> Option<Role> {
    const MIDDLEWARE: &[&str] = &[
        "middleware",
        "src/middleware",
        "proxy",
        "src/proxy",
        "src/middleware/index",
        "src/hooks.server",
        "app/entry.server",
        "src/entry.server",
        "src/start",
        "src/server",
        "server",
    ];
    const DOCUMENT: &[&str] = &[
        "app/layout",
        "src/app/layout",
        "pages/_document",
        "src/pages/_document",
        "pages/_app",
        "src/pages/_app",
        "app/root",
        "src/root",
        "src/routes/__root",
        "app/routes/__root",
    ];
    let (stem, extension) = path.rsplit_once('.')?;
    match stem {
        "next.config" => Some(Role::NextConfig),
        "nuxt.config" | "svelte.config" | "astro.config" => Some(Role::Config),
        _ if !extension.contains("js") && !extension.contains("ts") => None,
        _ if MIDDLEWARE.contains(&stem) || stem.starts_with("server/middleware/") => {
            Some(Role::Middleware)
        }
        _ if DOCUMENT.contains(&stem) => Some(Role::Document),
        _ => None,
    }
}

/// Whether a file of a server sends a page of the browser's app.
pub fn sends_pages(text: &str) -> bool {
    const SENDERS: &[&str] = &[
        "express.static(",
        "sendFile(",
        "serveStatic",
        "@fastify/static",
    ];
    text.contains("index.html") && SENDERS.iter().any(|one| text.contains(one))
}

/// Adds what a file sets.
pub fn read(
    project: &Project<'_>,
    path: &str,
    module: &Arc<Module>,
    role: Role,
    into: &mut Headers,
) {
    let reader = Reader::new(project);
    let top = Frame::top(path, module);
    let mut file = File {
        path,
        reader,
        top,
        module,
        role,
        into,
    };
    match role {
        Role::NextConfig => config::next(&mut file),
        Role::Config => config::framework(&mut file),
        _ => file.sites(),
    }
}

/// A file that is read.
struct File<'f, 'p> {
    path: &'f str,
    reader: Reader<'p>,
    top: Arc<Frame>,
    module: &'f Arc<Module>,
    role: Role,
    into: &'f mut Headers,
}

/// How sure it is that a place is come by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Come {
    Surely,
    Perhaps,
    Never,
}

impl File<'_, '_> {
    fn by(&self) -> &'static str {
        match self.role {
            Role::NextConfig => "next.config",
            Role::Config => "the config",
            Role::Middleware | Role::Helper => "the middleware",
            Role::Document => "the document",
            Role::Server => "the server",
        }
    }

    fn add(&mut self, name: Name, value: String, val: &Val, by: &'static str, sure: bool) {
        let spot = val.at.spot();
        let at = At {
            line: spot.line,
            column: spot.column,
        };
        let setting = Setting {
            file: val.at.file.to_string(),
            at,
            name,
            value,
            by,
            sure,
            replaced: false,
        };
        if self.into.set.len() < 100 && !self.into.set.contains(&setting) {
            self.into.set.push(setting);
        }
    }

    fn unclear(&mut self, why: &str) {
        self.into.unclear.push(format!("{}: {why}", self.path));
    }

    fn sites(&mut self) {
        let program = Arc::clone(&self.module.program);
        walk::program(&program, &mut |node, trail| {
            if let Node::Expr(expr) = node {
                self.site(expr, trail);
            }
        });
    }

    fn site(&mut self, expr: &Expr, trail: &Trail<'_>) {
        match &expr.kind {
            Kind::Jsx(jsx) if self.role != Role::Server => self.meta(jsx, expr, trail),
            _ if self.role == Role::Document => {}
            Kind::Call {
                callee, arguments, ..
            } => {
                let taken = library::call(self, callee, arguments, expr, trail);
                if !taken {
                    self.setter(callee, arguments, expr, trail);
                }
            }
            Kind::Object(all) => {
                for property in all {
                    if let Property::Value(Key::Name(key), value) = property
                        && let Some(name) = Name::of(key)
                    {
                        // A response that is made from nothing is not always the page.
                        let made = trail.iter().any(|node| matches!(node, Node::Expr(Expr { kind: Kind::New { callee, .. }, .. })
                            if walk::last_name(callee).is_some_and(|name| name.ends_with("Response"))));
                        let plain = self.role != Role::Helper && !made;
                        self.set(name, value, (expr, trail), plain);
                    }
                }
            }
            Kind::Array(items) => {
                if let [first, second] = items.as_slice()
                    && let Kind::Text(key) = &first.value.kind
                    && let Some(name) = Name::of(key)
                {
                    self.set(name, &second.value, (expr, trail), true);
                }
            }
            _ => {}
        }
    }

    /// `response.headers.set(name, value)` and its like.
    fn setter(&mut self, callee: &Expr, arguments: &[Item], whole: &Expr, trail: &Trail<'_>) {
        const SETTERS: &[&str] = &["set", "append", "setHeader", "header", "setResponseHeader"];
        let Some(setter) = walk::last_name(callee).filter(|name| SETTERS.contains(&&***name))
        else {
            return;
        };
        if self.is_of_request(callee) {
            return;
        }
        for pair in arguments.windows(2) {
            let [key, value] = pair else { continue };
            if let Kind::Text(key) = &key.value.kind
                && let Some(name) = Name::of(key)
            {
                self.set(name, &value.value, (whole, trail), true);
                return;
            }
        }
        // `headers.set(key, value)` in a loop: any header.
        let on_headers = matches!(&callee.kind, Kind::Member { object, .. }
            if walk::last_name(object).is_some_and(|name| name.to_ascii_lowercase().ends_with("headers")));
        let computed = arguments
            .first()
            .is_some_and(|first| matches!(first.value.kind, Kind::Name(_)));
        if (on_headers || &**setter == "setHeader") && computed && self.role != Role::Server {
            self.unclear("a header whose name is computed");
        }
    }

    /// Whether headers are those of the request: Next.js takes the nonce out of its policy, and the browser
    /// never sees it.
    fn is_of_request(&self, callee: &Expr) -> bool {
        let Kind::Member { object, .. } = &callee.kind else {
            return false;
        };
        let of_request = |name: &str| name.to_ascii_lowercase().starts_with("req");
        match &object.kind {
            Kind::Name(name) if of_request(name) => true,
            // `new Headers(request.headers)`
            Kind::Name(name) => {
                let held = walk::declared(name, &self.module.program.body);
                held.is_some_and(|held| {
                    matches!(&held.kind, Kind::New { arguments, .. }
                    if arguments.first().is_some_and(|first| {
                        matches!(&first.value.kind, Kind::Member { object, .. }
                            if walk::last_name(object).is_some_and(|name| of_request(name)))
                    }))
                })
            }
            Kind::Member { object, .. } => {
                walk::last_name(object).is_some_and(|name| of_request(name))
            }
            _ => false,
        }
    }

    /// `<meta httpEquiv="Content-Security-Policy" content={…} />`
    fn meta(&mut self, jsx: &Jsx, whole: &Expr, trail: &Trail<'_>) {
        let is_meta = jsx
            .name
            .as_ref()
            .is_some_and(|name| matches!(&name.kind, Kind::Text(tag) if &**tag == "meta"));
        if !is_meta {
            return;
        }
        let held = |wanted: &str| {
            jsx.attributes.iter().find_map(|one| match one {
                Property::Value(Key::Name(key), value) if key.eq_ignore_ascii_case(wanted) => {
                    Some(value)
                }
                _ => None,
            })
        };
        let equiv = held("httpEquiv").or_else(|| held("http-equiv"));
        let is_policy = equiv.is_some_and(
            |value| matches!(&value.kind, Kind::Text(text) if Name::of(text) == Some(Name::Policy)),
        );
        if let Some(content) = held("content").filter(|_| is_policy) {
            self.set(Name::MetaPolicy, content, (whole, trail), true);
        }
    }

    /// Takes a header that is set at a place, an expression with what stands around it.
    fn set(&mut self, name: Name, value: &Expr, place: (&Expr, &Trail<'_>), plain: bool) {
        let (whole, trail) = place;
        let mut around = trail.to_vec();
        around.push(Node::Expr(whole));
        let come = self.come(&around);
        if come == Come::Never {
            return;
        }
        let frame = self.frame(trail);
        let val = self.reader.value(value, &frame);
        if val.truth() == Some(false) {
            return;
        }
        let by = self.by();
        self.add(name, val.text(), &val, by, plain && come == Come::Surely);
    }

    /// The functions around a place, nothing being known of what they are called with.
    fn frame(&self, trail: &Trail<'_>) -> Arc<Frame> {
        trail
            .iter()
            .fold(Arc::clone(&self.top), |frame, node| match node {
                Node::Function(function) => frame.inner(Arc::new((*function).clone()), Vec::new()),
                _ => frame,
            })
    }

    /// Whether a production server comes by a place: the branches around it, and where the code of a server
    /// is registered.
    fn come(&self, trail: &Trail<'_>) -> Come {
        let mut come = Come::Surely;
        for (at, node) in trail.iter().enumerate() {
            let inside = trail.get(at + 1);
            let (test, is_then, is_other) = match (node, inside) {
                (Node::Statement(one), Some(Node::Statement(inner))) => match &one.kind {
                    StatementKind::If(test, then, other) => (
                        test,
                        std::ptr::eq(&raw const **then, *inner),
                        other
                            .as_ref()
                            .is_some_and(|other| std::ptr::eq(&raw const **other, *inner)),
                    ),
                    _ => continue,
                },
                (Node::Expr(one), Some(Node::Expr(inner))) => match &one.kind {
                    Kind::Conditional(test, then, other) => (
                        &**test,
                        std::ptr::eq(&raw const **then, *inner),
                        std::ptr::eq(&raw const **other, *inner),
                    ),
                    Kind::Logical(_, test, then) => {
                        (&**test, std::ptr::eq(&raw const **then, *inner), false)
                    }
                    _ => continue,
                },
                (Node::Statement(one), _)
                    if matches!(
                        one.kind,
                        StatementKind::Switch(..)
                            | StatementKind::ForOf(..)
                            | StatementKind::ForIn(..)
                            | StatementKind::Loop { .. }
                    ) =>
                {
                    come = Come::Perhaps;
                    continue;
                }
                _ => continue,
            };
            if !is_then && !is_other {
                continue;
            }
            let around = trail.get(..at).unwrap_or_default();
            match self.reader.value(test, &self.frame(around)).truth() {
                Some(is) if is == is_then => {}
                Some(_) => return Come::Never,
                None => come = Come::Perhaps,
            }
        }
        let for_all = self.role != Role::Server || is_registered_for_all(trail);
        if !for_all || is_for_one_path(trail) {
            return Come::Never;
        }
        come
    }
}

/// Paths that are all, and the hooks of Fastify, which stand where a path would.
const EVERYWHERE: &[&str] = &["/", "*", "/*", "onSend", "onRequest", "preHandler"];

/// The method that is called around a place, and the text that it is given first.
fn registered<'a>(node: &Node<'a>) -> Option<(&'a str, Option<&'a str>)> {
    let Node::Expr(expr) = node else { return None };
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let Kind::Member { name, .. } = &callee.kind else {
        return None;
    };
    let path = arguments.first().and_then(|first| match &first.value.kind {
        Kind::Text(path) => Some(&**path),
        _ => None,
    });
    Some((name, path))
}

/// Whether a place stands in a handler of every request: `app.use(…)`, `register(…)`, `addHook(…)`, and no
/// path before it.
fn is_registered_for_all(trail: &Trail<'_>) -> bool {
    trail.iter().filter_map(registered).any(|(name, path)| {
        matches!(name, "use" | "register" | "addHook")
            && path.is_none_or(|path| EVERYWHERE.contains(&path))
    })
}

/// Whether a place stands in a handler of one path: `app.get('/file', …)`, `app.use('/admin', …)`.
fn is_for_one_path(trail: &Trail<'_>) -> bool {
    const METHODS: &[&str] = &["use", "get", "post", "put", "patch", "delete", "all"];
    trail.iter().filter_map(registered).any(|(name, path)| {
        METHODS.contains(&name)
            && path.is_some_and(|path| path.starts_with('/') && !EVERYWHERE.contains(&path))
    })
}

/// The path of a file below the folder of an app.
pub fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() {
        return Some(path);
    }
    tree::is_below(path, folder)
        .then(|| path.get(folder.len() + 1..))
        .flatten()
}

/// The texts of a directive: a list, or one text. `None` where it is left out.
fn sources(reader: &Reader<'_>, val: &Val) -> Option<String> {
    match &val.what {
        What::Bool(false) | What::Nothing => None,
        What::Bool(true) => Some(String::new()),
        What::List(all) => {
            let texts = all.iter().map(|one| match one.what {
                // helmet calls it for each request, for a nonce.
                What::Function(..) => reader
                    .answer(one)
                    .map_or_else(|| one.text(), |made| made.text()),
                _ => one.text(),
            });
            Some(texts.collect::<Vec<_>>().join(" "))
        }
        _ => Some(val.text()),
    }
}

/// The directives of an object; the last one stands for those that are not known.
fn directives(reader: &Reader<'_>, val: &Val) -> Vec<(String, Option<String>)> {
    let mut all: Vec<(String, Option<String>)> = val
        .entries()
        .iter()
        .map(|(name, value)| (name.clone(), sources(reader, value)))
        .collect();
    if val.is_unknown() || matches!(val.what, What::Map(_, true)) {
        all.push((super::csp::HOLE.to_string(), Some(String::new())));
    }
    all
}

#[cfg(test)]
mod tests;
