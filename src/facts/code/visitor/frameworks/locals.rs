//! What middleware leaves for the code behind it: `locals` of Astro and SvelteKit, `event.context` of h3.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::facts::code::visitor::library;
use crate::facts::code::visitor::run::{Eval, Run, either};
use crate::facts::code::visitor::scope::Scope;
use crate::facts::code::visitor::value::{
    By, Call, Cause, ObjectKind, Opaque, Origin, Response, Text, Value,
};

/// What was left, by name.
pub(in super::super) type Values = BTreeMap<Text, Value>;

/// What one visit leaves and finds.
#[derive(Default)]
pub(in super::super) struct Locals {
    /// The names with what they hold on the way that is walked; the journal takes writes back.
    scope: Option<Rc<Scope>>,
    /// What they held where the visitor was let through.
    passed: Option<Values>,
    /// The modules of the layouts around what is asked, outermost first.
    pub layouts: Vec<String>,
}

/// Begins a visit with what was left before it.
pub(super) fn begin(run: &mut Run<'_>, file: &str, values: Values) {
    let Some(instance) = run.world.instance(file) else {
        return;
    };
    let top = run.top(&instance);
    let scope = Scope::inside(&top);
    for (name, value) in values {
        scope.keep(&name, value);
    }
    run.locals = Locals {
        scope: Some(scope),
        passed: None,
        layouts: Vec::new(),
    };
}

/// What was left where the visitor was let through.
pub(super) fn passed(run: &mut Run<'_>) -> Option<Values> {
    let here = run.locals.scope.as_ref().map(|scope| scope.all());
    run.locals.passed.take().or(here)
}

/// The object itself.
pub(super) fn object() -> Value {
    Value::of_kind(ObjectKind::Locals, [])
}

/// Sets a name.
pub(in super::super) fn write(run: &mut Run<'_>, name: Option<Text>, value: Value) {
    if let (Some(scope), Some(name)) = (run.locals.scope.clone(), name) {
        run.keep_on_way(&scope, &name, value);
    }
}

/// What a name holds.
pub(in super::super) fn property(run: &mut Run<'_>, name: &str) -> Value {
    let written = run.locals.scope.as_ref().and_then(|scope| scope.own(name));
    if let Some(value) = written {
        return value;
    }
    match name {
        "auth" => Value::native("auth", |run, call| {
            Ok(super::clerk::auth_of_locals(run, &call))
        }),
        "currentUser" => Value::native("currentUser", |_, call| {
            let text = format!("{}() is null: there is no session", call.written);
            let user = Value::Null.decided(By::SignedOut, &call.place, text);
            Ok(Value::promise(user))
        }),
        "params" => library::visitors(),
        // Cloudflare's bindings, as its adapters hand them on.
        "runtime" | "cloudflare" => super::arguments::platform(),
        _ => Value::from(Opaque {
            trail: Some(Rc::from(format!("locals.{name}"))),
            place: Some(run.now()),
            ..Opaque::of(Origin::Unknown)
        }),
    }
}

/// `next()` and `resolve(event)`: the visitor is let through.
pub(super) fn pass(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let text = format!("{}() lets the visitor through", call.written);
    run.trace(&call.place, text);
    let now = run.locals.scope.as_ref().map(|scope| scope.all());
    let cause = match &run.path.doubt {
        Some(doubt) => Cause::Unknown(Rc::clone(doubt)),
        None => Cause::Visitor,
    };
    run.locals.passed = match (run.locals.passed.take(), now) {
        (Some(before), Some(now)) => Some(joined(before, now, &cause)),
        (before, now) => before.or(now),
    };
    Ok(Value::promise(Value::response(Response::Next)))
}

/// What holds where the visitor came one of two ways.
fn joined(before: Values, mut now: Values, cause: &Cause) -> Values {
    let mut all = Values::new();
    for (name, value) in before {
        let other = now.remove(&name).unwrap_or(Value::Undefined);
        all.insert(name, either(value, other, cause));
    }
    for (name, value) in now {
        all.insert(name, either(Value::Undefined, value, cause));
    }
    all
}
