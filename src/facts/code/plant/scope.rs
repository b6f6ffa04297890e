//! Which names of the top level change after their declaration.
//!
//! A change is noted where it is written and goes outwards until a scope declares its name. What
//! reaches the top level and is declared there is what counts. So a parameter of the same name does not.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::facts::code::tree::{Expr, Item, Kind, Pattern, Text};

/// Ways in which what a name holds may change, as bits of a set.
type Ways = u8;
/// `x = …`.
const NAME: Ways = 1;
/// `x.y = …`, `delete x.y`, `Object.assign(x, …)`.
const MEMBER: Ways = 1 << 1;
/// `x.push(…)`.
const LIST: Ways = 1 << 2;
/// `x.set(…)`.
const BAG: Ways = 1 << 3;
/// `x.y.set(…)`.
const INNER_BAG: Ways = 1 << 4;

/// Methods that change a list.
const LIST_METHODS: &[&str] = &[
    "push",
    "unshift",
    "splice",
    "pop",
    "shift",
    "sort",
    "reverse",
    "fill",
    "copyWithin",
];
/// Methods that change a collection, where the object is one.
const BAG_METHODS: &[&str] = &["set", "add", "delete", "append", "clear"];
/// The classes of such collections.
const BAGS: &[&str] = &[
    "Map",
    "Set",
    "WeakMap",
    "WeakSet",
    "Headers",
    "URLSearchParams",
    "FormData",
];
/// Functions of `Object` and `Reflect` that change their first argument.
const CHANGERS: &[&str] = &[
    "assign",
    "defineProperty",
    "defineProperties",
    "setPrototypeOf",
    "set",
    "deleteProperty",
];

/// What a name holds when it is declared, as far as it says what may change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// Something of another module: `router.push(…)` says nothing about the import.
    Import,
    /// A function or class. Calling it does what was written, whatever is put on it (`Page.auth = true`).
    Code,
    /// An array or object that is written out.
    Literal,
    /// `new Map()` and its like.
    Bag,
    /// Anything else: `db.delete(…)` and `app.set(…)` are calls, and not the end of what `db` is.
    Other,
}

impl Held {
    /// What an initial value is.
    pub(super) fn of(value: Option<&Expr>) -> Self {
        match value.map(|value| &value.kind) {
            Some(Kind::Function(_) | Kind::Class(_)) => Held::Code,
            Some(Kind::Array(_) | Kind::Object(_)) => Held::Literal,
            Some(Kind::New { callee, .. }) if is_bag(callee) => Held::Bag,
            _ => Held::Other,
        }
    }

    fn changed_by(self) -> Ways {
        match self {
            Held::Import => MEMBER,
            Held::Code => NAME,
            Held::Literal => NAME | MEMBER | LIST | INNER_BAG,
            Held::Bag => NAME | MEMBER | LIST | BAG | INNER_BAG,
            Held::Other => NAME | MEMBER | LIST,
        }
    }
}

fn is_bag(callee: &Expr) -> bool {
    matches!(&callee.kind, Kind::Name(name) if BAGS.contains(&name.as_ref()))
}

/// Where names are declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// In the nearest block: `let`, `const`, `class`.
    Block,
    /// In the nearest function: `var`.
    Function,
}

#[derive(Debug, Default)]
struct Scope {
    is_function: bool,
    declared: HashMap<Text, Held>,
    changes: HashMap<Text, Ways>,
}

/// The scopes around the place that is being read, outermost first.
#[derive(Debug)]
pub(super) struct Scopes {
    top: Scope,
    inner: Vec<Scope>,
}

impl Default for Scopes {
    fn default() -> Self {
        Self {
            top: Scope {
                is_function: true,
                ..Scope::default()
            },
            inner: Vec::new(),
        }
    }
}

impl Scopes {
    pub(super) fn enter(&mut self, is_function: bool) {
        self.inner.push(Scope {
            is_function,
            ..Scope::default()
        });
    }

