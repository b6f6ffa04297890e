//! Builders of server functions: next-safe-action, zsa, tRPC, oRPC, TanStack's `createServerFn`.
//!
//! All have the same shape: a builder collects middleware, and its last method takes the work. Called,
//! the middleware runs in order, each going on by `next()`.

use std::rc::Rc;

use super::super::run::{Eval, Run};
use super::super::value::{Call, Data, Object, ObjectKind, Value};

/// What these packages give under a name.
pub(super) fn import(source: &str, name: &str) -> Option<Value> {
    Some(match (source, name) {
        ("next-safe-action", "createSafeActionClient")
        | ("zsa", "createServerAction" | "createServerActionProcedure")
        | ("@tanstack/react-start" | "@tanstack/start", "createServerFn" | "createMiddleware") => {
            Value::native("builder", |_, _| Ok(builder(Vec::new())))
        }
        ("next-safe-action", "returnValidationErrors" | "returnServerError") => {
            Value::native("returnValidationErrors", |run, call| {
                let why = format!("{}() ends the function", call.written);
                Err(run.stop(&why, &call.place))
            })
        }
        ("@trpc/server", "initTRPC") => Value::object([
            ("create", Value::native("create", |_, _| Ok(trpc()))),
            (
                "context",
                Value::native("context", |_, _| Ok(trpc_factory())),
            ),
            ("meta", Value::native("meta", |_, _| Ok(trpc_factory()))),
        ]),
        ("@trpc/server", "TRPCError") => Value::native("TRPCError", |_, call| {
            let code = call
                .argument(0)
                .property("code")
                .unwrap_or(Value::Undefined);
            Ok(Value::of_kind(ObjectKind::Error, [("code", code)]))
        }),
        ("@orpc/server", "os") => builder(Vec::new()),
        ("@orpc/server", "ORPCError") => Value::native("ORPCError", |_, _| {
            Ok(Value::of_kind(ObjectKind::Error, []))
        }),
        _ => return None,
    })
}

fn trpc_factory() -> Value {
    Value::object([
        ("create", Value::native("create", |_, _| Ok(trpc()))),
        ("meta", Value::native("meta", |_, _| Ok(trpc_factory()))),
        (
            "context",
            Value::native("context", |_, _| Ok(trpc_factory())),
        ),
    ])
}

/// What `create()` gives. It has further parts for tools; `_config.isDev` is false in production:
/// <https://trpc.io/docs/server/routers#runtime-configuration>.
fn trpc() -> Value {
    let config = open([
        ("isDev", Value::Bool(false)),
        ("isServer", Value::Bool(true)),
    ]);
    open([
        ("_config", config),
        ("procedure", builder(Vec::new())),
        (
            "middleware",
            Value::native("middleware", |_, call| Ok(call.argument(0))),
        ),
        (
            "router",
            Value::native("router", |_, call| Ok(call.argument(0))),
        ),
        (
            "mergeRouters",
            Value::native("mergeRouters", |_, _| Ok(Value::unknown())),
        ),
        (
            "createCallerFactory",
            Value::native("createCallerFactory", |_, _| Ok(Value::unknown())),
        ),
    ])
}

/// An object that has more properties than these.
fn open<const N: usize>(properties: [(&str, Value); N]) -> Value {
    let properties = properties.map(|(key, value)| (Rc::from(key), value));
    Value::Object(Rc::new(Object {
        properties: properties.into_iter().collect(),
        open: true,
        kind: ObjectKind::Plain,
    }))
}

pub(super) fn builder(before: Vec<Value>) -> Value {
    Value::of_kind(ObjectKind::Builder(before.into()), [])
}

