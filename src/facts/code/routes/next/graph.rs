//! Which pages ship a module: the imports of an app, from its pages and what stands around them.

use std::collections::HashMap;
use std::ops::Range;

use super::{Context, below};
use crate::facts::code::module::is_module;
use crate::facts::code::resolve::{self, Target};
use crate::facts::code::routes::Found;
use crate::model::routes::RouteKind;

/// The files of a folder that Next.js renders with the pages below it:
/// dist/build/webpack/loaders/next-app-loader, `FILE_TYPES`.
const AROUND: &[&str] = &[
    "layout",
    "template",
    "default",
    "loading",
    "error",
    "not-found",
    "forbidden",
    "unauthorized",
    "global-error",
    "global-not-found",
];

/// Steps backwards over imports, for all questions together. An app of ten thousand modules with three
/// hundred server functions takes about half of them.
const MAX_STEPS: usize = 20_000_000;

/// A module that is reached from a page.
#[derive(Default)]
struct Node {
    /// Its file.
    file: String,
    /// The modules that import it.
    importers: Vec<usize>,
    /// The pages that it belongs to by its own place.
    pages: Range<usize>,
    /// Whether it may hold a server function.
    says_server: bool,
}

/// The modules that the pages of an app load.
pub(super) struct Graph<'a> {
    /// The pages, in the order of their files.
    pages: Vec<&'a Found>,
    index: HashMap<String, usize>,
    nodes: Vec<Node>,
}

impl<'a> Graph<'a> {
    /// Follows the imports of everything in the folder of the App Router that is rendered.
    pub(super) fn new(context: &Context<'_>, folder: &str, routes: &'a [Found]) -> Self {
        let prefix = format!("{folder}/");
        let is_page =
            |route: &&Found| route.kind == RouteKind::Page && route.file.starts_with(&prefix);
        let mut pages: Vec<&Found> = routes.iter().filter(is_page).collect();
        pages.sort_by(|a, b| a.file.cmp(&b.file));
        let mut graph = Self {
            pages,
            index: HashMap::new(),
            nodes: Vec::new(),
        };
        let mut queue: Vec<String> = Vec::new();
        for (file, inside) in below(context.app.files, folder) {
            if let Some(pages) = graph.rendered_with(context, &prefix, file, inside) {
                let (node, _) = graph.node(file);
                if let Some(node) = graph.nodes.get_mut(node) {
                    node.pages = pages;
                }
                queue.push(file.to_owned());
            }
        }
        graph.follow(context, queue);
        graph
    }

    /// The pages that a file is rendered with, where it is one of those that Next.js takes by name.
    fn rendered_with(
        &self,
        context: &Context<'_>,
        prefix: &str,
        file: &str,
        inside: &str,
    ) -> Option<Range<usize>> {
        let (folders, name) = inside.rsplit_once('/').unwrap_or(("", inside));
        let stem = context.stem(name)?;
        if stem == "page" {
            let at = self
                .pages
                .binary_search_by(|page| page.file.as_str().cmp(file))
                .ok()?;
            return Some(at..at + 1);
        }
        if !AROUND.contains(&stem) {
            return None;
        }
        // A slot is rendered with the pages beside it.
        let mut place = prefix.to_owned();
        for part in folders
            .split('/')
            .take_while(|part| !part.starts_with('@') && !part.is_empty())
        {
            place.push_str(part);
            place.push('/');
        }
        let start = self
            .pages
            .partition_point(|page| page.file.as_str() < place.as_str());
        let rest = self.pages.get(start..).unwrap_or_default();
        Some(start..start + rest.partition_point(|page| page.file.starts_with(&place)))
    }

    /// The node of a file, and whether it is new.
    fn node(&mut self, file: &str) -> (usize, bool) {
        if let Some(&at) = self.index.get(file) {
            return (at, false);
        }
        let at = self.nodes.len();
        self.index.insert(file.to_owned(), at);
        self.nodes.push(Node {
            file: file.to_owned(),
            ..Node::default()
        });
        (at, true)
    }

