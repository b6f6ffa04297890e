//! Walks the code that puts a server together, once, in the order in which it runs.
//!
//! Only what leads to routers is worked out; everything else stays as it is written.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::thing::{Called, Env, Instance, Router, Thing};
use crate::facts::code::module::Module;
use crate::facts::code::project::Project;
use crate::facts::code::resolve::Target;
use crate::facts::code::tree::{
    Expr, Function, Item, Key, Kind, Offset, Pattern, Property, Statement, StatementKind, Text,
};
use crate::facts::code::value::{Exported, Form, Taken, Value as ModuleValue};

/// The name under which a module's tree holds its default export.
const DEFAULT: &str = "*default*";

/// Expressions that are looked at for one app; what is longer is left.
const MAX_STEPS: usize = 400_000;

/// Expressions inside expressions, bodies included.
const MAX_DEPTH: usize = 3_000;

/// How a parameter is called that is given the server.
const SERVERS: &[&str] = &[
    "app", "server", "fastify", "router", "instance", "api", "hono",
];

/// Turns of a loop over a list that is written out.
const MAX_TURNS: usize = 200;

/// A module that was run.
pub(super) struct Loaded {
    pub module: Arc<Module>,
    pub env: Rc<Env>,
    exports: RefCell<HashMap<String, Thing>>,
}

/// The walk over an app.
pub(super) struct Walk<'p> {
    pub project: &'p Project<'p>,
    pub routers: Vec<Router>,
    pub notes: Vec<String>,
    pub loaded: HashMap<String, Option<Rc<Loaded>>>,
    /// Whether what is registered now is only registered under a condition.
    pub conditional: usize,
    steps: usize,
    depth: usize,
    running: Vec<*const Function>,
    /// Functions and classes that were run.
    used: HashSet<usize>,
}

impl<'p> Walk<'p> {
    pub fn new(project: &'p Project<'p>) -> Self {
        Self {
            project,
            routers: Vec::new(),
            notes: Vec::new(),
            loaded: HashMap::new(),
            conditional: 0,
            steps: 0,
            depth: 0,
            running: Vec::new(),
            used: HashSet::new(),
        }
    }

