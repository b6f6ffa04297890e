//! Calls: of the project's own functions, of those we know, and of those nobody knows.

use std::rc::Rc;
use std::sync::Arc;

use super::pattern::Binding;
use super::{Eval, MAX_CALLS, Run, either};
use crate::facts::code::resolve::Target;
use crate::facts::code::tree::{Expr, Function, Item, Kind};
use crate::facts::code::value::Form;
use crate::facts::code::visitor::path::{Exit, How, Path, is_refused};
use crate::facts::code::visitor::scope::Scope;
use crate::facts::code::visitor::value::{
    By, Call, Cause, ClassValue, Closure, Decided, Doubt, List, Object, ObjectKind, Opaque, Origin,
    Promise, Value, Way,
};
use crate::facts::code::visitor::{builtin, library, work};
use crate::model::routes::CodePlace;

impl Run<'_> {
    pub(super) fn call_expr(
        &mut self,
        scope: &Rc<Scope>,
        expr: &Expr,
        callee: &Expr,
        arguments: &[Item],
        optional: bool,
    ) -> Eval<Value> {
        let place = scope.instance.place(expr.at);
        let text = written(callee);
        let (object, key, maybe) = match &callee.kind {
            Kind::Member {
                object,
                name,
                optional,
            } => (object, Value::text(name), *optional),
            Kind::Index {
                object,
                index,
                optional,
            } => {
                let key = self.expr(scope, index)?;
                (object, key, *optional)
            }
            Kind::Name(name) if &**name == "require" && scope.holder(name).is_none() => {
                return Ok(self.required(scope, arguments, &place));
            }
            _ => {
                let function = self.expr(scope, callee)?;
                let function = match optional {
                    true => self.reachable(function, true, &place)?,
                    false => function,
                };
                let (values, _) = self.items(scope, arguments)?;
                return self.call(&function, values, None, &place, &text);
            }
        };
        if is_logging(&text) {
            // What is written down decides nothing, and how it is written is long to follow.
            self.items(scope, arguments)?;
            return Ok(Value::Undefined);
        }
        let this = self.expr(scope, object)?;
        let this = self.reachable(this, maybe, &place)?;
        let (values, open) = self.items(scope, arguments)?;
        let Some(name) = key.as_text().map(str::to_owned) else {
            let function = self.index(&this, &key, &place);
            return self.call(&function, values, Some(this), &place, &text);
        };
        if let Some(changed) = builtin::mutation(&this, &name, &values, open) {
            self.copies(this.as_list().map_or(0, |list| list.items.len()));
            self.replace(scope, object, changed);
        }
        self.method(&this, &name, values, &place, &text, optional)
    }

    /// `require("x")`: what `module.exports` was set to, else all that the module exports.
    fn required(&mut self, scope: &Rc<Scope>, arguments: &[Item], place: &CodePlace) -> Value {
        let Some(Kind::Text(source)) = arguments.first().map(|item| &item.value.kind) else {
            return Value::unknown();
        };
        let from = scope.instance.file.clone();
        let is_set = match self.world.project.resolve(&from, source) {
            Target::File(file) => self.world.instance(&file).is_some_and(|other| {
                let default = other.module.export("default");
                default.is_some_and(|export| export.form == Form::CommonJs)
            }),
            _ => false,
        };
        let name = if is_set { "default" } else { "*" };
        self.imported(&from, source, name, place)
    }

    /// `this.name(arguments)`.
    pub(in super::super) fn method(
        &mut self,
        this: &Value,
        name: &str,
        arguments: Vec<Value>,
        place: &CodePlace,
        text: &str,
        optional: bool,
    ) -> Eval<Value> {
        if let Value::OneOf(all, cause) = this.bare() {
            let (all, cause) = (Rc::clone(all), cause.clone());
            return self.each(&all, cause, place, &mut |run, one| {
                run.method(one, name, arguments.clone(), place, text, optional)
            });
        }
        if let Some(done) = builtin::method(self, this, name, &arguments, place, text) {
            return done.map(|value| value.with_decision_of(this));
        }
        let function = self.get(this, name, place);
        let function = match optional {
            true => self.reachable(function, true, place)?,
            false => function,
        };
        self.call(&function, arguments, Some(this.clone()), place, text)
    }

    /// Does the same for each of some values of which one is the real one.
    fn each(
        &mut self,
        all: &[Value],
        cause: Cause,
        place: &CodePlace,
        of: &mut dyn FnMut(&mut Self, &Value) -> Eval<Value>,
    ) -> Eval<Value> {
        let of = std::cell::RefCell::new(of);
        match all {
            [] => Ok(Value::unknown()),
            [one] => (of.borrow_mut())(self, one),
            [one, rest @ ..] => self.both(
                cause.clone(),
                place,
                |run| (of.borrow_mut())(run, one),
                |run| run.each(rest, cause.clone(), place, &mut **of.borrow_mut()),
                |one, other, cause| either(one, other, &cause),
            ),
        }
    }

    /// Calls a value.
    pub(in super::super) fn call(
        &mut self,
        callee: &Value,
        arguments: Vec<Value>,
        this: Option<Value>,
        place: &CodePlace,
        text: &str,
    ) -> Eval<Value> {
        self.step(|| place.clone())?;
        match callee.bare() {
            Value::Native(native) => {
                let call = Call {
                    arguments: &arguments,
                    this: this.as_ref(),
                    data: native.data.clone(),
                    place: place.clone(),
                    written: text,
                };
                (native.run)(self, call)
            }
            Value::Function(closure) => {
                let closure = Rc::clone(closure);
                let this = closure.this.clone().or(this);
                self.call_closure(&closure, arguments, this, place)
            }
            Value::OneOf(all, cause) => {
                let (all, cause) = (Rc::clone(all), cause.clone());
                self.each(&all, cause, place, &mut |run, one| {
                    run.call(one, arguments.clone(), this.clone(), place, text)
                })
            }
            Value::Opaque(opaque) => {
                let opaque = Rc::clone(opaque);
                self.external(&opaque, &arguments, this.as_ref(), place, text)
            }
            Value::Undefined | Value::Null => Err(self.crash(callee, "called", place)),
            Value::Object(object) => {
                let called = object.properties.get("()").cloned();
                match called {
                    Some(called) => self.call(&called, arguments, this, place, text),
                    None => Ok(Value::unknown()),
                }
            }
            _ => Ok(Value::unknown()),
        }
    }

    pub(super) fn new_expr(
        &mut self,
        scope: &Rc<Scope>,
        expr: &Expr,
        callee: &Expr,
        arguments: &[Item],
    ) -> Eval<Value> {
        let class = self.expr(scope, callee)?;
        let (arguments, _) = self.items(scope, arguments)?;
        let place = scope.instance.place(expr.at);
        match class.bare() {
            Value::Class(class) => Ok(instance(class)),
            Value::Opaque(opaque) => Ok(Value::from(Opaque {
                truthy: true,
                trail: Some(Rc::from(format!("{}()", written(callee)))),
                package: opaque.package.clone(),
                place: Some(place),
                ..Opaque::of(Origin::Unknown)
            })),
            _ => self.call(&class, arguments, None, &place, &written(callee)),
        }
    }

    /// Runs one of the project's own functions.
    fn call_closure(
        &mut self,
        closure: &Rc<Closure>,
        arguments: Vec<Value>,
        this: Option<Value>,
        place: &CodePlace,
    ) -> Eval<Value> {
        let function = Arc::clone(&closure.function);
        let address = Arc::as_ptr(&function);
        let again = self.running.iter().filter(|one| **one == address).count();
        if again > 1 || self.calls >= MAX_CALLS {
            let at = closure.scope.instance.place(function.at);
            return Ok(Value::from(Opaque {
                trail: Some(Rc::from(
                    function
                        .name
                        .as_deref()
                        .unwrap_or("a function that calls itself"),
                )),
                place: Some(at),
                ..Opaque::of(Origin::Unknown)
            }));
        }
        let before = self.path.clone();
        let at = self.at.clone();
        self.calls += 1;
        self.running.push(address);
        self.catchers.push(Vec::new());
        let (done, mut returns) = self.in_frame(|run| run.body(closure, arguments, this));
        let throws = self.catchers.pop().unwrap_or_default();
        self.running.pop();
        self.calls -= 1;
        self.at = at;
        if done.is_ok() {
            let path = self.path.clone();
            returns.push(Exit {
                path,
                how: How::Return(Value::Undefined),
                place: place.clone(),
            });
        }
        if function.is_async {
            return Ok(self.promise(&function, before, returns, throws));
        }
        let (value, path) = met(&function, &before, returns, &throws);
        for exit in throws {
            self.catch(exit);
        }
        self.path = path.ok_or(super::Dead)?;
        self.path.arm = before.arm;
        value.ok_or(super::Dead)
    }

    fn body(
        &mut self,
        closure: &Rc<Closure>,
        arguments: Vec<Value>,
        this: Option<Value>,
    ) -> Eval<()> {
        let function = Arc::clone(&closure.function);
        let scope = Scope::inside(&closure.scope);
        if !function.is_arrow {
            self.write(
                &scope,
                &Rc::from("this"),
                this.unwrap_or_else(Value::unknown),
            );
        }
        let mut given = arguments.into_iter();
        for pattern in &function.parameters {
            let value = given.next().unwrap_or(Value::Undefined);
            self.bind(&scope, pattern, value, Binding::New)?;
        }
        if let Some(rest) = &function.rest {
            let items = given.collect();
            self.bind(&scope, rest, Value::list(items), Binding::New)?;
        }
        if function.is_generator {
            return Ok(());
        }
        self.statements(&scope, &function.body)
    }

    /// What calling an `async` function gives. Until it is awaited, nothing that it throws matters.
    fn promise(
        &mut self,
        function: &Function,
        before: Path,
        returns: Vec<Exit>,
        mut throws: Vec<Exit>,
    ) -> Value {
        let mut settled = Vec::new();
        for exit in returns {
            match &exit.how {
                How::Return(value) => match value.bare() {
                    Value::Promise(inner) => {
                        throws.extend(inner.throws.iter().cloned());
                        if let Some(value) = inner.value.clone() {
                            let mut path = exit.path;
                            follow(&mut path, inner.after.as_ref());
                            settled.push(Exit {
                                path,
                                how: How::Return(value),
                                place: exit.place,
                            });
                        }
                    }
                    _ => settled.push(exit),
                },
                _ => throws.push(exit),
            }
        }
        let (value, after) = met(function, &before, settled, &throws);
        self.path = before;
        if let Some(after) = &after {
            // The work is begun, awaited or not.
            self.path.work = after.work.clone();
            self.path.touched = after.touched;
            self.path.read = after.read;
            self.path.answered = after.answered.clone();
            self.path.handed = after.handed;
            self.path.refuses = after.refuses;
            self.path.went_on = after.went_on;
        }
        Value::Promise(Rc::new(Promise {
            value,
            throws,
            after,
        }))
    }

    /// The value of a promise, awaited.
    pub(in super::super) fn settle(&mut self, value: Value) -> Eval<Value> {
        if matches!(value.bare(), Value::Opaque(_)) {
            self.may_throw = true;
            // Refused, and outside the branch that refused: the code went on.
            self.path.went_on |= self.path.arm.is_none() && is_refused(&self.path.answered);
        }
        let promise = match &value {
            Value::Promise(promise) => Rc::clone(promise),
            value if !may_be_promise(value) => return Ok(value.clone()),
            Value::Decided(decided) => {
                let inner = self.settle(decided.value.clone())?;
                return Ok(inner.with_decision_of(&value));
            }
            Value::OneOf(all, cause) => {
                let (all, cause) = (Rc::clone(all), cause.clone());
                return self.settle_one(&all, &cause);
            }
            _ => return Ok(value),
        };
        for exit in &promise.throws {
            let mut exit = exit.clone();
            if exit.path.doubt.is_none() {
                exit.path.doubt = self.path.doubt.clone();
            }
            self.catch(exit);
        }
        follow(&mut self.path, promise.after.as_ref());
        promise.value.clone().ok_or(super::Dead)
    }

    /// Awaits each of some values of which one is the real one; each keeps its own way.
    fn settle_one(&mut self, all: &[Value], cause: &Cause) -> Eval<Value> {
        let before = self.path.clone();
        let mut values: Vec<(Value, Path)> = Vec::new();
        let mut met: Option<Path> = None;
        for one in all {
            let way = one.decision().and_then(|decided| decided.way.as_ref());
            self.path = match way {
                Some(way) => way.path.then(&before, &way.met),
                None => before.clone(),
            };
            let (value, throws) = self.caught(|run| run.settle(one.clone()));
            throws.into_iter().for_each(|exit| self.catch(exit));
            let Ok(value) = value else { continue };
            let path = self.path.clone();
            met = Some(match met {
                None => path.clone(),
                Some(known) => Path::meet(&before, known, path.clone(), true),
            });
            values.push((value, path));
        }
        let mut path = met.ok_or(super::Dead)?;
        if values.len() == all.len() {
            path.doubt = before.doubt.clone();
        }
        path.arm = before.arm.clone();
        let value = one_of(values, &path, cause);
        self.path = path;
        Ok(value)
    }

    /// Calls something that is not of this project and that we do not know.
    fn external(
        &mut self,
        opaque: &Rc<Opaque>,
        arguments: &[Value],
        this: Option<&Value>,
        place: &CodePlace,
        text: &str,
    ) -> Eval<Value> {
        self.may_throw = true;
        // Each of them is looked through.
        self.copies(arguments.iter().map(size).sum());
        if let Some(done) = library::by_name(self, opaque, arguments, place, text) {
            return done;
        }
        self.path.touched |= work::touches(opaque);
        self.path.read |= work::is_read(opaque, text, arguments);
        if let Some(kind) = work::of_call(opaque, text, arguments) {
            self.work(kind, text, place);
        }
        let functions: Vec<Value> = arguments
            .iter()
            .flat_map(functions_in)
            .chain(opaque.wraps.iter().cloned())
            .collect();
        let doubt = Rc::new(Doubt::new(
            format!("whether {text}() calls what it is given could not be followed"),
            place.clone(),
        ));
        let result = self.answer_of(opaque, arguments, this, place, text, &functions);
        // A component or handler that is only wrapped at load time runs later.
        if self.loading == 0 {
            for function in &functions {
                // `db.transaction((tx) => …)`: what it is handed is of the same kind.
                let handed = Value::from(Opaque {
                    trail: opaque.trail.clone(),
                    package: opaque.package.clone(),
                    ..Opaque::of(Origin::Unknown)
                });
                let given = vec![handed; 3];
                let _ = self.both(
                    Cause::Unknown(Rc::clone(&doubt)),
                    place,
                    |run| {
                        let value = run.call(function, given, None, place, text)?;
                        run.settle(value).map(drop)
                    },
                    |_| Ok(()),
                    |(), (), _| (),
                );
            }
        }
        Ok(result)
    }

    /// What an unknown function answers.
    fn answer_of(
        &mut self,
        opaque: &Opaque,
        arguments: &[Value],
        this: Option<&Value>,
        place: &CodePlace,
        text: &str,
        functions: &[Value],
    ) -> Value {
        let of_visitor = matches!(
            opaque.origin,
            Origin::Visitor | Origin::Claim | Origin::Check
        );
        let claimed = arguments
            .iter()
            .chain(this)
            .any(|one| one.holds(&Origin::Claim) || one.holds(&Origin::Check));
        let origin = match &opaque.origin {
            origin if of_visitor => origin.clone(),
            Origin::Secret => Origin::Secret,
            _ if claimed => Origin::Check,
            _ => Origin::Unknown,
        };
        Value::from(Opaque {
            origin,
            truthy: false,
            trail: Some(Rc::from(format!("{text}()"))),
            package: opaque.package.clone(),
            place: Some(place.clone()),
            wraps: functions.to_vec(),
            decides: arguments.iter().any(is_request),
        })
    }
}

