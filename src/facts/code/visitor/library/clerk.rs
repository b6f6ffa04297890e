//! Clerk, for a visitor without a session.
//!
//! Read in @clerk/nextjs 4.31, 5.7, 6.39 and 7.7: `server/auth.ts`, `server/protect.ts`,
//! `server/clerkMiddleware.ts`, `server/authMiddleware.ts`, `server/routeMatcher.ts`.

mod middleware;

use std::rc::Rc;

use super::super::run::{Dead, Eval, Run};
use super::super::value::{By, Call, Data, ObjectKind, Opaque, Origin, Promise, Value};
use super::super::world::Setting;
use crate::facts::code::matcher::clerk::{MatchResult, Normalisation, RouteMatcher, RoutePattern};
use crate::model::routes::CodePlace;

/// What a package of Clerk's gives under a name.
pub(super) fn import(source: &str, name: &str, _setting: &Setting) -> Option<Value> {
    let path = source
        .strip_prefix("@clerk/")
        .or_else(|| source.strip_prefix("svelte-clerk"));
    let path = path.or_else(|| source.strip_prefix("@hono/clerk-auth"))?;
    Some(match name {
        "auth" => Value::native("auth", auth),
        "currentUser" => Value::native("currentUser", |run, call| {
            run.session(&call.place);
            if let Some(thrown) = unseen(run, &call) {
                return thrown;
            }
            let user = Value::Null.decided(
                By::SignedOut,
                &call.place,
                format!("{}() is null: there is no session", call.written),
            );
            Ok(Value::promise(user))
        }),
        "getAuth" => Value::native("getAuth", |run, call| {
            run.session(&call.place);
            if !run.question.clerk_ran && !run.question.in_middleware {
                return Err(run.stop(&unseen_text(&call), &call.place));
            }
            Ok(signed_out(&call.place, call.written))
        }),
        "clerkMiddleware" | "authMiddleware" | "withClerkMiddleware" if is_next(path) => {
            middleware::middleware(name)
        }
        // Attaches the session and stops nobody.
        "clerkMiddleware" | "clerkPlugin" | "ClerkExpressWithAuth" => {
            Value::native("clerkMiddleware", |_, _| {
                Ok(Value::native("next", super::request::call_next))
            })
        }
        "requireAuth" | "ClerkExpressRequireAuth" => Value::native("requireAuth", |_, call| {
            let first = call.argument(0);
            let stops = Value::native("requireAuth", |run, call| {
                Err(run.stop(
                    &format!("{}() refuses who has no session", call.written),
                    &call.place,
                ))
            });
            // `requireAuth` itself is a handler too.
            Ok(match first.bare() {
                Value::Object(object) if matches!(object.kind, ObjectKind::Request) => {
                    return Ok(super::redirect_answer());
                }
                _ => stops,
            })
        }),
        "createRouteMatcher" => Value::native("createRouteMatcher", create_route_matcher),
        "redirectToSignIn" | "redirectToSignUp" => Value::native("redirectToSignIn", to_sign_in),
        "verifyWebhook" => Value::native("verifyWebhook", |run, call| {
            let why = format!(
                "{}() throws: the visitor cannot sign a webhook",
                call.written
            );
            promise_of(run, |run| super::refuse(run, &call.place, &why))
        }),
        "verifyToken" => Value::native("verifyToken", |run, call| {
            let why = format!("{}() throws: there is no session token", call.written);
            promise_of(run, |run| Err(run.stop(&why, &call.place)))
        }),
        _ => return None,
    })
}

fn is_next(path: &str) -> bool {
    path.starts_with("nextjs")
}

/// Runs something as an `async` function would.
fn promise_of(run: &mut Run<'_>, work: impl FnOnce(&mut Run<'_>) -> Eval<Value>) -> Eval<Value> {
    let before = run.path.clone();
    let (value, throws) = run.caught(work);
    let after = value.is_ok().then(|| run.path.clone());
    run.path = before;
    Ok(Value::Promise(Rc::new(Promise {
        value: value.ok(),
        throws,
        after,
    })))
}

