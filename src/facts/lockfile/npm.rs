//! `package-lock.json`, versions 1 to 3 (npm documentation, "package-lock.json").
//!
//! Versions 2 and 3 list every folder under `packages`; version 1 nests `dependencies`. Only paths, versions and
//! links are kept; everything else is skipped while parsing.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::json::{Entries, Text, error};
use super::{Body, Lockfile, ParseError, Versions, is_version, split_name, upwards};

/// What is in which folder: `apps/web/node_modules/next` to its version, which is empty for a workspace that has
/// none. Workspaces are listed by their own folder too.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Tree(BTreeMap<String, String>);

impl Tree {
    /// As Node finds it: in the `node_modules` of the folder, then of each folder above.
    pub(super) fn resolve(&self, app: &str, package: &str) -> Option<String> {
        if !app.is_empty() && !self.0.contains_key(app) {
            return None;
        }
        let found = upwards(app).find_map(|folder| self.0.get(&in_modules(folder, package)));
        found.filter(|version| !version.is_empty()).cloned()
    }
}

fn in_modules(folder: &str, package: &str) -> String {
    match folder {
        "" => format!("node_modules/{package}"),
        _ => format!("{folder}/node_modules/{package}"),
    }
}

pub(super) fn parse(text: &str) -> Result<Lockfile, ParseError> {
    let file: File = serde_json::from_str(text).map_err(|fault| error(text, &fault))?;
    let Some(version) = file.version else {
        return Err(ParseError::at(
            text,
            0,
            "not an npm lock file: it has no lockfileVersion",
        ));
    };
    let mut versions = Versions::default();
    let tree = match file.packages {
        Some(packages) => from_packages(&packages.0, &mut versions),
        None => from_dependencies(&file.dependencies.0, &mut versions),
    };
    Ok(Lockfile {
        format: format!("npm lock file {version}"),
        body: Body::Npm(Tree(tree)),
        versions,
    })
}

fn from_packages(
    packages: &[(Text<'_>, Package<'_>)],
    versions: &mut Versions,
) -> BTreeMap<String, String> {
    let mut tree = BTreeMap::new();
    for (path, package) in packages.iter().filter(|(_, package)| !package.link) {
        let version = package.version.as_deref().unwrap_or_default();
        let name = path.rsplit("node_modules/").next().unwrap_or_default();
        // The folder of a workspace is no installed package.
        if name.len() < path.len() && !version.is_empty() {
            let name = package.name.as_deref().unwrap_or(name);
            match package.dev {
                true => versions.add_development(name, version),
                false => versions.add(name, version),
            }
        }
        tree.insert(path.to_string(), version.to_owned());
    }
    for (path, package) in packages.iter().filter(|(_, package)| package.link) {
        let target = package.resolved.as_deref().unwrap_or_default();
        let version = tree.get(target).cloned().unwrap_or_default();
        tree.insert(path.to_string(), version);
    }
    tree
}

/// Version 1 knows no workspaces: only the first level can be an app's own.
fn from_dependencies(
    list: &[(Text<'_>, Dependency<'_>)],
    versions: &mut Versions,
) -> BTreeMap<String, String> {
    let mut tree = BTreeMap::new();
    let mut open: Vec<_> = list.iter().map(|entry| (entry, true)).collect();
    while let Some(((name, dependency), first_level)) = open.pop() {
        open.extend(dependency.dependencies.0.iter().map(|entry| (entry, false)));
        let Some(version) = dependency.version.as_deref() else {
            continue;
        };
        let alias = version.strip_prefix("npm:").and_then(split_name);
        let (real, version) = alias.unwrap_or((name, version));
        if is_version(version) {
            match dependency.dev {
                true => versions.add_development(real, version),
                false => versions.add(real, version),
            }
            if first_level {
                tree.insert(in_modules("", name), version.to_owned());
            }
        }
    }
    tree
}

