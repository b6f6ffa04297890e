//! What the libraries around Clerk do, as data: those that decide about requests.

mod actions;
mod clerk;
mod credential;
mod hono;
mod next;
mod request;
mod routers;

use super::run::{Eval, Run};
use super::value::{Native, ObjectKind, Opaque, Origin, Response, Value};
use super::world::Setting;
use crate::model::routes::CodePlace;

pub(super) use clerk::signed_out;
pub(super) use credential::{by_name, claim, is_claim_name};
pub(super) use request::{
    FOR_ALL, handler_request, holder, method, new_url, property_of_context, property_of_request,
    property_of_response, property_of_url, reply, responses, visitors,
};

/// What a package gives under a name, where we know it.
pub(super) fn import(source: &str, name: &str, setting: &Setting) -> Option<Value> {
    super::frameworks::import(source, name, setting)
        .or_else(|| clerk::import(source, name, setting))
        .or_else(|| next::import(source, name))
        .or_else(|| credential::import(source, name))
        .or_else(|| hono::import(source, name))
        .or_else(|| actions::import(source, name))
        .or_else(|| routers::import(source, name))
        .or_else(|| checked_environment(source, name))
}

/// A property of a function that we know: `auth.protect`, `NextResponse.next`.
pub(super) fn property_of_native(native: &Native, name: &str) -> Value {
    match native.name {
        "auth" => clerk::property_of_auth(name),
        "require" if name == "meta" => super::frameworks::import_meta(),
        "NextResponse" => request::static_of_response(name),
        // A function may have properties that nobody has told us of: `URL.canParse`.
        _ => Value::unknown(),
    }
}

/// Whether a value is of a class that we know.
pub(super) fn instance_of(value: &Value, class: &Value) -> Value {
    let (Value::Object(object), Value::Native(native)) = (value.bare(), class.bare()) else {
        return match value.bare() {
            Value::Undefined | Value::Null | Value::Bool(_) | Value::Text(_) => Value::Bool(false),
            _ => Value::unknown(),
        };
    };
    match (&object.kind, native.name) {
        (ObjectKind::Response(_), "NextResponse") => Value::Bool(true),
        (ObjectKind::Plain, "NextResponse") => Value::Bool(false),
        (ObjectKind::Error, "Error") => Value::Bool(true),
        (ObjectKind::Response(_) | ObjectKind::Plain, "Error") => Value::Bool(false),
        _ => Value::unknown(),
    }
}

/// `process.env`.
pub(super) fn environment(setting: &Setting) -> Value {
    let known = setting
        .env
        .iter()
        .map(|(name, value)| (name.as_str(), Value::text(value)));
    Value::of_kind(ObjectKind::Environment, known)
}

/// Parts of names of variables that hold secrets.
const SECRETS: &[&str] = &[
    "SECRET",
    "KEY",
    "TOKEN",
    "PASSWORD",
    "PASS",
    "PASSWD",
    "SALT",
    "SIGNATURE",
    "CREDENTIALS",
    "APIKEY",
    "PASSPHRASE",
];

/// Last parts of names of variables that a deploy cannot do without.
const ADDRESSES: &[&str] = &[
    "URL", "URI", "HOST", "DOMAIN", "ID", "DSN", "REGION", "BUCKET", "PORT", "NAME", "KEY",
    "EMAIL", "ORIGIN", "ENDPOINT",
];

/// A variable of the environment of which the value is not given.
pub(super) fn variable(name: &str, setting: &Setting) -> Value {
    match name {
        "NODE_ENV" | "VERCEL_ENV" => return Value::text("production"),
        "CI" => return Value::Undefined,
        _ => {}
    }
    let words = words(name);
    let is_set = setting.names.as_ref().map(|names| names.contains(name));
    // A key of a runtime config is filled by a variable of another name.
    let is_variable = words == name;
    if is_set == Some(false) && is_variable && !name.contains("CLERK") {
        return Value::Undefined;
    }
    let parts: Vec<&str> = words.split('_').collect();
    let is_public = [
        "NEXT_PUBLIC_",
        "VITE_",
        "PUBLIC_",
        "NUXT_PUBLIC_",
        "EXPO_PUBLIC_",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix));
    let is_secret = !is_public && parts.iter().any(|part| SECRETS.contains(part));
    let is_address = parts.last().is_some_and(|part| ADDRESSES.contains(part));
    Opaque {
        trail: Some(format!("process.env.{name}").into()),
        // Only a switch may be off, and a secret forgotten.
        truthy: is_set == Some(true) || (is_address && !is_secret) || name.contains("CLERK"),
        ..Opaque::of(match is_secret {
            true => Origin::Secret,
            false => Origin::Environment(name.into()),
        })
    }
    .into()
}

/// Packages that check the environment on load and hand it on.
fn checked_environment(source: &str, name: &str) -> Option<Value> {
    let is_t3 = source.starts_with("@t3-oss/env-") && name == "createEnv";
    is_t3.then(|| {
        Value::native("createEnv", |_, call| {
            let options = call.argument(0);
            let mut known = std::collections::BTreeMap::new();
            for part in ["runtimeEnv", "runtimeEnvStrict", "experimental__runtimeEnv"] {
                if let Some(values) = options.property(part)
                    && let Some(object) = values.as_object()
                {
                    let values = object.properties.iter();
                    known.extend(values.map(|(key, value)| (key.clone(), value.clone())));
                }
            }
            let values = known.iter().map(|(key, value)| (&**key, value.clone()));
            Ok(Value::of_kind(ObjectKind::Environment, values))
        })
    })
}

/// Something that could not be followed, and that decides.
pub(super) fn undecided(place: &CodePlace, what: &str) -> Value {
    Opaque {
        trail: Some(what.into()),
        place: Some(place.clone()),
        decides: true,
        ..Opaque::of(Origin::Unknown)
    }
    .into()
}

/// A name as variables are written: `cronSecret` of a runtime config is `CRON_SECRET`.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len());
    let mut before_is_small = false;
    for one in name.chars() {
        if one.is_uppercase() && before_is_small {
            words.push('_');
        }
        before_is_small = one.is_lowercase();
        words.extend(one.to_uppercase());
    }
    words
}

/// Ends the way with a check that only who knows a secret passes.
pub(super) fn refuse(run: &mut Run<'_>, place: &CodePlace, why: &str) -> Eval<Value> {
    run.path.unproven.get_or_insert_with(|| place.clone());
    run.trace(place, why);
    let error = Value::of_kind(ObjectKind::Error, [("message", Value::unknown())]);
    Err(run.throw_value(error, place.clone()))
}

/// A redirect as an answer.
pub(super) fn redirect_answer() -> Value {
    Value::response(Response::Redirect)
}
