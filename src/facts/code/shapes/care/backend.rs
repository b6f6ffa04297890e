//! Questions to Clerk's Backend API. `currentUser()` is one, too: it throws where Clerk is out of reach or
//! answers 429 (clerk.com/docs/reference/nextjs/app-router/current-user).

use super::super::super::module::Module;
use super::super::super::tree::{Expr, Kind, Statement, StatementKind};
use super::super::locals as imported;
use super::super::walk::{Node, Trail};
use super::{Care, Found, call, root, written};

/// The names that a file gives to what asks it.
pub(super) fn locals(module: &Module) -> Vec<String> {
    let of_clerk = |source: &str| source.starts_with("@clerk/") || source == "svelte-clerk/server";
    ["currentUser", "clerkClient"]
        .iter()
        .flat_map(|name| imported(module, name, of_clerk))
        .map(|(local, _)| local.to_owned())
        .collect()
}

pub(super) fn look(locals: &[String], expr: &Expr, trail: &Trail<'_>, found: &mut Found) {
    if locals.is_empty() {
        return;
    }
    let Some((callee, _)) = call(expr) else {
        return;
    };
    let asks = root(callee).is_some_and(|name| locals.iter().any(|local| **local == **name));
    if asks && !is_caught(trail) {
        found.push((expr.at, Care::AsksBackend(format!("{}()", written(callee)))));
    }
}

/// Whether a `try` or a `.catch()` stands around.
fn is_caught(trail: &Trail<'_>) -> bool {
    trail.iter().any(|node| match node {
        Node::Statement(Statement {
            kind: StatementKind::Try { .. },
            ..
        }) => true,
        Node::Expr(expr) => matches!(&expr.kind, Kind::Member { name, .. } if &**name == "catch"),
        _ => false,
    })
}
