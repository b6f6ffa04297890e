//! Going one of two ways, or both, and joining what they leave behind.

use std::rc::Rc;

use super::super::path::Path;
use super::super::value::{By, Cause, Value};
use super::{Dead, Eval, Run, Truth};
use crate::model::routes::CodePlace;

impl Run<'_> {
    /// Takes one of two ways, or both, as a condition says.
    pub fn branch<T>(
        &mut self,
        test: &Value,
        place: &CodePlace,
        then: impl FnOnce(&mut Self) -> Eval<T>,
        other: impl FnOnce(&mut Self) -> Eval<T>,
        join: impl FnOnce(T, T, Cause) -> T,
    ) -> Eval<T> {
        match self.truth(test, place) {
            Truth::Known(is_true) => {
                let before = self.path.arm.clone();
                self.note(test);
                let taken = if is_true { then(self) } else { other(self) };
                if taken.is_ok() {
                    self.path.arm = before;
                }
                taken
            }
            Truth::Maybe(cause) => self.both(cause, place, then, other, join),
        }
    }

    /// What is known of a decision that is taken now.
    fn note(&mut self, test: &Value) {
        let Some(decided) = deciding(test) else {
            return;
        };
        let (place, text) = (decided.place.clone(), decided.text.to_string());
        match decided.by {
            By::SignedOut => {
                self.path.arm = Some(place.clone());
                self.path.gated = Some(place.clone());
            }
            By::NoSecret => self.path.unproven = Some(place.clone()),
            By::Route => {}
            By::Way => return,
        }
        self.trace(&place, text);
    }

    /// Goes two ways, one after the other, and joins what they leave behind.
    pub fn both<T>(
        &mut self,
        cause: Cause,
        place: &CodePlace,
        then: impl FnOnce(&mut Self) -> Eval<T>,
        other: impl FnOnce(&mut Self) -> Eval<T>,
        join: impl FnOnce(T, T, Cause) -> T,
    ) -> Eval<T> {
        let before = self.path.clone();
        let mark = self.journal.mark();
        let (one, one_ends) = self.arm(&cause, then);
        let one_path = std::mem::replace(&mut self.path, before.clone());
        let one_writes = self.journal.take_back(mark);
        let (two, two_ends) = self.arm(&cause, other);
        let two_path = std::mem::replace(&mut self.path, before.clone());
        let two_writes = self.journal.take_back(mark);
        match (one, two) {
            (Ok(one), Ok(two)) => {
                let by_visitor = matches!(cause, Cause::Visitor);
                self.path = Path::meet(&before, one_path, two_path, by_visitor);
                let between = cause.clone();
                self.journal
                    .join(&one_writes, &two_writes, |a, b| either(a, b, &between));
                Ok(join(one, two, cause))
            }
            (Ok(value), Err(Dead)) => {
                self.go_on(one_path, &one_writes, &cause, &two_ends, place);
                Ok(value)
            }
            (Err(Dead), Ok(value)) => {
                self.go_on(two_path, &two_writes, &cause, &one_ends, place);
                Ok(value)
            }
            (Err(Dead), Err(Dead)) => Err(Dead),
        }
    }

    /// Goes one of two ways; the exits on it depend on what made it possible.
    fn arm<T>(
        &mut self,
        cause: &Cause,
        way: impl FnOnce(&mut Self) -> Eval<T>,
    ) -> (Eval<T>, Vec<bool>) {
        let returned = self.frames.last().map_or(0, |frame| frame.returns.len());
        let left = self.frames.last().map_or(0, |frame| frame.leaves.len());
        let thrown = self.catchers.last().map_or(0, Vec::len);
        let ended = self.finals.len();
        let taken = way(self);
        let mut refusals = Vec::new();
        let frame = self.frames.last_mut();
        let (returns, leaves) = frame.map_or((&mut [][..], &mut [][..]), |frame| {
            (
                frame.returns.get_mut(returned..).unwrap_or_default(),
                frame.leaves.get_mut(left..).unwrap_or_default(),
            )
        });
        let throws = self.catchers.last_mut();
        let throws = throws
            .and_then(|all| all.get_mut(thrown..))
            .unwrap_or_default();
        for exit in returns.iter_mut().chain(throws) {
            refusals.push(super::super::verdict::is_refusal(exit));
        }
        if let Cause::Unknown(doubt) | Cause::Check(doubt) = cause {
            let throws = self.catchers.last_mut();
            let throws = throws
                .and_then(|all| all.get_mut(thrown..))
                .unwrap_or_default();
            let exits = returns.iter_mut().chain(throws).map(|exit| &mut exit.path);
            for path in exits.chain(leaves) {
                path.doubt.get_or_insert_with(|| Rc::clone(doubt));
            }
            for exit in self.finals.get_mut(ended..).unwrap_or_default() {
                exit.path.doubt.get_or_insert_with(|| Rc::clone(doubt));
            }
        }
        (taken, refusals)
    }

    /// Only one way leads on.
    fn go_on(
        &mut self,
        path: Path,
        writes: &super::super::scope::Writes,
        cause: &Cause,
        others_ends: &[bool],
        place: &CodePlace,
    ) {
        self.path = path;
        self.journal.redo(writes);
        let refused = !others_ends.is_empty() && others_ends.iter().all(|refused| *refused);
        match cause {
            Cause::Visitor => {}
            // Who has no valid claim is refused: from here on the visitor would need one.
            Cause::Check(_) if refused => {
                self.path.credential.get_or_insert_with(|| place.clone());
            }
            Cause::Unknown(doubt) | Cause::Check(doubt) => {
                self.path.doubt.get_or_insert_with(|| Rc::clone(doubt));
            }
        }
    }
}

/// What decided a value; of several, whichever it is, the want of a secret before the want of a session.
pub(in super::super) fn deciding(value: &Value) -> Option<&Rc<super::super::value::Decided>> {
    match value {
        Value::Decided(decided) if decided.by == By::Way => deciding(&decided.value),
        Value::Decided(decided) => Some(decided),
        Value::OneOf(all, _) => {
            let each = || all.iter().filter_map(deciding);
            let by = |by: By| each().find(|decided| decided.by == by);
            by(By::NoSecret)
                .or_else(|| by(By::SignedOut))
                .or_else(|| each().next())
        }
        _ => None,
    }
}

/// A value that is one of two.
pub(in super::super) fn either(one: Value, other: Value, cause: &Cause) -> Value {
    const MANY: usize = 8;
    if one.is_same(&other) {
        return one;
    }
    let mut all: Vec<Value> = Vec::new();
    let mut cause = cause.clone();
    for value in [one, other] {
        match value {
            Value::OneOf(more, theirs) => {
                cause = cause.or(theirs);
                for one in more.iter() {
                    if !all.iter().any(|known| known.is_same(one)) {
                        all.push(one.clone());
                    }
                }
            }
            value if all.iter().any(|known| known.is_same(&value)) => {}
            value => all.push(value),
        }
    }
    if all.len() > MANY {
        return Value::unknown();
    }
    Value::OneOf(all.into(), cause)
}
