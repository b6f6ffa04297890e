//! `pnpm-lock.yaml`, versions 5.4, 6.0 and 9.0 (github.com/pnpm/spec, "lockfile").
//!
//! pnpm writes one fixed form: two blanks for each level, one entry a line. So the file is read line by line; a
//! whole YAML parser takes most of its time on packages that nobody asks about.
//!
//! | version | an importer's entry | an alias | with peers |
//! | --- | --- | --- | --- |
//! | 5.4 | `ms: 2.1.3` | `/debug/4.3.4` | `1.2.3_react@18.3.1` |
//! | 6.0 | `ms:` over `version: 2.1.3` | `/debug@4.3.4` | `1.2.3(react@18.3.1)` |
//! | 9.0 | `ms:` over `version: 2.1.3` | `debug@4.3.4` | `1.2.3(react@18.3.1)` |
//!
//! A project without workspaces has no `importers` before 9.0: its lists stand at the top.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Body, Lockfile, ParseError, Versions, is_version, split_name, upwards};

/// Folder (`""` is the lock file's) to package to what is installed for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Importers(BTreeMap<String, BTreeMap<String, String>>);

impl Importers {
    /// In the folder's own list, then in those of the folders above, whose `node_modules` Node looks into too.
    pub(super) fn resolve(&self, app: &str, package: &str) -> Option<String> {
        self.0.get(app)?;
        let found = upwards(app).find_map(|folder| self.0.get(folder)?.get(package));
        found.filter(|version| !version.is_empty()).cloned()
    }
}

pub(super) fn parse(text: &str) -> Result<Lockfile, ParseError> {
    let mut reader = Reader::default();
    for (line, number) in main_document(text) {
        reader.line(line).map_err(|(message, column)| ParseError {
            message,
            line: number,
            column,
        })?;
    }
    let Some(version) = reader.version else {
        return Err(ParseError::at(
            text,
            0,
            "not a pnpm lock file: it has no lockfileVersion",
        ));
    };
    let importers = settle(reader.importers, &reader.addressed);
    Ok(Lockfile {
        format: format!("pnpm lock file {version}"),
        body: Body::Pnpm(Importers(importers)),
        versions: reader.versions,
    })
}

/// The lines of the document that describes the project. pnpm 11 puts another one before it, for pnpm itself and
/// for configuration packages (`extractMainDocument` in pnpm's lockfile/fs/src/yamlDocuments.ts).
fn main_document(text: &str) -> impl Iterator<Item = (&str, u32)> {
    let lines = || text.lines().zip(1..);
    let second = match lines().next() {
        Some(("---", _)) => lines().skip(1).find(|(line, _)| *line == "---"),
        _ => None,
    };
    lines().skip(second.map_or(0, |(_, number)| number as usize))
}

/// Which part of the file the reader is in.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    Other,
    /// `importers:`
    Importers,
    /// A list of dependencies at the top, which belongs to the folder of the lock file.
    TopList,
    /// `packages:`
    Packages,
}

#[derive(Default)]
struct Reader {
    version: Option<String>,
    part: Part,
    /// Whether a list of dependencies is open, and the package whose `version:` is awaited.
    in_list: bool,
    package: String,
    /// Each importer with what it says of each package; the last one is open.
    importers: Vec<(String, Vec<(String, String)>)>,
    /// The key under `packages:` and the name of the package.
    key: String,
    name: String,
    /// The package and version of the open entry, where its key says both.
    open: Option<(String, String)>,
    /// `packages:` entries that carry a `version:` of their own, which are those that came from an address.
    addressed: BTreeMap<String, String>,
    versions: Versions,
}

