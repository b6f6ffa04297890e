//! Listing and reading the files of an untrusted directory.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Result, anyhow, bail};
use ignore::{WalkBuilder, WalkState};

use crate::facts::code::scan::is_source;
use crate::facts::tree::Tree;

/// Folders that hold no source of the project whatever the ignore rules say: installed packages,
/// version control, and what a build writes.
const NEVER: &[&str] = &[
    ".git",
    "node_modules",
    ".next",
    ".nuxt",
    ".output",
    ".svelte-kit",
    ".vercel",
    ".turbo",
    ".expo",
    ".open-next",
    ".wrangler",
    ".venv",
    "venv",
    "__pycache__",
    "bower_components",
    "storybook-static",
    ".yarn",
    ".pnpm-store",
    ".nx",
    ".cache",
    ".terraform",
    "site-packages",
];

/// Folders that a build writes beside the `package.json`. Elsewhere these are names like any other:
/// `app/build/page.tsx` is a route.
const BUILT: &[&str] = &["dist", "build", "out", "coverage"];

/// The largest file that is read as text.
pub const TEXT_LIMIT: u64 = 1024 * 1024;

/// The largest lock file that is read.
pub const LOCK_LIMIT: u64 = 64 * 1024 * 1024;

/// The audited directory.
#[derive(Debug, Clone)]
pub struct Root {
    /// As an absolute path without links.
    path: PathBuf,
    /// As it was typed; empty for where the program runs.
    typed: PathBuf,
    /// Files may be read up to here: the work tree of the repository, or the directory itself.
    fence: PathBuf,
    /// Folders with whether they lie inside the fence, links resolved: asked for every file.
    inside: Arc<Mutex<HashMap<PathBuf, bool>>>,
}

/// Why a file could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The file, as it is shown.
    pub path: String,
    /// Why, in a few words.
    pub why: String,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path, self.why)
    }
}

impl Root {
    /// Opens the audited directory, or says what is wrong with it.
    pub fn open(dir: &Path) -> Result<Self> {
        let cannot = |what: &str, e: &io::Error| {
            anyhow!(
                "cannot {what} the directory {}: {}",
                dir.display(),
                words(e)
            )
        };
        let path = fs::canonicalize(dir).map_err(|e| cannot("open", &e))?;
        if !path.is_dir() {
            bail!(
                "{} is a file; give the directory of the project",
                dir.display()
            );
        }
        fs::read_dir(&path).map_err(|e| cannot("read", &e))?;
        Ok(Self {
            fence: path.clone(),
            path,
            typed: dir.strip_prefix(".").unwrap_or(dir).to_owned(),
            inside: Arc::default(),
        })
    }