/// How many values lie in one.
fn size(value: &Value) -> usize {
    match value.bare() {
        Value::List(list) => list.items.len(),
        Value::Object(object) => object.properties.len(),
        _ => 0,
    }
}

fn may_be_promise(value: &Value) -> bool {
    match value {
        Value::Promise(_) => true,
        Value::Decided(decided) => may_be_promise(&decided.value),
        Value::OneOf(all, _) => all.iter().any(may_be_promise),
        _ => false,
    }
}

fn nowhere() -> CodePlace {
    CodePlace {
        file: String::new(),
        line: 1,
        column: 1,
    }
}

/// What is true where a promise was awaited.
fn follow(path: &mut Path, after: Option<&Path>) {
    let Some(after) = after else { return };
    path.doubt = path.doubt.take().or_else(|| after.doubt.clone());
    path.credential = path.credential.take().or_else(|| after.credential.clone());
    path.unproven = path.unproven.take().or_else(|| after.unproven.clone());
    path.gated = path.gated.take().or_else(|| after.gated.clone());
    path.clerk |= after.clerk;
    path.trace = after.trace.clone();
}

/// Where all returns of a function meet.
fn met(
    function: &Function,
    before: &Path,
    returns: Vec<Exit>,
    throws: &[Exit],
) -> (Option<Value>, Option<Path>) {
    let certain = |path: &Path| path.doubt == before.doubt;
    let any_certain = returns.iter().any(|exit| certain(&exit.path));
    let cause = returns
        .iter()
        .chain(throws)
        .find_map(|exit| exit.path.doubt.clone());
    let cause = cause.map_or(Cause::Visitor, Cause::Unknown);
    let mut values: Vec<(Value, Path)> = Vec::new();
    let mut met: Option<Path> = None;
    for exit in returns {
        let How::Return(value) = exit.how else {
            continue;
        };
        let value = match &exit.path.arm {
            Some(arm) if exit.path.arm != before.arm => {
                let name = function.name.as_deref().unwrap_or("the function");
                value.decided(
                    By::SignedOut,
                    arm,
                    format!("{name} ends early: there is no session"),
                )
            }
            _ => value,
        };
        values.push((value, exit.path.clone()));
        met = Some(match met {
            None => exit.path,
            Some(path) => Path::meet(before, path, exit.path, true),
        });
    }
    let Some(mut path) = met else {
        return (None, None);
    };
    // Whichever return it was: it returned.
    if throws.is_empty() || any_certain {
        path.doubt = before.doubt.clone();
    }
    (Some(one_of(values, &path, &cause)), Some(path))
}

