//! What a call answers with: the project's own functions, and the methods of texts, lists and objects with
//! which headers are put together.

use std::sync::Arc;

use super::{Frame, HOLE, LONGEST, MOST, Reader, Val, What, joined};
use crate::facts::code::tree::{
    Expr, Function, Item, Key, Kind, Pattern, Statement, StatementKind, Text,
};
use crate::facts::code::value::Offset;

/// What running statements comes to.
enum Flow {
    Returned(Val),
    On,
    /// It depends on what is not known.
    Unclear,
}

impl Reader<'_> {
    pub(super) fn call(
        &self,
        callee: &Expr,
        arguments: &[Item],
        at: Offset,
        frame: &Arc<Frame>,
        depth: u32,
    ) -> Val {
        let place = frame.place(at);
        let given = self.list(arguments, frame, depth);
        let what = match &callee.kind {
            Kind::Member { object, name, .. } => match &object.kind {
                Kind::Name(global) if matches!(&**global, "Object" | "Array") => {
                    of_global(name, &given)
                }
                _ => {
                    let object = self.eval(object, frame, depth);
                    match self.method(&object, name, arguments, &given, depth) {
                        // What is made of a text is best looked for where the text is.
                        Some(what @ What::Text(_)) => return object.with(what),
                        Some(what) => what,
                        None => return self.apply(&object, name, given, depth, place),
                    }
                }
            },
            Kind::Name(name) if &**name == "String" => match given.first() {
                Some(first) => What::Text(first.text()),
                None => What::Unknown,
            },
            _ => {
                let function = self.eval(callee, frame, depth);
                return self.run(&function, given, depth).unwrap_or(Val {
                    what: What::Unknown,
                    at: place,
                });
            }
        };
        Val { what, at: place }
    }

    /// A function that an object of the project holds.
    fn apply(
        &self,
        object: &Val,
        name: &str,
        given: Vec<Val>,
        depth: u32,
        at: super::Where,
    ) -> Val {
        let unknown = Val {
            what: What::Unknown,
            at,
        };
        let held = object
            .get(name)
            .and_then(|one| self.run(&one, given, depth));
        held.unwrap_or(unknown)
    }

    /// Runs a function of the project; `None` where it is none.
    pub fn run(&self, function: &Val, given: Vec<Val>, depth: u32) -> Option<Val> {
        let What::Function(function, frame) = &function.what else {
            return None;
        };
        let depth = depth.checked_sub(1).filter(|_| self.spend(5))?;
        let inner = frame.inner(Arc::clone(function), bound(function, given));
        let inner = self.with_defaults(function, inner, depth);
        let unclear = Val {
            what: What::Unknown,
            at: frame.place(function.at),
        };
        Some(match self.flow(&function.body, &inner, depth) {
            Flow::Returned(val) => val,
            Flow::On => unclear.with(What::Nothing),
            Flow::Unclear => unclear,
        })
    }

    /// Runs a function without knowing what it is called with.
    pub fn answer(&self, function: &Val) -> Option<Val> {
        let arity = match &function.what {
            What::Function(one, _) => one.parameters.len(),
            _ => return None,
        };
        let unknown = function.with(What::Unknown);
        self.run(function, vec![unknown; arity], super::DEPTH)
    }

    fn with_defaults(&self, function: &Arc<Function>, frame: Arc<Frame>, depth: u32) -> Arc<Frame> {
        let mut more = Vec::new();
        for pattern in &function.parameters {
            if let Pattern::Default(name, value) = pattern
                && let Pattern::Name(name) = &**name
                && !frame.is_bound(name)
            {
                more.push((Arc::clone(name), self.eval(value, &frame, depth)));
            }
        }
        if more.is_empty() {
            frame
        } else {
            frame.with(more)
        }
    }

    fn flow(&self, statements: &[Statement], frame: &Arc<Frame>, depth: u32) -> Flow {
        let Some(depth) = depth.checked_sub(1) else {
            return Flow::Unclear;
        };
        for one in statements {
            if !self.spend(1) {
                return Flow::Unclear;
            }
            let flow = match &one.kind {
                StatementKind::Return(Some(value)) => {
                    Flow::Returned(self.eval(value, frame, depth))
                }
                StatementKind::Return(None) => Flow::Unclear,
                StatementKind::If(test, then, other) => {
                    match (self.eval(test, frame, depth).truth(), other) {
                        (Some(true), _) => self.flow(std::slice::from_ref(then), frame, depth),
                        (Some(false), Some(other)) => {
                            self.flow(std::slice::from_ref(other), frame, depth)
                        }
                        (Some(false), None) => Flow::On,
                        (None, _) if returns(one) => Flow::Unclear,
                        (None, _) => Flow::On,
                    }
                }
                StatementKind::Block(all) | StatementKind::Try { block: all, .. } => {
                    self.flow(all, frame, depth)
                }
                _ if returns(one) => Flow::Unclear,
                _ => Flow::On,
            };
            if !matches!(flow, Flow::On) {
                return flow;
            }
        }
        Flow::On
    }

    /// A method of a text or a list; `None` where the object is neither.
    fn method(
        &self,
        object: &Val,
        name: &str,
        arguments: &[Item],
        given: &[Val],
        depth: u32,
    ) -> Option<What> {
        let first = given.first();
        Some(match &object.what {
            What::Text(text) => of_text(text, name, arguments, given, object),
            What::List(all) => match (name, first) {
                ("join", by) => {
                    let by = by.map_or(",".to_owned(), Val::text);
                    What::Text(joined(all, &by))
                }
                ("concat", _) => {
                    let mut all = all.clone();
                    for one in given {
                        match &one.what {
                            What::List(more) => all.extend(more.iter().cloned()),
                            _ => all.push(one.clone()),
                        }
                    }
                    What::List(all)
                }
                ("flat", _) => What::List(flat(all)),
                ("includes", Some(wanted)) => includes(all, wanted),
                ("filter", Some(by)) => What::List(self.filtered(all, by, depth)),
                ("map" | "flatMap", Some(by)) => {
                    let made: Vec<Val> = all
                        .iter()
                        .take(MOST)
                        .map(|one| {
                            let made = self.run(by, vec![one.clone()], depth);
                            made.unwrap_or_else(|| one.with(What::Unknown))
                        })
                        .collect();
                    What::List(if name == "map" { made } else { flat(&made) })
                }
                _ => What::Unknown,
            },
            What::Unknown => What::Unknown,
            _ => return None,
        })
    }

    /// `filter(Boolean)`, or a filter of the project's own. What it may take away is unknown.
    fn filtered(&self, all: &[Val], by: &Val, depth: u32) -> Vec<Val> {
        let mut kept = Vec::new();
        for one in all {
            let keeps = match self.run(by, vec![one.clone()], depth) {
                Some(answer) => answer.truth(),
                // `Boolean`, which is no function of the project.
                None => one.truth().or(Some(true)),
            };
            match keeps {
                Some(true) => kept.push(one.clone()),
                Some(false) => {}
                None => kept.push(one.with(What::Unknown)),
            }
        }
        kept
    }
}

