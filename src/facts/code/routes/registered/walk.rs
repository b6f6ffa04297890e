//! Walks the code that puts a server together, once, in the order in which it runs.
//!
//! Only what leads to routers is worked out; everything else stays as it is written.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::load::Loaded;
use super::thing::{Env, Router, Thing};
use crate::facts::code::project::Project;
use crate::facts::code::tree::{Function, Key, Kind, Offset, Pattern, Statement, StatementKind};

/// Expressions that are looked at for one app; what is longer is left.
pub(super) const MAX_STEPS: usize = 400_000;

/// Expressions inside expressions, bodies included.
pub(super) const MAX_DEPTH: usize = 3_000;

/// Turns of a loop over a list that is written out.
const MAX_TURNS: usize = 200;

/// The walk over an app.
pub(super) struct Walk<'p> {
    pub project: &'p Project<'p>,
    pub routers: Vec<Router>,
    pub notes: Vec<String>,
    pub loaded: HashMap<String, Option<Rc<Loaded>>>,
    /// Whether what is registered now is only registered under a condition.
    pub conditional: usize,
    pub steps: usize,
    pub depth: usize,
    pub running: Vec<*const Function>,
    /// Functions and classes that were run.
    pub used: HashSet<usize>,
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

    /// Runs statements and gives what they return.
    pub fn body(&mut self, env: &Rc<Env>, body: &[Statement]) -> Option<Thing> {
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
    pub fn items(&mut self, list: &Thing) -> Vec<Thing> {
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

    pub fn bind(&mut self, env: &Rc<Env>, pattern: &Pattern, thing: Thing) {
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
}
