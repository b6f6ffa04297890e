//! The route map of each app.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::files::Root;
use super::{Reading, packages, source};
use crate::facts::Facts;
use crate::facts::code::Project;
use crate::facts::code::entry::State;
use crate::facts::code::map::{self, MapApp};
use crate::facts::code::visitor::{Answer, Setting};
use crate::facts::env::Env;
use crate::facts::lockfile;
use crate::facts::project::{App, Manifest};
use crate::facts::tree::Tree;
use crate::model::routes::RouteMap;
use crate::model::{AppKind, Known};

/// What is asked about routes.
#[derive(Debug, Clone, Default)]
pub struct RoutesPlan {
    /// Only the route that answers this URL.
    pub url: Option<String>,
    /// The names of all variables that are set when the app runs, where somebody knows.
    pub names: Option<BTreeSet<String>>,
}

/// The map of an app, once everything else about it is known.
pub fn map_of(reading: &Reading<'_>, facts: &Facts) -> Known<RouteMap> {
    let (app, plan) = (&facts.app, &reading.plan.routes);
    if app.kind != AppKind::App {
        return Known::NotAsked("a library has no routes of its own".to_owned());
    }
    let below = reading.tree.below(&app.path);
    let files: Vec<&str> = below.iter().map(String::as_str).collect();
    let setting = Setting {
        names: plan.names.clone(),
        ..setting(app, facts.env.as_ref())
    };
    let middleware = match facts.entry.as_ref().map(|entry| &entry.state) {
        Some(State::File { file }) => Some(file.as_str()),
        _ => None,
    };
    let version = app.framework_version.as_deref();
    let asked = MapApp {
        project: reading.project,
        folder: &app.path,
        files: &files,
        framework: app.framework.id,
        shown: [app.framework.name, version.unwrap_or_default()]
            .join(" ")
            .trim()
            .to_owned(),
        version: version.and_then(lowest),
        middleware,
        setting: &setting,
        public: &facts.declared.public,
    };
    match map::map(&asked, plan.url.as_deref()) {
        Some(map) => Known::Yes(map),
        None => Known::NotAsked(format!("routes of {} are not read yet", app.framework.name)),
    }
}

/// A checkout of which single questions are asked.
pub struct Checkout {
    root: Root,
    tree: Tree,
    manifests: Vec<Manifest>,
}

/// An app of a checkout, as something that knows it describes it.
pub struct Described<'a> {
    /// Its folder; empty for the checkout itself.
    pub folder: &'a str,
    /// The version of Next.js.
    pub next: &'a str,
    /// The file of its middleware.
    pub middleware: &'a str,
    /// What is known beside the code.
    pub setting: &'a Setting,
}

impl Checkout {
    /// Opens a folder.
    pub fn open(path: &Path) -> Result<Self> {
        let root = Root::open(path)?;
        let (tree, mut gaps) = root.list();
        let manifests = packages::read_manifests(&root, &tree, &mut gaps);
        Ok(Self {
            root,
            tree,
            manifests,
        })
    }

    /// What the middleware of a Next.js app does with requests, each a method and a path.
    pub fn middleware(&self, described: &Described<'_>, asked: &[(&str, &str)]) -> Vec<Answer> {
        let sources = source::Files::new(&self.root, &self.tree);
        let workspace = source::workspace_names(&self.manifests);
        let project = Project::new(&sources, &workspace);
        let files: Vec<&str> = self
            .tree
            .below(described.folder)
            .iter()
            .map(String::as_str)
            .collect();
        let app = MapApp {
            project: &project,
            folder: described.folder,
            files: &files,
            framework: "next",
            shown: String::new(),
            version: lowest(described.next),
            middleware: Some(described.middleware),
            setting: described.setting,
            public: &[],
        };
        map::middleware(&app, asked)
    }
}

/// What is known beside the code: the version of the SDK, and variables that are no secrets.
fn setting(app: &App, env: Option<&Env>) -> Setting {
    let of_framework =
        |name: &str| app.framework.packages.contains(&name) && name.starts_with("@clerk/");
    let sdk = app.clerk.iter().find(|package| {
        package.name == format!("@clerk/{}js", app.framework.id) || of_framework(&package.name)
    });
    let clerk =
        sdk.and_then(|package| lowest(package.version.as_deref().unwrap_or(&package.range)));
    let variables = env.into_iter().flat_map(Env::all);
    let plain = variables.filter(|variable| variable.is_set() && is_switch(&variable.winner.name));
    Setting {
        clerk,
        env: plain
            .map(|variable| {
                (
                    variable.winner.name.clone(),
                    variable.value().expose().to_owned(),
                )
            })
            .collect(),
        ..Setting::default()
    }
}

/// Whether the value of a variable may decide a branch and is no secret.
fn is_switch(name: &str) -> bool {
    const SECRET: &[&str] = &[
        "SECRET",
        "KEY",
        "TOKEN",
        "PASSWORD",
        "PASS",
        "SALT",
        "DSN",
        "CREDENTIALS",
    ];
    const URL_OF_CLERK: &[&str] = &["SIGN_IN_URL", "SIGN_UP_URL"];
    let plain = !name.split('_').any(|part| SECRET.contains(&part));
    let address = name.ends_with("_URL") || name.ends_with("_URI");
    plain && (!address || URL_OF_CLERK.iter().any(|end| name.ends_with(end)))
}

/// The numbers of a version, or of the lowest that a range allows.
pub fn lowest(text: &str) -> Option<(u32, u32, u32)> {
    let exact = lockfile::minimum(text).unwrap_or_else(|| text.to_owned());
    let plain = exact.split(['-', '+']).next()?;
    let mut parts = plain.split('.').map(str::parse::<u32>);
    Some((
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    ))
}
