//! The source of each app: read once, in parallel, and turned into facts at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::AhoCorasick;

use super::files::{Root, TEXT_LIMIT};
use super::gate::{Gate, SERVER};
use super::shapes;
use crate::facts::code::entry::{self, EntryFacts};
use crate::facts::code::scan::{Mentions, is_source, is_test, may_matter};
use crate::facts::code::{Project, Sources};
use crate::facts::framework::{self, Ecosystem};
use crate::facts::ignores;
use crate::facts::project::{self, App, Content, Manifest};
use crate::facts::secrets::{self, Credential, files as texts};
use crate::facts::tree::{self, Tree};
use crate::facts::usage::{self, FileUse, Usage};
use crate::model::{AppKind, Known, Place};

/// What the source files of the whole tree do with Clerk.
#[derive(Default)]
pub struct Scanned {
    /// By path; files that have nothing to do with Clerk are not in it.
    files: BTreeMap<String, FileUse>,
    /// By path, the workspace packages with Clerk that a file imports.
    imports: BTreeMap<String, Vec<String>>,
    /// Source files that say `use server`.
    servers: BTreeSet<String>,
    /// Modules that hold a word of [`shapes::WORDS`].
    pub(super) shaped: BTreeSet<String>,
    /// Modules that begin with `use client`.
    pub(super) client: BTreeSet<String>,
    /// Texts in which somebody may ignore a finding.
    pub(super) ignoring: BTreeSet<String>,
    /// Files that could not be read.
    pub gaps: Vec<String>,
    /// By path, credentials in any text.
    pub(super) credentials: BTreeMap<String, Vec<Credential>>,
    /// Texts that were not searched because they are too large.
    large: usize,
    /// Texts beside the source that could not be read.
    unread: usize,
}

impl Scanned {
    /// What the files of a folder do with Clerk, by path.
    pub(super) fn below<'s>(
        &'s self,
        tree: &'s Tree,
        folder: &str,
    ) -> impl Iterator<Item = (&'s str, &'s FileUse)> {
        let paths = tree.below(folder).iter();
        paths.filter_map(|path| Some((path.as_str(), self.files.get(path)?)))
    }

    fn add(&mut self, part: Scanned) {
        self.files.extend(part.files);
        self.imports.extend(part.imports);
        self.shaped.extend(part.shaped);
        self.servers.extend(part.servers);
        self.client.extend(part.client);
        self.ignoring.extend(part.ignoring);
        self.gaps.extend(part.gaps);
        self.credentials.extend(part.credentials);
        self.large += part.large;
        self.unread += part.unread;
    }

    /// Every file that has something to do with Clerk, with what it mentions.
    pub(super) fn all_uses(&self) -> impl Iterator<Item = (&str, &Mentions)> {
        let files = self.files.iter();
        files.map(|(path, file)| (path.as_str(), &file.mentions))
    }

    /// What is worth knowing of the search for credentials.
    pub(super) fn notes(&self) -> Vec<String> {
        let files = |count: usize| match count {
            1 => "1 file".to_owned(),
            more => format!("{more} files"),
        };
        let large = (self.large > 0).then(|| {
            let most = secrets::LIMIT / (1024 * 1024);
            format!(
                "{} of more than {most} MiB not searched for secrets",
                files(self.large)
            )
        });
        let unread = (self.unread > 0).then(|| {
            format!(
                "{} could not be read and not be searched for secrets",
                files(self.unread)
            )
        });
        large.into_iter().chain(unread).collect()
    }

    /// Whether a source file of a folder imports one of some packages.
    pub fn import(&self, tree: &Tree, folder: &str, names: &[&str]) -> bool {
        let of_folder = self
            .imports
            .iter()
            .filter(|(path, _)| tree::is_below(path, folder));
        let by_workspace = of_folder
            .flat_map(|(_, imported)| imported)
            .any(|name| names.contains(&name.as_str()));
        by_workspace
            || tree
                .below(folder)
                .iter()
                .filter_map(|path| self.files.get(path))
                .any(|file| {
                    file.mentions.clerk_imports.iter().any(|specifier| {
                        names.iter().any(|name| {
                            specifier
                                .strip_prefix(name)
                                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                        })
                    })
                })
    }
}

