//! What next.config says about URLs.

mod list;
mod scope;
mod search;

use scope::Scope;
use search::Search;

use crate::facts::code::Project;
use crate::facts::code::next_config::FILES;
use crate::facts::code::resolve::join;
use crate::facts::code::tree::{Expr, Key, Kind, Property};

/// The settings that decide under which URL a route is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NextConfig {
    /// The prefix of every URL; empty, or `/docs`.
    pub base_path: String,
    /// Whether URLs end in a slash.
    pub trailing_slash: bool,
    /// Whether the app is built to files and has no server: `output: 'export'`.
    pub is_exported: bool,
    /// The languages of the Pages Router.
    pub i18n: Option<I18n>,
    /// Further paths of routes, in order.
    pub rewrites: Vec<Rewrite>,
    /// Paths that lead elsewhere, in order.
    pub redirects: Vec<Redirect>,
    /// Settings that are there and would have to be computed.
    pub unreadable: Vec<Unreadable>,
}

/// `i18n`: the first segment of a path may be a language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct I18n {
    /// The languages.
    pub locales: Vec<String>,
    /// The one that is not written in paths.
    pub default_locale: String,
}

/// When a rewrite is tried. Middleware runs before all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RewriteStage {
    /// Before anything else.
    BeforeFiles,
    /// After pages and public files, before dynamic routes.
    AfterFiles,
    /// After everything else.
    Fallback,
}

/// An element of `rewrites`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// When it is tried.
    pub stage: RewriteStage,
    /// From where to where.
    pub rule: Rule,
}

/// An element of `redirects`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// From where to where.
    pub rule: Rule,
}

/// What rewrites and redirects have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The path, as path-to-regexp writes it.
    pub source: String,
    /// Where it leads; `None` where that is computed.
    pub destination: Option<String>,
    /// Whether it may not hold: `has` or `missing` make it depend on the request, or the code that
    /// adds it runs on a condition.
    pub conditional: bool,
    /// Whether the base path stands before the source: not with `basePath: false`.
    pub base_path: bool,
}

/// A setting that would have to be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The file.
    pub file: String,
    /// The line in it.
    pub line: u32,
    /// What it is: `basePath`.
    pub what: String,
}

/// So many places are enough to see that the whole is computed.
const MAX_UNREADABLE: usize = 100;

/// Reads the configuration of the app in a folder.
pub(super) fn read(project: &Project<'_>, folder: &str) -> NextConfig {
    let mut config = NextConfig::default();
    let files = FILES.iter().map(|name| join(folder, name));
    let Some(file) = files
        .into_iter()
        .find(|file| project.sources().is_file(file))
    else {
        return config;
    };
    let unreadable = |line, what: &str| Unreadable {
        file: file.clone(),
        line,
        what: what.to_owned(),
    };
    let search = Search::new(project);
    match project.module(&file) {
        Some(Ok(module)) => {
            let scope = Scope::of_module(&file, &module);
            if !search.settings(&scope) {
                config
                    .unreadable
                    .push(unreadable(1, "the configuration as a whole"));
            }
        }
        Some(Err(problem)) => {
            let what = format!("the file: {}", problem.message);
            config.unreadable.push(unreadable(problem.at.line, &what));
        }
        None => config.unreadable.push(unreadable(1, "the file")),
    }
    let mut reader = Reader {
        search: &search,
        config,
    };
    reader.base_path();
    reader.trailing_slash();
    reader.output();
    reader.i18n();
    reader.rewrites();
    reader.redirects();
    reader.config
}

struct Reader<'s, 'p> {
    search: &'s Search<'p>,
    config: NextConfig,
}

impl Reader<'_, '_> {
    fn unreadable(&mut self, scope: &Scope, expr: &Expr, what: &str) {
        if self.config.unreadable.len() >= MAX_UNREADABLE {
            return;
        }
        self.config.unreadable.push(Unreadable {
            file: scope.file.to_string(),
            line: scope.module.spot(expr.at).line,
            what: what.to_owned(),
        });
    }

    /// The one value that a setting has. Where it has several, or one on a condition, it is computed.
    fn only<T: PartialEq>(
        &mut self,
        name: &str,
        read: impl Fn(&Search<'_>, &Expr, &Scope) -> Option<T>,
    ) -> Option<T> {
        let mut only: Option<T> = None;
        for setting in self.search.found(name) {
            let value = read(self.search, &setting.value, &setting.scope);
            let fits = only.is_none() || only == value;
            match value.filter(|_| fits && !setting.maybe) {
                Some(value) => only = Some(value),
                None => {
                    let what = format!("`{name}`");
                    self.unreadable(&setting.scope, &setting.value, &what);
                    return None;
                }
            }
        }
        only
    }

    fn base_path(&mut self) {
        // dist/server/config.js stops the build at any other form.
        let is_path =
            |path: &String| path.is_empty() || (path.starts_with('/') && !path.ends_with('/'));
        let path = self.only("basePath", |search, expr, scope| search.text(expr, scope));
        self.config.base_path = path.filter(is_path).unwrap_or_default();
    }

    fn trailing_slash(&mut self) {
        let slash = self.only("trailingSlash", |search, expr, scope| {
            search.flag(expr, scope)
        });
        self.config.trailing_slash = slash.unwrap_or_default();
    }

    /// Where it is computed, or set on a condition, there may be a server.
    fn output(&mut self) {
        let mut is_exported = self.search.found("output").into_iter().map(|setting| {
            let output = self.search.text(&setting.value, &setting.scope);
            !setting.maybe && output.as_deref() == Some("export")
        });
        self.config.is_exported = is_exported.next() == Some(true) && is_exported.all(|one| one);
    }

    fn i18n(&mut self) {
        self.config.i18n = self.only("i18n", |search, expr, scope| {
            let mut read = None;
            search.follow(expr, scope, &mut |expr, scope| {
                let locales = property(expr, "locales");
                let default = property(expr, "defaultLocale");
                read = Some(I18n {
                    locales: search.texts(locales?, scope)?,
                    default_locale: search.text(default?, scope)?,
                });
                Some(())
            });
            read
        });
    }
}

/// A property of an object that is written out.
fn property<'e>(expr: &'e Expr, name: &str) -> Option<&'e Expr> {
    let Kind::Object(properties) = &expr.kind else {
        return None;
    };
    properties.iter().rev().find_map(|property| match property {
        Property::Value(Key::Name(key), value) if &**key == name => Some(value),
        _ => None,
    })
}