    /// A sentence about a place that could not be followed.
    pub fn note(&mut self, file: &str, at: Offset, what: &str) {
        let loaded = self.loaded.get(file).and_then(Option::as_ref);
        let line = loaded.map_or(1, |loaded| loaded.module.spot(at).line);
        let note = format!("{file}:{line}: {what}");
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Runs a module, after those it imports.
    pub fn load(&mut self, file: &str) -> Option<Rc<Loaded>> {
        if let Some(known) = self.loaded.get(file) {
            return known.clone();
        }
        if self.depth > MAX_DEPTH / 2 {
            return None;
        }
        let module = match self.project.module(file)? {
            Ok(module) => module,
            Err(problem) => {
                self.notes
                    .push(format!("{file}: it could not be read: {}", problem.message));
                self.loaded.insert(file.to_owned(), None);
                return None;
            }
        };
        let env = Rc::new(Env {
            file: file.to_owned(),
            call: None,
            names: RefCell::default(),
            outer: None,
        });
        let loaded = Rc::new(Loaded {
            module: Arc::clone(&module),
            env: Rc::clone(&env),
            exports: RefCell::default(),
        });
        self.loaded
            .insert(file.to_owned(), Some(Rc::clone(&loaded)));
        self.depth += 20;
        let sources = module.imports.iter().filter(|import| !import.type_only);
        for import in sources {
            if let Target::File(next) = self.project.resolve(file, &import.source) {
                self.load(&next);
            }
        }
        let outer = std::mem::take(&mut self.conditional);
        self.body(&env, &module.program.body);
        self.conditional = outer;
        self.depth -= 20;
        Some(loaded)
    }

    /// What a module gives under a name.
    pub fn export(&mut self, file: &str, name: &str) -> Option<Thing> {
        let loaded = self.load(file)?;
        if let Some(thing) = loaded.exports.borrow().get(name) {
            return Some(thing.clone());
        }
        let module = Arc::clone(&loaded.module);
        if let Some(export) = module.export(name) {
            return Some(match &export.exported {
                Exported::From { source, taken } => self.imported(file, source, taken),
                Exported::Value(ModuleValue::Name { name, .. })
                    if !matches!(export.form, Form::Default | Form::CommonJs) =>
                {
                    self.name(&loaded.env, name)
                }
                Exported::Value(_) if export.form == Form::Declaration => {
                    self.name(&loaded.env, name)
                }
                Exported::Value(_) => match loaded.env.find(DEFAULT) {
                    Some(thing) => thing,
                    None => self.name(&loaded.env, name),
                },
            });
        }
        if self.depth > MAX_DEPTH / 2 {
            return None;
        }
        self.depth += 20;
        let found =
            module
                .stars
                .iter()
                .find_map(|source| match self.project.resolve(file, source) {
                    Target::File(next) if next != file => self.export(&next, name),
                    _ => None,
                });
        self.depth -= 20;
        found
    }

    /// Runs the exports of a module that nobody has used: what makes a server is called from a file that
    /// says nothing of the framework, and what is given one is called by code that could not be followed.
    pub fn use_exports(&mut self, file: &str) {
        let Some(loaded) = self.load(file) else {
            return;
        };
        let mut names = loaded.module.export_names();
        names.extend(loaded.exports.borrow().keys().cloned());
        for name in names {
            match self.export(file, &name) {
                Some(Thing::Closure(function, of)) if of.file == file => {
                    if self.used.contains(&(Arc::as_ptr(&function) as usize)) {
                        continue;
                    }
                    let given = match function.parameters.first() {
                        Some(Pattern::Name(name)) if SERVERS.contains(&&**name) => {
                            vec![self.unseen_server(file, function.at)]
                        }
                        _ => Vec::new(),
                    };
                    self.run(&function, &of, given);
                }
                Some(class @ Thing::Class(..)) => {
                    let Thing::Class(inner, env) = &class else {
                        continue;
                    };
                    let is_used = self.used.contains(&(Arc::as_ptr(inner) as usize));
                    if !is_used && env.file == file {
                        let env = Rc::clone(env);
                        self.new_of(&env, &class, &[], 0);
                    }
                }
                _ => {}
            }
        }
    }

    fn imported(&mut self, file: &str, source: &str, taken: &Taken) -> Thing {
        let name = match taken {
            Taken::Export(name) => name.as_str(),
            Taken::All => "*",
        };
        match self.project.resolve(file, source) {
            Target::File(next) if name == "*" => self.module(&next),
            Target::File(next) => match self.export(&next, name) {
                Some(thing) => thing,
                None if name == "default" => self.module(&next),
                None => Thing::Unknown,
            },
            Target::Package(_) => Thing::Package(source.to_owned(), name.to_owned()),
            Target::Missing(_) => Thing::Unknown,
        }
    }

    /// What `require()` gives: what `module.exports` was set to, else all exports.
    fn module(&mut self, file: &str) -> Thing {
        let Some(loaded) = self.load(file) else {
            return Thing::Unknown;
        };
        let set = loaded.exports.borrow().get("default").cloned();
        set.unwrap_or_else(|| Thing::Module(file.to_owned()))
    }

    /// What a name holds.
    fn name(&mut self, env: &Rc<Env>, name: &str) -> Thing {
        if let Some(thing) = env.find(name) {
            return thing;
        }
        let loaded = self.loaded.get(&env.file).and_then(Clone::clone);
        let Some(loaded) = loaded else {
            return Thing::Unknown;
        };
        let Some(import) = loaded.module.import(name) else {
            return Thing::Unknown;
        };
        let (source, taken) = (import.source.clone(), import.taken.clone());
        self.imported(&env.file, &source, &taken)
    }

    /// Runs statements and gives what they return.
    fn body(&mut self, env: &Rc<Env>, body: &[Statement]) -> Option<Thing> {
        for statement in body {
            if let StatementKind::Function(function) = &statement.kind
                && let Some(name) = &function.name
            {
                env.set(name, Thing::Closure(Arc::clone(function), Rc::clone(env)));
            }
        }
        let mut returned = None;
        for statement in body {
            if self.steps > MAX_STEPS || self.depth > MAX_DEPTH {
                break;
            }
            let value = self.statement(env, statement);
            returned = returned.or(value);
            if matches!(
                statement.kind,
                StatementKind::Return(_) | StatementKind::Throw(_)
            ) {
                break;
            }
        }
        returned
    }

    fn statement(&mut self, env: &Rc<Env>, statement: &Statement) -> Option<Thing> {
        self.steps += 1;
        self.depth += 1;
        let value = self.statement_inside(env, statement);
        self.depth -= 1;
        value
    }

    fn statement_inside(&mut self, env: &Rc<Env>, statement: &Statement) -> Option<Thing> {
        match &statement.kind {
            StatementKind::Expr(expr) => drop(self.expr(env, expr)),
            StatementKind::Declare(all) => {
                for (pattern, value) in all {
                    let thing = match value {
                        Some(value) => self.expr(env, value),
                        None => Thing::Unknown,
                    };
                    self.bind(env, pattern, thing);
                }
            }
            StatementKind::Class(name, class) => {
                let class = self.expr(env, class);
                env.set(name, class);
            }
            StatementKind::Return(value) => {
                return value.as_ref().map(|value| self.expr(env, value));
            }
            StatementKind::If(test, then, other) => {
                self.expr(env, test);
                self.conditional += 1;
                let one = self.statement(env, then);
                let two = other
                    .as_deref()
                    .and_then(|other| self.statement(env, other));
                self.conditional -= 1;
                return one.or(two);
            }
            StatementKind::Block(body) => return self.body(env, body),
            StatementKind::Try {
                block,
                handler,
                last,
            } => {
                let value = self.body(env, block);
                self.conditional += 1;
                if let Some((_, body)) = handler {
                    self.body(env, body);
                }
                self.conditional -= 1;
                return value.or(self.body(env, last));
            }
            StatementKind::Switch(value, cases) => {
                self.expr(env, value);
                self.conditional += 1;
                let mut returned = None;
                for (_, body) in cases {
                    let value = self.body(env, body);
                    returned = returned.or(value);
                }
                self.conditional -= 1;
                return returned;
            }
            StatementKind::ForOf(each, list, body) => {
                let list = self.expr(env, list);
                for thing in self.items(&list) {
                    self.bind(env, each, thing);
                    self.statement(env, body);
                }
            }
            StatementKind::ForIn(each, object, body) => {
                self.expr(env, object);
                self.bind(env, each, Thing::Unknown);
                self.statement(env, body);
            }
            StatementKind::Loop { body, .. } => drop(self.statement(env, body)),
            StatementKind::Function(_)
            | StatementKind::Throw(_)
            | StatementKind::Leave
            | StatementKind::Unknown => {}
        }
        None
    }

    /// The items of a list; of one that is not written out, a single unknown one.
    fn items(&mut self, list: &Thing) -> Vec<Thing> {
        let Thing::Value(expr, env) = list else {
            return vec![Thing::Unknown];
        };
        let Kind::Array(items) = &expr.kind else {
            return vec![Thing::Unknown];
        };
        let items = items.iter().take(MAX_TURNS);
        items
            .map(|item| match item.spread {
                true => Thing::Unknown,
                false => self.expr(env, &item.value),
            })
            .collect()
    }

    fn bind(&mut self, env: &Rc<Env>, pattern: &Pattern, thing: Thing) {
        match pattern {
            Pattern::Name(name) => env.set(name, thing),
            Pattern::Object(all, _) => {
                for (key, inner) in all {
                    let part = match key {
                        Key::Name(name) => self.property(&thing, name),
                        Key::Computed(_) => Thing::Unknown,
                    };
                    self.bind(env, inner, part);
                }
            }
            Pattern::Array(all, _) => {
                let items = self.items(&thing);
                for (index, inner) in all.iter().enumerate() {
                    let part = items.get(index).cloned().unwrap_or(Thing::Unknown);
                    if let Some(inner) = inner {
                        self.bind(env, inner, part);
                    }
                }
            }
            Pattern::Default(inner, default) => {
                let thing = match thing {
                    Thing::Unknown => self.expr(env, default),
                    thing => thing,
                };
                self.bind(env, inner, thing);
            }
            Pattern::Member(_) | Pattern::Unknown => {}
        }
    }

    /// A property of something.
    pub fn property(&mut self, thing: &Thing, name: &str) -> Thing {
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
                    _ => Thing::Value(expr.clone(), Rc::clone(env)),
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
                    _ => Thing::Value(expr.clone(), Rc::clone(env)),
                }
            }
            Kind::Unary(_, inner) => {
                self.expr(env, inner);
                Thing::Value(expr.clone(), Rc::clone(env))
            }
            Kind::Assign { target, value, .. } => {
                let thing = self.expr(env, value);
                self.assign(env, target, thing.clone());
                thing
            }
            _ => Thing::Value(expr.clone(), Rc::clone(env)),
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
            _ => {}
        }
        let function = self.expr(env, callee);
        self.call(env, &function, arguments, expr.at)
    }

    fn required(&mut self, env: &Rc<Env>, arguments: &[Item]) -> Thing {
        let Some(Kind::Text(source)) = arguments.first().map(|item| &item.value.kind) else {
            return Thing::Unknown;
        };
        let source = source.to_string();
        match self.project.resolve(&env.file, &source) {
            Target::File(file) => self.module(&file),
            Target::Package(_) => Thing::Package(source, "*".to_owned()),
            Target::Missing(_) => Thing::Unknown,
        }
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
            _ => Thing::Unknown,
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

    fn new_of(&mut self, env: &Rc<Env>, class: &Thing, arguments: &[Item], at: Offset) -> Thing {
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

/// The export that is assigned to: `default` for `module.exports` itself.
fn exports_to(member: &Expr) -> Option<&str> {
    let Kind::Member { object, name, .. } = &member.kind else {
        return None;
    };
    match &object.kind {
        Kind::Name(of) if &**of == "module" && &**name == "exports" => Some("default"),
        Kind::Name(of) if &**of == "exports" => Some(name),
        Kind::Member { .. } if exports_to(object) == Some("default") => Some(name),
        _ => None,
    }
}
