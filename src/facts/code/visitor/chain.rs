//! Handlers in a row, as a server runs them for a request: who answers ends it, who goes on hands it to
//! the next.
//!
//! Express: `lib/router/layer.js` and `route.js` of `router`; Hono: `compose.ts`; Fastify: `lib/hooks.js`
//! (a hook that has answered is the last one to run) and `lib/wrapThenable.js`.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::library;
use super::path::{Exit, How};
use super::resource::{delegated, finish, plain, start_of};
use super::run::{Eval, Question, Run, written};
use super::scope::Scope;
use super::value::{Call, Cause, Data, Doubt, ObjectKind, Opaque, Origin, Response, Value};
use super::verdict::{Answer, Asked};
use super::world::World;
use crate::facts::code::routes::registered::library::{only_wraps, passes_on};
use crate::facts::code::routes::{Around, Given, Link, Resource, Scoped, Style, Target};
use crate::facts::code::tree::{Expr, Kind};
use crate::model::routes::{CodePlace, Sensitivity, Verdict};

/// Ends that are told apart; a route with more is undecided.
const MAX_ENDS: usize = 400;

/// Functions around functions.
const MAX_AROUND: usize = 32;

/// The handlers that are run for one request.
pub(super) struct Row {
    style: Style,
    pieces: Vec<Piece>,
    /// Whether only what stands before the route is asked.
    is_gate: bool,
}

/// One of them.
struct Piece {
    value: Value,
    /// As it is written, shortened.
    text: Rc<str>,
    place: CodePlace,
    is_sure: bool,
    is_own: bool,
    mounted: usize,
}

/// What runs before a route; `None` where nothing does.
pub fn gate(world: &World<'_>, target: &Target, path: &str) -> Option<Answer> {
    let Resource::Chain { style, links } = &target.resource else {
        return None;
    };
    let links: Vec<&Link> = links.iter().filter(|link| !link.is_own).collect();
    if links.is_empty() {
        return None;
    }
    let mut run = Run::new(world, question(target, *style, path));
    let mut answer = chain(&mut run, *style, &links, true);
    if answer.layer.verdict == Verdict::Reached {
        answer.layer.place = None;
        answer.layer.why = match links.len() {
            1 => "what runs before it goes on".to_owned(),
            many => format!("all {many} handlers before it go on"),
        };
    }
    Some(answer)
}

/// A route with all that runs before it; with `only_own`, the route's own handlers alone.
pub fn whole(world: &World<'_>, target: &Target, path: &str, only_own: bool) -> Answer {
    let Resource::Chain { style, links } = &target.resource else {
        return plain(Verdict::Undecided, None, "it is not a row of handlers");
    };
    let links: Vec<&Link> = links
        .iter()
        .filter(|link| link.is_own || !only_own)
        .collect();
    let mut run = Run::new(world, question(target, *style, path));
    chain(&mut run, *style, &links, false)
}

fn question(target: &Target, style: Style, path: &str) -> Question {
    Question {
        mounted: 0,
        clerk_ran: true,
        path: path.to_owned(),
        method: match target.method.as_str() {
            "ALL" => "GET".to_owned(),
            method => method.to_owned(),
        },
        in_middleware: false,
        is_web: style == Style::Hono,
    }
}

fn chain(run: &mut Run<'_>, style: Style, links: &[&Link], is_gate: bool) -> Answer {
    let mut scopes = HashMap::new();
    let mut pieces = Vec::new();
    for link in links {
        let (value, place) = evaluated(run, style, &link.code, &mut scopes, 0);
        let text: Rc<str> = Rc::from(text_of(&link.code.expr));
        spread(value, &mut |value| {
            pieces.push(Piece {
                value,
                text: Rc::clone(&text),
                place: place.clone(),
                is_sure: link.is_sure,
                is_own: link.is_own,
                mounted: link.mounted,
            });
        });
    }
    let Some(last) = pieces.last() else {
        return plain(
            Verdict::Undecided,
            None,
            "it has no handler that could be read",
        );
    };
    let place = last.place.clone();
    let top = links
        .first()
        .and_then(|link| run.world.instance(&link.code.file));
    let Some(instance) = top else {
        return plain(
            Verdict::Undecided,
            Some(place),
            "the file could not be read",
        );
    };
    let top = run.top(&instance);
    run.begin(&top);
    let row = Rc::new(Row {
        style,
        pieces,
        is_gate,
    });
    let thrown = run.exits(
        |run| {
            visit(run, &row, 0);
            Err(super::run::Dead)
        },
        &place,
    );
    let mut exits = std::mem::take(&mut run.finals);
    exits.extend(thrown);
    let asked = match is_gate {
        true => Asked::Middleware,
        false => Asked::Registered,
    };
    let mut answer = finish(run, &exits, asked);
    if !is_gate {
        delegated(&exits, &mut answer);
    }
    answer
}

