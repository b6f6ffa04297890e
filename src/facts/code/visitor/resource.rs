//! What a framework calls for a request, called for the visitor.

use std::rc::Rc;

use super::library;
use super::path::{Exit, How};
use super::run::{Eval, Question, Run};
use super::value::{Data, ObjectKind, Opaque, Value};
use super::verdict::{self, Answer, Asked};
use super::world::{CLIENT, World};
use crate::facts::code::routes::{Resource, Target};
use crate::facts::code::tree::{Expr, Function};
use crate::model::routes::{CodePlace, Layer, RouteKind, Verdict};

pub(super) fn start_of(file: &str) -> CodePlace {
    CodePlace {
        file: file.to_owned(),
        line: 1,
        column: 1,
    }
}

pub(super) fn plain(verdict: Verdict, place: Option<CodePlace>, why: impl Into<String>) -> Answer {
    Answer::plain(Layer {
        verdict,
        place,
        why: why.into(),
    })
}

/// What the middleware in a file does with a visitor who asks for a path. `exports` are the names by which
/// the framework may find it, best first.
pub fn middleware(
    world: &World<'_>,
    file: &str,
    exports: &[&str],
    path: &str,
    method: &str,
) -> Answer {
    let question = Question {
        path: path.to_owned(),
        method: method.to_owned(),
        in_middleware: true,
        is_web: true,
    };
    let mut run = Run::new(world, question);
    let found = exports.iter().find_map(|name| run.export(file, name));
    let Some(function) = found else {
        let why = "its function was not found in the file";
        return plain(Verdict::Undecided, Some(start_of(file)), why);
    };
    let place = start_of(file);
    let exits = run.exits(
        |run| {
            let request = library::handler_request();
            run.call(
                &function,
                vec![request, Value::unknown()],
                None,
                &place,
                "the middleware",
            )
        },
        &place,
    );
    finish(&run, &exits, Asked::Middleware)
}

pub(super) fn finish(run: &Run<'_>, exits: &[Exit], asked: Asked) -> Answer {
    let mut answer = verdict::judge(exits, asked, run.exhausted.as_ref());
    let lists = run.matches.iter();
    answer.lists = lists
        .map(|one| (one.list.clone(), one.pattern.clone(), one.place.clone()))
        .collect();
    answer
}

/// What a page, handler or function itself does with the visitor.
pub fn resource(world: &World<'_>, kind: RouteKind, target: &Target, path: &str) -> Answer {
    let question = Question {
        path: path.to_owned(),
        method: target.method.clone(),
        in_middleware: false,
        is_web: kind != RouteKind::Api,
    };
    let mut run = Run::new(world, question);
    match &target.resource {
        Resource::Static { why } => plain(Verdict::Reached, None, why.clone()),
        Resource::Export { file, name } => {
            let place = place_of_export(world, file, name);
            match run.export(file, name) {
                Some(value) => call(&mut run, kind, name, &value, &place),
                None => plain(
                    Verdict::Undecided,
                    Some(place),
                    format!("{name} was not found in the file"),
                ),
            }
        }
        Resource::Inline { file, at } => {
            let Some(instance) = world.instance(file) else {
                return plain(
                    Verdict::Undecided,
                    Some(start_of(file)),
                    "the file could not be read",
                );
            };
            let place = instance.place(*at);
            match super::run::function_at(&instance.module.program, *at) {
                Some(function) => {
                    let top = run.top(&instance);
                    let value = run.inline(&top, &function);
                    call(&mut run, kind, "", &value, &place)
                }
                None => plain(
                    Verdict::Undecided,
                    Some(place),
                    "the function was not found",
                ),
            }
        }
        Resource::Chain { file, handlers } => chain(&mut run, file, handlers),
        // Only other frameworks have these: [`super::behind`].
        Resource::Member { .. } | Resource::Series(_) | Resource::Body { .. } => {
            plain(Verdict::Undecided, None, "it could not be followed")
        }
    }
}

pub(super) fn place_of_export(world: &World<'_>, file: &str, name: &str) -> CodePlace {
    let at = world.instance(file).and_then(|instance| {
        let export = instance.module.export(name)?;
        Some(instance.place(export.at))
    });
    at.unwrap_or_else(|| start_of(file))
}

/// Calls what answers.
fn call(
    run: &mut Run<'_>,
    kind: RouteKind,
    name: &str,
    value: &Value,
    place: &CodePlace,
) -> Answer {
    let asked = match kind {
        RouteKind::Page => Asked::Page,
        RouteKind::Handler | RouteKind::Api => Asked::Handler,
        RouteKind::Action => Asked::Action,
    };
    if let Value::Opaque(opaque) = value.bare() {
        return wrapped(run, kind, opaque, asked, place);
    }
    let arguments = arguments(kind, name);
    let text = if name.is_empty() {
        "the function"
    } else {
        name
    };
    let exits = run.exits(
        |run| {
            let answer = run.call(value, arguments, None, place, text)?;
            run.settle(answer)
        },
        place,
    );
    let exits = match kind {
        RouteKind::Page => rendered(run, exits),
        _ => exits,
    };
    let mut answer = finish(run, &exits, asked);
    delegated(&exits, &mut answer);
    answer
}

