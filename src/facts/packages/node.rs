//! Which Node.js a project asks for, in each of the places where one can.

use std::collections::BTreeMap;

use nodejs_semver::{Range, Version};

use crate::facts::document::{self, At, Node, Syntax, Value};

/// Where it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// `engines.node` of the manifest, which hosts read.
    Engines,
    /// `volta.node` of the manifest.
    Volta,
    /// `.nvmrc`, `.node-version`, `.tool-versions`.
    VersionFile,
    /// An image that a Dockerfile builds with.
    BuildImage,
    /// The image that a Dockerfile ends with: what runs.
    FinalImage,
    /// A step of a GitHub workflow.
    Workflow,
}

/// One place that asks for a Node.js.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// Where it is asked for.
    pub place: Where,
    /// The file, relative to the audited directory.
    pub file: String,
    /// Line and column.
    pub at: At,
    /// What is asked for, as written.
    pub text: String,
    /// The versions that fit.
    pub range: Range,
}

impl Wish {
    /// Whether nothing that fits is as new as a version.
    pub fn is_below(&self, minimum: &Version) -> bool {
        let enough = Range::parse(format!(">={minimum}"));
        enough.is_ok_and(|enough| !self.range.allows_any(&enough))
    }
}

fn wish(place: Where, file: &str, at: At, text: &str) -> Option<Wish> {
    let text = text.trim();
    Some(Wish {
        place,
        file: file.to_owned(),
        at,
        text: text.to_owned(),
        range: range(text)?,
    })
}

/// The versions that a text means: a range, or the name of a line (`lts/iron`). `None` where it names whatever
/// is newest.
fn range(text: &str) -> Option<Range> {
    const NAMES: &[(&str, &str)] = &[
        ("dubnium", "10"),
        ("erbium", "12"),
        ("fermium", "14"),
        ("gallium", "16"),
        ("hydrogen", "18"),
        ("iron", "20"),
        ("jod", "22"),
        ("krypton", "24"),
    ];
    if text.len() > 100 {
        return None;
    }
    let name = text
        .strip_prefix("lts/")
        .unwrap_or(text)
        .to_ascii_lowercase();
    let known = NAMES.iter().find(|(known, _)| *known == name);
    let text = known
        .map_or(text, |(_, major)| major)
        .trim_start_matches('v');
    let begins = |c: char| c.is_ascii_digit() || "^~<>=".contains(c);
    text.starts_with(begins)
        .then(|| Range::parse(text).ok())
        .flatten()
}

/// `engines.node` and `volta.node` of a manifest.
pub fn of_manifest(file: &str, text: &str) -> Vec<Wish> {
    let Ok(root) = document::parse(Syntax::Json, text) else {
        return Vec::new();
    };
    let one = |key: &str, place| {
        let node = root.path(&[key, "node"])?;
        wish(place, file, node.at, node.text()?)
    };
    let all = [one("engines", Where::Engines), one("volta", Where::Volta)];
    all.into_iter().flatten().collect()
}

/// `.nvmrc` and `.node-version` hold a version, `.tool-versions` one a line.
pub fn of_version_file(file: &str, text: &str) -> Option<Wish> {
    let tools = file.ends_with(".tool-versions");
    for (line, number) in text.lines().zip(1..) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let at = At {
            line: number,
            column: 1,
        };
        if !tools {
            return wish(Where::VersionFile, file, at, line);
        }
        let mut words = line.split_whitespace();
        if matches!(words.next(), Some("nodejs" | "node")) {
            return wish(Where::VersionFile, file, at, words.next()?);
        }
    }
    None
}

/// The images of a Dockerfile that are Node.js.
pub fn of_dockerfile(file: &str, text: &str) -> Vec<Wish> {
    let mut defaults: BTreeMap<&str, &str> = BTreeMap::new();
    let mut stages: Vec<(Option<&str>, String, u32)> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let mut words = line.split_whitespace();
        match words.next().map(str::to_ascii_uppercase).as_deref() {
            Some("ARG") => {
                if let Some((name, value)) = words.next().and_then(|word| word.split_once('=')) {
                    defaults.insert(name, value.trim_matches(['"', '\'']));
                }
            }
            Some("FROM") => {
                let mut words = words.skip_while(|word| word.starts_with("--"));
                let Some(image) = words.next() else { continue };
                let alias = words.nth(1);
                stages.push((alias, filled(image, &defaults), number));
            }
            _ => {}
        }
    }
    let last = stages.len().saturating_sub(1);
    // The last stage may go on from an earlier one.
    let mut runs = last;
    for _ in 0..stages.len() {
        let Some((_, image, _)) = stages.get(runs) else {
            break;
        };
        let earlier = stages
            .iter()
            .take(runs)
            .rposition(|(alias, ..)| alias.is_some_and(|alias| alias.eq_ignore_ascii_case(image)));
        match earlier {
            Some(earlier) => runs = earlier,
            None => break,
        }
    }
    let images = stages
        .iter()
        .enumerate()
        .filter_map(|(at, (_, image, line))| {
            let place = if at == runs {
                Where::FinalImage
            } else {
                Where::BuildImage
            };
            let at = At {
                line: *line,
                column: 1,
            };
            let mut wish = wish(place, file, at, &version_of_image(image)?)?;
            wish.text.clone_from(image);
            Some(wish)
        });
    images.collect()
}

