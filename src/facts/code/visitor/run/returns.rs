//! What calling a function gives: the ways on which it returns, and what is true on each of them; promises,
//! and what awaiting them gives.

use std::rc::Rc;

use super::{Eval, Run};
use crate::facts::code::tree::Function;
use crate::facts::code::visitor::path::{Exit, How, Path, is_refused};
use crate::facts::code::visitor::value::{By, Cause, Decided, Promise, Value, Way};
use crate::model::routes::CodePlace;

impl Run<'_> {
    /// What calling an `async` function gives. Until it is awaited, nothing that it throws matters.
    pub(super) fn promise(
        &mut self,
        function: &Function,
        before: Path,
        returns: Vec<Exit>,
        mut throws: Vec<Exit>,
    ) -> Value {
        let mut settled = Vec::new();
        for exit in returns {
            match &exit.how {
                How::Return(value) => match value.bare() {
                    Value::Promise(inner) => {
                        throws.extend(inner.throws.iter().cloned());
                        if let Some(value) = inner.value.clone() {
                            let mut path = exit.path;
                            follow(&mut path, inner.after.as_ref());
                            settled.push(Exit {
                                path,
                                how: How::Return(value),
                                place: exit.place,
                            });
                        }
                    }
                    _ => settled.push(exit),
                },
                _ => throws.push(exit),
            }
        }
        let (value, after) = met(function, &before, settled, &throws);
        self.path = before;
        if let Some(after) = &after {
            // The work is begun, awaited or not.
            self.path.work = after.work.clone();
            self.path.touched = after.touched;
            self.path.read = after.read;
            self.path.answered = after.answered.clone();
            self.path.handed = after.handed;
            self.path.refuses = after.refuses;
            self.path.went_on = after.went_on;
        }
        Value::Promise(Rc::new(Promise {
            value,
            throws,
            after,
        }))
    }

    /// The value of a promise, awaited.
    pub(in super::super) fn settle(&mut self, value: Value) -> Eval<Value> {
        if matches!(value.bare(), Value::Opaque(_)) {
            self.may_throw = true;
            // Refused, and outside the branch that refused: the code went on.
            self.path.went_on |= self.path.arm.is_none() && is_refused(&self.path.answered);
        }
        let promise = match &value {
            Value::Promise(promise) => Rc::clone(promise),
            value if !may_be_promise(value) => return Ok(value.clone()),
            Value::Decided(decided) => {
                let inner = self.settle(decided.value.clone())?;
                return Ok(inner.with_decision_of(&value));
            }
            Value::OneOf(all, cause) => {
                let (all, cause) = (Rc::clone(all), cause.clone());
                return self.settle_one(&all, &cause);
            }
            _ => return Ok(value),
        };
        for exit in &promise.throws {
            let mut exit = exit.clone();
            if exit.path.doubt.is_none() {
                exit.path.doubt = self.path.doubt.clone();
            }
            self.catch(exit);
        }
        follow(&mut self.path, promise.after.as_ref());
        promise.value.clone().ok_or(super::Dead)
    }

    /// Awaits each of some values of which one is the real one; each keeps its own way.
    fn settle_one(&mut self, all: &[Value], cause: &Cause) -> Eval<Value> {
        let before = self.path.clone();
        let mut values: Vec<(Value, Path)> = Vec::new();
        let mut met: Option<Path> = None;
        for one in all {
            let way = one.decision().and_then(|decided| decided.way.as_ref());
            self.path = match way {
                Some(way) => way.path.then(&before, &way.met),
                None => before.clone(),
            };
            let (value, throws) = self.caught(|run| run.settle(one.clone()));
            throws.into_iter().for_each(|exit| self.catch(exit));
            let Ok(value) = value else { continue };
            let path = self.path.clone();
            met = Some(match met {
                None => path.clone(),
                Some(known) => Path::meet(&before, known, path.clone(), true),
            });
            values.push((value, path));
        }
        let mut path = met.ok_or(super::Dead)?;
        if values.len() == all.len() {
            path.doubt = before.doubt.clone();
        }
        path.arm = before.arm.clone();
        let value = one_of(values, &path, cause);
        self.path = path;
        Ok(value)
    }
}

