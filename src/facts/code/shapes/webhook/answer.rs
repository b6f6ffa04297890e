//! What a delivery is answered that could not be verified.

use super::super::super::tree::{Expr, Item, Kind, Offset, Statement, StatementKind};
use super::super::walk::{self, Node};
use super::{How, Verification, property};

/// The place where success is answered to a delivery whose verification threw.
pub(super) fn of(call: &Verification<'_, '_>) -> Option<Offset> {
    if call.how == How::Own {
        return None;
    }
    let inside = call
        .trail
        .iter()
        .rposition(|node| matches!(node, Node::Function(_)))
        .map_or(0, |at| at + 1);
    let around = call.trail.get(inside..)?;
    // The nearest `try` whose block it stands in.
    let handler = around.iter().enumerate().rev().find_map(|(at, node)| {
        let Node::Statement(Statement {
            kind:
                StatementKind::Try {
                    block,
                    handler: Some((_, handler)),
                    ..
                },
            ..
        }) = node
        else {
            return None;
        };
        let Some(Node::Statement(next)) = around.get(at + 1) else {
            return None;
        };
        block
            .iter()
            .any(|one| std::ptr::eq(one, *next))
            .then_some(handler)
    })?;
    let answers = answers(handler);
    // Who refuses some of what is thrown has thought about the rest.
    let refuses = answers
        .iter()
        .any(|(_, status)| status.is_none_or(|status| status >= 300))
        || throws(handler);
    if refuses {
        return None;
    }
    answers.first().map(|(at, _)| *at)
}

fn throws(handler: &[Statement]) -> bool {
    let mut throws = false;
    walk::below(handler, &mut |node| {
        throws |=
            matches!(node, Node::Statement(one) if matches!(one.kind, StatementKind::Throw(_)));
    });
    throws
}

/// The answers that a list of statements returns, with their status; `None` where it cannot be told.
fn answers(statements: &[Statement]) -> Vec<(Offset, Option<u32>)> {
    let mut found = Vec::new();
    walk::below(statements, &mut |node| {
        if let Node::Statement(Statement {
            at,
            kind: StatementKind::Return(value),
        }) = node
        {
            let at = value.as_ref().map_or(*at, |value| value.at);
            found.push((at, value.as_ref().and_then(status)));
        }
    });
    found
}

/// The status of a response that is written out.
fn status(expr: &Expr) -> Option<u32> {
    match &walk::bare(expr).kind {
        Kind::New { callee, arguments } => {
            let name = walk::name(callee)?;
            matches!(&**name, "Response" | "NextResponse").then(|| of_options(arguments))?
        }
        Kind::Call {
            callee, arguments, ..
        } => {
            let Kind::Member { object, name, .. } = &callee.kind else {
                return None;
            };
            let of_response = walk::name(object)
                .is_some_and(|object| matches!(&**object, "Response" | "NextResponse"));
            match &**name {
                "json" if of_response => of_options(arguments),
                "status" | "sendStatus" => number(&arguments.first()?.value),
                "json" | "send" | "end" => status(object),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The status among the options of a response; without options it is 200.
fn of_options(arguments: &[Item]) -> Option<u32> {
    match arguments.get(1) {
        None => Some(200),
        Some(options) => match &options.value.kind {
            Kind::Object(_) => match property(&options.value, "status") {
                Some(status) => number(status),
                None => Some(200),
            },
            _ => None,
        },
    }
}

fn number(expr: &Expr) -> Option<u32> {
    let Kind::Number(number) = expr.kind else {
        return None;
    };
    // A status has three digits; what has not is no status.
    (100..600).find(|status| f64::from(*status) == number)
}
