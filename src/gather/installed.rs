//! What is installed, and what the manifests want.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use super::Reading;
use super::files::{LOCK_LIMIT, TEXT_LIMIT};
use super::packages::{Candidate, Catalogs, LOCK_NAMES, choose, levels, manager, path_from, wants};
use crate::facts::code::scan::is_test;
use crate::facts::document::{self, Node, Syntax};
use crate::facts::framework::Ecosystem;
use crate::facts::lockfile::{self, LockKind, Lockfile};
use crate::facts::manifest::{PackageJson, Section};
use crate::facts::packages::{
    Copy, Direct, Imported, Lock, LockFault, Packages, cores, entry, node, package_of,
};
use crate::facts::project::{App, Content};
use crate::facts::{Facts, advisories, tree};
use crate::model::{Known, Place};

/// What Clerk's packages name as their peers, besides what advisories name.
const PEERS: &[&str] = &[
    "react",
    "react-dom",
    "react-native",
    "react-router",
    "vue",
    "nuxt",
    "express",
    "fastify",
    "hono",
    "expo",
    "svelte",
    "@tanstack/react-router",
    "@tanstack/react-start",
];

/// Lock files by folder, each read once.
#[derive(Default)]
pub struct Locks(Mutex<BTreeMap<String, Arc<Vec<Held>>>>);

/// A lock file with its text.
struct Held {
    path: String,
    kind: LockKind,
    text: String,
    /// What it says, or why that cannot be read.
    lock: Result<Lockfile, LockFault>,
}

impl Held {
    fn as_lock(&self) -> Lock {
        Lock {
            path: self.path.clone(),
            fault: self.lock.as_ref().err().cloned(),
        }
    }
}

impl Locks {
    fn of(&self, reading: &Reading<'_>, folder: &str) -> Arc<Vec<Held>> {
        if let Ok(known) = self.0.lock()
            && let Some(held) = known.get(folder)
        {
            return Arc::clone(held);
        }
        let held = Arc::new(read(reading, folder));
        if let Ok(mut known) = self.0.lock() {
            known.insert(folder.to_owned(), Arc::clone(&held));
        }
        held
    }
}

fn read(reading: &Reading<'_>, folder: &str) -> Vec<Held> {
    let mut found = Vec::new();
    for name in LOCK_NAMES {
        let path = tree::join(folder, name);
        let Some(kind) = lockfile::kind_of(name) else {
            continue;
        };
        let is_binary = kind == LockKind::BunBinary;
        let fault = |why: String, place: Place| LockFault {
            why,
            place,
            is_binary,
        };
        // A lock file that is too large, or leads out of the project, is there all the same.
        let (text, lock) = match reading.root.read(&path, LOCK_LIMIT) {
            Ok(None) => continue,
            Ok(Some(text)) => {
                let lock = lockfile::parse(kind, &text)
                    .map_err(|e| fault(e.message, at(&path, e.line, e.column)));
                (text, lock)
            }
            Err(e) => (String::new(), Err(fault(e.why, Place::file(&path)))),
        };
        found.push(Held {
            path,
            kind,
            text,
            lock,
        });
    }
    found
}

/// The packages of an app.
pub(super) fn packages_of(reading: &Reading<'_>, facts: &Facts) -> Known<Packages> {
    let app = &facts.app;
    if app.framework.ecosystem != Ecosystem::Npm {
        return Known::Yes(Packages::default());
    }
    let mut packages = Packages {
        is_npm: true,
        direct: direct(reading, app),
        lock: lock_of(reading, app),
        node: wishes(reading, app),
        host: host(reading, app),
        ..Packages::default()
    };
    packages.copies = copies(reading, app, &packages);
    for (path, file) in reading.scanned.below(reading.tree, &app.path) {
        if is_test(path) || !reading.is_of(app, path) {
            continue;
        }
        let mut calls = file.mentions.verify_webhook.iter();
        if let (None, Some(call)) = (&packages.verifies_webhook, calls.next()) {
            packages.verifies_webhook = Some(at(path, call.at.line, call.at.column));
        }
        for specifier in &file.mentions.clerk_imports {
            let known = |one: &Imported| one.specifier == *specifier;
            if !packages.imported.iter().any(known) {
                packages.imported.push(Imported {
                    specifier: specifier.clone(),
                    file: path.to_owned(),
                });
            }
        }
    }
    Known::Yes(packages)
}

