//! What git knows about a directory, read from its files. Git is not run, and nothing that a repository
//! configures (hooks, filters, fsmonitor) is either.

mod config;
mod files;
mod locate;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use self::config::Config;
use self::locate::{Found, Layout};
use crate::facts::gitignore::{IgnoreRules, Origin};
use crate::facts::gitindex::{self, ObjectFormat};
use crate::facts::tree;
use crate::model::Known;

/// The repository that a directory lies in.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Root of the work tree, absolute and without links.
    pub root: PathBuf,
    /// The directory asked about, relative to `root`, `/` separated; `""` when it is the root.
    pub prefix: String,
    /// Tracked files, relative to `root`, sorted; of them those that were asked for.
    pub tracked: Known<Vec<String>>,
    /// The ignore files that do not travel with the repository: whose, the name to show, the text.
    pub excludes: Vec<(Origin, String, String)>,
    /// What could not be read, in words.
    pub notes: Vec<String>,
}

/// The repository that `dir` lies in, with the tracked files that `keep` says yes to. `Ok(None)`: there is
/// no git. An error: `dir` itself cannot be reached.
pub fn open(
    dir: &Path,
    home: Option<&Path>,
    xdg_config_home: Option<&Path>,
    keep: &dyn Fn(&str) -> bool,
) -> io::Result<Option<Repository>> {
    let dir = dir.canonicalize()?;
    let without = |root: PathBuf, tracked, notes| {
        let prefix = below(&dir, &root);
        Some(Repository {
            root,
            prefix,
            tracked,
            excludes: Vec::new(),
            notes,
        })
    };
    Ok(match locate::search(&dir) {
        Found::Nothing => None,
        Found::NoWorkTree { folder, why } => {
            without(folder, Known::NotAsked(why.clone()), vec![why])
        }
        Found::Broken { folder, why } => without(folder, Known::Failed(why), Vec::new()),
        Found::WorkTree(layout) => {
            let mut notes = Vec::new();
            let tracked = match tracked(&layout, keep, &mut notes) {
                Ok(paths) => Known::Yes(paths),
                Err(why) => Known::Failed(why),
            };
            let excludes = excludes(
                &layout,
                Personal {
                    home,
                    xdg_config_home,
                },
                &mut notes,
            );
            let prefix = below(&dir, &layout.root);
            Some(Repository {
                root: layout.root,
                prefix,
                tracked,
                excludes,
                notes,
            })
        }
    })
}

impl Repository {
    /// The rules that decide about `paths` (relative to `root`): the personal ones, and every `.gitignore`
    /// in a folder above one of the paths. With them, what could not be read, in words.
    pub fn ignore_rules<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> (IgnoreRules, Vec<String>) {
        let mut rules = IgnoreRules::new();
        for (origin, file, text) in &self.excludes {
            rules.add_file(*origin, "", file, text);
        }
        let mut notes = Vec::new();
        let mut seen = HashSet::new();
        for path in paths {
            let ends = path.match_indices('/').map(|(end, _)| end);
            for folder in std::iter::once(0)
                .chain(ends)
                .filter_map(|end| path.get(..end))
            {
                if seen.contains(folder) {
                    continue;
                }
                // Git does not look behind a link, and neither does it leave the tree.
                if folder.rsplit('/').next() == Some("..") || !is_folder(&self.root.join(folder)) {
                    break;
                }
                seen.insert(folder.to_owned());
                match gitignore(&self.root, folder) {
                    Ok(Some((file, text))) => {
                        rules.add_file(Origin::Repository, folder, &file, &text);
                    }
                    Ok(None) => {}
                    Err(why) => notes.push(why),
                }
            }
        }
        (rules, notes)
    }
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|told| told.is_dir())
}

/// The `.gitignore` in `folder`: its name and text. Git does not follow one that is a link.
fn gitignore(root: &Path, folder: &str) -> Result<Option<(String, String)>, String> {
    let file = format!("{folder}/.gitignore")
        .trim_start_matches('/')
        .to_owned();
    let path = root.join(&file);
    if fs::symlink_metadata(&path).is_ok_and(|told| told.is_symlink()) {
        return Err(format!(
            "{file} is a link, which git does not follow: its rules do not count"
        ));
    }
    Ok(files::text(&path)?.map(|text| (file, text)))
}

/// What git has of some files: the hash of each one's content, as it is staged or committed.
pub struct Recorded {
    /// Root of the work tree, absolute and without links.
    pub root: PathBuf,
    /// By path, relative to `root`.
    pub hashes: BTreeMap<String, Vec<u8>>,
    /// How hashes are made.
    pub format: ObjectFormat,
}

