//! Global names.

use std::rc::Rc;

use crate::facts::code::visitor::library;
use crate::facts::code::visitor::run::{Eval, Run, truthy, unknown_of};
use crate::facts::code::visitor::value::{
    Call, List, Object, ObjectKind, Opaque, Origin, Promise, Text, Value,
};
use crate::facts::code::visitor::world::Setting;

/// What a global name holds; `None` of one that is not known.
pub(in super::super) fn global(name: &str, setting: &Setting) -> Option<Value> {
    let value = known(name, setting)?;
    Some(match value.as_object() {
        // `Object`, `Array`, `process` and the others have more than what is said of them here.
        Some(object) if matches!(object.kind, ObjectKind::Plain) => {
            Value::Object(Rc::new(Object {
                properties: object.properties.clone(),
                open: true,
                kind: ObjectKind::Plain,
            }))
        }
        _ => value,
    })
}

fn known(name: &str, setting: &Setting) -> Option<Value> {
    Some(match name {
        "undefined" => Value::Undefined,
        "NaN" => Value::Number(f64::NAN),
        "process" => Value::object([("env", library::environment(setting))]),
        "globalThis" | "global" | "window" | "self" => named("globalThis"),
        "Boolean" => Value::native("Boolean", |_, call| {
            let value = call.argument(0);
            Ok(super::super::run::as_flag(&value))
        }),
        "String" => Value::native("String", |_, call| {
            let value = call.argument(0);
            Ok(match value.bare() {
                Value::Text(_) => value,
                Value::Number(_) | Value::Bool(_) => Value::text(format!("{:?}", value.bare())),
                _ => unknown_of(&value, &value),
            })
        }),
        "Number" | "parseInt" | "parseFloat" => Value::native("Number", |_, call| {
            let value = call.argument(0);
            Ok(match value.bare() {
                Value::Number(_) => value,
                Value::Text(text) => Value::Number(text.trim().parse().unwrap_or(f64::NAN)),
                _ => unknown_of(&value, &value),
            })
        }),
        "decodeURIComponent" | "decodeURI" | "encodeURIComponent" | "encodeURI"
        | "structuredClone" => Value::native("copy", |_, call| {
            let value = call.argument(0);
            Ok(match value.as_text() {
                // Nothing to encode or decode in it.
                Some(text)
                    if !text
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b)) =>
                {
                    Value::unknown()
                }
                _ => value,
            })
        }),
        "JSON" => Value::object([
            (
                "parse",
                Value::native("parse", |_, call| {
                    let value = call.argument(0);
                    Ok(unknown_of(&value, &value))
                }),
            ),
            (
                "stringify",
                Value::native("stringify", |_, call| {
                    let value = call.argument(0);
                    Ok(truthy(unknown_of(&value, &value)))
                }),
            ),
        ]),
        "Object" => objects(),
        "Array" => Value::object([
            (
                "isArray",
                Value::native("isArray", |_, call| {
                    let value = call.argument(0);
                    Ok(match value.bare() {
                        Value::List(_) => Value::Bool(true),
                        Value::Opaque(_) | Value::OneOf(..) => unknown_of(&value, &value),
                        _ => Value::Bool(false),
                    })
                }),
            ),
            (
                "from",
                Value::native("from", |_, call| {
                    let value = call.argument(0);
                    Ok(match value.bare() {
                        Value::List(_) if call.arguments.len() == 1 => value,
                        _ => unknown_of(&value, &value),
                    })
                }),
            ),
        ]),
        // Bytes are as secret, and as free to choose, as the text that they are made of.
        "Buffer" => Value::object([(
            "from",
            Value::native("from", |_, call| Ok(call.argument(0))),
        )]),
        "TextEncoder" => Value::native("TextEncoder", |_, _| {
            Ok(Value::object([(
                "encode",
                Value::native("encode", |_, call| Ok(call.argument(0))),
            )]))
        }),
        "Promise" => promises(),
        "Set" => Value::native("Set", |_, call| {
            Ok(match call.argument(0).bare() {
                Value::List(list) => Value::List(Rc::clone(list)),
                Value::Undefined => Value::list(Vec::new()),
                _ => Value::List(Rc::new(List {
                    items: Vec::new(),
                    open: true,
                })),
            })
        }),
        "RegExp" => Value::native("RegExp", |_, call| Ok(regex(&call))),
        "Error" | "TypeError" | "RangeError" => Value::native("Error", |_, call| {
            Ok(Value::of_kind(
                ObjectKind::Error,
                [("message", call.argument(0))],
            ))
        }),
        "URL" => Value::native("URL", library::new_url),
        "URLSearchParams" => Value::native("URLSearchParams", |_, _| Ok(Value::unknown())),
        "Response" => library::responses(),
        "Headers" => Value::native("Headers", |_, call| {
            let value = call.argument(0);
            Ok(if super::is_visitors(&value) {
                value
            } else {
                open_object()
            })
        }),
        "fetch" => named("fetch"),
        "require" | "import" => Value::native("require", |run, call| {
            let source = call.argument(0);
            let from = call.place.file.clone();
            let value = match source.as_text() {
                Some(source) => run.imported(&from, source, "*", &call.place),
                None => Value::unknown(),
            };
            Ok(if call.written == "import" {
                Value::promise(value)
            } else {
                value
            })
        }),
        _ => return None,
    })
}