/// A handler as a person would name it.
fn text_of(expr: &Expr) -> String {
    match &expr.kind {
        Kind::Call { callee, .. } => written(callee),
        Kind::Function(_) | Kind::Unknown => "the handler".to_owned(),
        _ => written(expr),
    }
}

/// The functions in a list of handlers, one by one.
fn spread(value: Value, add: &mut dyn FnMut(Value)) {
    match value.as_list() {
        Some(list) if !list.open => list.items.iter().for_each(|one| spread(one.clone(), add)),
        _ => add(value),
    }
}

type Scopes = HashMap<*const Around, Rc<Scope>>;

/// What a handler's expression comes to where it stands.
fn evaluated(
    run: &mut Run<'_>,
    style: Style,
    code: &Scoped,
    scopes: &mut Scopes,
    depth: usize,
) -> (Value, CodePlace) {
    let Some(instance) = run.world.instance(&code.file) else {
        return (Value::unknown(), start_of(&code.file));
    };
    let place = instance.place(code.expr.at);
    let scope = match &code.around {
        Some(around) => inside(run, style, around, scopes, depth),
        None => Some(run.top(&instance)),
    };
    let value = scope.and_then(|scope| run.setup(|run| run.expr(&scope, &code.expr)).ok());
    (value.unwrap_or_else(Value::unknown), place)
}

/// The variables of a function that put the server together.
fn inside(
    run: &mut Run<'_>,
    style: Style,
    around: &Arc<Around>,
    scopes: &mut Scopes,
    depth: usize,
) -> Option<Rc<Scope>> {
    if depth > MAX_AROUND {
        return None;
    }
    if let Some(known) = scopes.get(&Arc::as_ptr(around)) {
        return Some(Rc::clone(known));
    }
    let outer = match &around.outer {
        Some(outer) => inside(run, style, outer, scopes, depth + 1)?,
        None => {
            let instance = run.world.instance(&around.file)?;
            run.top(&instance)
        }
    };
    let scope = Scope::inside(&outer);
    let mut given = Vec::new();
    for one in &around.given {
        given.push(match one {
            Given::Server => server(style),
            Given::Value(code) => evaluated(run, style, code, scopes, depth + 1).0,
            Given::Unknown => Value::unknown(),
        });
    }
    run.setup(|run| run.prepare(&scope, &around.function, given));
    scopes.insert(Arc::as_ptr(around), Rc::clone(&scope));
    Some(scope)
}

/// The server itself, as a plugin is given it.
fn server(style: Style) -> Value {
    let name = match style {
        Style::Express => "express",
        Style::Hono => "hono",
        Style::Fastify => "fastify",
    };
    Opaque {
        truthy: true,
        trail: Some(Rc::from(name)),
        package: Some(Rc::from(name)),
        ..Opaque::of(Origin::Unknown)
    }
    .into()
}

