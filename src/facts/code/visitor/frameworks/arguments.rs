//! What each framework hands to the code that it calls.

use std::rc::Rc;

use super::{Caller, locals};
use crate::facts::code::visitor::library;
use crate::facts::code::visitor::run::{Eval, Run, truthy};
use crate::facts::code::visitor::value::{By, Call, Data, Object, ObjectKind, Response, Value};
use crate::model::routes::RouteKind;

/// An object that has more than is known of it.
fn open<'k>(properties: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    let properties = properties.into_iter();
    Value::Object(Rc::new(Object {
        properties: properties
            .map(|(key, value)| (Rc::from(key), value))
            .collect(),
        open: true,
        kind: ObjectKind::Plain,
    }))
}

/// What middleware is called with.
pub(super) fn of_hook(run: &mut Run<'_>, next: Value) -> Vec<Value> {
    match run.world.serving.caller {
        Caller::SvelteKit => {
            let event = svelte(run);
            vec![Value::object([("event", event), ("resolve", next)])]
        }
        Caller::Nuxt => vec![h3(run)],
        Caller::Astro => vec![astro(run), next],
        Caller::TanStack => {
            let given = start_request(run, start_context());
            vec![with(&given, "next", next)]
        }
        Caller::ReactRouter | Caller::Next => vec![react_router(run), next],
    }
}

/// What a handler, a loader or an action is called with.
pub(super) fn of_resource(run: &mut Run<'_>, kind: RouteKind) -> Vec<Value> {
    let input = || truthy(Value::visitors());
    match (run.world.serving.caller, kind) {
        (Caller::Astro, RouteKind::Action) => vec![input(), astro(run)],
        (Caller::Astro, _) => vec![astro(run)],
        (Caller::Nuxt, _) => vec![h3(run)],
        // The value of a remote function, whose event comes from `getRequestEvent()`.
        (Caller::SvelteKit, RouteKind::Action) => vec![input(), input()],
        (Caller::SvelteKit, _) => vec![svelte(run)],
        (Caller::TanStack, RouteKind::Action) => {
            vec![Value::object([
                ("data", input()),
                ("context", start_context()),
            ])]
        }
        (Caller::TanStack, _) => vec![start_request(run, start_context())],
        (Caller::ReactRouter | Caller::Next, _) => vec![react_router(run)],
    }
}

/// What `beforeLoad` and `loader` of TanStack are called with.
pub(super) fn of_step(run: &mut Run<'_>, context: Value) -> Value {
    let path = library::property_of_request(run, "path");
    open([
        ("context", context),
        ("params", library::visitors()),
        ("search", library::visitors()),
        ("deps", library::visitors()),
        (
            "location",
            open([
                ("pathname", path),
                ("href", truthy(Value::visitors())),
                ("search", library::visitors()),
            ]),
        ),
        ("preload", Value::Bool(false)),
        ("cause", Value::text("enter")),
    ])
}

/// The context that routes begin with; the router's own is not followed.
pub(super) fn start_context() -> Value {
    let auth = Value::native("auth", |_, call| {
        Ok(library::signed_out(&call.place, call.written))
    });
    open([("auth", auth)])
}

/// A context with what a step has returned.
pub(super) fn merged(context: &Value, more: &Value) -> Value {
    let (Some(before), Some(more)) = (context.as_object(), more.as_object()) else {
        return context.clone();
    };
    let mut properties = before.properties.clone();
    let added = more.properties.iter();
    properties.extend(added.map(|(key, value)| (Rc::clone(key), value.clone())));
    Value::Object(Rc::new(Object {
        properties,
        open: true,
        kind: ObjectKind::Plain,
    }))
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    merged(object, &Value::object([(name, value)]))
}

fn start_request(run: &mut Run<'_>, context: Value) -> Value {
    let path = library::property_of_request(run, "path");
    open([
        ("request", library::handler_request()),
        ("params", library::visitors()),
        ("context", context),
        ("pathname", path),
        ("data", truthy(Value::visitors())),
    ])
}

/// Cloudflare's bindings: its variables and secrets are in `env`.
pub(super) fn platform() -> Value {
    open([("env", Value::of_kind(ObjectKind::Environment, []))])
}

fn react_router(run: &mut Run<'_>) -> Value {
    let url = url(run);
    open([
        ("request", library::handler_request()),
        ("params", library::visitors()),
        ("url", url),
        (
            "context",
            open([
                ("cloudflare", platform()),
                ("env", Value::of_kind(ObjectKind::Environment, [])),
            ]),
        ),
    ])
}

