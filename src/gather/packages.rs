//! Manifests and lock files: read, and joined with the apps they belong to.

use std::collections::{BTreeMap, HashMap};

use nodejs_semver::{Range, Version};

use super::files::{LOCK_LIMIT, Root, TEXT_LIMIT};
use crate::facts::framework::Ecosystem;
use crate::facts::lockfile::{self, LockKind, Lockfile};
use crate::facts::manifest::{self, PackageJson, ParseError, PnpmWorkspace, Requirement};
use crate::facts::project::{App, Content, Manifest, is_aside};
use crate::facts::tree::{self, Tree};

/// Reads every manifest of the tree. One that cannot be read is a gap, whatever else stands in it: it may be
/// an app, or a package through which an app gets Clerk.
pub fn read_manifests(root: &Root, tree: &Tree, gaps: &mut Vec<String>) -> Vec<Manifest> {
    let mut manifests = Vec::new();
    for path in tree
        .with_workspace()
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
            // A test of a tool that reads manifests has broken ones on purpose.
            Err(_) if is_apart(path) && !text.contains("clerk") => {}
            Err(e) => gaps.push(e.in_file(path)),
        }
    }
    manifests
}

/// What to say where no manifest of the audited directory names a package of Clerk's; nothing where one could
/// not be read, which says enough.
pub fn without_clerk(root: &Root, tree: &Tree, manifests: &[Manifest]) -> Option<String> {
    let own = || manifests.iter().filter(|m| !tree::is_above(&m.path));
    let names: Vec<&str> = own().take(3).map(|m| m.path.as_str()).collect();
    let more = match own().count().saturating_sub(names.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    if !names.is_empty() {
        return Some(format!(
            "no Clerk package is named in {}{more}",
            names.join(", ")
        ));
    }
    let all = tree.files().iter();
    let is_there = |path: &String| is_manifest(tree::file_name(path)) && !is_apart(path);
    if all.into_iter().any(is_there) {
        return None;
    }
    let nearest = nearest_manifest(root).unwrap_or_default();
    Some(format!(
        "no package.json, pyproject.toml, requirements.txt, Pipfile, go.mod or Gemfile was found here{nearest}"
    ))
}

/// Whether a manifest, wherever it lies, is that of a sample or a test.
fn is_apart(path: &str) -> bool {
    is_aside(tree::folder(path).trim_start_matches("../"))
}

/// Where the nearest manifest above the audited directory is, and the command that audits it.
fn nearest_manifest(root: &Root) -> Option<String> {
    let level = levels(root, "").into_iter().skip(1).find(|level| {
        let read = root.read(&tree::join(level, "package.json"), TEXT_LIMIT);
        !matches!(read, Ok(None))
    })?;
    // No report holds an absolute path of this machine.
    let command = match root.typed().is_absolute() {
        true => String::new(),
        false => format!(": `clerk-audit {}`", root.typed().join(&level).display()),
    };
    Some(format!("; the nearest is {level}/package.json{command}"))
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

/// Finds the installed versions of each app's framework and Clerk packages: from the lock file that the app is
/// installed from, else the ranges of the manifest as they stand.
pub fn resolve_versions(
    root: &Root,
    manifests: &[Manifest],
    apps: &mut [App],
    notes: &mut Vec<String>,
) {
    let mut shelf = Shelf {
        root,
        manifests,
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
    let own = shelf.source(&app.path);
    for package in &mut app.clerk {
        let from = tree::folder(&package.manifest).to_owned();
        package.range = catalogs.range(&package.name, &package.range);
        package.version = shelf.installed(&own, &from, &package.name, &package.range);
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
            shelf.installed(&own, folder, name, "*")
        });
        app.framework_version = of_library;
        return;
    };
    let range = catalogs.range(name, range);
    let installed = shelf.installed(&own, &app.path, name, &range);
    app.framework_version = installed.or(Some(range));
}

/// A lock file that a folder may be installed from.
pub(super) struct Candidate<'l> {
    /// Which program wrote it.
    pub kind: LockKind,
    /// What it says.
    pub lock: &'l Lockfile,
    /// The folder, as seen from the lock file's.
    pub below: &'l str,
}