/// Runs the handlers from one on.
fn visit(run: &mut Run<'_>, row: &Rc<Row>, index: usize) {
    if run.finals.len() > MAX_ENDS {
        let place = run.now();
        run.give_up("there are too many ways through its handlers", || place);
        return;
    }
    if row.style == Style::Fastify
        && let Some((status, place)) = run.path.answered.clone()
    {
        // Once a reply is sent, neither further hooks nor the handler are called.
        let answer = Value::response(Response::Status(status));
        return end(run, How::Return(answer), &place);
    }
    // Who was sent on in a branch for visitors without a session is on the way all the same.
    run.path.arm = None;
    run.path.gated = None;
    let Some(piece) = row.pieces.get(index) else {
        let place = run.now();
        let value = match row.is_gate {
            true => Value::response(Response::Next),
            false => Value::Undefined,
        };
        return end(run, How::Return(value), &place);
    };
    if piece.is_sure {
        return handle(run, row, index, piece);
    }
    let doubt = doubt(
        "whether this middleware runs for the route could not be followed",
        &piece.place,
    );
    let _ = run.both(
        Cause::Unknown(doubt),
        &piece.place,
        |run| {
            handle(run, row, index, piece);
            Ok(())
        },
        |run| {
            visit(run, row, index + 1);
            Ok(())
        },
        |(), (), _| (),
    );
}

fn doubt(why: impl Into<String>, place: &CodePlace) -> Rc<Doubt> {
    Rc::new(Doubt::new(why.into(), place.clone()))
}

fn end(run: &mut Run<'_>, how: How, place: &CodePlace) {
    let exit = Exit {
        path: run.path.clone(),
        how,
        place: place.clone(),
    };
    run.finals.push(exit);
}

/// Runs one handler and what it goes on to, each with the path that it sees.
fn handle(run: &mut Run<'_>, row: &Rc<Row>, index: usize, piece: &Piece) {
    let before = std::mem::replace(&mut run.question.mounted, piece.mounted);
    handle_value(run, row, index, &piece.value);
    run.question.mounted = before;
}

fn handle_value(run: &mut Run<'_>, row: &Rc<Row>, index: usize, value: &Value) {
    match value.bare() {
        Value::Function(closure)
            if row.style == Style::Express && closure.function.parameters.len() == 4 =>
        {
            // `(err, req, res, next)` is only called with an error.
            visit(run, row, index + 1);
        }
        Value::Function(_) | Value::Native(_) | Value::OneOf(..) => invoke(run, row, index, value),
        Value::Object(object) if object.properties.contains_key("()") => {
            invoke(run, row, index, value);
        }
        Value::Opaque(opaque) => foreign(run, row, index, value, opaque),
        _ => foreign(run, row, index, value, &Opaque::of(Origin::Unknown)),
    }
}

/// A handler that is not of the project.
fn foreign(run: &mut Run<'_>, row: &Rc<Row>, index: usize, value: &Value, opaque: &Opaque) {
    let Some(piece) = row.pieces.get(index) else {
        return;
    };
    let package = opaque.package.as_deref().unwrap_or_default();
    let name = opaque.trail.as_deref().unwrap_or("a handler");
    let is_last = piece.is_own && index + 1 == row.pieces.len();
    let wrapped = match opaque.wraps.as_slice() {
        [inner] => Some(inner.clone()),
        _ => None,
    };
    if let Some(inner) = &wrapped
        && only_wraps(package, name)
    {
        return handle_value(run, row, index, inner);
    }
    if !is_last && passes_on(package, name) {
        return visit(run, row, index + 1);
    }
    if is_last && wrapped.is_none() && passes_on(package, name) {
        return invoke(run, row, index, value);
    }
    let what = match package {
        "" => format!("{name} could not be followed"),
        package => format!("{name} of {package} could not be followed"),
    };
    let unknown = doubt(what, &piece.place);
    let _ = run.both(
        Cause::Unknown(unknown),
        &piece.place,
        |run| {
            match wrapped {
                Some(inner) if is_last => handle_value(run, row, index, &inner),
                _ if is_last => invoke(run, row, index, value),
                _ => visit(run, row, index + 1),
            }
            Ok(())
        },
        |run| {
            // The end that says least, should all others be refusals too.
            end(run, How::Throw(Value::unknown()), &piece.place);
            Ok(())
        },
        |(), (), _| (),
    );
}

