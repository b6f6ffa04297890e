//! Manifests and lock files: read, and joined with the apps they belong to.

use std::collections::{BTreeMap, HashMap};

use super::files::{LOCK_LIMIT, Root, TEXT_LIMIT};
use crate::facts::framework::Ecosystem;
use crate::facts::lockfile::{self, Lockfile};
use crate::facts::manifest::{self, ParseError, PnpmWorkspace, Requirement};
use crate::facts::project::{App, Content, Manifest};
use crate::facts::tree::{self, Tree};

/// Reads every manifest of the tree. One that cannot be read is a gap: it may be an app.
pub fn read_manifests(root: &Root, tree: &Tree, gaps: &mut Vec<String>) -> Vec<Manifest> {
    let mut manifests = Vec::new();
    for path in tree
        .files()
        .iter()
        .filter(|path| is_manifest(tree::file_name(path)))
    {
        let text = match root.read(path, TEXT_LIMIT) {
            Ok(Some(text)) => text,
            Ok(None) => continue,
            Err(e) => {
                gaps.push(e.to_string());
                continue;
            }
        };
        match parse(tree::file_name(path), &text) {
            Ok(content) => manifests.push(Manifest {
                path: path.clone(),
                content,
            }),
            // A broken manifest without the word cannot be an app of Clerk's.
            Err(e) if text.contains("clerk") => gaps.push(located(path, &e)),
            Err(_) => {}
        }
    }
    manifests
}

/// What to say where no manifest names a package of Clerk's.
pub fn without_clerk(manifests: &[Manifest]) -> String {
    let names: Vec<&str> = manifests.iter().take(3).map(|m| m.path.as_str()).collect();
    let more = match manifests.len().saturating_sub(names.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    if names.is_empty() {
        "no package.json, pyproject.toml, requirements.txt, Pipfile, go.mod or Gemfile was found here"
            .to_owned()
    } else {
        format!("no Clerk package is named in {}{more}", names.join(", "))
    }
}

fn located(path: &str, e: &ParseError) -> String {
    format!("{path}:{}:{}: {}", e.line, e.column, e.message)
}

fn is_manifest(name: &str) -> bool {
    matches!(
        name,
        "package.json" | "pyproject.toml" | "Pipfile" | "go.mod" | "Gemfile"
    ) || (name.starts_with("requirements") && name.ends_with(".txt"))
}

fn parse(name: &str, text: &str) -> Result<Content, ParseError> {
    Ok(match name {
        "package.json" => Content::Npm(manifest::package_json(text)?),
        "pyproject.toml" => Content::Foreign(Ecosystem::Python, manifest::pyproject(text)?),
        "Pipfile" => Content::Foreign(Ecosystem::Python, manifest::pipfile(text)?),
        "go.mod" => Content::Foreign(Ecosystem::Go, manifest::go_mod(text)),
        "Gemfile" => Content::Foreign(Ecosystem::Ruby, manifest::gemfile(text)),
        _ => Content::Foreign(Ecosystem::Python, manifest::requirements_txt(text)),
    })
}

/// Finds the installed versions of each app's framework and Clerk packages: from the nearest lock file
/// at or above the app, else the ranges of the manifest as they stand.
pub fn resolve_versions(
    root: &Root,
    manifests: &[Manifest],
    apps: &mut [App],
    notes: &mut Vec<String>,
) {
    let mut shelf = Shelf {
        root,
        locks: BTreeMap::new(),
        foreign: HashMap::new(),
        notes,
    };
    for app in apps {
        if app.framework.ecosystem == Ecosystem::Npm {
            let catalogs = Catalogs::above(root, manifests, &app.path);
            npm_versions(&mut shelf, &catalogs, app);
        } else {
            foreign_versions(&mut shelf, app);
        }
    }
}

fn npm_versions(shelf: &mut Shelf<'_>, catalogs: &Catalogs, app: &mut App) {
    for package in &mut app.clerk {
        let from = tree::folder(&package.manifest).to_owned();
        package.range = catalogs.range(&package.name, &package.range);
        package.version = shelf.installed(&from, &package.name, &package.range);
    }
    let named = app
        .framework
        .version_of
        .iter()
        .chain(app.framework.packages);
    let Some((name, range)) = named
        .into_iter()
        .find_map(|name| Some((*name, app.ranges.get(*name)?)))
    else {
        let of_library = app.libraries.iter().find_map(|folder| {
            let name = app.framework.packages.first()?;
            shelf.installed(folder, name, "*")
        });
        app.framework_version = of_library;
        return;
    };
    let range = catalogs.range(name, range);
    app.framework_version = shelf.installed(&app.path, name, &range).or(Some(range));
}

/// Lock files, each read once.
struct Shelf<'r> {
    root: &'r Root,
    locks: BTreeMap<String, Vec<Lockfile>>,
    /// Those of other languages, by folder, as what they have installed.
    foreign: HashMap<(Ecosystem, String), Vec<Requirement>>,
    notes: &'r mut Vec<String>,
}

