//! One way through the code, and where it ended.

use std::rc::Rc;

use super::value::{By, Doubt, Value};
use crate::model::routes::{CodePlace, Evidence, TraceStep};

/// A list that grows at its end and is cheap to share.
pub(super) struct Chain<T>(Option<Rc<(T, Chain<T>)>>);

impl<T> Clone for Chain<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Chain<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Chain<T> {
    /// Adds one at the end.
    pub fn push(&mut self, one: T) {
        self.0 = Some(Rc::new((one, Self(self.0.take()))));
    }

    /// From the last to the first.
    pub fn backwards(&self) -> impl Iterator<Item = &T> {
        let mut next = self.0.as_deref();
        std::iter::from_fn(move || {
            let (one, before) = next?;
            next = before.0.as_deref();
            Some(one)
        })
    }

    /// Whether one chain is the other one's beginning, or the same.
    pub fn is_start_of(&self, other: &Self) -> bool {
        let Some(end) = &self.0 else { return true };
        let mut next = other.0.as_ref();
        while let Some(link) = next {
            if Rc::ptr_eq(link, end) {
                return true;
            }
            next = link.1.0.as_ref();
        }
        false
    }
}

// A long chain would drop itself one stack frame per link.
impl<T> Drop for Chain<T> {
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(link) = next {
            match Rc::try_unwrap(link) {
                Ok((_, mut before)) => next = before.0.take(),
                Err(_) => break,
            }
        }
    }
}

/// What is true on the way so far.
#[derive(Clone, Default)]
pub(super) struct Path {
    /// The first thing on the way that nobody knows: whether the visitor comes this way depends on it.
    pub doubt: Option<Rc<Doubt>>,
    /// Where something secret was asked for that the visitor would need to come this way.
    pub credential: Option<CodePlace>,
    /// Where the visitor lacked something secret: what ends here ends for want of it.
    pub unproven: Option<CodePlace>,
    /// The arm in which we are because there is no session: what ends here ends for want of one.
    pub arm: Option<CodePlace>,
    /// Where it was last decided by the want of a session which way to go.
    pub gated: Option<CodePlace>,
    /// Whether something outside the program was called.
    pub touched: bool,
    /// Whether a database was asked, for whatever.
    pub read: bool,
    /// Whether Clerk's middleware saw the request.
    pub clerk: bool,
    /// The deciding steps.
    pub trace: Chain<TraceStep>,
    /// The sensitive work done.
    pub work: Chain<Rc<Evidence>>,
    /// The answer sent by a reply object: its status, where it is known.
    pub answered: Option<(Option<u16>, CodePlace)>,
    /// Whether the request was handed to the next handler, which has an end of its own.
    pub handed: bool,
    /// Whether the visitor was refused on another way that has met this one.
    pub refuses: bool,
    /// Whether work was awaited after the visitor had been refused.
    pub went_on: bool,
    /// Whether it was asked whose something is that was looked up.
    pub owned: bool,
    /// Where something was read from what seems not to be there, and nothing about the visitor says why:
    /// more likely it was lost from sight.
    pub lost: Option<Rc<Doubt>>,
}

impl Path {
    /// Where two ways meet that began as this one. Where the visitor may choose between them, one way
    /// without a doubt is enough; else a doubt of either stays.
    pub fn meet(before: &Path, one: Path, other: Path, by_visitor: bool) -> Path {
        let doubt = match (one.doubt, other.doubt) {
            (Some(doubt), Some(_)) => Some(doubt),
            (Some(doubt), None) | (None, Some(doubt)) if !by_visitor => Some(doubt),
            _ => None,
        };
        let mut work = one.work.clone();
        if !other.work.is_start_of(&work) {
            let known =
                |evidence: &&Rc<Evidence>| !work.backwards().any(|known| known == *evidence);
            let mut more: Vec<_> = other.work.backwards().filter(known).cloned().collect();
            more.reverse();
            more.into_iter().for_each(|evidence| work.push(evidence));
        }
        Path {
            doubt: before.doubt.clone().or(doubt),
            credential: one.credential.filter(|_| other.credential.is_some()),
            unproven: one.unproven.or(other.unproven),
            arm: before.arm.clone(),
            gated: one.gated.or(other.gated),
            touched: one.touched || other.touched,
            read: one.read || other.read,
            clerk: one.clerk && other.clerk,
            trace: longest(&one.trace, &other.trace, &before.trace),
            work,
            handed: one.handed && other.handed,
            went_on: one.went_on || other.went_on,
            owned: one.owned || other.owned,
            lost: one.lost.filter(|_| other.lost.is_some()),
            refuses: one.refuses
                || other.refuses
                || is_own(&one.answered)
                || is_own(&other.answered),
            answered: match (one.answered, other.answered) {
                // An answer that lets the visitor have something is of more concern than a refusal.
                (Some(one), Some(other)) => Some(match is_refused(&Some(one.clone())) {
                    true => other,
                    false => one,
                }),
                (Some(answer), None) if other.handed => Some(answer),
                (None, Some(answer)) if one.handed => Some(answer),
                _ => None,
            },
        }
    }
}

