//! `await` before a call of `auth()` and its like.

use oxc_ast::AstKind;
use oxc_ast::ast::{CallExpression, Expression};
use oxc_span::{GetSpan, Span};

use super::find::{self, Call, Found};
use super::{Code, Cut, Cuts};
use crate::model::fix::Spot;

const NOT_SIMPLE: &str = "the code around the call is not simple enough";

/// What a route may export for the framework to call.
const HANDLERS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

pub(super) fn cuts(code: &Code<'_, '_, '_>, at: Spot) -> Cuts {
    let found = Call::at(code, at).ok_or("there is no such call any more")?;
    let function = found.function().ok_or("the call stands in no function")?;
    if !may_await(&found) {
        return Err("no await can stand where the call does");
    }
    let mut cuts = awaited(&found)?;
    if !function.is_async() {
        if code.says("use client") || !is_called_by_framework(code, function) {
            return Err("the function around it is not async, and others may call it");
        }
        cuts.push(Cut::at(function.span().start, "async "));
    }
    Ok(cuts)
}

/// Whether the call stands among the statements of its function: parameters have their values, and classes
/// their properties, before anything can be awaited (ECMA-262, FormalParameters and ClassBody: early errors).
fn may_await(found: &Call<'_>) -> bool {
    let outwards = found.around.iter().rev();
    let mut outwards = outwards.take_while(|kind| {
        !matches!(
            kind,
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_)
        )
    });
    !outwards.any(|kind| matches!(kind, AstKind::FormalParameters(_) | AstKind::ClassBody(_)))
}

/// Whether the framework calls a function, and nobody else does.
fn is_called_by_framework(code: &Code<'_, '_, '_>, function: Found<'_, '_>) -> bool {
    let name = code.path.rsplit('/').next().unwrap_or_default();
    let names: &[&str] = match name.split('.').next() {
        Some("page" | "layout") => &["default"],
        Some("route") => HANDLERS,
        _ => return false,
    };
    let span = function.span();
    let exported = names
        .iter()
        .filter_map(|name| find::exported(code.program, name));
    exported.into_iter().any(|one| one.span() == span) && function.may_be_async(code)
}

fn awaited(found: &Call<'_>) -> Cuts {
    let call = found.call;
    let mut outwards = found.around.iter().rev();
    match outwards.next() {
        Some(AstKind::StaticMemberExpression(member)) if member.object.span() == call.span => {
            if member.property.name == "protect" {
                return protect(call, member.span, outwards.next(), outwards.next());
            }
            Ok(in_brackets(call.span))
        }
        Some(AstKind::VariableDeclarator(_) | AstKind::ExpressionStatement(_)) => {
            Ok(vec![Cut::at(call.span.start, "await ")])
        }
        _ => Err(NOT_SIMPLE),
    }
}

/// `auth().protect()`, which was right before `auth()` answered with a promise: `await auth.protect()`.
fn protect(
    call: &CallExpression<'_>,
    member: Span,
    parent: Option<&AstKind<'_>>,
    around: Option<&AstKind<'_>>,
) -> Cuts {
    let Some(AstKind::CallExpression(outer)) = parent else {
        return Err(NOT_SIMPLE);
    };
    let plain = matches!(call.callee, Expression::Identifier(_)) && call.arguments.is_empty();
    if outer.callee.span() != member || !plain {
        return Err(NOT_SIMPLE);
    }
    let mut cuts = match around {
        Some(AstKind::StaticMemberExpression(_)) => in_brackets(outer.span),
        _ => vec![Cut::at(outer.span.start, "await ")],
    };
    cuts.push(Cut::of(call.callee.span().end, call.span.end, ""));
    Ok(cuts)
}

fn in_brackets(span: Span) -> Vec<Cut> {
    vec![Cut::at(span.start, "(await "), Cut::at(span.end, ")")]
}