impl Frame {
    fn is_bound(&self, name: &Text) -> bool {
        self.bound().iter().any(|(bound, _)| bound == name)
    }

    fn with(self: &Arc<Self>, more: Vec<(Text, Val)>) -> Arc<Self> {
        let mut all = self.bound().to_vec();
        all.extend(more);
        self.rebound(all)
    }
}

/// What the parameters of a function hold.
fn bound(function: &Function, given: Vec<Val>) -> Vec<(Text, Val)> {
    let mut all = Vec::new();
    for (pattern, val) in function.parameters.iter().zip(given) {
        bind(pattern, val, &mut all);
    }
    all
}

fn bind(pattern: &Pattern, val: Val, all: &mut Vec<(Text, Val)>) {
    match pattern {
        Pattern::Name(name) => all.push((Arc::clone(name), val)),
        Pattern::Default(inner, _) if !matches!(val.what, What::Nothing) => bind(inner, val, all),
        Pattern::Object(fields, None) => {
            for (key, pattern) in fields {
                if let Key::Name(key) = key {
                    let held = val.get(key).unwrap_or_else(|| val.with(What::Unknown));
                    bind(pattern, held, all);
                }
            }
        }
        Pattern::Array(fields, None) => {
            for (at, pattern) in fields.iter().enumerate() {
                if let Some(pattern) = pattern {
                    let held = val.items().get(at).cloned();
                    bind(
                        pattern,
                        held.unwrap_or_else(|| val.with(What::Unknown)),
                        all,
                    );
                }
            }
        }
        _ => {}
    }
}

/// Whether a statement may end the function.
fn returns(one: &Statement) -> bool {
    match &one.kind {
        StatementKind::Return(_) | StatementKind::Throw(_) => true,
        StatementKind::If(_, then, other) => {
            returns(then) || other.as_ref().is_some_and(|other| returns(other))
        }
        StatementKind::Block(all) => all.iter().any(returns),
        StatementKind::Try {
            block,
            handler,
            last,
        } => {
            let handled = handler.iter().flat_map(|(_, all)| all);
            block.iter().chain(handled).chain(last).any(returns)
        }
        StatementKind::Switch(_, cases) => cases.iter().flat_map(|(_, all)| all).any(returns),
        StatementKind::ForOf(_, _, body)
        | StatementKind::ForIn(_, _, body)
        | StatementKind::Loop { body, .. } => returns(body),
        _ => false,
    }
}

