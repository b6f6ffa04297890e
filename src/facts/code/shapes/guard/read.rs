//! What the shapes against forgery share: constants followed, options read.

use super::super::walk::{self, Node, Trail};
use crate::facts::code::module::Module;
use crate::facts::code::tree::{
    Expr, Item, Key, Kind, Pattern, Program, Property, Statement, StatementKind, Text,
};

/// How many names are followed one to the next.
const HOPS: usize = 4;

/// Words of folders and file names of code that no visitor gets to.
const TESTS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "e2e",
    "spec",
    "specs",
    "mock",
    "mocks",
    "fixture",
    "fixtures",
    "playwright",
    "cypress",
    "stories",
    "vitest",
    "jest",
    "__tests__",
    "__mocks__",
];

/// Whether a file is there for tests.
pub fn is_for_tests(path: &str) -> bool {
    let is_word = |part: &str| TESTS.contains(&part.to_ascii_lowercase().as_str());
    path.split('/').any(|folder| {
        let camel = folder
            .strip_prefix("test")
            .is_some_and(|rest| rest.starts_with(char::is_uppercase));
        camel || is_word(folder) || folder.split(['.', '-', '_']).any(is_word)
    })
}

/// The value of a property of an object.
pub fn property<'a>(object: &'a Expr, name: &str) -> Option<&'a Expr> {
    let Kind::Object(all) = &object.kind else {
        return None;
    };
    all.iter().rev().find_map(|one| match one {
        Property::Value(Key::Name(key), value) if &**key == name => Some(value),
        _ => None,
    })
}

/// Whether an object may have properties that are not written in it.
pub fn is_open(object: &Expr) -> bool {
    match &object.kind {
        Kind::Object(all) => all.iter().any(|one| {
            matches!(
                one,
                Property::Spread(_) | Property::Value(Key::Computed(_), _)
            )
        }),
        _ => true,
    }
}

/// What a name stands for at a place.
#[derive(Debug, Clone, Copy)]
pub enum Binding<'a> {
    /// The value it is declared with.
    Value(&'a Expr),
    /// A property of a value.
    Key(&'a Text, &'a Expr),
    /// A parameter of a function around the place.
    Parameter,
    /// What is changed, or declared more than once.
    Unknown,
}

/// Where names are looked up.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a, 't> {
    /// The module.
    pub module: &'a Module,
    /// Its code.
    pub program: &'a Program,
    /// What is around the place.
    pub trail: &'t Trail<'a>,
}

impl<'a> Scope<'a, '_> {
    /// What a name stands for; `None` of an import or a name of the platform.
    pub fn binding(&self, name: &str) -> Option<Binding<'a>> {
        for node in self.trail.iter().rev() {
            let Node::Function(function) = node else {
                continue;
            };
            let names = |pattern: &Pattern| match pattern {
                Pattern::Name(held) => &**held == name,
                Pattern::Object(keys, _) => key_of(name, keys).is_some(),
                Pattern::Default(inside, _) => {
                    matches!(&**inside, Pattern::Name(held) if &**held == name)
                }
                _ => false,
            };
            if let Some(found) = declared(name, &function.body) {
                return Some(found);
            }
            if function.parameters.iter().any(names) {
                return Some(Binding::Parameter);
            }
        }
        if self.module.import(name).is_some() {
            return None;
        }
        let found = declared(name, &self.program.body);
        let changed = self
            .program
            .changed
            .iter()
            .any(|changed| &**changed == name);
        if changed && found.is_some() {
            Some(Binding::Unknown)
        } else {
            found
        }
    }

    /// What a name holds, where one declaration says it; else the expression itself.
    pub fn held(&self, expr: &'a Expr) -> &'a Expr {
        let mut now = walk::bare(expr);
        for _ in 0..HOPS {
            let Kind::Name(name) = &now.kind else { break };
            match self.binding(name) {
                Some(Binding::Value(value)) => now = walk::bare(value),
                _ => break,
            }
        }
        now
    }
}

/// What the statements of one function or module declare a name as; functions within are left out.
fn declared<'a>(name: &str, statements: &'a [Statement]) -> Option<Binding<'a>> {
    let mut found = None;
    own(statements, &mut |pattern, value| {
        let binding = match (pattern, value) {
            (Pattern::Name(held), value) if &**held == name => {
                value.map_or(Binding::Unknown, Binding::Value)
            }
            (Pattern::Object(keys, _), Some(value)) => match key_of(name, keys) {
                Some(key) => Binding::Key(key, value),
                None => return,
            },
            _ => return,
        };
        found = Some(if found.is_none() {
            binding
        } else {
            Binding::Unknown
        });
    });
    found
}

