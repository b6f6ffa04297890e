//! The frameworks beside Next.js that find their routes in files: what each passes to the code that it
//! calls, what it does with what comes back, and what it gives to modules by itself.

mod answer;
mod arguments;
mod clerk;
mod found;
mod gate;
mod h3;
mod locals;
mod packages;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::builtin;
use super::path::{Exit, How};
use super::run::{Question, Run};
use super::value::{By, ObjectKind, Opaque, Origin, Response, Value};

pub use answer::behind;
pub use gate::hooks;
pub(super) use locals::{Locals, property as property_of_locals, write as write_local};
pub(super) use packages::import;

/// Who calls the code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Caller {
    /// Next.js, and all that is called as it calls.
    #[default]
    Next,
    /// React Router and Remix.
    ReactRouter,
    /// TanStack Start.
    TanStack,
    /// Astro.
    Astro,
    /// Nuxt, by its server h3.
    Nuxt,
    /// SvelteKit.
    SvelteKit,
}

/// Who calls the code of an app, and the names that it puts into every module: name, file, export.
#[derive(Debug, Clone, Default)]
pub struct Serving {
    /// Who calls.
    pub caller: Caller,
    /// Names of the app's own that are known without an import.
    pub globals: BTreeMap<String, (String, String)>,
}

/// A name that no module declares and no import brings.
pub(super) fn global(run: &mut Run<'_>, name: &str) -> Option<Value> {
    let world = run.world;
    match world.serving.caller {
        Caller::Nuxt => {
            if let Some((file, export)) = world.serving.globals.get(name) {
                return run.export(file, export);
            }
            h3::import(name)
                .or_else(|| clerk::import("@clerk/nuxt/server", name))
                .or_else(|| builtin::global(name, world.setting))
                .or_else(|| of_module(name))
        }
        _ => None,
    }
}

/// A name that a module of Nuxt may have put there: `useDrizzle`, `hubDatabase`.
fn of_module(name: &str) -> Option<Value> {
    const OF_THE_LANGUAGE: &[&str] = &[
        "atob",
        "btoa",
        "clearTimeout",
        "console",
        "crypto",
        "escape",
        "isFinite",
        "isNaN",
        "performance",
        "queueMicrotask",
        "setImmediate",
        "setInterval",
        "setTimeout",
        "structuredClone",
        "unescape",
    ];
    let is_class = name.starts_with(char::is_uppercase);
    if is_class || OF_THE_LANGUAGE.contains(&name) {
        return None;
    }
    Some(Value::from(Opaque {
        trail: Some(Rc::from(name)),
        package: Some(Rc::from("#imports")),
        ..Opaque::of(Origin::Unknown)
    }))
}

/// `import.meta`.
pub(super) fn import_meta() -> Value {
    Value::of_kind(
        ObjectKind::Plain,
        [
            ("env", packages::vite_environment()),
            ("dev", Value::Bool(false)),
            ("server", Value::Bool(true)),
            ("client", Value::Bool(false)),
            ("prerender", Value::Bool(false)),
            ("url", super::run::truthy(Value::unknown())),
        ],
    )
}

fn question(path: &str, method: &str, in_middleware: bool) -> Question {
    Question {
        mounted: 0,
        path: path.to_owned(),
        // A handler for every method is asked as most visitors ask.
        method: match method {
            "ALL" | "ANY" => "GET".to_owned(),
            method => method.to_owned(),
        },
        in_middleware,
        // Without it their functions throw too; that it runs is taken for granted.
        clerk_ran: true,
        is_web: true,
    }
}

/// The ends of a call as the framework takes them.
fn settled(caller: Caller, exits: Vec<Exit>, is_hook: bool) -> Vec<Exit> {
    let one = |mut exit: Exit| {
        exit.how = match exit.how {
            // All of them send a response that is thrown.
            How::Throw(value) if value.as_response().is_some() => How::Return(value),
            How::Return(value) if caller == Caller::Nuxt => {
                h3::returned(value, exit.path.answered.is_some(), is_hook)
            }
            How::Return(value) if is_hook && value.is_nullish() => {
                How::Return(Value::response(Response::Next))
            }
            how => how,
        };
        exit
    };
    let mut exits: Vec<Exit> = exits.into_iter().map(at_decision).map(one).collect();
    // What ends for want of a session says more than any other end.
    exits.sort_by_key(|exit| exit.path.arm.is_none());
    exits
}

/// An end for want of a session is where that was found out; an `async` function hands on only the value.
fn at_decision(mut exit: Exit) -> Exit {
    if let How::Return(value) = &exit.how
        && let Some(decided) = value.decision()
        && decided.by == By::SignedOut
    {
        exit.place = decided.place.clone();
        exit.path.arm.get_or_insert_with(|| decided.place.clone());
    }
    exit
}
