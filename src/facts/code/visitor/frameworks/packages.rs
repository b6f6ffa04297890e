//! What the frameworks' own packages give, as far as it decides about requests.

use super::gate::{chain, run_chain};
use super::{arguments, clerk, h3};
use crate::facts::code::visitor::library;
use crate::facts::code::visitor::run::{Eval, Run};
use crate::facts::code::visitor::value::{Call, Data, ObjectKind, Response, Value};
use crate::facts::code::visitor::world::Setting;

/// What a package gives under a name.
pub(in super::super) fn import(source: &str, name: &str, setting: &Setting) -> Option<Value> {
    match source {
        "h3" | "#imports" | "nitropack" | "nitropack/runtime" | "nitro" | "nitro/h3"
        | "nuxt/app" | "#nitro" => h3::import(name),
        "@sveltejs/kit" | "@sveltejs/kit/hooks" | "$app/server" => svelte(name),
        "$env/static/private" | "$env/static/public" | "astro:env/server" | "astro:env/client" => {
            Some(match name {
                "getSecret" => Value::native("getSecret", |run, call| {
                    let name = call.argument(0);
                    let name = name.as_text();
                    let setting = run.world.setting;
                    Ok(name.map_or_else(Value::unknown, |name| library::variable(name, setting)))
                }),
                "*" => environment(),
                name => library::variable(name, setting),
            })
        }
        "$env/dynamic/private" | "$env/dynamic/public" | "cloudflare:workers" => {
            (name == "env").then(environment)
        }
        "astro:middleware" | "astro:actions" | "astro/middleware" => astro(name),
        "@tanstack/react-router"
        | "@tanstack/react-start"
        | "@tanstack/start"
        | "@tanstack/react-start/server"
        | "@tanstack/react-start/api"
        | "@tanstack/start/api" => tanstack(name),
        "react-router"
        | "@remix-run/node"
        | "@remix-run/cloudflare"
        | "@remix-run/server-runtime"
        | "@remix-run/react" => react_router(name),
        _ => clerk::import(source, name),
    }
}

fn environment() -> Value {
    Value::of_kind(ObjectKind::Environment, [])
}

/// `import.meta.env` in a production build.
pub(super) fn vite_environment() -> Value {
    Value::of_kind(
        ObjectKind::Environment,
        [
            ("PROD", Value::Bool(true)),
            ("DEV", Value::Bool(false)),
            ("SSR", Value::Bool(true)),
            ("MODE", Value::text("production")),
        ],
    )
}

/// Middleware of packages that watches or translates and stops nobody.
pub(super) fn is_harmless_hook(value: &Value) -> bool {
    const HARMLESS: &[&str] = &["@sentry/", "@inlang/", "@opentelemetry/", "sveltekit-i18n"];
    match value.bare() {
        Value::Opaque(opaque) => opaque
            .package
            .as_deref()
            .is_some_and(|package| HARMLESS.iter().any(|prefix| package.starts_with(prefix))),
        _ => false,
    }
}

/// A status in the options of an answer, or 200.
fn status_in(options: &Value) -> Option<u16> {
    match options.property("status").as_ref().map(Value::bare) {
        Some(Value::Number(number)) => Some(*number as u16),
        Some(_) => None,
        None => match options.bare() {
            Value::Number(number) => Some(*number as u16),
            Value::Undefined | Value::Object(_) => Some(200),
            _ => None,
        },
    }
}

/// `json(body, { status })`.
fn answer() -> Value {
    Value::native("json", |_, call| {
        let status = status_in(&call.argument(1));
        Ok(Value::response(Response::Status(status)))
    })
}

fn svelte(name: &str) -> Option<Value> {
    Some(match name {
        "json" | "text" => answer(),
        "fail" => Value::native("fail", |_, call| {
            let status = status_in(&call.argument(0));
            Ok(Value::response(Response::Status(status)))
        }),
        "sequence" => Value::native("sequence", |_, call| {
            let all = call.arguments.to_vec();
            Ok(Value::native_with("sequence", sequence, Data::Values(all)))
        }),
        "getRequestEvent" => Value::native("getRequestEvent", |run, _| Ok(arguments::svelte(run))),
        "query" | "command" | "form" => Value::native("remote", |_, call| {
            let function = call.arguments.last().cloned();
            Ok(function.unwrap_or_else(Value::unknown))
        }),
        _ => return None,
    })
}

