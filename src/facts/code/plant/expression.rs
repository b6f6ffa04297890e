//! Expressions.

use std::sync::Arc;

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, AssignmentExpression, CallExpression, ChainElement,
    Expression, MemberExpression, NewExpression, ObjectProperty, ObjectPropertyKind, PropertyKind,
    TemplateLiteral, UnaryExpression, UnaryOperator,
};
use oxc_span::GetSpan;

use super::{Planter, expr, operator, text};
use crate::facts::code::tree::{Binary, Expr, Item, Kind, Offset, Property, Text};

impl Planter {
    pub(super) fn expression(&mut self, expression: &Expression<'_>) -> Expr {
        let inside = expression.get_inner_expression();
        self.deeper(|planter| planter.shallow(inside))
            .unwrap_or_else(|| expr(inside.span().start, Kind::Unknown))
    }

    fn boxed(&mut self, expression: &Expression<'_>) -> Box<Expr> {
        Box::new(self.expression(expression))
    }

    fn all<'a, 'b: 'a>(&mut self, of: impl Iterator<Item = &'a Expression<'b>>) -> Vec<Expr> {
        of.map(|one| self.expression(one)).collect()
    }

    /// What stands elsewhere than at the first byte, or has a place of its own.
    fn shallow(&mut self, expression: &Expression<'_>) -> Expr {
        match expression {
            Expression::CallExpression(call) => self.call(call),
            Expression::ChainExpression(chain) => self.chain(&chain.expression),
            Expression::JSXElement(element) => self.element(element),
            Expression::JSXFragment(fragment) => self.fragment(fragment),
            other => match other.as_member_expression() {
                Some(member) => self.member(member),
                None => {
                    let at = other.span().start;
                    let kind = literal(other).unwrap_or_else(|| self.kind(other, at));
                    expr(at, kind)
                }
            },
        }
    }

    fn kind(&mut self, expression: &Expression<'_>, at: Offset) -> Kind {
        match expression {
            Expression::TemplateLiteral(template) => self.template(template),
            Expression::TaggedTemplateExpression(tagged) => Kind::Tagged(
                self.boxed(&tagged.tag),
                quasis(&tagged.quasi),
                self.all(tagged.quasi.expressions.iter()),
            ),
            Expression::ArrayExpression(list) => {
                let items = list.elements.iter().map(|element| self.item(element));
                Kind::Array(items.collect())
            }
            Expression::ObjectExpression(object) => {
                let properties = object.properties.iter();
                Kind::Object(properties.filter_map(|one| self.property(one)).collect())
            }
            Expression::FunctionExpression(function) => {
                Kind::Function(Arc::new(self.function(function)))
            }
            Expression::ArrowFunctionExpression(arrow) => {
                Kind::Function(Arc::new(self.arrow(arrow)))
            }
            Expression::ClassExpression(class) => Kind::Class(Arc::new(self.class(class))),
            Expression::NewExpression(call) => self.new_call(call),
            Expression::ImportExpression(import) => {
                let mut arguments = vec![plain(self.expression(&import.source))];
                let options = import.options.as_ref();
                arguments.extend(options.map(|options| plain(self.expression(options))));
                Kind::Call {
                    callee: Box::new(expr(at, Kind::Name(text("import")))),
                    arguments,
                    optional: false,
                }
            }
            other => self.operation(other),
        }
    }

    fn operation(&mut self, expression: &Expression<'_>) -> Kind {
        match expression {
            Expression::UnaryExpression(one) => self.unary(one),
            Expression::BinaryExpression(both) => Kind::Binary(
                operator::binary(both.operator),
                self.boxed(&both.left),
                self.boxed(&both.right),
            ),
            Expression::PrivateInExpression(both) => {
                let name = text(&format!("#{}", both.left.name));
                let name = expr(both.left.span.start, Kind::Text(name));
                Kind::Binary(Binary::In, Box::new(name), self.boxed(&both.right))
            }
            Expression::LogicalExpression(both) => Kind::Logical(
                operator::logical(both.operator),
                self.boxed(&both.left),
                self.boxed(&both.right),
            ),
            Expression::ConditionalExpression(fork) => Kind::Conditional(
                self.boxed(&fork.test),
                self.boxed(&fork.consequent),
                self.boxed(&fork.alternate),
            ),
            Expression::AssignmentExpression(set) => self.assignment(set),
            Expression::UpdateExpression(update) => {
                let target = self.simple_target(&update.argument);
                self.scopes.assigned(&target);
                Kind::Update(Box::new(target))
            }
            Expression::AwaitExpression(awaited) => Kind::Await(self.boxed(&awaited.argument)),
            Expression::YieldExpression(given) => {
                let value = given.argument.as_ref();
                Kind::Yield(value.map(|value| self.boxed(value)))
            }
            Expression::SequenceExpression(sequence) => {
                Kind::Sequence(self.all(sequence.expressions.iter()))
            }
            _ => Kind::Unknown,
        }
    }

    fn unary(&mut self, one: &UnaryExpression<'_>) -> Kind {
        let operand = self.boxed(&one.argument);
        if one.operator == UnaryOperator::Delete {
            self.scopes.deleted(&operand);
        }
        Kind::Unary(operator::unary(one.operator), operand)
    }

    fn assignment(&mut self, set: &AssignmentExpression<'_>) -> Kind {
        Kind::Assign {
            target: Box::new(self.assigned(&set.left)),
            operator: operator::assignment(set.operator),
            value: self.boxed(&set.right),
        }
    }

    /// A template; without expressions it is a string.
    pub(super) fn template(&mut self, template: &TemplateLiteral<'_>) -> Kind {
        let mut texts = quasis(template);
        if template.expressions.is_empty() {
            return Kind::Text(texts.pop().unwrap_or_default());
        }
        Kind::Template(texts, self.all(template.expressions.iter()))
    }

    fn item(&mut self, element: &ArrayExpressionElement<'_>) -> Item {
        match element {
            ArrayExpressionElement::SpreadElement(spread) => Item {
                spread: true,
                value: self.expression(&spread.argument),
            },
            ArrayExpressionElement::Elision(hole) => {
                plain(expr(hole.span.start, Kind::Name(text("undefined"))))
            }
            other => plain(match other.as_expression() {
                Some(value) => self.expression(value),
                None => expr(other.span().start, Kind::Unknown),
            }),
        }
    }

    fn argument(&mut self, argument: &Argument<'_>) -> Item {
        match argument {
            Argument::SpreadElement(spread) => Item {
                spread: true,
                value: self.expression(&spread.argument),
            },
            other => plain(match other.as_expression() {
                Some(value) => self.expression(value),
                None => expr(other.span().start, Kind::Unknown),
            }),
        }
    }

    fn property(&mut self, property: &ObjectPropertyKind<'_>) -> Option<Property> {
        match property {
            ObjectPropertyKind::SpreadProperty(spread) => {
                Some(Property::Spread(self.expression(&spread.argument)))
            }
            ObjectPropertyKind::ObjectProperty(one) => self.own_property(one),
        }
    }

    fn own_property(&mut self, one: &ObjectProperty<'_>) -> Option<Property> {
        if one.kind == PropertyKind::Set {
            return None;
        }
        let key = self.key(&one.key);
        let value = self.expression(&one.value);
        Some(match value.kind {
            Kind::Function(function) if one.kind == PropertyKind::Get => {
                Property::Getter(key, function)
            }
            _ => Property::Value(key, value),
        })
    }

    fn call(&mut self, call: &CallExpression<'_>) -> Expr {
        let callee = self.boxed(&call.callee);
        let arguments: Vec<Item> = call
            .arguments
            .iter()
            .map(|one| self.argument(one))
            .collect();
        self.scopes.called(&callee, &arguments);
        let at = callee.at;
        let kind = Kind::Call {
            callee,
            arguments,
            optional: call.optional,
        };
        expr(at, kind)
    }

    fn new_call(&mut self, call: &NewExpression<'_>) -> Kind {
        Kind::New {
            callee: self.boxed(&call.callee),
            arguments: call
                .arguments
                .iter()
                .map(|one| self.argument(one))
                .collect(),
        }
    }

    fn chain(&mut self, chain: &ChainElement<'_>) -> Expr {
        let inside = match chain {
            ChainElement::CallExpression(call) => self.call(call),
            ChainElement::TSNonNullExpression(sure) => self.expression(&sure.expression),
            other => match other.as_member_expression() {
                Some(member) => self.member(member),
                None => expr(other.span().start, Kind::Unknown),
            },
        };
        expr(inside.at, Kind::Chain(Box::new(inside)))
    }

    pub(super) fn member(&mut self, member: &MemberExpression<'_>) -> Expr {
        let object = self.boxed(member.object());
        let optional = member.optional();
        let (at, name) = match (member, member.static_property_info()) {
            (_, Some((span, name))) => (span.start, text(name)),
            (MemberExpression::PrivateFieldExpression(one), None) => {
                (one.field.span.start, text(&format!("#{}", one.field.name)))
            }
            (MemberExpression::StaticMemberExpression(one), None) => {
                (one.property.span.start, text(&one.property.name))
            }
            (MemberExpression::ComputedMemberExpression(one), None) => {
                let kind = Kind::Index {
                    object,
                    index: self.boxed(&one.expression),
                    optional,
                };
                return expr(one.expression.span().start, kind);
            }
        };
        let kind = Kind::Member {
            object,
            name,
            optional,
        };
        expr(at, kind)
    }
}

