//! What the frameworks that find their routes in files have in common.

use std::sync::Arc;

use super::pattern;
use super::{Found, Resource};
use crate::facts::code::Project;
use crate::facts::code::module::Module;
use crate::facts::code::resolve::{Target, join};
use crate::facts::code::tree::{Expr, Item, Key, Kind, Pattern, Property, StatementKind};
use crate::model::routes::RouteKind;

/// The name under which a module's tree holds its default export.
pub(super) const DEFAULT: &str = "*default*";

/// How many modules one module may pass on; a route's has one or two.
const MAX_STARS: usize = 32;

/// An app.
pub struct FileApp<'a> {
    /// Its folder, relative to the audited directory; empty for that directory itself.
    pub folder: &'a str,
    /// All files below it, sorted, relative to the audited directory.
    pub files: &'a [&'a str],
    /// The files as code.
    pub project: &'a Project<'a>,
    /// The version of its framework, where it is known.
    pub version: Option<(u32, u32, u32)>,
}

/// A route and what runs before it.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRoute {
    /// The route.
    pub found: Found,
    /// The middleware on the way to it, in order.
    pub before: Vec<Resource>,
    /// Whether it is a plain file once the app is built: its code ran then, and nothing runs when it is asked
    /// for.
    pub built: bool,
}

/// What an app serves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileRoutes {
    /// Its routes, by pattern.
    pub routes: Vec<FileRoute>,
    /// The middleware that meets every request, in order.
    pub before: Vec<Resource>,
    /// Names that a framework puts into every module by itself, each with its file and export.
    pub globals: Vec<(String, String, String)>,
    /// What could not be told, in sentences.
    pub notes: Vec<String>,
    /// Whether there may be routes beside these.
    pub is_partial: bool,
}

impl FileRoutes {
    /// In the order of the patterns.
    pub(super) fn sorted(mut self) -> Self {
        let key = |route: &FileRoute| {
            let found = &route.found;
            (found.pattern.clone(), found.kind, found.file.clone())
        };
        self.routes.sort_by_cached_key(key);
        self
    }
}

impl<'a> FileApp<'a> {
    /// A path inside the app.
    pub(super) fn path(&self, inside: &str) -> String {
        join(self.folder, inside)
    }

    /// The files below a folder of the app, each with its path inside that folder.
    pub(super) fn below(&self, inside: &str) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let folder = self.path(inside);
        let prefix = if folder.is_empty() {
            folder
        } else {
            format!("{folder}/")
        };
        let start = self.files.partition_point(|file| *file < prefix.as_str());
        let rest = self.files.get(start..).unwrap_or_default();
        rest.iter()
            .map_while(move |file| Some((*file, file.strip_prefix(&prefix)?)))
    }

    /// The first of these files that there is.
    pub(super) fn first(&self, stems: &[&str], extensions: &[&str]) -> Option<String> {
        let names = stems.iter().flat_map(|stem| {
            extensions
                .iter()
                .map(move |extension| format!("{stem}.{extension}"))
        });
        names
            .map(|name| self.path(&name))
            .find(|path| self.files.binary_search(&path.as_str()).is_ok())
    }

    /// A file as code, where it can be read.
    pub(super) fn module(&self, file: &str) -> Option<Arc<Module>> {
        self.project.module(file)?.ok()
    }

    /// The names that a file exports, those that it passes on from others included.
    pub(super) fn exports(&self, file: &str) -> Vec<String> {
        let mut names = Vec::new();
        let mut files = vec![file.to_owned()];
        let mut at = 0;
        while let Some(file) = files.get(at).cloned() {
            at += 1;
            let Some(module) = self.module(&file) else {
                continue;
            };
            // `export *` leaves the default export behind.
            let own = module.export_names().into_iter();
            names.extend(own.filter(|name| at == 1 || name != "default"));
            for star in &module.stars {
                if let Target::File(next) = self.project.resolve(&file, star)
                    && files.len() < MAX_STARS
                    && !files.contains(&next)
                {
                    files.push(next);
                }
            }
        }
        names
    }

    /// Whether the text of a file has a word in it.
    pub(super) fn mentions(&self, file: &str, word: &str) -> bool {
        self.project
            .sources()
            .text(file)
            .is_some_and(|text| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
    }
}

/// A file without its extension, and that extension.
pub(super) fn stem(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())
}

/// The same URLs with a slash at their end, for a framework that serves both. Not those of files.
pub(super) fn with_slashes(urls: &mut Vec<String>) {
    let is_plain = |url: &&String| {
        let last = url.rsplit('/').next().unwrap_or_default();
        !last.is_empty() && !last.contains('.')
    };
    let more: Vec<String> = urls
        .iter()
        .filter(is_plain)
        .map(|url| format!("{url}/"))
        .collect();
    urls.extend(more);
}

/// A route at a pattern.
pub(super) fn found(
    pattern: &str,
    kind: RouteKind,
    file: &str,
    targets: Vec<super::Target>,
) -> Found {
    Found {
        pattern: pattern.to_owned(),
        kind,
        file: file.to_owned(),
        urls: pattern::urls(pattern),
        targets,
        layouts: Vec::new(),
    }
}