impl Shelf<'_> {
    /// The version installed for a folder: from the nearest folder with a lock file that knows it.
    fn installed(&mut self, folder: &str, name: &str, range: &str) -> Option<String> {
        for level in levels(self.root, folder) {
            if !self.locks.contains_key(&level) {
                let read = read_locks(self.root, &level, self.notes);
                self.locks.insert(level.clone(), read);
            }
            let below = path_from(self.root, &level, folder);
            let locks = self.locks.get(&level)?;
            if let Some(version) = locks
                .iter()
                .find_map(|lock| lock.resolve(&below, name, range))
            {
                return Some(version);
            }
        }
        None
    }

    /// The same for another language: a uv or Bundler workspace has one lock file at its root.
    fn installed_foreign(
        &mut self,
        ecosystem: Ecosystem,
        folder: &str,
        name: &str,
    ) -> Option<String> {
        for level in levels(self.root, folder) {
            let key = (ecosystem, level);
            if !self.foreign.contains_key(&key) {
                let read = read_foreign_locks(self.root, ecosystem, &key.1, self.notes);
                self.foreign.insert(key.clone(), read);
            }
            let locked = self.foreign.get(&key)?;
            if let Some(found) = locked.iter().find(|requirement| requirement.name == name) {
                return Some(found.range.clone());
            }
        }
        None
    }
}

/// A folder, the folders above it in the audited directory, and those above that up to the fence
/// (`..`, `../..`), nearest first.
pub(super) fn levels(root: &Root, folder: &str) -> Vec<String> {
    let mut levels = vec![folder.to_owned()];
    levels.extend(tree::ancestors(folder).map(str::to_owned));
    levels.extend((1..=root.height()).map(|up| vec![".."; up].join("/")));
    levels
}

/// The path of `folder` as seen from the folder of a lock file.
pub(super) fn path_from(root: &Root, level: &str, folder: &str) -> String {
    if !level.starts_with("..") {
        return folder
            .strip_prefix(level)
            .unwrap_or(folder)
            .trim_start_matches('/')
            .to_owned();
    }
    let up = level.split('/').count();
    let above = root.below_fence();
    let parts: Vec<&str> = above.split('/').collect();
    let own = parts
        .get(parts.len().saturating_sub(up)..)
        .unwrap_or_default()
        .join("/");
    if folder.is_empty() {
        own
    } else {
        tree::join(&own, folder)
    }
}

/// The names of lock files, the one that wins first.
pub(super) const LOCK_NAMES: &[&str] = &[
    "pnpm-lock.yaml",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
];

