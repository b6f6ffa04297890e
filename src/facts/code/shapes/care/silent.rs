//! What a receiver of webhooks catches and tells nobody.

use super::super::super::tree::{Kind, Pattern, Statement, StatementKind};
use super::super::walk::{self, Node};
use super::{Care, Found, answers, call};

/// Calls in which the work of a receiver is done.
const WORK: &[&str] = &[
    "create",
    "insert",
    "update",
    "upsert",
    "delete",
    "save",
    "values",
    "insertOne",
    "updateOne",
    "deleteOne",
    "runMutation",
];

/// Answers whether it looked closely.
pub(super) fn look(node: Node<'_>, found: &mut Found) -> bool {
    let Node::Statement(Statement {
        at,
        kind:
            StatementKind::Try {
                block,
                handler: Some((parameter, handler)),
                ..
            },
    }) = node
    else {
        return false;
    };
    let calls = |names: &[&str]| {
        walk::any_below(block, |one| {
            let name = call(one).and_then(|(callee, _)| walk::last_name(callee));
            name.is_some_and(|name| names.contains(&&**name))
        })
    };
    let verification = calls(&["verify", "verifyWebhook"]);
    if (verification || calls(WORK)) && is_silent(parameter.as_ref(), handler) {
        let at = handler.first().map_or(*at, |first| first.at);
        found.push((at, Care::Silent { verification }));
    }
    true
}

/// Whether a handler throws nothing, uses nothing of what was thrown, and calls only what makes an answer.
fn is_silent(parameter: Option<&Pattern>, handler: &[Statement]) -> bool {
    let thrown = match parameter {
        Some(Pattern::Name(name)) => Some(name),
        // `catch ({ message })` has a use for it.
        Some(_) => return false,
        None => None,
    };
    let mut silent = true;
    walk::below(handler, &mut |node| {
        let loud = match node {
            Node::Statement(one) => matches!(one.kind, StatementKind::Throw(_)),
            Node::Expr(one) => match &one.kind {
                Kind::Name(name) => thrown == Some(name),
                _ => call(one).is_some() && !answers(one),
            },
            Node::Function(_) => false,
        };
        silent &= !loud;
    });
    silent
}
