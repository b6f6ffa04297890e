//! Expressions.

use std::rc::Rc;

use super::pattern::Binding;
use super::{Dead, Eval, Run, either, truth};
use crate::facts::code::matcher::regex::Regex;
use crate::facts::code::tree::{
    Assignment, Expr, Item, Jsx, Key, Kind, Logical, Property, Text as TreeText, Unary,
};
use crate::facts::code::visitor::scope::Scope;
use crate::facts::code::visitor::value::{
    ClassValue, Element, List, Object, ObjectKind, Pattern, Text, Value,
};

impl Run<'_> {
    /// The value of an expression.
    pub(in super::super) fn expr(&mut self, scope: &Rc<Scope>, expr: &Expr) -> Eval<Value> {
        self.step(|| scope.instance.place(expr.at))?;
        Ok(match &expr.kind {
            Kind::Null => Value::Null,
            Kind::Bool(flag) => Value::Bool(*flag),
            Kind::Number(number) => Value::Number(*number),
            Kind::Text(text) => Value::text(text),
            Kind::Template(texts, parts) => return self.template(scope, texts, parts),
            Kind::Tagged(tag, texts, parts) => return self.tagged(scope, tag, texts, parts, expr),
            Kind::Regex(source, flags) => {
                self.reads(source.len());
                Value::Regex(Rc::new(Pattern {
                    compiled: Regex::new(source, flags).ok(),
                    source: Rc::from(&**source),
                    flags: Rc::from(&**flags),
                }))
            }
            Kind::Name(name) => self.name(scope, name),
            Kind::This => self.name(scope, "this"),
            Kind::Array(items) => return self.array(scope, items),
            Kind::Object(properties) => return self.object(scope, properties),
            Kind::Function(function) => self.closure(scope, function),
            Kind::Class(class) => Value::Class(Rc::new(ClassValue {
                class: std::sync::Arc::clone(class),
                scope: Rc::clone(scope),
            })),
            Kind::Member {
                object,
                name,
                optional,
            } => {
                let value = self.expr(scope, object)?;
                let place = scope.instance.place(expr.at);
                let value = self.reachable(value, *optional, &place)?;
                return Ok(self.get(&value, name, &place));
            }
            Kind::Index {
                object,
                index,
                optional,
            } => {
                let value = self.expr(scope, object)?;
                let place = scope.instance.place(expr.at);
                let value = self.reachable(value, *optional, &place)?;
                let index = self.expr(scope, index)?;
                return Ok(self.index(&value, &index, &place));
            }
            Kind::Chain(inner) => return self.chain(scope, inner),
            Kind::Call {
                callee,
                arguments,
                optional,
            } => {
                return self.call_expr(scope, expr, callee, arguments, *optional);
            }
            Kind::New { callee, arguments } => {
                return self.new_expr(scope, expr, callee, arguments);
            }
            Kind::Unary(operator, operand) => return self.unary(scope, *operator, operand),
            Kind::Binary(operator, left, right) => {
                let left = self.expr(scope, left)?;
                let right = self.expr(scope, right)?;
                let place = scope.instance.place(expr.at);
                return self.binary(*operator, &left, &right, &place);
            }
            Kind::Logical(operator, left, right) => {
                let left = self.expr(scope, left)?;
                let place = scope.instance.place(expr.at);
                return self.logical(*operator, left, &place, |run| run.expr(scope, right));
            }
            Kind::Conditional(test, then, other) => {
                let test = self.expr(scope, test)?;
                let place = scope.instance.place(expr.at);
                let value = self.branch(
                    &test,
                    &place,
                    |run| run.expr(scope, then),
                    |run| run.expr(scope, other),
                    |one, other, cause| either(one, other, &cause),
                )?;
                // What the want of a session chose is chosen by it.
                return Ok(match super::deciding(&test) {
                    Some(by) => value.with_decision_of(&Value::Decided(Rc::clone(by))),
                    None => value,
                });
            }
            Kind::Assign {
                target,
                operator,
                value,
            } => {
                return self.assign(scope, target, *operator, value);
            }
            Kind::Update(target) => {
                self.bind(scope, target, Value::unknown(), Binding::Assigned)?;
                Value::unknown()
            }
            Kind::Await(inner) => {
                let value = self.expr(scope, inner)?;
                return self.settle(value);
            }
            Kind::Yield(inner) => {
                if let Some(inner) = inner {
                    self.expr(scope, inner)?;
                }
                Value::unknown()
            }
            Kind::Sequence(all) => {
                let mut last = Value::Undefined;
                for one in all {
                    last = self.expr(scope, one)?;
                }
                last
            }
            Kind::Jsx(jsx) => return self.jsx(scope, jsx, expr),
            Kind::Unknown => Value::unknown(),
        })
    }

    /// What a name holds.
    pub(in super::super) fn name(&mut self, scope: &Rc<Scope>, name: &str) -> Value {
        if let Some(holder) = scope.holder(name)
            && let Some(value) = holder.own(name)
        {
            return value;
        }
        let top = scope.outermost();
        if let Some(value) = self.top_level(&top, name) {
            return value;
        }
        if let Some(value) = super::super::frameworks::global(self, name) {
            return value;
        }
        super::super::builtin::global(name, self.world.setting).unwrap_or_else(Value::unknown)
    }

    /// The object of a member expression; where there is none, nothing leads on.
    pub(super) fn reachable(
        &mut self,
        value: Value,
        optional: bool,
        place: &crate::model::routes::CodePlace,
    ) -> Eval<Value> {
        match value.bare() {
            Value::Undefined | Value::Null if optional => {
                // The whole chain is `undefined`.
                self.broken_chain = Some(Value::Undefined.with_decision_of(&value));
                Err(Dead)
            }
            Value::Undefined | Value::Null => Err(self.crash(&value, "read from", place)),
            Value::OneOf(all, cause) => {
                let there: Vec<Value> = all
                    .iter()
                    .filter(|one| !one.is_nullish())
                    .cloned()
                    .collect();
                if there.len() == all.len() {
                    return Ok(value);
                }
                let cause = cause.clone();
                let mut there = there.into_iter();
                let Some(first) = there.next() else {
                    return self.reachable(Value::Undefined, optional, place);
                };
                Ok(there.fold(first, |one, other| either(one, other, &cause)))
            }
            _ => Ok(value),
        }
    }

    fn chain(&mut self, scope: &Rc<Scope>, inner: &Expr) -> Eval<Value> {
        let outer = self.broken_chain.take();
        let value = self.expr(scope, inner);
        let broken = std::mem::replace(&mut self.broken_chain, outer);
        match (value, broken) {
            (Err(Dead), Some(value)) => Ok(value),
            (value, _) => value,
        }
    }

    fn template(&mut self, scope: &Rc<Scope>, texts: &[TreeText], parts: &[Expr]) -> Eval<Value> {
        let mut whole = Value::text(texts.first().map_or("", |text| text));
        for (index, part) in parts.iter().enumerate() {
            let part = self.expr(scope, part)?;
            let place = self.here(scope);
            let add = crate::facts::code::tree::Binary::Add;
            let part = if part.is_nullish() {
                Value::text(format!("{:?}", part.bare()))
            } else {
                part
            };
            whole = self.binary(add, &whole, &part, &place)?;
            let text = Value::text(texts.get(index + 1).map_or("", |text| text));
            whole = self.binary(add, &whole, &text, &place)?;
        }
        Ok(whole)
    }

    fn tagged(
        &mut self,
        scope: &Rc<Scope>,
        tag: &Expr,
        texts: &[TreeText],
        parts: &[Expr],
        expr: &Expr,
    ) -> Eval<Value> {
        let callee = self.expr(scope, tag)?;
        let mut arguments = vec![Value::text(texts.join("?"))];
        for part in parts {
            arguments.push(self.expr(scope, part)?);
        }
        let place = scope.instance.place(expr.at);
        let written = super::call::written(tag);
        self.call(&callee, arguments, None, &place, &written)
    }

    /// Items with spreads taken apart; `true` where some are not known.
    pub(super) fn items(&mut self, scope: &Rc<Scope>, items: &[Item]) -> Eval<(Vec<Value>, bool)> {
        let mut values = Vec::with_capacity(items.len());
        let mut open = false;
        for item in items {
            let value = self.expr(scope, &item.value)?;
            match (item.spread, value.bare()) {
                (false, _) => values.push(value),
                (true, Value::List(list))
                    if values.len() + list.items.len() <= super::MAX_ITEMS =>
                {
                    self.copies(list.items.len());
                    values.extend(list.items.iter().cloned());
                    open |= list.open;
                }
                (true, _) => open = true,
            }
        }
        Ok((values, open))
    }

    fn array(&mut self, scope: &Rc<Scope>, items: &[Item]) -> Eval<Value> {
        let (items, open) = self.items(scope, items)?;
        Ok(Value::List(Rc::new(List { items, open })))
    }

    /// An object as it is written.
    pub(super) fn object(&mut self, scope: &Rc<Scope>, properties: &[Property]) -> Eval<Value> {
        let mut object = Object::default();
        for property in properties {
            match property {
                Property::Value(key, value) => {
                    let key = self.key(scope, key)?;
                    let value = self.expr(scope, value)?;
                    match key {
                        Some(key) => drop(object.properties.insert(key, value)),
                        None => object.open = true,
                    }
                }
                Property::Getter(key, _) => match self.key(scope, key)? {
                    Some(key) => drop(object.properties.insert(key, Value::unknown())),
                    None => object.open = true,
                },
                Property::Spread(value) => {
                    let value = self.expr(scope, value)?;
                    match value.bare() {
                        Value::Object(other)
                            if object.properties.len() + other.properties.len()
                                <= super::MAX_ITEMS =>
                        {
                            self.copies(other.properties.len());
                            object.open |= other.open;
                            let more = other.properties.iter();
                            let more = more.map(|(key, value)| (Rc::clone(key), value.clone()));
                            object.properties.extend(more);
                        }
                        value if value.is_nullish() => {}
                        Value::Bool(false) => {}
                        _ => {
                            // Anything known so far may be overwritten.
                            object
                                .properties
                                .values_mut()
                                .for_each(|known| *known = Value::unknown());
                            object.open = true;
                        }
                    }
                }
            }
        }
        Ok(Value::Object(Rc::new(object)))
    }

    fn key(&mut self, scope: &Rc<Scope>, key: &Key) -> Eval<Option<Text>> {
        Ok(match key {
            Key::Name(name) => Some(Rc::from(&**name)),
            Key::Computed(key) => self.expr(scope, key)?.as_text().map(Rc::from),
        })
    }

    fn unary(&mut self, scope: &Rc<Scope>, operator: Unary, operand: &Expr) -> Eval<Value> {
        let value = self.expr(scope, operand)?;
        Ok(match operator {
            Unary::Not => truth::not(&value),
            Unary::Typeof => type_of(&value).with_decision_of(&value),
            Unary::Void | Unary::Delete => Value::Undefined,
            Unary::Minus => match value.bare() {
                Value::Number(number) => Value::Number(-number),
                _ => truth::unknown_of(&value, &value),
            },
            Unary::Plus => match value.bare() {
                Value::Number(number) => Value::Number(*number),
                Value::Text(text) => Value::Number(text.trim().parse().unwrap_or(f64::NAN)),
                _ => truth::unknown_of(&value, &value),
            },
            Unary::BitNot => truth::unknown_of(&value, &value),
        })
    }

    /// `left && right` and its like.
    pub(super) fn logical(
        &mut self,
        operator: Logical,
        left: Value,
        place: &crate::model::routes::CodePlace,
        right: impl FnOnce(&mut Self) -> Eval<Value>,
    ) -> Eval<Value> {
        let joined = |one: Value, other: Value, cause| either(one, other, &cause);
        let kept = left.clone();
        match operator {
            // What is kept is false of `&&` and true of `||`.
            Logical::And => self.branch(
                &left,
                place,
                right,
                |_| Ok(truth::narrowed(kept, false)),
                joined,
            ),
            Logical::Or => self.branch(
                &left,
                place,
                |_| Ok(truth::narrowed(kept, true)),
                right,
                joined,
            ),
            Logical::Nullish => {
                let there = match left.bare() {
                    Value::Undefined | Value::Null => Value::Bool(false),
                    Value::Opaque(opaque) if opaque.truthy => Value::Bool(true),
                    Value::Opaque(_) => left.clone(),
                    Value::OneOf(all, cause) => {
                        let mut flags = all.iter().map(|one| match one.bare() {
                            Value::Opaque(_) => one.clone(),
                            one => Value::Bool(!one.is_nullish()),
                        });
                        let first = flags.next().unwrap_or(Value::Bool(false));
                        flags.fold(first, |one, other| either(one, other, cause))
                    }
                    _ => Value::Bool(true),
                };
                let there = there.with_decision_of(&left);
                self.branch(&there, place, |_| Ok(kept), right, joined)
            }
        }
    }

    fn assign(
        &mut self,
        scope: &Rc<Scope>,
        target: &crate::facts::code::tree::Pattern,
        operator: Assignment,
        value: &Expr,
    ) -> Eval<Value> {
        use crate::facts::code::tree::Pattern as Target;
        let before = match (operator, target) {
            (Assignment::Plain, _) => Value::Undefined,
            (_, Target::Name(name)) => self.name(scope, name),
            (_, Target::Member(member)) => self.expr(scope, member)?,
            _ => Value::unknown(),
        };
        let place = self.here(scope);
        let value = match operator {
            Assignment::Plain => self.expr(scope, value)?,
            Assignment::Logical(logical) => {
                self.logical(logical, before, &place, |run| run.expr(scope, value))?
            }
            Assignment::Add => {
                let more = self.expr(scope, value)?;
                self.binary(
                    crate::facts::code::tree::Binary::Add,
                    &before,
                    &more,
                    &place,
                )?
            }
            Assignment::Other => {
                let more = self.expr(scope, value)?;
                truth::unknown_of(&before, &more)
            }
        };
        self.bind(scope, target, value.clone(), Binding::Assigned)?;
        Ok(value)
    }

    fn jsx(&mut self, scope: &Rc<Scope>, jsx: &Jsx, expr: &Expr) -> Eval<Value> {
        let component = match &jsx.name {
            Some(name) => self.expr(scope, name)?,
            None => Value::Undefined,
        };
        let properties = self.object(scope, &jsx.attributes)?;
        let mut children = Vec::new();
        for child in &jsx.children {
            children.push(self.expr(scope, child)?);
        }
        let element = Element {
            component,
            name: Rc::from(
                jsx.name
                    .as_ref()
                    .map(super::call::written)
                    .unwrap_or_default()
                    .as_str(),
            ),
            properties,
            children,
            place: scope.instance.place(expr.at),
        };
        Ok(Value::of_kind(ObjectKind::Element(Rc::new(element)), []))
    }
}

fn type_of(value: &Value) -> Value {
    Value::text(match value.bare() {
        Value::Undefined => "undefined",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::Text(_) => "string",
        Value::Function(_) | Value::Class(_) | Value::Native(_) => "function",
        Value::Opaque(_) | Value::OneOf(..) => return truth::unknown_of(value, value),
        _ => "object",
    })
}