/// A handler that hands the whole request to something unknown lets that decide.
pub(super) fn delegated(exits: &[Exit], answer: &mut Answer) {
    if answer.layer.verdict != Verdict::Reached || !answer.work.is_empty() {
        return;
    }
    let handed = exits.iter().find_map(|exit| match &exit.how {
        How::Return(value) => match value.bare() {
            Value::Opaque(opaque) if opaque.decides => Some((opaque, &exit.place)),
            _ => None,
        },
        _ => None,
    });
    if let Some((opaque, place)) = handed {
        answer.layer.verdict = Verdict::Undecided;
        answer.layer.place = opaque.place.clone().or_else(|| Some(place.clone()));
        let name = opaque
            .trail
            .as_deref()
            .unwrap_or("code that could not be followed");
        answer.layer.why = format!("the request is handed to {name}, which could not be followed");
    }
}

/// A handler made by a function that nobody knows, of functions that we can follow.
fn wrapped(
    run: &mut Run<'_>,
    kind: RouteKind,
    opaque: &Rc<Opaque>,
    asked: Asked,
    place: &CodePlace,
) -> Answer {
    wrapped_with(run, arguments(kind, ""), opaque, asked, place)
}

/// The same, the functions being called with these.
pub(super) fn wrapped_with(
    run: &mut Run<'_>,
    given: Vec<Value>,
    opaque: &Rc<Opaque>,
    asked: Asked,
    place: &CodePlace,
) -> Answer {
    let name = opaque.trail.as_deref().unwrap_or("code");
    let package = opaque.package.as_deref().unwrap_or("elsewhere");
    if package == CLIENT {
        return plain(
            Verdict::Reached,
            None,
            "a client component: it runs in the browser",
        );
    }
    let why = match package.starts_with("global") {
        true => format!("it is made by {name}, which could not be followed"),
        false => format!("it is made by {name} of {package}, which could not be followed"),
    };
    let at = opaque.place.clone().unwrap_or_else(|| place.clone());
    let unknown = plain(Verdict::Undecided, Some(at), why);
    let [inner] = opaque.wraps.as_slice() else {
        return unknown;
    };
    let inner = inner.clone();
    let exits = run.exits(
        |run| {
            let answer = run.call(&inner, given, None, place, name)?;
            run.settle(answer)
        },
        place,
    );
    let answer = finish(run, &exits, asked);
    match answer.layer.verdict {
        // Whatever the wrapper does: the inside refuses.
        Verdict::Stopped | Verdict::Credential => answer,
        _ => Answer {
            work: answer.work,
            trace: answer.trace,
            ..unknown
        },
    }
}

/// What the framework passes.
fn arguments(kind: RouteKind, name: &str) -> Vec<Value> {
    let request = library::handler_request();
    let parameters = || Value::promise(library::visitors());
    match kind {
        RouteKind::Page if name == "getServerSideProps" || name == "loader" || name == "action" => {
            vec![Value::object([
                ("req", request.clone()),
                ("request", request),
                ("res", library::reply()),
                ("params", library::visitors()),
                ("query", library::visitors()),
                ("context", Value::unknown()),
                ("resolvedUrl", Value::unknown()),
                ("locale", Value::unknown()),
            ])]
        }
        RouteKind::Page => vec![Value::object([
            ("params", parameters()),
            ("searchParams", parameters()),
        ])],
        RouteKind::Handler => vec![request, Value::object([("params", parameters())])],
        RouteKind::Api => vec![request, library::reply()],
        RouteKind::Action => vec![super::run::truthy(Value::visitors()); 4],
    }
}

/// The ends of a page, after what it returns has been rendered.
fn rendered(run: &mut Run<'_>, exits: Vec<Exit>) -> Vec<Exit> {
    let mut all = Vec::new();
    for exit in exits {
        let How::Return(value) = exit.how else {
            all.push(exit);
            continue;
        };
        run.path = exit.path;
        all.extend(run.exits(|run| render(run, value, 0), &exit.place));
    }
    all
}

/// How deep components are followed into components.
const MAX_RENDER: u32 = 12;