/// A method of a builder.
pub(super) fn method(
    this: &Value,
    before: &Rc<[Value]>,
    name: &str,
    arguments: &[Value],
) -> Option<Eval<Value>> {
    let first = arguments.first().cloned().unwrap_or(Value::Undefined);
    Some(Ok(match name {
        "use" | "useAuth" => {
            let mut all = before.to_vec();
            match first.bare() {
                Value::List(list) => all.extend(list.items.iter().cloned()),
                _ => all.push(first),
            }
            builder(all)
        }
        "middleware" => {
            let mut all = before.to_vec();
            match first.bare() {
                Value::List(list) => all.extend(list.items.iter().flat_map(within)),
                _ => all.extend(within(&first)),
            }
            builder(all)
        }
        "server" | "client" if arguments.len() == 1 => {
            let mut all = before.to_vec();
            all.push(first);
            builder(all)
        }
        // zsa: a procedure's handler makes the context for what comes after it.
        "createServerAction" => builder(before.to_vec()),
        "action" | "stateAction" | "handler" | "query" | "mutation" | "subscription"
        | "onSubmit" => {
            let mut all = before.to_vec();
            all.push(first);
            // In a chain of zsa procedures the handler is followed by `createServerAction`.
            Value::Object(Rc::new(Object {
                properties: [
                    (
                        Rc::from("()"),
                        Value::native_with("the action", run_action, Data::Values(all.clone())),
                    ),
                    (
                        Rc::from("createServerAction"),
                        Value::native_with(
                            "createServerAction",
                            |_, call| {
                                Ok(match call.data.as_deref() {
                                    Some(Data::Values(all)) => builder(
                                        all.iter()
                                            .map(|one| {
                                                Value::native_with(
                                                    "procedure",
                                                    procedure,
                                                    Data::Value(one.clone()),
                                                )
                                            })
                                            .collect(),
                                    ),
                                    _ => Value::unknown(),
                                })
                            },
                            Data::Values(all),
                        ),
                    ),
                ]
                .into_iter()
                .collect(),
                open: false,
                kind: ObjectKind::Plain,
            }))
        }
        _ => this.clone(),
    }))
}

/// The middleware that a builder of TanStack's holds.
fn within(value: &Value) -> Vec<Value> {
    match value.as_object().map(|object| &object.kind) {
        Some(ObjectKind::Builder(before)) => before.to_vec(),
        _ => vec![value.clone()],
    }
}

/// Runs the middleware and then the work.
fn run_action(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Values(all)) = call.data.as_deref() else {
        return Ok(Value::unknown());
    };
    let context = call.argument(0).property("ctx");
    run_from(
        run,
        all,
        &call,
        context.unwrap_or_else(|| Value::object([])),
    )
}

fn run_from(run: &mut Run<'_>, all: &[Value], call: &Call<'_>, context: Value) -> Eval<Value> {
    let Some((first, rest)) = all.split_first() else {
        return Ok(Value::unknown());
    };
    let left = [std::slice::from_ref(&context), rest].concat();
    let input = super::super::run::truthy(Value::visitors());
    let argument = Value::object([
        ("parsedInput", input.clone()),
        ("input", input.clone()),
        ("clientInput", input.clone()),
        ("data", input.clone()),
        ("bindArgsParsedInputs", input),
        ("ctx", context.clone()),
        ("context", context),
        ("request", super::handler_request()),
        ("metadata", Value::unknown()),
        ("next", Value::native_with("next", next, Data::Values(left))),
    ]);
    // next-safe-action hands the input first and the context second.
    let is_last = rest.is_empty();
    let given = match first.bare() {
        Value::Function(closure) if is_last && closure.function.parameters.len() > 1 => {
            vec![super::super::run::truthy(Value::visitors()), argument]
        }
        _ => vec![argument],
    };
    let value = run.call(first, given, None, &call.place, "the action")?;
    let value = run.settle(value)?;
    Ok(value)
}

/// A procedure of zsa: what it returns is the context of what comes after it.
fn procedure(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Value(function)) = call.data.as_deref() else {
        return Ok(Value::unknown());
    };
    let argument = call.argument(0);
    let context = run.call(
        function,
        vec![argument.clone()],
        None,
        &call.place,
        "the procedure",
    )?;
    let context = run.settle(context)?;
    let next = argument.property("next").unwrap_or(Value::Undefined);
    run.call(
        &next,
        vec![Value::object([("ctx", context)])],
        None,
        &call.place,
        "next",
    )
}

fn next(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Values(left)) = call.data.as_deref() else {
        return Ok(Value::unknown());
    };
    let Some((before, rest)) = left.split_first() else {
        return Ok(Value::unknown());
    };
    let given = call.argument(0);
    let more = given.property("ctx").or_else(|| given.property("context"));
    let context = more.map_or_else(|| before.clone(), |more| joined(before, more));
    let value = run_from(run, rest, &call, context)?;
    Ok(Value::promise(value))
}

/// What is handed to `next()` comes over what was there: <https://trpc.io/docs/server/middlewares#context-extension>.
fn joined(before: &Value, more: Value) -> Value {
    let (Some(old), Some(new)) = (before.as_object(), more.as_object()) else {
        return more;
    };
    let mut properties = old.properties.clone();
    properties.extend(new.properties.clone());
    Value::Object(Rc::new(Object {
        properties,
        open: old.open || new.open,
        kind: ObjectKind::Plain,
    }))
}