/// `auth()`: an object since always, in a promise since version 6.
fn auth(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    run.session(&call.place);
    if let Some(thrown) = unseen(run, &call) {
        return thrown;
    }
    let auth = signed_out(&call.place, call.written);
    Ok(match run.world.setting.clerk_major() {
        ..6 => auth,
        _ => Value::promise(auth),
    })
}

/// Clerk's functions throw where its middleware has not seen the request (`server/errors.ts`).
fn unseen(run: &mut Run<'_>, call: &Call<'_>) -> Option<Eval<Value>> {
    if run.question.clerk_ran || run.question.in_middleware {
        return None;
    }
    let why = unseen_text(call);
    Some(match run.world.setting.clerk_major() {
        ..6 => Err(run.stop(&why, &call.place)),
        _ => promise_of(run, |run| Err(run.stop(&why, &call.place))),
    })
}

fn unseen_text(call: &Call<'_>) -> String {
    format!(
        "{}() throws: Clerk's middleware does not run here",
        call.written
    )
}

/// The auth object of a visitor without a session.
pub(in super::super) fn signed_out(place: &CodePlace, written: &str) -> Value {
    let fact = |value: Value, name: &str| {
        let shown = format!("{value:?}");
        let text = format!("{name} of {written}() is {shown}: there is no session");
        (
            Box::<str>::from(name),
            value.decided(By::SignedOut, place, text),
        )
    };
    let mut facts = vec![
        fact(Value::Bool(false), "isAuthenticated"),
        fact(Value::Bool(false), "isSignedIn"),
        fact(Value::Null, "user"),
        fact(Value::Null, "session"),
        fact(Value::Null, "organization"),
    ];
    for name in [
        "userId",
        "sessionId",
        "orgId",
        "orgRole",
        "orgSlug",
        "orgPermissions",
        "actor",
        "sessionClaims",
        "sessionStatus",
        "factorVerificationAge",
        "claims",
        "tokenType",
    ] {
        facts.push(fact(Value::Null, name));
    }
    let functions = [
        (
            "has",
            Value::native_with("has", never_has, Data::Value(Value::text(written))),
        ),
        (
            "getToken",
            Value::native("getToken", |_, call| {
                let text = format!("{}() is null: there is no session", call.written);
                Ok(Value::promise(Value::Null.decided(
                    By::SignedOut,
                    &call.place,
                    text,
                )))
            }),
        ),
        ("protect", Value::native("protect", protect)),
        (
            "redirectToSignIn",
            Value::native("redirectToSignIn", to_sign_in),
        ),
        (
            "redirectToSignUp",
            Value::native("redirectToSignIn", to_sign_in),
        ),
        ("debug", Value::native("debug", |_, _| Ok(Value::unknown()))),
    ];
    let facts = facts.iter().map(|(name, value)| (&**name, value.clone()));
    Value::of_kind(ObjectKind::Plain, facts.chain(functions))
}

fn never_has(_run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let text = format!("{}() is false: there is no session", call.written);
    Ok(Value::Bool(false).decided(By::SignedOut, &call.place, text))
}

/// A property of the function `auth` itself.
pub(super) fn property_of_auth(name: &str) -> Value {
    match name {
        "protect" => Value::native("protect", protect),
        "userId" | "sessionId" | "orgId" | "sessionClaims" => Value::Undefined,
        _ => Value::Undefined,
    }
}

/// `auth.protect()`. It returns a promise since version 6: without `await` it stops nobody.
fn protect(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    run.session(&call.place);
    if let Some(thrown) = unseen(run, &call) {
        return thrown;
    }
    let why = format!("{}() ends the request: there is no session", call.written);
    match run.world.setting.clerk_major() {
        ..6 => Err(end(run, &why, &call.place)),
        _ => promise_of(run, |run| Err(end(run, &why, &call.place))),
    }
}

/// Ends the request for want of a session, also where the program catches it and answers itself.
fn end(run: &mut Run<'_>, why: &str, place: &CodePlace) -> Dead {
    run.path.arm.get_or_insert_with(|| place.clone());
    run.stop(why, place)
}

