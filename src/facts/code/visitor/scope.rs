//! Variables, and the journal that lets a branch be taken back.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::value::{Text, Value};
use super::world::Instance;

/// A block, function or module with its variables.
pub(super) struct Scope {
    variables: RefCell<HashMap<Text, Value>>,
    parent: Option<Rc<Scope>>,
    /// The module whose top level this is, or lies in.
    pub instance: Rc<Instance>,
    /// Whether this is the top level itself.
    pub is_top: bool,
}

impl Scope {
    /// The top level of a module.
    pub fn top(instance: Rc<Instance>) -> Rc<Self> {
        Rc::new(Self {
            variables: RefCell::default(),
            parent: None,
            instance,
            is_top: true,
        })
    }

    /// A scope inside another.
    pub fn inside(parent: &Rc<Scope>) -> Rc<Self> {
        Rc::new(Self {
            variables: RefCell::default(),
            parent: Some(Rc::clone(parent)),
            instance: Rc::clone(&parent.instance),
            is_top: false,
        })
    }

    /// The variable of this very scope.
    pub fn own(&self, name: &str) -> Option<Value> {
        self.variables.borrow().get(name).cloned()
    }

    /// Writes a variable for good, past any journal.
    pub fn keep(&self, name: &Text, value: Value) {
        self.variables.borrow_mut().insert(Rc::clone(name), value);
    }

    /// All variables of this very scope.
    pub fn all(&self) -> std::collections::BTreeMap<Text, Value> {
        let variables = self.variables.borrow();
        let all = variables.iter();
        all.map(|(name, value)| (Rc::clone(name), value.clone()))
            .collect()
    }

    /// The top level around.
    pub fn outermost(self: &Rc<Self>) -> Rc<Scope> {
        let mut scope = self;
        while let Some(parent) = &scope.parent {
            scope = parent;
        }
        Rc::clone(scope)
    }

    /// The nearest scope around that has a variable of this name; the top level may have it unseen.
    pub fn holder(self: &Rc<Self>, name: &str) -> Option<Rc<Scope>> {
        let mut scope = self;
        loop {
            if scope.variables.borrow().contains_key(name) {
                return Some(Rc::clone(scope));
            }
            scope = scope.parent.as_ref()?;
        }
    }
}

/// A variable of a scope.
type Slot = (Rc<Scope>, Text);

/// What was written since the journal began, so that it can be undone and joined.
#[derive(Default)]
pub(super) struct Journal {
    /// Each write with what was there before.
    writes: Vec<(Slot, Option<Value>)>,
}

/// What a branch wrote.
pub(super) type Writes = Vec<(Slot, Option<Value>)>;

/// The values of variables by what they belong to.
type BySlot<'w> = HashMap<(*const Scope, &'w Text), &'w Option<Value>>;

fn by_slot(writes: &Writes) -> BySlot<'_> {
    let writes = writes.iter();
    writes
        .map(|((scope, name), value)| ((Rc::as_ptr(scope), name), value))
        .collect()
}

impl Journal {
    /// A place to return to.
    pub fn mark(&self) -> usize {
        self.writes.len()
    }

    /// Writes a variable of a scope.
    pub fn set(&mut self, scope: &Rc<Scope>, name: &Text, value: Value) {
        let before = scope.variables.borrow_mut().insert(Rc::clone(name), value);
        self.writes
            .push(((Rc::clone(scope), Rc::clone(name)), before));
    }

    /// Undoes all writes since a mark and says what they had left behind.
    pub fn take_back(&mut self, mark: usize) -> Writes {
        let mut left: Writes = Vec::new();
        let mut seen: HashSet<(*const Scope, Text)> = HashSet::new();
        while self.writes.len() > mark {
            let Some(((scope, name), before)) = self.writes.pop() else {
                break;
            };
            let mut variables = scope.variables.borrow_mut();
            let now = match before {
                Some(before) => variables.insert(Rc::clone(&name), before),
                None => variables.remove(&name),
            };
            drop(variables);
            // Backwards in time: the first one seen is the last one written.
            if seen.insert((Rc::as_ptr(&scope), Rc::clone(&name))) {
                left.push(((scope, name), now));
            }
        }
        left
    }

    /// Writes again what a branch had written.
    pub fn redo(&mut self, writes: &Writes) {
        for ((scope, name), value) in writes {
            if let Some(value) = value {
                self.set(scope, name, value.clone());
            }
        }
    }

    /// Writes what either of two branches may have left behind.
    pub fn join(&mut self, one: &Writes, other: &Writes, join: impl Fn(Value, Value) -> Value) {
        let (of_one, of_other) = (by_slot(one), by_slot(other));
        let find = |writes: &BySlot<'_>, slot: &Slot| {
            let found = writes.get(&(Rc::as_ptr(&slot.0), &slot.1));
            found.and_then(|value| (*value).clone())
        };
        for (slot, value) in one {
            let Some(value) = value.clone() else { continue };
            let joined = match find(&of_other, slot).or_else(|| slot.0.own(&slot.1)) {
                Some(others) => join(value, others),
                None => value,
            };
            self.set(&slot.0, &slot.1, joined);
        }
        for (slot, value) in other {
            let Some(value) = value.clone() else { continue };
            if find(&of_one, slot).is_some() {
                continue;
            }
            let joined = match slot.0.own(&slot.1) {
                Some(before) => join(before, value),
                None => value,
            };
            self.set(&slot.0, &slot.1, joined);
        }
    }
}
