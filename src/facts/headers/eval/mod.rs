//! What an expression of a config file surely is in production: texts put together from constants, lists,
//! objects and the project's own helpers. What cannot be told is [`What::Unknown`], and in a text [`HOLE`].
//!
//! No visitor and no request here: a header is made of constants nearly always, and what is not (a nonce, a
//! variable) may be anything.

mod call;
mod scope;

use std::cell::Cell;
use std::sync::Arc;

use super::csp::HOLE;
use crate::facts::code::module::{Module, Spot};
use crate::facts::code::shapes::walk;
use crate::facts::code::tree::{
    Binary, Expr, Function, Item, Key, Kind, Logical, Property, Text, Unary,
};
use crate::facts::code::{Project, value::Offset};

pub(super) use scope::Frame;

/// A longer text is no header.
const LONGEST: usize = 20_000;

/// More items are no list of sources.
const MOST: usize = 500;

/// How deep one value may stand in another.
const DEPTH: u32 = 40;

/// How much is looked at for one file.
const WORK: u32 = 400_000;

/// A value and where it is made.
#[derive(Debug, Clone)]
pub(super) struct Val {
    /// What it is.
    pub what: What,
    /// Where.
    pub at: Where,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// A text, with a hole for each part that is not known. Numbers too.
    Text(String),
    /// A list.
    List(Vec<Val>),
    /// An object, and whether it may have keys that are not known.
    Map(Vec<(String, Val)>, bool),
    /// `true`, `false`.
    Bool(bool),
    /// `undefined`, `null`.
    Nothing,
    /// A function, with what is around it.
    Function(Arc<Function>, Arc<Frame>),
    /// Anything.
    Unknown,
}

/// A place in a module.
#[derive(Debug, Clone)]
pub(super) struct Where {
    pub file: Arc<str>,
    pub module: Arc<Module>,
    pub at: Offset,
}

impl Where {
    /// Line and column.
    pub fn spot(&self) -> Spot {
        self.module.spot(self.at)
    }
}

impl Val {
    fn with(&self, what: What) -> Self {
        Self {
            what,
            at: self.at.clone(),
        }
    }

    /// What stands under a key: `None` where there is surely nothing.
    pub fn get(&self, key: &str) -> Option<Val> {
        match &self.what {
            What::Map(all, open) => {
                let found = all.iter().rev().find(|(name, _)| name == key);
                match found {
                    Some((_, val)) => Some(val.clone()),
                    None if *open => Some(self.with(What::Unknown)),
                    None => None,
                }
            }
            What::Unknown => Some(self.with(What::Unknown)),
            _ => None,
        }
    }

    /// Its entries, where it is an object.
    pub fn entries(&self) -> &[(String, Val)] {
        match &self.what {
            What::Map(all, _) => all,
            _ => &[],
        }
    }

    /// Its items, where it is a list.
    pub fn items(&self) -> &[Val] {
        match &self.what {
            What::List(all) => all,
            _ => &[],
        }
    }

    /// Whether it cannot be told at all.
    pub const fn is_unknown(&self) -> bool {
        matches!(self.what, What::Unknown)
    }

    /// Whether it counts as true; `None` where that cannot be told.
    pub fn truth(&self) -> Option<bool> {
        match &self.what {
            What::Bool(is) => Some(*is),
            What::Nothing => Some(false),
            What::Text(text) => match text.trim_matches(HOLE) {
                "" if !text.is_empty() => None,
                _ => Some(!text.is_empty()),
            },
            What::List(_) | What::Map(..) | What::Function(..) => Some(true),
            What::Unknown => None,
        }
    }

    /// It as a text.
    pub fn text(&self) -> String {
        match &self.what {
            What::Text(text) => text.clone(),
            What::Bool(is) => is.to_string(),
            What::Nothing => "undefined".to_owned(),
            What::List(all) => joined(all, ","),
            What::Map(..) | What::Function(..) | What::Unknown => HOLE.to_string(),
        }
    }

    /// The same, where something may have been added to it or taken from it since.
    fn softened(self) -> Self {
        let what = match self.what {
            What::List(mut all) => {
                all.push(Val {
                    what: What::Unknown,
                    at: self.at.clone(),
                });
                What::List(all)
            }
            What::Map(all, _) => {
                let soft = all.into_iter().map(|(key, val)| (key, val.softened()));
                What::Map(soft.collect(), true)
            }
            _ => What::Unknown,
        };
        Val { what, at: self.at }
    }
}