/// Renders what a page returned: server components inside it run too, and one that ends the request ends
/// it for the page.
fn render(run: &mut Run<'_>, value: Value, depth: u32) -> Eval<Value> {
    if depth > MAX_RENDER {
        return Ok(value);
    }
    match value.bare() {
        Value::List(list) => {
            for item in &list.items {
                render(run, item.clone(), depth)?;
            }
        }
        Value::Promise(_) => {
            let inner = run.settle(value.clone())?;
            render(run, inner, depth + 1)?;
        }
        Value::OneOf(all, _) => {
            // One of them is shown; none is certain to end the request.
            let all = Rc::clone(all);
            for one in all.iter() {
                run.perhaps(|run| render(run, one.clone(), depth + 1).map(drop));
            }
        }
        Value::Object(object) => {
            let ObjectKind::Element(element) = &object.kind else {
                return Ok(value);
            };
            let element = Rc::clone(element);
            if is_gate(&element.name) {
                return Ok(value);
            }
            // What stands below a fallback is sent after the answer has begun.
            let is_late = &*element.name == "Suspense";
            if let Value::Function(_) = element.component.bare() {
                let properties = with_children(&element.properties, &element.children);
                let place = element.place.clone();
                let shown = run.call(
                    &element.component,
                    vec![properties],
                    None,
                    &place,
                    &element.name,
                );
                let shown = shown.and_then(|shown| run.settle(shown))?;
                render(run, shown, depth + 1)?;
                return Ok(value);
            }
            let inside = element.children.iter().cloned().chain(
                element
                    .properties
                    .as_object()
                    .into_iter()
                    .flat_map(|all| all.properties.values().cloned().collect::<Vec<_>>()),
            );
            for child in inside {
                match is_late {
                    true => run.perhaps(|run| render(run, child.clone(), depth + 1).map(drop)),
                    false => drop(render(run, child, depth + 1)?),
                }
            }
        }
        _ => {}
    }
    Ok(value)
}

/// Clerk's components that show their inside only to who is signed in.
fn is_gate(name: &str) -> bool {
    matches!(name, "SignedIn" | "Protect" | "Show" | "Authenticated")
}

fn with_children(properties: &Value, children: &[Value]) -> Value {
    let Some(object) = properties.as_object() else {
        return properties.clone();
    };
    let mut all = object.properties.clone();
    let children = match children {
        [] => return properties.clone(),
        [one] => one.clone(),
        many => Value::list(many.to_vec()),
    };
    all.insert(Rc::from("children"), children);
    Value::Object(Rc::new(super::value::Object {
        properties: all,
        open: object.open,
        kind: ObjectKind::Plain,
    }))
}

/// Handlers in a row, each going on by `next()`.
fn chain(run: &mut Run<'_>, file: &str, handlers: &[Expr]) -> Answer {
    let Some(instance) = run.world.instance(file) else {
        return plain(
            Verdict::Undecided,
            Some(start_of(file)),
            "the file could not be read",
        );
    };
    let top = run.top(&instance);
    let mut functions = Vec::new();
    for handler in handlers {
        match run.aside(|run| run.expr(&top, handler)) {
            Ok(value) => functions.push(value),
            Err(_) => {
                return plain(
                    Verdict::Undecided,
                    Some(instance.place(handler.at)),
                    "it could not be followed",
                );
            }
        }
    }
    let place = handlers
        .last()
        .map_or_else(|| start_of(file), |last| instance.place(last.at));
    let exits = run.exits(
        |run| {
            let next = Value::native_with("next", next_handler, Data::Values(functions));
            run.call(&next, Vec::new(), None, &place, "the route")
        },
        &place,
    );
    let mut answer = finish(run, &exits, Asked::Handler);
    delegated(&exits, &mut answer);
    answer
}

/// Calls the first of the handlers that are left, with a `next` for the others.
fn next_handler(run: &mut Run<'_>, call: super::value::Call<'_>) -> Eval<Value> {
    if !matches!(call.argument(0).bare(), Value::Undefined) {
        return Err(run.stop("passes an error on", &call.place));
    }
    let Some(Data::Values(rest)) = call.data.as_deref() else {
        return Ok(Value::Undefined);
    };
    let Some((first, rest)) = rest.split_first() else {
        return Ok(Value::Undefined);
    };
    let next = Value::native_with("next", next_handler, Data::Values(rest.to_vec()));
    let parameters = match first.bare() {
        Value::Function(closure) => parameters(&closure.function),
        _ => 3,
    };
    // Hono's handlers take a context and `next`; Express's a request, a response and `next`.
    let context = Value::of_kind(ObjectKind::Context, []);
    let given = match (first.bare(), parameters) {
        (Value::Function(_), 1) if !run.question.is_web => {
            vec![library::handler_request(), library::reply(), next]
        }
        (Value::Function(_), 1) => vec![context],
        (Value::Function(_), 2) if run.question.is_web => vec![context, next],
        _ => vec![library::handler_request(), library::reply(), next],
    };
    let value = run.call(first, given, None, &call.place, "the handler")?;
    run.settle(value)
}

fn parameters(function: &Function) -> usize {
    function.parameters.len()
}
