//! Clerk's middleware for Next.js, in all its styles.

use std::rc::Rc;

use super::super::super::path::{Exit, How, Path};
use super::super::super::run::{Eval, Run, either};
use super::super::super::value::{By, Call, Cause, Data, Object, ObjectKind, Response, Value};
use super::{auth, patterns, shown, signed_out, unread, version};
use crate::facts::code::matcher::clerk::{AuthAnswer, AuthMiddleware, AuthRoutes};
use crate::model::routes::CodePlace;

/// `clerkMiddleware(handler, options)`, `authMiddleware(options)`, `withClerkMiddleware(handler)`.
pub(super) fn middleware(name: &str) -> Value {
    match name {
        "authMiddleware" => Value::native("authMiddleware", |_, call| {
            let options = call.argument(0);
            Ok(Value::native_with(
                "the middleware",
                old_middleware,
                Data::Value(options),
            ))
        }),
        "withClerkMiddleware" => Value::native("withClerkMiddleware", |_, call| {
            Ok(Value::native_with(
                "the middleware",
                oldest_middleware,
                Data::Value(call.argument(0)),
            ))
        }),
        _ => Value::native("clerkMiddleware", |run, call| {
            let first = call.argument(0);
            let is_request = first
                .as_object()
                .is_some_and(|object| matches!(object.kind, ObjectKind::Request));
            if is_request {
                // `export default clerkMiddleware`: called with the request itself.
                return run_handler(run, &Value::Undefined, &call.place);
            }
            Ok(Value::native_with(
                "the middleware",
                new_middleware,
                Data::Value(first),
            ))
        }),
    }
}

fn new_middleware(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let handler = match call.data.as_deref() {
        Some(Data::Value(handler)) => handler.clone(),
        _ => Value::Undefined,
    };
    run_handler(run, &handler, &call.place)
}

/// Runs the handler and turns what it throws into the response that Clerk makes of it.
fn run_handler(run: &mut Run<'_>, handler: &Value, place: &CodePlace) -> Eval<Value> {
    run.path.clerk = true;
    let callable = matches!(
        handler.bare(),
        Value::Function(_) | Value::Native(_) | Value::Opaque(_) | Value::OneOf(..)
    );
    if !callable {
        run.trace(place, "clerkMiddleware() has no handler: it stops nobody");
        return Ok(Value::promise(Value::response(Response::Next)));
    }
    let auth = Value::native("auth", auth);
    let request = super::super::handler_request();
    let given = vec![auth, request, Value::unknown()];
    as_response(run, |run| {
        let answer = run.call(handler, given, None, place, "the handler")?;
        run.settle(answer)
    })
}

/// Runs something and gives the response that comes of it, whether returned or thrown.
fn as_response(run: &mut Run<'_>, work: impl FnOnce(&mut Run<'_>) -> Eval<Value>) -> Eval<Value> {
    let before = run.path.clone();
    let (value, throws) = run.caught(work);
    let mut answers: Vec<(Value, Path)> = Vec::new();
    if let Ok(value) = value {
        let value = match value.bare() {
            Value::Undefined | Value::Null => Value::response(Response::Next),
            _ => value,
        };
        answers.push((value, run.path.clone()));
    }
    let mut rethrown: Vec<Exit> = Vec::new();
    for exit in throws {
        match exit.how {
            How::Stop(_) => answers.push((super::super::redirect_answer(), exit.path)),
            _ => rethrown.push(exit),
        }
    }
    for exit in rethrown {
        run.rethrow(exit);
    }
    let cause = answers.iter().find_map(|(_, path)| path.doubt.clone());
    let cause = cause.map_or(Cause::Visitor, Cause::Unknown);
    let certain = answers.iter().any(|(_, path)| path.doubt == before.doubt);
    let mut met: Option<Path> = None;
    for (_, path) in &answers {
        met = Some(match met {
            None => path.clone(),
            Some(known) => Path::meet(&before, known, path.clone(), true),
        });
    }
    let Some(mut path) = met else {
        return Err(super::super::super::run::Dead);
    };
    if certain || answers.len() > 1 {
        path.doubt = before.doubt.clone();
    }
    path.arm = before.arm.clone();
    let value = super::super::super::run::one_of(answers, &path, &cause);
    run.path = path;
    Ok(Value::promise(value))
}

fn oldest_middleware(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Value(handler)) = call.data.as_deref() else {
        return Ok(Value::unknown());
    };
    let request = super::super::handler_request();
    run.path.clerk = true;
    let handler = handler.clone();
    as_response(run, |run| {
        let answer = run.call(&handler, vec![request], None, &call.place, "the handler")?;
        run.settle(answer)
    })
}