    /// Allows reading up to the root of the work tree that the directory lies in: lock files and
    /// environment files of a monorepo stand above its apps.
    #[must_use]
    pub fn within(mut self, work_tree: Option<&Path>) -> Self {
        if let Some(tree) = work_tree.and_then(|tree| fs::canonicalize(tree).ok())
            && self.path.starts_with(&tree)
        {
            self.fence = tree;
            self.inside = Arc::default();
        }
        self
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory as it was typed; empty for where the program runs.
    pub fn typed(&self) -> &Path {
        &self.typed
    }

    /// Its name, for headings.
    pub fn name(&self) -> String {
        self.path.file_name().map_or_else(
            || "/".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    /// How many folders lie between the directory and the fence.
    pub fn height(&self) -> usize {
        self.path
            .strip_prefix(&self.fence)
            .map_or(0, |rest| rest.components().count())
    }

    /// The directory's path below the work tree, with `/`; `""` where it is the work tree.
    pub fn below_fence(&self) -> String {
        let rest = self.path.strip_prefix(&self.fence).unwrap_or(Path::new(""));
        rest.components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/")
    }

    /// Reads a file as text, `None` where there is none or a folder. Bytes that are not UTF-8 are replaced, as Node
    /// does. Only regular files are opened (a pipe would wait for ever), and a link is followed only
    /// inside the fence.
    pub fn read(&self, path: &str, limit: u64) -> Result<Option<String>, Unreadable> {
        let bytes = self.read_bytes(path, limit)?;
        Ok(bytes.map(lossy))
    }

    /// Reads a source file that the walk has listed, so that it is no link and no pipe, into a buffer;
    /// says no where it is larger than `limit`, as only generated files are. Thousands are read this way:
    /// as few calls as can be.
    pub fn read_listed(
        &self,
        path: &str,
        limit: u64,
        into: &mut Vec<u8>,
    ) -> Result<bool, Unreadable> {
        let fail = |e: io::Error| Unreadable {
            path: path.to_owned(),
            why: words(&e),
        };
        into.clear();
        let mut file = File::open(self.path.join(path)).map_err(fail)?;
        let about = file.metadata().map_err(fail)?;
        if !about.is_file() || about.len() > limit {
            return Ok(false);
        }
        into.resize(usize::try_from(about.len()).unwrap_or(0), 0);
        let mut filled = 0;
        while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match file.read(rest).map_err(fail)? {
                // It has shrunk since it was looked at.
                0 => break,
                more => filled += more,
            }
        }
        into.truncate(filled);
        Ok(true)
    }

    /// Reads a file as it is, `None` where there is none. A folder of that name is an error.
    ///
    /// # Errors
    /// Why it could not be read.
    pub fn read_raw(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Unreadable> {
        if self.path.join(path).is_dir() {
            return Err(Unreadable {
                path: path.to_owned(),
                why: "a folder, not a file".to_owned(),
            });
        }
        self.read_bytes(path, limit)
    }

    fn read_bytes(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Unreadable> {
        let fail = |why: String| Unreadable {
            path: path.to_owned(),
            why,
        };
        let full = self.path.join(path);
        let about = match fs::symlink_metadata(&full) {
            Ok(about) => about,
            Err(e)
                if e.kind() == io::ErrorKind::NotFound
                    || e.kind() == io::ErrorKind::NotADirectory =>
            {
                return Ok(None);
            }
            Err(e) => return Err(fail(words(&e))),
        };
        if about.is_symlink() {
            let target = fs::canonicalize(&full)
                .map_err(|e| fail(format!("a link that cannot be followed ({})", words(&e))))?;
            if !target.starts_with(&self.fence) {
                let why = "a link that leaves the project; not followed";
                return Err(fail(why.to_owned()));
            }
        } else if !self.holds(full.parent().unwrap_or(&full)) {
            return Err(fail("outside the project; not read".to_owned()));
        }
        let about = fs::metadata(&full).map_err(|e| fail(words(&e)))?;
        if about.is_dir() {
            return Ok(None);
        }
        if !about.is_file() {
            return Err(fail("not a regular file".to_owned()));
        }
        if about.len() > limit {
            let (size, most) = (about.len() / 1024, limit / 1024);
            return Err(fail(format!(
                "{size} KiB, more than the {most} KiB that are read"
            )));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
        let file = File::open(&full).map_err(|e| fail(words(&e)))?;
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(|e| fail(words(&e)))?;
        Ok(Some(bytes))
    }

    /// Whether a folder lies inside the fence, once its links and `..` are resolved.
    fn holds(&self, folder: &Path) -> bool {
        let known = |inside: &mut HashMap<PathBuf, bool>| inside.get(folder).copied();
        if let Some(known) = self.inside.lock().ok().and_then(|mut all| known(&mut all)) {
            return known;
        }
        let inside = fs::canonicalize(folder).is_ok_and(|real| real.starts_with(&self.fence));
        if let Ok(mut all) = self.inside.lock() {
            all.insert(folder.to_owned(), inside);
        }
        inside
    }

    /// The names in one folder, ignored ones included.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path.join(folder)) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort_unstable();
        names
    }

    /// Lists the files that are not ignored, in parallel, with what could not be listed. Links are not
    /// followed.
    pub fn list(&self) -> (Tree, Vec<String>) {
        let Walked {
            files, mut gaps, ..
        } = self.walk_all();
        gaps.sort_unstable();
        gaps.dedup();
        (Tree::new(files), gaps)
    }

    /// The directory that lies some folders above, which must be inside the fence.
    pub(super) fn above(&self, up: usize) -> Option<Self> {
        let path = self.path.ancestors().nth(up)?.to_owned();
        Some(Self {
            path,
            ..self.clone()
        })
    }

    /// The files that are not ignored, and the folders, as absolute paths.
    pub fn census(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let walked = self.walk_all();
        let files = walked.files.iter().map(|file| self.path.join(file));
        (files.collect(), walked.folders)
    }

    fn walk_all(&self) -> Walked {
        // Above the work tree nobody's rules are the project's.
        let above = self.height() > 0;
        let walked = self.walk(above);
        if walked.files.is_empty() && above {
            // Ignored as a whole, such as a project inside a repository of dotfiles: its own rules count.
            return self.walk(false);
        }
        walked
    }

    fn walk(&self, rules_above: bool) -> Walked {
        let files = Mutex::new(Vec::new());
        let folders = Mutex::new(Vec::new());
        let gaps: Arc<Mutex<Vec<String>>> = Arc::default();
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let own = self
            .path
            .ancestors()
            .take(if rules_above { usize::MAX } else { 1 });
        let odd = own.flat_map(odd_rules).next();
        if let Some(rules) = &odd {
            note(&gaps, format!("{}: not a file of rules", self.shown(rules)));
        }
        let walk = WalkBuilder::new(&self.path)
            .hidden(false)
            // `.ignore` is for searching, and says nothing about what is deployed.
            .ignore(false)
            .require_git(false)
            .git_ignore(odd.is_none())
            .git_exclude(odd.is_none())
            .parents(rules_above && odd.is_none())
            .follow_links(false)
            .threads(threads)
            .filter_entry({
                let (root, gaps) = (self.clone(), Arc::clone(&gaps));
                move |entry| {
                    let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                    !folder || entry.depth() == 0 || root.enters(entry.path(), &gaps)
                }
            })
            .build_parallel();
        walk.run(|| {
            let mut batch = Batch {
                files: Vec::new(),
                into: &files,
            };
            let (gaps, folders) = (&gaps, &folders);
            Box::new(move |entry| {
                match entry {
                    Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                        match relative(entry.path(), &self.path) {
                            Some(path) => batch.files.push(path),
                            None => {
                                let path = self.shown(entry.path());
                                if is_source(&path) {
                                    note(gaps, format!("{path}: its name is not UTF-8"));
                                }
                            }
                        }
                    }
                    Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {
                        note(folders, entry.into_path());
                    }
                    Ok(_) => {}
                    Err(e) => note(gaps, self.fault(&e)),
                }
                WalkState::Continue
            })
        });
        let gaps = gaps.lock().map(|mut gaps| std::mem::take(&mut *gaps));
        Walked {
            files: files.into_inner().unwrap_or_default(),
            folders: folders.into_inner().unwrap_or_default(),
            gaps: gaps.unwrap_or_default(),
        }
    }

    /// Whether the walk goes into a folder.
    fn enters(&self, folder: &Path, gaps: &Mutex<Vec<String>>) -> bool {
        let name = folder.file_name().and_then(|name| name.to_str());
        let name = name.unwrap_or_default();
        let beside = |manifest| folder.with_file_name(manifest).exists();
        if NEVER.contains(&name) || (BUILT.contains(&name) && beside("package.json")) {
            return false;
        }
        match odd_rules(folder).next() {
            None => true,
            Some(rules) => {
                note(gaps, format!("{}: not a file of rules", self.shown(&rules)));
                false
            }
        }
    }

    /// A path below the directory as it is shown.
    fn shown(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.path).unwrap_or(path);
        below.to_string_lossy().into_owned()
    }

    /// What went wrong with the walk, and where.
    fn fault(&self, e: &ignore::Error) -> String {
        match (e, e.io_error()) {
            (ignore::Error::WithDepth { err, .. }, _) => self.fault(err),
            (ignore::Error::WithPath { path, .. }, Some(io)) => {
                format!("{}: {}", self.shown(path), words(io))
            }
            (_, Some(io)) => words(io),
            _ => e.to_string(),
        }
    }
}

/// Files that the walk would open for their rules, and that are no files: a pipe would wait for ever.
fn odd_rules(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    [".gitignore", ".git/info/exclude"]
        .map(|name| folder.join(name))
        .into_iter()
        .filter(|path| {
            fs::metadata(path).is_ok_and(|about| {
                let text = about.is_file() && about.len() <= TEXT_LIMIT;
                !(about.is_dir() || text)
            })
        })
}

pub(super) fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

/// What one thread of the walk found; handed over when the thread ends.
struct Batch<'m> {
    files: Vec<String>,
    into: &'m Mutex<Vec<String>>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if let Ok(mut all) = self.into.lock() {
            all.append(&mut self.files);
        }
    }
}

