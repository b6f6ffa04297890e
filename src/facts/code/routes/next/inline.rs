//! Functions with `'use server'` inside other code.

use crate::facts::code::tree::{
    Class, Expr, Function, Item, Key, Kind, Offset, Pattern, Program, Property, Statement,
    StatementKind,
};

/// Such a function.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Inline {
    /// Where it begins.
    pub at: Offset,
    /// What it is called: its own name, or that of the variable, key or attribute it is given to.
    pub name: Option<String>,
}

/// What is still to be looked at, with the name that it is given to.
enum Node<'t> {
    Expr(&'t Expr, Option<&'t str>),
    Statement(&'t Statement),
    /// A method of a class cannot be called by the browser; functions in it can.
    Method(&'t Function),
}

/// Finds them, in order.
pub(super) fn functions(program: &Program) -> Vec<Inline> {
    let mut walk = Walk {
        left: program.body.iter().map(Node::Statement).collect(),
        found: Vec::new(),
    };
    while let Some(node) = walk.left.pop() {
        match node {
            Node::Expr(expr, name) => walk.expr(expr, name),
            Node::Statement(statement) => walk.statement(&statement.kind),
            Node::Method(function) => walk.inside(function),
        }
    }
    walk.found.sort_by_key(|inline| inline.at);
    walk.found
}

struct Walk<'t> {
    left: Vec<Node<'t>>,
    found: Vec<Inline>,
}

impl<'t> Walk<'t> {
    fn look(&mut self, expr: &'t Expr) {
        self.left.push(Node::Expr(expr, None));
    }

    fn named(&mut self, expr: &'t Expr, name: Option<&'t str>) {
        self.left.push(Node::Expr(expr, name));
    }

    fn statements(&mut self, statements: &'t [Statement]) {
        self.left.extend(statements.iter().map(Node::Statement));
    }

    fn items(&mut self, items: &'t [Item], name: Option<&'t str>) {
        for item in items {
            self.named(&item.value, name);
        }
    }

    fn function(&mut self, function: &'t Function, name: Option<&'t str>) {
        let is_ours = |directive: &crate::facts::code::tree::Text| &**directive == "use server";
        if function.directives.iter().any(is_ours) {
            self.found.push(Inline {
                at: function.at,
                name: function.name.as_deref().or(name).map(str::to_owned),
            });
        }
        self.inside(function);
    }

    fn inside(&mut self, function: &'t Function) {
        self.statements(&function.body);
        for parameter in function.parameters.iter().chain(&function.rest) {
            self.pattern(parameter);
        }
    }

    /// Patterns hold code only as defaults, and those hold no server functions but in jest.
    fn pattern(&mut self, pattern: &'t Pattern) {
        if let Pattern::Default(_, value) = pattern {
            self.look(value);
        }
    }

    fn properties(&mut self, properties: &'t [Property], of_class: bool) {
        for property in properties {
            match property {
                Property::Value(
                    _,
                    Expr {
                        kind: Kind::Function(method),
                        ..
                    },
                ) if of_class => {
                    self.left.push(Node::Method(method));
                }
                Property::Value(Key::Name(name), value) => self.named(value, Some(name)),
                Property::Value(Key::Computed(_), value) | Property::Spread(value) => {
                    self.look(value);
                }
                Property::Getter(_, function) => self.left.push(Node::Method(function)),
            }
        }
    }

    fn class(&mut self, class: &'t Class) {
        if let Some(base) = &class.extends {
            self.look(base);
        }
        if let Some(constructor) = &class.constructor {
            self.left.push(Node::Method(constructor));
        }
        self.properties(&class.members, true);
        self.properties(&class.statics, true);
    }

    fn expr(&mut self, expr: &'t Expr, name: Option<&'t str>) {
        match &expr.kind {
            Kind::Function(function) => self.function(function, name),
            Kind::Class(class) => self.class(class),
            Kind::Array(items) => self.items(items, name),
            Kind::Object(properties) => self.properties(properties, false),
            // `cache(async () => { 'use server' })` is still called what the result is called.
            Kind::Call {
                callee, arguments, ..
            }
            | Kind::New { callee, arguments } => {
                self.look(callee);
                self.items(arguments, name);
            }
            Kind::Member { object, .. } => self.look(object),
            Kind::Index { object, index, .. } => {
                self.look(object);
                self.look(index);
            }
            Kind::Template(_, values) | Kind::Sequence(values) => {
                values.iter().for_each(|value| self.look(value));
            }
            Kind::Tagged(tag, _, values) => {
                self.look(tag);
                values.iter().for_each(|value| self.look(value));
            }
            Kind::Chain(one) | Kind::Unary(_, one) | Kind::Await(one) => self.named(one, name),
            Kind::Yield(one) => one.iter().for_each(|one| self.look(one)),
            Kind::Binary(_, left, right) => {
                self.look(left);
                self.look(right);
            }
            Kind::Logical(_, left, right) => {
                self.named(left, name);
                self.named(right, name);
            }
            Kind::Conditional(test, then, other) => {
                self.look(test);
                self.named(then, name);
                self.named(other, name);
            }
            Kind::Assign { target, value, .. } => self.named(value, pattern_name(target)),
            Kind::Jsx(jsx) => {
                self.properties(&jsx.attributes, false);
                jsx.children.iter().for_each(|child| self.look(child));
            }
            Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Regex(..)
            | Kind::Name(_)
            | Kind::This
            | Kind::Update(_)
            | Kind::Unknown => {}
        }
    }

    fn statement(&mut self, statement: &'t StatementKind) {
        match statement {
            StatementKind::Expr(one) | StatementKind::Throw(one) => self.look(one),
            StatementKind::Class(_, one) => self.look(one),
            StatementKind::Declare(all) => {
                for (pattern, value) in all {
                    if let Some(value) = value {
                        self.named(value, pattern_name(pattern));
                    }
                }
            }
            StatementKind::Function(function) => self.function(function, None),
            StatementKind::Return(one) => one.iter().for_each(|one| self.look(one)),
            StatementKind::If(test, then, other) => {
                self.look(test);
                self.left.push(Node::Statement(then));
                self.left
                    .extend(other.iter().map(|one| Node::Statement(one)));
            }
            StatementKind::Block(block) => self.statements(block),
            StatementKind::Try {
                block,
                handler,
                last,
            } => {
                self.statements(block);
                if let Some((_, handler)) = handler {
                    self.statements(handler);
                }
                self.statements(last);
            }
            StatementKind::Switch(value, cases) => {
                self.look(value);
                cases.iter().for_each(|(_, body)| self.statements(body));
            }
            StatementKind::ForOf(_, list, body) | StatementKind::ForIn(_, list, body) => {
                self.look(list);
                self.left.push(Node::Statement(body));
            }
            StatementKind::Loop { init, body, .. } => {
                self.left
                    .extend(init.iter().map(|one| Node::Statement(one)));
                self.left.push(Node::Statement(body));
            }
            StatementKind::Leave | StatementKind::Unknown => {}
        }
    }
}

fn pattern_name(pattern: &Pattern) -> Option<&str> {
    match pattern {
        Pattern::Name(name) if &**name != "*default*" => Some(name),
        _ => None,
    }
}
