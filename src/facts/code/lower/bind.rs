//! What a pattern binds.

use oxc_ast::ast::{BindingPattern, FormalParameters};

use crate::facts::code::value::Value;

/// Binds every name of a pattern to its part of a value.
///
/// A pattern of many names over a big value would copy that value for each of them, so it is kept
/// once, under a name that no program can write.
pub(super) fn pattern(
    pattern: &BindingPattern<'_>,
    value: Value,
    locals: &mut Vec<(String, Value)>,
) {
    match pattern {
        BindingPattern::BindingIdentifier(name) => locals.push((name.name.to_string(), value)),
        BindingPattern::AssignmentPattern(default) => self::pattern(&default.left, value, locals),
        BindingPattern::ObjectPattern(object) => {
            let whole = named(value, object.span.start, locals);
            for property in &object.properties {
                let key = super::key(&property.key);
                let at = super::start(&property.key);
                self::pattern(&property.value, part(&whole, key, at), locals);
            }
            if let Some(rest) = &object.rest {
                self::pattern(&rest.argument, whole, locals);
            }
        }
        BindingPattern::ArrayPattern(array) => {
            let whole = named(value, array.span.start, locals);
            for (index, element) in array.elements.iter().enumerate() {
                if let Some(element) = element {
                    let value = part(&whole, index.to_string(), array.span.start);
                    self::pattern(element, value, locals);
                }
            }
            if let Some(rest) = &array.rest {
                self::pattern(&rest.argument, whole, locals);
            }
        }
    }
}

fn part(whole: &Value, property: String, at: u32) -> Value {
    Value::Member {
        object: Box::new(whole.clone()),
        property,
        at,
    }
}

fn named(value: Value, at: u32, locals: &mut Vec<(String, Value)>) -> Value {
    if matches!(value, Value::Name { .. } | Value::Import(_)) {
        return value;
    }
    let name = format!("{{{at}}}");
    locals.push((name.clone(), value));
    Value::Name { name, at }
}

/// The names that parameters bind.
pub(super) fn parameters(parameters: &FormalParameters<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for parameter in &parameters.items {
        collect(&parameter.pattern, &mut names);
    }
    if let Some(rest) = &parameters.rest {
        collect(&rest.rest.argument, &mut names);
    }
    names
}

fn collect(pattern: &BindingPattern<'_>, names: &mut Vec<String>) {
    for name in pattern.get_binding_identifiers() {
        names.push(name.name.to_string());
    }
}
