//! `yarn.lock`, of Yarn 1 and of Yarn 2 and later ("Berry").
//!
//! Both are lists of entries, each under the ranges it answers:
//!
//! ```text
//! Yarn 1                                     Berry
//! ms@^2.0.0, ms@^2.1.1:                      "ms@npm:^2.0.0, ms@npm:^2.1.1":
//!   version "2.1.3"                            version: 2.1.3
//! "debug-alias@npm:debug@4.3.4":             "debug-alias@npm:debug@4.3.4":
//!   version "4.3.4"                            version: 4.3.4
//!                                              resolution: "debug@npm:4.3.4"
//! ```

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Body, Lockfile, ParseError, Versions, split_name};

/// `name@range` to the version; empty for a workspace of the project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Entries(BTreeMap<String, String>);

impl Entries {
    pub(super) fn resolve(
        &self,
        package: &str,
        range: &str,
        versions: &Versions,
    ) -> Option<String> {
        let range = range.trim();
        // Berry writes the protocol that the manifest leaves out.
        let keys = [
            format!("{package}@{range}"),
            format!("{package}@npm:{range}"),
        ];
        match keys.iter().find_map(|key| self.0.get(key)) {
            Some(version) => (!version.is_empty()).then(|| version.clone()),
            None => versions.only(package).map(str::to_owned),
        }
    }
}

/// What Berry writes as the version of a workspace.
const LOCAL: &str = "0.0.0-use.local";

pub(super) fn parse(text: &str) -> Result<Lockfile, ParseError> {
    let mut reader = Reader::default();
    for (line, number) in text.lines().zip(1..) {
        if line.starts_with([' ', '\t']) && line.trim_start_matches(' ').starts_with('\t') {
            let message = "a tab where blanks must be".to_owned();
            return Err(ParseError {
                message,
                line: number,
                column: 1,
            });
        }
        reader.line(line.trim_end());
    }
    reader.close();
    let Some(format) = reader.format else {
        let message =
            "not a Yarn lock file: neither `# yarn lockfile v1` nor `__metadata:` is in it";
        return Err(ParseError::at(text, 0, message));
    };
    Ok(Lockfile {
        format: format!("yarn lock file {format}"),
        body: Body::Yarn(Entries(reader.entries)),
        versions: reader.versions,
    })
}

#[derive(Default)]
struct Reader<'a> {
    format: Option<String>,
    /// The `name@range` texts of the open entry, and its fields.
    keys: Vec<&'a str>,
    version: &'a str,
    resolution: &'a str,
    entries: BTreeMap<String, String>,
    versions: Versions,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a str) {
        if let Some(field) = line.strip_prefix("  ") {
            self.field(field);
        } else if line == "# yarn lockfile v1" {
            self.format = Some("1".to_owned());
        } else if !line.is_empty() && !line.starts_with(['#', ':']) {
            self.close();
            // A key that is too long for one line of YAML starts with `? `; its `:` follows on a line of its own.
            let key = line.strip_prefix("? ").unwrap_or(line);
            self.keys = descriptors(key.strip_suffix(':').unwrap_or(key));
        }
    }

    /// `version "1"` or `version: 1`; deeper lines are dependencies.
    fn field(&mut self, field: &'a str) {
        let Some((name, value)) = field.split_once(' ') else {
            return;
        };
        let value = value.trim_matches('"');
        match name.trim_end_matches(':') {
            "version" if self.keys.first() == Some(&"__metadata") => {
                self.format = Some(value.to_owned())
            }
            "version" => self.version = value,
            "resolution" => self.resolution = value,
            _ => {}
        }
    }

    /// Ends the open entry.
    fn close(&mut self) {
        let (version, resolution) = (
            std::mem::take(&mut self.version),
            std::mem::take(&mut self.resolution),
        );
        let keys = std::mem::take(&mut self.keys);
        if version.is_empty() {
            return;
        }
        let local = version == LOCAL;
        let real = keys.first().and_then(|key| {
            real_name(if resolution.is_empty() {
                key
            } else {
                resolution
            })
        });
        if let Some(name) = real.filter(|_| !local) {
            self.versions.add(name, version);
        }
        let version = if local { "" } else { version };
        self.entries.extend(
            keys.into_iter()
                .map(|key| (key.to_owned(), version.to_owned())),
        );
    }
}

/// Yarn 1 quotes each text that needs it; Berry quotes them all together.
fn descriptors(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let (key, after) = match rest.strip_prefix('"') {
            Some(inner) => inner.split_once('"').unwrap_or((inner, "")),
            None => rest.split_once(", ").unwrap_or((rest, "")),
        };
        // A comma inside a range is followed by no name: `a@>=1, <2` stays whole.
        match key.contains("@npm:") || key.contains("@workspace:") || key.contains("@patch:") {
            true => found.extend(key.split(", ")),
            false => found.push(key),
        }
        rest = after.trim_start_matches([',', ' ']);
    }
    found
}

