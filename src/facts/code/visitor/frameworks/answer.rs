//! What a route itself does, once the middleware has let the visitor through.

use std::rc::Rc;
use std::sync::Arc;

use super::found::{file_of, unfound, value_of};
use super::gate::{all_functions, ask, run_chain};
use super::locals::Values;
use super::{arguments, locals, question, settled};
use crate::facts::code::routes::{Resource, Target};
use crate::facts::code::tree::Function;
use crate::facts::code::visitor::path::Exit;
use crate::facts::code::visitor::resource::{delegated, finish, plain, start_of, wrapped_with};
use crate::facts::code::visitor::run::Run;
use crate::facts::code::visitor::scope::Scope;
use crate::facts::code::visitor::value::{Closure, Value};
use crate::facts::code::visitor::verdict::{Answer, Asked};
use crate::facts::code::visitor::world::World;
use crate::model::routes::{CodePlace, RouteKind, Verdict};

/// What a route does with a visitor, with what the middleware before it has left for it.
pub fn behind(
    world: &World<'_>,
    before: &[Resource],
    kind: RouteKind,
    target: &Target,
    path: &str,
    layouts: &[String],
) -> Answer {
    if let Resource::Static { why } = &target.resource {
        return plain(Verdict::Reached, None, why.clone());
    }
    let mut values = Values::new();
    for hook in before {
        values = ask(world, hook, path, &target.method, values).1;
    }
    let mut run = Run::new(world, question(path, &target.method, false));
    let asked = match kind {
        RouteKind::Page => Asked::Page,
        RouteKind::Handler | RouteKind::Api => Asked::Handler,
        RouteKind::Action => Asked::Action,
    };
    let file = file_of(&target.resource).to_owned();
    locals::begin(&mut run, &file, values);
    run.locals.layouts = layouts.to_vec();
    let (exits, place) = match &target.resource {
        Resource::Series(steps) => series(&mut run, steps),
        Resource::Body { file } if world.instance(file).is_none() => {
            let why = "the page could not be read";
            return plain(Verdict::Undecided, Some(start_of(file)), why);
        }
        Resource::Body { file } => (front_matter(&mut run, file), start_of(file)),
        one => {
            let Some((value, place)) = value_of(&mut run, one) else {
                return unfound(world, one);
            };
            if let Some(answer) = uncallable(&mut run, &value, kind, asked, &place) {
                return answer;
            }
            (call(&mut run, kind, &value, &place), place)
        }
    };
    let exits = settled(world.serving.caller, exits, false);
    let mut answer = finish(&run, &exits, asked);
    delegated(&exits, &mut answer);
    if answer
        .layer
        .place
        .as_ref()
        .is_some_and(|at| at.file.is_empty())
    {
        answer.layer.place = Some(place);
    }
    answer
}

/// The answer for something that is no function that could be followed.
fn uncallable(
    run: &mut Run<'_>,
    value: &Value,
    kind: RouteKind,
    asked: Asked,
    place: &CodePlace,
) -> Option<Answer> {
    match value.bare() {
        Value::Function(_) | Value::Native(_) | Value::OneOf(..) => None,
        Value::Object(object)
            if ["()", "handler"]
                .iter()
                .any(|name| object.properties.contains_key(*name)) =>
        {
            None
        }
        Value::Opaque(opaque) => {
            let opaque = Rc::clone(opaque);
            let given = arguments::of_resource(run, kind);
            let wrapped = wrapped_with(run, given, &opaque, asked, place);
            Some(wrapped)
        }
        _ => Some(plain(
            Verdict::Undecided,
            Some(place.clone()),
            "it is no function that could be followed",
        )),
    }
}

/// Calls what answers.
fn call(run: &mut Run<'_>, kind: RouteKind, value: &Value, place: &CodePlace) -> Vec<Exit> {
    let given = arguments::of_resource(run, kind);
    run.exits(
        |run| {
            // `{ middleware, handler }`: the handler of a server route, or the options of an action.
            let written = match value.as_object() {
                Some(object) if !object.properties.contains_key("()") => {
                    let mut before = Vec::new();
                    if let Some(list) = object.properties.get("middleware")
                        && !all_functions(list, &mut before)
                    {
                        return Ok(Value::unknown());
                    }
                    let handler = value.property("handler").unwrap_or_else(Value::unknown);
                    before.push(handler);
                    before
                }
                _ => vec![value.clone()],
            };
            let Some((last, before)) = written.split_last() else {
                return Ok(Value::unknown());
            };
            if before.is_empty() {
                let answer = run.call(last, given, None, place, "the handler")?;
                return run.settle(answer);
            }
            run_chain(run, last, before, place)
        },
        place,
    )
}

/// Runs functions one after the other; what they return becomes the `context` of the next.
fn series(run: &mut Run<'_>, steps: &[Resource]) -> (Vec<Exit>, CodePlace) {
    let mut place = start_of(steps.last().map_or("", file_of));
    let exits = run.exits(
        |run| {
            let mut context = arguments::start_context();
            let mut last = Value::Undefined;
            for step in steps {
                let Some((value, at)) = value_of(run, step) else {
                    return Ok(Value::unknown());
                };
                place = at.clone();
                let given = arguments::of_step(run, context.clone());
                let answer = run.call(&value, vec![given], None, &at, "the step")?;
                last = run.settle(answer)?;
                if last.as_response().is_some() {
                    break;
                }
                context = arguments::merged(&context, &last);
            }
            Ok(last)
        },
        &start_of(steps.first().map_or("", file_of)),
    );
    (exits, place)
}

/// Runs the code between the fences of an `.astro` page.
fn front_matter(run: &mut Run<'_>, file: &str) -> Vec<Exit> {
    let place = start_of(file);
    let Some(instance) = run.world.instance(file) else {
        return Vec::new();
    };
    let top = run.top(&instance);
    let scope = Scope::inside(&top);
    let astro = arguments::astro(run);
    scope.keep(&Rc::from("Astro"), astro);
    let function = Function {
        body: instance.module.program.body.clone(),
        is_async: true,
        is_arrow: true,
        ..Function::default()
    };
    let page = Value::Function(Rc::new(Closure {
        function: Arc::new(function),
        scope,
        this: None,
    }));
    run.exits(
        |run| run.call(&page, Vec::new(), None, &place, "the page"),
        &place,
    )
}
