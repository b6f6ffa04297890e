//! Clerk's SDKs for these frameworks.
//!
//! Read in @clerk/astro 3.4.20, @clerk/nuxt 2.2.2, @clerk/react-router 3.6.9, @clerk/remix 4.13.43,
//! @clerk/tanstack-react-start 1.5.0 and svelte-clerk 1.1.13. Their middleware finds out who asks and
//! stops nobody; what the app hands to it may.

use std::rc::Rc;

use super::{Caller, arguments};
use crate::facts::code::visitor::library;
use crate::facts::code::visitor::run::{Eval, Run};
use crate::facts::code::visitor::value::{By, Call, Data, Decided, ObjectKind, Value};

/// What a package of Clerk's gives under a name.
pub(super) fn import(source: &str, name: &str) -> Option<Value> {
    let of = |package: &str| {
        source
            .strip_prefix(package)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_start = of("@clerk/tanstack-react-start") || of("@clerk/tanstack-start");
    let is_router = of("@clerk/react-router") || of("@clerk/remix");
    Some(match name {
        "clerkMiddleware" if of("@clerk/astro") => Value::native("clerkMiddleware", |_, call| {
            Ok(Value::native_with(
                "the middleware",
                astro,
                Data::Value(call.argument(0)),
            ))
        }),
        "clerkMiddleware" if of("@clerk/nuxt") => Value::native("clerkMiddleware", |_, call| {
            Ok(Value::native_with(
                "the middleware",
                nuxt,
                Data::Value(call.argument(0)),
            ))
        }),
        "withClerkMiddleware" if of("h3-clerk") => Value::native("withClerkMiddleware", |_, _| {
            Ok(Value::native("the middleware", |_, _| Ok(Value::Undefined)))
        }),
        "getAuth" if of("h3-clerk") => Value::native("getAuth", |_, call| {
            Ok(library::signed_out(&call.place, call.written))
        }),
        "clerkMiddleware" if is_start => Value::native("clerkMiddleware", |_, _| {
            Ok(Value::of_kind(ObjectKind::Builder(Rc::from([])), []))
        }),
        "createClerkHandler" if is_start => {
            Value::native("createClerkHandler", |_, call| Ok(call.argument(0)))
        }
        "clerkMiddleware" if is_router => Value::native("clerkMiddleware", |_, _| {
            Ok(Value::native("the middleware", |_, _| Ok(Value::Undefined)))
        }),
        "withClerkHandler" | "handleClerk" => Value::native("withClerkHandler", |_, _| {
            Ok(Value::native("the handle", svelte))
        }),
        // Since their first version these give a promise.
        "auth" | "getAuth" if is_start || is_router => Value::native("getAuth", |_, call| {
            Ok(Value::promise(library::signed_out(
                &call.place,
                call.written,
            )))
        }),
        "rootAuthLoader" if is_router => Value::native("rootAuthLoader", root_loader),
        _ => return None,
    })
}

/// `locals.auth()` and `event.context.auth()`.
pub(super) fn auth_of_locals(run: &Run<'_>, call: &Call<'_>) -> Value {
    let auth = library::signed_out(&call.place, call.written);
    match run.world.serving.caller {
        Caller::Astro => arguments::answering(auth),
        _ => auth,
    }
}

/// The middleware of @clerk/astro: without an answer of the handler, it goes on.
fn astro(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let next = call.argument(1);
    let handler = match call.data.as_deref() {
        Some(Data::Value(handler)) => handler.clone(),
        _ => Value::Undefined,
    };
    let is_function = matches!(
        handler.bare(),
        Value::Function(_) | Value::Native(_) | Value::Opaque(_) | Value::OneOf(..)
    );
    if !is_function {
        run.trace(
            &call.place,
            "clerkMiddleware() has no handler: it stops nobody",
        );
        return run.call(&next, Vec::new(), None, &call.place, "next");
    }
    let auth = Value::native("auth", |_, call| {
        // Here `redirectToSignIn()` throws, and the middleware makes the redirect of it.
        Ok(library::signed_out(&call.place, call.written))
    });
    let given = vec![auth, call.argument(0), next.clone()];
    let value = run.call(&handler, given, None, &call.place, "the handler")?;
    let value = run.settle(value)?;
    if !has_nothing(&value) {
        return Ok(value);
    }
    let passed = run.call(&next, Vec::new(), None, &call.place, "next")?;
    let passed = run.settle(passed)?;
    Ok(or_else(&value, &passed))
}

/// `value || other`, for each of the ways that a function may have returned by.
fn or_else(value: &Value, other: &Value) -> Value {
    match value {
        Value::Undefined | Value::Null | Value::Bool(false) => other.clone(),
        Value::Decided(decided) if nothing(&decided.value) => match &decided.way {
            Some(_) => Value::Decided(Rc::new(Decided {
                value: other.clone(),
                by: By::Way,
                place: decided.place.clone(),
                text: Rc::clone(&decided.text),
                way: decided.way.as_ref().map(|way| {
                    Box::new(crate::facts::code::visitor::value::Way {
                        path: way.path.clone(),
                        met: way.met.clone(),
                    })
                }),
            })),
            None => other.clone(),
        },
        Value::OneOf(all, cause) => {
            let all = all.iter().map(|one| or_else(one, other));
            Value::OneOf(all.collect(), cause.clone())
        }
        _ => value.clone(),
    }
}

fn has_nothing(value: &Value) -> bool {
    match value.bare() {
        Value::OneOf(all, _) => all.iter().any(has_nothing),
        _ => nothing(value),
    }
}

fn nothing(value: &Value) -> bool {
    matches!(
        value.bare(),
        Value::Undefined | Value::Null | Value::Bool(false)
    )
}

/// The middleware of @clerk/nuxt: what its handler returns is dropped, what it throws ends the request.
fn nuxt(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Value(handler)) = call.data.as_deref() else {
        return Ok(Value::Undefined);
    };
    if matches!(
        handler.bare(),
        Value::Function(_) | Value::Native(_) | Value::Opaque(_)
    ) {
        let given = vec![call.argument(0)];
        let value = run.call(handler, given, None, &call.place, "the handler")?;
        run.settle(value)?;
    }
    Ok(Value::Undefined)
}

/// The handle of svelte-clerk: it goes on.
fn svelte(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let given = call.argument(0);
    let resolve = given.property("resolve").unwrap_or_else(Value::unknown);
    run.call(&resolve, Vec::new(), None, &call.place, "resolve")
}

/// `rootAuthLoader(args, handler)`: the handler's own answer goes to the page.
fn root_loader(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let handler = call.argument(1);
    if !matches!(handler.bare(), Value::Function(_) | Value::Native(_)) {
        return Ok(Value::promise(Value::object([])));
    }
    let given = vec![call.argument(0)];
    let value = run.call(&handler, given, None, &call.place, "the loader")?;
    Ok(Value::promise(run.settle(value)?))
}
