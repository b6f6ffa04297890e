//! What handlers in a row share, and what was done before any request.

use std::rc::Rc;

use super::pattern::Binding;
use super::{Run, Scope};
use crate::facts::code::tree::Function;
use crate::facts::code::visitor::value::Value;

/// What loading modules may take in all.
const MAX_LOADED: u32 = 3_000_000;

impl Run<'_> {
    /// Begins a row of handlers that leave things for each other.
    pub fn begin(&mut self, top: &Rc<Scope>) {
        self.kept = Some(Scope::inside(top));
    }

    /// Leaves something for later handlers: `req.userId = …`.
    pub fn keep(&mut self, holder: &str, name: &str, value: Value) {
        if let Some(kept) = self.kept.clone() {
            self.journal
                .set(&kept, &Rc::from(format!("{holder}.{name}")), value);
        }
    }

    /// What an earlier handler left.
    pub fn kept(&self, holder: &str, name: &str) -> Option<Value> {
        self.kept.as_ref()?.own(&format!("{holder}.{name}"))
    }

    /// The status that was set for the answer.
    pub fn status(&self) -> Option<u16> {
        match self.kept("reply", "statusCode")?.bare() {
            Value::Number(number) => Some(*number as u16),
            _ => None,
        }
    }

    /// Works something out that was done before any request, with steps of its own.
    pub fn setup<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        // All of them together have a bound too.
        let world = self.world;
        let own = if world.loaded.get() > MAX_LOADED {
            u32::MAX
        } else {
            0
        };
        let steps = std::mem::replace(&mut self.steps, own);
        let exhausted = self.exhausted.take();
        let done = self.aside(work);
        let spent = if own == 0 { self.steps } else { 0 };
        world.loaded.set(
            world
                .loaded
                .get()
                .saturating_add(spent.min(super::MAX_STEPS)),
        );
        self.steps = steps;
        self.exhausted = exhausted;
        done
    }

    /// Runs the body of a function in a scope, for the variables that it leaves there.
    pub fn prepare(&mut self, scope: &Rc<Scope>, function: &Function, given: Vec<Value>) {
        let mut given = given.into_iter();
        for parameter in &function.parameters {
            let value = given.next().unwrap_or_else(Value::unknown);
            let _ = self.bind(scope, parameter, value, Binding::New);
        }
        let _ = self.statements(scope, &function.body);
    }
}
