//! Requests, URLs, headers and responses: what the visitor sends is theirs to choose.

use super::super::run::{Eval, Run, truthy, unknown_of};
use super::super::value::{By, Call, Object, ObjectKind, Opaque, Origin, Response, Value};
use super::credential::claim;
use crate::model::routes::CodePlace;

/// Headers, cookies or parameters.
pub(in super::super) fn visitors() -> Value {
    Value::of_kind(ObjectKind::Visitors, [])
}

/// The request as a handler gets it.
pub(in super::super) fn handler_request() -> Value {
    Value::of_kind(ObjectKind::Request, [])
}

/// The response object of the Pages Router, of Express and of Fastify.
pub(in super::super) fn reply() -> Value {
    Value::of_kind(ObjectKind::Reply(None), [])
}

/// By which name handlers find again what another one left on an object of this kind.
pub(in super::super) fn holder(kind: &ObjectKind) -> Option<&'static str> {
    match kind {
        ObjectKind::Request => Some("request"),
        ObjectKind::Context => Some("context"),
        ObjectKind::Reply(_) => Some("reply"),
        _ => None,
    }
}

/// Whether a property of a request says who sent it, so that some middleware must have set it.
fn is_identity(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "user",
        "auth",
        "session",
        "org",
        "role",
        "claims",
        "member",
        "account",
        "tenant",
        "admin",
        "actor",
        "permission",
        "identity",
        "clerk",
    ];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// The path that a request or URL holds.
pub(super) fn path_of(value: &Value) -> Option<String> {
    let object = value.as_object()?;
    match object.kind {
        ObjectKind::Url => object
            .properties
            .get("pathname")?
            .as_text()
            .map(str::to_owned),
        ObjectKind::Plain => path_of(object.properties.get("nextUrl")?),
        _ => None,
    }
}

fn own_path(run: &Run<'_>) -> Value {
    let place = run.now();
    let path = run.question.local_path();
    let text = format!("the path is {path}");
    Value::text(path).decided(By::Route, &place, text)
}

/// A property of the request that is asked about.
pub(in super::super) fn property_of_request(run: &mut Run<'_>, name: &str) -> Value {
    match name {
        "nextUrl" | "URL" | "experimental_clerkUrl" | "clerkUrl" => {
            Value::of_kind(ObjectKind::Url, [("pathname", own_path(run))])
        }
        "url" | "originalUrl" => {
            let place = run.now();
            let path = match name {
                "url" => run.question.local_path(),
                _ => run.question.path.clone(),
            };
            let text = format!("the path is {path}");
            let prefix = if name == "url" && run.question.is_web {
                "https://app.example"
            } else {
                ""
            };
            Value::text(format!("{prefix}{path}")).decided(By::Route, &place, text)
        }
        "path" => own_path(run),
        "method" => {
            let place = run.now();
            let text = format!("the method is {}", run.question.method);
            Value::text(&run.question.method).decided(By::Route, &place, text)
        }
        "headers" | "cookies" | "query" | "params" | "signedCookies" => visitors(),
        "request" | "req" | "raw" => Value::of_kind(ObjectKind::Request, []),
        "auth" => Value::native("auth", |_, call| {
            Ok(super::signed_out(&call.place, call.written))
        }),
        "json" | "text" | "formData" | "arrayBuffer" | "blob" | "bytes" => {
            Value::native("body", |_, _| Ok(Value::promise(truthy(Value::visitors()))))
        }
        "body" => truthy(Value::visitors()),
        "clone" => Value::native("clone", |_, call| {
            Ok(call.this.cloned().unwrap_or_else(Value::unknown))
        }),
        "next" | "res" => Value::unknown(),
        name if is_identity(name) => Opaque {
            trail: Some(format!("request.{name}").into()),
            place: Some(run.now()),
            ..Opaque::of(Origin::Unknown)
        }
        .into(),
        _ => Value::visitors(),
    }
}

/// A property of a context.
pub(in super::super) fn property_of_context(name: &str) -> Value {
    match name {
        "req" | "request" => handler_request(),
        "locals" | "var" => Value::of_kind(ObjectKind::Context, []),
        // Hono hands the bindings of the platform on, variables among them.
        "env" => Value::of_kind(ObjectKind::Environment, []),
        "auth" => Value::native("auth", |_, call| {
            Ok(super::signed_out(&call.place, call.written))
        }),
        "currentUser" => Value::native("currentUser", |_, call| {
            let text = format!("{}() is null: there is no session", call.written);
            Ok(Value::promise(Value::Null.decided(
                By::SignedOut,
                &call.place,
                text,
            )))
        }),
        "cookies" | "headers" | "params" => visitors(),
        "url" => Value::of_kind(ObjectKind::Url, []),
        _ => Value::unknown(),
    }
}

