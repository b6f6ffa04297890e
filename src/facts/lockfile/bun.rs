//! `bun.lock` (bun.com/docs/install/lockfile; the form is described in Bun's `src/install/lockfile/bun.lock.zig`).
//!
//! `packages` maps a place to what is there: `ms` is what everybody sees, `web/ms` what the package or workspace
//! *named* `web` sees instead. The first item of an entry is `name@version`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use memchr::memchr2;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::json::{Entries, Text, error};
use super::{Body, Lockfile, ParseError, Versions, is_version, split_name};

/// Who is where.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Tree {
    /// Folder of a workspace to its name; empty where it has none.
    names: BTreeMap<String, String>,
    /// Place to version; empty where the file knows none.
    packages: BTreeMap<String, String>,
}

impl Tree {
    pub(super) fn resolve(&self, app: &str, package: &str) -> Option<String> {
        let name = self.names.get(app)?;
        let own = self
            .packages
            .get(&format!("{name}/{package}"))
            .filter(|_| !app.is_empty());
        let found = own.or_else(|| self.packages.get(package));
        found.filter(|version| !version.is_empty()).cloned()
    }
}

pub(super) fn parse(text: &str) -> Result<Lockfile, ParseError> {
    let strict = strict(text);
    let file: File = serde_json::from_slice(&strict).map_err(|fault| error(text, &fault))?;
    let Some(version) = file.version else {
        return Err(ParseError::at(
            text,
            0,
            "not a Bun lock file: it has no lockfileVersion",
        ));
    };
    let mut versions = Versions::default();
    let mut tree = Tree::default();
    let workspaces: BTreeMap<&str, &Workspace> = file
        .workspaces
        .0
        .iter()
        .map(|(path, it)| (&**path, it))
        .collect();
    for (path, workspace) in &workspaces {
        let name = workspace.name.as_deref().unwrap_or_default();
        tree.names.insert((*path).to_owned(), name.to_owned());
    }
    for (place, Entry(spec)) in &file.packages.0 {
        let Some((name, at)) = split_name(spec) else {
            continue;
        };
        let version = match at.strip_prefix("workspace:") {
            Some(path) => workspaces
                .get(path)
                .and_then(|it| it.version.as_deref())
                .unwrap_or_default(),
            None if is_version(at) => {
                versions.add(name, at);
                at
            }
            None => "",
        };
        tree.packages.insert(place.to_string(), version.to_owned());
    }
    Ok(Lockfile {
        format: format!("bun lock file {version}"),
        body: Body::Bun(tree),
        versions,
    })
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct File<'a> {
    #[serde(rename = "lockfileVersion", default)]
    version: Option<u64>,
    #[serde(default)]
    workspaces: Entries<'a, Workspace<'a>>,
    #[serde(default)]
    packages: Entries<'a, Entry<'a>>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Workspace<'a> {
    #[serde(default)]
    name: Option<Text<'a>>,
    #[serde(default)]
    version: Option<Text<'a>>,
}

/// The first item of an entry; the rest is skipped.
struct Entry<'a>(Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Entry<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(EntryVisitor).map(Entry)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a package")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let first = list.next_element()?.unwrap_or_default();
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first)
    }
}

/// JSON without the trailing commas that Bun writes and the comments that it allows. Blanks take their place, so
/// every byte stays where it was.
fn strict(text: &str) -> Cow<'_, [u8]> {
    let bytes = text.as_bytes();
    let mut out = Cow::Borrowed(bytes);
    let mut comma = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b'"' => string_end(bytes, at),
            b'/' => comment_end(bytes, at),
            _ => at + 1,
        };
        match byte {
            b',' => comma = Some(at),
            b'}' | b']' => blank(&mut out, comma.take().map(|comma| (comma, comma + 1))),
            b'/' if end > at + 1 => blank(&mut out, Some((at, end))),
            b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => comma = None,
        }
        at = end;
    }
    out
}

fn blank(out: &mut Cow<'_, [u8]>, span: Option<(usize, usize)>) {
    if let Some(part) = span.and_then(|(start, end)| out.to_mut().get_mut(start..end)) {
        part.iter_mut()
            .filter(|byte| **byte != b'\n')
            .for_each(|byte| *byte = b' ');
    }
}