    fn follow(&mut self, context: &Context<'_>, mut queue: Vec<String>) {
        let project = context.app.project;
        // Files of one folder import the same modules by the same words.
        let mut known: HashMap<(String, String), Option<String>> = HashMap::new();
        while let Some(file) = queue.pop() {
            let Some(glance) = context.glance(&file) else {
                continue;
            };
            let (from, _) = self.node(&file);
            if let Some(node) = self.nodes.get_mut(from) {
                node.says_server = glance.says_server;
            }
            for specifier in &glance.imports {
                let key = (resolve::parent(&file).to_owned(), specifier.to_string());
                let target =
                    known
                        .entry(key)
                        .or_insert_with(|| match project.resolve(&file, specifier) {
                            Target::File(path) if is_module(&path) => Some(path),
                            _ => None,
                        });
                let Some(target) = target.clone() else {
                    continue;
                };
                let (to, is_new) = self.node(&target);
                if let Some(node) = self.nodes.get_mut(to) {
                    node.importers.push(from);
                }
                if is_new {
                    queue.push(target);
                }
            }
        }
    }

    /// The files that are reached and may hold a server function.
    pub(super) fn server_files(&self) -> impl Iterator<Item = String> {
        let says = |at: usize| self.nodes.get(at).is_some_and(|node| node.says_server);
        self.index
            .iter()
            .filter(move |(_, at)| says(**at))
            .map(|(file, _)| file.clone())
    }

    /// The modules that import a file, with their numbers.
    pub(super) fn importers(&self, file: &str) -> impl Iterator<Item = (&str, usize)> {
        let node = self.index.get(file).and_then(|at| self.nodes.get(*at));
        let importers = node.into_iter().flat_map(|node| &node.importers);
        importers.filter_map(|at| Some((self.nodes.get(*at)?.file.as_str(), *at)))
    }

    /// By the number of each module, whether it is sent to the browser: `'use client'` stands at its top
    /// or at that of one that imports it. Of a module of server functions the browser gets their ids alone.
    pub(super) fn in_browser(&self, context: &Context<'_>) -> Vec<bool> {
        let mut imports = vec![Vec::new(); self.nodes.len()];
        for (to, node) in self.nodes.iter().enumerate() {
            for from in &node.importers {
                if let Some(imports) = imports.get_mut(*from) {
                    imports.push(to);
                }
            }
        }
        let is_client = |node: &Node| context.glance(&node.file).is_some_and(|one| one.is_client);
        let clients = self.nodes.iter().enumerate();
        let clients = clients.filter(|(_, node)| is_client(node));
        let mut queue: Vec<usize> = clients.map(|(at, _)| at).collect();
        let mut sent = vec![false; self.nodes.len()];
        while let Some(at) = queue.pop() {
            let is_server = |node: &Node| node.says_server && is_server_module(context, &node.file);
            if self.nodes.get(at).is_none_or(is_server) {
                continue;
            }
            if let Some(sent) = sent.get_mut(at)
                && !std::mem::replace(sent, true)
            {
                queue.extend(imports.get(at).into_iter().flatten());
            }
        }
        sent
    }

    /// The URLs of the pages that ship a file; `None` where it would take too long to tell.
    pub(super) fn urls(&self, file: &str, steps: &mut usize) -> Option<Vec<String>> {
        let Some(&start) = self.index.get(file) else {
            return Some(Vec::new());
        };
        let mut seen = vec![false; self.nodes.len()];
        let mut shipping = vec![false; self.pages.len()];
        let mut queue = vec![start];
        while let Some(at) = queue.pop() {
            let Some(node) = self
                .nodes
                .get(at)
                .filter(|_| !seen.get(at).copied().unwrap_or(true))
            else {
                continue;
            };
            *steps += 1 + node.importers.len() + node.pages.len();
            if *steps > MAX_STEPS {
                return None;
            }
            if let Some(seen) = seen.get_mut(at) {
                *seen = true;
            }
            if let Some(pages) = shipping.get_mut(node.pages.clone()) {
                pages.fill(true);
            }
            queue.extend(&node.importers);
        }
        let pages = self
            .pages
            .iter()
            .zip(&shipping)
            .filter(|(_, ships)| **ships);
        let mut urls: Vec<String> = pages.flat_map(|(page, _)| page.urls.clone()).collect();
        urls.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        urls.dedup();
        Some(urls)
    }
}

/// Whether `'use server'` stands at the top of a file.
fn is_server_module(context: &Context<'_>, file: &str) -> bool {
    let module = context.app.project.module(file).and_then(Result::ok);
    module.is_some_and(|module| {
        let mut directives = module.program.directives.iter();
        directives.any(|one| &**one == "use server")
    })
}