/// What is one word.
fn literal(expression: &Expression<'_>) -> Option<Kind> {
    Some(match expression {
        Expression::Identifier(name) => Kind::Name(text(&name.name)),
        Expression::StringLiteral(one) => Kind::Text(text(&one.value)),
        Expression::BooleanLiteral(one) => Kind::Bool(one.value),
        Expression::NullLiteral(_) => Kind::Null,
        Expression::NumericLiteral(one) => Kind::Number(one.value),
        Expression::RegExpLiteral(one) => Kind::Regex(
            text(&one.regex.pattern.text),
            text(&one.regex.flags.to_string()),
        ),
        Expression::ThisExpression(_) => Kind::This,
        // Names that no program can declare.
        Expression::Super(_) => Kind::Name(text("super")),
        Expression::ImportMeta(meta) => Kind::Member {
            object: Box::new(expr(meta.span.start, Kind::Name(text("import")))),
            name: text("meta"),
            optional: false,
        },
        _ => return None,
    })
}

fn plain(value: Expr) -> Item {
    Item {
        spread: false,
        value,
    }
}

/// The texts of a template. One that is no valid text, as only a tag may see, stands as written.
fn quasis(template: &TemplateLiteral<'_>) -> Vec<Text> {
    let texts = template.quasis.iter();
    let texts = texts.map(|one| text(&one.value.cooked.unwrap_or(one.value.raw)));
    texts.collect()
}
