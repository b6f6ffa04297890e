//! Calls of what is not of this project and that nobody here knows.

use std::rc::Rc;

use super::returns::size;
use super::{Eval, Run};
use crate::facts::code::visitor::value::{Cause, Doubt, ObjectKind, Opaque, Origin, Value};
use crate::facts::code::visitor::{library, work};
use crate::model::routes::CodePlace;

impl Run<'_> {
    /// Calls something that is not of this project and that we do not know.
    pub(super) fn external(
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

pub(super) fn is_request(value: &Value) -> bool {
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
pub(super) fn functions_in(value: &Value) -> Vec<Value> {
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
