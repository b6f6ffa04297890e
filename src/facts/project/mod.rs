//! From manifests to apps: what in this directory uses Clerk, and is deployed by itself.

mod signs;

use std::collections::{BTreeMap, BTreeSet};

use super::dotenv::Dialect;
use super::framework::{self, Ecosystem, Framework, Side};
use super::manifest::{PackageJson, Requirement};
use super::tree::{self, Tree};
use crate::model::AppKind;
pub use signs::is_aside;
use signs::{has_app_marker, runs_vite, script_env_files};

/// One manifest, read.
#[derive(Debug)]
pub struct Manifest {
    /// Its path.
    pub path: String,
    /// What it says.
    pub content: Content,
}

/// What a manifest says.
#[derive(Debug)]
pub enum Content {
    /// A `package.json`.
    Npm(PackageJson),
    /// A manifest of another language, as the packages that it requires.
    Foreign(Ecosystem, Vec<Requirement>),
}

/// A Clerk package that an app depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClerkPackage {
    /// Its name.
    pub name: String,
    /// The range in the manifest.
    pub range: String,
    /// The manifest that names it.
    pub manifest: String,
    /// 1-based line in that manifest.
    pub line: u32,
    /// The installed version, where a lock file tells it.
    pub version: Option<String>,
}

/// One app, or one package that apps import.
#[derive(Debug, Clone)]
pub struct App {
    /// Its folder; `""` is the audited directory.
    pub path: String,
    /// Its name in the manifest.
    pub name: Option<String>,
    /// Its manifest.
    pub manifest: String,
    /// Deployed by itself, or imported by what is.
    pub kind: AppKind,
    /// The framework that it is reported as.
    pub framework: &'static Framework,
    /// A second one in the same package: the server beside a browser app.
    pub also: Vec<&'static Framework>,
    /// Installed version of the first framework, else the range of the manifest.
    pub framework_version: Option<String>,
    /// Its Clerk packages, those of the workspace packages that it imports included.
    pub clerk: Vec<ClerkPackage>,
    /// Folders of workspace packages that bring Clerk into it.
    pub libraries: Vec<String>,
    /// Its packages with the ranges of the manifest, for resolving versions.
    pub ranges: BTreeMap<String, String>,
    /// Env files that its scripts load (`dotenv -e ../../.env -- next build`).
    pub script_env_files: Vec<String>,
}

impl App {
    /// An app of which no more is known than where it is and what it is.
    pub fn bare(path: &str, kind: AppKind, framework: &'static Framework) -> Self {
        Self {
            path: path.to_owned(),
            name: None,
            manifest: String::new(),
            kind,
            framework,
            also: Vec::new(),
            framework_version: None,
            clerk: Vec::new(),
            libraries: Vec::new(),
            ranges: BTreeMap::new(),
            script_env_files: Vec::new(),
        }
    }

    /// Its frameworks, first the one that it is reported as.
    pub fn stack(&self) -> impl Iterator<Item = &'static Framework> + '_ {
        std::iter::once(self.framework).chain(self.also.iter().copied())
    }

    /// The folder as it is shown.
    pub fn shown_path(&self) -> &str {
        if self.path.is_empty() {
            "."
        } else {
            &self.path
        }
    }

    /// The names of a key, over all its frameworks.
    pub fn names(&self, of: impl Fn(&Framework) -> &'static [&'static str]) -> Vec<&'static str> {
        let mut names = Vec::new();
        for name in self.stack().flat_map(of) {
            if !names.contains(name) {
                names.push(*name);
            }
        }
        names
    }

    /// Whether any of its code runs on a server.
    pub fn has_server(&self) -> bool {
        self.stack().any(|framework| framework.side != Side::Client)
    }

    /// Whose syntax its env files have. Vite reads them with Node's own parser from version 8 on, and
    /// frameworks that bring Vite along bring an older one.
    pub fn env_dialect(&self) -> Dialect {
        let vite = self.ranges.get("vite").and_then(|range| major(range));
        match self.framework.env.dialect {
            Dialect::Vite if vite.is_none_or(|major| major < 8) => Dialect::ViteBefore8,
            dialect => dialect,
        }
    }

    /// The major version of its framework, where it is known.
    pub fn framework_major(&self) -> Option<u32> {
        major(self.framework_version.as_deref()?)
    }
}

