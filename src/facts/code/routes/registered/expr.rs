//! What expressions come to while a server is put together.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::load::exports_to;
use super::register::UNFOLLOWED;
use super::thing::{Called, Env, Instance, Thing};
use super::walk::{MAX_DEPTH, MAX_STEPS, Walk};
use crate::facts::code::tree::{Expr, Function, Item, Key, Kind, Offset, Pattern, Property, Text};

impl Walk<'_> {
    /// A property of something.
    pub fn property(&mut self, thing: &Thing, name: &str) -> Thing {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.depth > MAX_DEPTH {
            return Thing::Unknown;
        }
        self.depth += 2;
        let found = self.property_inside(thing, name);
        self.depth -= 2;
        found
    }

    fn property_inside(&mut self, thing: &Thing, name: &str) -> Thing {
        match thing {
            Thing::Module(file) => {
                let file = file.clone();
                self.export(&file, name).unwrap_or(Thing::Unknown)
            }
            Thing::Package(source, of) if of == "*" || of == "default" => {
                Thing::Package(source.clone(), name.to_owned())
            }
            Thing::Package(source, of) | Thing::Made(source, of, _) => {
                Thing::Made(source.clone(), format!("{of}.{name}"), None)
            }
            Thing::Value(expr, env) => self.property_of(expr, env, name),
            Thing::Instance(instance) => {
                if let Some(field) = instance.fields.borrow().get(name) {
                    return field.clone();
                }
                method(&instance.class.members, name).map_or(Thing::Unknown, |function| {
                    let env = with_this(&instance.env, Thing::Instance(Rc::clone(instance)));
                    Thing::Closure(function, env)
                })
            }
            Thing::Class(class, env) => method(&class.statics, name)
                .map_or(Thing::Unknown, |function| {
                    Thing::Closure(function, Rc::clone(env))
                }),
            Thing::Router(id, _) => self.decoration(*id, name),
            _ => Thing::Unknown,
        }
    }

    fn property_of(&mut self, expr: &Expr, env: &Rc<Env>, name: &str) -> Thing {
        let Kind::Object(properties) = &expr.kind else {
            return Thing::Unknown;
        };
        for property in properties.iter().rev() {
            match property {
                Property::Value(Key::Name(key), value) if &**key == name => {
                    return self.expr(env, value);
                }
                Property::Spread(value) => {
                    let spread = self.expr(env, value);
                    match self.property(&spread, name) {
                        Thing::Unknown => {}
                        found => return found,
                    }
                }
                _ => {}
            }
        }
        Thing::Unknown
    }

    fn decoration(&self, id: usize, name: &str) -> Thing {
        let mut next = Some(id);
        while let Some(router) = next.and_then(|id| self.routers.get(id)) {
            if let Some((_, thing)) = router.decorations.iter().find(|(key, _)| &**key == name) {
                return thing.clone();
            }
            next = router.parent;
        }
        Thing::Unknown
    }

    /// Something that stays as it is written. What is copied counts as work.
    fn value(&mut self, env: &Rc<Env>, expr: &Expr) -> Thing {
        self.steps += size(expr, 0) / 8;
        Thing::Value(Rc::new(expr.clone()), Rc::clone(env))
    }

    /// What an expression comes to. Calls in it are made.
    pub fn expr(&mut self, env: &Rc<Env>, expr: &Expr) -> Thing {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.depth > MAX_DEPTH {
            return Thing::Unknown;
        }
        self.depth += 1;
        let thing = self.expr_inside(env, expr);
        self.depth -= 1;
        thing
    }

    fn expr_inside(&mut self, env: &Rc<Env>, expr: &Expr) -> Thing {
        match &expr.kind {
            Kind::Name(name) => self.name(env, name),
            Kind::This => env.find("this").unwrap_or(Thing::Unknown),
            Kind::Function(function) => Thing::Closure(Arc::clone(function), Rc::clone(env)),
            Kind::Class(class) => Thing::Class(Arc::clone(class), Rc::clone(env)),
            Kind::Member { object, name, .. } => {
                let object = self.expr(env, object);
                self.property(&object, name)
            }
            Kind::Call {
                callee, arguments, ..
            } => self.call_expr(env, expr, callee, arguments),
            Kind::New { callee, arguments } => {
                let class = self.expr(env, callee);
                self.new_of(env, &class, arguments, expr.at)
            }
            Kind::Await(inner) | Kind::Chain(inner) => self.expr(env, inner),
            Kind::Sequence(all) => {
                let mut last = Thing::Unknown;
                for one in all {
                    last = self.expr(env, one);
                }
                last
            }
            Kind::Logical(_, left, right) => {
                let left_thing = self.expr(env, left);
                self.conditional += 1;
                let right = self.expr(env, right);
                self.conditional -= 1;
                match (&left_thing, &right) {
                    (Thing::Unknown | Thing::Value(..), Thing::Router(..) | Thing::Closure(..)) => {
                        right
                    }
                    (Thing::Router(..) | Thing::Closure(..), _) => left_thing,
                    _ => self.value(env, expr),
                }
            }
            Kind::Conditional(_, then, other) => {
                self.conditional += 1;
                let one = self.expr(env, then);
                let two = self.expr(env, other);
                self.conditional -= 1;
                match (&one, &two) {
                    (Thing::Router(..), _) => one,
                    (_, Thing::Router(..)) => two,
                    _ => self.value(env, expr),
                }
            }
            Kind::Unary(_, inner) => {
                self.expr(env, inner);
                self.value(env, expr)
            }
            Kind::Assign { target, value, .. } => {
                let thing = self.expr(env, value);
                self.assign(env, target, thing.clone());
                thing
            }
            _ => self.value(env, expr),
        }
    }

    fn assign(&mut self, env: &Rc<Env>, target: &Pattern, thing: Thing) {
        match target {
            Pattern::Name(name) => env.assign(name, thing),
            Pattern::Member(member) => {
                let Kind::Member { object, name, .. } = &member.kind else {
                    return;
                };
                if let Some(export) = exports_to(member) {
                    let loaded = self.loaded.get(&env.file).and_then(Option::as_ref);
                    if let Some(loaded) = loaded {
                        loaded.exports.borrow_mut().insert(export.to_owned(), thing);
                    }
                } else if let Thing::Instance(instance) = self.expr(env, object) {
                    instance.fields.borrow_mut().insert(name.clone(), thing);
                }
            }
            _ => {}
        }
    }

    fn call_expr(
        &mut self,
        env: &Rc<Env>,
        expr: &Expr,
        callee: &Expr,
        arguments: &[Item],
    ) -> Thing {
        match &callee.kind {
            Kind::Name(name)
                if matches!(&**name, "require" | "import") && env.find(name).is_none() =>
            {
                return self.required(env, arguments);
            }
            Kind::Member { object, name, .. } => {
                let this = self.expr(env, object);
                return self.method(env, expr, &this, name, arguments);
            }
            // `app[method](path, handler)`.
            Kind::Index { object, .. } => {
                if let Thing::Router(..) = self.expr(env, object) {
                    self.note(&env.file, expr.at, UNFOLLOWED);
                }
            }
            _ => {}
        }
        let function = self.expr(env, callee);
        self.call(env, &function, arguments, expr.at)
    }

    fn method(
        &mut self,
        env: &Rc<Env>,
        expr: &Expr,
        this: &Thing,
        name: &Text,
        arguments: &[Item],
    ) -> Thing {
        match this {
            Thing::Router(id, base) => {
                let (id, base) = (*id, base.clone());
                if let Some(done) = self.registration(env, expr, id, &base, name, arguments) {
                    return done;
                }
            }
            Thing::RouteOf(id, path) => {
                let (id, path) = (*id, path.clone());
                return self.route_of(env, id, path, name, arguments);
            }
            Thing::Closure(..) if &**name == "bind" => return this.clone(),
            _ => {}
        }
        let called = match &**name {
            "forEach" | "map" => self.items(this),
            "then" | "finally" | "once" | "on" | "catch" => vec![Thing::Unknown],
            _ => Vec::new(),
        };
        if !called.is_empty() {
            for item in arguments {
                if let Thing::Closure(function, of) = self.expr(env, &item.value) {
                    for thing in &called {
                        self.run(&function, &of, vec![thing.clone()]);
                    }
                }
            }
            return Thing::Unknown;
        }
        let function = self.property(this, name);
        self.call(env, &function, arguments, expr.at)
    }

    /// Calls something.
    fn call(&mut self, env: &Rc<Env>, callee: &Thing, arguments: &[Item], at: Offset) -> Thing {
        if let Thing::Module(file) = callee {
            let default = self.export(&file.clone(), "default");
            return match default {
                Some(Thing::Module(_)) | None => Thing::Unknown,
                Some(default) => self.call(env, &default, arguments, at),
            };
        }
        if let Thing::Package(source, name) = callee {
            return self.made(env, source, name, arguments, at);
        }
        let given: Vec<Thing> = arguments
            .iter()
            .map(|item| self.expr(env, &item.value))
            .collect();
        match callee {
            Thing::Closure(function, of) => {
                let spread = arguments.iter().any(|item| item.spread);
                let exprs = arguments.iter().map(|item| item.value.clone()).collect();
                let written = (!spread).then(|| (exprs, Rc::clone(env)));
                self.run_written(function, of, given, written)
            }
            Thing::Made(source, name, _) => {
                let (source, name) = (source.clone(), name.clone());
                self.made(env, &source, &name, arguments, at)
            }
            _ => {
                let is_server = |thing: &Thing| matches!(thing, Thing::Router(..));
                if matches!(callee, Thing::Unknown) && given.iter().any(is_server) {
                    self.note(&env.file, at, UNFOLLOWED);
                }
                Thing::Unknown
            }
        }
    }

    /// Runs a function of the project.
    pub fn run(&mut self, function: &Arc<Function>, of: &Rc<Env>, given: Vec<Thing>) -> Thing {
        self.run_written(function, of, given, None)
    }

    fn run_written(
        &mut self,
        function: &Arc<Function>,
        of: &Rc<Env>,
        given: Vec<Thing>,
        written: Option<(Vec<Expr>, Rc<Env>)>,
    ) -> Thing {
        let address = Arc::as_ptr(function);
        if self.running.contains(&address) || self.running.len() > 40 {
            return Thing::Unknown;
        }
        let env = Rc::new(Env {
            file: of.file.clone(),
            call: Some(Called {
                function: Arc::clone(function),
                given: given.clone(),
                written,
            }),
            names: RefCell::default(),
            outer: Some(Rc::clone(of)),
        });
        self.running.push(address);
        self.used.insert(address as usize);
        self.depth += 10;
        let mut given = given.into_iter();
        for pattern in &function.parameters {
            let thing = given.next().unwrap_or(Thing::Unknown);
            self.bind(&env, pattern, thing);
        }
        let returned = self.body(&env, &function.body);
        self.depth -= 10;
        self.running.pop();
        returned.unwrap_or(Thing::Unknown)
    }

    pub fn new_of(
        &mut self,
        env: &Rc<Env>,
        class: &Thing,
        arguments: &[Item],
        at: Offset,
    ) -> Thing {
        let Thing::Class(class, of) = class else {
            return self.call(env, class, arguments, at);
        };
        let given: Vec<Thing> = arguments
            .iter()
            .map(|item| self.expr(env, &item.value))
            .collect();
        self.used.insert(Arc::as_ptr(class) as usize);
        let instance = Rc::new(Instance {
            class: Arc::clone(class),
            env: Rc::clone(of),
            fields: RefCell::default(),
        });
        let this = Thing::Instance(Rc::clone(&instance));
        let inside = with_this(of, this.clone());
        for member in &class.members {
            if let Property::Value(Key::Name(name), value) = member
                && !matches!(value.kind, Kind::Function(_))
            {
                let thing = self.expr(&inside, value);
                instance.fields.borrow_mut().insert(name.clone(), thing);
            }
        }
        if let Some(constructor) = &class.constructor {
            self.run(constructor, &inside, given);
        }
        this
    }
}