/// The names of the workspace's packages with their folders.
pub(super) fn workspace_names(manifests: &[Manifest]) -> BTreeMap<String, String> {
    let named = manifests
        .iter()
        .filter_map(|manifest| match &manifest.content {
            Content::Npm(package) => Some((
                package.name.clone()?,
                tree::folder(&manifest.path).to_owned(),
            )),
            Content::Foreign(..) => None,
        });
    let mut folders: BTreeMap<String, String> = named.collect();
    let dependencies = manifests
        .iter()
        .filter_map(|manifest| match &manifest.content {
            Content::Npm(package) => Some(&package.dependencies),
            Content::Foreign(..) => None,
        });
    // `"@repo/x": "workspace:@acme/x@*"`: the same package under another name.
    let mut aliases = Vec::new();
    for (alias, dependency) in dependencies.flatten() {
        let real = dependency
            .range
            .strip_prefix("workspace:")
            .and_then(|range| range.rsplit_once('@'));
        if let Some(folder) = real.and_then(|(name, _)| folders.get(name)) {
            aliases.push((alias.clone(), folder.clone()));
        }
    }
    for (alias, folder) in aliases {
        folders.entry(alias).or_insert(folder);
    }
    folders
}

/// Workspace packages that depend on Clerk themselves, searched for in one pass over a text.
struct Libraries<'m> {
    names: Vec<&'m str>,
    search: Option<AhoCorasick>,
}

impl<'m> Libraries<'m> {
    fn of(manifests: &'m [Manifest]) -> Self {
        let clerks = |name: &str| framework::is_clerk_package(Ecosystem::Npm, name);
        let with_clerk = manifests
            .iter()
            .filter_map(|manifest| match &manifest.content {
                Content::Npm(package) => Some(package)
                    .filter(|package| package.dependencies.keys().any(|name| clerks(name))),
                Content::Foreign(..) => None,
            });
        // Clerk's own packages are found as imports of Clerk anyway.
        let named = with_clerk
            .filter_map(|package| package.name.as_deref())
            .filter(|name| !clerks(name));
        let names: Vec<&str> = named.collect();
        let search = (!names.is_empty())
            .then(|| AhoCorasick::new(&names).ok())
            .flatten();
        Self { names, search }
    }

    /// Whether the name of one stands anywhere in it.
    fn are_named_in(&self, bytes: &[u8]) -> bool {
        self.search
            .as_ref()
            .is_some_and(|search| search.is_match(bytes))
    }

    /// The packages that a text imports: the name in quotes, whole or as the start of a path.
    fn imported_by(&self, text: &str) -> Vec<String> {
        let Some(search) = &self.search else {
            return Vec::new();
        };
        let bytes = text.as_bytes();
        let mut found: Vec<String> = Vec::new();
        for hit in search.find_overlapping_iter(text) {
            let before = hit.start().checked_sub(1).and_then(|at| bytes.get(at));
            let quoted = matches!(before, Some(b'"' | b'\''))
                && matches!(bytes.get(hit.end()), Some(b'"' | b'\'' | b'/'));
            let name = self.names.get(hit.pattern().as_usize()).filter(|_| quoted);
            if let Some(name) = name.filter(|name| !found.iter().any(|known| known == *name)) {
                found.push((*name).to_owned());
            }
        }
        found
    }
}

/// Each file of the tree with the app that it belongs to: the nearest at or above its folder.
fn owners<'t>(tree: &'t Tree, apps: &[App]) -> Vec<Vec<&'t str>> {
    // A folder's files stand together in the tree, so that a deeper app writes over the one around it.
    let mut order: Vec<usize> = (0..apps.len()).collect();
    order.sort_by_key(|app| apps.get(*app).map_or(0, |app| app.path.len()));
    let mut owner: Vec<Option<usize>> = vec![None; tree.files().len()];
    for at in order {
        let below = apps.get(at).map(|app| tree.range_below(&app.path));
        if let Some(files) = below.and_then(|range| owner.get_mut(range)) {
            files.fill(Some(at));
        }
    }
    let mut owned: Vec<Vec<&str>> = vec![Vec::new(); apps.len()];
    for (path, owner) in tree.files().iter().zip(owner) {
        if let Some(files) = owner.and_then(|at| owned.get_mut(at)) {
            files.push(path);
        }
    }
    owned
}

