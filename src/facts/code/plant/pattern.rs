//! What is declared, and what is assigned.

use oxc_ast::ast::{
    AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, BindingPattern,
    Expression, SimpleAssignmentTarget,
};

use super::scope::{Held, Reach};
use super::{Planter, text};
use crate::facts::code::tree::{Key, Pattern};

impl Planter {
    /// A pattern that declares its names. `held` is what a plain name would hold.
    pub(super) fn binding(
        &mut self,
        pattern: &BindingPattern<'_>,
        held: Held,
        reach: Reach,
    ) -> Pattern {
        self.deeper(|planter| planter.shallow_binding(pattern, held, reach))
            .unwrap_or(Pattern::Unknown)
    }

    fn shallow_binding(
        &mut self,
        pattern: &BindingPattern<'_>,
        held: Held,
        reach: Reach,
    ) -> Pattern {
        match pattern {
            BindingPattern::BindingIdentifier(name) => {
                let name = text(&name.name);
                self.scopes.declare(&name, held, reach);
                Pattern::Name(name)
            }
            BindingPattern::AssignmentPattern(default) => {
                let target = self.binding(&default.left, held, reach);
                Pattern::Default(Box::new(target), Box::new(self.expression(&default.right)))
            }
            BindingPattern::ObjectPattern(object) => {
                let mut parts = Vec::new();
                for property in &object.properties {
                    let key = self.key(&property.key);
                    parts.push((key, self.binding(&property.value, Held::Other, reach)));
                }
                let rest = object.rest.as_ref();
                let rest = rest.map(|rest| self.binding(&rest.argument, Held::Other, reach));
                Pattern::Object(parts, rest.map(Box::new))
            }
            BindingPattern::ArrayPattern(array) => {
                let parts = array.elements.iter().map(|part| {
                    let part = part.as_ref()?;
                    Some(self.binding(part, Held::Other, reach))
                });
                let parts = parts.collect();
                let rest = array.rest.as_ref();
                let rest = rest.map(|rest| self.binding(&rest.argument, Held::Other, reach));
                Pattern::Array(parts, rest.map(Box::new))
            }
        }
    }

    /// What is assigned to. The names in it change.
    pub(super) fn assigned(&mut self, target: &AssignmentTarget<'_>) -> Pattern {
        let target = self.target(target);
        self.scopes.assigned(&target);
        target
    }

    fn target(&mut self, target: &AssignmentTarget<'_>) -> Pattern {
        self.deeper(|planter| planter.shallow_target(target))
            .unwrap_or(Pattern::Unknown)
    }

    fn shallow_target(&mut self, target: &AssignmentTarget<'_>) -> Pattern {
        match target {
            AssignmentTarget::ObjectAssignmentTarget(object) => {
                let parts = object
                    .properties
                    .iter()
                    .map(|part| self.target_property(part));
                let parts = parts.collect();
                let rest = object.rest.as_ref().map(|rest| self.target(&rest.target));
                Pattern::Object(parts, rest.map(Box::new))
            }
            AssignmentTarget::ArrayAssignmentTarget(array) => {
                let parts = array.elements.iter();
                let parts = parts.map(|part| Some(self.maybe_default(part.as_ref()?)));
                let parts = parts.collect();
                let rest = array.rest.as_ref().map(|rest| self.target(&rest.target));
                Pattern::Array(parts, rest.map(Box::new))
            }
            other => match other.as_simple_assignment_target() {
                Some(simple) => self.simple_target(simple),
                None => Pattern::Unknown,
            },
        }
    }

    fn target_property(&mut self, part: &AssignmentTargetProperty<'_>) -> (Key, Pattern) {
        match part {
            AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(one) => {
                let name = text(&one.binding.name);
                let target = Pattern::Name(name.clone());
                let target = match &one.init {
                    Some(default) => {
                        Pattern::Default(Box::new(target), Box::new(self.expression(default)))
                    }
                    None => target,
                };
                (Key::Name(name), target)
            }
            AssignmentTargetProperty::AssignmentTargetPropertyProperty(one) => {
                let key = self.key(&one.name);
                (key, self.maybe_default(&one.binding))
            }
        }
    }

    fn maybe_default(&mut self, part: &AssignmentTargetMaybeDefault<'_>) -> Pattern {
        match part {
            AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(one) => {
                let target = self.target(&one.binding);
                Pattern::Default(Box::new(target), Box::new(self.expression(&one.init)))
            }
            other => match other.as_assignment_target() {
                Some(target) => self.target(target),
                None => Pattern::Unknown,
            },
        }
    }

    /// A name or a member, also under `as` and its like.
    pub(super) fn simple_target(&mut self, target: &SimpleAssignmentTarget<'_>) -> Pattern {
        if let SimpleAssignmentTarget::AssignmentTargetIdentifier(name) = target {
            return Pattern::Name(text(&name.name));
        }
        if let Some(member) = target.as_member_expression() {
            return Pattern::Member(Box::new(self.member(member)));
        }
        let inside = target
            .get_expression()
            .map(Expression::get_inner_expression);
        match inside {
            Some(Expression::Identifier(name)) => Pattern::Name(text(&name.name)),
            Some(inside) if inside.is_member_expression() => {
                Pattern::Member(Box::new(self.expression(inside)))
            }
            _ => Pattern::Unknown,
        }
    }
}