fn with_this(env: &Rc<Env>, this: Thing) -> Rc<Env> {
    Rc::new(Env {
        file: env.file.clone(),
        call: None,
        names: RefCell::new(HashMap::from([(Text::from("this"), this)])),
        outer: Some(Rc::clone(env)),
    })
}

fn method(members: &[Property], name: &str) -> Option<Arc<Function>> {
    members.iter().find_map(|member| match member {
        Property::Value(Key::Name(key), value) if &**key == name => match &value.kind {
            Kind::Function(function) => Some(Arc::clone(function)),
            _ => None,
        },
        _ => None,
    })
}

/// How much is written in an expression, roughly.
fn size(expr: &Expr, depth: usize) -> usize {
    if depth > 64 {
        return 1;
    }
    let items =
        |items: &[Item]| -> usize { items.iter().map(|item| size(&item.value, depth + 1)).sum() };
    1 + match &expr.kind {
        Kind::Array(all) => items(all),
        Kind::Object(all) => all
            .iter()
            .map(|property| match property {
                Property::Value(_, value) | Property::Spread(value) => size(value, depth + 1),
                Property::Getter(..) => 1,
            })
            .sum(),
        Kind::Call {
            callee, arguments, ..
        } => size(callee, depth + 1) + items(arguments),
        Kind::Binary(_, left, right) | Kind::Logical(_, left, right) => {
            size(left, depth + 1) + size(right, depth + 1)
        }
        Kind::Template(_, parts) => parts.len(),
        _ => 1,
    }
}
