//! What the shapes against forgery share: constants followed, options read.

use super::super::walk::{self, Node, Trail};
use crate::facts::code::module::Module;
use crate::facts::code::tree::{
    Expr, Item, Key, Kind, Pattern, Program, Property, StatementKind, Text,
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

/// What a name holds, where one declaration says it; else the expression itself.
pub fn held<'a>(expr: &'a Expr, module: &Module, program: &'a Program) -> &'a Expr {
    let mut now = walk::bare(expr);
    for _ in 0..HOPS {
        let Kind::Name(name) = &now.kind else { break };
        if module.import(name).is_some() || program.changed.contains(name) {
            break;
        }
        match walk::declared(name, &program.body) {
            Some(value) => now = walk::bare(value),
            None => break,
        }
    }
    now
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

/// Names taken out of an object where they are declared: the key, and the object.
pub fn taken_out<'a>(name: &str, program: &'a Program) -> Option<(&'a Text, &'a Expr)> {
    let mut found = None;
    walk::below(&program.body, &mut |node| {
        let Node::Statement(one) = node else { return };
        let StatementKind::Declare(all) = &one.kind else {
            return;
        };
        for (pattern, value) in all {
            if let (Pattern::Object(keys, _), Some(value)) = (pattern, value)
                && let Some(key) = key_of(name, keys)
            {
                found = Some((key, value));
            }
        }
    });
    found
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