/// What a walk found.
struct Walked {
    files: Vec<String>,
    folders: Vec<PathBuf>,
    gaps: Vec<String>,
}

fn note<T>(notes: &Mutex<Vec<T>>, one: T) {
    if let Ok(mut notes) = notes.lock() {
        notes.push(one);
    }
}

fn relative(path: &Path, root: &Path) -> Option<String> {
    let path = path.strip_prefix(root).ok()?.to_str()?;
    Some(if std::path::MAIN_SEPARATOR == '/' {
        path.to_owned()
    } else {
        path.replace('\\', "/")
    })
}

/// Reads an env file that the user named, wherever it is. It may be a pipe: `<(vercel env pull …)`.
pub fn read_given(option: &str, path: &Path, limit: u64) -> Result<String> {
    read_named(option, path, limit).map(lossy)
}

/// Reads a file that the user named by an option, wherever it is.
///
/// # Errors
/// Why it could not be read.
pub fn read_named(option: &str, path: &Path, limit: u64) -> Result<Vec<u8>> {
    let shown = path.display();
    let cannot = |e: io::Error| anyhow!("cannot read {option} {shown}: {}", words(&e));
    if fs::metadata(path).map_err(cannot)?.is_dir() {
        bail!("{option} {shown} is a directory");
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > limit {
        bail!("{option} {shown} is larger than {} KiB", limit / 1024);
    }
    Ok(bytes)
}

/// An I/O error without the operating system's number.
pub fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        io::ErrorKind::NotFound => "not found".to_owned(),
        _ => {
            let text = error.to_string();
            match text.split_once(" (os error") {
                Some((words, _)) => words.to_owned(),
                None => text,
            }
        }
    }
}
