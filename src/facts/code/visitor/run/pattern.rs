//! Declaring and assigning: what each name of a pattern comes to hold.

use std::rc::Rc;

use super::{Eval, Run};
use crate::facts::code::tree::{Expr, Key, Kind, Pattern};
use crate::facts::code::visitor::frameworks;
use crate::facts::code::visitor::library;
use crate::facts::code::visitor::scope::Scope;
use crate::facts::code::visitor::value::{List, Object, ObjectKind, Text, Value};

/// Whether names come into being or are there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Binding {
    New,
    Assigned,
}

impl Run<'_> {
    /// Gives a value to the names of a pattern.
    pub(super) fn bind(
        &mut self,
        scope: &Rc<Scope>,
        pattern: &Pattern,
        value: Value,
        binding: Binding,
    ) -> Eval<()> {
        match pattern {
            Pattern::Name(name) => self.bind_name(scope, &Rc::from(&**name), value, binding),
            Pattern::Default(inner, default) => {
                let value = match value.bare() {
                    Value::Undefined => self.expr(scope, default)?,
                    _ => value,
                };
                self.bind(scope, inner, value, binding)?;
            }
            Pattern::Object(all, rest) => {
                self.not_nullish(scope, all, &value)?;
                for (key, inner) in all {
                    let part = match key {
                        Key::Name(name) => self.get(&value, name, &self.here(scope)),
                        Key::Computed(key) => {
                            let key = self.expr(scope, key)?;
                            self.index(&value, &key, &self.here(scope))
                        }
                    };
                    self.bind(scope, inner, part, binding)?;
                }
                if let Some(rest) = rest {
                    let left = without(&value, all);
                    self.bind(scope, rest, left, binding)?;
                }
            }
            Pattern::Array(all, rest) => {
                for (index, inner) in all.iter().enumerate() {
                    let Some(inner) = inner else { continue };
                    let part = self.element(&value, index);
                    self.bind(scope, inner, part, binding)?;
                }
                if let Some(rest) = rest {
                    let left = match value.bare() {
                        Value::List(list) => Value::List(Rc::new(List {
                            items: list.items.iter().skip(all.len()).cloned().collect(),
                            open: list.open,
                        })),
                        _ => super::truth::unknown_of(&value, &value),
                    };
                    self.bind(scope, rest, left, binding)?;
                }
            }
            Pattern::Member(member) => self.assign_member(scope, member, value)?,
            Pattern::Unknown => {}
        }
        Ok(())
    }

    fn not_nullish(
        &mut self,
        scope: &Rc<Scope>,
        all: &[(Key, Pattern)],
        value: &Value,
    ) -> Eval<()> {
        if value.is_nullish() && !all.is_empty() {
            let place = value
                .decision()
                .map_or_else(|| self.here(scope), |by| by.place.clone());
            return Err(self.crash(value, "taken apart", &place));
        }
        Ok(())
    }

    fn bind_name(&mut self, scope: &Rc<Scope>, name: &Text, value: Value, binding: Binding) {
        let holder = match binding {
            Binding::New => None,
            Binding::Assigned => scope.holder(name),
        };
        match (holder, binding) {
            (Some(holder), _) => self.write(&holder, name, value),
            (None, Binding::New) => self.write(scope, name, value),
            // A variable of the top level, which all visits share.
            (None, Binding::Assigned) => {}
        }
    }

    /// `list[0]` of something that may be no list.
    pub(super) fn element(&mut self, value: &Value, index: usize) -> Value {
        match value.bare() {
            Value::List(list) => match list.items.get(index) {
                Some(item) => item.clone().with_decision_of(value),
                None if list.open => Value::unknown(),
                None => Value::Undefined,
            },
            Value::Text(text) => text
                .chars()
                .nth(index)
                .map_or(Value::Undefined, |c| Value::text(c.to_string())),
            _ => super::truth::unknown_of(value, value),
        }
    }

    /// `object.name = value`: where a plain name holds the object, it holds the changed one from here on.
    fn assign_member(&mut self, scope: &Rc<Scope>, member: &Expr, value: Value) -> Eval<()> {
        let (object, key) = match &member.kind {
            Kind::Member { object, name, .. } => (object, Some(Rc::from(&**name))),
            Kind::Index { object, index, .. } => {
                let key = self.expr(scope, index)?;
                (object, key.as_text().map(Rc::from))
            }
            _ => return Ok(()),
        };
        let target = self.expr(scope, object)?;
        if let Some(ObjectKind::Locals) = target.as_object().map(|object| &object.kind) {
            frameworks::write_local(self, key, value);
            return Ok(());
        }
        let holder = target
            .as_object()
            .and_then(|object| library::holder(&object.kind));
        if let (Some(holder), Some(key)) = (holder, &key) {
            self.keep(holder, key, value.clone());
        }
        self.copies(
            target
                .as_object()
                .map_or(0, |object| object.properties.len()),
        );
        self.replace(scope, object, changed(&target, key, value));
        Ok(())
    }

    /// Puts a changed value where an expression found the old one.
    pub(super) fn replace(&mut self, scope: &Rc<Scope>, expr: &Expr, value: Value) {
        match &expr.kind {
            Kind::Name(name) => {
                self.bind_name(scope, &Rc::from(&**name), value, Binding::Assigned);
            }
            Kind::This => self.bind_name(scope, &Rc::from("this"), value, Binding::Assigned),
            Kind::Member { object, name, .. } => {
                let Ok(outer) = self.aside(|run| run.expr(scope, object)) else {
                    return;
                };
                self.replace(
                    scope,
                    object,
                    changed(&outer, Some(Rc::from(&**name)), value),
                );
            }
            _ => {}
        }
    }
}

/// An object with one property set.
fn changed(object: &Value, key: Option<Text>, value: Value) -> Value {
    let Value::Object(before) = object.bare() else {
        return object.clone();
    };
    let mut properties = before.properties.clone();
    let mut open = before.open;
    let key = key.filter(|key| properties.len() < super::MAX_ITEMS || properties.contains_key(key));
    match key {
        Some(key) => {
            properties.insert(key, value);
        }
        None => open = true,
    }
    let kind = before.kind.clone();
    Value::Object(Rc::new(Object {
        properties,
        open,
        kind,
    }))
    .with_decision_of(object)
}

/// What is left of an object when some of its keys are taken out.
fn without(value: &Value, keys: &[(Key, Pattern)]) -> Value {
    let Value::Object(object) = value.bare() else {
        return super::truth::unknown_of(value, value);
    };
    let mut properties = object.properties.clone();
    for (key, _) in keys {
        if let Key::Name(name) = key {
            properties.remove(&**name);
        }
    }
    let (open, kind) = (object.open, object.kind.clone());
    Value::Object(Rc::new(Object {
        properties,
        open,
        kind,
    }))
    .with_decision_of(value)
}