/// SvelteKit's `sequence(…)`, called with `{ event, resolve }`.
fn sequence(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Values(all)) = call.data.as_deref() else {
        return Ok(Value::unknown());
    };
    let end = call.argument(0).property("resolve");
    run_chain(run, &end.unwrap_or_else(Value::unknown), all, &call.place)
}

fn astro(name: &str) -> Option<Value> {
    Some(match name {
        "defineMiddleware" => Value::native("defineMiddleware", |_, call| Ok(call.argument(0))),
        "sequence" => Value::native("sequence", |_, call| {
            let all = call.arguments.to_vec();
            Ok(Value::native_with(
                "sequence",
                in_sequence,
                Data::Values(all),
            ))
        }),
        "defineAction" => Value::native("defineAction", |_, call| Ok(call.argument(0))),
        "ActionError" => Value::native("ActionError", |_, call| {
            let code = call.argument(0).property("code");
            let code = code.unwrap_or(Value::Undefined);
            Ok(Value::of_kind(ObjectKind::Error, [("code", code)]))
        }),
        _ => return None,
    })
}

/// Astro's `sequence(…)`, called with a context and `next`.
fn in_sequence(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Values(all)) = call.data.as_deref() else {
        return Ok(Value::unknown());
    };
    let next = chain(&call.argument(1), all);
    run.call(&next, Vec::new(), None, &call.place, "next")
}

fn tanstack(name: &str) -> Option<Value> {
    Some(match name {
        "createFileRoute"
        | "createServerFileRoute"
        | "createAPIFileRoute"
        | "createRootRouteWithContext" => Value::native("createFileRoute", |_, _| {
            Ok(Value::object([
                (
                    "()",
                    Value::native("options", |_, call| Ok(call.argument(0))),
                ),
                (
                    "methods",
                    Value::native("methods", |_, call| Ok(call.argument(0))),
                ),
            ]))
        }),
        "createRootRoute" | "createRoute" => {
            Value::native("createRootRoute", |_, call| Ok(call.argument(0)))
        }
        "createStart" => Value::native("createStart", |run, call| {
            let options = call.argument(0);
            let made = run.call(&options, Vec::new(), None, &call.place, "createStart")?;
            run.settle(made)
        }),
        // It refuses what another site sends in the visitor's name, and nobody else.
        "createCsrfMiddleware" => Value::native("createCsrfMiddleware", |_, _| {
            Ok(Value::of_kind(ObjectKind::Builder([].into()), []))
        }),
        "redirect" => Value::native("redirect", |run, call| {
            let throws = call.argument(0).property("throw");
            if matches!(throws.as_ref().map(Value::bare), Some(Value::Bool(true))) {
                let why = format!("{}() ends the request", call.written);
                return Err(run.stop(&why, &call.place));
            }
            // It has to be thrown or returned.
            Ok(Value::response(Response::Redirect))
        }),
        "notFound" => Value::native("notFound", |_, _| {
            Ok(Value::response(Response::Status(Some(404))))
        }),
        "json" => answer(),
        "getRequest" | "getWebRequest" => {
            Value::native("getRequest", |_, _| Ok(library::handler_request()))
        }
        "getRequestHeader" | "getHeader" | "getCookie" => Value::native("getHeader", |_, call| {
            Ok(match call.argument(0).as_text() {
                Some(name) => library::claim(name),
                None => Value::visitors(),
            })
        }),
        "getRequestHeaders" | "getHeaders" | "getCookies" => {
            Value::native("getHeaders", |_, _| Ok(library::visitors()))
        }
        "createServerOnlyFn" | "serverOnly" => {
            Value::native("serverOnly", |_, call| Ok(call.argument(0)))
        }
        _ => return None,
    })
}

fn react_router(name: &str) -> Option<Value> {
    Some(match name {
        "data" | "json" => answer(),
        "createContext" => Value::native("createContext", |_, _| Ok(Value::unknown())),
        _ => return None,
    })
}