/// The folders in which each app's env files are looked for: its own, and for the first app the audited
/// directory where that is no app itself.
pub fn folders_of(apps: &[App]) -> Vec<Vec<String>> {
    let mut folders: Vec<Vec<String>> = apps.iter().map(|app| vec![app.path.clone()]).collect();
    let root_is_an_app = apps.iter().any(|app| app.path.is_empty());
    if let Some(first) = folders.first_mut().filter(|_| !root_is_an_app) {
        first.push(String::new());
    }
    folders
}

/// What the code of each app does, and where Clerk meets its requests. The others are those of the workspace
/// that are not audited.
pub fn read_all(
    root: &Root,
    tree: &Tree,
    apps: &[App],
    others: &[App],
    manifests: &[Manifest],
    scanned: &Scanned,
) -> Vec<(Known<Usage>, Option<EntryFacts>)> {
    let owned = owners(tree, apps);
    let files = Files::new(root, tree);
    let workspace = workspace_names(manifests);
    let project = Project::new(&files, &workspace);
    let orphan = received_by_no_app(&[apps, others].concat(), scanned);
    let read = |(app, own): (&App, &Vec<&str>)| {
        let used = |path: &'_ str| scanned.files.get(path);
        let of_libraries = app.libraries.iter().flat_map(|folder| tree.below(folder));
        let own_uses: Vec<_> = own
            .iter()
            .filter_map(|path| Some((*path, used(path)?)))
            .collect();
        let library_uses: Vec<_> = of_libraries
            .filter_map(|path| Some((path.as_str(), used(path)?)))
            .collect();
        let mentions: Vec<String> = own_uses
            .iter()
            .chain(&library_uses)
            .map(|(path, _)| (*path).to_owned())
            .collect();
        let entry = app
            .stack()
            .filter(|_| app.kind == AppKind::App)
            .find_map(|framework| {
                let app = entry::App {
                    project: &project,
                    folder: &app.path,
                    major: app.framework_major(),
                    mentions: &mentions,
                };
                entry::look(&app, &framework.entry)
            });
        let mut usage = Usage::of(&own_uses, &library_uses, own);
        usage.add_webhook_trace(webhook_in_a_sample(root, app, own));
        usage.add_received_elsewhere(orphan);
        (Known::Yes(usage), entry)
    };
    apps.iter().zip(&owned).map(read).collect()
}

/// A file of the tree that receives Clerk's webhooks and belongs to no app: a server in another language.
fn received_by_no_app<'s>(apps: &[App], scanned: &'s Scanned) -> Option<&'s str> {
    let owned = |path: &str| {
        apps.iter().any(|app| {
            let libraries = app.libraries.iter();
            tree::is_below(path, &app.path)
                || libraries
                    .into_iter()
                    .any(|folder| tree::is_below(path, folder))
        })
    };
    let receives = |file: &FileUse| file.mentions.receives_webhooks();
    scanned
        .files
        .iter()
        .find(|(path, file)| receives(file) && !owned(path))
        .map(|(path, _)| path.as_str())
}

/// The first line of an env file or sample of the app that names a webhook secret, set or not.
fn webhook_in_a_sample(root: &Root, app: &App, own: &[&str]) -> Option<Place> {
    let beside = |path: &&&str| {
        tree::folder(path) == app.path
            && tree::file_name(path)
                .trim_start_matches('.')
                .starts_with("env")
    };
    own.iter().filter(beside).find_map(|path| {
        let text = root.read(path, TEXT_LIMIT).ok().flatten()?;
        let names = |line: &str| {
            let name = line.split('=').next().unwrap_or_default();
            let name = name
                .trim_start_matches(['#', ' '])
                .trim_start_matches("export ");
            usage::hints_at_webhooks(name.trim())
        };
        let line = text.lines().position(names)?;
        Some(Place::Span {
            file: (*path).to_owned(),
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: 1,
            excerpt: None,
        })
    })
}

/// Whether a text begins with `use client`; comments may stand before it.
fn begins_for_the_client(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(2048)).unwrap_or_default();
    let directive = memchr::memmem::find(start, b"use client");
    directive.is_some_and(|at| {
        let before = at.checked_sub(1).and_then(|at| start.get(at));
        matches!(before, Some(b'"' | b'\''))
    })
}