/// The byte after the string that starts here.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        match bytes.get(at + found) {
            Some(b'\\') => at += found + 2,
            _ => return at + found + 1,
        }
    }
    bytes.len()
}

/// The byte after the comment that starts here, or after the one slash that starts none.
fn comment_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start + 2..).unwrap_or_default();
    let length = match bytes.get(start + 1) {
        Some(b'/') => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
        Some(b'*') => memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2),
        _ => return start + 1,
    };
    start + 2 + length
}

#[cfg(test)]
mod tests {
    use super::super::{LockKind, parse as read};
    use super::strict;

    const TEXT: &str = r#"{ // written by hand
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "root", },
    "apps/web": { "name": "web", "version": "0.1.0", },
    "packages/ui": { "name": "@x/ui", /* private */ },
  },
  "packages": {
    "next": ["next@14.0.0", "", { "dependencies": {}, }, "sha512-"],
    "web/next": ["next@15.0.0", "", {}, "sha512-",],
    "web": ["web@workspace:apps/web"],
    "@x/ui": ["@x/ui@workspace:packages/ui"],
    "alias": ["@s/real@3.0.0-rc.1", "", {}, "sha512-"],
    "git": ["git@git+ssh://h.test/x#00", {}, "00"],
    "odd": [],
  },
}"#;

    #[test]
    fn a_workspace_sees_its_own_version_first() {
        let lock = read(LockKind::Bun, TEXT).unwrap();
        assert_eq!(lock.format(), "bun lock file 1");
        for (app, package, version) in [
            ("apps/web", "next", Some("15.0.0")),
            ("", "next", Some("14.0.0")),
            ("packages/ui", "next", Some("14.0.0")),
            ("templates/other", "next", None),
            ("", "web", Some("0.1.0")),
            ("", "@x/ui", None),
            ("", "alias", Some("3.0.0-rc.1")),
            ("", "git", None),
            ("", "odd", None),
        ] {
            assert_eq!(
                lock.resolve(app, package, "").as_deref(),
                version,
                "{package} from {app:?}"
            );
        }
        assert_eq!(
            lock.versions("next").collect::<Vec<_>>(),
            ["14.0.0", "15.0.0"]
        );
        assert_eq!(lock.versions("@s/real").count(), 1);
    }

    #[test]
    fn comments_and_trailing_commas_become_blanks_and_strings_stay() {
        for (text, wanted) in [
            ("[1,]", "[1 ]"),
            ("[1, // a\n]", "[1      \n]"),
            ("[\"a,]//\\\"\",2]", "[\"a,]//\\\"\",2]"),
            ("/* é\n */{}", "    \n   {}"),
            ("[1,,]", "[1, ]"),
            ("/", "/"),
            ("\"\\", "\"\\"),
            ("/*", "  "),
        ] {
            let got = strict(text);
            if !text.contains('é') {
                assert_eq!(got.len(), text.len(), "{text}");
                assert_eq!(std::str::from_utf8(&got), Ok(wanted), "{text}");
            }
        }
        assert!(matches!(strict("[1]"), std::borrow::Cow::Borrowed(_)));
    }

    #[test]
    fn a_broken_lock_file_is_an_error_with_its_place() {
        let deep = format!("{{\"lockfileVersion\":1,\"x\":{}", "[".repeat(10_000));
        for (text, line, says) in [
            ("", 1, "empty"),
            (
                "{\n \"lockfileVersion\": 1,\n \"packages\": {",
                3,
                "too early",
            ),
            (
                "{\n \"lockfileVersion\": 1,\n \"packages\": {\"a\": 1}}",
                3,
                "of a type",
            ),
            ("{}", 1, "no lockfileVersion"),
            ("\u{0}", 1, "not valid JSON"),
            (deep.as_str(), 1, "too early"),
            ("{\n<<<<<<< HEAD\n", 2, "merge conflict"),
        ] {
            let error = read(LockKind::Bun, text).unwrap_err();
            assert!(error.message.contains(says), "{error}");
            assert_eq!(error.line, line, "{error}");
        }
    }

    #[test]
    fn a_binary_lock_file_is_refused_with_the_way_out() {
        let error = read(LockKind::BunBinary, "").unwrap_err();
        assert!(error.message.contains("bun install --save-text-lockfile"));
    }
}
