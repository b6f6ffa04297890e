//! What a name holds.

use std::sync::Arc;

use super::{Reader, Val, What, Where};
use crate::facts::code::module::Module;
use crate::facts::code::resolve::Target;
use crate::facts::code::shapes::walk::{self, Node};
use crate::facts::code::tree::{
    Expr, Function, Kind, Pattern, Program, Statement, StatementKind, Text,
};
use crate::facts::code::value::{Exported, Offset, Taken, Value};

/// A function that runs, or the top level of a module.
#[derive(Debug)]
pub(in super::super) struct Frame {
    file: Arc<str>,
    module: Arc<Module>,
    function: Option<Arc<Function>>,
    bound: Vec<(Text, Val)>,
    around: Option<Arc<Frame>>,
}

/// What a list of statements says of a name.
enum Declared<'s> {
    Value(&'s Expr),
    Function(&'s Arc<Function>),
    /// It is declared, and what it holds cannot be told.
    Unclear,
}

impl Frame {
    /// The top level of a module.
    pub fn top(file: &str, module: &Arc<Module>) -> Arc<Self> {
        Arc::new(Self {
            file: Arc::from(file),
            module: Arc::clone(module),
            function: None,
            bound: Vec::new(),
            around: None,
        })
    }

    /// A function in it, with what its parameters hold.
    pub fn inner(self: &Arc<Self>, function: Arc<Function>, bound: Vec<(Text, Val)>) -> Arc<Self> {
        Arc::new(Self {
            file: Arc::clone(&self.file),
            module: Arc::clone(&self.module),
            function: Some(function),
            bound,
            around: Some(Arc::clone(self)),
        })
    }

    pub(super) fn bound(&self) -> &[(Text, Val)] {
        &self.bound
    }

    /// The same, its parameters holding something else.
    pub(super) fn rebound(&self, bound: Vec<(Text, Val)>) -> Arc<Self> {
        Arc::new(Self {
            file: Arc::clone(&self.file),
            module: Arc::clone(&self.module),
            function: self.function.clone(),
            bound,
            around: self.around.clone(),
        })
    }

    /// A place in it.
    pub fn place(&self, at: Offset) -> Where {
        Where {
            file: Arc::clone(&self.file),
            module: Arc::clone(&self.module),
            at,
        }
    }

    fn statements(&self) -> &[Statement] {
        match &self.function {
            Some(function) => &function.body,
            None => &self.module.program.body,
        }
    }
}

impl Reader<'_> {
    pub(super) fn named(&self, name: &str, frame: &Arc<Frame>, at: Offset, depth: u32) -> Val {
        let unknown = |what| Val {
            what,
            at: frame.place(at),
        };
        if name == "undefined" {
            return unknown(What::Nothing);
        }
        let mut around = Some(frame);
        while let Some(frame) = around {
            if let Some((_, val)) = frame.bound.iter().find(|(bound, _)| &**bound == name) {
                return val.clone();
            }
            if let Some(val) = self.declared_in(name, frame, depth) {
                return val;
            }
            let function = frame.function.as_ref();
            let parameters = function.into_iter().flat_map(|one| &one.parameters);
            if parameters.into_iter().any(|one| binds(one, name)) {
                return unknown(What::Unknown);
            }
            around = frame.around.as_ref();
        }
        match depth.checked_sub(1) {
            Some(depth) => self
                .imported(name, frame, depth)
                .unwrap_or_else(|| unknown(What::Unknown)),
            None => unknown(What::Unknown),
        }
    }

    fn declared_in(&self, name: &str, frame: &Arc<Frame>, depth: u32) -> Option<Val> {
        let statements = frame.statements();
        self.spend(statements.len());
        let found = declared(name, statements)?;
        let val = match found {
            Declared::Value(expr) => self.eval(expr, frame, depth),
            Declared::Function(function) => Val {
                what: What::Function(Arc::clone(function), Arc::clone(frame)),
                at: frame.place(function.at),
            },
            Declared::Unclear => {
                return Some(Val {
                    what: What::Unknown,
                    at: frame.place(0),
                });
            }
        };
        Some(match self.changed(name, frame) {
            Change::None => val,
            Change::InPlace => val.softened(),
            Change::Whole => Val {
                what: What::Unknown,
                at: val.at,
            },
        })
    }

    fn changed(&self, name: &str, frame: &Frame) -> Change {
        if frame.function.is_none() {
            let Program { changed, .. } = &*frame.module.program;
            if !changed.iter().any(|one| &**one == name) {
                return Change::None;
            }
        }
        let mut change = Change::None;
        let mut seen = 0;
        walk::below(frame.statements(), &mut |node| {
            seen += 1;
            if let Node::Expr(expr) = node {
                change = change.max(change_by(expr, name));
            }
        });
        if self.spend(seen) {
            change
        } else {
            Change::Whole
        }
    }

    /// What an imported name holds in its own module.
    fn imported(&self, name: &str, frame: &Frame, depth: u32) -> Option<Val> {
        let import = frame.module.import(name)?;
        let Taken::Export(exported) = &import.taken else {
            return None;
        };
        self.export(&frame.file, &import.source, exported, depth)
    }

    fn export(&self, from: &str, source: &str, name: &str, depth: u32) -> Option<Val> {
        let depth = depth.checked_sub(1).filter(|_| self.spend(50))?;
        let Target::File(path) = self.project.resolve(from, source) else {
            return None;
        };
        let module = self.project.module(&path)?.ok()?;
        let Some(export) = module.export(name) else {
            let mut stars = module.stars.iter().take(10);
            return stars.find_map(|star| self.export(&path, star, name, depth));
        };
        let local = match &export.exported {
            Exported::From {
                source,
                taken: Taken::Export(taken),
            } => return self.export(&path, source, taken, depth),
            Exported::From { .. } => return None,
            Exported::Value(Value::Name { name, .. }) => name.as_str(),
            Exported::Value(_) if name == "default" => "*default*",
            Exported::Value(_) => name,
        };
        let top = Frame::top(&path, &module);
        self.declared_in(local, &top, depth)
            .or_else(|| self.imported(local, &top, depth))
    }
}

