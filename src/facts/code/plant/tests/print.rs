//! The tree as short text, for tests to compare.

use crate::facts::code::tree::{
    Assignment, Binary, Class, Expr, Function, Item, Jsx, Key, Kind, Logical, Pattern, Program,
    Property, Statement, StatementKind,
};

pub(super) trait Print {
    fn print(&self) -> String;
}

fn all<T: Print>(of: &[T], between: &str) -> String {
    of.iter()
        .map(Print::print)
        .collect::<Vec<_>>()
        .join(between)
}

fn or<T: Print>(of: Option<&T>, none: &str) -> String {
    of.map_or_else(|| none.to_owned(), Print::print)
}

impl Print for Program {
    fn print(&self) -> String {
        all(&self.body, "; ")
    }
}

impl Print for Item {
    fn print(&self) -> String {
        format!(
            "{}{}",
            if self.spread { "..." } else { "" },
            self.value.print()
        )
    }
}

impl Print for Key {
    fn print(&self) -> String {
        match self {
            Key::Name(name) => name.to_string(),
            Key::Computed(value) => format!("[{}]", value.print()),
        }
    }
}

impl Print for Property {
    fn print(&self) -> String {
        match self {
            Property::Value(key, value) => format!("{}: {}", key.print(), value.print()),
            Property::Getter(key, function) => format!("get {}: {}", key.print(), function.print()),
            Property::Spread(value) => format!("...{}", value.print()),
        }
    }
}

impl Print for Pattern {
    fn print(&self) -> String {
        match self {
            Pattern::Name(name) => name.to_string(),
            Pattern::Object(parts, rest) => {
                let parts = parts.iter();
                let parts = parts.map(|(key, part)| format!("{}: {}", key.print(), part.print()));
                let rest = rest.iter().map(|rest| format!("...{}", rest.print()));
                format!("{{{}}}", parts.chain(rest).collect::<Vec<_>>().join(", "))
            }
            Pattern::Array(parts, rest) => {
                let parts = parts.iter().map(|part| or(part.as_ref(), "-"));
                let rest = rest.iter().map(|rest| format!("...{}", rest.print()));
                format!("[{}]", parts.chain(rest).collect::<Vec<_>>().join(" "))
            }
            Pattern::Default(part, value) => format!("{} = {}", part.print(), value.print()),
            Pattern::Member(member) => member.print(),
            Pattern::Unknown => "?".to_owned(),
        }
    }
}

impl Print for Function {
    fn print(&self) -> String {
        let mut parameters: Vec<_> = self.parameters.iter().map(Print::print).collect();
        parameters.extend(self.rest.iter().map(|rest| format!("...{}", rest.print())));
        let directives = self.directives.iter().map(|one| format!("'{one}' "));
        format!(
            "{}{}{}{}({}) {{{}{}}}",
            if self.is_async { "async " } else { "" },
            if self.is_arrow { "=>" } else { "fn" },
            if self.is_generator { "*" } else { "" },
            self.name
                .as_ref()
                .map_or(String::new(), |name| format!(" {name}")),
            parameters.join(" "),
            directives.collect::<String>(),
            all(&self.body, "; ")
        )
    }
}

impl Print for Class {
    fn print(&self) -> String {
        let constructor = self.constructor.iter();
        let constructor = constructor.map(|one| format!("constructor: {}", one.print()));
        let members = self.members.iter().map(Print::print);
        let statics = self
            .statics
            .iter()
            .map(|one| format!("static {}", one.print()));
        let parts: Vec<_> = constructor.chain(members).chain(statics).collect();
        let name = self
            .name
            .as_ref()
            .map_or(String::new(), |name| format!("{name} "));
        let extends = self.extends.as_ref();
        let extends = extends.map_or(String::new(), |of| format!("extends {} ", of.print()));
        format!("class {name}{extends}{{{}}}", parts.join(", "))
    }
}

impl Print for Jsx {
    fn print(&self) -> String {
        let name = self.name.iter().map(Print::print);
        let attributes = self.attributes.iter().map(|one| match one {
            Property::Value(key, value) => format!("{}={}", key.print(), value.print()),
            other => other.print(),
        });
        let inside: Vec<_> = name.chain(attributes).collect();
        let mut children: Vec<_> = self.children.iter().map(Print::print).collect();
        children.insert(0, String::new());
        format!("<{}>{}", inside.join(" "), children.join(" "))
    }
}

fn logical(operator: Logical) -> &'static str {
    match operator {
        Logical::And => "&&",
        Logical::Or => "||",
        Logical::Nullish => "??",
    }
}

fn assignment(operator: Assignment) -> &'static str {
    match operator {
        Assignment::Plain => "",
        Assignment::Logical(operator) => logical(operator),
        Assignment::Add => "+",
        Assignment::Other => "~",
    }
}

fn binary(operator: Binary) -> String {
    match operator {
        Binary::Strict { negated: false } => "Strict".to_owned(),
        Binary::Strict { negated: true } => "Strict!".to_owned(),
        Binary::Loose { negated: false } => "Loose".to_owned(),
        Binary::Loose { negated: true } => "Loose!".to_owned(),
        other => format!("{other:?}"),
    }
}

fn template(texts: &[std::sync::Arc<str>], expressions: &[Expr]) -> String {
    let mut parts = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        parts.push(format!("{text:?}"));
        parts.extend(expressions.get(index).map(Print::print));
    }
    format!("`{}`", parts.join(" "))
}

