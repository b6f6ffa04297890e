//! What JavaScript itself brings: methods of strings, arrays and promises, and the global objects.

mod global;
mod list;
mod text;

use std::rc::Rc;

use super::library;
use super::run::{Eval, Run, either};
use super::value::{Cause, Doubt, List, ObjectKind, Promise, Value};
use crate::model::routes::CodePlace;

pub(super) use global::global;

/// The value that changes where a method changes its object in place, changed.
pub(super) fn mutation(this: &Value, name: &str, arguments: &[Value], open: bool) -> Option<Value> {
    let Value::List(before) = this.bare() else {
        return None;
    };
    match name {
        "push" | "add" => Some(super::run::extended(before, arguments, open)),
        "unshift" | "splice" | "pop" | "shift" | "sort" | "reverse" | "delete" | "clear" => {
            Some(Value::List(Rc::new(List {
                items: before.items.clone(),
                open: true,
            })))
        }
        _ => None,
    }
}

/// A call of a method that we know.
pub(super) fn method(
    run: &mut Run<'_>,
    this: &Value,
    name: &str,
    arguments: &[Value],
    place: &CodePlace,
    written: &str,
) -> Option<Eval<Value>> {
    match this.bare() {
        Value::Text(own) => {
            let given = arguments.iter().filter_map(Value::as_text).map(str::len);
            run.reads(own.len() + given.sum::<usize>());
            let value = text::method(this, own, name, arguments, place, written);
            run.copies(value.as_list().map_or(0, |list| list.items.len()));
            let is_regex = |one: &Value| matches!(one.bare(), Value::Regex(_));
            if arguments.iter().any(is_regex) {
                run.reads(text::cost(&value));
            }
            Some(Ok(value))
        }
        Value::Regex(pattern) => {
            let value = text::regex_method(pattern, name, arguments)?;
            run.reads(text::cost(&value));
            Some(Ok(value))
        }
        Value::List(own) => {
            run.copies(own.items.len());
            list::method(run, &Rc::clone(own), name, arguments, place, written)
        }
        Value::Promise(own) => promise(run, &Rc::clone(own), name, arguments, place),
        Value::Function(_) | Value::Native(_) if matches!(name, "bind" | "call" | "apply") => {
            Some(of_function(run, this, name, arguments, place, written))
        }
        Value::Object(object) => {
            if object.properties.contains_key(name) {
                return None;
            }
            match name {
                "hasOwnProperty" if !object.open => arguments
                    .first()?
                    .as_text()
                    .map(|key| Ok(Value::Bool(object.properties.contains_key(key)))),
                _ => {
                    let kind = object.kind.clone();
                    library::method(run, this, &kind, name, arguments, place, written)
                }
            }
        }
        Value::Number(_) | Value::Bool(_) => Some(Ok(match name {
            "toString" => Value::text(format!("{:?}", this.bare())),
            _ => Value::unknown(),
        })),
        _ => None,
    }
}

fn of_function(
    run: &mut Run<'_>,
    this: &Value,
    name: &str,
    arguments: &[Value],
    place: &CodePlace,
    written: &str,
) -> Eval<Value> {
    let rest = arguments.get(1..).unwrap_or_default().to_vec();
    match name {
        "bind" if rest.is_empty() => Ok(this.clone()),
        "bind" => Ok(Value::unknown()),
        "call" => run.call(this, rest, arguments.first().cloned(), place, written),
        _ => {
            let given = rest
                .first()
                .and_then(|list| list.as_list().map(|list| list.items.clone()));
            run.call(
                this,
                given.unwrap_or_default(),
                arguments.first().cloned(),
                place,
                written,
            )
        }
    }
}

/// `then`, `catch` and `finally`.
fn promise(
    run: &mut Run<'_>,
    own: &Rc<Promise>,
    name: &str,
    arguments: &[Value],
    place: &CodePlace,
) -> Option<Eval<Value>> {
    let callback = arguments.first().cloned().unwrap_or(Value::Undefined);
    let value = match name {
        "then" => {
            let value = match &own.value {
                Some(value) => {
                    let given = vec![value.clone()];
                    run.call(&callback, given, None, place, "then").ok()
                }
                None => None,
            };
            let (value, mut throws) = match value {
                Some(Value::Promise(inner)) => (inner.value.clone(), inner.throws.clone()),
                value => (value, Vec::new()),
            };
            throws.extend(own.throws.iter().cloned());
            Promise {
                value,
                throws,
                after: own.after.clone(),
            }
        }
        "catch" => {
            let caught = match own.throws.is_empty() {
                true => None,
                false => run
                    .call(&callback, vec![Value::unknown()], None, place, "catch")
                    .ok(),
            };
            let doubt = Doubt::new("a promise may be rejected".to_owned(), place.clone());
            let cause = Cause::Unknown(Rc::new(doubt));
            let value = match (own.value.clone(), caught) {
                (Some(one), Some(other)) => Some(either(one, other, &cause)),
                (one, other) => one.or(other),
            };
            Promise {
                value,
                throws: Vec::new(),
                after: own.after.clone(),
            }
        }
        "finally" => Promise {
            value: own.value.clone(),
            throws: own.throws.clone(),
            after: own.after.clone(),
        },
        _ => return None,
    };
    Some(Ok(Value::Promise(Rc::new(value))))
}

/// Whether an object is a set of headers, cookies or parameters that the visitor fills.
pub(super) fn is_visitors(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|object| matches!(object.kind, ObjectKind::Visitors))
}
