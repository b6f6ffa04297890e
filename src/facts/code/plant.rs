//! From oxc's tree to [`tree`]: the code of a module without types and sugar, owned.
//!
//! Depth is bounded: what lies deeper is [`Kind::Unknown`]. Decorators, setters and the difference
//! between `var`, `let` and `const` are left out, since nothing that reads the tree asks for them.

mod class;
mod expression;
mod jsx;
mod operator;
mod pattern;
mod scope;
mod statement;

use oxc_ast::ast::{Directive, Program, PropertyKey};
use oxc_span::GetSpan;
use std::cell::RefCell;
use std::collections::HashSet;

use self::scope::Scopes;
use super::tree::{self, Expr, Key, Kind, Offset, Text};

/// As in [`super::lower`]: far beyond what people write.
const MAX_DEPTH: u32 = 256;

/// The tree of a program.
pub(super) fn program(program: &Program<'_>) -> tree::Program {
    let mut planter = Planter::default();
    let body = planter.statements(&program.body);
    tree::Program {
        body,
        directives: directives(&program.directives),
        changed: planter.scopes.changed(),
    }
}

#[derive(Default)]
struct Planter {
    depth: u32,
    scopes: Scopes,
}

impl Planter {
    /// One level deeper, or `None` where that is too deep.
    fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        Some(done)
    }

    /// The key of a property. A private one keeps its `#`, so that it is no other's name.
    fn key(&mut self, key: &PropertyKey<'_>) -> Key {
        if let Some(name) = key.private_name() {
            return Key::Name(text(&format!("#{name}")));
        }
        if let Some(name) = key.static_name() {
            return Key::Name(text(&name));
        }
        Key::Computed(match key.as_expression() {
            Some(inside) => self.expression(inside),
            None => expr(key.span().start, Kind::Unknown),
        })
    }
}

fn expr(at: Offset, kind: Kind) -> Expr {
    Expr { at, kind }
}

/// Names come again and again, in one module and in the next: each is kept once for a thread that reads.
fn text(text: &str) -> Text {
    const SHORT: usize = 40;
    const MANY: usize = 10_000;
    thread_local! {
        static KNOWN: RefCell<HashSet<Text>> = RefCell::default();
    }
    if text.len() > SHORT {
        return Text::from(text);
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some(known) = known.get(text) {
            return Text::clone(known);
        }
        if known.len() >= MANY {
            known.clear();
        }
        let new = Text::from(text);
        known.insert(Text::clone(&new));
        new
    })
}

fn directives(all: &[Directive<'_>]) -> Vec<Text> {
    all.iter().map(|one| text(&one.directive)).collect()
}

#[cfg(test)]
mod tests;
