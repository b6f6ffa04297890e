//! Whether a value counts as true, and how two values compare.

use super::{Eval, Run};
use crate::facts::code::tree::Binary;
use crate::facts::code::visitor::value::{By, Cause, Origin, Value};
use crate::model::routes::CodePlace;

/// Whether a condition holds.
#[derive(Debug, Clone)]
pub(in super::super) enum Truth {
    /// It does, or it does not.
    Known(bool),
    /// Either, and whose choice it is.
    Maybe(Cause),
}

impl Run<'_> {
    /// Whether a value counts as true.
    pub fn truth(&self, value: &Value, place: &CodePlace) -> Truth {
        Truth::Known(match value {
            Value::Undefined | Value::Null => false,
            Value::Bool(flag) => *flag,
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Text(text) => !text.is_empty(),
            Value::Decided(decided) => return self.truth(&decided.value, place),
            Value::OneOf(all, cause) => return self.truth_of_one(all, cause, place),
            Value::Opaque(opaque) if opaque.truthy => true,
            Value::Opaque(opaque) => return Truth::Maybe(Cause::of(opaque, place)),
            _ => true,
        })
    }

    fn truth_of_one(&self, all: &[Value], cause: &Cause, place: &CodePlace) -> Truth {
        let truths: Vec<Truth> = all.iter().map(|one| self.truth(one, place)).collect();
        // Where each of them may be either, which of them it is decides nothing.
        let own = truths.iter().map(|truth| match truth {
            Truth::Maybe(cause) => Some(cause.clone()),
            Truth::Known(_) => None,
        });
        let own: Option<Vec<Cause>> = own.collect();
        if let Some(cause) = own.and_then(|own| own.into_iter().reduce(Cause::or)) {
            return Truth::Maybe(cause);
        }
        let mut known = None;
        for truth in truths {
            match (truth, known) {
                (Truth::Known(truth), None) => known = Some(truth),
                (Truth::Known(truth), Some(before)) if truth == before => {}
                (Truth::Known(_), _) => return Truth::Maybe(cause.clone()),
                (Truth::Maybe(theirs), _) => return Truth::Maybe(cause.clone().or(theirs)),
            }
        }
        known.map_or_else(|| Truth::Maybe(cause.clone()), Truth::Known)
    }

    /// The value of an operator that looks at both sides.
    pub(in super::super) fn binary(
        &mut self,
        operator: Binary,
        left: &Value,
        right: &Value,
        place: &CodePlace,
    ) -> Eval<Value> {
        let value = match operator {
            Binary::Strict { negated } | Binary::Loose { negated } => {
                if asks_whose(left, right) || asks_whose(right, left) {
                    // What was looked up was looked up to see whose it is.
                    self.path.read = false;
                    self.path.owned = true;
                }
                let is_loose = matches!(operator, Binary::Loose { .. });
                negate(equal(left, right, is_loose, place), negated)
            }
            Binary::Add => {
                let length = |value: &Value| value.as_text().map_or(0, str::len);
                self.reads(length(left) + length(right));
                add(left, right)
            }
            Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => {
                compare(operator, left, right)
            }
            Binary::In => self.is_in(left, right),
            Binary::InstanceOf => super::super::library::instance_of(left, right),
            Binary::Other => unknown_of(left, right),
        };
        Ok(value.with_decision_of(left).with_decision_of(right))
    }

    fn is_in(&mut self, left: &Value, right: &Value) -> Value {
        let (Some(key), Value::Object(object)) = (left.as_text(), right.bare()) else {
            return unknown_of(left, right);
        };
        match object.properties.contains_key(key) {
            true => Value::Bool(true),
            false if object.open => Value::unknown(),
            false => Value::Bool(false),
        }
    }
}

fn negate(value: Value, negated: bool) -> Value {
    if negated { not(&value) } else { value }
}

/// `!value`.
pub(super) fn not(value: &Value) -> Value {
    match value {
        Value::Decided(decided) => not(&decided.value).with_decision_of(value),
        Value::OneOf(all, cause) => {
            let all: Vec<Value> = all.iter().map(not).collect();
            match all.split_first() {
                Some((first, rest)) if rest.iter().all(|one| one.is_same(first)) => first.clone(),
                _ => Value::OneOf(all.into(), cause.clone()),
            }
        }
        Value::Opaque(opaque) if opaque.truthy => Value::Bool(false),
        // The choice stays with whom it was.
        Value::Opaque(opaque) => Value::Opaque(opaque.clone()),
        Value::Undefined | Value::Null => Value::Bool(true),
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Number(number) => Value::Bool(*number == 0.0 || number.is_nan()),
        Value::Text(text) => Value::Bool(text.is_empty()),
        _ => Value::Bool(false),
    }
}