/// What is wrong with a line and in which column.
type Fault = (String, u32);

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Fault> {
        let indent = line.bytes().take_while(|byte| *byte == b' ').count();
        let Some(content) = line.get(indent..).filter(|content| !content.is_empty()) else {
            return Ok(());
        };
        if content.starts_with('\t') {
            let column = u32::try_from(indent).unwrap_or(u32::MAX).saturating_add(1);
            return Err((
                "not valid YAML: a tab where blanks must be".to_owned(),
                column,
            ));
        }
        match (self.part, indent) {
            (_, 0) => self.top(content),
            (Part::Importers, 2) => self
                .importers
                .push((folder(key_value(content).0), Vec::new())),
            (Part::Importers, 4) => self.in_list = is_list(key_value(content).0),
            (Part::Importers, 6) if self.in_list => self.entry(content),
            (Part::Importers, 8) if self.in_list => self.field(content),
            (Part::TopList, 2) => self.entry(content),
            (Part::TopList, 4) => self.field(content),
            (Part::Packages, 2) => self.key(content),
            (Part::Packages, 4) => self.own_field(content),
            _ => {}
        }
        Ok(())
    }

    fn top(&mut self, content: &str) {
        let (key, value) = key_value(content);
        self.in_list = false;
        self.part = match key {
            "importers" => Part::Importers,
            "packages" => Part::Packages,
            _ if is_list(key) => Part::TopList,
            _ => Part::Other,
        };
        if self.part == Part::TopList {
            self.importers.push((String::new(), Vec::new()));
        }
        if key == "lockfileVersion" {
            self.version = Some(value.to_owned());
        }
    }

    /// `ms: 2.1.3` (5.4), or `ms:` with fields below (6.0 and later).
    fn entry(&mut self, content: &str) {
        let (package, version) = key_value(content);
        self.package = package.to_owned();
        if !version.is_empty() {
            self.found(version);
        }
    }

    fn field(&mut self, content: &str) {
        if let ("version", version) = key_value(content) {
            self.found(version);
        }
    }

    fn found(&mut self, version: &str) {
        if let Some((_, open)) = self.importers.last_mut() {
            open.push((std::mem::take(&mut self.package), version.to_owned()));
        }
    }

    /// A key that is too long for one line of YAML starts with `? `.
    fn key(&mut self, content: &str) {
        let (key, _) = key_value(content.strip_prefix("? ").unwrap_or(content));
        self.key = key.to_owned();
        self.name = split_name(key)
            .map(|(name, _)| name)
            .unwrap_or_default()
            .to_owned();
        self.open = package_key(key).map(|(name, version)| (name.to_owned(), version.to_owned()));
        if let Some((name, version)) = &self.open {
            self.versions.add(name, version);
        }
    }

    fn own_field(&mut self, content: &str) {
        if content == "dev: true" {
            if let Some((name, version)) = self.open.take() {
                self.versions.is_development(&name, &version);
            }
        } else if let Some(name) = content.strip_prefix("name: ") {
            self.name = unquoted(name.trim()).to_owned();
        } else if let Some(version) = content
            .strip_prefix("version: ")
            .filter(|_| !self.key.is_empty())
        {
            let (key, name) = (
                std::mem::take(&mut self.key),
                std::mem::take(&mut self.name),
            );
            let version = unquoted(version.trim()).to_owned();
            self.versions.add(&name, &version);
            self.addressed.insert(key, version);
        }
    }
}

fn is_list(key: &str) -> bool {
    matches!(
        key,
        "dependencies" | "devDependencies" | "optionalDependencies"
    )
}

/// `'@clerk/nextjs':` or `ms: 2.1.3`. A key in quotes may hold a colon; none that pnpm writes holds a quote.
fn key_value(content: &str) -> (&str, &str) {
    let quote = content.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let (key, rest) = match quote {
        Some(quote) => content
            .get(1..)
            .and_then(|inner| inner.split_once(quote))
            .unwrap_or((content, "")),
        None => match content.split_once(": ") {
            Some((key, value)) => (key, value),
            None => (content.trim_end().trim_end_matches(':'), ""),
        },
    };
    (key, unquoted(rest.trim_start_matches(':').trim()))
}

fn unquoted(value: &str) -> &str {
    for quote in ['\'', '"'] {
        if let Some(inner) = value
            .strip_prefix(quote)
            .and_then(|inner| inner.strip_suffix(quote))
        {
            return inner;
        }
    }
    value
}

/// `.` is the folder of the lock file.
fn folder(importer: &str) -> String {
    if importer == "." {
        String::new()
    } else {
        importer.to_owned()
    }
}

/// Name and version of `/name/1.2.3_peers` (5.4), `/name@1.2.3(peers)` (6.0) or `name@1.2.3(peers)` (9.0).
fn package_key(key: &str) -> Option<(&str, &str)> {
    let path = key.strip_prefix('/').unwrap_or(key);
    let scope = if path.starts_with('@') {
        path.find('/')? + 1
    } else {
        0
    };
    let end = scope + path.get(scope..)?.find(['@', '/'])?;
    let version = without_peers(path.get(end + 1..)?);
    is_version(version).then_some((path.get(..end)?, version))
}

fn without_peers(version: &str) -> &str {
    version.split(['(', '_']).next().unwrap_or(version)
}

/// Turns what importers say into versions. Workspaces (`link:`, `file:`) have none here, yet they hide what lies
/// further up.
fn settle(
    said: Vec<(String, Vec<(String, String)>)>,
    addressed: &BTreeMap<String, String>,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut importers: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (importer, entries) in said {
        let settled = entries.into_iter().map(|(package, said)| {
            let version = version_of(&package, &said, addressed);
            (package, version)
        });
        importers.entry(importer).or_default().extend(settled);
    }
    importers
}

