//! JSON with places: the few steps over the syntax tree that the readers here share.

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::place::{Lines, ParseError, conflict, small};

/// The object that a text consists of. Comments and trailing commas are let through, since Bun reads a
/// `package.json` with both; npm does not, and says so itself. Nesting is bounded by the parser (512).
pub(super) fn object(text: &str) -> Result<Object<'_>, ParseError> {
    if let Some(error) = conflict(text) {
        return Err(error);
    }
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
    match parsed.value {
        Some(Value::Object(object)) => Ok(object),
        Some(other) => Err(ParseError::at(
            text,
            other.range().start,
            "not a JSON object",
        )),
        None => Err(ParseError::at(text, 0, "empty: a JSON object was expected")),
    }
}

/// What a reader of settings lets through: comments and trailing commas.
pub(crate) fn strict_but_for_comments() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// The value under a key; of a key given twice the last one, as `JSON.parse` has it.
pub(super) fn get<'o, 't>(object: &'o Object<'t>, key: &str) -> Option<&'o Value<'t>> {
    let last = object
        .properties
        .iter()
        .rev()
        .find(|entry| entry.name.as_str() == key);
    last.map(|entry| &entry.value)
}

/// The object under a key; anything else there counts as absent.
pub(super) fn get_object<'o, 't>(object: &'o Object<'t>, key: &str) -> Option<&'o Object<'t>> {
    get(object, key).and_then(Value::as_object)
}

/// The text under a key; anything else there counts as absent.
pub(super) fn get_string(object: &Object<'_>, key: &str) -> Option<String> {
    get(object, key).and_then(string)
}

/// A value that is text.
pub(super) fn string(value: &Value<'_>) -> Option<String> {
    value.as_string_lit().map(|text| text.value.to_string())
}

/// Every entry whose value is text.
pub(super) fn strings<'o>(object: &'o Object<'_>) -> impl Iterator<Item = (String, String)> + 'o {
    object
        .properties
        .iter()
        .filter_map(|entry| Some((entry.name.as_str().to_owned(), string(&entry.value)?)))
}

/// 1-based line of an entry.
pub(super) fn line(lines: &Lines<'_>, entry: &ObjectProp<'_>) -> u32 {
    lines.line(entry.range().start)
}
