//! Literals out of an exported constant.

use oxc_ast::ast::{
    ArrayExpressionElement, Declaration, Expression, ObjectPropertyKind, Program, PropertyKey,
    Statement, VariableDeclarationKind,
};
use oxc_span::GetSpan;

use super::Rules;
use crate::facts::code::tree::Offset;

/// A value that is written out.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Undefined,
    Bool(bool),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
    Null,
    /// A number or a regular expression: nothing that has a meaning here.
    Other,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub literal: Literal,
    pub at: Offset,
}

impl Node {
    /// A property of an object. The last one of a name counts.
    pub(super) fn property(&self, name: &str) -> Option<&Node> {
        let Literal::Object(properties) = &self.literal else {
            return None;
        };
        let mut named = properties.iter().rev().filter(|(key, _)| key == name);
        named.next().map(|(_, value)| value)
    }
}

/// What is wrong with a value, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub why: String,
    pub at: Offset,
}

/// The value of `export const config`; `None` where there is no such declaration.
pub(super) fn config(program: &Program<'_>, rules: Rules) -> Option<Result<Node, Fault>> {
    for statement in &program.body {
        let Statement::ExportDeclaration(export) = statement else {
            continue;
        };
        let Declaration::VariableDeclaration(variables) = &export.declaration else {
            continue;
        };
        if variables.kind != VariableDeclarationKind::Const {
            continue;
        }
        for one in &variables.declarations {
            let is_config = one
                .id
                .get_identifier_name()
                .is_some_and(|name| name == "config");
            if let (true, Some(value)) = (is_config, &one.init) {
                return Some(Reader { rules }.value(value, "config"));
            }
        }
    }
    None
}

struct Reader {
    rules: Rules,
}

impl Reader {
    // As deep as the parser itself, and on its stack.
    fn value(&self, expression: &Expression<'_>, path: &str) -> Result<Node, Fault> {
        let at = expression.span().start;
        let literal = match expression {
            Expression::StringLiteral(text) => Literal::Text(text.value.to_string()),
            Expression::BooleanLiteral(flag) => Literal::Bool(flag.value),
            Expression::NullLiteral(_) => Literal::Null,
            Expression::NumericLiteral(_) | Expression::RegExpLiteral(_) => Literal::Other,
            Expression::Identifier(name) if name.name == "undefined" => Literal::Undefined,
            Expression::Identifier(name) => {
                return Err(fault(&format!("the variable `{}`", name.name), path, at));
            }
            Expression::TemplateLiteral(template) => match template.single_quasi() {
                Some(text) => Literal::Text(text.to_string()),
                None => return Err(fault("a template with expressions", path, at)),
            },
            Expression::ArrayExpression(list) => self.list(&list.elements, path)?,
            Expression::ObjectExpression(object) => self.object(&object.properties, path)?,
            Expression::TSSatisfiesExpression(typed) if self.rules.satisfies => {
                return self.value(&typed.expression, path);
            }
            Expression::TSAsExpression(typed) if self.rules.casts => {
                return self.value(&typed.expression, path);
            }
            Expression::TSTypeAssertion(typed) if self.rules.casts => {
                return self.value(&typed.expression, path);
            }
            other => return Err(fault(what(other), path, at)),
        };
        Ok(Node { literal, at })
    }

    fn list(&self, elements: &[ArrayExpressionElement<'_>], path: &str) -> Result<Literal, Fault> {
        let each = elements.iter().enumerate().map(|(index, element)| {
            let at = element.span().start;
            match element {
                ArrayExpressionElement::SpreadElement(_) => Err(fault("a spread `...`", path, at)),
                ArrayExpressionElement::Elision(_) => Ok(Node {
                    literal: Literal::Undefined,
                    at,
                }),
                other => match other.as_expression() {
                    Some(value) => self.value(value, &format!("{path}[{index}]")),
                    None => Err(fault("something else than a value", path, at)),
                },
            }
        });
        each.collect::<Result<_, _>>().map(Literal::List)
    }

    fn object(&self, properties: &[ObjectPropertyKind<'_>], path: &str) -> Result<Literal, Fault> {
        let mut all = Vec::new();
        for property in properties {
            let at = property.span().start;
            let one = match property {
                ObjectPropertyKind::SpreadProperty(_) => {
                    return Err(fault("a spread `...`", path, at));
                }
                ObjectPropertyKind::ObjectProperty(one) => one,
            };
            let key = match &one.key {
                PropertyKey::StaticIdentifier(name) => name.name.to_string(),
                PropertyKey::StringLiteral(text) if !one.computed => text.value.to_string(),
                _ => return Err(fault("a key that is not a plain name", path, at)),
            };
            let path = format!("{path}.{key}");
            if one.shorthand || one.method || one.kind != oxc_ast::ast::PropertyKind::Init {
                return Err(fault(
                    &format!("`{key}` without a value written out"),
                    &path,
                    at,
                ));
            }
            let value = self.value(&one.value, &path)?;
            all.push((key, value));
        }
        Ok(Literal::Object(all))
    }
}

fn fault(what: &str, path: &str, at: Offset) -> Fault {
    let why = format!("{what} at `{path}`");
    Fault { why, at }
}

/// What an expression is that is no literal, in words.
fn what(expression: &Expression<'_>) -> &'static str {
    match expression {
        Expression::CallExpression(_) | Expression::NewExpression(_) => "a call",
        Expression::ParenthesizedExpression(_) => "a value in brackets",
        Expression::TSSatisfiesExpression(_) => "`satisfies`, which this version does not read,",
        Expression::TSAsExpression(_) | Expression::TSTypeAssertion(_) => {
            "a type assertion, which this version does not read,"
        }
        Expression::BinaryExpression(_)
        | Expression::LogicalExpression(_)
        | Expression::ConditionalExpression(_)
        | Expression::UnaryExpression(_) => "an operation",
        Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_) => "a function",
        _ => "an expression",
    }
}