impl Print for Expr {
    fn print(&self) -> String {
        let question = |optional: &bool| if *optional { "?" } else { "" };
        match &self.kind {
            Kind::Null => "null".to_owned(),
            Kind::Bool(flag) => flag.to_string(),
            Kind::Number(number) => number.to_string(),
            Kind::Text(text) => format!("{text:?}"),
            Kind::Template(texts, expressions) => template(texts, expressions),
            Kind::Tagged(tag, texts, expressions) => tag.print() + &template(texts, expressions),
            Kind::Regex(source, flags) => format!("/{source}/{flags}"),
            Kind::Name(name) => name.to_string(),
            Kind::This => "this".to_owned(),
            Kind::Array(items) => format!("[{}]", all(items, " ")),
            Kind::Object(properties) => format!("{{{}}}", all(properties, ", ")),
            Kind::Function(function) => function.print(),
            Kind::Class(class) => class.print(),
            Kind::Member {
                object,
                name,
                optional,
            } => {
                format!("{}{}.{name}", object.print(), question(optional))
            }
            Kind::Index {
                object,
                index,
                optional,
            } => {
                format!(
                    "{}{}[{}]",
                    object.print(),
                    question(optional),
                    index.print()
                )
            }
            Kind::Call {
                callee,
                arguments,
                optional,
            } => {
                let mut parts = vec![format!("{}{}", callee.print(), question(optional))];
                parts.extend(arguments.iter().map(Print::print));
                format!("({})", parts.join(" "))
            }
            Kind::Chain(inside) => format!("chain({})", inside.print()),
            Kind::New { callee, arguments } => {
                let mut parts = vec![callee.print()];
                parts.extend(arguments.iter().map(Print::print));
                format!("new({})", parts.join(" "))
            }
            Kind::Unary(operator, operand) => format!("({operator:?} {})", operand.print()),
            Kind::Binary(operator, left, right) => {
                format!("({} {} {})", binary(*operator), left.print(), right.print())
            }
            Kind::Logical(operator, left, right) => {
                format!("({operator:?} {} {})", left.print(), right.print())
            }
            Kind::Conditional(test, then, other) => {
                format!("({} ? {} : {})", test.print(), then.print(), other.print())
            }
            Kind::Assign {
                target,
                operator,
                value,
            } => {
                format!(
                    "{} {}= {}",
                    target.print(),
                    assignment(*operator),
                    value.print()
                )
            }
            Kind::Update(target) => format!("{}++", target.print()),
            Kind::Await(value) => format!("await {}", value.print()),
            Kind::Yield(None) => "yield".to_owned(),
            Kind::Yield(Some(value)) => format!("yield {}", value.print()),
            Kind::Sequence(values) => format!("({})", all(values, ", ")),
            Kind::Jsx(jsx) => jsx.print(),
            Kind::Unknown => "?".to_owned(),
        }
    }
}

fn block(body: &[Statement]) -> String {
    format!("{{{}}}", all(body, "; "))
}

impl Print for Statement {
    fn print(&self) -> String {
        match &self.kind {
            StatementKind::Expr(value) => value.print(),
            StatementKind::Declare(all) => {
                let all = all.iter().map(|(pattern, value)| match value {
                    Some(value) => format!("{} = {}", pattern.print(), value.print()),
                    None => pattern.print(),
                });
                format!("let {}", all.collect::<Vec<_>>().join(", "))
            }
            StatementKind::Function(function) => function.print(),
            StatementKind::Class(name, value) => format!("class {name} = {}", value.print()),
            StatementKind::Return(value) => format!("return {}", or(value.as_ref(), "-")),
            StatementKind::Throw(value) => format!("throw {}", value.print()),
            StatementKind::If(test, then, other) => {
                let other = other.as_ref();
                let other = other.map_or(String::new(), |other| format!(" else {}", other.print()));
                format!("if {} {}{other}", test.print(), then.print())
            }
            StatementKind::Block(body) => block(body),
            StatementKind::Try {
                block: tried,
                handler,
                last,
            } => {
                let handler = handler.as_ref().map_or(String::new(), |(thrown, body)| {
                    format!(" catch {} {}", or(thrown.as_ref(), "-"), block(body))
                });
                format!("try {}{handler} finally {}", block(tried), block(last))
            }
            StatementKind::Switch(value, cases) => {
                let cases = cases.iter().map(|(test, body)| {
                    format!("{}: {}", or(test.as_ref(), "default"), block(body))
                });
                let cases = cases.collect::<Vec<_>>().join(" ");
                format!("switch {} {{{cases}}}", value.print())
            }
            StatementKind::ForOf(name, list, body) => {
                format!("for {} of {} {}", name.print(), list.print(), body.print())
            }
            StatementKind::ForIn(name, object, body) => {
                format!(
                    "for {} in {} {}",
                    name.print(),
                    object.print(),
                    body.print()
                )
            }
            StatementKind::Loop {
                init,
                test,
                update,
                body,
                first,
            } => format!(
                "{} {}; {}; {} {}",
                if *first { "do" } else { "for" },
                or(init.as_deref(), "-"),
                or(test.as_ref(), "-"),
                or(update.as_ref(), "-"),
                body.print()
            ),
            StatementKind::Leave => "leave".to_owned(),
            StatementKind::Unknown => "?".to_owned(),
        }
    }
}
