//! JSON, TOML and YAML as one kind of tree with places: the files that say how an app is built, deployed
//! and configured. Pure: text in, data out.

mod json;
mod toml;
mod yaml;

use super::manifest::{conflict, without_bom};

pub use super::manifest::ParseError;

/// How deep a document may be nested; deeper ones say nothing that we look for.
const DEPTH: usize = 48;

/// What a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// JSON; comments and trailing commas are let through.
    Json,
    /// TOML.
    Toml,
    /// YAML; of several documents in one text each is read.
    Yaml,
}

impl Syntax {
    /// What a file is written in, by how its name ends.
    pub fn of(path: &str) -> Option<Self> {
        let (_, end) = path.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            "json" | "jsonc" | "json5" => Some(Syntax::Json),
            "toml" => Some(Syntax::Toml),
            "yml" | "yaml" => Some(Syntax::Yaml),
            _ => None,
        }
    }
}

/// Where something stands: 1-based line, and 1-based column in characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Node {
    /// Where it begins.
    pub at: At,
    /// What it is.
    pub value: Value,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number or a date, as a text.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the text.
    Map(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Where the key stands.
    pub at: At,
    /// What stands under it.
    pub value: Node,
}

impl Node {
    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let last = self.entries().iter().rev().find(|entry| entry.key == key);
        last.map(|entry| &entry.value)
    }

    /// The value under several keys, one within the other.
    pub fn path(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text that it is.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What it is as a text: a number or a boolean as it would be passed on as a variable.
    pub fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The entries of the mapping that it is; else none.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of the list that it is; else none.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }
}

/// Reads a document. A text that holds several YAML documents is a list of them; an empty one is
/// [`Value::Null`]. The error never quotes the text: it may hold a credential.
pub fn parse(syntax: Syntax, text: &str) -> Result<Node, ParseError> {
    let text = without_bom(text);
    if let Some(error) = conflict(text) {
        return Err(error);
    }
    if text.trim().is_empty() {
        return Ok(Node::default());
    }
    match syntax {
        Syntax::Json => json::parse(text),
        Syntax::Toml => toml::parse(text),
        Syntax::Yaml => yaml::parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(node: Option<&Node>) -> (u32, u32) {
        node.map_or((0, 0), |node| (node.at.line, node.at.column))
    }

    #[test]
    fn the_three_syntaxes_give_the_same_tree_with_places() {
        let json = parse(
            Syntax::Json,
            "{\n  // why\n  \"env\": { \"KEY\": \"v\", \"N\": 3 },\n  \"on\": [true, null],\n}",
        )
        .unwrap();
        let toml = parse(
            Syntax::Toml,
            "on = [true]\n[env]\nKEY = \"v\"\nN = 3\nwhen = 2026-01-01\n",
        )
        .unwrap();
        let yaml = parse(
            Syntax::Yaml,
            "on: [true, ~]\nenv:\n  KEY: v\n  N: 3\n  quoted: \"3\"\n",
        )
        .unwrap();
        for tree in [&json, &toml, &yaml] {
            assert_eq!(tree.path(&["env", "KEY"]).and_then(Node::text), Some("v"));
            assert_eq!(tree.path(&["env", "N"]).and_then(Node::scalar), Some("3"));
            assert_eq!(tree.get("on").unwrap().items()[0].scalar(), Some("true"));
        }
        assert_eq!(at(json.path(&["env", "KEY"])), (3, 19));
        assert_eq!(at(toml.path(&["env", "KEY"])), (3, 7));
        assert_eq!(at(yaml.path(&["env", "KEY"])), (3, 8));
        assert_eq!(
            yaml.path(&["env", "quoted"]).and_then(Node::text),
            Some("3")
        );
        assert_eq!(yaml.get("env").unwrap().entries()[1].at.line, 4);
    }

    #[test]
    fn yaml_keeps_what_a_pipeline_needs() {
        let text =
            "on:\n  push:\nx: &base\n  a: 1\ny:\n  <<: *base\n  b: yes\nrun: |\n  one\n  two\n";
        let tree = parse(Syntax::Yaml, text).unwrap();
        assert!(tree.get("on").is_some_and(|on| on.get("push").is_some()));
        assert_eq!(tree.path(&["y", "a"]).and_then(Node::scalar), Some("1"));
        assert_eq!(tree.path(&["y", "b"]).and_then(Node::text), Some("yes"));
        assert_eq!(tree.get("run").and_then(Node::text), Some("one\ntwo\n"));
        let several = parse(Syntax::Yaml, "a: 1\n---\na: 2\n").unwrap();
        assert_eq!(several.items().len(), 2);
        let tagged = parse(Syntax::Yaml, "a: !reference [x, y]\nb: !Ref Z\n").unwrap();
        assert_eq!(tagged.get("b").and_then(Node::scalar), Some("Z"));
    }

    #[test]
    fn what_is_broken_is_said_with_its_place_and_never_quoted() {
        for (syntax, text, line) in [
            (Syntax::Json, "{\n  \"a\": sk_live_x\n}", 2),
            (Syntax::Toml, "a = 1\nb = sk_live_x\n", 2),
            (Syntax::Yaml, "a: 1\nb: [sk_live_x\nc: }\n", 2),
        ] {
            let error = parse(syntax, text).unwrap_err();
            assert!(error.line >= line, "{error}");
            assert!(!error.message.contains("sk_live"), "{error}");
        }
    }

    #[test]
    fn hostile_documents_end_in_an_error() {
        let deep = "[".repeat(100_000);
        assert!(parse(Syntax::Json, &deep).is_err());
        assert!(parse(Syntax::Yaml, &deep).is_err());
        assert!(parse(Syntax::Toml, &format!("a = {deep}")).is_err());
        let keys = format!(
            "{}a = 1\n[{}a]\n",
            "a.".repeat(100_000),
            "b.".repeat(100_000)
        );
        assert!(parse(Syntax::Toml, &keys).is_err());
        let nested: String = (0..5_000)
            .map(|at| format!("{}- \n", " ".repeat(at % 400)))
            .collect();
        let _ = parse(Syntax::Yaml, &nested);
        let mut laughs = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (one, before) in ('b'..='z').zip('a'..='y') {
            laughs.push_str(&format!("{one}: &{one} [*{before},*{before},*{before},*{before},*{before},*{before},*{before},*{before},*{before}]\n"));
        }
        assert!(parse(Syntax::Yaml, &laughs).is_err());
    }
}