/// The package behind `name@npm:1.2.3`, `alias@npm:name@^1` (Yarn 1) or `name@^1`.
fn real_name(text: &str) -> Option<&str> {
    let (name, rest) = split_name(text)?;
    let alias = rest.strip_prefix("npm:").and_then(split_name);
    Some(alias.map_or(name, |(real, _)| real))
}

#[cfg(test)]
mod tests {
    use super::super::{LockKind, parse as read};

    #[test]
    fn yarn_1_entries_answer_each_of_their_ranges() {
        let text = "# yarn lockfile v1\r\n\r\n\r\n\"@clerk/nextjs@^6.0.0\", \"@clerk/nextjs@^6.1.0\":\r\n  version \"6.2.0\"\r\n  dependencies:\r\n    version \"^9\"\r\n\r\nms@, ms@*, \"ms@>=1, <3\":\r\n  version \"2.1.3\"\r\n\r\n\"al@npm:debug@4\":\r\n  version \"4.3.4\"\r\n";
        let lock = read(LockKind::Yarn, text).unwrap();
        assert_eq!(lock.format(), "yarn lock file 1");
        for (package, range, version) in [
            ("@clerk/nextjs", "^6.0.0", "6.2.0"),
            ("@clerk/nextjs", "^6.1.0", "6.2.0"),
            ("@clerk/nextjs", "^5", "6.2.0"),
            ("ms", "", "2.1.3"),
            ("ms", ">=1, <3", "2.1.3"),
            ("al", "npm:debug@4", "4.3.4"),
        ] {
            assert_eq!(
                lock.resolve("any", package, range).as_deref(),
                Some(version),
                "{package}@{range}"
            );
        }
        assert_eq!(lock.versions("debug").collect::<Vec<_>>(), ["4.3.4"]);
        assert_eq!(lock.resolve("", "absent", "1"), None);
    }

    #[test]
    fn a_range_that_is_not_in_the_file_is_answered_only_without_doubt() {
        let text = "# yarn lockfile v1\na@1:\n  version \"1.0.0\"\na@2:\n  version \"2.0.0\"\n";
        assert_eq!(
            read(LockKind::Yarn, text)
                .unwrap()
                .resolve("", "a", "catalog:"),
            None
        );
    }

    #[test]
    fn berry_entries_answer_ranges_with_and_without_their_protocol() {
        let text = "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\"next@npm:^15.0.0, next@npm:15.1.0\":\n  version: 15.1.0\n  resolution: \"next@npm:15.1.0\"\n\n\"ui@workspace:*, ui@workspace:packages/ui\":\n  version: 0.0.0-use.local\n  resolution: \"ui@workspace:packages/ui\"\n\n\"x@patch:x@npm%3A1.0.0#~/.yarn/p.patch\":\n  version: 1.0.0\n  resolution: \"x@patch:x@npm%3A1.0.0#~/.yarn/p.patch::version=1.0.0\"\n\n? \"long@npm:1, long@npm:2\"\n:\n  version: 2.0.0\n";
        let lock = read(LockKind::Yarn, text).unwrap();
        assert_eq!(lock.format(), "yarn lock file 8");
        for (package, range, version) in [
            ("next", "^15.0.0", Some("15.1.0")),
            ("next", "npm:15.1.0", Some("15.1.0")),
            ("ui", "workspace:*", None),
            ("x", "patch:x@npm%3A1.0.0#~/.yarn/p.patch", Some("1.0.0")),
            ("x", "patch:x@1.0.0#./p.patch", Some("1.0.0")),
            ("long", "2", Some("2.0.0")),
        ] {
            assert_eq!(
                lock.resolve("", package, range).as_deref(),
                version,
                "{package}@{range}"
            );
        }
    }

    #[test]
    fn a_broken_lock_file_is_an_error_with_its_place() {
        for (text, line, says) in [
            ("", 1, "not a Yarn lock file"),
            ("\u{0}\u{1}: \u{2}", 1, "not a Yarn lock file"),
            ("# yarn lockfile v1\na@1:\n\tversion \"1\"\n", 3, "a tab"),
            ("# yarn lockfile v1\n<<<<<<< HEAD\n", 2, "merge conflict"),
        ] {
            let error = read(LockKind::Yarn, text).unwrap_err();
            assert!(error.message.contains(says), "{error}");
            assert_eq!(error.line, line, "{error}");
        }
        // One that ends too early still says what stands before.
        let lock = read(
            LockKind::Yarn,
            "# yarn lockfile v1\na@1:\n  version \"1.0.0\"\n\"b@",
        )
        .unwrap();
        assert_eq!(lock.resolve("", "a", "1").as_deref(), Some("1.0.0"));
    }
}