/// The first number of a version or range.
fn major(version: &str) -> Option<u32> {
    let digits = version.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// Everything in the tree that uses Clerk, apps and libraries, by path. `imports` answers whether a
/// source file of a folder imports one of some package names.
pub fn discover(
    manifests: &[Manifest],
    tree: &Tree,
    imports: &dyn Fn(&str, &[&str]) -> bool,
) -> Discovery {
    let workspace = Workspace::new(manifests);
    let mut found: Vec<App> = Vec::new();
    for at in 0..workspace.packages.len() {
        found.extend(workspace.npm_app(at, tree, imports));
    }
    for manifest in manifests {
        if let Content::Foreign(ecosystem, requirements) = &manifest.content {
            found.extend(foreign_app(manifest, *ecosystem, requirements, &found));
        }
    }
    split_nx_root(&mut found, tree, imports);
    drop_hoisting_root(&mut found, tree);
    let (above, found): (Vec<App>, Vec<App>) =
        found.into_iter().partition(|app| tree::is_above(&app.path));
    let (mut apps, mut aside): (Vec<App>, Vec<App>) =
        found.into_iter().partition(|app| !is_aside(&app.path));
    if apps.is_empty() {
        std::mem::swap(&mut apps, &mut aside);
    }
    apps.sort_by(|a, b| a.path.cmp(&b.path).then(a.manifest.cmp(&b.manifest)));
    Discovery { apps, aside, above }
}

/// Whether any manifest names a package of Clerk's.
pub fn any_clerk(manifests: &[Manifest]) -> bool {
    manifests.iter().any(|manifest| match &manifest.content {
        Content::Npm(package) => package
            .dependencies
            .keys()
            .any(|name| framework::is_clerk_package(Ecosystem::Npm, name)),
        Content::Foreign(ecosystem, all) => all
            .iter()
            .any(|one| framework::is_clerk_package(*ecosystem, &one.name)),
    })
}

/// What discovery found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Apps and libraries, by path.
    pub apps: Vec<App>,
    /// What uses Clerk and was left aside as a sample, a fixture or a test.
    pub aside: Vec<App>,
    /// What uses Clerk in the workspace around the audited directory, and is not audited.
    pub above: Vec<App>,
}

/// One `package.json`, with what is asked of it for every package that reaches it.
struct Package<'m> {
    manifest: &'m Manifest,
    json: &'m PackageJson,
    /// The Clerk packages that it names itself.
    clerk: Vec<ClerkPackage>,
    /// Whether one of them is an SDK.
    has_sdk: bool,
    /// The packages of the workspace that it depends on, by index.
    needs: Vec<usize>,
}

struct Workspace<'m> {
    /// Every `package.json`.
    packages: Vec<Package<'m>>,
    /// Names that some manifest in the tree depends on.
    depended_on: BTreeSet<&'m str>,
}