fn of_global(name: &str, given: &[Val]) -> What {
    let Some(first) = given.first() else {
        return What::Unknown;
    };
    let pair = |key: &str, val: &Val| {
        val.with(What::List(vec![
            val.with(What::Text(key.to_owned())),
            val.clone(),
        ]))
    };
    match (name, &first.what) {
        ("from" | "freeze" | "of", what @ (What::List(_) | What::Map(..))) if given.len() == 1 => {
            what.clone()
        }
        ("entries", What::Map(all, open)) => {
            let mut pairs: Vec<Val> = all.iter().map(|(key, val)| pair(key, val)).collect();
            if *open {
                pairs.push(first.with(What::Unknown));
            }
            What::List(pairs)
        }
        ("values", What::Map(all, false)) => {
            What::List(all.iter().map(|(_, val)| val.clone()).collect())
        }
        _ => What::Unknown,
    }
}

fn flat(all: &[Val]) -> Vec<Val> {
    let mut out = Vec::new();
    for one in all {
        match &one.what {
            What::List(more) => out.extend(more.iter().cloned()),
            _ => out.push(one.clone()),
        }
    }
    out.truncate(MOST);
    out
}

fn includes(all: &[Val], wanted: &Val) -> What {
    let What::Text(wanted) = &wanted.what else {
        return What::Unknown;
    };
    let clear = |one: &Val| matches!(&one.what, What::Text(text) if !text.contains(HOLE));
    let has = all
        .iter()
        .any(|one| matches!(&one.what, What::Text(text) if text == wanted));
    if has || (all.iter().all(clear) && !wanted.contains(HOLE)) {
        What::Bool(has)
    } else {
        What::Unknown
    }
}

fn of_text(text: &str, name: &str, arguments: &[Item], given: &[Val], object: &Val) -> What {
    let made = match name {
        "trim" | "trimStart" | "trimEnd" => text.trim().to_owned(),
        "toString" | "valueOf" | "normalize" => text.to_owned(),
        "concat" => given
            .iter()
            .fold(text.to_owned(), |all, one| all + &one.text()),
        "toLowerCase" => text.to_lowercase(),
        "replace" | "replaceAll" => match (arguments.first(), given.get(1)) {
            (Some(what), Some(by)) => match replaced(text, &what.value, given, &by.text()) {
                Some(made) => made,
                None => return What::Unknown,
            },
            _ => return What::Unknown,
        },
        "split" => {
            let Some(by) = given.first().map(Val::text).filter(|by| !by.is_empty()) else {
                return What::Unknown;
            };
            let parts = text.split(by.as_str()).take(MOST);
            return What::List(
                parts
                    .map(|part| object.with(What::Text(part.to_owned())))
                    .collect(),
            );
        }
        _ => return What::Unknown,
    };
    if made.len() > LONGEST {
        return What::Unknown;
    }
    What::Text(made)
}

/// `replace(/\s{2,}/g, ' ')` and `replace('{nonce}', nonce)`.
fn replaced(text: &str, what: &Expr, given: &[Val], by: &str) -> Option<String> {
    if let Kind::Regex(source, _) = &what.kind {
        return spaces(text, source, by);
    }
    match &given.first()?.what {
        What::Text(what) if !what.contains(HOLE) && !what.is_empty() => {
            let made = text.len() + text.matches(what.as_str()).count() * by.len();
            (made <= LONGEST).then(|| text.replace(what.as_str(), by))
        }
        _ => None,
    }
}

/// A replacement of white space. In a policy only where white space is and where none is makes a
/// difference.
fn spaces(text: &str, source: &str, by: &str) -> Option<String> {
    let (least, lines_only) = match source {
        "\\s{2,}" | "\\s\\s+" | " {2,}" => (2, false),
        "\\s+" | "\\s" | " +" | "\\s*" => (1, false),
        "\\n" | "\\n+" | "\\r?\\n" | "\\r?\\n+" | "[\\r\\n]+" | "\\r\\n|\\n" | "\\n|\\r" => {
            (1, true)
        }
        "\\n\\s+" | "\\n\\s*" | "\\s*\\n\\s*" | "\\r?\\n\\s*" | "\\r?\\n|\\r" => (1, false),
        _ => return None,
    };
    let is = |c: char| {
        if lines_only {
            matches!(c, '\n' | '\r')
        } else {
            c.is_whitespace()
        }
    };
    let needs_line = source.contains("\\n") && !lines_only;
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        out.push_str(before);
        let wanted = run.chars().count() >= least && (!needs_line || run.contains('\n'));
        out.push_str(if wanted { by } else { run });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