fn at(file: &str, line: u32, column: u32) -> Place {
    Place::Span {
        file: file.to_owned(),
        line,
        column,
        excerpt: None,
    }
}

fn manifest<'r>(reading: &'r Reading<'_>, path: &str) -> Option<&'r PackageJson> {
    let found = reading.manifests.iter().find(|one| one.path == path)?;
    match &found.content {
        Content::Npm(json) => Some(json),
        Content::Foreign(..) => None,
    }
}

/// Everything that the app's manifest asks for, and what of Clerk's its workspace packages ask for.
fn direct(reading: &Reading<'_>, app: &App) -> Vec<Direct> {
    let mut found: Vec<Direct> = Vec::new();
    let of_app = source(reading, &app.path);
    let own = std::iter::once((app.path.as_str(), app.manifest.clone(), true));
    let libraries = app.libraries.iter();
    let libraries =
        libraries.map(|folder| (folder.as_str(), tree::join(folder, "package.json"), false));
    for (folder, path, is_own) in own.chain(libraries) {
        let Some(json) = manifest(reading, &path) else {
            continue;
        };
        let catalogs = Catalogs::above(reading.root, reading.manifests, folder);
        let overrides = overrides(reading, folder);
        let covering = |one: &&Source| tree::is_below(folder, &one.level);
        let of_library = match of_app.as_ref().filter(covering) {
            None if !is_own => source(reading, folder),
            _ => None,
        };
        let source = of_app.as_ref().filter(covering).or(of_library.as_ref());
        let lock = match source {
            Some(source) => source.lock(),
            None => nearest(reading, folder),
        };
        let is_taken = |name: &str| imports(reading, &[&app.path, folder], name);
        for (name, dependency) in &json.dependencies {
            // What a library names and no code takes from is not deployed with the app.
            let wanted = is_own || (cores::is_clerk(name) && is_taken(name));
            if !wanted || found.iter().any(|known| known.name == *name) {
                continue;
            }
            let range = catalogs.range(name, &dependency.range);
            let below = source.map(|source| path_from(reading.root, &source.level, folder));
            found.push(one(
                source.zip(below.as_deref()),
                lock.clone(),
                Asked {
                    name,
                    range: overrides.get(name).unwrap_or(&range),
                    // Yarn knows an entry by the range of the manifest.
                    written: &range,
                    section: dependency.section,
                    wanted: at(&path, dependency.line, 1),
                },
            ));
        }
    }
    found
}

/// Whether code in one of some folders imports a package of Clerk's, tests left out.
fn imports(reading: &Reading<'_>, folders: &[&str], name: &str) -> bool {
    folders.iter().any(|folder| {
        let mut files = reading.scanned.below(reading.tree, folder);
        files.any(|(path, file)| {
            let mut taken = file.mentions.clerk_imports.iter();
            !is_test(path) && taken.any(|specifier| package_of(specifier) == name)
        })
    })
}

/// What a manifest asks for.
struct Asked<'a> {
    name: &'a str,
    range: &'a str,
    written: &'a str,
    section: Section,
    wanted: Place,
}

/// The version of what is asked for: that of the lock file, for a folder as seen from there.
fn one(source: Option<(&Source, &str)>, lock: Option<Lock>, asked: Asked<'_>) -> Direct {
    let (name, range) = (asked.name, asked.range);
    let mut direct = Direct {
        name: name.to_owned(),
        range: range.to_owned(),
        section: asked.section,
        known: asked.wanted.clone(),
        wanted: asked.wanted,
        version: None,
        is_exact: false,
        lock,
        peers: Vec::new(),
    };
    let resolved = source.and_then(|(source, below)| {
        let held = source.held()?;
        let version = held
            .lock
            .as_ref()
            .ok()?
            .resolve(below, name, asked.written)?;
        Some((held, version))
    });
    if let Some((held, version)) = resolved {
        let is_interesting =
            cores::is_clerk(name) || advisories::names(name) || PEERS.contains(&name);
        let found = is_interesting.then(|| entry::find(held.kind, &held.text, name, &version));
        if let Some(entry) = found.flatten() {
            direct.known = at(&held.path, entry.line, 1);
            direct.peers = entry.peers;
        }
        direct.version = Some(version);
        direct.is_exact = true;
        return direct;
    }
    direct.version = lockfile::minimum(range);
    direct.is_exact =
        direct.version.as_deref() == Some(range.trim().trim_start_matches(['v', '=']));
    direct
}

