//! Functions, methods and classes.

use std::sync::Arc;

use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, Class, ClassElement, Expression, FormalParameters,
    FunctionBody, MethodDefinition, MethodDefinitionKind, PropertyDefinition, PropertyKey,
    StaticBlock,
};
use oxc_span::GetSpan;

use super::scope::{Held, Reach};
use super::{Planter, directives, expr, text};
use crate::facts::code::tree::{self, Kind, Pattern, Property, Statement, StatementKind};

impl Planter {
    /// A function in a scope of its own.
    pub(super) fn function(&mut self, function: &oxc_ast::ast::Function<'_>) -> tree::Function {
        self.scopes.enter(true);
        let name = function.id.as_ref().map(|id| text(&id.name));
        if let Some(name) = name.as_ref().filter(|_| function.is_expression()) {
            self.scopes.declare(name, Held::Code, Reach::Block);
        }
        let mut planted = tree::Function {
            name,
            at: function.span.start,
            is_async: function.r#async,
            is_generator: function.generator,
            ..tree::Function::default()
        };
        self.parameters(&function.params, &mut planted);
        if let Some(body) = &function.body {
            self.body(body, &mut planted);
        }
        self.scopes.leave();
        planted
    }

    pub(super) fn arrow(&mut self, arrow: &ArrowFunctionExpression<'_>) -> tree::Function {
        self.scopes.enter(true);
        let mut planted = tree::Function {
            at: arrow.span.start,
            is_async: arrow.r#async,
            is_arrow: true,
            ..tree::Function::default()
        };
        self.parameters(&arrow.params, &mut planted);
        match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => self.body(body, &mut planted),
            other => {
                let answer = other.as_expression().map(|answer| self.expression(answer));
                planted.body.push(Statement {
                    at: other.span().start,
                    kind: StatementKind::Return(answer),
                });
            }
        }
        self.scopes.leave();
        planted
    }

    fn parameters(&mut self, parameters: &FormalParameters<'_>, planted: &mut tree::Function) {
        for parameter in &parameters.items {
            let pattern = self.binding(&parameter.pattern, Held::Other, Reach::Function);
            let pattern = match &parameter.initializer {
                Some(default) => {
                    Pattern::Default(Box::new(pattern), Box::new(self.expression(default)))
                }
                None => pattern,
            };
            planted.parameters.push(pattern);
        }
        let rest = parameters.rest.as_ref();
        planted.rest =
            rest.map(|rest| self.binding(&rest.rest.argument, Held::Other, Reach::Function));
    }

    fn body(&mut self, body: &FunctionBody<'_>, planted: &mut tree::Function) {
        planted.directives = directives(&body.directives);
        planted.body = self.statements(&body.statements);
    }

    pub(super) fn class(&mut self, class: &Class<'_>) -> tree::Class {
        self.scopes.enter(false);
        let name = class.id.as_ref().map(|id| text(&id.name));
        if let Some(name) = name.as_ref().filter(|_| class.is_expression()) {
            self.scopes.declare(name, Held::Code, Reach::Block);
        }
        let extends = class.heritage_expression();
        let mut planted = tree::Class {
            name,
            extends: extends.map(|extends| self.expression(extends)),
            ..tree::Class::default()
        };
        for element in &class.body.body {
            self.class_element(element, &mut planted);
        }
        self.scopes.leave();
        planted
    }

    fn class_element(&mut self, element: &ClassElement<'_>, planted: &mut tree::Class) {
        match element {
            ClassElement::MethodDefinition(method) => self.method(method, planted),
            ClassElement::PropertyDefinition(field) if !is_declared_only(field) => {
                let field_value = self.field(&field.key, field.value.as_ref());
                side(planted, field.r#static).push(field_value);
            }
            ClassElement::AccessorProperty(field) if !field.r#type.is_abstract() => {
                let field_value = self.field(&field.key, field.value.as_ref());
                side(planted, field.r#static).push(field_value);
            }
            ClassElement::StaticBlock(block) => {
                let block = self.static_block(block);
                planted.statics.push(block);
            }
            _ => {}
        }
    }

    fn method(&mut self, method: &MethodDefinition<'_>, planted: &mut tree::Class) {
        // Without a body it is an overload or abstract.
        if method.value.body.is_none() || method.kind == MethodDefinitionKind::Set {
            return;
        }
        let key = self.key(&method.key);
        let function = Arc::new(self.function(&method.value));
        let property = match method.kind {
            MethodDefinitionKind::Constructor => {
                planted.constructor = Some(function);
                return;
            }
            MethodDefinitionKind::Get => Property::Getter(key, function),
            _ => {
                let at = method.key.span().start;
                Property::Value(key, expr(at, Kind::Function(function)))
            }
        };
        side(planted, method.r#static).push(property);
    }

    fn field(&mut self, key: &PropertyKey<'_>, value: Option<&Expression<'_>>) -> Property {
        let at = key.span().start;
        let key = self.key(key);
        let value = value.map(|value| self.expression(value));
        let value = value.unwrap_or_else(|| expr(at, Kind::Name(text("undefined"))));
        Property::Value(key, value)
    }

    /// `static { … }` runs once where the class is evaluated: an arrow function that is called at once.
    fn static_block(&mut self, block: &StaticBlock<'_>) -> Property {
        let at = block.span.start;
        self.scopes.enter(true);
        let function = tree::Function {
            at,
            is_arrow: true,
            body: self.statements(&block.body),
            ..tree::Function::default()
        };
        self.scopes.leave();
        let call = Kind::Call {
            callee: Box::new(expr(at, Kind::Function(Arc::new(function)))),
            arguments: Vec::new(),
            optional: false,
        };
        Property::Value(tree::Key::Name(text("static")), expr(at, call))
    }
}

fn side(class: &mut tree::Class, is_static: bool) -> &mut Vec<Property> {
    if is_static {
        &mut class.statics
    } else {
        &mut class.members
    }
}

fn is_declared_only(field: &PropertyDefinition<'_>) -> bool {
    field.declare || field.r#type.is_abstract()
}
