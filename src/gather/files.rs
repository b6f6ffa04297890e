//! Listing and reading the files of an untrusted directory.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Result, anyhow, bail};
use ignore::{WalkBuilder, WalkState};

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
];

/// Folders that a build writes, unless the project says otherwise by tracking a manifest in them.
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
    /// Files may be read up to here: the work tree of the repository, or the directory itself.
    fence: PathBuf,
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
        }
        self
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
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

    /// Reads a file as text, `None` where there is none. Bytes that are not UTF-8 are replaced, as Node
    /// does. Only regular files are opened (a pipe would wait for ever), and a link is followed only
    /// inside the fence.
    pub fn read(&self, path: &str, limit: u64) -> Result<Option<String>, Unreadable> {
        let bytes = self.read_bytes(path, limit)?;
        Ok(bytes.map(|bytes| {
            String::from_utf8(bytes)
                .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
        }))
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
            match fs::canonicalize(&full) {
                Ok(target) if target.starts_with(&self.fence) => {}
                Ok(_) => {
                    return Err(fail(
                        "a link that leaves the project; not followed".to_owned(),
                    ));
                }
                Err(e) => {
                    return Err(fail(format!(
                        "a link that cannot be followed ({})",
                        words(&e)
                    )));
                }
            }
        }
        let about = fs::metadata(&full).map_err(|e| fail(words(&e)))?;
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

    /// Lists the files that are not ignored, in parallel. Links are not followed.
    pub fn list(&self) -> (Tree, Vec<String>) {
        let files = Mutex::new(Vec::new());
        let notes = Mutex::new(Vec::new());
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let walk = WalkBuilder::new(&self.path)
            .hidden(false)
            .require_git(false)
            .follow_links(false)
            .threads(threads)
            .filter_entry(|entry| {
                let name = entry.file_name().to_str().unwrap_or_default();
                let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                !(folder && entry.depth() > 0 && (NEVER.contains(&name) || BUILT.contains(&name)))
            })
            .build_parallel();
        walk.run(|| {
            let mut batch = Batch {
                files: Vec::new(),
                into: &files,
            };
            let notes = &notes;
            Box::new(move |entry| {
                match entry {
                    Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                        match relative(entry.path(), &self.path) {
                            Some(path) => batch.files.push(path),
                            None => note(
                                notes,
                                "a file whose name is not UTF-8 was not read".to_owned(),
                            ),
                        }
                    }
                    Ok(_) => {}
                    Err(e) => note(
                        notes,
                        e.to_string()
                            .replace(&format!("{}/", self.path.display()), ""),
                    ),
                }
                WalkState::Continue
            })
        });
        let files = files.into_inner().unwrap_or_default();
        let mut notes = notes.into_inner().unwrap_or_default();
        notes.sort_unstable();
        notes.dedup();
        (Tree::new(files), notes)
    }
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

fn note(notes: &Mutex<Vec<String>>, text: String) {
    if let Ok(mut notes) = notes.lock() {
        notes.push(text);
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
pub fn read_given(path: &Path) -> Result<String> {
    let shown = path.display();
    let cannot = |e: io::Error| anyhow!("cannot read --env-file {shown}: {}", words(&e));
    if fs::metadata(path).map_err(cannot)?.is_dir() {
        bail!("--env-file {shown} is a directory");
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    file.take(TEXT_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > TEXT_LIMIT {
        bail!(
            "--env-file {shown} is larger than {} KiB",
            TEXT_LIMIT / 1024
        );
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
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
