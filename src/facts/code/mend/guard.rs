//! `await auth.protect()` at the top of a function, with its import.

use oxc_ast::ast::{FunctionBody, ImportDeclaration, ImportDeclarationSpecifier, Statement};
use oxc_span::GetSpan;

use super::find::{self, Found};
use super::{Code, Cut, Cuts};
use crate::model::fix::Guarded;

const SERVER: &str = "@clerk/nextjs/server";

pub(super) fn cuts(code: &Code<'_, '_, '_>, which: &Guarded) -> Cuts {
    if code.says("use client") {
        return Err("it runs in the browser");
    }
    match which {
        Guarded::Export(name) => in_function(code, find::exported(code.program, name)),
        Guarded::Action(name) if code.says("use server") => {
            in_function(code, find::exported(code.program, name))
        }
        Guarded::Action(name) => in_function(code, find::action(code.program, name)),
    }
}

fn in_function(code: &Code<'_, '_, '_>, function: Option<Found<'_, '_>>) -> Cuts {
    let function = function.ok_or("the function is not written out in it")?;
    let body = function.body().ok_or("the function has no plain body")?;
    let (auth, import) = auth(code)?;
    let mut cuts = vec![statement(code, body, &auth)?];
    cuts.extend(import);
    if !function.is_async() {
        if !function.may_be_async(code) {
            return Err("the function is not async and cannot simply be");
        }
        cuts.push(Cut::at(function.span().start, "async "));
    }
    Ok(cuts)
}

/// The call as the first statement.
fn statement(
    code: &Code<'_, '_, '_>,
    body: &FunctionBody<'_>,
    auth: &str,
) -> Result<Cut, &'static str> {
    let first = body.statements.first().ok_or("the function is empty")?;
    let written = code.slice(first.span().start, first.span().end);
    let call = format!("await {auth}.protect()");
    if written.trim_end_matches(';') == call {
        return Err("the function begins with it");
    }
    let after = match body.directives.last() {
        Some(directive) => directive.span.end,
        None => body.span.start + 1,
    };
    let starts = first.span().start;
    // Without a semicolon the next line would go on with the call.
    let end = match semicolons(code) || written.starts_with(['(', '[', '`', '+', '-', '/', '<']) {
        true => ";",
        false => "",
    };
    Ok(match code.slice(after, starts).contains('\n') {
        true => {
            let (newline, indent) = (code.line_break(), code.indent(starts));
            Cut::at(after, format!("{newline}{indent}{call}{end}"))
        }
        false => Cut::at(after, format!(" {call};")),
    })
}

/// Whether the file ends its statements with semicolons.
fn semicolons(code: &Code<'_, '_, '_>) -> bool {
    let mut ends = code.program.body.iter().filter_map(|statement| {
        let plain = matches!(
            statement,
            Statement::ImportDeclaration(_)
                | Statement::VariableDeclaration(_)
                | Statement::ExpressionStatement(_)
        );
        let span = statement.span();
        plain.then(|| code.slice(span.start, span.end).ends_with(';'))
    });
    ends.next().unwrap_or(true)
}

/// The name of `auth()` in the file, and what has to be imported for it.
fn auth(code: &Code<'_, '_, '_>) -> Result<(String, Option<Cut>), &'static str> {
    let imports = || {
        let body = code.program.body.iter();
        body.filter_map(|statement| match statement {
            Statement::ImportDeclaration(import) => Some(&**import),
            _ => None,
        })
    };
    let of_clerk = |import: &&ImportDeclaration<'_>| {
        import.source.value == SERVER && !import.import_kind.is_type()
    };
    if let Some(local) = imports().filter(of_clerk).find_map(local_of) {
        return match find::bindings(code.program, &local) {
            1 => Ok((local, None)),
            _ => Err("the name auth means several things in it"),
        };
    }
    if find::bindings(code.program, "auth") > 0 {
        return Err("the name auth means something else in it");
    }
    let extended = imports().filter(of_clerk).find_map(extended);
    let import = extended.unwrap_or_else(|| {
        let last = imports().next_back();
        added(code, last)
    });
    Ok(("auth".to_owned(), Some(import)))
}

fn local_of(import: &ImportDeclaration<'_>) -> Option<String> {
    let mut all = import.specifiers.iter().flatten();
    all.find_map(|one| match one {
        ImportDeclarationSpecifier::ImportSpecifier(one)
            if one.imported.name() == "auth" && !one.import_kind.is_type() =>
        {
            Some(one.local.name.to_string())
        }
        _ => None,
    })
}

/// One name more in the braces of an import.
fn extended(import: &ImportDeclaration<'_>) -> Option<Cut> {
    match import.specifiers.as_ref()?.last()? {
        ImportDeclarationSpecifier::ImportSpecifier(last) => Some(Cut::at(last.span.end, ", auth")),
        _ => None,
    }
}

/// An import of its own, after the others.
fn added(code: &Code<'_, '_, '_>, last: Option<&ImportDeclaration<'_>>) -> Cut {
    let newline = code.line_break();
    let quote = last
        .map(|last| code.slice(last.source.span.start, last.source.span.start + 1))
        .unwrap_or("\"");
    let end = if semicolons(code) { ";" } else { "" };
    let line = format!("import {{ auth }} from {quote}{SERVER}{quote}{end}");
    let first = code.program.body.first();
    match (last, first) {
        (Some(last), _) => Cut::at(last.span.end, format!("{newline}{line}")),
        (None, Some(first)) => Cut::at(first.span().start, format!("{line}{newline}{newline}")),
        (None, None) => Cut::at(0, format!("{line}{newline}")),
    }
}