/// `Boolean(value)`.
pub(in super::super) fn as_flag(value: &Value) -> Value {
    match value.bare() {
        Value::Opaque(_) => value.clone(),
        _ => not(&not(value)),
    }
}

/// What comes of two values of which at least one is not known: whose choice it is stays.
pub(in super::super) fn unknown_of(left: &Value, right: &Value) -> Value {
    let origin = |value: &Value| match value.bare() {
        Value::Opaque(opaque) => Some(opaque.origin.clone()),
        Value::OneOf(_, Cause::Visitor) => Some(Origin::Visitor),
        Value::OneOf(_, Cause::Check(_)) => Some(Origin::Check),
        Value::OneOf(..) => Some(Origin::Unknown),
        _ => None,
    };
    let origin = match (origin(left), origin(right)) {
        (Some(Origin::Unknown | Origin::Secret), _)
        | (_, Some(Origin::Unknown | Origin::Secret)) => Origin::Unknown,
        (Some(Origin::Environment(name)), _) | (_, Some(Origin::Environment(name))) => {
            Origin::Environment(name)
        }
        (Some(Origin::Check), _) | (_, Some(Origin::Check)) => Origin::Check,
        (Some(Origin::Claim), _) | (_, Some(Origin::Claim)) => Origin::Claim,
        (Some(Origin::Visitor), _) | (_, Some(Origin::Visitor)) => Origin::Visitor,
        _ => Origin::Unknown,
    };
    let trail = [left, right]
        .into_iter()
        .find_map(|value| match value.bare() {
            Value::Opaque(opaque) if opaque.origin == origin => Some(opaque.clone()),
            _ => None,
        });
    match trail {
        Some(opaque) => {
            let mut opaque = (*opaque).clone();
            opaque.truthy = false;
            Value::Opaque(std::rc::Rc::new(opaque))
        }
        None => Value::opaque(origin),
    }
}

/// Whether a value is the server's secret, or made of one.
fn is_secret(value: &Value) -> bool {
    matches!(value.bare(), Value::Opaque(opaque) if opaque.origin == Origin::Secret)
}

fn is_visitors(value: &Value) -> bool {
    match value.bare() {
        Value::Opaque(opaque) => matches!(opaque.origin, Origin::Visitor | Origin::Claim),
        Value::OneOf(all, _) => all.iter().any(is_visitors),
        Value::Text(_) | Value::Undefined | Value::Null => true,
        _ => false,
    }
}

fn equal(left: &Value, right: &Value, loose: bool, place: &CodePlace) -> Value {
    if let Value::OneOf(all, cause) = left.bare() {
        return each(all, cause, |one| equal(one, right, loose, place));
    }
    if let Value::OneOf(all, cause) = right.bare() {
        return each(all, cause, |one| equal(left, one, loose, place));
    }
    // The visitor cannot send what they do not know.
    let secrets =
        (is_secret(left) && is_visitors(right)) || (is_visitors(left) && is_secret(right));
    let texts = |value: &Value| matches!(value.bare(), Value::Opaque(_) | Value::Text(_));
    if secrets && texts(left) && texts(right) {
        let text = "the visitor does not know the secret it is compared with";
        return Value::Bool(false).decided(By::NoSecret, place, text);
    }
    if let Some(nobody) = nobodys(left, right).or_else(|| nobodys(right, left)) {
        return nobody;
    }
    match (left.bare(), right.bare()) {
        (Value::Opaque(one), Value::Undefined | Value::Null | Value::Bool(false))
        | (Value::Undefined | Value::Null | Value::Bool(false), Value::Opaque(one))
            if one.truthy =>
        {
            Value::Bool(false)
        }
        (Value::Opaque(one), Value::Number(number))
        | (Value::Number(number), Value::Opaque(one))
            if one.truthy && *number == 0.0 =>
        {
            Value::Bool(false)
        }
        (Value::Opaque(_), _) | (_, Value::Opaque(_)) => unknown_of(left, right),
        (Value::Undefined | Value::Null, Value::Undefined | Value::Null) => {
            Value::Bool(loose || left.bare().is_same(right.bare()))
        }
        (Value::Number(number), Value::Text(text)) | (Value::Text(text), Value::Number(number))
            if loose =>
        {
            Value::Bool(text.parse() == Ok(*number))
        }
        (one, other) => Value::Bool(one.is_same(other)),
    }
}