impl<'m> Workspace<'m> {
    fn new(manifests: &'m [Manifest]) -> Self {
        let mut packages: Vec<Package<'m>> = manifests
            .iter()
            .filter_map(|manifest| match &manifest.content {
                Content::Npm(json) => Some((manifest, json)),
                Content::Foreign(..) => None,
            })
            .map(|(manifest, json)| {
                let clerk = direct_clerk(manifest, json);
                Package {
                    manifest,
                    json,
                    has_sdk: clerk.iter().any(|found| is_sdk(&found.name)),
                    clerk,
                    needs: Vec::new(),
                }
            })
            .collect();
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, package) in packages.iter().enumerate() {
            if let Some(name) = &package.json.name {
                by_name.entry(name.as_str()).or_insert(at);
            }
        }
        let mut depended_on = BTreeSet::new();
        for package in &mut packages {
            let names = package.json.dependencies.keys().map(String::as_str);
            let inside = names.filter_map(|name| by_name.get_key_value(name));
            for (name, at) in inside {
                depended_on.insert(*name);
                package.needs.push(*at);
            }
        }
        Self {
            packages,
            depended_on,
        }
    }

    fn npm_app(
        &self,
        at: usize,
        tree: &Tree,
        imports: &dyn Fn(&str, &[&str]) -> bool,
    ) -> Option<App> {
        let own = self.packages.get(at)?;
        let (manifest, package, direct) = (own.manifest, own.json, own.has_sdk);
        let path = tree::folder(&manifest.path).to_owned();
        let libraries = self.clerk_libraries(at);
        let mut clerk = own.clerk.clone();
        if !direct {
            let names = libraries
                .iter()
                .filter_map(|library| library.json.name.as_deref());
            let names: Vec<&str> = names.collect();
            if names.is_empty() || !imports(&path, &names) {
                return None;
            }
        }
        let has = |name: &str| {
            package.dependencies.contains_key(name) || (name == "vite" && runs_vite(package))
        };
        let detect = |clerk: &[ClerkPackage]| {
            let names: Vec<&str> = clerk.iter().map(|found| found.name.as_str()).collect();
            framework::detect(Ecosystem::Npm, &names, &has)
        };
        // What the app itself depends on says what it is; only then what its libraries bring.
        let mut stack = detect(&clerk);
        for found in libraries.iter().flat_map(|library| &library.clerk) {
            if !clerk.iter().any(|known| known.name == found.name) {
                clerk.push(found.clone());
            }
        }
        if stack.is_empty() {
            stack = detect(&clerk);
        }
        let mut stack = stack.into_iter();
        let framework = stack.next()?;
        let also: Vec<_> = stack.collect();
        let kind = self.kind(package, &path, framework, tree);
        if !direct && kind == AppKind::Library {
            return None;
        }
        let ranges = package
            .dependencies
            .iter()
            .map(|(name, dependency)| (name.clone(), dependency.range.clone()));
        Some(App {
            name: package.name.clone(),
            manifest: manifest.path.clone(),
            kind,
            framework,
            also,
            framework_version: None,
            clerk,
            libraries: libraries
                .iter()
                .map(|library| tree::folder(&library.manifest.path).to_owned())
                .collect(),
            ranges: ranges.collect(),
            script_env_files: script_env_files(package, &path),
            path,
        })
    }

    /// The other packages of the workspace with a Clerk SDK that a package reaches, by name.
    fn clerk_libraries(&self, from: usize) -> Vec<&Package<'m>> {
        let mut seen = vec![false; self.packages.len()];
        let mut todo = vec![from];
        let mut found = Vec::new();
        while let Some(at) = todo.pop() {
            let fresh = seen
                .get_mut(at)
                .is_some_and(|seen| !std::mem::replace(seen, true));
            let Some(package) = self.packages.get(at).filter(|_| fresh) else {
                continue;
            };
            if package.has_sdk && at != from {
                found.push(package);
            }
            todo.extend(&package.needs);
        }
        found.sort_by_key(|package| package.json.name.as_deref());
        found
    }

    /// A library is imported by another package, or is made to be published, and shows nothing that
    /// only an app has.
    fn kind(
        &self,
        package: &PackageJson,
        path: &str,
        framework: &'static Framework,
        tree: &Tree,
    ) -> AppKind {
        // A root with `files` is more often an app with an odd manifest than a package on its own.
        if package.published && !tree.is_root(path) {
            return AppKind::Library;
        }
        if has_app_marker(path, tree) {
            return AppKind::App;
        }
        let imported = package
            .name
            .as_deref()
            .is_some_and(|name| self.depended_on.contains(name));
        let peer = package.dependencies.iter().any(|(name, dependency)| {
            framework::is_clerk_package(Ecosystem::Npm, name)
                && dependency.section == super::manifest::Section::Peer
        });
        let shelf = tree
            .from_workspace(path)
            .split('/')
            .next()
            .is_some_and(|first| matches!(first, "packages" | "libs" | "tooling"));
        let serves = framework.side == Side::Server
            && ["start", "dev", "deploy", "serve"]
                .iter()
                .any(|script| package.scripts.contains_key(*script));
        if imported || peer || (shelf && !serves) {
            AppKind::Library
        } else {
            AppKind::App
        }
    }
}

