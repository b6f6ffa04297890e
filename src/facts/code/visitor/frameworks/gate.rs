//! The middleware on the way to a route.

use super::found::{unfound, value_of};
use super::locals::Values;
use super::{Caller, arguments, locals, packages, question, settled};
use crate::facts::code::routes::Resource;
use crate::facts::code::visitor::path::{Exit, How};
use crate::facts::code::visitor::resource::{finish, plain};
use crate::facts::code::visitor::run::{Eval, Run};
use crate::facts::code::visitor::value::{Call, Data, ObjectKind, Value};
use crate::facts::code::visitor::verdict::{Answer, Asked};
use crate::facts::code::visitor::world::World;
use crate::model::routes::{CodePlace, Layer, Verdict};

/// What the middleware on the way to a route does with a visitor: the first that stops them counts.
pub fn hooks(world: &World<'_>, before: &[Resource], path: &str, method: &str) -> Answer {
    let none = Layer {
        verdict: Verdict::Reached,
        place: None,
        why: "no middleware runs here".to_owned(),
    };
    let mut met = Answer::plain(none);
    let mut values = Values::new();
    for hook in before {
        let (answer, passed) = ask(world, hook, path, method, values);
        values = passed;
        let is_worse = met.layer.place.is_none() || answer.layer.verdict > met.layer.verdict;
        match answer.layer.verdict {
            Verdict::Stopped => return answer,
            Verdict::Reached if !is_worse => {}
            _ if met.layer.verdict == Verdict::Undecided => {}
            _ => met = answer,
        }
    }
    met
}

/// Runs one piece of middleware; what it leaves for the next one comes with the answer.
pub(super) fn ask(
    world: &World<'_>,
    hook: &Resource,
    path: &str,
    method: &str,
    before: Values,
) -> (Answer, Values) {
    let mut run = Run::new(world, question(path, method, true));
    let Some((value, place)) = value_of(&mut run, hook) else {
        return (unfound(world, hook), before);
    };
    locals::begin(&mut run, &place.file, before.clone());
    let mut functions = Vec::new();
    if !all_functions(&value, &mut functions) {
        let why = "the list of middleware could not be followed";
        return (plain(Verdict::Undecided, Some(place), why), before);
    }
    if functions.is_empty() {
        return (
            plain(
                Verdict::Reached,
                Some(place),
                "the middleware here stops nobody",
            ),
            before,
        );
    }
    let exits = run.exits(
        |run| {
            let end = Value::native("next", locals::pass);
            run_chain(run, &end, &functions, &place)
        },
        &place,
    );
    let exits = settled(world.serving.caller, exits, true);
    let mut answer = finish(&run, &exits, Asked::Middleware);
    handed_on(&exits, &mut answer);
    let passed = locals::passed(&mut run).unwrap_or(before);
    (answer, passed)
}

/// The functions in a list of middleware, also those that a builder holds.
pub(super) fn all_functions(value: &Value, all: &mut Vec<Value>) -> bool {
    match value.bare() {
        Value::List(list) if !list.open => list.items.iter().all(|one| all_functions(one, all)),
        Value::Object(object) => match &object.kind {
            ObjectKind::Builder(inside) => {
                all.extend(inside.iter().cloned());
                true
            }
            _ => false,
        },
        // `enabled ? clerkMiddleware() : (event) => {}` is one of two.
        Value::Function(_) | Value::Native(_) | Value::Opaque(_) | Value::OneOf(..) => {
            all.push(value.clone());
            true
        }
        Value::Undefined => true,
        _ => false,
    }
}

/// Calls middleware in a row, each going on by what it is handed.
pub(super) fn run_chain(
    run: &mut Run<'_>,
    end: &Value,
    functions: &[Value],
    place: &CodePlace,
) -> Eval<Value> {
    let Some((first, rest)) = functions.split_first() else {
        return run.call(end, Vec::new(), None, place, "next");
    };
    if packages::is_harmless_hook(first) {
        return run_chain(run, end, rest, place);
    }
    let next = chain(end, rest);
    let given = arguments::of_hook(run, next.clone());
    let text = match first.bare() {
        Value::Opaque(opaque) => opaque.trail.clone(),
        _ => None,
    };
    let text = text.as_deref().unwrap_or("the middleware");
    let value = run.call(first, given, None, place, text)?;
    let value = run.settle(value)?;
    match run.world.serving.caller {
        // Without an answer the framework itself goes on.
        Caller::ReactRouter | Caller::Astro if matches!(value.bare(), Value::Undefined) => {
            run.call(&next, Vec::new(), None, place, "next")
        }
        _ => Ok(value),
    }
}

/// A `next` that goes on to other middleware.
pub(super) fn chain(end: &Value, rest: &[Value]) -> Value {
    if rest.is_empty() {
        return end.clone();
    }
    let mut all = vec![end.clone()];
    all.extend(rest.iter().cloned());
    Value::native_with("next", go_on, Data::Values(all))
}

fn go_on(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Values(all)) = call.data.as_deref() else {
        return Ok(Value::unknown());
    };
    let Some((end, rest)) = all.split_first() else {
        return Ok(Value::unknown());
    };
    let value = run_chain(run, end, rest, &call.place)?;
    Ok(Value::promise(value))
}

/// Middleware that hands the request to something unknown lets that decide.
fn handed_on(exits: &[Exit], answer: &mut Answer) {
    if answer.layer.verdict != Verdict::Reached {
        return;
    }
    let unknown = exits.iter().find_map(|exit| match &exit.how {
        How::Return(value) => match value.bare() {
            Value::Opaque(opaque) => Some((opaque, &exit.place)),
            _ => None,
        },
        _ => None,
    });
    if let Some((opaque, place)) = unknown {
        let name = opaque.trail.as_deref().unwrap_or("code");
        answer.layer.verdict = Verdict::Undecided;
        answer.layer.place = opaque.place.clone().or_else(|| Some(place.clone()));
        answer.layer.why = format!("{name} answers, which could not be followed");
    }
}
