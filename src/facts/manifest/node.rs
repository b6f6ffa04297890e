//! `package.json`. The fields are those of the npm documentation ("package.json"), plus Bun's catalogs.

use std::collections::BTreeMap;

use jsonc_parser::ast::{Object, Value};
use serde::Serialize;

use super::json::{get, get_object, get_string, line, object, string, strings};
use super::place::{Lines, ParseError, without_bom};
use super::without_credentials;

/// Which list of a `package.json` names a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Section {
    /// `dependencies`
    Production,
    /// `devDependencies`
    Development,
    /// `peerDependencies`
    Peer,
    /// `optionalDependencies`
    Optional,
}

/// The lists, the one that wins last.
const SECTIONS: [(&str, Section); 4] = [
    ("devDependencies", Section::Development),
    ("peerDependencies", Section::Peer),
    ("optionalDependencies", Section::Optional),
    ("dependencies", Section::Production),
];

/// One declared dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dependency {
    /// The range as written, without credentials of an address.
    pub range: String,
    /// The list it stands in.
    pub section: Section,
    /// 1-based line of the entry in the manifest.
    pub line: u32,
}

/// What a `package.json` says. A field of a wrong type counts as absent, as it does for npm.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PackageJson {
    /// `name`
    pub name: Option<String>,
    /// `version`
    pub version: Option<String>,
    /// All four lists merged: production wins over optional over peer over development.
    pub dependencies: BTreeMap<String, Dependency>,
    /// Patterns of the workspace folders, from either form of `workspaces`.
    pub workspaces: Vec<String>,
    /// The default catalog (Bun): package to range.
    pub catalog: BTreeMap<String, String>,
    /// The named catalogs (Bun).
    pub catalogs: BTreeMap<String, BTreeMap<String, String>>,
    /// `engines.node`
    pub engines_node: Option<String>,
    /// `packageManager`, such as `pnpm@10.1.0+sha512…`
    pub package_manager: Option<String>,
    /// `scripts`
    pub scripts: BTreeMap<String, String>,
    /// Whether `type` is `module`.
    pub type_module: bool,
    /// Whether it is made to be published: it lists its `files`, or has a `publishConfig`.
    pub published: bool,
}

/// Reads a `package.json`. Fails only on a text that is not a JSON object.
pub fn package_json(text: &str) -> Result<PackageJson, ParseError> {
    let text = without_bom(text);
    let root = object(text)?;
    let (catalog, catalogs) = catalogs(&root);
    Ok(PackageJson {
        name: get_string(&root, "name"),
        version: get_string(&root, "version"),
        dependencies: dependencies(&root, &Lines::new(text)),
        workspaces: workspaces(&root),
        catalog,
        catalogs,
        engines_node: get_object(&root, "engines").and_then(|engines| get_string(engines, "node")),
        package_manager: get_string(&root, "packageManager"),
        scripts: get_object(&root, "scripts")
            .map(|scripts| strings(scripts).collect())
            .unwrap_or_default(),
        type_module: get_string(&root, "type").as_deref() == Some("module"),
        published: get(&root, "files").is_some() || get(&root, "publishConfig").is_some(),
    })
}

fn dependencies(root: &Object<'_>, lines: &Lines<'_>) -> BTreeMap<String, Dependency> {
    let mut all = BTreeMap::new();
    for (field, section) in SECTIONS {
        for entry in get_object(root, field)
            .map(|list| list.properties.as_slice())
            .unwrap_or_default()
        {
            if let Some(range) = string(&entry.value) {
                let range = without_credentials(&range);
                let found = Dependency {
                    range,
                    section,
                    line: line(lines, entry),
                };
                all.insert(entry.name.as_str().to_owned(), found);
            }
        }
    }
    all
}

/// `["apps/*"]` or Yarn's and Bun's `{ "packages": ["apps/*"] }`.
fn workspaces(root: &Object<'_>) -> Vec<String> {
    let list = match get(root, "workspaces") {
        Some(Value::Object(form)) => get(form, "packages"),
        other => other,
    };
    let list = list
        .and_then(Value::as_array)
        .map(|list| list.elements.as_slice())
        .unwrap_or_default();
    list.iter().filter_map(string).collect()
}

type Catalog = BTreeMap<String, String>;

