//! Waits until something changes that an audit reads. What git ignores does not count, but env files do.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use notify::event::{EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::environment::is_env_file;
use super::files::{Root, words};
use super::process::ProcessEnv;
use super::{net, repository};

/// So long nothing more happens before a change is over: an editor writes a file in several steps.
const QUIET: Duration = Duration::from_millis(40);

/// After so long it is over in any case.
const LONGEST: Duration = Duration::from_millis(100);

/// What is read above the audited directory, in a monorepo.
const ABOVE: &[&str] = &[
    ".gitignore",
    "package.json",
    "package-lock.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "yarn.lock",
    "bun.lock",
];

/// What to look at beside the project itself.
#[derive(Debug)]
pub struct Beside {
    /// Env files that the user names, wherever they are.
    pub env_files: Vec<PathBuf>,
    /// Other files that the audit reads.
    pub others: Vec<PathBuf>,
    /// Files that the audit itself writes, wherever links lead.
    pub written: Vec<PathBuf>,
    /// Whether the first name is that of a file which becomes the one of the second.
    pub is_draft: fn(&str, &str) -> bool,
    /// The name of the config.
    pub config: &'static str,
}

/// What happened.
#[derive(Debug)]
pub enum Change {
    /// Something that is read changed.
    Read {
        /// What, as it is shown; empty where it is not known.
        path: String,
        /// Whether what is asked over the network may be another now.
        asks: bool,
    },
    /// It can be watched no longer.
    Over(anyhow::Error),
}

/// Tells every change from now on, until the program ends.
///
/// # Errors
/// A directory that is not there, or that the system cannot watch.
pub fn watch(
    dir: &Path,
    beside: Beside,
    process: &ProcessEnv,
    mut tell: impl FnMut(Change) + Send + 'static,
) -> Result<()> {
    let root = Root::open(dir)?;
    let repository = repository::open(root.path(), process);
    let root = root.within(repository.work_tree());
    let (send, events) = channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // That nobody listens any more means that the program ends.
        if event.as_ref().map_or(true, matters) {
            let _ = send.send(event);
        }
    });
    let mut watching = Watching {
        watcher: watcher.map_err(|e| cannot(dir, e))?,
        shown: dir.to_owned(),
        folders: HashSet::new(),
        files: HashSet::new(),
        ignored: HashSet::new(),
        beside: real(beside),
        git: repository.work_tree().map(|tree| tree.join(".git")),
        root,
    };
    watching.look()?;
    thread::spawn(move || {
        while let Some(batch) = next(&events) {
            match watching.judge(&batch) {
                Ok(None) => {}
                Ok(Some(change)) => tell(change),
                Err(e) => return tell(Change::Over(e)),
            }
        }
    });
    Ok(())
}

/// Tells when somebody presses Ctrl-C, which then no longer ends the program by itself.
pub fn on_interrupt(tell: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        if let Ok(Ok(())) = net::run(tokio::signal::ctrl_c) {
            tell();
        }
    });
}

/// That a file was opened, read or closed says nothing: the audit does so itself.
fn matters(event: &Event) -> bool {
    !matches!(
        event.kind,
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_))
    ) || event.need_rescan()
}

/// What happened until it was quiet again; nothing once all is over.
fn next(events: &Receiver<notify::Result<Event>>) -> Option<Vec<notify::Result<Event>>> {
    let mut batch = vec![events.recv().ok()?];
    let begun = Instant::now();
    while begun.elapsed() < LONGEST {
        match events.recv_timeout(QUIET) {
            Ok(more) => batch.push(more),
            Err(_) => break,
        }
    }
    Some(batch)
}

/// The paths as the system tells them: without links.
fn real(beside: Beside) -> Beside {
    let real = |path: PathBuf| {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        folder.join(path.file_name().unwrap_or_default())
    };
    let all = |paths: Vec<PathBuf>| paths.into_iter().map(real).collect();
    Beside {
        env_files: all(beside.env_files),
        others: all(beside.others),
        written: all(beside.written),
        is_draft: beside.is_draft,
        config: beside.config,
    }
}

fn cannot(dir: &Path, e: notify::Error) -> anyhow::Error {
    let why = match e.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "the system allows no more watches; raise fs.inotify.max_user_watches".to_owned()
        }
        notify::ErrorKind::Io(e) => words(&e),
        _ => e.to_string(),
    };
    anyhow!("cannot watch {}: {why}", dir.display())
}

/// What a changed path means.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Nothing,
    Unknown,
    Read,
    Asks,
}

struct Watching {
    watcher: RecommendedWatcher,
    root: Root,
    /// The directory as it was typed.
    shown: PathBuf,
    /// The folders that are watched.
    folders: HashSet<PathBuf>,
    /// The files that were there when it was last looked.
    files: HashSet<PathBuf>,
    /// Files that were there then and that git ignores.
    ignored: HashSet<PathBuf>,
    beside: Beside,
    git: Option<PathBuf>,
}

