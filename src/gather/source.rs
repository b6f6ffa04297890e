//! The source of each app: read once, in parallel, and turned into facts at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::files::{Root, TEXT_LIMIT};
use crate::facts::code::entry::{self, EntryFacts};
use crate::facts::code::scan::{is_source, is_test};
use crate::facts::code::{Project, Sources};
use crate::facts::project::{App, Content, Manifest};
use crate::facts::tree::{self, Tree};
use crate::facts::usage::{self, FileUse, Usage};
use crate::model::{AppKind, Known};

/// Whether a source file of a folder imports one of some packages.
pub fn imports(root: &Root, tree: &Tree, folder: &str, names: &[&str]) -> bool {
    let quoted = |text: &str, name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let after = text[at + name.len()..].chars().next();
            text[..at].ends_with(['"', '\'']) && matches!(after, Some('"' | '\'' | '/'))
        })
    };
    let sources = tree
        .below(folder)
        .iter()
        .filter(|path| is_source(path) && !is_test(path));
    sources
        .filter_map(|path| root.read(path, TEXT_LIMIT).ok().flatten())
        .any(|text| names.iter().any(|name| quoted(&text, name)))
}

/// The names of the workspace's packages with their folders.
pub fn workspace_names(manifests: &[Manifest]) -> BTreeMap<String, String> {
    let named = manifests
        .iter()
        .filter_map(|manifest| match &manifest.content {
            Content::Npm(package) => Some((
                package.name.clone()?,
                tree::folder(&manifest.path).to_owned(),
            )),
            Content::Foreign(..) => None,
        });
    named.collect()
}

/// Each file of the tree with the app that it belongs to: the nearest at or above its folder.
fn owners<'t>(tree: &'t Tree, apps: &[App]) -> Vec<Vec<&'t str>> {
    let mut owned: Vec<Vec<&str>> = vec![Vec::new(); apps.len()];
    for path in tree.files() {
        let nearest = apps
            .iter()
            .enumerate()
            .filter(|(_, app)| tree::is_below(path, &app.path))
            .max_by_key(|(_, app)| app.path.len());
        if let Some((at, _)) = nearest
            && let Some(files) = owned.get_mut(at)
        {
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

/// What the code of each app does, and where Clerk meets its requests.
pub fn read_all(
    root: &Root,
    tree: &Tree,
    apps: &[App],
    workspace: &BTreeMap<String, String>,
) -> Vec<(Known<Usage>, Option<EntryFacts>)> {
    let owned = owners(tree, apps);
    let wanted: Vec<&str> = owned.iter().flatten().copied().filter(|path| is_source(path)).collect();
    let found = scan_all(root, &wanted);
    let files = Files { root, tree };
    let project = Project::new(&files, workspace);
    let read = |(app, own): (&App, &Vec<&str>)| {
        let of_libraries = app.libraries.iter().flat_map(|folder| tree.below(folder).iter().map(String::as_str));
        let all = own.iter().copied().chain(of_libraries);
        let uses: Vec<(&str, FileUse)> =
            all.filter_map(|path| Some((path, found.get(path)?.clone()))).collect();
        let mentions: Vec<String> = uses.iter().map(|(path, _)| (*path).to_owned()).collect();
        let entry = app.stack().find_map(|framework| {
            let app = entry::App { project: &project, folder: &app.path, major: app.framework_major(), mentions: &mentions };
            entry::look(&app, &framework.entry)
        });
        (Known::Yes(Usage::of(uses, own.iter().copied())), entry.filter(|_| app.kind == AppKind::App))
    };
    apps.iter().zip(&owned).map(read).collect()
}

/// Scans files on every processor.
fn scan_all(root: &Root, paths: &[&str]) -> BTreeMap<String, FileUse> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let work = || {
        let mut found = Vec::new();
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            // A file that cannot be read is no evidence of anything; the walk has noted it.
            if !is_test(path)
                && let Ok(Some(text)) = root.read(path, TEXT_LIMIT)
                && let Some(file) = usage::scan(path, &text)
            {
                found.push(((*path).to_owned(), file));
            }
        }
        found
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}

/// The project's files for those who read code by path.
struct Files<'r> {
    root: &'r Root,
    tree: &'r Tree,
}

impl Sources for Files<'_> {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        let listed = self.tree.has(path);
        listed.then(|| self.root.read(path, TEXT_LIMIT).ok().flatten().map(Arc::from))?
    }

    fn exists(&self, path: &str) -> bool {
        self.tree.has(path) || self.tree.has_folder(path)
    }
}