/// How a name is changed after its declaration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    None,
    /// Something is added to what it holds, or set in it.
    InPlace,
    /// It holds something else.
    Whole,
}

fn change_by(expr: &Expr, name: &str) -> Change {
    match &expr.kind {
        Kind::Assign { target, .. } | Kind::Update(target) => match &**target {
            Pattern::Member(member) if base(member) == Some(name) => Change::InPlace,
            target if binds(target, name) => Change::Whole,
            _ => Change::None,
        },
        Kind::Call { callee, .. } => match &callee.kind {
            Kind::Member {
                object,
                name: method,
                ..
            } if base(object) == Some(name) && CHANGING.contains(&&**method) => Change::InPlace,
            _ => Change::None,
        },
        _ => Change::None,
    }
}

const CHANGING: &[&str] = &[
    "push", "unshift", "splice", "pop", "shift", "add", "set", "delete", "append", "fill", "clear",
];

/// The name at the left end of `name.a[b].c`.
fn base(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        Kind::Name(name) => Some(name),
        Kind::Member { object, .. } | Kind::Index { object, .. } => base(object),
        Kind::Chain(one) => base(one),
        _ => None,
    }
}

/// Whether a pattern declares a name, or assigns to it.
fn binds(pattern: &Pattern, name: &str) -> bool {
    match pattern {
        Pattern::Name(one) => &**one == name,
        Pattern::Object(all, rest) => {
            all.iter().any(|(_, one)| binds(one, name))
                || rest.as_ref().is_some_and(|rest| binds(rest, name))
        }
        Pattern::Array(all, rest) => {
            all.iter().flatten().any(|one| binds(one, name))
                || rest.as_ref().is_some_and(|rest| binds(rest, name))
        }
        Pattern::Default(one, _) => binds(one, name),
        Pattern::Member(_) | Pattern::Unknown => false,
    }
}

/// What statements, and the blocks among them, declare a name as. Functions in them have their own names.
fn declared<'s>(name: &str, statements: &'s [Statement]) -> Option<Declared<'s>> {
    let mut found = None;
    for one in statements {
        let more = match &one.kind {
            StatementKind::Declare(all) => {
                all.iter()
                    .find_map(|(pattern, value)| match (pattern, value) {
                        (Pattern::Name(held), Some(value)) if &**held == name => {
                            Some(Declared::Value(value))
                        }
                        (pattern, _) if binds(pattern, name) => Some(Declared::Unclear),
                        _ => None,
                    })
            }
            StatementKind::Function(function) if function.name.as_deref() == Some(name) => {
                Some(Declared::Function(function))
            }
            StatementKind::Block(all) => declared(name, all),
            StatementKind::If(_, then, other) => {
                let then = declared(name, std::slice::from_ref(&**then));
                let other = other
                    .as_ref()
                    .and_then(|other| declared(name, std::slice::from_ref(&**other)));
                then.or(other)
            }
            StatementKind::Try { block, .. } => declared(name, block),
            _ => None,
        };
        if more.is_some() && found.is_some() {
            return Some(Declared::Unclear);
        }
        found = found.or(more);
    }
    found
}
