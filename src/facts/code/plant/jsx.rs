//! Elements of JSX.

use std::sync::Arc;

use oxc_ast::ast::{
    JSXAttributeItem, JSXAttributeName, JSXAttributeValue, JSXChild, JSXElement, JSXElementName,
    JSXExpression, JSXFragment, JSXMemberExpression, JSXMemberExpressionObject, JSXNamespacedName,
};

use super::{Planter, expr, text};
use crate::facts::code::tree::{Expr, Jsx, Key, Kind, Property, Text};

impl Planter {
    pub(super) fn element(&mut self, element: &JSXElement<'_>) -> Expr {
        let opening = &element.opening_element;
        let jsx = Jsx {
            name: Some(self.element_name(&opening.name)),
            attributes: opening
                .attributes
                .iter()
                .map(|one| self.attribute(one))
                .collect(),
            children: self.children(&element.children),
        };
        expr(element.span.start, Kind::Jsx(Arc::new(jsx)))
    }

    pub(super) fn fragment(&mut self, fragment: &JSXFragment<'_>) -> Expr {
        let jsx = Jsx {
            name: None,
            attributes: Vec::new(),
            children: self.children(&fragment.children),
        };
        expr(fragment.span.start, Kind::Jsx(Arc::new(jsx)))
    }

    fn element_name(&mut self, name: &JSXElementName<'_>) -> Expr {
        match name {
            JSXElementName::Identifier(tag) => expr(tag.span.start, Kind::Text(text(&tag.name))),
            JSXElementName::IdentifierReference(name) => {
                expr(name.span.start, Kind::Name(text(&name.name)))
            }
            JSXElementName::NamespacedName(name) => {
                expr(name.span.start, Kind::Text(namespaced(name)))
            }
            JSXElementName::MemberExpression(member) => self.element_member(member),
            JSXElementName::ThisExpression(this) => expr(this.span.start, Kind::This),
        }
    }

    fn element_member(&mut self, member: &JSXMemberExpression<'_>) -> Expr {
        let object = self.deeper(|planter| match &member.object {
            JSXMemberExpressionObject::IdentifierReference(name) => {
                expr(name.span.start, Kind::Name(text(&name.name)))
            }
            JSXMemberExpressionObject::MemberExpression(member) => planter.element_member(member),
            JSXMemberExpressionObject::ThisExpression(this) => expr(this.span.start, Kind::This),
        });
        let Some(object) = object else {
            return expr(member.span.start, Kind::Unknown);
        };
        let kind = Kind::Member {
            object: Box::new(object),
            name: text(&member.property.name),
            optional: false,
        };
        expr(member.property.span.start, kind)
    }

    fn attribute(&mut self, item: &JSXAttributeItem<'_>) -> Property {
        let one = match item {
            JSXAttributeItem::SpreadAttribute(spread) => {
                return Property::Spread(self.expression(&spread.argument));
            }
            JSXAttributeItem::Attribute(one) => one,
        };
        let name = match &one.name {
            JSXAttributeName::Identifier(name) => text(&name.name),
            JSXAttributeName::NamespacedName(name) => namespaced(name),
        };
        let value = match &one.value {
            None => expr(one.span.start, Kind::Bool(true)),
            Some(JSXAttributeValue::StringLiteral(value)) => {
                expr(value.span.start, Kind::Text(text(&value.value)))
            }
            Some(JSXAttributeValue::ExpressionContainer(value)) => self
                .contained(&value.expression)
                .unwrap_or(expr(value.span.start, Kind::Unknown)),
            Some(JSXAttributeValue::Element(element)) => self.nested(|p| p.element(element)),
            Some(JSXAttributeValue::Fragment(fragment)) => self.nested(|p| p.fragment(fragment)),
        };
        Property::Value(Key::Name(name), value)
    }

    fn children(&mut self, children: &[JSXChild<'_>]) -> Vec<Expr> {
        let children = children.iter().filter_map(|child| match child {
            JSXChild::Text(_) => None,
            JSXChild::Element(element) => Some(self.nested(|p| p.element(element))),
            JSXChild::Fragment(fragment) => Some(self.nested(|p| p.fragment(fragment))),
            JSXChild::ExpressionContainer(value) => self.contained(&value.expression),
            JSXChild::Spread(spread) => Some(self.expression(&spread.expression)),
        });
        children.collect()
    }

    /// The expression between braces; `{/* a comment */}` is none.
    fn contained(&mut self, inside: &JSXExpression<'_>) -> Option<Expr> {
        inside.as_expression().map(|inside| self.expression(inside))
    }

    fn nested(&mut self, work: impl FnOnce(&mut Self) -> Expr) -> Expr {
        self.deeper(work).unwrap_or(expr(0, Kind::Unknown))
    }
}

fn namespaced(name: &JSXNamespacedName<'_>) -> Text {
    text(&format!("{}:{}", name.namespace.name, name.name.name))
}
