//! From oxc's tree to our own data. Depth is bounded: what lies deeper is [`Value::Unknown`].

mod bind;
mod export;

use std::sync::Arc;

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, ArrowFunctionBody, ArrowFunctionExpression, CallExpression,
    ChainElement, Class, ClassElement, Declaration, Expression, ForStatementInit, ForStatementLeft,
    FormalParameters, MemberExpression, NewExpression, ObjectPropertyKind, Program, PropertyKey,
    Statement, VariableDeclaration,
};
use oxc_span::GetSpan;

use super::module::Module;
use super::value::{Fate, Function, Step, Value};

/// Far beyond what people write: a chain of a hundred calls is two hundred deep.
const MAX_DEPTH: u32 = 256;

/// The whole of a program.
pub(super) fn module(program: &Program<'_>) -> Module {
    let mut module = Module::default();
    let mut lower = Lower::default();
    for statement in &program.body {
        if !export::statement(&mut lower, statement, &mut module) {
            lower.statement(statement, false, &mut module.body);
        }
    }
    export::imports_by_require(&mut module);
    module
}

#[derive(Default)]
struct Lower {
    depth: u32,
}

impl Lower {
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

    fn expression(&mut self, expression: &Expression<'_>) -> Value {
        self.deeper(|lower| lower.shallow(expression.get_inner_expression()))
            .unwrap_or(Value::Unknown)
    }

    fn shallow(&mut self, expression: &Expression<'_>) -> Value {
        match expression {
            Expression::Identifier(name) => Value::Name {
                name: name.name.to_string(),
                at: name.span.start,
            },
            Expression::StringLiteral(text) => Value::Text(text.value.to_string()),
            Expression::BooleanLiteral(flag) => Value::Flag(flag.value),
            Expression::AwaitExpression(await_) => self.expression(&await_.argument),
            Expression::CallExpression(call) => self.call(call),
            Expression::NewExpression(new) => self.new_call(new),
            Expression::ImportExpression(import) => match self.expression(&import.source) {
                Value::Text(source) => Value::Import(source),
                other => Value::Parts(vec![other]),
            },
            Expression::FunctionExpression(function) => self.function(function),
            Expression::ArrowFunctionExpression(arrow) => self.arrow(arrow),
            Expression::ClassExpression(class) => self.class(class),
            Expression::ChainExpression(chain) => self.chain(&chain.expression),
            Expression::SequenceExpression(sequence) => sequence
                .expressions
                .last()
                .map_or(Value::Unknown, |last| self.expression(last)),
            _ => self.composed(expression),
        }
    }

    fn composed(&mut self, expression: &Expression<'_>) -> Value {
        match expression {
            Expression::ConditionalExpression(either) => Value::Either(vec![
                self.expression(&either.consequent),
                self.expression(&either.alternate),
            ]),
            Expression::LogicalExpression(either) => Value::Either(vec![
                self.expression(&either.left),
                self.expression(&either.right),
            ]),
            Expression::AssignmentExpression(set) => self.expression(&set.right),
            Expression::ArrayExpression(list) => Value::List(
                list.elements
                    .iter()
                    .map(|element| self.element(element))
                    .collect(),
            ),
            Expression::ObjectExpression(object) => Value::Object(
                object
                    .properties
                    .iter()
                    .map(|property| self.property(property))
                    .collect(),
            ),
            Expression::TemplateLiteral(template) => match template.single_quasi() {
                Some(text) => Value::Text(text.to_string()),
                None => self.parts(template.expressions.iter()),
            },
            Expression::TaggedTemplateExpression(tagged) => {
                self.parts(tagged.quasi.expressions.iter())
            }
            Expression::BinaryExpression(both) => self.parts([&both.left, &both.right].into_iter()),
            Expression::UnaryExpression(one) => self.parts([&one.argument].into_iter()),
            Expression::YieldExpression(given) => self.parts(given.argument.iter()),
            _ => match expression.as_member_expression() {
                Some(member) => self.member(member),
                None => Value::Unknown,
            },
        }
    }