fn joined(all: &[Val], by: &str) -> String {
    let mut out = String::new();
    for (at, one) in all.iter().enumerate() {
        if at > 0 {
            out.push_str(by);
        }
        if out.len() > LONGEST {
            return HOLE.to_string();
        }
        if !matches!(one.what, What::Nothing) {
            out.push_str(&one.text());
        }
    }
    out
}

/// Reads values out of a project.
pub(super) struct Reader<'p> {
    project: &'p Project<'p>,
    left: Cell<u32>,
}

impl<'p> Reader<'p> {
    pub fn new(project: &'p Project<'p>) -> Self {
        Self {
            project,
            left: Cell::new(WORK),
        }
    }

    /// Takes from what may be looked at; says no when it is used up.
    fn spend(&self, work: usize) -> bool {
        let work = u32::try_from(work).unwrap_or(u32::MAX).max(1);
        let left = self.left.get().checked_sub(work);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    /// What an expression is.
    pub fn value(&self, expr: &Expr, frame: &Arc<Frame>) -> Val {
        self.eval(expr, frame, DEPTH)
    }

    fn eval(&self, expr: &Expr, frame: &Arc<Frame>, depth: u32) -> Val {
        let at = frame.place(expr.at);
        let what = match depth.checked_sub(1).filter(|_| self.spend(1)) {
            Some(depth) => self.what(expr, frame, depth),
            None => Ok(What::Unknown),
        };
        match what {
            Ok(what) => Val { what, at },
            Err(val) => val,
        }
    }

    /// `Err` is a value that was made elsewhere, with its own place.
    fn what(&self, expr: &Expr, frame: &Arc<Frame>, depth: u32) -> Result<What, Val> {
        let eval = |one: &Expr| self.eval(one, frame, depth);
        if let Some(known) = production(expr) {
            return Ok(known);
        }
        Ok(match &expr.kind {
            Kind::Null => What::Nothing,
            Kind::Bool(is) => What::Bool(*is),
            Kind::Number(number) => What::Text(number.to_string()),
            Kind::Text(text) => What::Text(text.to_string()),
            Kind::Template(texts, all) => What::Text(self.template(texts, all, frame, depth)),
            Kind::Tagged(tag, texts, all) if only_spaces(tag) => {
                What::Text(self.template(texts, all, frame, depth))
            }
            Kind::Name(name) => return Err(self.named(name, frame, expr.at, depth)),
            Kind::Array(items) => What::List(self.list(items, frame, depth)),
            Kind::Object(all) => self.object(all, frame, depth),
            Kind::Function(function) => What::Function(Arc::clone(function), Arc::clone(frame)),
            Kind::Member { object, name, .. } => return member(&eval(object), name),
            Kind::Index { object, index, .. } => match eval(index).what {
                What::Text(name) => return member(&eval(object), &name),
                _ => What::Unknown,
            },
            Kind::Chain(one) | Kind::Await(one) => return Err(eval(one)),
            Kind::Sequence(all) => match all.last() {
                Some(last) => return Err(eval(last)),
                None => What::Unknown,
            },
            Kind::Conditional(test, then, other) => match eval(test).truth() {
                Some(true) => return Err(eval(then)),
                Some(false) => return Err(eval(other)),
                None => What::Unknown,
            },
            Kind::Logical(operator, left, right) => {
                let left = eval(left);
                let goes_on = match operator {
                    Logical::And => left.truth(),
                    Logical::Or => left.truth().map(|is| !is),
                    Logical::Nullish => match left.what {
                        What::Nothing => Some(true),
                        What::Unknown => None,
                        What::Text(ref text) if text.contains(HOLE) => None,
                        _ => Some(false),
                    },
                };
                match goes_on {
                    Some(true) => return Err(eval(right)),
                    Some(false) => return Err(left),
                    None => What::Unknown,
                }
            }
            Kind::Unary(Unary::Not, one) => eval(one)
                .truth()
                .map_or(What::Unknown, |is| What::Bool(!is)),
            Kind::Binary(operator, left, right) => operation(*operator, &eval(left), &eval(right)),
            Kind::Call {
                callee, arguments, ..
            } => return Err(self.call(callee, arguments, expr.at, frame, depth)),
            Kind::New { callee, arguments } => match (&callee.kind, arguments.first()) {
                (Kind::Name(name), Some(first)) if &**name == "Set" => match eval(&first.value) {
                    Val {
                        what: What::List(all),
                        ..
                    } => What::List(all),
                    _ => What::Unknown,
                },
                _ => What::Unknown,
            },
            _ => What::Unknown,
        })
    }

    fn template(&self, texts: &[Text], all: &[Expr], frame: &Arc<Frame>, depth: u32) -> String {
        let mut out = String::new();
        for (at, text) in texts.iter().enumerate() {
            out.push_str(text);
            if let Some(expr) = all.get(at) {
                out.push_str(&self.eval(expr, frame, depth).text());
            }
            if out.len() > LONGEST {
                return HOLE.to_string();
            }
        }
        out
    }

    fn list(&self, items: &[Item], frame: &Arc<Frame>, depth: u32) -> Vec<Val> {
        let mut all = Vec::new();
        for item in items {
            let val = self.eval(&item.value, frame, depth);
            match (item.spread, &val.what) {
                (true, What::List(more)) => all.extend(more.iter().cloned()),
                (true, What::Bool(_) | What::Nothing) => {}
                (true, _) => all.push(val.with(What::Unknown)),
                (false, _) => all.push(val),
            }
            if all.len() > MOST {
                return vec![Val {
                    what: What::Unknown,
                    at: frame.place(item.value.at),
                }];
            }
        }
        all
    }

    fn object(&self, properties: &[Property], frame: &Arc<Frame>, depth: u32) -> What {
        let mut all: Vec<(String, Val)> = Vec::new();
        let mut open = false;
        for property in properties.iter().take(MOST) {
            match property {
                Property::Value(Key::Name(key), value) => {
                    all.push((key.to_string(), self.eval(value, frame, depth)));
                }
                Property::Value(Key::Computed(key), value) => {
                    match self.eval(key, frame, depth).what {
                        What::Text(key) if !key.contains(HOLE) => {
                            all.push((key, self.eval(value, frame, depth)));
                        }
                        _ => open = true,
                    }
                }
                Property::Getter(..) => open = true,
                Property::Spread(value) => match self.eval(value, frame, depth).what {
                    What::Map(more, is_open) => {
                        all.extend(more);
                        open |= is_open;
                    }
                    What::Bool(_) | What::Nothing => {}
                    // It may write over all that stands before it.
                    _ => {
                        open = true;
                        all.clear();
                    }
                },
            }
        }
        What::Map(all, open || properties.len() > MOST)
    }
}

/// What stands under a name in an object.
fn member(object: &Val, name: &str) -> Result<What, Val> {
    match (&object.what, object.get(name)) {
        (_, Some(val)) => Err(val),
        (What::Map(..), None) => Ok(What::Nothing),
        _ => Ok(What::Unknown),
    }
}

/// What a build for production puts in place of an expression.
fn production(expr: &Expr) -> Option<What> {
    let name = walk::variable(expr)?;
    Some(match &**name {
        "NODE_ENV" | "MODE" => What::Text("production".to_owned()),
        "PROD" => What::Bool(true),
        "DEV" => What::Bool(false),
        _ => What::Unknown,
    })
}

/// Tags of templates that change nothing but white space.
fn only_spaces(tag: &Expr) -> bool {
    const TAGS: &[&str] = &[
        "raw",
        "dedent",
        "outdent",
        "stripIndent",
        "stripIndents",
        "oneLine",
    ];
    match &tag.kind {
        Kind::Name(name) | Kind::Member { name, .. } => TAGS.contains(&&**name),
        _ => false,
    }
}

fn operation(operator: Binary, left: &Val, right: &Val) -> What {
    match operator {
        Binary::Add => match (&left.what, &right.what) {
            (What::Text(_), _) | (_, What::Text(_)) => {
                let sum = left.text() + &right.text();
                if sum.len() > LONGEST {
                    What::Unknown
                } else {
                    What::Text(sum)
                }
            }
            _ => What::Unknown,
        },
        Binary::Strict { negated } | Binary::Loose { negated } => {
            let same = match (&left.what, &right.what) {
                (What::Text(a), What::Text(b)) if !a.contains(HOLE) && !b.contains(HOLE) => {
                    Some(a == b)
                }
                (What::Bool(a), What::Bool(b)) => Some(a == b),
                (What::Nothing, What::Nothing) => Some(true),
                _ => None,
            };
            same.map_or(What::Unknown, |same| What::Bool(same != negated))
        }
        _ => What::Unknown,
    }
}

#[cfg(test)]
mod tests;