/// Scans every source file of the tree, on every processor. Without a manifest that names Clerk there is
/// nothing to look for. With `all_texts`, every other text is searched for credentials in the same pass.
pub fn scan_all(root: &Root, tree: &Tree, manifests: &[Manifest], all_texts: bool) -> Scanned {
    if !project::any_clerk(manifests) {
        return Scanned::default();
    }
    let libraries = Libraries::of(manifests);
    let gate = Gate::new(&libraries.names);
    let search = all_texts.then(secrets::Search::new).flatten();
    let paths: Vec<&String> = tree.with_workspace().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut part = Scanned::default();
        // One buffer for all: most files hold nothing of interest and are not even made into a text.
        let mut bytes = Vec::new();
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let is_code = is_source(path) && !is_test(path);
            // Secrets beside the audited directory are another audit's.
            let search = search
                .as_ref()
                .filter(|_| texts::is_searched(path) && !tree::is_above(path));
            let limit = match (search, is_code) {
                (Some(_), _) => secrets::LIMIT,
                (None, true) => TEXT_LIMIT,
                (None, false) => continue,
            };
            match root.read_listed(path, limit, &mut bytes) {
                Ok(true) => {}
                Ok(false) => {
                    part.large += usize::from(search.is_some());
                    continue;
                }
                Err(e) if is_code => {
                    part.gaps.push(e.to_string());
                    continue;
                }
                Err(_) => {
                    part.unread += 1;
                    continue;
                }
            }
            if ignores::may_hold(&bytes) {
                part.ignoring.insert((*path).clone());
            }
            let is_code = is_code && bytes.len() as u64 <= TEXT_LIMIT;
            if is_code && begins_for_the_client(&bytes) {
                part.client.insert((*path).clone());
            }
            if is_code && !gate.opens(&bytes) && !shapes::is_named(path) {
                continue;
            }
            if let Some(search) = search.filter(|_| !texts::is_binary(&bytes)) {
                let found = search.credentials(path, &bytes);
                if !found.is_empty() {
                    part.credentials.insert((*path).clone(), found);
                }
            }
            if !is_code {
                continue;
            }
            if memchr::memmem::find(&bytes, SERVER.as_bytes()).is_some() {
                part.servers.insert((*path).clone());
            }
            if shapes::may_matter(&gate, path, &bytes) {
                part.shaped.insert((*path).clone());
            }
            if !may_matter(&bytes) && !libraries.are_named_in(&bytes) {
                continue;
            }
            let text = String::from_utf8_lossy(&bytes);
            let imported = libraries.imported_by(&text);
            if !imported.is_empty() {
                part.imports.insert((*path).clone(), imported);
            }
            if let Some(file) = usage::scan(path, &text) {
                part.files.insert((*path).clone(), file);
            }
        }
        part
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .fold(Scanned::default(), |mut all, thread| {
                match thread.join() {
                    Ok(part) => all.add(part),
                    Err(_) => all
                        .gaps
                        .push("a part of the code; please report it".to_owned()),
                }
                all
            })
    })
}

/// The project's files for those who read code by path.
pub(super) struct Files<'r> {
    root: &'r Root,
    tree: &'r Tree,
    scanned: Option<&'r Scanned>,
}

impl<'r> Files<'r> {
    pub(super) fn new(root: &'r Root, tree: &'r Tree) -> Self {
        Self {
            root,
            tree,
            scanned: None,
        }
    }

    /// With what one look at every file has told.
    pub(super) fn knowing(self, scanned: &'r Scanned) -> Self {
        Self {
            scanned: Some(scanned),
            ..self
        }
    }
}

impl Sources for Files<'_> {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        if !self.tree.has(path) {
            return None;
        }
        let mut bytes = Vec::new();
        let read = self.root.read_listed(path, TEXT_LIMIT, &mut bytes);
        read.is_ok_and(|is_read| is_read)
            .then(|| Arc::from(super::files::lossy(bytes)))
    }

    fn may_say_server(&self, path: &str) -> bool {
        self.scanned
            .filter(|_| is_source(path) && !is_test(path))
            .is_none_or(|scanned| scanned.servers.contains(path))
    }

    fn is_file(&self, path: &str) -> bool {
        self.tree.has(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.tree.has(path) || self.tree.has_folder(path)
    }

    fn place(&self) -> &str {
        self.tree.place()
    }
}