fn read_locks(root: &Root, folder: &str, notes: &mut Vec<String>) -> Vec<Lockfile> {
    let mut locks = Vec::new();
    let mut texts = 0;
    for name in LOCK_NAMES {
        let Some(kind) = lockfile::kind_of(name) else {
            continue;
        };
        let path = tree::join(folder, name);
        if *name == "bun.lockb" && texts > 0 {
            continue;
        }
        match root.read(&path, LOCK_LIMIT) {
            Ok(None) => {}
            Err(e) => notes.push(format!("{e}; versions are taken from the manifest")),
            Ok(Some(text)) => match lockfile::parse(kind, &text) {
                Ok(lock) => {
                    texts += 1;
                    locks.push(lock);
                }
                Err(e) => notes.push(format!(
                    "{}; versions are taken from the manifest",
                    located(&path, &e)
                )),
            },
        }
    }
    locks
}

/// The `catalog:` ranges of a workspace.
#[derive(Default)]
pub(super) struct Catalogs {
    default: BTreeMap<String, String>,
    named: BTreeMap<String, BTreeMap<String, String>>,
}

impl Catalogs {
    pub(super) fn above(root: &Root, manifests: &[Manifest], folder: &str) -> Self {
        for level in levels(root, folder) {
            let pnpm = root
                .read(&tree::join(&level, "pnpm-workspace.yaml"), TEXT_LIMIT)
                .ok()
                .flatten();
            if let Some(PnpmWorkspace {
                catalog, catalogs, ..
            }) = pnpm.and_then(|text| manifest::pnpm_workspace(&text).ok())
            {
                return Self {
                    default: catalog,
                    named: catalogs,
                };
            }
            let own = manifests
                .iter()
                .find(|m| m.path == tree::join(&level, "package.json"));
            if let Some(Content::Npm(package)) = own.map(|manifest| &manifest.content)
                && !(package.catalog.is_empty() && package.catalogs.is_empty())
            {
                return Self {
                    default: package.catalog.clone(),
                    named: package.catalogs.clone(),
                };
            }
        }
        Self::default()
    }

    pub(super) fn range(&self, name: &str, range: &str) -> String {
        manifest::catalog_range(range, name, &self.default, &self.named)
            .unwrap_or(range)
            .to_owned()
    }
}

fn read_foreign_locks(
    root: &Root,
    ecosystem: Ecosystem,
    folder: &str,
    notes: &mut Vec<String>,
) -> Vec<Requirement> {
    let names: &[&str] = match ecosystem {
        Ecosystem::Ruby => &["Gemfile.lock"],
        Ecosystem::Python => &[
            "uv.lock",
            "poetry.lock",
            "pdm.lock",
            "pylock.toml",
            "Pipfile.lock",
        ],
        // go.mod holds exact versions itself.
        Ecosystem::Go | Ecosystem::Npm => &[],
    };
    let mut all = Vec::new();
    for name in names {
        let path = tree::join(folder, name);
        let read = match root.read(&path, LOCK_LIMIT) {
            Ok(None) => continue,
            Ok(Some(text)) => match *name {
                "Gemfile.lock" => Ok(manifest::gemfile_lock(&text)),
                "Pipfile.lock" => manifest::pipfile_lock(&text),
                _ => manifest::python_lock(&text),
            }
            .map_err(|e| located(&path, &e)),
            Err(e) => Err(e.to_string()),
        };
        match read {
            Ok(locked) => all.extend(locked),
            Err(e) => notes.push(format!("{e}; versions are taken from the manifest")),
        }
    }
    all
}

fn foreign_versions(shelf: &mut Shelf<'_>, app: &mut App) {
    let ecosystem = app.framework.ecosystem;
    let mut version_of = |name: &str| shelf.installed_foreign(ecosystem, &app.path, name);
    for package in &mut app.clerk {
        let exact = (ecosystem == Ecosystem::Go).then(|| package.range.clone());
        package.version = version_of(&package.name).or(exact);
    }
    let packages = app.framework.packages.iter();
    let framework = packages
        .filter_map(|name| app.ranges.get_key_value(*name))
        .next();
    app.framework_version = framework
        .and_then(|(name, range)| version_of(name).or_else(|| Some(range.clone())))
        .filter(|version| !version.is_empty());
}
