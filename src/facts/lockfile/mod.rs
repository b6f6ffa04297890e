//! Lock files: which version of a package is installed, seen from one folder of the project. Pure: text in,
//! data out, in one pass over the text.

mod bun;
mod json;
mod npm;
mod pnpm;
mod range;
mod yarn;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::manifest::{conflict, without_bom};

pub use super::manifest::ParseError;
pub use range::minimum;

/// Which program wrote a lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum LockKind {
    /// `package-lock.json` or `npm-shrinkwrap.json`
    Npm,
    /// `pnpm-lock.yaml`
    Pnpm,
    /// `yarn.lock`, of Yarn 1 and of Yarn 2 and later
    Yarn,
    /// `bun.lock`
    Bun,
    /// `bun.lockb`, which is not text
    BunBinary,
}

/// The kind of a lock file by its name.
pub fn kind_of(file_name: &str) -> Option<LockKind> {
    match file_name {
        "package-lock.json" | "npm-shrinkwrap.json" => Some(LockKind::Npm),
        "pnpm-lock.yaml" => Some(LockKind::Pnpm),
        "yarn.lock" => Some(LockKind::Yarn),
        "bun.lock" => Some(LockKind::Bun),
        "bun.lockb" => Some(LockKind::BunBinary),
        _ => None,
    }
}

/// What a lock file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lockfile {
    format: String,
    body: Body,
    versions: Versions,
}

/// The part of a lock file that says who sees which version, one shape for each kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
enum Body {
    Npm(npm::Tree),
    Pnpm(pnpm::Importers),
    Yarn(yarn::Entries),
    Bun(bun::Tree),
}

/// Every version of every package, whoever asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
struct Versions(BTreeMap<String, BTreeSet<String>>);

impl Versions {
    fn add(&mut self, package: &str, version: &str) {
        match self.0.get_mut(package) {
            Some(known) => {
                if !known.contains(version) {
                    known.insert(version.to_owned());
                }
            }
            None => {
                self.0.insert(package.to_owned(), BTreeSet::from([version.to_owned()]));
            }
        }
    }

    /// The one version of a package. Where Yarn's `resolutions` replaced a range, the manifest's own range is not
    /// in the lock file; a package with one version leaves no doubt.
    fn only(&self, package: &str) -> Option<&str> {
        let mut all = self.0.get(package)?.iter();
        all.next().filter(|_| all.next().is_none()).map(String::as_str)
    }
}

/// Reads a lock file.
pub fn parse(kind: LockKind, text: &str) -> Result<Lockfile, ParseError> {
    if kind == LockKind::BunBinary {
        let message = "bun.lockb is binary; run `bun install --save-text-lockfile`";
        return Err(ParseError::at("", 0, message));
    }
    let text = without_bom(text);
    if let Some(error) = conflict(text) {
        return Err(error);
    }
    match kind {
        LockKind::Npm => npm::parse(text),
        LockKind::Pnpm => pnpm::parse(text),
        LockKind::Yarn => yarn::parse(text),
        LockKind::Bun | LockKind::BunBinary => bun::parse(text),
    }
}

impl Lockfile {
    /// The version installed for `package` as seen from the workspace folder `app` (`""` is the folder of the lock
    /// file). For an alias (`"x": "npm:debug@4"`) it is the version of the package behind it. `range` is the range
    /// of the manifest; only Yarn needs it, and a `catalog:` range has to be replaced for Yarn first
    /// ([`crate::facts::manifest::catalog_range`]).
    ///
    /// `None`: the package is not installed for this folder, or the lock file does not know its version, as for a
    /// workspace of the project itself in most kinds.
    pub fn resolve(&self, app: &str, package: &str, range: &str) -> Option<String> {
        let app = folder(app);
        match &self.body {
            Body::Npm(tree) => tree.resolve(&app, package),
            Body::Pnpm(importers) => importers.resolve(&app, package),
            Body::Bun(tree) => tree.resolve(&app, package),
            Body::Yarn(entries) => entries.resolve(package, range, &self.versions),
        }
    }

    /// Every installed version of a package, direct or not. An advisory counts for each of them.
    pub fn versions(&self, package: &str) -> impl Iterator<Item = &str> {
        self.versions.0.get(package).into_iter().flatten().map(String::as_str)
    }

    /// The kind and version of the format, such as "pnpm lock file 9.0".
    pub fn format(&self) -> &str {
        &self.format
    }
}

/// A folder as lock files write it: `/` between the names, nothing before or after.
fn folder(path: &str) -> String {
    let path = path.replace('\\', "/");
    let path = path.trim_end_matches('/');
    let path = path.strip_prefix("./").unwrap_or(path);
    if path == "." { String::new() } else { path.to_owned() }
}

/// The folder itself, then each folder above it, `""` last.
fn upwards(app: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(app), |path| match path.rfind('/') {
        Some(slash) => path.get(..slash),
        None if path.is_empty() => None,
        None => Some(""),
    })
}

/// `name@rest` split at the `@` that is not the scope's.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '@')?.0;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Whether a text is a version rather than an address, a link or a tag.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.') && !text.contains(['/', ':'])
}
