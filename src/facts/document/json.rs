//! JSON, with comments as many tools' settings have them.

use jsonc_parser::ast::Value as Ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, parse_to_ast};

use super::super::manifest::{Lines, ParseError, small, strict_but_for_comments};
use super::{At, DEPTH, Entry, Node, Value};

pub(super) fn parse(text: &str) -> Result<Node, ParseError> {
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Off,
        tokens: false,
    };
    let parsed =
        parse_to_ast(text, &collect, &strict_but_for_comments()).map_err(|error| ParseError {
            message: format!("not valid JSON: {}", error.kind()),
            line: small(error.line_display()),
            column: small(error.column_display()),
        })?;
    let lines = Lines::new(text);
    match parsed.value {
        Some(value) => node(&value, &lines, 0)
            .ok_or_else(|| ParseError::at(text, value.range().start, "nested too deeply")),
        None => Ok(Node::default()),
    }
}

fn at(lines: &Lines<'_>, offset: usize) -> At {
    let (line, column) = lines.position(offset);
    At { line, column }
}

fn node(ast: &Ast<'_>, lines: &Lines<'_>, depth: usize) -> Option<Node> {
    if depth > DEPTH {
        return None;
    }
    let value = match ast {
        Ast::NullKeyword(_) => Value::Null,
        Ast::BooleanLit(lit) => Value::Bool(lit.value),
        Ast::NumberLit(lit) => Value::Number(lit.value.to_owned()),
        Ast::StringLit(lit) => Value::Text(lit.value.to_string()),
        Ast::Array(array) => {
            let items = array.elements.iter();
            let items: Option<Vec<Node>> = items.map(|item| node(item, lines, depth + 1)).collect();
            Value::List(items?)
        }
        Ast::Object(object) => {
            let mut entries = Vec::with_capacity(object.properties.len());
            for property in &object.properties {
                entries.push(Entry {
                    key: property.name.as_str().to_owned(),
                    at: at(lines, property.range().start),
                    value: node(&property.value, lines, depth + 1)?,
                });
            }
            Value::Map(entries)
        }
    };
    Some(Node {
        at: at(lines, ast.range().start),
        value,
    })
}