impl Path {
    /// This way, gone on by what became true after it had met others.
    pub fn then(&self, after: &Path, met: &Chain<Rc<Evidence>>) -> Path {
        let nothing_done = met.is_start_of(&after.work) && after.work.is_start_of(met);
        Path {
            doubt: self.doubt.clone().or_else(|| after.doubt.clone()),
            credential: self.credential.clone().or_else(|| after.credential.clone()),
            arm: self.arm.clone().or_else(|| after.arm.clone()),
            unproven: self.unproven.clone().or_else(|| after.unproven.clone()),
            gated: self.gated.clone().or_else(|| after.gated.clone()),
            read: if nothing_done { self.read } else { after.read },
            touched: if nothing_done {
                self.touched
            } else {
                after.touched
            },
            clerk: self.clerk || after.clerk,
            trace: if self.trace.is_start_of(&after.trace) {
                after.trace.clone()
            } else {
                self.trace.clone()
            },
            work: if nothing_done {
                self.work.clone()
            } else {
                after.work.clone()
            },
            answered: self.answered.clone().or_else(|| after.answered.clone()),
            handed: self.handed || after.handed,
            refuses: self.refuses || after.refuses,
            went_on: self.went_on || after.went_on,
            owned: self.owned || after.owned,
            lost: self.lost.clone().or_else(|| after.lost.clone()),
        }
    }
}

/// Whether an answer says that the visitor may not have what they asked for, or sends them elsewhere.
fn is_own(answer: &Option<(Option<u16>, CodePlace)>) -> bool {
    matches!(answer, Some((Some(301..=308 | 401 | 403), _)))
}

/// Whether an answer is a refusal or a redirect.
pub(super) fn is_refused(answer: &Option<(Option<u16>, CodePlace)>) -> bool {
    matches!(answer, Some((Some(300..), _)))
}

fn longest(
    one: &Chain<TraceStep>,
    other: &Chain<TraceStep>,
    before: &Chain<TraceStep>,
) -> Chain<TraceStep> {
    match (one.is_start_of(before), other.is_start_of(before)) {
        (true, _) => other.clone(),
        (_, true) => one.clone(),
        _ => before.clone(),
    }
}

/// Where a way ended.
#[derive(Clone)]
pub(super) struct Exit {
    pub path: Path,
    pub how: How,
    pub place: CodePlace,
}

/// How a way ended.
#[derive(Clone)]
pub(super) enum How {
    /// With a value; without one, at the end of the body.
    Return(Value),
    /// With something thrown by the program.
    Throw(Value),
    /// With something that the framework or Clerk throws to end the request: a redirect, a 404.
    Stop(Rc<str>),
}

impl Exit {
    /// The ends that this one stands for: the value may be one of several, each with its own way.
    pub fn apart(mut self) -> Vec<Exit> {
        let How::Return(value) = &self.how else {
            return vec![self];
        };
        if let Some(decided) = value
            .decision()
            .filter(|decided| decided.by == By::SignedOut)
        {
            self.path.arm.get_or_insert_with(|| decided.place.clone());
        }
        let How::Return(value) = &self.how else {
            return vec![self];
        };
        let Value::OneOf(all, _) = value else {
            return vec![self];
        };
        let one = |value: &Value| {
            let way = value.decision().and_then(|decided| decided.way.as_ref());
            let (path, value) = match (way, value.decision()) {
                (Some(way), Some(decided)) => {
                    (way.path.then(&self.path, &way.met), decided.value.clone())
                }
                _ => (self.path.clone(), value.clone()),
            };
            Exit {
                path,
                how: How::Return(value),
                place: self.place.clone(),
            }
        };
        all.iter().map(one).flat_map(Exit::apart).collect()
    }
}
