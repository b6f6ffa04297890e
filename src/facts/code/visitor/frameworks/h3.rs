//! h3 1, which Nuxt's server is made of, with what Nuxt puts into every module of it.
//!
//! Read in h3 1.15.11: `src/event/utils.ts`, `src/utils/*.ts`, `src/app.ts`.

use crate::facts::code::visitor::library;
use crate::facts::code::visitor::path::How;
use crate::facts::code::visitor::run::{Eval, Run, truthy};
use crate::facts::code::visitor::value::{Call, Data, ObjectKind, Response, Value};

/// What h3, Nitro and Nuxt give under a name.
pub(super) fn import(name: &str) -> Option<Value> {
    Some(match name {
        "defineEventHandler"
        | "eventHandler"
        | "cachedEventHandler"
        | "defineCachedEventHandler"
        | "defineHandler" => Value::native("defineEventHandler", |_, call| {
            Ok(handler(&call.argument(0)))
        }),
        "createError" => Value::native("createError", |_, call| Ok(error(&call.argument(0)))),
        "sendRedirect" | "sendError" | "sendNoContent" => Value::native("sendRedirect", send),
        "setResponseStatus" => Value::native("setResponseStatus", status),
        "getHeader" | "getRequestHeader" | "getCookie" => Value::native("getHeader", |_, call| {
            Ok(match call.argument(1).as_text() {
                Some(name) => library::claim(name),
                None => Value::visitors(),
            })
        }),
        "getHeaders" | "getRequestHeaders" | "getQuery" | "getRouterParams" | "parseCookies" => {
            Value::native("visitors", |_, _| Ok(library::visitors()))
        }
        "getRouterParam" | "getRequestIP" | "getRequestHost" => {
            Value::native("visitors", |_, _| Ok(Value::visitors()))
        }
        "readBody"
        | "readRawBody"
        | "readValidatedBody"
        | "readFormData"
        | "readMultipartFormData"
        | "getValidatedQuery"
        | "getValidatedRouterParams" => {
            Value::native("body", |_, _| Ok(Value::promise(truthy(Value::visitors()))))
        }
        "getMethod" => Value::native("getMethod", |run, _| {
            Ok(library::property_of_request(run, "method"))
        }),
        "getRequestPath" => Value::native("getRequestPath", |run, _| {
            Ok(library::property_of_request(run, "path"))
        }),
        "getRequestURL" => Value::native("getRequestURL", |run, _| {
            Ok(library::property_of_request(run, "nextUrl"))
        }),
        "toWebRequest" => Value::native("toWebRequest", |_, _| Ok(library::handler_request())),
        "setHeader"
        | "setHeaders"
        | "setResponseHeader"
        | "setResponseHeaders"
        | "appendHeader"
        | "appendResponseHeader"
        | "setCookie"
        | "deleteCookie"
        | "handleCors" => Value::native("setHeader", |_, _| Ok(Value::Undefined)),
        "useRuntimeConfig" => Value::native("useRuntimeConfig", |_, _| {
            Ok(Value::of_kind(ObjectKind::Environment, []))
        }),
        _ => return None,
    })
}

/// What `createError(…)` makes of a message, or of a status with one.
fn error(given: &Value) -> Value {
    if given.as_text().is_some() {
        return Value::of_kind(ObjectKind::Error, [("message", given.clone())]);
    }
    let first = |names: [&str; 2]| {
        let value = names.iter().find_map(|name| given.property(name));
        value.unwrap_or(Value::Undefined)
    };
    let properties = [
        ("statusCode", first(["statusCode", "status"])),
        ("message", first(["message", "statusMessage"])),
    ];
    Value::of_kind(ObjectKind::Error, properties)
}

/// A handler as it is called: `{ onRequest, handler }` runs the former first.
fn handler(given: &Value) -> Value {
    let Some(inner) = given.property("handler") else {
        return given.clone();
    };
    let mut all = Vec::new();
    match given.property("onRequest") {
        Some(Value::List(list)) => all.extend(list.items.iter().cloned()),
        Some(one) => all.push(one),
        None => {}
    }
    all.push(inner);
    Value::native_with("the handler", in_order, Data::Values(all))
}

fn in_order(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Values(all)) = call.data.as_deref() else {
        return Ok(Value::unknown());
    };
    let mut last = Value::Undefined;
    for one in all {
        let value = run.call(
            one,
            vec![call.argument(0)],
            None,
            &call.place,
            "the handler",
        )?;
        last = run.settle(value)?;
    }
    Ok(last)
}

/// Sends an answer at once; the handler goes on all the same.
fn send(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let text = format!("{}() sends the answer", call.written);
    run.trace(&call.place, text);
    if run.path.answered.is_none() {
        run.path.answered = Some((Some(307), call.place.clone()));
    }
    Ok(Value::promise(Value::response(Response::Redirect)))
}

/// The status of what the handler will return.
fn status(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    if let Value::Number(number) = call.argument(1).bare()
        && !run.question.in_middleware
    {
        run.path.answered = Some((Some(*number as u16), call.place.clone()));
    }
    Ok(Value::Undefined)
}

/// What becomes of a value that a handler returned: an error is thrown, and middleware that returns
/// anything at all has answered.
pub(super) fn returned(value: Value, is_answered: bool, is_hook: bool) -> How {
    let is_error = value
        .as_object()
        .is_some_and(|object| matches!(object.kind, ObjectKind::Error));
    if is_error {
        return How::Throw(value);
    }
    if !is_hook {
        return How::Return(value);
    }
    How::Return(match value.bare() {
        Value::Undefined if is_answered => Value::response(Response::Redirect),
        Value::Undefined => Value::response(Response::Next),
        Value::Opaque(_) | Value::Object(_) if value.as_response().is_some() => value,
        Value::Opaque(_) => value,
        _ => Value::response(Response::Status(Some(200))),
    })
}
