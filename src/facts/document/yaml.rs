//! YAML, as pipelines and compose files are written: anchors, merge keys and foreign tags included.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::super::manifest::{ParseError, small};
use super::{At, DEPTH, Entry, Node, Value};

pub(super) fn parse(text: &str) -> Result<Node, ParseError> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH,
            max_nodes: 200_000,
            max_documents: 100,
        },
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::LastWins,
        // `on:` and `yes` are words: what reads these files speaks YAML 1.2.
        strict_booleans: true,
        with_snippet: false,
    };
    let read = serde_saphyr::from_multiple_with_options::<Spanned<Value>>(text, options);
    let mut documents: Vec<Node> = read
        .map_err(|error| yaml_error(&error))?
        .into_iter()
        .map(node)
        .collect();
    Ok(if documents.len() > 1 {
        Node {
            at: At { line: 1, column: 1 },
            value: Value::List(documents),
        }
    } else {
        documents.pop().unwrap_or_default()
    })
}

/// Only the kind of fault and its place: the parser's own message may quote the text.
fn yaml_error(error: &serde_saphyr::Error) -> ParseError {
    let at = error
        .location()
        .map_or(At { line: 1, column: 1 }, |location| place(&location));
    ParseError {
        message: "not valid YAML, or too large".to_owned(),
        line: at.line.max(1),
        column: at.column.max(1),
    }
}

fn place(location: &Location) -> At {
    let number = |n: u64| small(usize::try_from(n).unwrap_or(usize::MAX));
    At {
        line: number(location.line()),
        column: number(location.column()),
    }
}

fn node(spanned: Spanned<Value>) -> Node {
    Node {
        at: place(&spanned.referenced),
        value: spanned.value,
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, is: bool) -> Result<Value, E> {
        Ok(Value::Bool(is))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        inner.deserialize_any(Reader)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<Spanned<Value>>()? {
            items.push(node(item));
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<Value>>()? {
            let key = node(key);
            let value = map.next_value::<Spanned<Value>>()?;
            entries.push(Entry {
                key: key.scalar().unwrap_or_default().to_owned(),
                at: key.at,
                value: node(value),
            });
        }
        Ok(Value::Map(entries))
    }
}