/// Bun reads catalogs from `workspaces` and, where that has none, from the top level (bun.com/docs/install/catalogs).
fn catalogs(root: &Object<'_>) -> (Catalog, BTreeMap<String, Catalog>) {
    let inner = get_object(root, "workspaces");
    let pick = |key: &str| {
        inner
            .and_then(|form| get_object(form, key))
            .or_else(|| get_object(root, key))
    };
    let default = pick("catalog")
        .map(|list| strings(list).collect())
        .unwrap_or_default();
    let mut named = BTreeMap::new();
    for entry in pick("catalogs")
        .map(|list| list.properties.as_slice())
        .unwrap_or_default()
    {
        if let Value::Object(list) = &entry.value {
            named.insert(entry.name.as_str().to_owned(), strings(list).collect());
        }
    }
    (default, named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_fields_and_the_line_of_each_dependency() {
        let text = "\u{feff}{\n  \"name\": \"web\", \"version\": \"1.0.0\",\r\n  \"type\": \"module\",\n  \"dependencies\": {\n    \"@clerk/nextjs\": \"^6.0.0\",\n    \"n\\u0065xt\": \"15.0.0\"\n  },\n  \"engines\": { \"node\": \">=20\" },\n  \"packageManager\": \"pnpm@10.1.0\",\n  \"scripts\": { \"dev\": \"next dev\" },\n  \"workspaces\": [\"apps/*\", 3]\n}";
        let read = package_json(text).unwrap();
        assert_eq!(read.name.as_deref(), Some("web"));
        assert_eq!(read.version.as_deref(), Some("1.0.0"));
        assert!(read.type_module);
        let clerk = Dependency {
            range: "^6.0.0".into(),
            section: Section::Production,
            line: 5,
        };
        assert_eq!(read.dependencies["@clerk/nextjs"], clerk);
        assert_eq!(read.dependencies["next"].line, 6);
        assert_eq!(read.engines_node.as_deref(), Some(">=20"));
        assert_eq!(read.package_manager.as_deref(), Some("pnpm@10.1.0"));
        assert_eq!(read.scripts["dev"], "next dev");
        assert_eq!(read.workspaces, ["apps/*"]);
    }

    #[test]
    fn production_wins_over_optional_over_peer_over_development() {
        let text = r#"{"dependencies":{"a":"1"},"optionalDependencies":{"a":"2","b":"2"},
            "peerDependencies":{"a":"3","b":"3","c":"3"},"devDependencies":{"a":"4","b":"4","c":"4","d":"4"}}"#;
        let read = package_json(text).unwrap();
        let found: Vec<_> = read
            .dependencies
            .values()
            .map(|d| (d.range.as_str(), d.section))
            .collect();
        let wanted = [
            ("1", Section::Production),
            ("2", Section::Optional),
            ("3", Section::Peer),
            ("4", Section::Development),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn catalogs_are_read_from_workspaces_and_from_the_top_level() {
        let inner = r#"{"workspaces":{"packages":["a"],"catalog":{"x":"1"},"catalogs":{"n":{"y":"2"},"bad":3}}}"#;
        let outer = r#"{"workspaces":["a"],"catalog":{"x":"1"},"catalogs":{"n":{"y":"2"}}}"#;
        for text in [inner, outer] {
            let read = package_json(text).unwrap();
            assert_eq!(read.workspaces, ["a"]);
            assert_eq!(read.catalog["x"], "1");
            assert_eq!(read.catalogs["n"]["y"], "2");
        }
    }

    #[test]
    fn fields_of_a_wrong_type_count_as_absent() {
        let text = r#"{"name":1,"dependencies":["x"],"devDependencies":{"a":1,"b":null,"c":"1"},"workspaces":"x",
            "engines":["node"],"scripts":{"a":{}},"type":true,"catalog":"x","packageManager":{}}"#;
        let read = package_json(text).unwrap();
        assert_eq!(read.dependencies.keys().collect::<Vec<_>>(), ["c"]);
        let rest = PackageJson {
            dependencies: BTreeMap::new(),
            ..read
        };
        assert_eq!(rest, PackageJson::default());
    }

    #[test]
    fn of_a_key_given_twice_the_last_one_counts() {
        let read =
            package_json(r#"{"dependencies":{"a":"1"},"dependencies":{"b":"1","b":"2"}}"#).unwrap();
        assert_eq!(read.dependencies.keys().collect::<Vec<_>>(), ["b"]);
        assert_eq!(read.dependencies["b"].range, "2");
    }

    #[test]
    fn comments_and_trailing_commas_are_read_as_bun_reads_them() {
        let read = package_json("{ // why\n \"name\": \"x\", }").unwrap();
        assert_eq!(read.name.as_deref(), Some("x"));
    }

    #[test]
    fn what_is_not_an_object_is_an_error_with_its_place() {
        let deep = "[".repeat(10_000);
        let nested = format!("{{\"a\":{deep}");
        for (text, line, says) in [
            ("", 1, "empty"),
            ("\n [1]", 2, "not a JSON object"),
            ("{\n \"name\": ", 2, "not valid JSON"),
            ("{\n \"a\": 'x' }", 2, "not valid JSON"),
            ("{\n<<<<<<< HEAD\n", 2, "merge conflict"),
            ("\u{0}\u{1}binary", 1, "not valid JSON"),
            (nested.as_str(), 1, "nesting depth"),
        ] {
            let error = package_json(text).unwrap_err();
            assert!(error.message.contains(says), "{error}");
            assert_eq!(error.line, line, "{error}");
        }
    }

    #[test]
    fn a_token_in_an_address_is_not_kept() {
        let read = package_json(r#"{"dependencies":{"a":"git+https://me:t0ken@host.test/a.git"}}"#)
            .unwrap();
        assert_eq!(read.dependencies["a"].range, "git+https://host.test/a.git");
    }
}
