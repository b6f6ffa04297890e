//! What a framework calls for a request, called for the visitor.

use std::rc::Rc;

use super::library;
use super::path::{Exit, How};
use super::run::{Eval, Question, Run};
use super::value::{ObjectKind, Opaque, Value};
use super::verdict::{self, Answer, Asked};
use super::world::{CLIENT, World};
use crate::facts::code::routes::{Resource, Target};
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
        mounted: 0,
        path: path.to_owned(),
        method: method.to_owned(),
        in_middleware: true,
        clerk_ran: true,
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
    answer.asked.clone_from(&run.asked);
    answer.sessions.clone_from(&run.sessions);
    let lists = run.matches.iter();
    answer.lists = lists
        .map(|one| (one.list.clone(), one.pattern.clone(), one.place.clone()))
        .collect();
    answer
}

/// What a page, handler or function itself does with the visitor; `clerk_ran` says whether Clerk's middleware
/// has seen the request before.
pub fn resource(
    world: &World<'_>,
    kind: RouteKind,
    target: &Target,
    path: &str,
    clerk_ran: bool,
) -> Answer {
    let question = Question {
        mounted: 0,
        path: path.to_owned(),
        method: target.method.clone(),
        in_middleware: false,
        clerk_ran,
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
        Resource::Chain { .. } => super::chain::whole(world, target, path, false),
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
            render_all(run, &list.items, depth + 1)?;
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
            let properties = element.properties.as_object();
            let properties = properties
                .into_iter()
                .flat_map(|all| all.properties.values());
            let inside: Vec<Value> = element.children.iter().chain(properties).cloned().collect();
            render_all(run, &inside, depth + 1)?;
        }
        _ => {}
    }
    Ok(value)
}

/// Renders what stands side by side. What stands below a fallback is sent after the answer has begun: if it
/// ends, the others go on, and it ends the page only where none of them does any work.
fn render_all(run: &mut Run<'_>, all: &[Value], depth: u32) -> Eval<()> {
    let before = run.path.clone();
    let mut ended: Vec<Exit> = Vec::new();
    for one in all {
        let here = run.path.clone();
        let (shown, thrown) = run.caught(|run| render(run, one.clone(), depth));
        match shown {
            Err(dead) if !is_late(one) => {
                thrown.into_iter().for_each(|exit| run.rethrow(exit));
                return Err(dead);
            }
            Err(_) => {
                ended.extend(thrown);
                run.path = here;
            }
            Ok(_) => thrown.into_iter().for_each(|exit| run.rethrow(exit)),
        }
    }
    let nothing_done = run.path.work.is_start_of(&before.work);
    if ended.is_empty() || !nothing_done {
        return Ok(());
    }
    ended.into_iter().for_each(|exit| run.rethrow(exit));
    Err(super::run::Dead)
}

fn is_late(value: &Value) -> bool {
    let kind = value.as_object().map(|object| &object.kind);
    matches!(kind, Some(ObjectKind::Element(element)) if &*element.name == "Suspense")
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