/// The declarations of a list of statements and the blocks in it. The depth of a tree is bounded where it is
/// made.
fn own<'a>(statements: &'a [Statement], look: &mut dyn FnMut(&'a Pattern, Option<&'a Expr>)) {
    for one in statements {
        match &one.kind {
            StatementKind::Declare(all) => {
                for (pattern, value) in all {
                    look(pattern, value.as_ref());
                }
            }
            StatementKind::Block(all) => own(all, look),
            StatementKind::If(_, then, other) => {
                own(std::slice::from_ref(&**then), look);
                if let Some(other) = other {
                    own(std::slice::from_ref(&**other), look);
                }
            }
            StatementKind::Try {
                block,
                handler,
                last,
            } => {
                own(block, look);
                if let Some((_, handler)) = handler {
                    own(handler, look);
                }
                own(last, look);
            }
            StatementKind::Switch(_, cases) => {
                for (_, body) in cases {
                    own(body, look);
                }
            }
            StatementKind::ForOf(pattern, _, body) | StatementKind::ForIn(pattern, _, body) => {
                look(pattern, None);
                own(std::slice::from_ref(&**body), look);
            }
            StatementKind::Loop { init, body, .. } => {
                if let Some(init) = init {
                    own(std::slice::from_ref(&**init), look);
                }
                own(std::slice::from_ref(&**body), look);
            }
            _ => {}
        }
    }
}

/// The callee and arguments of a call, chains left out.
pub fn call(expr: &Expr) -> Option<(&Expr, &[Item])> {
    match &walk::bare(expr).kind {
        Kind::Call {
            callee, arguments, ..
        } => Some((callee, arguments)),
        _ => None,
    }
}

/// An argument that is not spread.
pub fn argument(arguments: &[Item], at: usize) -> Option<&Expr> {
    let before = arguments.get(..=at)?;
    if before.iter().any(|item| item.spread) {
        return None;
    }
    before.last().map(|item| &item.value)
}

/// The text that an expression is.
pub fn text(expr: &Expr) -> Option<&Text> {
    match &expr.kind {
        Kind::Text(text) => Some(text),
        _ => None,
    }
}

/// An expression as one would write it: names and dots.
pub fn written(expr: &Expr) -> String {
    match &walk::bare(expr).kind {
        Kind::Name(name) => name.to_string(),
        Kind::This => "this".to_owned(),
        Kind::Member { object, name, .. } => match written(object) {
            object if object.is_empty() => name.to_string(),
            object => format!("{object}.{name}"),
        },
        Kind::Call { callee, .. } => format!("{}()", written(callee)),
        Kind::New { callee, .. } => format!("new {}()", written(callee)),
        _ => String::new(),
    }
}

/// Whether a place is behind a condition on where the program runs: `if (isDev)`, `NODE_ENV === …`.
pub fn is_for_some_environment(trail: &Trail<'_>) -> bool {
    trail.iter().any(|node| {
        let test = match node {
            Node::Statement(one) => match &one.kind {
                StatementKind::If(test, ..) => Some(test),
                _ => None,
            },
            Node::Expr(one) => match &one.kind {
                Kind::Conditional(test, ..) => Some(&**test),
                Kind::Logical(_, left, _) => Some(&**left),
                _ => None,
            },
            Node::Function(_) => None,
        };
        test.is_some_and(names_environment)
    })
}

/// Whether an expression asks where the program runs.
pub fn names_environment(expr: &Expr) -> bool {
    walk::any(expr, |one| {
        let (Kind::Name(name) | Kind::Member { name, .. } | Kind::Text(name)) = &one.kind else {
            return false;
        };
        let name = name.to_ascii_lowercase();
        [
            "node_env",
            "dev",
            "prod",
            "local",
            "vercel_env",
            "app_env",
            "mode",
            "stage",
            "env",
        ]
        .iter()
        .any(|word| name.contains(word))
    })
}

/// The key under which a pattern takes a name.
pub fn key_of<'a>(name: &str, keys: &'a [(Key, Pattern)]) -> Option<&'a Text> {
    keys.iter().find_map(|(key, pattern)| {
        let Key::Name(key) = key else { return None };
        let is = |pattern: &Pattern| matches!(pattern, Pattern::Name(held) if &**held == name);
        let taken = match pattern {
            Pattern::Default(inside, _) => is(inside),
            pattern => is(pattern),
        };
        taken.then_some(key)
    })
}