/// What git has of the files below a directory; `None` where it has nothing to do with them.
pub fn recorded(dir: &Path) -> Result<Option<Recorded>, String> {
    let layout = match locate::search(dir) {
        Found::Nothing | Found::NoWorkTree { .. } => return Ok(None),
        Found::Broken { why, .. } => return Err(why),
        Found::WorkTree(layout) => layout,
    };
    let format = object_format(&layout)?;
    let prefix = below(dir, &layout.root);
    let mut hashes = BTreeMap::new();
    if let Some(bytes) = files::bytes(&layout.git_dir.join("index"), files::INDEX)? {
        let own = |path: &str| tree::is_below(path, &prefix);
        let entries = gitindex::entries_where(&bytes, format, own).map_err(|e| e.to_string())?;
        hashes.extend(
            entries
                .into_iter()
                .map(|(path, hash)| (path, hash.to_vec())),
        );
    }
    Ok(Some(Recorded {
        root: layout.root,
        hashes,
        format,
    }))
}

fn object_format(layout: &Layout) -> Result<ObjectFormat, String> {
    layout.config.object_format().map_err(|name| {
        format!("the repository uses the object format {name:?}, which is not known")
    })
}

/// The tracked files of the index.
fn tracked(
    layout: &Layout,
    keep: &dyn Fn(&str) -> bool,
    notes: &mut Vec<String>,
) -> Result<Vec<String>, String> {
    let format = object_format(layout)?;
    // A fresh `git init` has no index: nothing was added yet.
    let Some(bytes) = files::bytes(&layout.git_dir.join("index"), files::INDEX)? else {
        return Ok(Vec::new());
    };
    let mut folded = 0_usize;
    let mut paths = gitindex::paths_where(&bytes, format, |path| {
        folded += usize::from(path.ends_with('/'));
        keep(path)
    })
    .map_err(|error| error.to_string())?;
    if folded > 0 {
        notes.push(format!(
            "sparse index: which files are tracked below {folded} folders outside the sparse checkout is not known"
        ));
    }
    // Git keeps them sorted already; a damaged index may not.
    paths.sort_unstable();
    Ok(paths)
}

/// Where the user's own configuration is.
#[derive(Clone, Copy)]
struct Personal<'a> {
    home: Option<&'a Path>,
    xdg_config_home: Option<&'a Path>,
}

impl Personal<'_> {
    /// `$XDG_CONFIG_HOME/git/<name>`, else `~/.config/git/<name>` (git-config(1), "FILES").
    fn xdg(self, name: &str) -> Option<PathBuf> {
        let set = self
            .xdg_config_home
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = set
            .map(Path::to_owned)
            .or_else(|| Some(self.home?.join(".config")))?;
        Some(folder.join("git").join(name))
    }

    /// The file that `core.excludesFile` names, or its default (gitignore(5)).
    fn excludes_file(self, layout: &Layout, notes: &mut Vec<String>) -> Option<PathBuf> {
        let mut config = Config::default();
        let user = self.home.map(|home| home.join(".gitconfig"));
        for file in [self.xdg("config"), user].into_iter().flatten() {
            match files::text(&file) {
                Ok(text) => config.read(&text.unwrap_or_default()),
                Err(why) => notes.push(why),
            }
        }
        let named = layout
            .config
            .excludes_file
            .as_ref()
            .or(config.excludes_file.as_ref());
        match named {
            None => self.xdg("ignore"),
            Some(named) if named.is_empty() => None,
            Some(named) => match named.strip_prefix('~') {
                None => Some(layout.root.join(named)),
                Some(rest) => match (self.home, rest.strip_prefix('/')) {
                    (Some(home), Some(rest)) => Some(home.join(rest)),
                    _ => {
                        notes.push(format!("core.excludesFile {named:?} could not be found"));
                        None
                    }
                },
            },
        }
    }
}

/// The personal ignore files, where they exist.
fn excludes(
    layout: &Layout,
    personal: Personal<'_>,
    notes: &mut Vec<String>,
) -> Vec<(Origin, String, String)> {
    let exclude = Some(layout.common_dir.join("info").join("exclude"));
    let global = personal.excludes_file(layout, notes);
    let mut read = |origin: Origin, path: Option<PathBuf>| {
        let path = path?;
        match files::text(&path) {
            Ok(text) => Some((origin, shown(&path, &layout.root, personal.home), text?)),
            Err(why) => {
                notes.push(why);
                None
            }
        }
    };
    let found = [read(Origin::Exclude, exclude), read(Origin::Global, global)];
    found.into_iter().flatten().collect()
}

/// A path the way a reader knows it: relative to the work tree, else to the home folder, else whole.
fn shown(path: &Path, root: &Path, home: Option<&Path>) -> String {
    if let Ok(inside) = path.strip_prefix(root) {
        return slashed(inside);
    }
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(inside) => format!("~/{}", slashed(inside)),
        None => path.display().to_string(),
    }
}

/// `dir` relative to `root`; `""` when it is not below.
fn below(dir: &Path, root: &Path) -> String {
    dir.strip_prefix(root).map(slashed).unwrap_or_default()
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests;
