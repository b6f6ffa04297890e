//! `authorizedParties` in a call that verifies sessions.

use oxc_ast::ast::{Argument, Expression, ObjectExpression, ObjectPropertyKind};
use oxc_span::GetSpan;

use super::find::Call;
use super::{Code, Cut, Cuts};
use crate::model::fix::Spot;

pub(super) fn cuts(code: &Code<'_, '_, '_>, at: Spot, origin: &str) -> Cuts {
    let found = Call::at(code, at).ok_or("there is no such call any more")?;
    let call = found.call;
    let name = match call.callee.get_inner_expression() {
        Expression::Identifier(name) => name.name.as_str(),
        Expression::StaticMemberExpression(member) => member.property.name.as_str(),
        _ => "",
    };
    // Elsewhere than in production sessions come from other origins: localhost, a preview.
    let option = format!(
        "authorizedParties: process.env.NODE_ENV === \"production\" ? [\"{origin}\"] : undefined"
    );
    let after =
        |argument: &Argument<'_>| vec![Cut::at(argument.span().end, format!(", {{ {option} }}"))];
    let of_middleware = matches!(name, "clerkMiddleware" | "authMiddleware");
    match call.arguments.as_slice() {
        [] if of_middleware => Ok(vec![Cut::at(call.span.end - 1, format!("{{ {option} }}"))]),
        [Argument::ObjectExpression(object)] if of_middleware => within(code, object, &option),
        [one @ (Argument::ArrowFunctionExpression(_) | Argument::FunctionExpression(_))]
            if of_middleware =>
        {
            Ok(after(one))
        }
        [Argument::SpreadElement(_)] => Err("its arguments are spread"),
        [one] if matches!(name, "authenticateRequest" | "verifyToken" | "register") => {
            Ok(after(one))
        }
        [_, Argument::ObjectExpression(object)] => within(code, object, &option),
        _ => Err("its options are not written out in the call"),
    }
}

/// One property more, as the first.
fn within(code: &Code<'_, '_, '_>, object: &ObjectExpression<'_>, option: &str) -> Cuts {
    let after = object.span.start + 1;
    let Some(first) = object.properties.first() else {
        return Ok(vec![Cut::of(
            object.span.start,
            object.span.end,
            format!("{{ {option} }}"),
        )]);
    };
    for property in &object.properties {
        match property {
            ObjectPropertyKind::SpreadProperty(_) => return Err("its options are put together"),
            ObjectPropertyKind::ObjectProperty(one)
                if one.key.is_specific_static_name("authorizedParties") =>
            {
                return Err("it names authorizedParties");
            }
            ObjectPropertyKind::ObjectProperty(_) => {}
        }
    }
    let starts = first.span().start;
    let new = match code.slice(after, starts).contains('\n') {
        true => format!("{}{}{option},", code.line_break(), code.indent(starts)),
        false => format!(" {option},"),
    };
    Ok(vec![Cut::at(after, new)])
}
