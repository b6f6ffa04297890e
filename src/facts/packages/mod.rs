//! What is installed, and what the manifests want.

pub mod cores;
pub mod entry;
pub mod node;

use super::manifest::Section;
use crate::model::Place;

/// A package that the app's manifest, or that of a workspace package with Clerk in it, asks for.
#[derive(Debug, Clone)]
pub struct Direct {
    /// Its name.
    pub name: String,
    /// The range that counts: of a catalog or an override where one replaces the manifest's own.
    pub range: String,
    /// The list that it stands in.
    pub section: Section,
    /// Where the manifest names it.
    pub wanted: Place,
    /// Where its version is known from: the lock file's line, else the manifest's.
    pub known: Place,
    /// The version: that of the lock file, else the lowest of the range.
    pub version: Option<String>,
    /// Whether that is what gets installed, rather than the lowest that may be.
    pub is_exact: bool,
    /// The lock file that answers for its manifest, even where it does not know it.
    pub lock: Option<Lock>,
    /// The peers that the lock file records for it, with their ranges.
    pub peers: Vec<(String, String)>,
}

impl Direct {
    /// How its version is known, for the place that shows it.
    pub fn how(&self) -> String {
        let lock = self.lock.as_ref();
        match (self.is_exact, self.known == self.wanted) {
            (true, false) => "the lock file says so".to_owned(),
            (true, true) => "the manifest says so".to_owned(),
            (false, _) => {
                let why = match lock {
                    None => "there is no lock file".to_owned(),
                    Some(lock) if lock.fault.is_none() => format!("{} does not list it", lock.path),
                    Some(lock) => format!("{} cannot be read", lock.path),
                };
                format!("the lowest version that this range allows; {why}")
            }
        }
    }
}

/// A version that other packages brought along.
#[derive(Debug, Clone)]
pub struct Copy {
    /// Its name.
    pub name: String,
    /// The version.
    pub version: String,
    /// Its line in the lock file.
    pub place: Place,
}

/// The lock file that the app is installed from.
#[derive(Debug, Clone)]
pub struct Lock {
    /// Its path, relative to the audited directory.
    pub path: String,
    /// Why its versions could not be read, if they could not.
    pub fault: Option<LockFault>,
}

/// Why a lock file could not be read.
#[derive(Debug, Clone)]
pub struct LockFault {
    /// What is wrong with it, in words.
    pub why: String,
    /// Where.
    pub place: Place,
    /// Whether it is whole, and of a kind that only its own program reads.
    pub is_binary: bool,
}

/// A Clerk package that code imports, tests left out.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The specifier, as written.
    pub specifier: String,
    /// The first file that does.
    pub file: String,
}

impl Imported {
    /// The name of the package.
    pub fn package(&self) -> &str {
        package_of(&self.specifier)
    }
}

/// The name of the package in a specifier: `@clerk/nextjs` of `@clerk/nextjs/server`.
pub fn package_of(specifier: &str) -> &str {
    let slashes = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(slashes - 1);
    end.and_then(|(end, _)| specifier.get(..end))
        .unwrap_or(specifier)
}

/// The packages of an app.
#[derive(Debug, Default)]
pub struct Packages {
    /// Whether it is installed from npm at all.
    pub is_npm: bool,
    /// What the manifests ask for.
    pub direct: Vec<Direct>,
    /// What came along, where the lock file is this app's alone.
    pub copies: Vec<Copy>,
    /// The lock file.
    pub lock: Option<Lock>,
    /// Which Node.js is asked for, and where.
    pub node: Vec<node::Wish>,
    /// The Clerk packages that code imports.
    pub imported: Vec<Imported>,
    /// A call of `verifyWebhook()`.
    pub verifies_webhook: Option<Place>,
    /// The host that its files are made for.
    pub host: Option<&'static str>,
}

impl Packages {
    /// What the manifests ask for under a name.
    pub fn direct(&self, name: &str) -> Option<&Direct> {
        self.direct.iter().find(|direct| direct.name == name)
    }

    /// Whether code imports a Clerk package.
    pub fn imports(&self, package: &str) -> bool {
        self.imported.iter().any(|one| one.package() == package)
    }

    /// What is wrong with the lock file, where that keeps something from being known: what came along, and the
    /// versions of all that the manifest does not say exactly. Of a binary one it is no news that its versions
    /// are those of the manifest, as long as that tells any.
    pub fn unread_lock(&self) -> Option<(&Lock, &LockFault)> {
        let lock = self.lock.as_ref()?;
        let fault = lock.fault.as_ref()?;
        let tells = self.clerk().all(|direct| direct.version.is_some());
        (!fault.is_binary || !tells).then_some((lock, fault))
    }

    /// Clerk's packages among what the manifests ask for.
    pub fn clerk(&self) -> impl Iterator<Item = &Direct> {
        self.direct.iter().filter(|one| cores::is_clerk(&one.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specifier_begins_with_its_package() {
        for (specifier, package) in [
            ("@clerk/nextjs/server", "@clerk/nextjs"),
            ("@clerk/nextjs", "@clerk/nextjs"),
            ("next/server", "next"),
            ("next", "next"),
            ("@clerk", "@clerk"),
            ("", ""),
        ] {
            assert_eq!(package_of(specifier), package);
        }
    }
}