/// A property of a URL that is not written in it.
pub(in super::super) fn property_of_url(url: &Object, name: &str) -> Value {
    match name {
        "searchParams" => visitors(),
        "search" | "host" | "hostname" | "port" => Value::visitors(),
        "hash" => Value::text(""),
        "protocol" => Value::text("https:"),
        "href" | "origin" => truthy(Value::visitors()),
        "basePath" => Value::text(""),
        "clone" => Value::native("clone", |_, call| {
            Ok(call.this.cloned().unwrap_or_else(Value::unknown))
        }),
        "toString" | "toJSON" => Value::native("toString", |_, _| Ok(truthy(Value::unknown()))),
        "pathname" => url
            .properties
            .get("pathname")
            .cloned()
            .unwrap_or_else(Value::unknown),
        _ => Value::unknown(),
    }
}

/// `new URL(text, base)`.
pub(in super::super) fn new_url(_run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let given = call.argument(0);
    let path = match given.as_text() {
        Some(text) => {
            let after_host = text.split_once("://").map_or(text, |(_, rest)| {
                rest.find('/')
                    .map_or("/", |at| rest.get(at..).unwrap_or("/"))
            });
            let path = after_host.split(['?', '#']).next().unwrap_or_default();
            Value::text(path).with_decision_of(&given)
        }
        None => match path_of(&given) {
            Some(path) => Value::text(path),
            None => unknown_of(&given, &given),
        },
    };
    Ok(Value::of_kind(ObjectKind::Url, [("pathname", path)]))
}

/// A property of a response.
pub(in super::super) fn property_of_response(response: Response, name: &str) -> Value {
    match (name, response) {
        ("status", Response::Status(Some(status))) => Value::Number(f64::from(status)),
        ("status", Response::Next | Response::Rewrite) => Value::Number(200.0),
        ("status", Response::Redirect) => Value::Number(307.0),
        ("ok", Response::Next | Response::Rewrite) => Value::Bool(true),
        ("ok", Response::Redirect) => Value::Bool(false),
        // What is set on it changes nothing for the visitor's way.
        _ => Value::from(Opaque {
            truthy: true,
            ..Opaque::of(Origin::Unknown)
        }),
    }
}

/// `NextResponse`, callable with `new` and with its static methods.
pub(super) fn next_response() -> Value {
    Value::native("NextResponse", |_, call| Ok(new_response(&call)))
}

/// `Response`.
pub(in super::super) fn responses() -> Value {
    Value::native("NextResponse", |_, call| Ok(new_response(&call)))
}

fn new_response(call: &Call<'_>) -> Value {
    // `new NextResponse(other.body, other)` is the other one again.
    if call.argument(1).as_response().is_some() {
        return call.argument(1);
    }
    let response = ObjectKind::Response(Response::Status(status_of(&call.argument(1), 200)));
    match is_for_all(&call.argument(1)) {
        true => Value::of_kind(response, [(FOR_ALL, Value::Bool(true))]),
        false => Value::of_kind(response, []),
    }
}

/// Under which a response says that caches may hand it to everybody.
pub(in super::super) const FOR_ALL: &str = "Cache-Control: public";

/// `{ headers: { "Cache-Control": "public, max-age=60" } }`.
fn is_for_all(options: &Value) -> bool {
    let headers = options.property("headers");
    let headers = headers.as_ref().and_then(Value::as_object);
    headers.is_some_and(|headers| {
        headers.properties.iter().any(|(name, value)| {
            let mut parts = value.as_text().unwrap_or_default().split(',');
            name.eq_ignore_ascii_case("cache-control") && parts.any(|part| part.trim() == "public")
        })
    })
}

/// The status in the options of a response, or as a number.
fn status_of(options: &Value, default: u16) -> Option<u16> {
    match options.bare() {
        Value::Undefined | Value::Null => Some(default),
        Value::Number(number) => Some(*number as u16),
        Value::Object(object) => match object.properties.get("status").map(Value::bare) {
            Some(Value::Number(number)) => Some(*number as u16),
            Some(_) => None,
            None if object.open => None,
            None => Some(default),
        },
        _ => None,
    }
}

/// A static method of `Response` and `NextResponse`.
pub(super) fn static_of_response(name: &str) -> Value {
    match name {
        "next" => Value::native("next", |run, call| {
            run.trace(
                &call.place,
                format!("{}() lets the visitor through", call.written),
            );
            Ok(Value::response(Response::Next))
        }),
        "rewrite" => Value::native("rewrite", |run, call| {
            run.trace(
                &call.place,
                format!("{}() lets another route answer", call.written),
            );
            Ok(Value::response(Response::Rewrite))
        }),
        "redirect" => Value::native("redirect", |run, call| {
            run.trace(
                &call.place,
                format!("{}() sends the visitor elsewhere", call.written),
            );
            Ok(super::redirect_answer())
        }),
        "json" => Value::native("json", |_, call| Ok(new_response(&call))),
        "error" => Value::native("error", |_, _| {
            Ok(Value::response(Response::Status(Some(500))))
        }),
        _ => Value::unknown(),
    }
}