    /// Ends the innermost scope: the changes of names that it did not declare are those of the one around
    /// it. The smaller set goes into the larger one, so that deep nesting costs no more than its text.
    pub(super) fn leave(&mut self) {
        let Some(mut ended) = self.inner.pop() else {
            return;
        };
        for name in ended.declared.keys() {
            ended.changes.remove(name);
        }
        let around = self.innermost();
        if around.changes.len() < ended.changes.len() {
            std::mem::swap(&mut around.changes, &mut ended.changes);
        }
        for (name, ways) in ended.changes {
            *around.changes.entry(name).or_default() |= ways;
        }
    }

    fn innermost(&mut self) -> &mut Scope {
        self.inner.last_mut().unwrap_or(&mut self.top)
    }

    pub(super) fn declare(&mut self, name: &Text, held: Held, reach: Reach) {
        let scope = match reach {
            Reach::Block => self.innermost(),
            Reach::Function => {
                let nearest = self.inner.iter_mut().rev().find(|scope| scope.is_function);
                nearest.unwrap_or(&mut self.top)
            }
        };
        match scope.declared.entry(Text::clone(name)) {
            Entry::Vacant(place) => {
                place.insert(held);
            }
            // A second `var` is an assignment; an overload or a merged namespace is none.
            Entry::Occupied(mut place) if *place.get() != held => {
                place.insert(Held::Other);
            }
            Entry::Occupied(_) => {}
        }
    }

    fn note(&mut self, name: &Text, way: Ways) {
        let changes = &mut self.innermost().changes;
        *changes.entry(Text::clone(name)).or_default() |= way;
    }

    /// Notes an assignment to each part of a pattern.
    pub(super) fn assigned(&mut self, target: &Pattern) {
        match target {
            Pattern::Name(name) => self.note(name, NAME),
            Pattern::Member(member) => {
                if let Some((name, _)) = root(member) {
                    self.note(name, MEMBER);
                }
            }
            Pattern::Default(target, _) => self.assigned(target),
            Pattern::Object(parts, rest) => {
                let parts = parts.iter().map(|(_, part)| part);
                parts
                    .chain(rest.as_deref())
                    .for_each(|part| self.assigned(part));
            }
            Pattern::Array(parts, rest) => {
                let parts = parts.iter().flatten();
                parts
                    .chain(rest.as_deref())
                    .for_each(|part| self.assigned(part));
            }
            Pattern::Unknown => {}
        }
    }

    /// Notes `delete x.y`.
    pub(super) fn deleted(&mut self, member: &Expr) {
        if let Some((name, 1..)) = root(member) {
            self.note(name, MEMBER);
        }
    }

    /// Notes what a call changes in place.
    pub(super) fn called(&mut self, callee: &Expr, arguments: &[Item]) {
        let Kind::Member { object, name, .. } = &callee.kind else {
            return;
        };
        let method = name.as_ref();
        let Some((owner, depth)) = root(object) else {
            return;
        };
        if matches!(owner.as_ref(), "Object" | "Reflect") && CHANGERS.contains(&method) {
            if let Some((name, _)) = arguments.first().and_then(|first| root(&first.value)) {
                self.note(name, MEMBER);
            }
        } else if LIST_METHODS.contains(&method) {
            self.note(owner, LIST);
        } else if BAG_METHODS.contains(&method) {
            self.note(owner, if depth == 0 { BAG } else { INNER_BAG });
        }
    }

    /// The names of the top level that change, sorted.
    pub(super) fn changed(self) -> Vec<Text> {
        let Scope {
            declared, changes, ..
        } = self.top;
        let mut changed: Vec<Text> = changes
            .into_iter()
            .filter(|(name, ways)| {
                let held = declared.get(name);
                held.is_some_and(|held| held.changed_by() & ways != 0)
            })
            .map(|(name, _)| name)
            .collect();
        changed.sort_unstable();
        changed
    }
}

/// The name at the left of a chain of members, and how many members follow it.
fn root(mut of: &Expr) -> Option<(&Text, usize)> {
    let mut members = 0;
    loop {
        match &of.kind {
            Kind::Name(name) => return Some((name, members)),
            Kind::Member { object, .. } | Kind::Index { object, .. } => {
                members += 1;
                of = object;
            }
            Kind::Chain(inside) => of = inside,
            _ => return None,
        }
    }
}