/// The fields of the file that matter.
#[derive(Default)]
struct File<'a> {
    version: Option<u64>,
    packages: Option<Entries<'a, Package<'a>>>,
    dependencies: Entries<'a, Dependency<'a>>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Package<'a> {
    #[serde(default)]
    name: Option<Text<'a>>,
    #[serde(default)]
    version: Option<Text<'a>>,
    #[serde(default)]
    resolved: Option<Text<'a>>,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    dev: bool,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Dependency<'a> {
    #[serde(default)]
    version: Option<Text<'a>>,
    #[serde(default)]
    dependencies: Entries<'a, Dependency<'a>>,
    #[serde(default)]
    dev: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for File<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FileVisitor)
    }
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = File<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an npm lock file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut file = File::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match &*key {
                "lockfileVersion" => file.version = map.next_value()?,
                "packages" => file.packages = Some(map.next_value()?),
                // Version 2 repeats everything here for npm 6.
                "dependencies" if file.packages.is_none() => {
                    file.dependencies = map.next_value()?
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LockKind, parse as read};

    const V3: &str = r#"{"lockfileVersion":3,"packages":{
        "":{"name":"root","version":"9.9.9"},
        "apps/web":{"version":"0.1.0"},
        "packages/ui":{},
        "node_modules/next":{"version":"14.0.0"},
        "node_modules/web":{"resolved":"apps/web","link":true},
        "node_modules/ui":{"resolved":"packages/ui","link":true},
        "node_modules/alias":{"name":"real","version":"3.0.0"},
        "apps/web/node_modules/next":{"version":"15.0.0"},
        "node_modules/a/node_modules/next":{"version":"13.0.0"}}}"#;

    #[test]
    fn the_nearest_folder_wins() {
        let lock = read(LockKind::Npm, V3).unwrap();
        assert_eq!(lock.format(), "npm lock file 3");
        for app in ["apps/web", "./apps/web/", "apps\\web"] {
            assert_eq!(lock.resolve(app, "next", "^15").as_deref(), Some("15.0.0"));
        }
        for app in ["", ".", "packages/ui"] {
            assert_eq!(lock.resolve(app, "next", "").as_deref(), Some("14.0.0"));
        }
        assert_eq!(lock.resolve("apps/web", "root", ""), None);
        assert_eq!(
            lock.resolve("templates/other", "next", ""),
            None,
            "not a workspace of this lock file"
        );
    }

    #[test]
    fn a_link_has_the_version_of_its_workspace() {
        let lock = read(LockKind::Npm, V3).unwrap();
        assert_eq!(lock.resolve("", "web", "").as_deref(), Some("0.1.0"));
        assert_eq!(lock.resolve("", "ui", ""), None);
    }

    #[test]
    fn every_copy_is_known_by_its_real_name() {
        let lock = read(LockKind::Npm, V3).unwrap();
        assert_eq!(
            lock.versions("next").collect::<Vec<_>>(),
            ["13.0.0", "14.0.0", "15.0.0"]
        );
        assert_eq!(lock.versions("real").collect::<Vec<_>>(), ["3.0.0"]);
        assert_eq!(lock.resolve("", "alias", "").as_deref(), Some("3.0.0"));
        assert_eq!(lock.versions("alias").count(), 0);
    }

    #[test]
    fn version_1_has_no_version_for_what_came_from_an_address() {
        let text = r#"{"lockfileVersion":1,"dependencies":{"a":{"version":"git+ssh://git@h.test/a.git#00"},
            "b":{"version":"1.0.0","dependencies":{"c":{"version":"2.0.0"}}}}}"#;
        let lock = read(LockKind::Npm, text).unwrap();
        assert_eq!(lock.resolve("", "a", ""), None);
        assert_eq!(lock.resolve("", "b", "").as_deref(), Some("1.0.0"));
        assert_eq!(lock.resolve("", "c", ""), None);
        assert_eq!(lock.versions("c").collect::<Vec<_>>(), ["2.0.0"]);
    }

    #[test]
    fn the_order_of_the_fields_does_not_matter() {
        let text = r#"{"dependencies":{"a":{"version":"1.0.0"}},"packages":{"node_modules/a":{"version":"2.0.0"}},
            "lockfileVersion":2}"#;
        assert_eq!(
            read(LockKind::Npm, text)
                .unwrap()
                .resolve("", "a", "")
                .as_deref(),
            Some("2.0.0")
        );
    }

    #[test]
    fn a_broken_lock_file_is_an_error_with_its_place() {
        let deep = format!("{{\"lockfileVersion\":1,\"x\":{}", "[".repeat(10_000));
        let nested = format!(
            "{{\"lockfileVersion\":1,{}",
            "\"dependencies\":{\"a\":{".repeat(10_000)
        );
        for (text, line, says) in [
            ("", 1, "empty"),
            (
                "{\n\"lockfileVersion\": 3,\n \"packages\": {",
                3,
                "too early",
            ),
            ("{\n\"lockfileVersion\": \"hunter2\"}", 2, "of a type"),
            ("[]", 1, "of a type"),
            ("{}", 1, "no lockfileVersion"),
            ("\u{0}\u{7f}", 1, "not valid JSON"),
            (deep.as_str(), 1, "too early"),
            (nested.as_str(), 1, "nested too deeply"),
            ("{\n<<<<<<< HEAD\n", 2, "merge conflict"),
        ] {
            let error = read(LockKind::Npm, text).unwrap_err();
            assert!(
                error.message.contains(says) && !error.message.contains("hunter2"),
                "{error}"
            );
            assert_eq!(error.line, line, "{error}");
        }
    }
}
