//! What a condition tells about what it looks at: after `if (result.error) return result.error`, the result is
//! the one without an error.

use std::rc::Rc;

use super::pattern::Binding;
use super::truth::Truth;
use super::{Run, either};
use crate::facts::code::tree::{Binary, Expr, Kind, Logical, Pattern, Unary};
use crate::facts::code::visitor::scope::Scope;
use crate::facts::code::visitor::value::Value;

impl Run<'_> {
    /// Keeps of the variables in a condition what they can be where it holds, or where it does not.
    pub(super) fn narrow(&mut self, scope: &Rc<Scope>, test: &Expr, holds: bool) {
        match &test.kind {
            Kind::Unary(Unary::Not, inner) => self.narrow(scope, inner, !holds),
            Kind::Chain(inner) => self.narrow(scope, inner, holds),
            Kind::Logical(Logical::And, left, right) if holds => {
                self.narrow(scope, left, true);
                self.narrow(scope, right, true);
            }
            Kind::Logical(Logical::Or, left, right) if !holds => {
                self.narrow(scope, left, false);
                self.narrow(scope, right, false);
            }
            Kind::Name(name) => {
                self.keep_only(scope, name, &|run, one| run.may_be(one, holds));
            }
            Kind::Member {
                object, name: key, ..
            } => {
                let Kind::Name(name) = &object.kind else {
                    return;
                };
                self.keep_only(scope, name, &|run, one| {
                    let part = run.get(one, key, &run.now());
                    run.may_be(&part, holds)
                });
            }
            Kind::Binary(Binary::In, key, object) => {
                let (Kind::Text(key), Kind::Name(name)) = (&key.kind, &object.kind) else {
                    return;
                };
                self.keep_only(scope, name, &|_, one| match one.as_object() {
                    Some(object) if !object.open => object.properties.contains_key(&**key) == holds,
                    _ => true,
                });
            }
            Kind::Binary(Binary::Strict { negated } | Binary::Loose { negated }, left, right) => {
                let is_nothing = |one: &Expr| match &one.kind {
                    Kind::Null => true,
                    Kind::Name(name) => &**name == "undefined",
                    _ => false,
                };
                let (Kind::Name(name), true) = (&left.kind, is_nothing(right)) else {
                    return;
                };
                let nothing = holds != *negated;
                self.keep_only(scope, name, &|_, one| match one.bare() {
                    Value::Opaque(_) | Value::OneOf(..) => true,
                    one => one.is_nullish() == nothing,
                });
            }
            _ => {}
        }
    }

    /// Whether a value may count as true, or as false.
    fn may_be(&self, value: &Value, wanted: bool) -> bool {
        match self.truth(value, &self.now()) {
            Truth::Known(truth) => truth == wanted,
            Truth::Maybe(_) => true,
        }
    }

    /// Leaves a variable that is one of several values only those that can be.
    fn keep_only(
        &mut self,
        scope: &Rc<Scope>,
        name: &str,
        can_be: &dyn Fn(&mut Self, &Value) -> bool,
    ) {
        let Some(Value::OneOf(all, cause)) = scope.holder(name).and_then(|holder| holder.own(name))
        else {
            return;
        };
        let left: Vec<Value> = all
            .iter()
            .filter(|one| can_be(self, one))
            .cloned()
            .collect();
        if left.is_empty() || left.len() == all.len() {
            return;
        }
        let mut left = left.into_iter();
        let Some(first) = left.next() else { return };
        let value = left.fold(first, |one, other| either(one, other, &cause));
        let pattern = Pattern::Name(name.into());
        let _ = self.bind(scope, &pattern, value, Binding::Assigned);
    }
}