/// The value of a function that has returned in one of several places.
pub(in super::super) fn one_of(values: Vec<(Value, Path)>, met: &Path, cause: &Cause) -> Value {
    const MANY: usize = 48;
    if let Some((first, rest)) = values.split_first()
        && rest.iter().all(|(value, _)| value.is_same(&first.0))
    {
        return first.0.clone();
    }
    let on_way = |value: Value, path: &Path| {
        let way = match value.decision().and_then(|decided| decided.way.as_ref()) {
            Some(inner) => inner.path.then(path, &inner.met),
            None => path.clone(),
        };
        let value = match value.decision() {
            Some(decided) if decided.way.is_some() => decided.value.clone(),
            _ => value,
        };
        Value::Decided(Rc::new(Decided {
            value,
            by: By::Way,
            place: nowhere(),
            text: Rc::from(""),
            way: Some(Box::new(Way {
                path: way,
                met: met.work.clone(),
            })),
        }))
    };
    let mut all = Vec::new();
    let mut cause = cause.clone();
    for (value, path) in values {
        match value {
            Value::OneOf(more, theirs) => {
                cause = cause.or(theirs);
                all.extend(more.iter().map(|one| on_way(one.clone(), &path)));
            }
            value => all.push(on_way(value, &path)),
        }
    }
    if all.len() > MANY {
        return Value::unknown();
    }
    Value::OneOf(all.into(), cause)
}