fn is_sdk(name: &str) -> bool {
    framework::is_clerk_package(Ecosystem::Npm, name) && !framework::NOT_AN_SDK.contains(&name)
}

fn direct_clerk(manifest: &Manifest, package: &PackageJson) -> Vec<ClerkPackage> {
    let clerk = package
        .dependencies
        .iter()
        .filter(|(name, _)| framework::is_clerk_package(Ecosystem::Npm, name));
    clerk
        .map(|(name, dependency)| ClerkPackage {
            name: name.clone(),
            range: dependency.range.clone(),
            manifest: manifest.path.clone(),
            line: dependency.line,
            version: None,
        })
        .collect()
}

fn foreign_app(
    manifest: &Manifest,
    ecosystem: Ecosystem,
    requirements: &[Requirement],
    found: &[App],
) -> Option<App> {
    let path = tree::folder(&manifest.path);
    // requirements.txt beside pyproject.toml, Gemfile beside Gemfile.lock: one app.
    if found
        .iter()
        .any(|app| app.path == path && app.framework.ecosystem == ecosystem)
    {
        return None;
    }
    let clerk: Vec<ClerkPackage> = requirements
        .iter()
        .filter(|requirement| framework::is_clerk_package(ecosystem, &requirement.name))
        .map(|requirement| ClerkPackage {
            name: requirement.name.clone(),
            range: requirement.range.clone(),
            manifest: manifest.path.clone(),
            line: requirement.line,
            version: None,
        })
        .collect();
    let names: Vec<&str> = clerk.iter().map(|found| found.name.as_str()).collect();
    let has = |name: &str| {
        requirements
            .iter()
            .any(|requirement| requirement.name == name)
    };
    let framework = *framework::detect(ecosystem, &names, &has).first()?;
    Some(App {
        path: path.to_owned(),
        name: None,
        manifest: manifest.path.clone(),
        kind: AppKind::App,
        framework,
        also: Vec::new(),
        framework_version: None,
        clerk,
        libraries: Vec::new(),
        ranges: requirements
            .iter()
            .map(|r| (r.name.clone(), r.range.clone()))
            .collect(),
        script_env_files: Vec::new(),
    })
}

/// A workspace root that lists Clerk for the folders below it is no app of its own.
fn drop_hoisting_root(found: &mut Vec<App>, tree: &Tree) {
    let others = found
        .iter()
        .any(|app| !app.path.is_empty() && !is_aside(&app.path));
    if others && tree.is_root("") && !has_app_marker("", tree) && !tree.has_folder("src") {
        found.retain(|app| !app.path.is_empty() || app.framework.ecosystem != Ecosystem::Npm);
    }
}

/// An integrated Nx workspace has one manifest at the root and a `project.json` in each app.
fn split_nx_root(found: &mut Vec<App>, tree: &Tree, imports: &dyn Fn(&str, &[&str]) -> bool) {
    let Some(root) = found.iter().find(|app| app.path.is_empty()).cloned() else {
        return;
    };
    if !tree.has("nx.json") || root.framework.ecosystem != Ecosystem::Npm {
        return;
    }
    let names: Vec<&str> = root
        .clerk
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let projects = tree
        .files()
        .iter()
        .filter(|file| tree::file_name(file) == "project.json");
    for folder in projects.map(|file| tree::folder(file)) {
        let known = folder.is_empty() || found.iter().any(|app| app.path == folder);
        if !known && has_app_marker(folder, tree) && imports(folder, &names) {
            found.push(App {
                path: folder.to_owned(),
                name: None,
                kind: AppKind::App,
                ..root.clone()
            });
        }
    }
}
