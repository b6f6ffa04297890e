//! Calls: of the project's own functions, of those we know, and of those nobody knows.

use std::rc::Rc;
use std::sync::Arc;

use super::pattern::Binding;
use super::returns::met;
use super::{Eval, MAX_CALLS, Run, either};
use crate::facts::code::resolve::Target;
use crate::facts::code::tree::{Expr, Item, Kind};
use crate::facts::code::value::Form;
use crate::facts::code::visitor::builtin;
use crate::facts::code::visitor::path::{Exit, How};
use crate::facts::code::visitor::scope::Scope;
use crate::facts::code::visitor::value::{
    Call, Cause, ClassValue, Closure, List, Object, ObjectKind, Opaque, Origin, Value,
};
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
}

/// An instance of one of the project's classes: what its constructor does is not followed.
fn instance(class: &Rc<ClassValue>) -> Value {
    Value::Object(Rc::new(Object {
        properties: std::collections::BTreeMap::new(),
        open: true,
        kind: ObjectKind::Instance(Rc::clone(class)),
    }))
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