fn url(run: &mut Run<'_>) -> Value {
    library::property_of_request(run, "nextUrl")
}

/// The event of SvelteKit.
pub(super) fn svelte(run: &mut Run<'_>) -> Value {
    let layouts = run.locals.layouts.len();
    svelte_inside(run, layouts)
}

/// The event of SvelteKit for what stands inside this many of the layouts.
fn svelte_inside(run: &mut Run<'_>, layouts: usize) -> Value {
    let url = url(run);
    let parent = Value::native_with("parent", parent, Data::Value(Value::Number(layouts as f64)));
    open([
        ("request", library::handler_request()),
        ("url", url),
        ("locals", locals::object()),
        ("params", library::visitors()),
        ("cookies", library::visitors()),
        ("platform", platform()),
        ("parent", parent),
        ("route", open([])),
        ("isDataRequest", Value::visitors()),
        ("isRemoteRequest", Value::visitors()),
        ("isSubRequest", Value::Bool(false)),
        ("setHeaders", nothing()),
        ("depends", nothing()),
    ])
}

/// `await parent()`: the load functions of the layouts around, and what they return together.
fn parent(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let around = match call.data.as_deref() {
        Some(Data::Value(Value::Number(number))) => *number as usize,
        _ => 0,
    };
    let mut data = open([]);
    for index in 0..around {
        let Some(file) = run.locals.layouts.get(index).cloned() else {
            break;
        };
        let Some(load) = run.export(&file, "load") else {
            continue;
        };
        let event = svelte_inside(run, index);
        let value = run.call(&load, vec![event], None, &call.place, "load")?;
        let value = run.settle(value)?;
        data = merged(&data, &value);
    }
    Ok(Value::promise(data))
}

fn nothing() -> Value {
    Value::native("nothing", |_, _| Ok(Value::Undefined))
}

/// The context of Astro, which its pages know as `Astro`.
pub(super) fn astro(run: &mut Run<'_>) -> Value {
    let url = url(run);
    let redirect = Value::native("redirect", |run, call| {
        let text = format!("{}() sends the visitor elsewhere", call.written);
        run.trace(&call.place, text);
        Ok(Value::response(Response::Redirect))
    });
    let rewrite = Value::native("rewrite", |run, call| {
        let text = format!("{}() lets another page answer", call.written);
        run.trace(&call.place, text);
        // What answers then is not what was asked for.
        Ok(Value::promise(Value::response(Response::Status(None))))
    });
    let path = library::property_of_request(run, "path");
    open([
        ("request", library::handler_request()),
        ("url", url),
        ("originPathname", path),
        ("locals", locals::object()),
        ("params", library::visitors()),
        ("cookies", library::visitors()),
        ("props", open([])),
        ("redirect", redirect),
        ("rewrite", rewrite),
        ("isPrerendered", Value::Bool(false)),
        ("response", open([("headers", open([]))])),
    ])
}

/// The event of h3, which Nuxt's server is made of.
pub(super) fn h3(run: &mut Run<'_>) -> Value {
    let path = library::property_of_request(run, "path");
    let method = library::property_of_request(run, "method");
    let request = library::handler_request();
    open([
        ("path", path),
        ("method", method),
        ("context", locals::object()),
        ("headers", library::visitors()),
        ("url", url(run)),
        ("req", request.clone()),
        (
            "node",
            open([("req", request.clone()), ("res", library::reply())]),
        ),
        ("web", open([("request", request)])),
        ("__is_event__", Value::Bool(true)),
    ])
}

/// The signed-out auth object that answers with a redirect instead of throwing one.
pub(super) fn answering(auth: Value) -> Value {
    let redirect = || {
        Value::native("redirectToSignIn", |run, call| {
            let text = format!(
                "{}() answers with a redirect to the sign-in page",
                call.written
            );
            run.trace(&call.place, text);
            let answer = Value::response(Response::Redirect);
            Ok(answer.decided(By::SignedOut, &call.place, "there is no session"))
        })
    };
    let auth = match auth.as_object() {
        Some(object) => Value::Object(Rc::new(Object {
            properties: object.properties.clone(),
            open: false,
            kind: ObjectKind::Plain,
        })),
        None => return auth,
    };
    let Some(object) = auth.as_object() else {
        return auth;
    };
    let mut properties = object.properties.clone();
    for name in ["redirectToSignIn", "redirectToSignUp"] {
        properties.insert(Rc::from(name), redirect());
    }
    Value::Object(Rc::new(Object {
        properties,
        open: false,
        kind: ObjectKind::Plain,
    }))
}
