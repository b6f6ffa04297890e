//! Which code the browser gets: from the entry points of the client through the imports.
//!
//! First by the bytes of the files alone, from the roots forward: nearly always nothing that belongs on a
//! server is among them. Only the files on a way from a root to such a place are parsed, and of each only
//! what a bundler would keep counts.

mod config;
mod imports;
mod kept;
mod roots;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Project;
use super::module::Module;
use super::resolve::Target;
use super::value::Taken;
use crate::facts::secrets::is_secret_name;
use crate::model::Place;

pub use config::{Exposed, Exposure};
use kept::{Kept, Used};
pub use roots::{Files, Root, roots};

/// So many files are looked at; more code than that no browser gets.
const FILES: usize = 20_000;

/// So many modules are read closely.
const MODULES: usize = 2_000;

/// So many places are told.
const MOST: usize = 20;

/// Clerk's packages and entries that belong on a server.
pub const SERVER_ENTRIES: &[&str] = &[
    "@clerk/nextjs/server",
    "@clerk/nextjs/webhooks",
    "@clerk/backend",
    "@clerk/express",
    "@clerk/fastify",
    "@clerk/hono",
    "@clerk/clerk-sdk-node",
    "@clerk/remix/ssr.server",
    "@clerk/remix/api.server",
    "@clerk/react-router/server",
    "@clerk/react-router/ssr.server",
    "@clerk/react-router/api.server",
    "@clerk/tanstack-react-start/server",
    "@clerk/tanstack-react-start/webhooks",
    "@clerk/tanstack-start/server",
    "@clerk/astro/server",
    "@clerk/nuxt/server",
    "@hono/clerk-auth",
    "svelte-clerk/server",
];

/// The code that the browser gets, as far as it holds what it should not.
#[derive(Debug, Default)]
pub struct ClientCode {
    /// Whether any code of it was found.
    pub has_roots: bool,
    /// What belongs on a server and is in it.
    pub strays: Vec<Stray>,
    /// Settings that hand secrets to it.
    pub exposures: Vec<Exposure>,
}

/// Something that belongs on a server, in code that the browser gets.
#[derive(Debug, Clone)]
pub struct Stray {
    /// Where.
    pub place: Place,
    /// What.
    pub what: StrayKind,
    /// The way to it: the file that is known to be the browser's, then each import.
    pub way: Vec<(Place, String)>,
}

/// What belongs on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StrayKind {
    /// A secret variable is read.
    Variable(String),
    /// An entry of Clerk's for servers is used.
    Entry {
        /// The specifier.
        package: String,
        /// What is taken from it.
        name: String,
    },
}