fn open_object() -> Value {
    Value::Object(Rc::new(Object {
        open: true,
        ..Object::default()
    }))
}

fn regex(call: &Call<'_>) -> Value {
    use crate::facts::code::visitor::value::Pattern;
    let (source, flags) = match (call.argument(0).bare(), call.argument(1).bare()) {
        (Value::Text(source), Value::Undefined) => (Rc::clone(source), Text::from("")),
        (Value::Text(source), Value::Text(flags)) => (Rc::clone(source), Rc::clone(flags)),
        (Value::Regex(pattern), Value::Undefined) => return Value::Regex(Rc::clone(pattern)),
        _ => return Value::unknown(),
    };
    Value::Regex(Rc::new(Pattern {
        compiled: crate::facts::code::matcher::regex::Regex::new(&source, &flags).ok(),
        source,
        flags,
    }))
}

fn objects() -> Value {
    Value::object([
        (
            "keys",
            Value::native("keys", |_, call| {
                Ok(of_object(&call.argument(0), |key, _| {
                    Value::Text(Rc::clone(key))
                }))
            }),
        ),
        (
            "values",
            Value::native("values", |_, call| {
                Ok(of_object(&call.argument(0), |_, value| value.clone()))
            }),
        ),
        (
            "entries",
            Value::native("entries", |_, call| {
                Ok(of_object(&call.argument(0), |key, value| {
                    Value::list(vec![Value::Text(Rc::clone(key)), value.clone()])
                }))
            }),
        ),
        (
            "freeze",
            Value::native("freeze", |_, call| Ok(call.argument(0))),
        ),
        (
            "assign",
            Value::native("assign", |_, call| Ok(assigned(call.arguments))),
        ),
    ])
}

fn assigned(all: &[Value]) -> Value {
    // A function with properties stays the function that it is.
    if let Some(first) = all.first().filter(|one| one.as_object().is_none()) {
        return first.clone();
    }
    let mut whole = Object::default();
    for one in all {
        match one.as_object() {
            Some(object) => {
                whole.open |= object.open;
                let more = object.properties.iter();
                whole
                    .properties
                    .extend(more.map(|(key, value)| (Rc::clone(key), value.clone())));
            }
            None => whole.open = true,
        }
    }
    Value::Object(Rc::new(whole))
}

fn of_object(value: &Value, of: impl Fn(&Text, &Value) -> Value) -> Value {
    match value.bare() {
        Value::Object(object) => {
            let items = object
                .properties
                .iter()
                .map(|(key, value)| of(key, value))
                .collect();
            Value::List(Rc::new(List {
                items,
                open: object.open,
            }))
        }
        Value::List(list) => Value::List(Rc::clone(list)),
        _ => unknown_of(value, value),
    }
}

fn promises() -> Value {
    let all = |run: &mut Run<'_>, call: Call<'_>| -> Eval<Value> {
        let Value::List(list) = call.argument(0).bare().clone() else {
            return Ok(Value::unknown());
        };
        let mut items = Vec::new();
        for one in &list.items {
            // That it is awaited is taken for granted: who calls `Promise.all` awaits it.
            items.push(run.settle(one.clone())?);
        }
        Ok(Value::promise(Value::List(Rc::new(List {
            items,
            open: list.open,
        }))))
    };
    Value::object([
        ("all", Value::native("all", all)),
        (
            "allSettled",
            Value::native("allSettled", |_, call| {
                let value = call.argument(0);
                Ok(unknown_of(&value, &value))
            }),
        ),
        ("race", Value::native("race", |_, _| Ok(Value::unknown()))),
        (
            "resolve",
            Value::native("resolve", |_, call| Ok(Value::promise(call.argument(0)))),
        ),
        (
            "reject",
            Value::native("reject", |run, call| {
                let throws = vec![run.thrown(call.argument(0), &call.place)];
                Ok(Value::Promise(Rc::new(Promise {
                    value: None,
                    throws,
                    after: None,
                })))
            }),
        ),
    ])
}

/// A value of the outside under a name: `fetch`, `globalThis`.
fn named(name: &'static str) -> Value {
    Value::from(Opaque {
        truthy: true,
        trail: Some(Rc::from(name)),
        package: Some(Rc::from("global")),
        ..Opaque::of(Origin::Unknown)
    })
}