/// What answers a method.
pub(super) fn target(method: &str, resource: Resource) -> super::Target {
    super::Target {
        method: method.to_owned(),
        resource,
    }
}

/// An export of a file.
pub(super) fn export(file: &str, name: &str) -> Resource {
    Resource::Export {
        file: file.to_owned(),
        name: name.to_owned(),
    }
}

/// Something inside a value of a file.
pub(super) fn member(file: &str, name: &str, path: &[&str]) -> Resource {
    Resource::Member {
        file: file.to_owned(),
        name: name.to_owned(),
        path: path.iter().map(|&part| part.to_owned()).collect(),
    }
}

/// Nothing that runs.
pub(super) fn nothing(why: &str) -> Resource {
    Resource::Static {
        why: why.to_owned(),
    }
}

/// How often a name leads to another name.
const MAX_NAMES: u32 = 8;

/// What a name of the top level was declared with; a name leads on to what it stands for.
pub(super) fn declared<'m>(module: &'m Module, name: &str) -> Option<&'m Expr> {
    let mut name = name.to_owned();
    for _ in 0..MAX_NAMES {
        let value = declaration(module, &name)?;
        match &value.kind {
            Kind::Name(next) => name = next.to_string(),
            _ => return Some(value),
        }
    }
    None
}

fn declaration<'m>(module: &'m Module, name: &str) -> Option<&'m Expr> {
    let body = module.program.body.iter();
    body.filter_map(|statement| match &statement.kind {
        StatementKind::Declare(all) => Some(all),
        _ => None,
    })
    .flatten()
    .find_map(|(pattern, value)| match pattern {
        Pattern::Name(own) if **own == *name => value.as_ref(),
        _ => None,
    })
}

/// The names of the top level with what they were declared with.
pub(super) fn declarations(module: &Module) -> impl Iterator<Item = (&str, &Expr)> {
    let body = module.program.body.iter();
    body.filter_map(|statement| match &statement.kind {
        StatementKind::Declare(all) => Some(all),
        _ => None,
    })
    .flatten()
    .filter_map(|(pattern, value)| match pattern {
        Pattern::Name(name) => Some((&**name, value.as_ref()?)),
        _ => None,
    })
}

/// The object that an expression is, a call's first object included: `defineConfig({ … })`. A name is
/// looked up, and a function stands for what it returns.
pub(super) fn object<'m>(module: &'m Module, expr: &'m Expr) -> Option<&'m [Property]> {
    object_within(module, expr, MAX_NAMES)
}

fn object_within<'m>(module: &'m Module, expr: &'m Expr, depth: u32) -> Option<&'m [Property]> {
    let depth = depth.checked_sub(1)?;
    match &expr.kind {
        Kind::Object(properties) => Some(properties),
        Kind::Name(name) => object_within(module, declared(module, name)?, depth),
        Kind::Call { arguments, .. } => arguments
            .iter()
            .find_map(|item| object_within(module, &item.value, depth)),
        Kind::Function(function) => function.body.iter().rev().find_map(|one| match &one.kind {
            StatementKind::Return(Some(value)) => object_within(module, value, depth),
            _ => None,
        }),
        _ => None,
    }
}

/// A property of an object.
pub(super) fn property<'m>(properties: &'m [Property], name: &str) -> Option<&'m Expr> {
    properties.iter().rev().find_map(|property| match property {
        Property::Value(Key::Name(key), value) if **key == *name => Some(value),
        _ => None,
    })
}

/// The keys of an object that are written out.
pub(super) fn keys(properties: &[Property]) -> impl Iterator<Item = &str> {
    properties.iter().filter_map(|property| match property {
        Property::Value(Key::Name(key), _) | Property::Getter(Key::Name(key), _) => Some(&**key),
        _ => None,
    })
}

/// The string that an expression is.
pub(super) fn text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        Kind::Text(text) => Some(text),
        _ => None,
    }
}

/// The flag that an expression is.
pub(super) fn flag(expr: &Expr) -> Option<bool> {
    match expr.kind {
        Kind::Bool(flag) => Some(flag),
        _ => None,
    }
}

/// The arguments of a call of a name: `route(…)`.
pub(super) fn call_of<'m>(expr: &'m Expr, name: &str) -> Option<&'m [Item]> {
    match &expr.kind {
        Kind::Call {
            callee, arguments, ..
        } if matches!(&callee.kind, Kind::Name(own) if **own == *name) => Some(arguments),
        Kind::Await(inner) => call_of(inner, name),
        _ => None,
    }
}

/// A setting of a config file's default export.
pub(super) fn setting<'m>(module: &'m Module, path: &[&str]) -> Option<&'m Expr> {
    let mut value = declared(module, DEFAULT)?;
    for name in path {
        value = property(object(module, value)?, name)?;
    }
    Some(value)
}