/// The versions that the manifests above a folder put in place of what is asked for.
fn overrides(reading: &Reading<'_>, folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for level in levels(reading.root, folder) {
        let path = tree::join(&level, "package.json");
        let text = reading.root.read(&path, TEXT_LIMIT).ok().flatten();
        let root = text.and_then(|text| document::parse(Syntax::Json, &text).ok());
        let Some(root) = root else { continue };
        let lists = [
            root.get("overrides"),
            root.get("resolutions"),
            root.path(&["pnpm", "overrides"]),
        ];
        for entry in lists.into_iter().flatten().flat_map(Node::entries) {
            if let Some(range) = entry.value.text() {
                let range = range.to_owned();
                found.entry(entry.key.clone()).or_insert(range);
            }
        }
    }
    found
}

/// The lock file that a folder is installed from.
struct Source {
    level: String,
    all: Arc<Vec<Held>>,
    index: usize,
}

impl Source {
    fn held(&self) -> Option<&Held> {
        self.all.get(self.index)
    }

    fn lock(&self) -> Option<Lock> {
        self.held().map(Held::as_lock)
    }
}

fn source(reading: &Reading<'_>, folder: &str) -> Option<Source> {
    let mut found: Vec<(Source, String)> = Vec::new();
    for level in levels(reading.root, folder) {
        let all = reading.once.locks.of(reading, &level);
        for index in 0..all.len() {
            let below = path_from(reading.root, &level, folder);
            let (level, all) = (level.clone(), Arc::clone(&all));
            found.push((Source { level, all, index }, below));
        }
    }
    found.retain(|(one, _)| one.held().is_some_and(|held| held.lock.is_ok()));
    let candidates: Vec<Candidate<'_>> = found
        .iter()
        .filter_map(|(one, below)| {
            let held = one.held()?;
            Some(Candidate {
                kind: held.kind,
                lock: held.lock.as_ref().ok()?,
                below,
            })
        })
        .collect();
    let wants = wants(reading.root, reading.manifests, folder);
    let manager = manager(reading.root, reading.manifests, folder);
    let chosen = choose(&candidates, &wants, manager)?;
    found.into_iter().nth(chosen).map(|(one, _)| one)
}

/// The lock file of the app; the nearest one where none knows it.
fn lock_of(reading: &Reading<'_>, app: &App) -> Option<Lock> {
    let known = source(reading, &app.path).and_then(|one| one.lock());
    known.or_else(|| nearest(reading, &app.path))
}

fn nearest(reading: &Reading<'_>, folder: &str) -> Option<Lock> {
    levels(reading.root, folder).iter().find_map(|level| {
        let held = reading.once.locks.of(reading, level);
        let best = held.iter().find(|held| held.lock.is_ok());
        best.or(held.first()).map(Held::as_lock)
    })
}