/// Whoever owns something is somebody: its owner is not the user that there is none of.
fn nobodys(owner: &Value, user: &Value) -> Option<Value> {
    let by = user
        .decision()
        .filter(|by| by.by == By::SignedOut && user.is_nullish())?;
    let is_unknown = matches!(owner.bare(), Value::Opaque(owner) if owner.origin == Origin::Unknown && owner.package.is_some());
    is_unknown.then(|| Value::Bool(false).with_decision_of(&Value::Decided(by.clone())))
}

/// Whether it is asked if something is the visitor's, who has no session.
fn asks_whose(owner: &Value, user: &Value) -> bool {
    match owner.bare() {
        Value::OneOf(all, _) => all.iter().any(|one| nobodys(one, user).is_some()),
        _ => nobodys(owner, user).is_some(),
    }
}

fn each(all: &[Value], cause: &Cause, of: impl Fn(&Value) -> Value) -> Value {
    let mut values = all.iter().map(of);
    let first = values.next().unwrap_or(Value::Undefined);
    values.fold(first, |one, other| super::either(one, other, cause))
}

fn add(left: &Value, right: &Value) -> Value {
    let written = |value: &Value| match value.bare() {
        Value::Text(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    match (left.bare(), right.bare()) {
        (Value::Number(one), Value::Number(other)) => Value::Number(one + other),
        // A text that has a secret in it is as hard to guess.
        _ if is_secret(left) || is_secret(right) => truthy(Value::opaque(Origin::Secret)),
        (Value::Text(_), _) | (_, Value::Text(_)) => match (written(left), written(right)) {
            (Some(one), Some(other)) if one.len() + other.len() <= super::MAX_TEXT => {
                Value::text(one + &other)
            }
            _ => truthy(unknown_of(left, right)),
        },
        _ => unknown_of(left, right),
    }
}

/// The same unknown value, of which at least this much is known: it is not empty.
pub(in super::super) fn truthy(value: Value) -> Value {
    match value {
        Value::Opaque(opaque) if !opaque.truthy => {
            let mut opaque = (*opaque).clone();
            opaque.truthy = true;
            Value::Opaque(std::rc::Rc::new(opaque))
        }
        value => value,
    }
}

/// What is left of a value where it is known that it counts as true, or as false.
pub(super) fn narrowed(value: Value, wanted: bool) -> Value {
    match &value {
        Value::OneOf(all, cause) => {
            let left = all.iter().filter(|one| certain(one) != Some(!wanted));
            let mut left = left.map(|one| narrowed(one.clone(), wanted));
            let first = left.next().unwrap_or(Value::Bool(wanted));
            left.fold(first, |one, other| super::either(one, other, cause))
        }
        Value::Opaque(_) if wanted => truthy(value),
        Value::Opaque(_) => Value::Bool(false),
        Value::Decided(decided) => {
            let inner = narrowed(decided.value.clone(), wanted);
            inner.with_decision_of(&value)
        }
        _ => value,
    }
}

/// Whether a value counts as true, where that needs no thought.
fn certain(value: &Value) -> Option<bool> {
    Some(match value.bare() {
        Value::Undefined | Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => *number != 0.0 && !number.is_nan(),
        Value::Text(text) => !text.is_empty(),
        Value::Opaque(opaque) if opaque.truthy => true,
        Value::Opaque(_) | Value::OneOf(..) => return None,
        _ => true,
    })
}

fn compare(operator: Binary, left: &Value, right: &Value) -> Value {
    let order = match (left.bare(), right.bare()) {
        (Value::Number(one), Value::Number(other)) => one.partial_cmp(other),
        (Value::Text(one), Value::Text(other)) => Some(one.cmp(other)),
        _ => return unknown_of(left, right),
    };
    let Some(order) = order else {
        return Value::Bool(false);
    };
    Value::Bool(match operator {
        Binary::Less => order.is_lt(),
        Binary::LessOrEqual => order.is_le(),
        Binary::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}
