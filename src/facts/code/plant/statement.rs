//! Statements and declarations.

use std::sync::Arc;

use oxc_ast::ast::{
    Declaration, ExportDefaultDeclaration, ExportDefaultDeclarationKind, ForStatementInit,
    ForStatementLeft, ImportDeclaration, Statement, SwitchStatement, TSEnumDeclaration,
    TSEnumMemberName, TSImportEqualsDeclaration, TSModuleReference, TSNamespaceDeclaration,
    TSNamespaceDeclarationBody, TSTypeName, TryStatement, VariableDeclaration,
};
use oxc_span::GetSpan;

use super::scope::{Held, Reach};
use super::{Planter, expr, text};
use crate::facts::code::tree::{
    self, Assignment, Expr, Item, Key, Kind, Offset, Pattern, Property, StatementKind, Text, Unary,
};

/// The name under which `export default` is declared; no program can write it.
const DEFAULT: &str = "*default*";

type Body = Vec<tree::Statement>;

impl Planter {
    pub(super) fn statements(&mut self, statements: &[Statement<'_>]) -> Body {
        let mut body = Vec::new();
        for statement in statements {
            self.statement(statement, &mut body);
        }
        body
    }

    /// A statement that stands where exactly one must.
    fn one(&mut self, statement: &Statement<'_>) -> tree::Statement {
        let at = statement.span().start;
        let mut body = Vec::new();
        self.statement(statement, &mut body);
        match body.pop() {
            Some(only) if body.is_empty() => only,
            last => {
                body.extend(last);
                tree::Statement {
                    at,
                    kind: StatementKind::Block(body),
                }
            }
        }
    }

    fn boxed_statement(&mut self, statement: &Statement<'_>) -> Box<tree::Statement> {
        Box::new(self.one(statement))
    }

    /// Statements in a scope of their own.
    fn block(&mut self, statements: &[Statement<'_>]) -> Body {
        self.scopes.enter(false);
        let body = self.statements(statements);
        self.scopes.leave();
        body
    }

    fn statement(&mut self, statement: &Statement<'_>, body: &mut Body) {
        let at = statement.span().start;
        let planted = self.deeper(|planter| {
            if let Some(declaration) = statement.as_declaration() {
                planter.declaration(declaration, at, body);
            } else if statement.is_module_declaration() {
                planter.module_declaration(statement, at, body);
            } else if let Some(kind) = planter.kind_of(statement) {
                body.push(tree::Statement { at, kind });
            }
        });
        if planted.is_none() {
            let kind = StatementKind::Unknown;
            body.push(tree::Statement { at, kind });
        }
    }

    /// `None` where it does nothing.
    fn kind_of(&mut self, statement: &Statement<'_>) -> Option<StatementKind> {
        Some(match statement {
            Statement::ExpressionStatement(one) => {
                StatementKind::Expr(self.expression(&one.expression))
            }
            Statement::ReturnStatement(answer) => {
                let value = answer.argument.as_ref();
                StatementKind::Return(value.map(|value| self.expression(value)))
            }
            Statement::ThrowStatement(thrown) => {
                StatementKind::Throw(self.expression(&thrown.argument))
            }
            Statement::BlockStatement(block) => StatementKind::Block(self.block(&block.body)),
            Statement::IfStatement(fork) => StatementKind::If(
                self.expression(&fork.test),
                self.boxed_statement(&fork.consequent),
                fork.alternate
                    .as_ref()
                    .map(|other| self.boxed_statement(other)),
            ),
            Statement::TryStatement(attempt) => self.attempt(attempt),
            Statement::SwitchStatement(switch) => self.switch(switch),
            Statement::LabeledStatement(labeled) => self.one(&labeled.body).kind,
            Statement::BreakStatement(_) | Statement::ContinueStatement(_) => StatementKind::Leave,
            Statement::EmptyStatement(_) | Statement::DebuggerStatement(_) => return None,
            other => {
                self.scopes.enter(false);
                let kind = self.turns(other);
                self.scopes.leave();
                kind
            }
        })
    }

    /// A loop.
    fn turns(&mut self, statement: &Statement<'_>) -> StatementKind {
        match statement {
            Statement::ForOfStatement(each) => {
                let list = self.expression(&each.right);
                let name = self.each(&each.left);
                StatementKind::ForOf(name, list, self.boxed_statement(&each.body))
            }
            Statement::ForInStatement(each) => {
                let object = self.expression(&each.right);
                let name = self.each(&each.left);
                StatementKind::ForIn(name, object, self.boxed_statement(&each.body))
            }
            Statement::ForStatement(each) => StatementKind::Loop {
                init: each.init.as_ref().map(|init| Box::new(self.init(init))),
                test: each.test.as_ref().map(|test| self.expression(test)),
                update: each.update.as_ref().map(|update| self.expression(update)),
                body: self.boxed_statement(&each.body),
                first: false,
            },
            Statement::WhileStatement(each) => StatementKind::Loop {
                init: None,
                test: Some(self.expression(&each.test)),
                update: None,
                body: self.boxed_statement(&each.body),
                first: false,
            },
            Statement::DoWhileStatement(each) => StatementKind::Loop {
                init: None,
                test: Some(self.expression(&each.test)),
                update: None,
                body: self.boxed_statement(&each.body),
                first: true,
            },
            // `with` makes every name inside it a guess.
            _ => StatementKind::Unknown,
        }
    }

    fn each(&mut self, left: &ForStatementLeft<'_>) -> Pattern {
        if let ForStatementLeft::VariableDeclaration(variables) = left {
            let reach = reach_of(variables);
            let first = variables.declarations.first();
            return first.map_or(Pattern::Unknown, |one| {
                self.binding(&one.id, Held::Other, reach)
            });
        }
        let target = left.as_assignment_target();
        target.map_or(Pattern::Unknown, |target| self.assigned(target))
    }

    fn init(&mut self, init: &ForStatementInit<'_>) -> tree::Statement {
        let at = init.span().start;
        let kind = match init {
            ForStatementInit::VariableDeclaration(variables) => self.variables(variables),
            other => match other.as_expression() {
                Some(value) => StatementKind::Expr(self.expression(value)),
                None => StatementKind::Unknown,
            },
        };
        tree::Statement { at, kind }
    }

    fn attempt(&mut self, attempt: &TryStatement<'_>) -> StatementKind {
        let block = self.block(&attempt.block.body);
        let handler = attempt.handler.as_ref().map(|handler| {
            self.scopes.enter(false);
            let thrown = handler.param.as_ref();
            let thrown =
                thrown.map(|thrown| self.binding(&thrown.pattern, Held::Other, Reach::Block));
            let body = self.block(&handler.body.body);
            self.scopes.leave();
            (thrown, body)
        });
        let last = attempt.finalizer.as_ref();
        StatementKind::Try {
            block,
            handler,
            last: last.map_or_else(Vec::new, |last| self.block(&last.body)),
        }
    }

    fn switch(&mut self, switch: &SwitchStatement<'_>) -> StatementKind {
        let value = self.expression(&switch.discriminant);
        self.scopes.enter(false);
        let cases = switch.cases.iter().map(|case| {
            let test = case.test.as_ref().map(|test| self.expression(test));
            (test, self.statements(&case.consequent))
        });
        let cases = cases.collect();
        self.scopes.leave();
        StatementKind::Switch(value, cases)
    }

    fn variables(&mut self, variables: &VariableDeclaration<'_>) -> StatementKind {
        let reach = reach_of(variables);
        let declared = variables.declarations.iter().map(|one| {
            let value = one.init.as_ref().map(|value| self.expression(value));
            let pattern = self.binding(&one.id, Held::of(value.as_ref()), reach);
            (pattern, value)
        });
        StatementKind::Declare(declared.collect())
    }

    fn declaration(&mut self, declaration: &Declaration<'_>, at: Offset, body: &mut Body) {
        if declaration.declare() {
            return;
        }
        let kind = match declaration {
            Declaration::VariableDeclaration(variables) => self.variables(variables),
            Declaration::FunctionDeclaration(function) => match self.declared_function(function) {
                Some(function) => StatementKind::Function(function),
                None => return,
            },
            Declaration::ClassDeclaration(class) => {
                let class = self.class(class);
                let name = class.name.clone().unwrap_or_else(|| text(DEFAULT));
                self.scopes.declare(&name, Held::Code, Reach::Block);
                StatementKind::Class(name, expr(at, Kind::Class(Arc::new(class))))
            }
            Declaration::TSEnumDeclaration(members) => {
                let name = text(&members.id.name);
                self.scopes.declare(&name, Held::Literal, Reach::Block);
                let members = self.members(members);
                StatementKind::Class(name, expr(at, Kind::Object(members)))
            }
            Declaration::TSImportEqualsDeclaration(import) if !import.import_kind.is_type() => {
                self.import_equals(import)
            }
            Declaration::TSNamespaceDeclaration(space) if self.has_values(space) => {
                declare(text(&space.id.name), expr(at, Kind::Unknown))
            }
            _ => return,
        };
        body.push(tree::Statement { at, kind });
    }

    /// A function of the scope around it; `None` of an overload, which has no body.
    fn declared_function(
        &mut self,
        function: &oxc_ast::ast::Function<'_>,
    ) -> Option<Arc<tree::Function>> {
        function.body.as_ref()?;
        if let Some(id) = &function.id {
            self.scopes
                .declare(&text(&id.name), Held::Code, Reach::Block);
        }
        Some(Arc::new(self.function(function)))
    }

    /// The members of an enum. What is not a plain number or text is unknown.
    fn members(&mut self, members: &TSEnumDeclaration<'_>) -> Vec<Property> {
        let mut next = Some(0.0);
        let members = members.body.members.iter().map(|member| {
            let at = member.span.start;
            let name = match &member.id {
                TSEnumMemberName::Identifier(name) => text(&name.name),
                TSEnumMemberName::String(name) | TSEnumMemberName::ComputedString(name) => {
                    text(&name.value)
                }
                TSEnumMemberName::ComputedTemplateString(name) => match self.template(name) {
                    Kind::Text(name) => name,
                    _ => text(""),
                },
            };
            let kind = match &member.initializer {
                None => next.map_or(Kind::Unknown, Kind::Number),
                Some(value) => known(self.expression(value).kind),
            };
            next = match kind {
                Kind::Number(number) => Some(number + 1.0),
                _ => None,
            };
            Property::Value(Key::Name(name), expr(at, kind))
        });
        members.collect()
    }

    /// `import x = require("y")` is `const x = require("y")`, and `import x = A.B` an alias.
    fn import_equals(&mut self, import: &TSImportEqualsDeclaration<'_>) -> StatementKind {
        let name = text(&import.id.name);
        self.scopes.declare(&name, Held::Import, Reach::Block);
        let at = import.module_reference.span().start;
        let value = match &import.module_reference {
            TSModuleReference::ExternalModuleReference(module) => {
                let source = Kind::Text(text(&module.expression.value));
                let source = expr(module.expression.span.start, source);
                Kind::Call {
                    callee: Box::new(expr(at, Kind::Name(text("require")))),
                    arguments: vec![Item {
                        spread: false,
                        value: source,
                    }],
                    optional: false,
                }
            }
            TSModuleReference::IdentifierReference(name) => Kind::Name(text(&name.name)),
            TSModuleReference::QualifiedName(name) => match &name.left {
                TSTypeName::IdentifierReference(left) => Kind::Member {
                    object: Box::new(expr(left.span.start, Kind::Name(text(&left.name)))),
                    name: text(&name.right.name),
                    optional: false,
                },
                _ => Kind::Unknown,
            },
        };
        declare(name, expr(at, value))
    }

    /// Whether a namespace holds more than types.
    fn has_values(&mut self, space: &TSNamespaceDeclaration<'_>) -> bool {
        self.scopes.enter(true);
        let values = match &space.body {
            TSNamespaceDeclarationBody::TSModuleBlock(block) => {
                !self.statements(&block.body).is_empty()
            }
            TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => self
                .deeper(|planter| planter.has_values(inner))
                .unwrap_or(true),
        };
        self.scopes.leave();
        values
    }

    fn module_declaration(&mut self, statement: &Statement<'_>, at: Offset, body: &mut Body) {
        match statement {
            Statement::ImportDeclaration(import) => self.import(import),
            Statement::ExportDeclaration(export) => self.declaration(&export.declaration, at, body),
            Statement::ExportDefaultDeclaration(default) => self.export_default(default, at, body),
            Statement::TSExportAssignment(export) => {
                let value = self.expression(&export.expression);
                let kind = StatementKind::Expr(expr(at, module_exports(at, value)));
                body.push(tree::Statement { at, kind });
            }
            _ => {}
        }
    }

    fn import(&mut self, import: &ImportDeclaration<'_>) {
        for specifier in import.specifiers.iter().flatten() {
            let name = text(&specifier.local().name);
            self.scopes.declare(&name, Held::Import, Reach::Block);
        }
    }

    fn export_default(
        &mut self,
        default: &ExportDefaultDeclaration<'_>,
        at: Offset,
        body: &mut Body,
    ) {
        let mut named = |name: &Text, kind: StatementKind| {
            body.push(tree::Statement { at, kind });
            expr(at, Kind::Name(Text::clone(name)))
        };
        let value = match &default.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                let Some(function) = self.declared_function(function) else {
                    return;
                };
                match function.name.clone() {
                    Some(name) => named(&name, StatementKind::Function(function)),
                    None => expr(function.at, Kind::Function(function)),
                }
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                let start = class.span.start;
                let class = Arc::new(self.class(class));
                let name = class.name.clone();
                let class = expr(start, Kind::Class(class));
                match name {
                    Some(name) => {
                        self.scopes.declare(&name, Held::Code, Reach::Block);
                        named(&name.clone(), StatementKind::Class(name, class))
                    }
                    None => class,
                }
            }
            other => match other.as_expression() {
                Some(value) => self.expression(value),
                None => return,
            },
        };
        let kind = declare(text(DEFAULT), value);
        body.push(tree::Statement { at, kind });
    }
}

fn reach_of(variables: &VariableDeclaration<'_>) -> Reach {
    if variables.kind.is_var() {
        Reach::Function
    } else {
        Reach::Block
    }
}

fn declare(name: Text, value: Expr) -> StatementKind {
    StatementKind::Declare(vec![(Pattern::Name(name), Some(value))])
}

/// `export = x` is how TypeScript writes `module.exports = x`.
fn module_exports(at: Offset, value: Expr) -> Kind {
    let member = Kind::Member {
        object: Box::new(expr(at, Kind::Name(text("module")))),
        name: text("exports"),
        optional: false,
    };
    Kind::Assign {
        target: Box::new(Pattern::Member(Box::new(expr(at, member)))),
        operator: Assignment::Plain,
        value: Box::new(value),
    }
}

/// The value of an enum's member, where it can be told.
fn known(kind: Kind) -> Kind {
    match kind {
        Kind::Number(_) | Kind::Text(_) => kind,
        Kind::Unary(Unary::Minus, operand) => match operand.kind {
            Kind::Number(number) => Kind::Number(-number),
            _ => Kind::Unknown,
        },
        _ => Kind::Unknown,
    }
}