/// A method of an object of a kind that we know.
pub(in super::super) fn method(
    run: &mut Run<'_>,
    this: &Value,
    kind: &ObjectKind,
    name: &str,
    arguments: &[Value],
    place: &CodePlace,
    written: &str,
) -> Option<Eval<Value>> {
    let first = arguments.first().cloned().unwrap_or(Value::Undefined);
    match kind {
        ObjectKind::Visitors => Some(Ok(match name {
            "get" | "has" | "getAll" => match first.as_text() {
                Some(key) => claim(key),
                None => Value::visitors(),
            },
            "toString" => truthy(Value::visitors()),
            _ => Value::visitors(),
        })),
        ObjectKind::Request => match name {
            "header" | "get" => Some(Ok(first.as_text().map_or_else(Value::visitors, claim))),
            "param" | "query" | "valid" | "is" | "accepts" => Some(Ok(Value::visitors())),
            _ => None,
        },
        ObjectKind::Context => match name {
            "json" | "text" | "html" | "body" | "newResponse" => {
                let set = run.status().unwrap_or(200);
                let status = status_of(arguments.get(1).unwrap_or(&Value::Undefined), set);
                Some(Ok(Value::response(Response::Status(status))))
            }
            "redirect" | "notFound" => {
                run.trace(place, format!("{written}() sends the visitor elsewhere"));
                Some(Ok(super::redirect_answer()))
            }
            "set" => {
                if let Some(key) = first.as_text() {
                    let value = arguments.get(1).cloned().unwrap_or(Value::Undefined);
                    run.keep("context", key, value);
                }
                Some(Ok(Value::Undefined))
            }
            "get" => {
                let key = first.as_text()?;
                Some(Ok(match (run.kept("context", key), key) {
                    (Some(value), _) => value,
                    (None, "clerkAuth") => clerk_auth(place, written),
                    (None, key) => Opaque {
                        trail: Some(format!("{written}(\"{key}\")").into()),
                        place: Some(place.clone()),
                        ..Opaque::of(Origin::Unknown)
                    }
                    .into(),
                }))
            }
            "status" => {
                run.keep("reply", "statusCode", first);
                Some(Ok(Value::Undefined))
            }
            "header" => Some(Ok(Value::Undefined)),
            _ => None,
        },
        ObjectKind::Reply(status) => {
            reply_method(run, *status, name, &first, arguments, place, written)
        }
        ObjectKind::Webhook if matches!(name, "verify" | "unwrap") => {
            let why = format!("{written}() throws: the visitor cannot sign a webhook");
            Some(super::refuse(run, place, &why))
        }
        ObjectKind::Builder(before) => super::actions::method(this, before, name, arguments),
        _ => None,
    }
}

/// What `@clerk/hono` and `@hono/clerk-auth` leave in the context: an auth object, in newer versions a
/// function that gives it.
fn clerk_auth(place: &CodePlace, written: &str) -> Value {
    let auth = super::signed_out(place, written);
    let give = Value::native("auth", |_, call| {
        Ok(super::signed_out(&call.place, call.written))
    });
    let mut properties = auth
        .as_object()
        .map(|object| object.properties.clone())
        .unwrap_or_default();
    properties.insert("()".into(), give);
    Value::Object(std::rc::Rc::new(Object {
        properties,
        open: false,
        kind: ObjectKind::Plain,
    }))
}

fn reply_method(
    run: &mut Run<'_>,
    status: Option<u16>,
    name: &str,
    first: &Value,
    arguments: &[Value],
    place: &CodePlace,
    written: &str,
) -> Option<Eval<Value>> {
    let number = match first.bare() {
        Value::Number(number) => Some(*number as u16),
        _ => None,
    };
    let answered = match name {
        "status" | "code" | "writeHead" => {
            run.keep("reply", "statusCode", first.clone());
            return Some(Ok(Value::of_kind(ObjectKind::Reply(number), [])));
        }
        // `@fastify/sensible`.
        "unauthorized" => Some(401),
        "forbidden" => Some(403),
        "notFound" | "callNotFound" => Some(404),
        "badRequest" => Some(400),
        "sendStatus" => number,
        "redirect" => {
            run.trace(place, format!("{written}() sends the visitor elsewhere"));
            Some(307)
        }
        "json" | "send" | "end" | "jsonp" | "render" | "text" | "html" | "body" => match status {
            // Hono takes the status as the second argument: `c.json(body, 401)`.
            None => {
                let set = run.status().unwrap_or(200);
                status_of(arguments.get(1).unwrap_or(&Value::Undefined), set)
            }
            status => status,
        },
        "setHeader" | "header" | "set" | "append" | "type" | "cookie" | "clearCookie" => {
            return Some(Ok(Value::of_kind(ObjectKind::Reply(status), [])));
        }
        _ => return None,
    };
    if run.path.answered.is_none() {
        run.path.answered = Some((answered, place.clone()));
    }
    let response = match name {
        "redirect" => Response::Redirect,
        _ => Response::Status(answered),
    };
    Some(Ok(Value::response(response)))
}

/// A handler that does nothing but go on: it calls the `next` that it was given.
pub(super) fn call_next(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let functions = [call.argument(2), call.argument(1)];
    let next = functions
        .into_iter()
        .find(|one| matches!(one.bare(), Value::Native(_) | Value::Function(_)));
    match next {
        Some(next) => run.call(&next, Vec::new(), None, &call.place, "next"),
        None => Ok(Value::Undefined),
    }
}
