//! Functions and calls of a module, by name and by place.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, CallExpression, Declaration,
    ExportDefaultDeclarationKind, Expression, Function, FunctionBody, Program, Statement,
    VariableDeclaration,
};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};

use super::Code;
use crate::facts::code::module::Spot as At;
use crate::model::fix::Spot;

/// A function or an arrow function.
#[derive(Clone, Copy)]
pub(super) enum Found<'p, 'a> {
    Function(&'p Function<'a>),
    Arrow(&'p ArrowFunctionExpression<'a>),
}

impl<'p, 'a> Found<'p, 'a> {
    pub(super) fn span(self) -> Span {
        match self {
            Found::Function(one) => one.span,
            Found::Arrow(one) => one.span,
        }
    }

    pub(super) fn is_async(self) -> bool {
        match self {
            Found::Function(one) => one.r#async,
            Found::Arrow(one) => one.r#async,
        }
    }

    /// The statements between its braces.
    pub(super) fn body(self) -> Option<&'p FunctionBody<'a>> {
        match self {
            Found::Function(one) if one.generator => None,
            Found::Function(one) => one.body.as_deref(),
            Found::Arrow(one) => match &one.body {
                ArrowFunctionBody::FunctionBody(body) => Some(body),
                _ => None,
            },
        }
    }

    /// Whether `async` before it changes nothing for who calls it, which is the framework.
    pub(super) fn may_be_async(self, code: &Code<'_, '_, '_>) -> bool {
        let plain = match self {
            Found::Function(one) => one.return_type.is_none() && !one.generator,
            Found::Arrow(one) => one.return_type.is_none(),
        };
        let span = self.span();
        plain && !calls_hook(code.slice(span.start, span.end))
    }

    fn of(expression: &'p Expression<'a>) -> Option<Self> {
        match expression.get_inner_expression() {
            Expression::FunctionExpression(one) => Some(Found::Function(one)),
            Expression::ArrowFunctionExpression(one) => Some(Found::Arrow(one)),
            _ => None,
        }
    }

    fn of_kind(kind: AstKind<'a>) -> Option<Found<'a, 'a>> {
        match kind {
            AstKind::Function(one) => Some(Found::Function(one)),
            AstKind::ArrowFunctionExpression(one) => Some(Found::Arrow(one)),
            _ => None,
        }
    }
}

/// A hook of React makes a component one that cannot be async.
fn calls_hook(text: &str) -> bool {
    text.match_indices("use").any(|(at, _)| {
        let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        let before = text.get(..at).unwrap_or_default().chars().next_back();
        let rest = text.get(at + 3..).unwrap_or_default();
        let end = rest.trim_start_matches(|c: char| c.is_alphanumeric());
        let hook = rest.starts_with(char::is_uppercase) || end.len() == rest.len();
        hook && !before.is_some_and(name) && end.starts_with(['(', '<'])
    })
}

/// The function that a module exports under a name, where it is written out in it.
pub(super) fn exported<'p, 'a>(program: &'p Program<'a>, name: &str) -> Option<Found<'p, 'a>> {
    program.body.iter().find_map(|statement| match statement {
        Statement::ExportDefaultDeclaration(default) if name == "default" => {
            match &default.declaration {
                ExportDefaultDeclarationKind::FunctionDeclaration(one) => {
                    Some(Found::Function(one))
                }
                other => {
                    let value = other.as_expression()?;
                    Found::of(value).or_else(|| {
                        let named = value.get_inner_expression().get_identifier_reference()?;
                        top_level(program, &named.name)
                    })
                }
            }
        }
        Statement::ExportDeclaration(export) => declared(&export.declaration, name),
        Statement::ExportNamedDeclaration(export) => {
            let mut all = export.specifiers.iter();
            let one = all.find(|one| one.exported.name() == name)?;
            top_level(program, &one.local.name())
        }
        _ => None,
    })
}

fn top_level<'p, 'a>(program: &'p Program<'a>, name: &str) -> Option<Found<'p, 'a>> {
    program.body.iter().find_map(|statement| match statement {
        Statement::FunctionDeclaration(one) => is_named(one, name),
        Statement::VariableDeclaration(all) => in_variables(all, name),
        Statement::ExportDeclaration(export) => declared(&export.declaration, name),
        _ => None,
    })
}

