//! The frameworks beside Next.js that find their routes in files: what each passes to the code that it
//! calls, what it does with what comes back, and what it gives to modules by itself.

mod arguments;
mod clerk;
mod h3;
mod locals;
mod packages;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::path::{Exit, How};
use super::resource::{finish, place_of_export, plain, start_of};
use super::run::{Eval, Question, Run};
use super::scope::Scope;
use super::value::{By, Closure, Data, ObjectKind, Response, Value};
use super::verdict::{Answer, Asked};
use super::world::World;
use crate::facts::code::routes::{Resource, Target};
use crate::facts::code::tree::Function;
use crate::model::routes::{CodePlace, Layer, RouteKind, Verdict};

pub(super) use locals::{Locals, Values, property as property_of_locals, write as write_local};
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
            h3::import(name).or_else(|| clerk::import("@clerk/nuxt/server", name))
        }
        _ => None,
    }
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
        path: path.to_owned(),
        // A handler for every method is asked as most visitors ask.
        method: match method {
            "ALL" | "ANY" => "GET".to_owned(),
            method => method.to_owned(),
        },
        in_middleware,
        is_web: true,
    }
}

/// What the middleware on the way to a route does with a visitor: the first that stops them counts.
pub fn gate(world: &World<'_>, before: &[Resource], path: &str, method: &str) -> Answer {
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
fn ask(
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
fn all_functions(value: &Value, all: &mut Vec<Value>) -> bool {
    match value.bare() {
        Value::List(list) if !list.open => list.items.iter().all(|one| all_functions(one, all)),
        Value::Object(object) => match &object.kind {
            ObjectKind::Builder(inside) => {
                all.extend(inside.iter().cloned());
                true
            }
            _ => false,
        },
        Value::Function(_) | Value::Native(_) | Value::Opaque(_) => {
            all.push(value.clone());
            true
        }
        Value::Undefined => true,
        _ => false,
    }
}

/// Calls middleware in a row, each going on by what it is handed.
fn run_chain(
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
fn chain(end: &Value, rest: &[Value]) -> Value {
    if rest.is_empty() {
        return end.clone();
    }
    let mut all = vec![end.clone()];
    all.extend(rest.iter().cloned());
    Value::native_with("next", go_on, Data::Values(all))
}

fn go_on(run: &mut Run<'_>, call: super::value::Call<'_>) -> Eval<Value> {
    let Some(Data::Values(all)) = call.data.as_deref() else {
        return Ok(Value::unknown());
    };
    let Some((end, rest)) = all.split_first() else {
        return Ok(Value::unknown());
    };
    let value = run_chain(run, end, rest, &call.place)?;
    Ok(Value::promise(value))
}

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
    super::resource::delegated(&exits, &mut answer);
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

fn file_of(resource: &Resource) -> &str {
    match resource {
        Resource::Export { file, .. }
        | Resource::Member { file, .. }
        | Resource::Inline { file, .. }
        | Resource::Chain { file, .. }
        | Resource::Body { file } => file,
        Resource::Series(steps) => steps.first().map_or("", file_of),
        Resource::Static { .. } => "",
    }
}

fn unfound(world: &World<'_>, resource: &Resource) -> Answer {
    let file = file_of(resource);
    let name = match resource {
        Resource::Export { name, .. } | Resource::Member { name, .. } => name.as_str(),
        _ => "",
    };
    let place = place_of_export(world, file, name);
    plain(
        Verdict::Undecided,
        Some(place),
        format!("{name} was not found in the file"),
    )
}

/// The value that a resource names.
fn value_of(run: &mut Run<'_>, resource: &Resource) -> Option<(Value, CodePlace)> {
    let (file, name, path): (&str, &str, &[String]) = match resource {
        Resource::Export { file, name } => (file, name, &[]),
        Resource::Member { file, name, path } => (file, name, path),
        _ => return None,
    };
    let place = place_of_export(run.world, file, name);
    let mut value = match run.export(file, name) {
        Some(value) => value,
        None => {
            let instance = run.world.instance(file)?;
            let top = run.top(&instance);
            match run.top_level(&top, name) {
                Some(value) => value,
                None => run.export(file, "default")?,
            }
        }
    };
    for name in path {
        value = part(run, &value, name, &place)?;
    }
    Some((value, place))
}

/// A property of what is written out; a function stands for what it returns.
fn part(run: &mut Run<'_>, value: &Value, name: &str, place: &CodePlace) -> Option<Value> {
    let mut value = value.clone();
    if let Value::Function(_) = value.bare() {
        let same = Value::native("createHandlers", |_, call| Ok(call.argument(0)));
        let helpers = Value::object([("createHandlers", same)]);
        let function = value.clone();
        let made = run.aside(|run| {
            let made = run.call(&function, vec![helpers], None, place, "the options")?;
            run.settle(made)
        });
        value = made.ok()?;
    }
    match value.bare() {
        Value::Object(_) => Some(run.get(&value, name, place)),
        _ => None,
    }
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
            let wrapped = super::resource::wrapped_with(run, given, &opaque, asked, place);
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
        let why: Rc<str> = Rc::from("the page could not be read");
        let mut exits = run.exits(|_| Ok(Value::Undefined), &place);
        for exit in &mut exits {
            exit.path.doubt = Some(Rc::new(super::value::Doubt {
                why: why.to_string(),
                place: place.clone(),
            }));
        }
        return exits;
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
