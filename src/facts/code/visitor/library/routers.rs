//! Handlers that choose among many: the visitor may ask for any of them, so that the handler is as open as
//! the most open one.

use std::rc::Rc;

use super::super::path::{Exit, How, Path};
use super::super::run::{Eval, Run};
use super::super::value::{Call, Data, ObjectKind, Response, Value};
use super::super::verdict::{self, Asked};
use crate::model::routes::{CodePlace, Sensitivity};

/// More procedures than people write in one router.
const MANY: usize = 1_000;

/// What these packages give under a name.
pub(super) fn import(source: &str, name: &str) -> Option<Value> {
    Some(match (source, name) {
        ("@trpc/server/adapters/fetch", "fetchRequestHandler") => {
            Value::native("fetchRequestHandler", |run, call| {
                let options = call.argument(0);
                trpc(run, &options, &call.place)
            })
        }
        ("@trpc/server/adapters/next", "createNextApiHandler") => {
            Value::native("createNextApiHandler", |_, call| {
                let options = Data::Value(call.argument(0));
                Ok(Value::native_with("the tRPC handler", later, options))
            })
        }
        ("uploadthing/next" | "uploadthing/server", "createUploadthing") => {
            Value::native("createUploadthing", |_, _| {
                Ok(Value::native("uploader", |_, _| {
                    Ok(super::actions::builder(Vec::new()))
                }))
            })
        }
        (
            "uploadthing/next" | "uploadthing/server",
            "createRouteHandler" | "createNextRouteHandler",
        ) => {
            Value::native("createRouteHandler", |_, call| {
                let options = call.argument(0);
                Ok(Value::object([
                    // It says which kinds of files are taken.
                    (
                        "GET",
                        Value::native("GET", |_, _| {
                            Ok(Value::response(Response::Status(Some(200))))
                        }),
                    ),
                    (
                        "POST",
                        Value::native_with("POST", uploads, Data::Value(options)),
                    ),
                ]))
            })
        }
        _ => return None,
    })
}

fn later(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    match call.data.as_deref() {
        Some(Data::Value(options)) => trpc(run, options, &call.place),
        _ => Ok(Value::unknown()),
    }
}

/// Calls every procedure of a router, with the context that it makes.
fn trpc(run: &mut Run<'_>, options: &Value, place: &CodePlace) -> Eval<Value> {
    let option = |name: &str| options.property(name).unwrap_or(Value::Undefined);
    let mut procedures = Vec::new();
    collect(&option("router"), "", &mut procedures);
    if procedures.is_empty() {
        return Ok(super::undecided(place, "the procedures of the router"));
    }
    let make = option("createContext");
    let context = match make.bare() {
        Value::Undefined => Value::object([]),
        _ => {
            let given = Value::object([
                ("req", super::handler_request()),
                ("res", super::reply()),
                ("resHeaders", super::visitors()),
            ]);
            let made = run.call(&make, vec![given], None, place, "createContext")?;
            run.settle(made)?
        }
    };
    let given = vec![Value::object([("ctx", context)])];
    any_of(run, &procedures, &given, place)
}

/// The procedures of a router, each with its name.
fn collect(router: &Value, name: &str, all: &mut Vec<(String, Value)>) {
    let Some(object) = router
        .as_object()
        .filter(|_| all.len() < MANY && name.len() < 200)
    else {
        return;
    };
    if object.properties.contains_key("()") {
        all.push((name.to_owned(), router.clone()));
        return;
    }
    for (key, value) in &object.properties {
        let name = if name.is_empty() {
            key.to_string()
        } else {
            format!("{name}.{key}")
        };
        collect(value, &name, all);
    }
}

/// Calls each and goes on as the visitor who chose the one that suits them best.
fn any_of(
    run: &mut Run<'_>,
    all: &[(String, Value)],
    given: &[Value],
    place: &CodePlace,
) -> Eval<Value> {
    let before = run.path.clone();
    let mut open: Option<Path> = None;
    let mut ended: Vec<Exit> = Vec::new();
    for (name, one) in all {
        run.path = before.clone();
        let exits = run.exits(
            |run| run.call(one, given.to_vec(), None, place, name),
            place,
        );
        for exit in exits {
            if !verdict::is_through(&exit, Asked::Action) {
                ended.push(exit);
                continue;
            }
            run.path = exit.path;
            run.trace(place, format!("{name} lets the visitor through"));
            let path = run.path.clone();
            open = Some(match open {
                None => path,
                Some(known) => Path::meet(&before, known, path, true),
            });
        }
    }
    if let Some(path) = open {
        run.path = path;
        return Ok(Value::response(Response::Status(Some(200))));
    }
    let first = ended
        .into_iter()
        .find(|exit| exit.path.arm.is_some() || !matches!(exit.how, How::Return(_)));
    run.path = first.map_or(before, |exit| exit.path);
    run.trace(place, "every procedure refuses");
    Ok(Value::response(Response::Status(Some(401))))
}

/// The endpoints of uploadthing: each runs its middleware before the upload.
fn uploads(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Value(options)) = call.data.as_deref() else {
        return Ok(Value::unknown());
    };
    let Some(router) = options.property("router") else {
        return Ok(super::undecided(&call.place, "the router"));
    };
    let endpoints = router
        .as_object()
        .map(|object| object.properties.clone())
        .unwrap_or_default();
    let endpoint = |(name, value): (&Rc<str>, &Value)| {
        let before = match value.as_object().map(|object| object.kind.clone()) {
            Some(ObjectKind::Builder(before)) => before.to_vec(),
            _ => return None,
        };
        let upload = Value::native_with("upload", upload, Data::Values(before));
        Some((name.to_string(), upload))
    };
    let all: Vec<(String, Value)> = endpoints.iter().filter_map(endpoint).collect();
    if all.is_empty() || all.len() < endpoints.len() {
        return Ok(super::undecided(&call.place, "an endpoint of the router"));
    }
    any_of(run, &all, &[], &call.place)
}

fn upload(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    if let Some(Data::Values(before)) = call.data.as_deref() {
        for one in before {
            let given = Value::object([
                ("req", super::handler_request()),
                ("input", Value::visitors()),
                ("files", Value::visitors()),
            ]);
            let done = run.call(one, vec![given], None, &call.place, "middleware")?;
            run.settle(done)?;
        }
    }
    run.work(
        Sensitivity::PaidCall,
        &format!("upload to {}", call.written),
        &call.place,
    );
    Ok(Value::Undefined)
}