/// The middleware of version 4, also in 5: whatever is not public is protected.
fn old_middleware(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let options = match call.data.as_deref() {
        Some(Data::Value(options)) => options.clone(),
        _ => Value::Undefined,
    };
    let is_seen = !matches!(options.bare(), Value::Opaque(_));
    let option = |name: &str| {
        let known = options.property(name).filter(|_| is_seen);
        known.unwrap_or(Value::Undefined)
    };
    let place = call.place.clone();
    let request = super::super::handler_request();
    let path = run.question.path.clone();
    let lists = lists(run, &option).filter(|_| is_seen);
    let answer = match &lists {
        // Whatever they say, some routes are let through and the others are not.
        None => {
            run.trace(
                &place,
                "the lists of authMiddleware() could not be followed",
            );
            AuthAnswer::Undecided
        }
        Some(lists) => {
            let version = version(run.world.setting);
            let Ok(matcher) = AuthMiddleware::new(lists, version.as_deref()) else {
                return Err(run.stop(
                    "a pattern of authMiddleware() is invalid: the middleware fails",
                    &place,
                ));
            };
            matcher.answer(&path)
        }
    };
    if answer == AuthAnswer::Ignored {
        run.trace(&place, format!("authMiddleware() ignores {path}"));
        return Ok(Value::promise(Value::response(Response::Next)));
    }
    run.path.clerk = true;
    let public = match option("publicRoutes") {
        function if matches!(function.bare(), Value::Function(_) | Value::Native(_)) => run.call(
            &function,
            vec![request.clone()],
            None,
            &place,
            "publicRoutes",
        )?,
        _ => match answer {
            AuthAnswer::Public(index) => {
                let public = lists.as_ref().and_then(|lists| lists.public.get(index));
                let pattern = public.map(shown);
                let pattern = pattern.unwrap_or_else(|| "the sign-in and sign-up URLs".to_owned());
                run.matched("publicRoutes", &pattern, &place);
                let text = format!("publicRoutes has \"{pattern}\", which matches {path}");
                Value::Bool(true).decided(By::Route, &place, text)
            }
            AuthAnswer::Undecided => unread(&call),
            AuthAnswer::Malformed => {
                return Err(run.stop("the path is not encoded right: 400", &place));
            }
            _ => {
                let text = format!("no entry of publicRoutes matches {path}");
                Value::Bool(false).decided(By::Route, &place, text)
            }
        },
    };
    let reads = matches!(run.question.method.as_str(), "GET" | "HEAD" | "OPTIONS");
    let is_api = answer == AuthAnswer::Unauthorized || path.starts_with("/api/") || !reads;
    let after = option("afterAuth");
    as_response(run, |run| {
        let before = option("beforeAuth");
        let mut goes_on = false;
        if !before.is_nullish() {
            let first = run.call(
                &before,
                vec![request.clone(), Value::unknown()],
                None,
                &place,
                "beforeAuth",
            )?;
            let first = run.settle(first)?;
            if first.as_response() == Some(Response::Redirect)
                || matches!(first.bare(), Value::Bool(false))
            {
                return Ok(match first.bare() {
                    Value::Bool(_) => Value::response(Response::Next),
                    _ => first,
                });
            }
            goes_on = matches!(
                first.as_response(),
                Some(Response::Next | Response::Rewrite)
            );
        }
        if !after.is_nullish() {
            let auth = with(
                &signed_out(&place, "auth"),
                [
                    ("isPublicRoute", public),
                    ("isApiRoute", Value::Bool(is_api)),
                ],
            );
            let answer = run.call(
                &after,
                vec![auth, request, Value::unknown()],
                None,
                &place,
                "afterAuth",
            )?;
            return run.settle(answer);
        }
        run.branch(
            &public,
            &place,
            |_| Ok(Value::response(Response::Next)),
            |run| {
                // The headers of both answers are merged, and one of them is that which lets a request
                // through: the 401 is lost (`mergeResponses`; a redirect wins).
                if goes_on && is_api {
                    run.trace(
                        &place,
                        "beforeAuth answers with next(), which undoes the 401 of authMiddleware()",
                    );
                    return Ok(Value::response(Response::Next));
                }
                Err(run.stop("authMiddleware() refuses whatever is not public", &place))
            },
            |one, other, cause| either(one, other, &cause),
        )
    })
}

fn with<const N: usize>(object: &Value, more: [(&str, Value); N]) -> Value {
    let Some(object) = object.as_object() else {
        return object.clone();
    };
    let mut properties = object.properties.clone();
    properties.extend(more.into_iter().map(|(key, value)| (Rc::from(key), value)));
    Value::Object(Rc::new(Object {
        properties,
        open: false,
        kind: ObjectKind::Plain,
    }))
}

fn lists(run: &Run<'_>, option: &dyn Fn(&str) -> Value) -> Option<AuthRoutes> {
    let public = match option("publicRoutes") {
        function if matches!(function.bare(), Value::Function(_) | Value::Native(_)) => Vec::new(),
        list => patterns(&list)?,
    };
    let given = |name: &str| match option(name) {
        value if value.is_nullish() => Some(None),
        value => patterns(&value).map(Some),
    };
    let urls = [
        "NEXT_PUBLIC_CLERK_SIGN_IN_URL",
        "NEXT_PUBLIC_CLERK_SIGN_UP_URL",
    ];
    let env = &run.world.setting.env;
    Some(AuthRoutes {
        public,
        ignored: given("ignoredRoutes")?,
        api: given("apiRoutes")?,
        sign_urls: urls
            .iter()
            .filter_map(|name| env.get(*name).cloned())
            .collect(),
    })
}