/// `redirectToSignIn()`. Version 4 answers with a response that the middleware has to return; later
/// ones throw.
fn to_sign_in(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let why = format!("{}() sends the visitor to the sign-in page", call.written);
    match run.world.setting.clerk_major() {
        ..5 if run.question.in_middleware => {
            run.trace(&call.place, why);
            Ok(super::redirect_answer())
        }
        _ => Err(end(run, &why, &call.place)),
    }
}

/// Patterns out of what a matcher was given; `None` where one of them is not known.
fn patterns(value: &Value) -> Option<Vec<RoutePattern>> {
    match value.bare() {
        Value::Text(text) => Some(vec![RoutePattern::Text(text.to_string())]),
        Value::Regex(pattern) => Some(vec![RoutePattern::Regex {
            source: pattern.source.to_string(),
            flags: pattern.flags.to_string(),
        }]),
        Value::List(list) if !list.open => {
            let all: Option<Vec<_>> = list.items.iter().map(patterns).collect();
            all.map(|all| all.into_iter().flatten().collect())
        }
        Value::Undefined | Value::Null | Value::Bool(false) => Some(Vec::new()),
        _ => None,
    }
}

fn shown(pattern: &RoutePattern) -> String {
    match pattern {
        RoutePattern::Text(text) => text.clone(),
        RoutePattern::Regex { source, flags } => format!("/{source}/{flags}"),
    }
}

fn version(setting: &Setting) -> Option<String> {
    setting.clerk.map(written)
}

fn written((major, minor, patch): (u32, u32, u32)) -> String {
    format!("{major}.{minor}.{patch}")
}

fn create_route_matcher(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let routes = call.argument(0);
    if matches!(routes.bare(), Value::Function(_)) {
        return Ok(routes);
    }
    let Some(patterns) = patterns(&routes) else {
        return Ok(Value::native_with(
            "matcher",
            |_, call| Ok(unread(&call)),
            Data::Value(routes),
        ));
    };
    let setting = run.world.setting;
    // Version 5 has the code in itself, later ones in the package that they share.
    let normalisation = match setting.clerk_shared.filter(|_| setting.clerk_major() > 5) {
        Some(shared) => Normalisation::of_shared(Some(&written(shared))),
        None => Normalisation::of(version(setting).as_deref()),
    };
    Ok(match RouteMatcher::new(&patterns, normalisation) {
        Ok(matcher) => {
            let texts = patterns.iter().map(shown).collect();
            Value::native_with("matcher", matches, Data::Matcher(Box::new(matcher), texts))
        }
        // The whole module throws when it is loaded.
        Err(_) => Value::native_with("matcher", invalid, Data::Value(routes)),
    })
}

fn invalid(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    if let Some(Data::Value(routes)) = call.data.as_deref() {
        let all = patterns(routes).unwrap_or_default();
        run.ask(call.written, all.iter().map(shown).collect(), &call.place);
    }
    let why = "a pattern of the matcher is invalid: the middleware fails";
    Err(run.stop(why, &call.place))
}

/// The answer of a matcher whose patterns are not written out.
fn unread(call: &Call<'_>) -> Value {
    Opaque {
        trail: Some(Rc::from(format!("the list of {}", call.written))),
        place: Some(call.place.clone()),
        ..Opaque::of(Origin::Unknown)
    }
    .into()
}

fn matches(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(data) = &call.data else {
        return Ok(Value::unknown());
    };
    let Data::Matcher(matcher, patterns) = data.as_ref() else {
        return Ok(Value::unknown());
    };
    run.ask(call.written, patterns.clone(), &call.place);
    let path =
        super::request::path_of(&call.argument(0)).unwrap_or_else(|| run.question.path.clone());
    let (value, text) = match matcher.matches(&path) {
        MatchResult::Yes(index) => {
            let pattern = patterns.get(index).map_or("", String::as_str);
            run.matched(call.written, pattern, &call.place);
            (
                true,
                format!("{} is true for {path}: \"{pattern}\" matches", call.written),
            )
        }
        MatchResult::No => (
            false,
            format!("{} is false for {path}: no entry matches", call.written),
        ),
        MatchResult::Malformed => {
            return Err(run.stop("the path is not encoded right: 400", &call.place));
        }
        MatchResult::Undecided => return Ok(unread(&call)),
    };
    Ok(Value::Bool(value).decided(By::Route, &call.place, text))
}