/// Which of several lock files, the nearest first, a folder is installed from. A stale one is often left behind
/// beside the one that is kept: the one that `packageManager` names wins where all of it fits the manifest, else
/// the one that has most of what the manifest asks for. `None` where none knows the folder.
pub(super) fn choose(
    candidates: &[Candidate<'_>],
    wants: &[(String, String)],
    manager: Option<LockKind>,
) -> Option<usize> {
    let scores: Vec<Score> = candidates.iter().map(|one| score(one, wants)).collect();
    let all = || candidates.iter().zip(&scores).enumerate();
    let mut named = all().filter(|(_, (one, score))| {
        Some(one.kind) == manager && score.fitting > 0 && score.fitting == score.judged
    });
    if let Some((index, _)) = named.next() {
        return Some(index);
    }
    let known = all().filter(|(_, (_, score))| score.is_known);
    // The last of equals counts, and the nearest is first.
    let best = known.rev().max_by_key(|(_, (_, score))| score.fitting);
    best.map(|(index, _)| index)
}

#[derive(Default)]
struct Score {
    /// Whether anything is installed for the folder.
    is_known: bool,
    /// How many of the ranges can be compared, and how many of the versions lie in theirs.
    judged: usize,
    fitting: usize,
}

fn score(one: &Candidate<'_>, wants: &[(String, String)]) -> Score {
    let mut score = Score::default();
    for (name, range) in wants {
        let Some(version) = one.lock.resolve(one.below, name, range) else {
            continue;
        };
        score.is_known = true;
        // npm reads no longer one (node-semver, `MAX_LENGTH`).
        let range = Some(range).filter(|range| range.len() <= 256);
        let range = range.and_then(|range| Range::parse(range).ok());
        if let (Some(range), Ok(version)) = (range, Version::parse(&version)) {
            score.judged += 1;
            score.fitting += usize::from(range.satisfies(&version));
        }
    }
    score
}

/// What the manifest of a folder asks for: names and ranges.
pub(super) fn wants(root: &Root, manifests: &[Manifest], folder: &str) -> Vec<(String, String)> {
    let path = tree::join(folder, "package.json");
    let own = manifests.iter().find(|one| one.path == path);
    let Some(Content::Npm(json)) = own.map(|one| &one.content) else {
        return Vec::new();
    };
    let catalogs = Catalogs::above(root, manifests, folder);
    let asked = json.dependencies.iter();
    asked
        .map(|(name, asked)| (name.clone(), catalogs.range(name, &asked.range)))
        .collect()
}

/// The kind of lock file that the nearest `packageManager` writes.
pub(super) fn manager(root: &Root, manifests: &[Manifest], folder: &str) -> Option<LockKind> {
    let of = |json: &PackageJson| match json.package_manager.as_deref()?.split('@').next()? {
        "npm" => Some(LockKind::Npm),
        "pnpm" => Some(LockKind::Pnpm),
        "yarn" => Some(LockKind::Yarn),
        "bun" => Some(LockKind::Bun),
        _ => None,
    };
    levels(root, folder).iter().find_map(|level| {
        let path = tree::join(level, "package.json");
        match manifests.iter().find(|one| one.path == path) {
            Some(manifest) => match &manifest.content {
                Content::Npm(json) => of(json),
                Content::Foreign(..) => None,
            },
            // What lies above the workspace is in no list.
            None if tree::is_above(level) => {
                let text = root.read(&path, TEXT_LIMIT).ok().flatten()?;
                of(&manifest::package_json(&text).ok()?)
            }
            None => None,
        }
    })
}

/// Lock files, each read once.
struct Shelf<'r> {
    root: &'r Root,
    manifests: &'r [Manifest],
    locks: BTreeMap<String, Level>,
    /// Those of other languages, by folder, as what they have installed.
    foreign: HashMap<(Ecosystem, String), Vec<Requirement>>,
    notes: &'r mut Vec<String>,
}