/// Calls a handler.
fn invoke(run: &mut Run<'_>, row: &Rc<Row>, index: usize, value: &Value) {
    let Some(piece) = row.pieces.get(index) else {
        return;
    };
    let data = Data::Row(Rc::clone(row), index + 1);
    let next = Value::native_with("next", go_on, data);
    let request = library::handler_request();
    let (parameters, is_async) = match value.bare() {
        Value::Function(closure) => (closure.function.parameters.len(), closure.function.is_async),
        _ => (0, true),
    };
    let given = match row.style {
        Style::Hono => vec![Value::of_kind(ObjectKind::Context, []), next],
        Style::Fastify if parameters > 3 => vec![request, library::reply(), Value::unknown(), next],
        Style::Express | Style::Fastify => vec![request, library::reply(), next],
    };
    let worked = non_reads(&run.path);
    run.path.handed = false;
    let exits = run.exits(
        |run| run.call(value, given, None, &piece.place, &piece.text),
        &piece.place,
    );
    let is_last = piece.is_own && index + 1 == row.pieces.len();
    let goes_on = row.style == Style::Fastify && !piece.is_own && (is_async || parameters < 3);
    for exit in exits {
        run.path = exit.path.clone();
        if exit.path.handed {
            // What was handed on has its own end. What is done in spite of it counts.
            if non_reads(&exit.path) > worked {
                run.finals.push(exit);
            }
            continue;
        }
        let is_answer = exit.path.answered.is_some() || returns_answer(&exit.how);
        match (&exit.how, is_answer) {
            (How::Return(_), false) if goes_on => visit(run, row, index + 1),
            (How::Return(_), false) if !is_last => {
                if exit.path.arm.is_none() {
                    let why = "this middleware neither answers nor goes on, as far as it could be followed";
                    run.path
                        .doubt
                        .get_or_insert_with(|| doubt(why, &exit.place));
                    // It may answer, refuse or go on where it cannot be seen.
                    end(run, exit.how.clone(), &exit.place);
                    end(run, How::Throw(Value::unknown()), &exit.place);
                    visit(run, row, index + 1);
                } else {
                    run.finals.push(exit);
                }
            }
            _ => run.finals.push(with_status(run, row, exit)),
        }
    }
}

fn returns_answer(how: &How) -> bool {
    matches!(how, How::Return(value) if value.as_response().is_some())
}

/// How much was done that is more than reading.
fn non_reads(path: &super::path::Path) -> usize {
    path.work
        .backwards()
        .filter(|work| work.kind != Sensitivity::ReadsUserData)
        .count()
}

/// An end with the status that was set before: `reply.code(401); return { error }`. What middleware
/// answers is a response, however it was sent.
fn with_status(run: &Run<'_>, row: &Row, mut exit: Exit) -> Exit {
    if row.style == Style::Fastify
        && exit.path.answered.is_none()
        && let How::Return(_) = exit.how
        && let Some(status) = run.status()
    {
        exit.path.answered = Some((Some(status), exit.place.clone()));
    }
    if let (true, How::Return(_), Some((status, _))) = (row.is_gate, &exit.how, &exit.path.answered)
    {
        exit.how = How::Return(Value::response(Response::Status(*status)));
    }
    exit
}

/// `next()`; with an error, the end of the request for all but error handlers.
fn go_on(run: &mut Run<'_>, call: Call<'_>) -> Eval<Value> {
    let Some(Data::Row(row, index)) = call.data.as_deref() else {
        return Ok(Value::Undefined);
    };
    if row.style == Style::Express && run.path.handed {
        // The row has been gone through: a second `next()` finds nothing left.
        return Ok(Value::Undefined);
    }
    let before = run.path.clone();
    let given = call.argument(0);
    match given.bare() {
        Value::Undefined | Value::Null => visit(run, row, *index),
        _ if row.style == Style::Hono => visit(run, row, *index),
        // `next("route")` leaves out what is left of this route: which one answers is not known.
        Value::Text(text) if matches!(&**text, "route" | "router") => {
            let why = format!("next(\"{text}\") goes on to another route");
            run.path
                .doubt
                .get_or_insert_with(|| doubt(why, &call.place));
            end(
                run,
                How::Stop(Rc::from("goes on to another route")),
                &call.place,
            );
            visit(run, row, *index);
        }
        _ => {
            run.trace(
                &call.place,
                format!("{}() passes an error on", call.written),
            );
            end(run, How::Stop(Rc::from("passes an error on")), &call.place);
        }
    }
    run.path = before;
    run.path.handed = true;
    Ok(Value::Undefined)
}
