//! Properties.

use std::rc::Rc;

use super::{Run, truth};
use crate::facts::code::tree::Key;
use crate::facts::code::tree::Property;
use crate::facts::code::visitor::library;
use crate::facts::code::visitor::value::{
    ClassValue, Closure, Object, ObjectKind, Opaque, Origin, Value,
};
use crate::model::routes::CodePlace;

impl Run<'_> {
    /// `object.name`, where the object is there.
    pub(in super::super) fn get(&mut self, object: &Value, name: &str, place: &CodePlace) -> Value {
        match object {
            Value::Decided(decided) => self
                .get(&decided.value, name, place)
                .with_decision_of(object),
            Value::OneOf(all, cause) => {
                let mut parts = Vec::new();
                for one in all.iter().filter(|one| !one.is_nullish()) {
                    parts.push(self.get(one, name, place));
                }
                let mut parts = parts.into_iter();
                let first = parts.next().unwrap_or(Value::Undefined);
                parts.fold(first, |one, other| super::either(one, other, cause))
            }
            Value::Object(object) => self.property(object, name, place),
            Value::Opaque(opaque) => {
                // All of a package, by `import *` or `require`.
                let whole = opaque
                    .package
                    .as_deref()
                    .filter(|package| opaque.trail.as_deref() == Some(package));
                let known =
                    whole.and_then(|package| library::import(package, name, self.world.setting));
                known.unwrap_or_else(|| of_opaque(opaque, name, place))
            }
            Value::Native(native) => library::property_of_native(native, name),
            Value::Text(text) if name == "length" => Value::Number(text.chars().count() as f64),
            Value::List(list) if name == "length" && !list.open => {
                Value::Number(list.items.len() as f64)
            }
            Value::Class(class) => self.member_of(class, &class.class.statics, name, None),
            Value::Promise(_) => Value::Undefined,
            Value::Regex(pattern) => match name {
                "source" => Value::Text(Rc::clone(&pattern.source)),
                "flags" => Value::Text(Rc::clone(&pattern.flags)),
                _ => Value::unknown(),
            },
            Value::Text(_) | Value::List(_) | Value::Function(_) => Value::unknown(),
            Value::Number(_) | Value::Bool(_) => Value::unknown(),
            Value::Undefined | Value::Null => Value::Undefined,
        }
    }

    fn property(&mut self, object: &Rc<Object>, name: &str, place: &CodePlace) -> Value {
        if let Some(value) = object.properties.get(name) {
            return value.clone();
        }
        if let Some(holder) = library::holder(&object.kind)
            && let Some(value) = self.kept(holder, name)
        {
            return value;
        }
        match &object.kind {
            ObjectKind::Reply(_) if name == "locals" => Value::of_kind(ObjectKind::Context, []),
            ObjectKind::Reply(_) if matches!(name, "headersSent" | "sent" | "writableEnded") => {
                Value::Bool(self.path.answered.is_some())
            }
            ObjectKind::Request => library::property_of_request(self, name),
            ObjectKind::Url => library::property_of_url(object, name),
            ObjectKind::Context => library::property_of_context(name),
            ObjectKind::Locals => {
                crate::facts::code::visitor::frameworks::property_of_locals(self, name)
            }
            ObjectKind::Visitors => library::claim(name),
            ObjectKind::Environment => library::variable(name, self.world.setting),
            ObjectKind::Instance(class) => {
                let this = Value::Object(Rc::clone(object));
                let class = Rc::clone(class);
                self.member_of(&class, &class.class.members, name, Some(this))
            }
            ObjectKind::Response(response) => library::property_of_response(*response, name),
            ObjectKind::Plain if !object.open => Value::Undefined,
            _ => Value::from(Opaque {
                trail: Some(Rc::from(name)),
                place: Some(place.clone()),
                ..Opaque::of(Origin::Unknown)
            }),
        }
    }

    /// A method or field of a class.
    fn member_of(
        &mut self,
        class: &Rc<ClassValue>,
        members: &[Property],
        name: &str,
        this: Option<Value>,
    ) -> Value {
        for member in members {
            let Property::Value(Key::Name(key), value) = member else {
                continue;
            };
            if &**key != name {
                continue;
            }
            let value = self.aside(|run| run.expr(&class.scope, value));
            return match value {
                Ok(Value::Function(closure)) if !closure.function.is_arrow => {
                    Value::Function(Rc::new(Closure {
                        function: std::sync::Arc::clone(&closure.function),
                        scope: Rc::clone(&closure.scope),
                        this: this.or_else(|| Some(Value::Class(Rc::clone(class)))),
                    }))
                }
                // The constructor, or whoever has the instance, gives it a value.
                Ok(Value::Undefined) | Err(_) => Value::from(Opaque {
                    trail: Some(Rc::from(name)),
                    ..Opaque::of(Origin::Unknown)
                }),
                Ok(value) => value,
            };
        }
        Value::from(Opaque {
            trail: Some(Rc::from(name)),
            ..Opaque::of(Origin::Unknown)
        })
    }

    /// `object[key]`.
    pub(in super::super) fn index(
        &mut self,
        object: &Value,
        key: &Value,
        place: &CodePlace,
    ) -> Value {
        match key.bare() {
            Value::Text(name) => self.get(object, &Rc::clone(name), place),
            Value::Number(number) if *number >= 0.0 && number.fract() == 0.0 => {
                self.element(object, *number as usize)
            }
            _ => match object.bare() {
                // Which of its values it is, somebody else chooses.
                Value::Object(known) if !known.open && known.properties.len() <= 8 => {
                    let cause = match key.bare() {
                        Value::Opaque(opaque) => super::Cause::of(opaque, place),
                        _ => super::Cause::Visitor,
                    };
                    let mut all = known.properties.values().cloned();
                    let first = all.next().unwrap_or(Value::Undefined);
                    all.fold(first, |one, other| super::either(one, other, &cause))
                }
                _ => truth::unknown_of(object, key),
            },
        }
    }
}

fn of_opaque(opaque: &Rc<Opaque>, name: &str, place: &CodePlace) -> Value {
    if name == "length" && opaque.origin == Origin::Secret {
        // How long it is, the visitor may guess.
        return truth::truthy(Value::visitors());
    }
    let trail = match &opaque.trail {
        Some(trail) => format!("{trail}.{name}"),
        None => name.to_owned(),
    };
    let origin = match &opaque.origin {
        Origin::Visitor if library::is_claim_name(name) => Origin::Claim,
        origin => origin.clone(),
    };
    Value::from(Opaque {
        origin,
        // A part of an import is there, as long as the import is a module.
        truthy: false,
        trail: Some(Rc::from(trail)),
        package: opaque.package.clone(),
        place: opaque.place.clone().or_else(|| Some(place.clone())),
        wraps: opaque.wraps.clone(),
        decides: opaque.decides,
    })
}