/// What came along. Which app of several needs a version cannot be told from most lock files, so this is
/// answered only where the file is one app's alone.
fn copies(reading: &Reading<'_>, app: &App, packages: &Packages) -> Vec<Copy> {
    let Some(lock) = &packages.lock else {
        return Vec::new();
    };
    let folder = tree::folder(&lock.path);
    let others = reading.manifests.iter().filter(|one| {
        tree::is_below(&one.path, folder)
            && matches!(one.content, Content::Npm(_))
            && one.path != app.manifest
    });
    if !reading.tree.reaches(folder) || (folder != app.path && others.count() > 1) {
        return Vec::new();
    }
    if folder == app.path && reading.folders.len() > 1 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for held in reading.once.locks.of(reading, folder).iter() {
        let Some(lock) = held
            .lock
            .as_ref()
            .ok()
            .filter(|_| held.path == packages_path(packages))
        else {
            continue;
        };
        let names: BTreeSet<&str> = lock
            .packages()
            .filter(|name| cores::is_clerk(name) || advisories::names(name))
            .collect();
        for name in names {
            for version in lock.versions(name) {
                let known = packages.direct(name);
                let is_direct =
                    known.is_some_and(|known| known.version.as_deref() == Some(version));
                if is_direct || lock.is_only_for_development(name, version) {
                    continue;
                }
                let entry = entry::find(held.kind, &held.text, name, version);
                found.push(Copy {
                    name: name.to_owned(),
                    version: version.to_owned(),
                    place: match entry {
                        Some(entry) => at(&held.path, entry.line, 1),
                        None => Place::file(&held.path),
                    },
                });
            }
        }
    }
    found
}

fn packages_path(packages: &Packages) -> &str {
    packages
        .lock
        .as_ref()
        .map(|lock| lock.path.as_str())
        .unwrap_or_default()
}

/// Where a Node.js is asked for: for the app itself, and for all of the repository.
fn wishes(reading: &Reading<'_>, app: &App) -> Vec<node::Wish> {
    let read = |path: &str| reading.root.read(path, TEXT_LIMIT).ok().flatten();
    let mut found = Vec::new();
    for level in levels(reading.root, &app.path) {
        if !reading.tree.reaches(&level) {
            continue;
        }
        let path = tree::join(&level, "package.json");
        found.extend(read(&path).map_or_else(Vec::new, |text| node::of_manifest(&path, &text)));
        for name in [".nvmrc", ".node-version", ".tool-versions"] {
            let path = tree::join(&level, name);
            found.extend(read(&path).and_then(|text| node::of_version_file(&path, &text)));
        }
    }
    let of_tree = reading.once.images.get_or_init(|| {
        let tree = reading.tree;
        let asks = |path: &&String| {
            is_dockerfile(tree::file_name(path)) || is_workflow(&tree.from_workspace(path))
        };
        tree.with_workspace().filter(asks).cloned().collect()
    });
    for path in of_tree {
        let name = tree::file_name(path);
        if !reading.is_of(app, path) {
            continue;
        }
        if is_dockerfile(name) {
            found.extend(read(path).map_or_else(Vec::new, |text| node::of_dockerfile(path, &text)));
        } else {
            found.extend(read(path).map_or_else(Vec::new, |text| node::of_workflow(path, &text)));
        }
    }
    found
}

/// A Dockerfile of what is deployed.
fn is_dockerfile(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let named =
        lower == "dockerfile" || lower.starts_with("dockerfile.") || lower.ends_with(".dockerfile");
    let aside = ["dev", "test", "local", "e2e", "ci"];
    named
        && !lower
            .split(['.', '-', '_'])
            .any(|part| aside.contains(&part))
}

fn is_workflow(path: &str) -> bool {
    path.starts_with(".github/workflows/") && (path.ends_with(".yml") || path.ends_with(".yaml"))
}

/// The host that the files of the app, or of the repository around it, are made for.
fn host(reading: &Reading<'_>, app: &App) -> Option<&'static str> {
    const SIGNS: &[(&str, &str)] = &[
        ("vercel.json", "Vercel"),
        (".vercel/project.json", "Vercel"),
        ("netlify.toml", "Netlify"),
    ];
    let levels = levels(reading.root, &app.path);
    let inside = || levels.iter().filter(|level| reading.tree.reaches(level));
    // Whoever has a Dockerfile as well may run it anywhere.
    let mut files = reading.tree.below(&app.path).iter();
    if files.any(|path| is_dockerfile(tree::file_name(path))) {
        return None;
    }
    let has = |level: &str, sign: &str| {
        let read = reading.root.read(&tree::join(level, sign), TEXT_LIMIT);
        read.is_ok_and(|text| text.is_some())
    };
    inside().find_map(|level| {
        let found = SIGNS.iter().find(|(sign, _)| has(level, sign))?;
        Some(found.1)
    })
}
