//! Where the repository of a folder is: the search of git (gitrepository-layout(5), gitglossary(7)
//! "gitfile"), without its environment variables.

use std::fs;
use std::path::{Path, PathBuf};

use super::config::Config;
use super::files;

/// What a search upwards ends with.
pub(super) enum Found {
    /// No folder above is under git.
    Nothing,
    /// Git is there, but the folder belongs to no work tree; why.
    NoWorkTree { folder: PathBuf, why: String },
    /// Git is there, but what says where cannot be followed; why.
    Broken { folder: PathBuf, why: String },
    /// A work tree.
    WorkTree(Layout),
}

/// The folders of a repository with a work tree.
pub(super) struct Layout {
    /// The root of the work tree.
    pub(super) root: PathBuf,
    /// Where the index is: `.git`, or a folder of its own for a linked work tree or a submodule.
    pub(super) git_dir: PathBuf,
    /// Where the configuration and `info/exclude` are: the git folder that linked work trees share.
    pub(super) common_dir: PathBuf,
    /// What the repository configures.
    pub(super) config: Config,
}

/// Searches from `dir`, which is absolute and without links, up to the root of the file system.
pub(super) fn search(dir: &Path) -> Found {
    for folder in dir.ancestors() {
        match look_into(folder) {
            Ok(Some(git_dir)) => {
                return layout(dir, folder, git_dir).unwrap_or_else(|why| Found::Broken {
                    folder: folder.to_owned(),
                    why,
                });
            }
            Ok(None) => {}
            Err(why) => {
                return Found::Broken {
                    folder: folder.to_owned(),
                    why,
                };
            }
        }
        if matches!(common_of(folder), Ok(Some(_))) {
            let why = "the directory lies in a git folder or a bare repository: no work tree";
            return Found::NoWorkTree {
                folder: folder.to_owned(),
                why: why.to_owned(),
            };
        }
    }
    Found::Nothing
}

/// The git folder that `.git` in `folder` is or names. As in git, a `.git` that is a folder without a
/// repository in it does not count.
fn look_into(folder: &Path) -> Result<Option<PathBuf>, String> {
    let dot_git = folder.join(".git");
    let told = match fs::metadata(&dot_git) {
        Ok(told) => told,
        Err(error) if files::is_absent(&error) => return Ok(None),
        Err(error) => return Err(format!("{} cannot be read: {error}", dot_git.display())),
    };
    if told.is_dir() {
        return Ok(common_of(&dot_git)?.map(|_| dot_git));
    }
    if !told.is_file() {
        return Ok(None);
    }
    let text = files::text(&dot_git)?.unwrap_or_default();
    let Some(named) = text
        .strip_prefix("gitdir: ")
        .map(|path| path.trim_end_matches(['\n', '\r']))
    else {
        return Err(format!("{} does not say \"gitdir: …\"", dot_git.display()));
    };
    let git_dir = folder.join(named);
    match common_of(&git_dir)? {
        Some(_) => Ok(Some(git_dir)),
        None => Err(format!(
            "{} points to {}, which is no git repository",
            dot_git.display(),
            git_dir.display()
        )),
    }
}

/// The folder that holds what linked work trees share, when `git_dir` is a git folder at all.
fn common_of(git_dir: &Path) -> Result<Option<PathBuf>, String> {
    let head = git_dir.join("HEAD");
    match fs::symlink_metadata(&head) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err(format!("{} cannot be read: {error}", head.display()));
        }
        Err(_) => return Ok(None),
    }
    let common = match files::text(&git_dir.join("commondir"))? {
        Some(named) => git_dir.join(named.trim_end_matches(['\n', '\r'])),
        None => git_dir.to_owned(),
    };
    let whole = common.join("objects").is_dir() && common.join("refs").is_dir();
    Ok(whole.then_some(common))
}

/// Reads the configuration of the repository at `git_dir`, which `folder` holds or names.
fn layout(dir: &Path, folder: &Path, git_dir: PathBuf) -> Result<Found, String> {
    let common_dir = real(&common_of(&git_dir)?.unwrap_or_else(|| git_dir.clone()))?;
    let git_dir = real(&git_dir)?;
    let mut config = Config::default();
    if let Some(text) = files::text(&common_dir.join("config"))? {
        config.read(&text);
    }
    if common_dir != git_dir {
        // A linked work tree is one, whatever the shared configuration says about the main one.
        config.bare = false;
        config.work_tree = None;
    }
    if config.per_work_tree
        && let Some(text) = files::text(&git_dir.join("config.worktree"))?
    {
        config.read(&text);
    }
    let root = match &config.work_tree {
        Some(named) => real(&git_dir.join(named)).map_err(|why| format!("core.worktree: {why}"))?,
        None if config.bare => {
            let why = "the repository is bare (core.bare): no work tree".to_owned();
            return Ok(Found::NoWorkTree {
                folder: folder.to_owned(),
                why,
            });
        }
        None => folder.to_owned(),
    };
    if !dir.starts_with(&root) {
        let why = format!(
            "the work tree of the repository is elsewhere: {}",
            root.display()
        );
        return Ok(Found::NoWorkTree {
            folder: folder.to_owned(),
            why,
        });
    }
    Ok(Found::WorkTree(Layout {
        root,
        git_dir,
        common_dir,
        config,
    }))
}

fn real(path: &Path) -> Result<PathBuf, String> {
    path.canonicalize().map_err(|error| {
        format!(
            "core.worktree {} cannot be followed: {error}",
            path.display()
        )
    })
}
