//! The lists of a middleware: where it runs, and what it names.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, ArrayExpressionElement, Declaration, Expression, ObjectExpression,
    ObjectPropertyKind, Program, Statement, StringLiteral,
};
use oxc_ast_visit::Visit;
use oxc_span::GetSpan;

use super::find;
use super::{Code, Cut, Cuts};

/// The value of `export const config`, where there is one.
fn config<'p, 'a>(program: &'p Program<'a>) -> Option<Option<&'p ObjectExpression<'a>>> {
    program.body.iter().find_map(|statement| match statement {
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::VariableDeclaration(all) => {
                let one = all.declarations.iter().find(|one| {
                    let own = one.id.get_binding_identifier();
                    own.is_some_and(|own| own.name == "config")
                })?;
                Some(match one.init.as_ref()?.get_inner_expression() {
                    Expression::ObjectExpression(object) => Some(&**object),
                    _ => None,
                })
            }
            _ => None,
        },
        Statement::ExportNamedDeclaration(export) => {
            let mut all = export.specifiers.iter();
            all.any(|one| one.exported.name() == "config")
                .then_some(None)
        }
        _ => None,
    })
}

/// `config.matcher` with other patterns.
pub(super) fn matcher(code: &Code<'_, '_, '_>, patterns: &[String]) -> Cuts {
    let newline = code.line_break();
    let list = |indent: &str| {
        let entries = patterns
            .iter()
            .map(|one| format!("{newline}{indent}  \"{one}\","));
        format!("[{}{newline}{indent}]", entries.collect::<String>())
    };
    let Some(config) = config(code.program) else {
        if find::bindings(code.program, "config") > 0 {
            return Err("the name config means something else in it");
        }
        let end = code.text.len() as u32;
        let gap = if code.text.ends_with('\n') {
            ""
        } else {
            newline
        };
        let with = format!(
            "{gap}{newline}export const config = {{{newline}  matcher: {},{newline}}};{newline}",
            list("  ")
        );
        return Ok(vec![Cut::at(end, with)]);
    };
    let config = config.ok_or("config is not written out")?;
    let mut matchers = config.properties.iter().filter_map(|one| match one {
        ObjectPropertyKind::ObjectProperty(one) if one.key.is_specific_static_name("matcher") => {
            Some(one)
        }
        _ => None,
    });
    let matcher = matchers.next().ok_or("config has no matcher")?;
    let span = matcher.value.span();
    if code.slice(span.start, span.end).contains("__clerk") {
        return Err("config.matcher names Clerk's proxy, too");
    }
    let with = list(code.indent(matcher.span.start));
    Ok(vec![Cut::of(span.start, span.end, with)])
}

/// An entry of a list of `createRouteMatcher()`, if there is just one such.
pub(super) fn entry(code: &Code<'_, '_, '_>, was: &str, with: &str) -> Cuts {
    let mut lists = Lists {
        was,
        found: Vec::new(),
    };
    lists.visit_program(code.program);
    let [one] = lists.found.as_slice() else {
        return Err("the entry does not stand in exactly one of its lists");
    };
    let (start, end) = (one.span.start + 1, one.span.end - 1);
    if code.slice(start, end) != was {
        return Err("the entry is written in another way");
    }
    Ok(vec![Cut::of(start, end, with)])
}

struct Lists<'n, 'a> {
    was: &'n str,
    found: Vec<&'a StringLiteral<'a>>,
}

impl<'a> Visit<'a> for Lists<'_, 'a> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        let AstKind::CallExpression(call) = kind else {
            return;
        };
        let named = call.callee.get_identifier_reference();
        if !named.is_some_and(|name| name.name == "createRouteMatcher") {
            return;
        }
        if let Some(Argument::ArrayExpression(list)) = call.arguments.first() {
            let entries = list.elements.iter().filter_map(|one| match one {
                ArrayExpressionElement::StringLiteral(text) => Some(&**text),
                _ => None,
            });
            self.found
                .extend(entries.filter(|text| text.value == self.was));
        }
    }
}
