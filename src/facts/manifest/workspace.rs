//! `pnpm-workspace.yaml`, and the catalogs that pnpm, Yarn and Bun share.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::place::{ParseError, conflict, small, without_bom};

/// What a `pnpm-workspace.yaml` says of folders and versions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PnpmWorkspace {
    /// Patterns of the workspace folders; one that starts with `!` excludes.
    pub packages: Vec<String>,
    /// The default catalog: package to range.
    pub catalog: BTreeMap<String, String>,
    /// The named catalogs.
    pub catalogs: BTreeMap<String, BTreeMap<String, String>>,
}

/// Reads a `pnpm-workspace.yaml`. Yarn keeps its catalogs under the same two keys in `.yarnrc.yml`, which can be
/// given too. A field of a wrong type counts as absent.
pub fn pnpm_workspace(text: &str) -> Result<PnpmWorkspace, ParseError> {
    let text = without_bom(text);
    if let Some(error) = conflict(text) {
        return Err(error);
    }
    let root = match serde_saphyr::from_str::<Value>(text) {
        Ok(Value::Object(root)) => root,
        Ok(Value::Null) => Map::new(),
        Ok(_) => return Err(ParseError::at(text, 0, "not a YAML mapping")),
        // An empty file is an empty workspace for pnpm.
        Err(_) if text.trim().is_empty() => Map::new(),
        Err(error) => return Err(yaml_error(&error)),
    };
    let named = root
        .get("catalogs")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    Ok(PnpmWorkspace {
        packages: strings(root.get("packages")),
        catalog: ranges(root.get("catalog")),
        catalogs: named
            .map(|(name, list)| (name.clone(), ranges(Some(list))))
            .collect(),
    })
}

/// Only the kind of fault and its place: the parser's own message may quote the text, and a `.yarnrc.yml` may
/// hold a token.
fn yaml_error(error: &serde_saphyr::Error) -> ParseError {
    let (line, column) = error
        .location()
        .map_or((1, 1), |at| (at.line(), at.column()));
    let place = |n: u64| small(usize::try_from(n).unwrap_or(usize::MAX)).max(1);
    ParseError {
        message: "not valid YAML, or too large".to_owned(),
        line: place(line),
        column: place(column),
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// A range that YAML took for a number (`react: 18`) is what was meant.
fn ranges(value: Option<&Value>) -> BTreeMap<String, String> {
    let entries = value.and_then(Value::as_object).into_iter().flatten();
    let range = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    entries
        .filter_map(|(name, value)| Some((name.clone(), range(value)?)))
        .collect()
}

/// The range behind `catalog:` or `catalog:<name>`; a range that names no catalog is its own answer.
/// `catalog:` and `catalog:default` are the same (pnpm.io/catalogs).
pub fn catalog_range<'a>(
    range: &'a str,
    package: &str,
    catalog: &'a BTreeMap<String, String>,
    catalogs: &'a BTreeMap<String, BTreeMap<String, String>>,
) -> Option<&'a str> {
    let Some(name) = range.trim().strip_prefix("catalog:") else {
        return Some(range);
    };
    let default = match name.trim() {
        "" | "default" => catalog.get(package),
        _ => None,
    };
    let name = if name.trim().is_empty() {
        "default"
    } else {
        name.trim()
    };
    default
        .or_else(|| catalogs.get(name)?.get(package))
        .map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "packages:\n  - 'apps/*' # ours\n  - \"!**/test\"\n\ncatalog:\n  react: ^18.2.0\n  zod: 4\ncatalogs:\n  next:\n    next: 15.1.0\n  odd: 3\n";

    #[test]
    fn reads_folders_and_catalogs() {
        let read = pnpm_workspace(TEXT).unwrap();
        assert_eq!(read.packages, ["apps/*", "!**/test"]);
        assert_eq!(read.catalog["react"], "^18.2.0");
        assert_eq!(read.catalog["zod"], "4");
        assert_eq!(read.catalogs["next"]["next"], "15.1.0");
        assert!(read.catalogs["odd"].is_empty());
    }

    #[test]
    fn a_catalog_range_is_looked_up_by_its_name() {
        let read = pnpm_workspace(TEXT).unwrap();
        let look = |range, package| catalog_range(range, package, &read.catalog, &read.catalogs);
        assert_eq!(look("catalog:", "react"), Some("^18.2.0"));
        assert_eq!(look("catalog:default", "react"), Some("^18.2.0"));
        assert_eq!(look("catalog:next", "next"), Some("15.1.0"));
        assert_eq!(look("catalog:next", "react"), None);
        assert_eq!(look("^1.0.0", "react"), Some("^1.0.0"));
    }

    #[test]
    fn an_empty_workspace_file_declares_nothing() {
        for text in [
            "",
            "\n",
            "# only a comment\n",
            "packages:\n",
            "packages: x\ncatalog: []\n",
        ] {
            assert_eq!(
                pnpm_workspace(text),
                Ok(PnpmWorkspace::default()),
                "{text:?}"
            );
        }
    }

    #[test]
    fn broken_yaml_is_an_error_with_its_place_and_without_its_text() {
        let error = pnpm_workspace("catalog:\n  a: 1\n  b: [hunter2\n").unwrap_err();
        assert_eq!(
            (error.message.as_str(), error.line),
            ("not valid YAML, or too large", 3)
        );
        assert!(pnpm_workspace("- a\n").is_err());
        assert!(pnpm_workspace(&"[".repeat(10_000)).is_err());
        assert!(
            pnpm_workspace("a: 1\n<<<<<<< HEAD\n")
                .unwrap_err()
                .message
                .contains("merge")
        );
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for (name, of) in "bcdefghijk".chars().zip("abcdefghij".chars()) {
            text.push_str(&format!(
                "{name}: &{name} [*{of},*{of},*{of},*{of},*{of},*{of},*{of},*{of}]\n"
            ));
        }
        assert!(pnpm_workspace(&text).is_err());
    }
}
