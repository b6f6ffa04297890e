//! The files that are changed: how they are now, and whether git has them so.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

use super::files::{Root, TEXT_LIMIT};
use super::git::{self, Recorded};
use crate::facts::gitindex::ObjectFormat;

/// The directory whose files are changed.
pub struct Editing {
    /// Absolute and without links; what lies outside is not changed.
    dir: PathBuf,
    git: Result<Option<Recorded>, String>,
}

/// A file that may be changed.
#[derive(Debug)]
pub struct Editable {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it; nothing where there is no such file yet.
    pub text: String,
}

/// Whether a change of a file can be taken back.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// Git has it as it is, or there is none yet.
    Kept,
    /// Git does not have it as it is; why that is so.
    Changed(&'static str),
    /// There is no git.
    NoGit,
    /// It is not known.
    Unknown(String),
}

impl Editing {
    /// Looks at what git has of a directory.
    pub fn open(root: &Root) -> Self {
        Self {
            dir: root.path().to_owned(),
            git: git::recorded(root.path()),
        }
    }

    /// The names in a folder.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.dir.join(folder)).into_iter().flatten();
        let names = entries
            .flatten()
            .filter_map(|one| one.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names
    }

    /// Where the directory lies below the work tree of the repository; `""` where that is itself or none.
    pub fn prefix(&self) -> String {
        let git = self.git.as_ref().ok().and_then(Option::as_ref);
        let below = git.and_then(|git| self.dir.strip_prefix(&git.root).ok());
        below.map(slashed).unwrap_or_default()
    }

    /// A file as it is now, or why it is not changed.
    pub fn read(&self, file: &str) -> Result<Editable, String> {
        let path = self.dir.join(file);
        let folder = path.parent().unwrap_or(&self.dir);
        let real = fs::canonicalize(folder).map_err(|_| "its folder is not there".to_owned())?;
        if !real.starts_with(&self.dir) {
            return Err("it lies outside the audited directory".to_owned());
        }
        let about = match fs::symlink_metadata(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Ok(Editable {
                    path,
                    text: String::new(),
                });
            }
            Err(e) => return Err(super::files::words(&e)),
            Ok(about) => about,
        };
        if about.is_symlink() {
            return Err("it is a link".to_owned());
        }
        if !about.is_file() || about.len() > TEXT_LIMIT {
            return Err("it is no text file of ordinary size".to_owned());
        }
        if about.permissions().readonly() {
            return Err("it is read-only".to_owned());
        }
        let bytes = fs::read(&path).map_err(|e| super::files::words(&e))?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        Ok(Editable { path, text })
    }

    /// Whether git has a file as it is now, staged or committed.
    pub fn standing(&self, file: &Editable) -> Standing {
        let git = match &self.git {
            Ok(Some(git)) => git,
            Ok(None) => return Standing::NoGit,
            Err(why) => return Standing::Unknown(why.clone()),
        };
        let known = file.path.strip_prefix(&git.root).map(slashed);
        let known = known.ok().and_then(|path| git.hashes.get(&path));
        match (known, file.path.exists()) {
            (None, false) => Standing::Kept,
            (None, true) => Standing::Changed("git does not track it"),
            (Some(_), false) => Standing::Changed("it was deleted and git has it"),
            (Some(hash), true) => {
                let plain = || *hash == blob(git.format, &file.text);
                // On Windows git may keep it with other ends of lines.
                let unix = || *hash == blob(git.format, &file.text.replace("\r\n", "\n"));
                match plain() || unix() {
                    true => Standing::Kept,
                    false => Standing::Changed("it has changes that git does not have"),
                }
            }
        }
    }
}

/// The hash by which git names a content (gitformat-object: `blob`, its length, a NUL, the bytes).
fn blob(format: ObjectFormat, text: &str) -> Vec<u8> {
    let algorithm = match format {
        ObjectFormat::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
        ObjectFormat::Sha256 => &SHA256,
    };
    let mut context = digest::Context::new(algorithm);
    context.update(format!("blob {}\0", text.len()).as_bytes());
    context.update(text.as_bytes());
    context.finish().as_ref().to_vec()
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
