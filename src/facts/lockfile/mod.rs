//! Lock files: which version of a package is installed, seen from one folder of the project. Pure: text in,
//! data out, in one pass over the text.

mod bun;
mod json;
mod npm;
mod pnpm;
mod range;
mod yarn;

use std::collections::BTreeMap;

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

/// Every version of every package, whoever asked for it, with how many of its entries are for more than development.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
struct Versions(BTreeMap<String, BTreeMap<String, u32>>);

impl Versions {
    fn add(&mut self, package: &str, version: &str) {
        let count = self.entry(package, version);
        *count = count.saturating_add(1);
    }

    /// An entry that the file says is there for development alone.
    fn add_development(&mut self, package: &str, version: &str) {
        self.entry(package, version);
    }

    /// Takes back that the last entry is for more than development.
    fn is_development(&mut self, package: &str, version: &str) {
        let count = self.entry(package, version);
        *count = count.saturating_sub(1);
    }

    fn entry(&mut self, package: &str, version: &str) -> &mut u32 {
        let versions = self.0.entry(package.to_owned()).or_default();
        versions.entry(version.to_owned()).or_default()
    }

    /// The one version of a package. Where Yarn's `resolutions` replaced a range, the manifest's own range is not
    /// in the lock file; a package with one version leaves no doubt.
    fn only(&self, package: &str) -> Option<&str> {
        let mut all = self.0.get(package)?.keys();
        all.next()
            .filter(|_| all.next().is_none())
            .map(String::as_str)
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
    /// The version installed for `package` as seen from `app`, the folder of a manifest (`""` is the folder of the
    /// lock file). For an alias (`"x": "npm:debug@4"`) it is the version of the package behind it. `range` is the
    /// range of the manifest; only Yarn needs it, and a `catalog:` range has to be replaced for Yarn first
    /// ([`crate::facts::manifest::catalog_range`]).
    ///
    /// `None`: the lock file does not list this folder (a project of its own that merely lies below; Yarn 1 lists
    /// none, so it cannot tell), or nothing is installed for it, or the version is not said, as for a workspace of
    /// the project itself in most kinds.
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
        let all = self.versions.0.get(package);
        all.into_iter()
            .flat_map(|all| all.keys().map(String::as_str))
    }

    /// The names of all packages that it lists.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        self.versions.0.keys().map(String::as_str)
    }

    /// Whether it says that a version is there for development alone. npm's says so, and pnpm's up to version 6.
    pub fn is_only_for_development(&self, package: &str, version: &str) -> bool {
        let versions = self.versions.0.get(package);
        versions.and_then(|all| all.get(version)) == Some(&0)
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
    if path == "." {
        String::new()
    } else {
        path.to_owned()
    }
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
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains('.')
        && !text.contains(['/', ':'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_lock_file_is_known_by_its_name() {
        for (name, kind) in [
            ("package-lock.json", Some(LockKind::Npm)),
            ("npm-shrinkwrap.json", Some(LockKind::Npm)),
            ("pnpm-lock.yaml", Some(LockKind::Pnpm)),
            ("yarn.lock", Some(LockKind::Yarn)),
            ("bun.lock", Some(LockKind::Bun)),
            ("bun.lockb", Some(LockKind::BunBinary)),
            ("deno.lock", None),
            ("package.json", None),
        ] {
            assert_eq!(kind_of(name), kind, "{name}");
        }
    }

    #[test]
    fn the_folders_above_end_at_the_root() {
        assert_eq!(
            upwards("a/b/c").collect::<Vec<_>>(),
            ["a/b/c", "a/b", "a", ""]
        );
        assert_eq!(upwards("").collect::<Vec<_>>(), [""]);
        assert_eq!(upwards("/a").collect::<Vec<_>>(), ["/a", ""]);
    }

    #[test]
    fn the_at_of_a_scope_splits_nothing() {
        assert_eq!(split_name("@a/b@1@2"), Some(("@a/b", "1@2")));
        assert_eq!(split_name("a@1"), Some(("a", "1")));
        for text in ["", "@", "@a/b", "a"] {
            assert_eq!(split_name(text), None, "{text}");
        }
    }

    const KINDS: [LockKind; 5] = [
        LockKind::Npm,
        LockKind::Pnpm,
        LockKind::Yarn,
        LockKind::Bun,
        LockKind::BunBinary,
    ];

    /// A real file of each kind, to be broken.
    const REAL: [&str; 6] = [
        include_str!("../../../fixtures/parity/lockfile/npm-2/package-lock.json"),
        include_str!("../../../fixtures/parity/lockfile/pnpm-5.4/pnpm-lock.yaml"),
        include_str!("../../../fixtures/parity/lockfile/pnpm-9.0-two-documents/pnpm-lock.yaml"),
        include_str!("../../../fixtures/parity/lockfile/yarn-1/yarn.lock"),
        include_str!("../../../fixtures/parity/lockfile/yarn-berry/yarn.lock"),
        include_str!("../../../fixtures/parity/lockfile/bun/bun.lock"),
    ];

    /// Reads a text as every kind and asks; all that matters is that it comes back.
    fn ask(text: &str) {
        for kind in KINDS {
            if let Ok(lock) = parse(kind, text) {
                let _ = lock.resolve("apps/web", "@clerk/shared", "^4.0.0");
                let _ = lock.versions("ms").count();
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_text_makes_a_reader_panic(text in "(?s).{0,200}") {
            ask(&text);
            let _ = minimum(&text);
        }

        #[test]
        fn no_broken_lock_file_makes_a_reader_panic(
            which in 0..REAL.len(), from in 0.0..1.0f64, to in 0.0..1.0f64, with in "[ \t\n\"'@:/_(){}\\[\\],?#~é-]{0,4}",
        ) {
            let text = REAL[which];
            let at = |part: f64| (0..=(text.len() as f64 * part) as usize).rev().find(|i| text.is_char_boundary(*i)).unwrap();
            let (start, end) = (at(from.min(to)), at(from.max(to)));
            ask(&format!("{}{with}{}", &text[..start], &text[end..]));
            ask(&text[..end]);
        }

        #[test]
        fn no_range_makes_minimum_panic(range in "[0-9x*^~<>=| .a@:-]{0,40}") {
            let _ = minimum(&range);
        }
    }

    #[test]
    fn ten_thousand_brackets_do_not_overflow_the_stack() {
        for open in ["[", "{", "{\"a\":", "[{\"a\":", "a:\n  - ", "(", "/"] {
            ask(&open.repeat(10_000));
            ask(&format!("{{\"packages\":{}", open.repeat(10_000)));
            ask(&format!("{{\"dependencies\":{}", open.repeat(10_000)));
        }
    }
}
