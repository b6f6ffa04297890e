//! TOML.

use toml::de::{DeTable, DeValue};

use super::super::manifest::{Lines, ParseError};
use super::{At, DEPTH, Entry, Node, Value};

pub(super) fn parse(text: &str) -> Result<Node, ParseError> {
    // The parser recurses; the values of a settings file are never nested like this.
    if nests_deeper_than(text, DEPTH) {
        return Err(ParseError::at(text, 0, "not valid TOML: nested too deeply"));
    }
    let table = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        ParseError::at(text, offset, "not valid TOML")
    })?;
    let lines = Lines::new(text);
    entries(table.get_ref(), &lines, 0)
        .map(|entries| Node {
            at: At { line: 1, column: 1 },
            value: Value::Map(entries),
        })
        .ok_or_else(|| ParseError::at(text, 0, "not valid TOML: nested too deeply"))
}

fn nests_deeper_than(text: &str, most: usize) -> bool {
    let mut depth = 0usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'\n' if depth == 1 => depth = 0,
            _ => {}
        }
        depth > most
    })
}

fn at(lines: &Lines<'_>, offset: usize) -> At {
    let (line, column) = lines.position(offset);
    At { line, column }
}

fn entries(table: &DeTable<'_>, lines: &Lines<'_>, depth: usize) -> Option<Vec<Entry>> {
    let mut entries = Vec::with_capacity(table.len());
    for (key, value) in table {
        entries.push(Entry {
            key: key.get_ref().to_string(),
            at: at(lines, key.span().start),
            value: Node {
                at: at(lines, value.span().start),
                value: of(value.get_ref(), lines, depth + 1)?,
            },
        });
    }
    // The parser keeps them by name.
    entries.sort_by_key(|entry| entry.at);
    Some(entries)
}

fn of(value: &DeValue<'_>, lines: &Lines<'_>, depth: usize) -> Option<Value> {
    if depth > DEPTH {
        return None;
    }
    Some(match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Boolean(is) => Value::Bool(*is),
        DeValue::Datetime(when) => Value::Number(when.to_string()),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| {
                Some(Node {
                    at: at(lines, item.span().start),
                    value: of(item.get_ref(), lines, depth + 1)?,
                })
            });
            Value::List(items.collect::<Option<Vec<Node>>>()?)
        }
        DeValue::Table(table) => Value::Map(entries(table, lines, depth)?),
    })
}