/// An image with the defaults of its arguments: `node:${NODE_VERSION}-alpine`.
fn filled(image: &str, defaults: &BTreeMap<&str, &str>) -> String {
    let mut text = image.to_owned();
    for (name, value) in defaults {
        text = text.replace(&format!("${{{name}}}"), value);
        if let Some(default) = text.find(&format!("${{{name}:-")) {
            let end = text.get(default..).and_then(|rest| rest.find('}'));
            if let Some(end) = end {
                text.replace_range(default..=default + end, value);
            }
        }
        text = text.replace(&format!("${name}"), value);
        if text.len() > 1000 {
            break;
        }
    }
    text
}

/// `18` of `node:18-alpine`, `20` of `gcr.io/distroless/nodejs20-debian12`.
fn version_of_image(image: &str) -> Option<String> {
    let name = image.rsplit('/').next()?.split('@').next()?;
    if let Some(rest) = name.strip_prefix("nodejs") {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        return (!digits.is_empty()).then_some(digits);
    }
    let tag = name.strip_prefix("node:")?;
    Some(tag.split('-').next()?.to_owned())
}

/// Each `node-version` of a workflow that is written out. A list is a matrix, and tests several on purpose.
pub fn of_workflow(file: &str, text: &str) -> Vec<Wish> {
    let mut found = Vec::new();
    if let Ok(root) = document::parse(Syntax::Yaml, text) {
        steps(&root, file, &mut found);
    }
    found
}

/// The depth of a document is bounded by its reader.
fn steps(node: &Node, file: &str, found: &mut Vec<Wish>) {
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                if entry.key == "node-version" {
                    let text = entry.value.scalar();
                    found.extend(text.and_then(|text| wish(Where::Workflow, file, entry.at, text)));
                } else {
                    steps(&entry.value, file, found);
                }
            }
        }
        Value::List(items) => {
            for item in items {
                steps(item, file, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(wish: &Wish) -> bool {
        wish.is_below(&Version::parse("20.9.0").unwrap())
    }

    #[test]
    fn a_range_that_reaches_up_is_not_below() {
        for (text, is_below) in [
            ("18", true),
            ("18.x", true),
            ("v18.17.0", true),
            ("20", false),
            ("20.5.1", true),
            (">=18", false),
            ("^18 || ^20", false),
            ("<20", true),
            ("lts/hydrogen", true),
            ("lts/iron", false),
        ] {
            let wish = of_version_file(".nvmrc", text).unwrap();
            assert_eq!(below(&wish), is_below, "{text}");
        }
        for text in ["", "lts/*", "node", "system", "latest", "${{ x }}", "\u{0}"] {
            assert_eq!(of_version_file(".nvmrc", text), None, "{text}");
        }
    }

    #[test]
    fn the_image_that_runs_is_followed_to_its_stage() {
        let text = "ARG NODE_VERSION=18\nFROM --platform=$X node:${NODE_VERSION}-alpine AS base\nFROM node:16 AS build\nRUN x\nFROM base AS runner\n";
        let found = of_dockerfile("Dockerfile", text);
        let said: Vec<_> = found
            .iter()
            .map(|wish| (wish.place, wish.text.as_str(), wish.at.line))
            .collect();
        assert_eq!(
            said,
            [
                (Where::FinalImage, "node:18-alpine", 2),
                (Where::BuildImage, "node:16", 3)
            ]
        );
        assert!(
            of_dockerfile(
                "Dockerfile",
                "FROM nginx\nFROM\nFROM node\nFROM a AS a\nFROM a"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_workflow_says_it_in_its_steps() {
        let text = "jobs:\n  a:\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 18\n      - with: { node-version: '20.x' }\n      - with: { node-version: [18, 20] }\n      - with: { node-version: '${{ matrix.node }}' }\n";
        let found = of_workflow("w.yml", text);
        let said: Vec<_> = found
            .iter()
            .map(|wish| (wish.text.as_str(), below(wish)))
            .collect();
        assert_eq!(said, [("18", true), ("20.x", false)]);
    }

    #[test]
    fn the_manifest_says_it_twice() {
        let text =
            "{\n  \"engines\": { \"node\": \"18.x\" },\n  \"volta\": { \"node\": \"22.1.0\" }\n}";
        let found = of_manifest("package.json", text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].at.line, below(&found[0])), (2, true));
        assert!(of_manifest("package.json", "{").is_empty());
    }
}