    fn parts<'a, 'b: 'a>(&mut self, of: impl Iterator<Item = &'a Expression<'b>>) -> Value {
        Value::Parts(of.map(|one| self.expression(one)).collect())
    }

    fn element(&mut self, element: &ArrayExpressionElement<'_>) -> Value {
        match element {
            ArrayExpressionElement::SpreadElement(spread) => self.expression(&spread.argument),
            other => other
                .as_expression()
                .map_or(Value::Unknown, |expression| self.expression(expression)),
        }
    }

    fn argument(&mut self, argument: &Argument<'_>) -> Value {
        match argument {
            Argument::SpreadElement(spread) => self.expression(&spread.argument),
            other => other
                .as_expression()
                .map_or(Value::Unknown, |expression| self.expression(expression)),
        }
    }

    fn property(&mut self, property: &ObjectPropertyKind<'_>) -> (String, Value) {
        match property {
            ObjectPropertyKind::ObjectProperty(one) => (key(&one.key), self.expression(&one.value)),
            ObjectPropertyKind::SpreadProperty(spread) => {
                ("...".to_owned(), self.expression(&spread.argument))
            }
        }
    }

    fn call(&mut self, call: &CallExpression<'_>) -> Value {
        if let Some(source) = call.common_js_require() {
            return Value::Import(source.value.to_string());
        }
        Value::Call {
            callee: Box::new(self.expression(&call.callee)),
            arguments: call
                .arguments
                .iter()
                .map(|one| self.argument(one))
                .collect(),
            at: call.span.start,
        }
    }

    fn new_call(&mut self, call: &NewExpression<'_>) -> Value {
        Value::Call {
            callee: Box::new(self.expression(&call.callee)),
            arguments: call
                .arguments
                .iter()
                .map(|one| self.argument(one))
                .collect(),
            at: call.span.start,
        }
    }

    fn chain(&mut self, chain: &ChainElement<'_>) -> Value {
        match chain {
            ChainElement::CallExpression(call) => self.call(call),
            ChainElement::TSNonNullExpression(sure) => self.expression(&sure.expression),
            other => match other.as_member_expression() {
                Some(member) => self.member(member),
                None => Value::Unknown,
            },
        }
    }

    fn member(&mut self, member: &MemberExpression<'_>) -> Value {
        let object = self.expression(member.object());
        match member.static_property_info() {
            Some((span, property)) => Value::Member {
                object: Box::new(object),
                property: property.to_owned(),
                at: span.start,
            },
            None => Value::Parts(vec![object]),
        }
    }

    fn function(&mut self, function: &oxc_ast::ast::Function<'_>) -> Value {
        let mut body = Function {
            parameters: bind::parameters(&function.params),
            ..Function::default()
        };
        self.defaults(&function.params, &mut body);
        if let Some(code) = &function.body {
            self.statements(&code.statements, false, &mut body);
        }
        Value::Function(Arc::new(body))
    }

    fn arrow(&mut self, arrow: &ArrowFunctionExpression<'_>) -> Value {
        let mut body = Function {
            parameters: bind::parameters(&arrow.params),
            ..Function::default()
        };
        self.defaults(&arrow.params, &mut body);
        match &arrow.body {
            ArrowFunctionBody::FunctionBody(code) => {
                self.statements(&code.statements, false, &mut body);
            }
            other => {
                if let Some(expression) = other.as_expression() {
                    let value = self.expression(expression);
                    body.step(value, Fate::Returned, false);
                }
            }
        }
        Value::Function(Arc::new(body))
    }

    fn defaults(&mut self, parameters: &FormalParameters<'_>, body: &mut Function) {
        for parameter in &parameters.items {
            if let Some(default) = &parameter.initializer {
                let value = self.expression(default);
                body.step(value, Fate::Dropped, true);
            }
        }
    }

    fn class(&mut self, class: &Class<'_>) -> Value {
        let members = class.body.body.iter().filter_map(|element| match element {
            ClassElement::MethodDefinition(method) => {
                Some((key(&method.key), self.function(&method.value)))
            }
            ClassElement::PropertyDefinition(property) => {
                let value = property.value.as_ref()?;
                Some((key(&property.key), self.expression(value)))
            }
            ClassElement::StaticBlock(block) => {
                let mut body = Function::default();
                self.statements(&block.body, false, &mut body);
                Some(("static".to_owned(), Value::Function(Arc::new(body))))
            }
            _ => None,
        });
        Value::Object(members.collect())
    }

    fn statements(&mut self, statements: &[Statement<'_>], branch: bool, body: &mut Function) {
        for statement in statements {
            self.statement(statement, branch, body);
        }
    }

    fn statement(&mut self, statement: &Statement<'_>, branch: bool, body: &mut Function) {
        let _ = self.deeper(|lower| lower.shallow_statement(statement, branch, body));
    }

    fn shallow_statement(&mut self, statement: &Statement<'_>, branch: bool, body: &mut Function) {
        match statement {
            Statement::ExpressionStatement(one) => {
                self.expression_statement(&one.expression, branch, body);
            }
            Statement::ReturnStatement(answer) => {
                let value = answer
                    .argument
                    .as_ref()
                    .map_or(Value::Unknown, |v| self.expression(v));
                body.step(value, Fate::Returned, branch);
            }
            Statement::ThrowStatement(thrown) => self.dropped(&thrown.argument, branch, body),
            Statement::BlockStatement(block) => self.statements(&block.body, branch, body),
            Statement::IfStatement(fork) => {
                self.dropped(&fork.test, branch, body);
                self.statement(&fork.consequent, true, body);
                if let Some(alternate) = &fork.alternate {
                    self.statement(alternate, true, body);
                }
            }
            Statement::TryStatement(attempt) => {
                self.statements(&attempt.block.body, branch, body);
                if let Some(handler) = &attempt.handler {
                    self.statements(&handler.body.body, true, body);
                }
                if let Some(last) = &attempt.finalizer {
                    self.statements(&last.body, branch, body);
                }
            }
            Statement::SwitchStatement(switch) => {
                self.dropped(&switch.discriminant, branch, body);
                for case in &switch.cases {
                    self.statements(&case.consequent, true, body);
                }
            }
            Statement::LabeledStatement(labeled) => self.statement(&labeled.body, branch, body),
            other => self.loop_or_declaration(other, branch, body),
        }
    }

    fn loop_or_declaration(
        &mut self,
        statement: &Statement<'_>,
        branch: bool,
        body: &mut Function,
    ) {
        match statement {
            Statement::ForStatement(each) => {
                if let Some(ForStatementInit::VariableDeclaration(variables)) = &each.init {
                    self.variables(variables, branch, body);
                }
                self.statement(&each.body, true, body);
            }
            Statement::ForOfStatement(each) => {
                self.loop_over(&each.left, &each.right, branch, body);
                self.statement(&each.body, true, body);
            }
            Statement::ForInStatement(each) => {
                self.loop_over(&each.left, &each.right, branch, body);
                self.statement(&each.body, true, body);
            }
            Statement::WhileStatement(each) => {
                self.dropped(&each.test, branch, body);
                self.statement(&each.body, true, body);
            }
            Statement::DoWhileStatement(each) => {
                self.statement(&each.body, branch, body);
                self.dropped(&each.test, branch, body);
            }
            other => {
                if let Some(declaration) = other.as_declaration() {
                    self.declaration(declaration, branch, body);
                }
            }
        }
    }

    /// `for (const x of list)`: `x` holds the list, of which it is an element.
    fn loop_over(
        &mut self,
        left: &ForStatementLeft<'_>,
        right: &Expression<'_>,
        branch: bool,
        body: &mut Function,
    ) {
        let list = self.expression(right);
        if let ForStatementLeft::VariableDeclaration(variables) = left {
            for one in &variables.declarations {
                bind::pattern(&one.id, list.clone(), &mut body.locals);
            }
        }
        body.step(list, Fate::Dropped, branch);
    }

    fn expression_statement(
        &mut self,
        expression: &Expression<'_>,
        branch: bool,
        body: &mut Function,
    ) {
        if let Expression::AssignmentExpression(set) = expression.get_inner_expression() {
            let value = self.expression(&set.right);
            if let oxc_ast::ast::AssignmentTarget::AssignmentTargetIdentifier(name) = &set.left {
                body.locals.push((name.name.to_string(), value.clone()));
            }
            body.step(value, Fate::Kept, branch);
        } else {
            self.dropped(expression, branch, body);
        }
    }

    fn dropped(&mut self, expression: &Expression<'_>, branch: bool, body: &mut Function) {
        let value = self.expression(expression);
        body.step(value, Fate::Dropped, branch);
    }

    fn declaration(&mut self, declaration: &Declaration<'_>, branch: bool, body: &mut Function) {
        match declaration {
            Declaration::VariableDeclaration(variables) => self.variables(variables, branch, body),
            Declaration::FunctionDeclaration(function) => {
                if let Some(name) = &function.id {
                    let value = self.function(function);
                    body.locals.push((name.name.to_string(), value));
                }
            }
            Declaration::ClassDeclaration(class) => {
                if let Some(name) = &class.id {
                    let value = self.class(class);
                    body.locals.push((name.name.to_string(), value));
                }
            }
            _ => {}
        }
    }

    fn variables(&mut self, all: &VariableDeclaration<'_>, branch: bool, body: &mut Function) {
        for one in &all.declarations {
            let Some(init) = &one.init else { continue };
            let value = self.expression(init);
            bind::pattern(&one.id, value.clone(), &mut body.locals);
            body.step(value, Fate::Kept, branch);
        }
    }
}

impl Function {
    /// Adds a step, unless it says nothing.
    fn step(&mut self, value: Value, fate: Fate, branch: bool) {
        if fate == Fate::Returned || may_call(&value) {
            self.steps.push(Step {
                value,
                fate,
                branch,
            });
        }
    }
}

/// Whether evaluating this can call anything at all.
fn may_call(value: &Value) -> bool {
    match value {
        Value::Call { .. } => true,
        Value::Member { object, .. } => may_call(object),
        Value::Either(all) | Value::List(all) | Value::Parts(all) => all.iter().any(may_call),
        Value::Object(all) => all.iter().any(|(_, value)| may_call(value)),
        _ => false,
    }
}

/// The name of a property, `?` where it is computed.
fn key(key: &PropertyKey<'_>) -> String {
    key.name()
        .map_or_else(|| "?".to_owned(), |name| name.into_owned())
}

/// Where a node begins.
fn start(node: &impl GetSpan) -> u32 {
    node.span().start
}