impl Watching {
    /// Looks at what is there now, and watches every folder of it.
    fn look(&mut self) -> Result<()> {
        Root::open(self.root.path()).map_err(|_| {
            anyhow!(
                "the directory {} is gone, so there is nothing left to watch",
                self.shown.display()
            )
        })?;
        let (files, mut folders) = self.root.census();
        let above = self
            .root
            .path()
            .ancestors()
            .skip(1)
            .take(self.root.height());
        folders.extend(above.map(Path::to_owned));
        folders.push(self.root.path().to_owned());
        folders.extend(self.git.clone().filter(|git| git.is_dir()));
        let named = self.beside.env_files.iter().chain(&self.beside.others);
        folders.extend(named.filter_map(|path| path.parent()).map(Path::to_owned));
        self.files = files.into_iter().collect();
        self.ignored.clear();
        let new: HashSet<PathBuf> = folders.into_iter().collect();
        for gone in self.folders.difference(&new) {
            // It is watched no longer by itself where it is not there any more.
            let _ = self.watcher.unwatch(gone);
        }
        self.folders.retain(|folder| new.contains(folder));
        for folder in new {
            self.add(folder)?;
        }
        Ok(())
    }

    fn add(&mut self, folder: PathBuf) -> Result<()> {
        if self.folders.contains(&folder) {
            return Ok(());
        }
        match self.watcher.watch(&folder, RecursiveMode::NonRecursive) {
            Ok(()) => {
                self.folders.insert(folder);
                Ok(())
            }
            // What went away meanwhile, or must not be read, is no reason to stop.
            Err(e)
                if !matches!(e.kind, notify::ErrorKind::MaxFilesWatch)
                    && folder.as_path() != self.root.path() =>
            {
                Ok(())
            }
            Err(e) => Err(cannot(&self.shown, e)),
        }
    }

    /// What a batch of events means.
    fn judge(&mut self, batch: &[notify::Result<Event>]) -> Result<Option<Change>> {
        let mut most = (Weight::Nothing, PathBuf::new());
        let mut unknown = Vec::new();
        for event in batch {
            let Ok(event) = event else {
                most = most.max((Weight::Asks, PathBuf::new()));
                continue;
            };
            if event.need_rescan() {
                // Events were lost: anything may have changed.
                most = most.max((Weight::Asks, PathBuf::new()));
            }
            let moved = matches!(
                event.kind,
                EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
            );
            for path in &event.paths {
                let weight = self.weight(path);
                if weight == Weight::Unknown {
                    unknown.push(path.clone());
                }
                if weight > most.0 {
                    most = (weight, path.clone());
                }
                if moved {
                    self.forget(path);
                }
            }
        }
        if most.0 == Weight::Nothing {
            return Ok(None);
        }
        self.look()?;
        if most.0 == Weight::Unknown {
            let Some(new) = unknown.iter().find(|path| self.is_there(path)) else {
                let ignored = unknown
                    .into_iter()
                    .filter(|path| path.symlink_metadata().is_ok());
                self.ignored.extend(ignored);
                return Ok(None);
            };
            most = (Weight::Read, new.clone());
        }
        let path = most.1.strip_prefix(self.root.path()).unwrap_or(&most.1);
        Ok(Some(Change::Read {
            path: path.to_string_lossy().replace('\\', "/"),
            asks: most.0 == Weight::Asks,
        }))
    }

    fn is_there(&self, path: &Path) -> bool {
        self.files.contains(path) || self.folders.contains(path)
    }

    /// A folder that went away, with all in it. Another of its name has to be watched anew.
    fn forget(&mut self, path: &Path) {
        let gone: Vec<PathBuf> = self
            .folders
            .iter()
            .filter(|folder| folder.starts_with(path))
            .cloned()
            .collect();
        for folder in gone {
            let _ = self.watcher.unwatch(&folder);
            self.folders.remove(&folder);
        }
    }

    fn weight(&self, path: &Path) -> Weight {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.unwrap_or_default();
        let folder = path.parent().unwrap_or(path);
        if self.is_written(path, folder, name) {
            return Weight::Nothing;
        }
        if self.beside.env_files.iter().any(|file| file == path) {
            return Weight::Asks;
        }
        if self.beside.others.iter().any(|file| file == path) {
            return Weight::Read;
        }
        if self.git.as_deref() == Some(folder) {
            // What git tracks; all else in there is its own business.
            return if name == "index" {
                Weight::Read
            } else {
                Weight::Nothing
            };
        }
        let inside = path.starts_with(self.root.path());
        let above = self.root.path().starts_with(folder) && self.root.height() > 0;
        if (inside || above) && (is_env_file(name) || name == self.beside.config) {
            return Weight::Asks;
        }
        match inside {
            true if self.is_there(path) => Weight::Read,
            true if self.ignored.contains(path) => Weight::Nothing,
            true => Weight::Unknown,
            false if above && ABOVE.contains(&name) => Weight::Read,
            false => Weight::Nothing,
        }
    }

    /// Whether the audit itself writes it, the file beside it that becomes it included.
    fn is_written(&self, path: &Path, folder: &Path, name: &str) -> bool {
        self.beside.written.iter().any(|file| {
            let own = file.file_name().and_then(|own| own.to_str());
            let beside = || own.is_some_and(|own| (self.beside.is_draft)(name, own));
            file == path || (file.parent() == Some(folder) && beside())
        })
    }
}