/// The lock files of one folder, and what is to be said of those that cannot be read.
#[derive(Default)]
struct Level {
    locks: Vec<(LockKind, Lockfile)>,
    notes: Vec<String>,
}

/// A lock file on the shelf: its folder, and which of those there.
type Source = Option<(String, usize)>;

impl Shelf<'_> {
    /// The lock file that a folder is installed from.
    fn source(&mut self, folder: &str) -> Source {
        let levels = levels(self.root, folder);
        for level in &levels {
            if !self.locks.contains_key(level) {
                let read = read_locks(self.root, level);
                self.locks.insert(level.clone(), read);
            }
        }
        let mut places: Vec<(&String, usize, String)> = Vec::new();
        for level in &levels {
            let many = self.locks.get(level).map_or(0, |read| read.locks.len());
            let below = path_from(self.root, level, folder);
            places.extend((0..many).map(|index| (level, index, below.clone())));
        }
        let candidates: Vec<Candidate<'_>> = places
            .iter()
            .filter_map(|(level, index, below)| {
                let (kind, lock) = self.locks.get(*level)?.locks.get(*index)?;
                Some(Candidate {
                    kind: *kind,
                    lock,
                    below,
                })
            })
            .collect();
        let wants = wants(self.root, self.manifests, folder);
        let manager = manager(self.root, self.manifests, folder);
        let chosen = choose(&candidates, &wants, manager);
        let chosen = chosen.and_then(|index| places.get(index));
        let source = chosen.map(|(level, index, _)| ((*level).clone(), *index));
        // Whatever lies further up than the one that counts concerns nobody here.
        for level in &levels {
            let notes = self.locks.get_mut(level).map(|read| &mut read.notes);
            self.notes.append(notes.unwrap_or(&mut Vec::new()));
            if source.as_ref().is_some_and(|(last, _)| last == level) {
                break;
            }
        }
        source
    }

    /// The version installed for a folder: a workspace package of the app's is installed along with it.
    fn installed(&mut self, own: &Source, folder: &str, name: &str, range: &str) -> Option<String> {
        let covering = own
            .clone()
            .filter(|(level, _)| tree::is_below(folder, level));
        let (level, index) = covering.or_else(|| self.source(folder))?;
        let below = path_from(self.root, &level, folder);
        let (_, lock) = self.locks.get(&level)?.locks.get(index)?;
        lock.resolve(&below, name, range)
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
    tree::levels(folder, root.height())
}

/// The path of `folder` as seen from the folder of a lock file.
pub(super) fn path_from(root: &Root, level: &str, folder: &str) -> String {
    let above = root.below_fence();
    let (level, folder) = (tree::climb(&above, level), tree::climb(&above, folder));
    let below = folder.strip_prefix(&level).unwrap_or(&folder);
    below.trim_start_matches('/').to_owned()
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

fn read_locks(root: &Root, folder: &str) -> Level {
    let mut level = Level::default();
    for name in LOCK_NAMES {
        let Some(kind) = lockfile::kind_of(name) else {
            continue;
        };
        let path = tree::join(folder, name);
        if kind == LockKind::BunBinary && !level.locks.is_empty() {
            continue;
        }
        let read = match root.read(&path, LOCK_LIMIT) {
            Ok(None) => continue,
            Ok(Some(text)) => lockfile::parse(kind, &text).map_err(|e| e.in_file(&path)),
            Err(e) => Err(e.to_string()),
        };
        match read {
            Ok(lock) => level.locks.push((kind, lock)),
            Err(e) => {
                let note = format!("{e}; versions are taken from the manifest");
                level.notes.push(note);
            }
        }
    }
    level
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
            .map_err(|e| e.in_file(&path)),
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