fn version_of(package: &str, said: &str, addressed: &BTreeMap<String, String>) -> String {
    let plain = without_peers(said);
    if is_version(plain) {
        return plain.to_owned();
    }
    if let Some((_, version)) = package_key(said) {
        return version.to_owned();
    }
    let named = format!("{package}@{said}");
    addressed
        .get(&named)
        .or_else(|| addressed.get(said))
        .cloned()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{LockKind, parse as read};
    use super::*;

    #[test]
    fn a_key_of_every_version_gives_name_and_version() {
        for (key, name, version) in [
            ("/ms/2.1.3", "ms", "2.1.3"),
            ("/my_pkg/1.0.0_react@18.3.1", "my_pkg", "1.0.0"),
            ("/@clerk/shared/4.3.1_abc", "@clerk/shared", "4.3.1"),
            ("/debug@4.3.4", "debug", "4.3.4"),
            (
                "/@clerk/shared@4.3.1(react-dom@18.3.1)(react@18.3.1)",
                "@clerk/shared",
                "4.3.1",
            ),
            (
                "@clerk/shared@4.3.1(react-dom@18.3.1(react@18.3.1))",
                "@clerk/shared",
                "4.3.1",
            ),
            ("next@15.0.0-canary.1", "next", "15.0.0-canary.1"),
        ] {
            assert_eq!(package_key(key), Some((name, version)), "{key}");
        }
        for key in [
            "",
            "/",
            "@",
            "@a",
            "@a/",
            "@a/b",
            "@a/b@",
            "a@link:../a",
            "a@https://h.test/a",
            "host.test/a/1.0.0",
        ] {
            assert_eq!(package_key(key), None, "{key}");
        }
    }

    const ADDRESSED: &str = "lockfileVersion: '9.0'\r\n\r\nimporters:\r\n\r\n  .:\r\n    dependencies:\r\n      \"a\":\r\n        specifier: github:x/a\r\n        version: https://h.test/a/tar.gz/00\r\n      ui:\r\n        specifier: workspace:*\r\n        version: link:packages/ui\r\n  apps/web: {}\r\n\r\npackages:\r\n\r\n  a@https://h.test/a/tar.gz/00:\r\n    resolution: {tarball: https://h.test/a/tar.gz/00}\r\n    version: 1.2.3\r\n\r\nsnapshots:\r\n\r\n  b@9.9.9: {}\r\n";

    #[test]
    fn what_came_from_an_address_has_the_version_it_says() {
        let lock = read(LockKind::Pnpm, ADDRESSED).unwrap();
        assert_eq!(lock.format(), "pnpm lock file 9.0");
        assert_eq!(lock.resolve("", "a", "").as_deref(), Some("1.2.3"));
        assert_eq!(
            lock.resolve("apps/web", "a", "").as_deref(),
            Some("1.2.3"),
            "the root's is found from below"
        );
        assert_eq!(lock.resolve("", "ui", ""), None);
        assert_eq!(
            lock.resolve("templates/other", "a", ""),
            None,
            "not a workspace of this lock file"
        );
        assert_eq!(lock.versions("a").collect::<Vec<_>>(), ["1.2.3"]);
        assert_eq!(lock.versions("b").count(), 0);
    }

    #[test]
    fn an_address_in_version_6_has_the_version_it_says() {
        let text = "lockfileVersion: '6.0'\ndependencies:\n  a:\n    specifier: github:x/a\n    version: github.com/x/a/00\npackages:\n  github.com/x/a/00:\n    name: a\n    version: 1.2.3\n";
        let lock = read(LockKind::Pnpm, text).unwrap();
        assert_eq!(lock.resolve("", "a", "").as_deref(), Some("1.2.3"));
        assert_eq!(lock.versions("a").collect::<Vec<_>>(), ["1.2.3"]);
    }

    #[test]
    fn a_file_with_only_the_document_for_pnpm_itself_installs_nothing() {
        let text = "---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    packageManagerDependencies:\n      pnpm:\n        version: 11.0.0\n";
        assert_eq!(
            read(LockKind::Pnpm, text).unwrap().resolve("", "pnpm", ""),
            None
        );
    }

    #[test]
    fn a_broken_lock_file_is_an_error_with_its_place() {
        for (text, line, column, says) in [
            ("", 1, 1, "no lockfileVersion"),
            ("\u{0}\u{1}\u{fffd}", 1, 1, "no lockfileVersion"),
            (
                "lockfileVersion: '9.0'\nimporters:\n  .:\n\tdependencies:\n",
                4,
                1,
                "a tab",
            ),
            (
                "lockfileVersion: '9.0'\n<<<<<<< HEAD\n",
                2,
                1,
                "merge conflict",
            ),
        ] {
            let error = read(LockKind::Pnpm, text).unwrap_err();
            assert!(error.message.contains(says), "{error}");
            assert_eq!((error.line, error.column), (line, column), "{error}");
        }
    }
}