/// How many values lie in one.
pub(super) fn size(value: &Value) -> usize {
    match value.bare() {
        Value::List(list) => list.items.len(),
        Value::Object(object) => object.properties.len(),
        _ => 0,
    }
}

pub(super) fn may_be_promise(value: &Value) -> bool {
    match value {
        Value::Promise(_) => true,
        Value::Decided(decided) => may_be_promise(&decided.value),
        Value::OneOf(all, _) => all.iter().any(may_be_promise),
        _ => false,
    }
}

pub(super) fn nowhere() -> CodePlace {
    CodePlace {
        file: String::new(),
        line: 1,
        column: 1,
    }
}

/// What is true where a promise was awaited.
pub(super) fn follow(path: &mut Path, after: Option<&Path>) {
    let Some(after) = after else { return };
    path.doubt = path.doubt.take().or_else(|| after.doubt.clone());
    path.credential = path.credential.take().or_else(|| after.credential.clone());
    path.unproven = path.unproven.take().or_else(|| after.unproven.clone());
    path.gated = path.gated.take().or_else(|| after.gated.clone());
    path.lost = path.lost.take().or_else(|| after.lost.clone());
    path.clerk |= after.clerk;
    path.trace = after.trace.clone();
}

/// Where all returns of a function meet.
pub(super) fn met(
    function: &Function,
    before: &Path,
    returns: Vec<Exit>,
    throws: &[Exit],
) -> (Option<Value>, Option<Path>) {
    let certain = |path: &Path| path.doubt == before.doubt;
    let any_certain = returns.iter().any(|exit| certain(&exit.path));
    let cause = returns
        .iter()
        .chain(throws)
        .find_map(|exit| exit.path.doubt.clone());
    let cause = cause.map_or(Cause::Visitor, Cause::Unknown);
    let mut values: Vec<(Value, Path)> = Vec::new();
    let mut met: Option<Path> = None;
    for exit in returns {
        let How::Return(value) = exit.how else {
            continue;
        };
        let value = match &exit.path.arm {
            Some(arm) if exit.path.arm != before.arm => {
                let name = function.name.as_deref().unwrap_or("the function");
                value.decided(
                    By::SignedOut,
                    arm,
                    format!("{name} ends early: there is no session"),
                )
            }
            _ => value,
        };
        values.push((value, exit.path.clone()));
        met = Some(match met {
            None => exit.path,
            Some(path) => Path::meet(before, path, exit.path, true),
        });
    }
    let Some(mut path) = met else {
        return (None, None);
    };
    // Whichever return it was: it returned.
    if throws.is_empty() || any_certain {
        path.doubt = before.doubt.clone();
    }
    (Some(one_of(values, &path, &cause)), Some(path))
}

/// The value of a function that has returned in one of several places.
pub(in super::super) fn one_of(values: Vec<(Value, Path)>, met: &Path, cause: &Cause) -> Value {
    const MANY: usize = 48;
    if let Some((first, rest)) = values.split_first()
        && rest.iter().all(|(value, _)| value.is_same(&first.0))
    {
        return first.0.clone();
    }
    let on_way = |value: Value, path: &Path| {
        let way = match value.decision().and_then(|decided| decided.way.as_ref()) {
            Some(inner) => inner.path.then(path, &inner.met),
            None => path.clone(),
        };
        let value = match value.decision() {
            Some(decided) if decided.way.is_some() => decided.value.clone(),
            _ => value,
        };
        Value::Decided(Rc::new(Decided {
            value,
            by: By::Way,
            place: nowhere(),
            text: Rc::from(""),
            way: Some(Box::new(Way {
                path: way,
                met: met.work.clone(),
            })),
        }))
    };
    let mut all = Vec::new();
    let mut cause = cause.clone();
    for (value, path) in values {
        match value {
            Value::OneOf(more, theirs) => {
                cause = cause.or(theirs);
                all.extend(more.iter().map(|one| on_way(one.clone(), &path)));
            }
            value => all.push(on_way(value, &path)),
        }
    }
    if all.len() > MANY {
        return Value::unknown();
    }
    Value::OneOf(all.into(), cause)
}