fn declared<'p, 'a>(declaration: &'p Declaration<'a>, name: &str) -> Option<Found<'p, 'a>> {
    match declaration {
        Declaration::FunctionDeclaration(one) => is_named(one, name),
        Declaration::VariableDeclaration(all) => in_variables(all, name),
        _ => None,
    }
}

fn is_named<'p, 'a>(function: &'p Function<'a>, name: &str) -> Option<Found<'p, 'a>> {
    let own = function.id.as_ref()?;
    // An overload has no body.
    (own.name == name && function.body.is_some()).then_some(Found::Function(function))
}

fn in_variables<'p, 'a>(all: &'p VariableDeclaration<'a>, name: &str) -> Option<Found<'p, 'a>> {
    let mut all = all.declarations.iter();
    let one = all.find(|one| {
        one.id
            .get_binding_identifier()
            .is_some_and(|own| own.name == name)
    })?;
    Found::of(one.init.as_ref()?)
}

/// The server function of a name: of those that say so themselves, if just one has it.
pub(super) fn action<'a>(program: &Program<'a>, name: &str) -> Option<Found<'a, 'a>> {
    let mut search = Actions {
        name,
        declarator: None,
        found: Vec::new(),
    };
    search.visit_program(program);
    match search.found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

struct Actions<'n, 'a> {
    name: &'n str,
    /// The value of the variable of that name.
    declarator: Option<Span>,
    found: Vec<Found<'a, 'a>>,
}

impl<'a> Visit<'a> for Actions<'_, 'a> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        if let AstKind::VariableDeclarator(one) = kind {
            let own = one.id.get_binding_identifier();
            if own.is_some_and(|own| own.name == self.name) {
                self.declarator = one.init.as_ref().map(GetSpan::span);
            }
        }
        let Some(function) = Found::of_kind(kind) else {
            return;
        };
        let own = match function {
            Found::Function(one) => one.id.as_ref().is_some_and(|own| own.name == self.name),
            Found::Arrow(_) => false,
        };
        let says = function.body().is_some_and(|body| {
            let mut all = body.directives.iter();
            all.any(|one| one.directive == "use server")
        });
        if says && (own || self.declarator == Some(function.span())) {
            self.found.push(function);
        }
    }
}

/// A call with what stands around it, the nearest last.
pub(super) struct Call<'a> {
    pub(super) call: &'a CallExpression<'a>,
    pub(super) around: Vec<AstKind<'a>>,
}

impl<'a> Call<'a> {
    /// The call at a place: that of its callee's last name.
    pub(super) fn at(code: &Code<'_, '_, 'a>, spot: Spot) -> Option<Self> {
        let mut search = Calls {
            text: code.text,
            spot,
            around: Vec::new(),
            found: None,
        };
        search.visit_program(code.program);
        search.found
    }

    /// The function that it stands in.
    pub(super) fn function(&self) -> Option<Found<'a, 'a>> {
        let mut outwards = self.around.iter().rev();
        outwards.find_map(|kind| Found::of_kind(*kind))
    }
}

struct Calls<'t, 'a> {
    text: &'t str,
    spot: Spot,
    around: Vec<AstKind<'a>>,
    found: Option<Call<'a>>,
}

impl<'a> Visit<'a> for Calls<'_, 'a> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        if let AstKind::CallExpression(call) = kind
            && self.found.is_none()
            && let Some(name) = last_name(&call.callee)
            && At::of(self.text, name.start)
                == (At {
                    line: self.spot.line,
                    column: self.spot.column,
                })
        {
            self.found = Some(Call {
                call,
                around: self.around.clone(),
            });
        }
        self.around.push(kind);
    }

    fn leave_node(&mut self, _: AstKind<'a>) {
        self.around.pop();
    }
}

fn last_name(callee: &Expression<'_>) -> Option<Span> {
    match callee.get_inner_expression() {
        Expression::Identifier(name) => Some(name.span),
        Expression::StaticMemberExpression(member) => Some(member.property.span),
        _ => None,
    }
}

/// How often a name is bound in a module.
pub(super) fn bindings(program: &Program<'_>, name: &str) -> usize {
    struct Count<'n>(&'n str, usize);
    impl<'a> Visit<'a> for Count<'_> {
        fn enter_node(&mut self, kind: AstKind<'a>) {
            if let AstKind::BindingIdentifier(one) = kind {
                self.1 += usize::from(one.name == self.0);
            }
        }
    }
    let mut count = Count(name, 0);
    count.visit_program(program);
    count.1
}