/// Whether a specifier is one of [`SERVER_ENTRIES`], or below one.
pub fn is_server_entry(specifier: &str) -> bool {
    SERVER_ENTRIES.iter().any(|entry| {
        let rest = specifier.strip_prefix(entry);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Reads the code of an app. `suspects` are the files that name a secret or an entry for servers.
pub fn read(
    project: &Project<'_>,
    folder: &str,
    roots: &[Root],
    suspects: &BTreeSet<String>,
    server_calls: bool,
) -> ClientCode {
    let ways = if suspects.is_empty() {
        BTreeSet::new()
    } else {
        ways(project, roots, suspects)
    };
    let mut walk = Walk {
        project,
        ways,
        server_calls,
        seen: BTreeMap::new(),
        strays: Vec::new(),
    };
    walk.run(roots);
    ClientCode {
        has_roots: !roots.is_empty(),
        strays: walk.strays,
        exposures: config::exposures(project, folder),
    }
}

/// The files on a way from a root to a suspect, by what the bytes of the files say.
fn ways(project: &Project<'_>, roots: &[Root], suspects: &BTreeSet<String>) -> BTreeSet<String> {
    let mut from: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut seen: BTreeSet<String> = roots.iter().map(|root| root.path.clone()).collect();
    let mut open: VecDeque<String> = seen.iter().cloned().collect();
    // A package is the same wherever it is imported.
    let mut packages: BTreeSet<String> = BTreeSet::new();
    while let Some(path) = open.pop_front() {
        let Some(text) = project.sources().text(&path) else {
            continue;
        };
        if is_for_the_server(&path, &text) {
            continue;
        }
        imports::specifiers(&text, &mut |specifier| {
            if packages.contains(specifier) {
                return;
            }
            match project.resolve(&path, specifier) {
                Target::File(target) => {
                    let importers = from.entry(target.clone()).or_default();
                    importers.push(path.clone());
                    if seen.len() < FILES && seen.insert(target.clone()) {
                        open.push_back(target);
                    }
                }
                Target::Package(_) if !specifier.starts_with(['.', '#', '~', '$']) => {
                    packages.insert(specifier.to_owned());
                }
                Target::Package(_) | Target::Missing(_) => {}
            }
        });
    }
    let mut ways: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = suspects.intersection(&seen).cloned().collect();
    while let Some(path) = open.pop() {
        if ways.insert(path.clone()) {
            open.extend(from.get(&path).into_iter().flatten().cloned());
        }
    }
    ways
}

/// Whether a file says that the browser gets none of it: server functions, which it only calls, and what a
/// framework or `server-only` keeps out of its code, if need be by refusing to build.
fn is_for_the_server(path: &str, text: &str) -> bool {
    let start = text.get(..600).unwrap_or(text);
    let directive = start.contains("'use server'") || start.contains("\"use server\"");
    let client = start.contains("'use client'") || start.contains("\"use client\"");
    let named =
        path.contains(".server.") || path.contains("/.server/") || path.contains("/server/");
    let guarded = text.contains("'server-only'") || text.contains("\"server-only\"");
    (directive && !client) || guarded || (named && !client)
}

/// A module and what of it is used.
type Node = (String, Used);

struct Walk<'p> {
    project: &'p Project<'p>,
    ways: BTreeSet<String>,
    server_calls: bool,
    /// Each node with the one that led to it and the place of the import.
    seen: BTreeMap<Node, Option<(Node, Place)>>,
    strays: Vec<Stray>,
}

impl Walk<'_> {
    fn run(&mut self, roots: &[Root]) {
        let mut open: VecDeque<Node> = VecDeque::new();
        for root in roots.iter().filter(|root| self.ways.contains(&root.path)) {
            let node = (root.path.clone(), Used::AllBut(root.removed));
            if self.seen.insert(node.clone(), None).is_none() {
                open.push_back(node);
            }
        }
        while let Some(node) = open.pop_front() {
            if self.strays.len() >= MOST || self.seen.len() > MODULES {
                return;
            }
            let Some(Ok(module)) = self.project.module(&node.0) else {
                continue;
            };
            if is_for_the_server(&node.0, module.text()) {
                continue;
            }
            let kept = kept::kept(&module, &node.1, self.server_calls);
            self.strays_of(&node, &module, &kept);
            for (source, used, at) in leads(&module, &kept) {
                let Target::File(target) = self.project.resolve(&node.0, &source) else {
                    continue;
                };
                let next = (target, used);
                if self.ways.contains(&next.0) && !self.seen.contains_key(&next) {
                    let place = place(&node.0, &module, at);
                    self.seen.insert(next.clone(), Some((node.clone(), place)));
                    open.push_back(next);
                }
            }
        }
    }

    /// What of a module belongs on a server.
    fn strays_of(&mut self, node: &Node, module: &Module, kept: &Kept) {
        for (name, at) in &kept.reads {
            if is_secret_name(name) {
                self.add(
                    node,
                    place(&node.0, module, *at),
                    StrayKind::Variable(name.to_string()),
                );
            }
        }
        for import in kept.imports.iter().filter_map(|at| module.imports.get(*at)) {
            if is_server_entry(&import.source) {
                let name = match &import.taken {
                    Taken::Export(name) => name.clone(),
                    Taken::All => "*".to_owned(),
                };
                let package = import.source.clone();
                let place = place(&node.0, module, import.at);
                self.add(node, place, StrayKind::Entry { package, name });
            }
        }
    }

    fn add(&mut self, node: &Node, place: Place, what: StrayKind) {
        if self
            .strays
            .iter()
            .any(|one| one.place == place && one.what == what)
        {
            return;
        }
        let mut way = Vec::new();
        let mut at = node;
        while let Some(Some((from, import))) = self.seen.get(at) {
            let label = format!("imports {}", at.0);
            way.push((import.clone(), label));
            at = from;
        }
        way.reverse();
        self.strays.push(Stray { place, what, way });
    }
}

/// Where what stays of a module leads.
fn leads(module: &Module, kept: &Kept) -> Vec<(String, Used, u32)> {
    let imports = kept.imports.iter().filter_map(|at| module.imports.get(*at));
    let imports = imports.map(|import| {
        let used = kept::used_of(&import.taken);
        (import.source.clone(), used, import.at)
    });
    imports.chain(kept.passed.iter().cloned()).collect()
}

fn place(file: &str, module: &Module, at: u32) -> Place {
    let spot = module.spot(at);
    Place::Span {
        file: file.to_owned(),
        line: spot.line,
        column: spot.column,
        excerpt: None,
    }
}

#[cfg(test)]
mod tests;
