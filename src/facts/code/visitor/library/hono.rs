//! Hono's helpers that give back what they are given: `hono/factory`.
//!
//! <https://hono.dev/docs/helpers/factory>

use super::super::value::Value;

/// What Hono's own packages give under a name.
pub(super) fn import(source: &str, name: &str) -> Option<Value> {
    if source != "hono/factory" {
        return None;
    }
    match name {
        "createMiddleware" => Some(same()),
        "createFactory" => Some(Value::native("createFactory", |_, _| Ok(factory()))),
        _ => None,
    }
}

fn same() -> Value {
    Value::native("createMiddleware", |_, call| Ok(call.argument(0)))
}

fn factory() -> Value {
    Value::object([
        ("createMiddleware", same()),
        (
            "createHandlers",
            Value::native("createHandlers", |_, call| {
                Ok(Value::list(call.arguments.to_vec()))
            }),
        ),
        (
            "createApp",
            Value::native("createApp", |_, _| Ok(Value::unknown())),
        ),
    ])
}
