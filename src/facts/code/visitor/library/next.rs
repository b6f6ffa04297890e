//! Next.js and React: what ends a request, and what passes a function on.

use super::super::run::{Eval, Run};
use super::super::value::{Call, Data, Value};

/// What these packages give under a name.
pub(super) fn import(source: &str, name: &str) -> Option<Value> {
    Some(match (source, name) {
        ("next/server", "NextResponse") => super::request::next_response(),
        ("next/server", "userAgent") => Value::native("userAgent", |_, _| Ok(Value::visitors())),
        ("next/server", "after") => Value::native("after", |run, call| {
            let work = call.argument(0);
            let _ = run.call(&work, Vec::new(), None, &call.place, "after");
            Ok(Value::Undefined)
        }),
        (
            "next/navigation",
            "redirect" | "permanentRedirect" | "notFound" | "unauthorized" | "forbidden",
        ) => Value::native("redirect", end),
        (
            "next/navigation" | "next/dist/client/components/redirect-error",
            "unstable_rethrow" | "rethrow",
        ) => Value::native("rethrow", |run, call| {
            match call.argument(0).as_object().map(|o| o.kind.clone()) {
                Some(super::ObjectKind::Thrown(_)) => {
                    Err(run.throw_value(call.argument(0), call.place))
                }
                _ => Ok(Value::Undefined),
            }
        }),
        (_, "isRedirectError") if source.starts_with("next/") => {
            Value::native("isRedirectError", |_, call| {
                let value = call.argument(0);
                let is = value
                    .as_object()
                    .is_some_and(|object| matches!(object.kind, super::ObjectKind::Thrown(_)));
                Ok(Value::Bool(is))
            })
        }
        ("next/headers", "headers" | "cookies" | "draftMode") => {
            Value::native("headers", |_, call| {
                // Before version 15 these are no promises; awaited, they are the same.
                Ok(if call.written.ends_with("draftMode") {
                    Value::promise(Value::object([("isEnabled", Value::Bool(false))]))
                } else {
                    super::visitors()
                })
            })
        }
        ("next/cache", "unstable_cache") | ("react", "cache") => {
            Value::native("cache", |_, call| Ok(call.argument(0)))
        }
        ("next/cache", _) => Value::native("next/cache", |_, _| Ok(Value::Undefined)),
        (
            "next-intl/middleware" | "next-international/middleware",
            "default" | "createI18nMiddleware",
        ) => Value::native("createMiddleware", |_, call| {
            let data = super::super::value::Data::Value(call.argument(0));
            Ok(Value::native_with("the locale middleware", locales, data))
        }),
        ("next-intl/routing", "defineRouting") => {
            Value::native("defineRouting", |_, call| Ok(call.argument(0)))
        }
        ("server-only" | "client-only", _) => Value::Undefined,
        (
            "react-router"
            | "react-router-dom"
            | "@remix-run/node"
            | "@remix-run/cloudflare"
            | "@remix-run/server-runtime",
            "redirect" | "redirectDocument" | "replace",
        ) => Value::native("redirect", |run, call| {
            run.trace(
                &call.place,
                format!("{}() sends the visitor elsewhere", call.written),
            );
            Ok(super::redirect_answer())
        }),
        (
            "@tanstack/react-router" | "@tanstack/react-start" | "@sveltejs/kit",
            "redirect" | "notFound" | "error",
        ) => Value::native("redirect", end),
        ("h3" | "nitropack" | "#imports", "createError") => {
            Value::native("createError", |_, call| {
                Ok(Value::of_kind(
                    super::ObjectKind::Error,
                    [("statusCode", call.argument(0))],
                ))
            })
        }
        ("h3", "defineEventHandler" | "eventHandler") | ("#imports", "defineEventHandler") => {
            Value::native("defineEventHandler", |_, call| Ok(call.argument(0)))
        }
        ("h3" | "#imports", "sendRedirect") => {
            Value::native("sendRedirect", |_, _| Ok(super::redirect_answer()))
        }
        _ => return None,
    })
}

/// A function that ends the request by throwing.
pub(super) fn end(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let to = call.argument(0);
    let why = match (to.as_text(), call.arguments.is_empty()) {
        (Some(to), _) => format!("{}(\"{to}\")", call.written),
        (None, true) => format!("{}()", call.written),
        (None, false) => format!("{}(…)", call.written),
    };
    Err(run.stop(&format!("{why} ends the request"), &call.place))
}

/// The middleware of next-intl: it sends a visitor to the page in their language, which is no refusal,
/// and lets all others through. With `localePrefix: "always"`, the default, only a path that begins with a
/// locale goes on (next-intl/middleware).
fn locales(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let routing = match call.data.as_deref() {
        Some(Data::Value(routing)) => routing.clone(),
        _ => Value::Undefined,
    };
    let name = call.written;
    if let Some(first) = unprefixed(run, &routing) {
        run.trace(
            &call.place,
            format!("{name}() redirects to a path with a locale: {first} is none"),
        );
        return Ok(super::redirect_answer());
    }
    run.trace(
        &call.place,
        format!("{name}() sets the locale and lets the visitor through"),
    );
    Ok(Value::response(super::Response::Next))
}

/// The first part of the path, where a locale has to stand there and none does.
fn unprefixed(run: &Run<'_>, routing: &Value) -> Option<String> {
    let locales = routing.property("locales")?;
    let locales = locales.as_list().filter(|list| !list.open)?;
    let prefix = routing.property("localePrefix");
    let mode = prefix.as_ref().and_then(|prefix| {
        let mode = prefix.property("mode").unwrap_or_else(|| prefix.clone());
        mode.as_text().map(str::to_owned)
    });
    if prefix.is_some() && mode.as_deref() != Some("always") {
        return None;
    }
    let path = run.question.path.trim_start_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    let is_locale = locales.items.iter().any(|locale| {
        let locale = locale.as_text();
        locale.is_none_or(|locale| locale.eq_ignore_ascii_case(first))
    });
    (!is_locale).then(|| format!("\"{first}\""))
}
