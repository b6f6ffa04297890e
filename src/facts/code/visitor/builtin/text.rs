//! Strings and regular expressions.

use std::rc::Rc;

use crate::facts::code::visitor::run::{MAX_ITEMS, MAX_TEXT, truthy, unknown_of};
use crate::facts::code::visitor::value::{By, Pattern, Text, Value};
use crate::model::routes::CodePlace;

/// A method of a string. Where the string is the path that is asked for, the answer says so.
pub(super) fn method(
    this: &Value,
    own: &Text,
    name: &str,
    arguments: &[Value],
    place: &CodePlace,
    written: &str,
) -> Value {
    let first = arguments.first().cloned().unwrap_or(Value::Undefined);
    let known = arguments.iter().all(|one| {
        matches!(
            one.bare(),
            Value::Text(_) | Value::Number(_) | Value::Regex(_) | Value::Undefined
        )
    });
    if !known {
        let answer = unknown_of(this, &first);
        return if name == "concat" {
            truthy(answer)
        } else {
            answer
        };
    }
    let value = exact(own, name, arguments);
    let is_short = |value: &Value| value.as_text().is_none_or(|text| text.len() <= MAX_TEXT);
    let value = value.filter(is_short).unwrap_or_else(Value::unknown);
    match this.decision() {
        Some(decided) if decided.by == By::Route => {
            let shown: Vec<String> = arguments
                .iter()
                .map(|one| format!("{:?}", one.bare()))
                .collect();
            let (given, own) = (shown.join(", "), shown_part(own));
            let text = format!("{written}({given}) is {value:?} for {own}");
            value.decided(By::Route, place, text)
        }
        _ => value.with_decision_of(this),
    }
}

/// What looking for a regular expression has cost, in bytes read: where it was given up, much.
pub(super) fn cost(value: &Value) -> usize {
    match value.bare() {
        Value::Opaque(opaque) if !opaque.truthy => 1 << 20,
        _ => 64,
    }
}

/// The beginning of a text, as much as a sentence may hold.
fn shown_part(text: &str) -> &str {
    const LONG: usize = 200;
    text.get(..text.floor_char_boundary(LONG)).unwrap_or(text)
}

fn exact(own: &str, name: &str, arguments: &[Value]) -> Option<Value> {
    let first = arguments.first();
    let text = first.and_then(Value::as_text);
    let number = |index: usize| match arguments.get(index).map(Value::bare) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    Some(match name {
        "startsWith" => Value::Bool(own.starts_with(text?)),
        "endsWith" => Value::Bool(own.ends_with(text?)),
        "includes" => Value::Bool(own.contains(text?)),
        "indexOf" => Value::Number(match own.find(text?) {
            Some(at) => own.get(..at)?.chars().count() as f64,
            None => -1.0,
        }),
        "toLowerCase" | "toLocaleLowerCase" => Value::text(own.to_lowercase()),
        "toUpperCase" | "toLocaleUpperCase" => Value::text(own.to_uppercase()),
        "trim" => Value::text(own.trim()),
        "trimEnd" => Value::text(own.trim_end()),
        "trimStart" => Value::text(own.trim_start()),
        "toString" | "valueOf" | "normalize" => Value::text(own),
        "split" => {
            let most = MAX_ITEMS + 1;
            let parts: Vec<Value> = match text? {
                "" => own
                    .chars()
                    .take(most)
                    .map(|c| Value::text(c.to_string()))
                    .collect(),
                separator => own.split(separator).take(most).map(Value::text).collect(),
            };
            if parts.len() == most {
                return None;
            }
            Value::list(parts)
        }
        "slice" | "substring" => {
            let length = own.chars().count() as f64;
            let place = |at: f64| match name {
                "slice" if at < 0.0 => (length + at).max(0.0),
                _ => at.clamp(0.0, length),
            };
            let start = place(number(0).unwrap_or(0.0));
            let end = place(number(1).unwrap_or(length));
            let take = (end - start).max(0.0) as usize;
            Value::text(
                own.chars()
                    .skip(start as usize)
                    .take(take)
                    .collect::<String>(),
            )
        }
        "concat" => Value::text([own, text?].concat()),
        "at" | "charAt" => {
            let at = number(0)?;
            let at = if at < 0.0 {
                own.chars().count() as f64 + at
            } else {
                at
            };
            let found = own.chars().nth(at.max(0.0) as usize).filter(|_| at >= 0.0);
            found.map_or(Value::text(""), |c| Value::text(c.to_string()))
        }
        "replace" => match first?.bare() {
            Value::Text(from) => {
                let to = arguments.get(1)?.as_text().filter(|to| !to.contains('$'))?;
                Value::text(own.replacen(&**from, to, 1))
            }
            Value::Regex(pattern) => {
                // Where nothing is found, nothing is replaced.
                let found = pattern.compiled.as_ref()?.is_match(own)?;
                if found {
                    return None;
                }
                Value::text(own)
            }
            _ => return None,
        },
        "replaceAll" => {
            let to = arguments.get(1)?.as_text().filter(|to| !to.contains('$'))?;
            let from = text?;
            if own.matches(from).count().saturating_mul(to.len()) > MAX_TEXT {
                return None;
            }
            Value::text(own.replace(from, to))
        }
        "match" => match first?.bare() {
            Value::Regex(pattern) => match pattern.compiled.as_ref()?.is_match(own)? {
                true => truthy(Value::unknown()),
                false => Value::Null,
            },
            _ => return None,
        },
        "search" => return None,
        _ => return None,
    })
}

/// A method of a regular expression.
pub(super) fn regex_method(
    pattern: &Rc<Pattern>,
    name: &str,
    arguments: &[Value],
) -> Option<Value> {
    let first = arguments.first().cloned().unwrap_or(Value::Undefined);
    if !matches!(name, "test" | "exec") {
        return None;
    }
    let Some(text) = first.as_text() else {
        return Some(unknown_of(&first, &first));
    };
    // `g` and `y` remember where they stopped the last time.
    if pattern.flags.contains(['g', 'y']) {
        return Some(Value::unknown());
    }
    let found = pattern
        .compiled
        .as_ref()
        .and_then(|regex| regex.is_match(text));
    let value = match (found, name) {
        (None, _) => Value::unknown(),
        (Some(found), "test") => Value::Bool(found),
        (Some(true), _) => truthy(Value::unknown()),
        (Some(false), _) => Value::Null,
    };
    let Some(decided) = first.decision() else {
        return Some(value);
    };
    let words = match found {
        Some(true) => "matches",
        _ => "does not match",
    };
    let text = format!("/{}/ {words} {text}", pattern.source);
    Some(value.decided(decided.by, &decided.place, text))
}