/// An instance of one of the project's classes: what its constructor does is not followed.
fn instance(class: &Rc<ClassValue>) -> Value {
    Value::Object(Rc::new(Object {
        properties: std::collections::BTreeMap::new(),
        open: true,
        kind: ObjectKind::Instance(Rc::clone(class)),
    }))
}

fn is_request(value: &Value) -> bool {
    match value.as_object() {
        Some(object) if matches!(object.kind, ObjectKind::Request) => true,
        Some(object) => object.properties.values().any(|one| {
            one.as_object()
                .is_some_and(|one| matches!(one.kind, ObjectKind::Request))
        }),
        None => false,
    }
}

/// The functions in an argument: itself, or the properties of an object of options.
fn functions_in(value: &Value) -> Vec<Value> {
    match value.bare() {
        Value::Function(_) => vec![value.clone()],
        // An Express handler handed to other code: that may go on.
        Value::Native(native) if native.name == "next" => vec![value.clone()],
        Value::Object(object) => {
            let values = object.properties.values();
            values
                .filter(|one| matches!(one.bare(), Value::Function(_)))
                .cloned()
                .collect()
        }
        Value::List(list) => {
            let values = list.items.iter();
            values
                .filter(|one| matches!(one.bare(), Value::Function(_)))
                .cloned()
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a call only writes something down: `console.log`, `logger.child().info`.
fn is_logging(text: &str) -> bool {
    const LEVELS: &[&str] = &[
        "log",
        "info",
        "warn",
        "error",
        "debug",
        "trace",
        "fatal",
        "captureException",
        "captureMessage",
    ];
    const LOGGERS: &[&str] = &[
        "console", "log", "logger", "Sentry", "axiom", "pino", "winston",
    ];
    let Some((object, level)) = text.rsplit_once('.') else {
        return false;
    };
    let mut parts = object.split('.').map(|part| part.trim_end_matches("()"));
    LEVELS.contains(&level)
        && parts.any(|part| {
            LOGGERS.contains(&part) || part.ends_with("Logger") || part.ends_with("Log")
        })
}

/// A callee as a person would name it: `db.user.update`, `stripe.checkout.sessions.create`.
pub(in super::super) fn written(expr: &Expr) -> String {
    const LONG: usize = 60;
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(expr);
    while let Some(one) = next {
        next = match &one.kind {
            Kind::Name(name) | Kind::Text(name) => {
                parts.push(name.to_string());
                None
            }
            Kind::This => {
                parts.push("this".to_owned());
                None
            }
            Kind::Member { object, name, .. } => {
                parts.push(name.to_string());
                Some(object)
            }
            Kind::Index { object, .. } => {
                parts.push("[…]".to_owned());
                Some(object)
            }
            Kind::Call { callee, .. } => {
                parts.push("()".to_owned());
                Some(callee)
            }
            Kind::New { callee, .. } => Some(callee),
            Kind::Await(inner) | Kind::Chain(inner) => Some(inner),
            _ => {
                parts.push("…".to_owned());
                None
            }
        };
    }
    let mut text = String::new();
    for part in parts.iter().rev() {
        if !text.is_empty() && part != "()" {
            text.push('.');
        }
        text.push_str(part);
    }
    if text.chars().count() > LONG {
        let end: String = text.chars().rev().take(LONG - 1).collect();
        text = format!("…{}", end.chars().rev().collect::<String>());
    }
    text
}

/// A list with more at its end.
pub(in super::super) fn extended(list: &List, more: &[Value], open: bool) -> Value {
    let is_long = list.items.len() + more.len() > super::MAX_ITEMS;
    let more = if is_long { &[] } else { more };
    let items = list.items.iter().chain(more).cloned().collect();
    Value::List(Rc::new(List {
        items,
        open: list.open || open || is_long,
    }))
}
