//! A walk over a tree, with all that stands around each place.

use super::super::tree::{
    Class, Expr, Function, Item, Jsx, Key, Kind, Pattern, Program, Property, Statement,
    StatementKind, Text,
};

/// Something that a walk comes by.
#[derive(Debug, Clone, Copy)]
pub enum Node<'a> {
    /// A statement.
    Statement(&'a Statement),
    /// An expression.
    Expr(&'a Expr),
    /// The inside of a function.
    Function(&'a Function),
}

/// What stands around a place, the outermost first.
pub type Trail<'a> = [Node<'a>];

/// Shows every expression and statement, from the outside in. The depth of a tree is bounded where it is
/// made, so that this may recurse.
pub fn program<'a>(program: &'a Program, look: &mut dyn FnMut(Node<'a>, &Trail<'a>)) {
    Walk {
        trail: Vec::new(),
        look,
    }
    .statements(&program.body);
}

/// As [`program`], for a list of statements.
pub fn each<'a>(statements: &'a [Statement], look: &mut dyn FnMut(Node<'a>, &Trail<'a>)) {
    Walk {
        trail: Vec::new(),
        look,
    }
    .statements(statements);
}

/// As [`program`], below a list of statements.
pub fn below<'a>(statements: &'a [Statement], look: &mut dyn FnMut(Node<'a>)) {
    Walk {
        trail: Vec::new(),
        look: &mut |node, _| look(node),
    }
    .statements(statements);
}

/// As [`program`], for the statements of one function.
pub fn trailed<'a>(statements: &'a [Statement], look: &mut dyn FnMut(Node<'a>, &Trail<'a>)) {
    Walk {
        trail: Vec::new(),
        look,
    }
    .statements(statements);
}

/// As [`program`], an expression and all that is in it.
pub fn within<'a>(expr: &'a Expr, look: &mut dyn FnMut(&'a Expr)) {
    Walk {
        trail: Vec::new(),
        look: &mut |node, _| {
            if let Node::Expr(expr) = node {
                look(expr);
            }
        },
    }
    .expr(expr);
}

/// Whether anything in an expression answers to a question.
pub fn any(expr: &Expr, mut is: impl FnMut(&Expr) -> bool) -> bool {
    let mut found = false;
    within(expr, &mut |one| found = found || is(one));
    found
}

/// Whether anything below statements answers to a question.
pub fn any_below(statements: &[Statement], mut is: impl FnMut(&Expr) -> bool) -> bool {
    let mut found = false;
    below(statements, &mut |node| {
        if let Node::Expr(expr) = node {
            found = found || is(expr);
        }
    });
    found
}

struct Walk<'a, 'l> {
    trail: Vec<Node<'a>>,
    look: &'l mut dyn FnMut(Node<'a>, &Trail<'a>),
}

impl<'a> Walk<'a, '_> {
    fn inside(&mut self, node: Node<'a>, work: impl FnOnce(&mut Self)) {
        self.trail.push(node);
        work(self);
        self.trail.pop();
    }

    fn statements(&mut self, all: &'a [Statement]) {
        for one in all {
            self.statement(one);
        }
    }

    fn statement(&mut self, one: &'a Statement) {
        (self.look)(Node::Statement(one), &self.trail);
        self.inside(Node::Statement(one), |walk| walk.of_statement(&one.kind));
    }

    fn of_statement(&mut self, kind: &'a StatementKind) {
        match kind {
            StatementKind::Expr(expr) | StatementKind::Throw(expr) => self.expr(expr),
            StatementKind::Class(_, expr) => self.expr(expr),
            StatementKind::Declare(all) => {
                for (pattern, value) in all {
                    self.pattern(pattern);
                    self.maybe(value.as_ref());
                }
            }
            StatementKind::Function(function) => self.function(function),
            StatementKind::Return(value) => self.maybe(value.as_ref()),
            StatementKind::If(test, then, other) => {
                self.expr(test);
                self.statement(then);
                if let Some(other) = other {
                    self.statement(other);
                }
            }
            StatementKind::Block(all) => self.statements(all),
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
                self.expr(value);
                for (test, body) in cases {
                    self.maybe(test.as_ref());
                    self.statements(body);
                }
            }
            StatementKind::ForOf(_, value, body) | StatementKind::ForIn(_, value, body) => {
                self.expr(value);
                self.statement(body);
            }
            StatementKind::Loop {
                init,
                test,
                update,
                body,
                ..
            } => {
                if let Some(init) = init {
                    self.statement(init);
                }
                self.maybe(test.as_ref());
                self.maybe(update.as_ref());
                self.statement(body);
            }
            StatementKind::Leave | StatementKind::Unknown => {}
        }
    }

    fn maybe(&mut self, expr: Option<&'a Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn items(&mut self, items: &'a [Item]) {
        for item in items {
            self.expr(&item.value);
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        (self.look)(Node::Expr(expr), &self.trail);
        self.inside(Node::Expr(expr), |walk| walk.of_expr(&expr.kind));
    }

    fn of_expr(&mut self, kind: &'a Kind) {
        match kind {
            Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Regex(..)
            | Kind::Name(_)
            | Kind::This
            | Kind::Unknown => {}
            Kind::Template(_, all) | Kind::Sequence(all) => {
                for one in all {
                    self.expr(one);
                }
            }
            Kind::Tagged(tag, _, all) => {
                self.expr(tag);
                for one in all {
                    self.expr(one);
                }
            }
            Kind::Array(items) => self.items(items),
            Kind::Object(properties) => self.properties(properties),
            Kind::Function(function) => self.function(function),
            Kind::Class(class) => self.class(class),
            Kind::Member { object, .. } => self.expr(object),
            Kind::Index { object, index, .. } => {
                self.expr(object);
                self.expr(index);
            }
            Kind::Call {
                callee, arguments, ..
            }
            | Kind::New { callee, arguments } => {
                self.expr(callee);
                self.items(arguments);
            }
            Kind::Chain(one) | Kind::Unary(_, one) | Kind::Await(one) => self.expr(one),
            Kind::Binary(_, left, right) | Kind::Logical(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            Kind::Conditional(test, then, other) => {
                self.expr(test);
                self.expr(then);
                self.expr(other);
            }
            Kind::Assign { target, value, .. } => {
                self.pattern(target);
                self.expr(value);
            }
            Kind::Update(target) => self.pattern(target),
            Kind::Yield(value) => self.maybe(value.as_deref()),
            Kind::Jsx(jsx) => self.jsx(jsx),
        }
    }

    fn properties(&mut self, all: &'a [Property]) {
        for one in all {
            match one {
                Property::Value(key, value) => {
                    self.key(key);
                    self.expr(value);
                }
                Property::Getter(key, function) => {
                    self.key(key);
                    self.function(function);
                }
                Property::Spread(value) => self.expr(value),
            }
        }
    }

    fn key(&mut self, key: &'a Key) {
        if let Key::Computed(expr) = key {
            self.expr(expr);
        }
    }

    fn function(&mut self, function: &'a Function) {
        self.inside(Node::Function(function), |walk| {
            for pattern in function.parameters.iter().chain(&function.rest) {
                walk.pattern(pattern);
            }
            walk.statements(&function.body);
        });
    }

    fn class(&mut self, class: &'a Class) {
        self.maybe(class.extends.as_ref());
        if let Some(constructor) = &class.constructor {
            self.function(constructor);
        }
        self.properties(&class.members);
        self.properties(&class.statics);
    }

    fn jsx(&mut self, jsx: &'a Jsx) {
        self.maybe(jsx.name.as_ref());
        self.properties(&jsx.attributes);
        for child in &jsx.children {
            self.expr(child);
        }
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::Name(_) | Pattern::Unknown => {}
            Pattern::Object(all, rest) => {
                for (key, pattern) in all {
                    self.key(key);
                    self.pattern(pattern);
                }
                if let Some(rest) = rest {
                    self.pattern(rest);
                }
            }
            Pattern::Array(all, rest) => {
                for pattern in all.iter().flatten() {
                    self.pattern(pattern);
                }
                if let Some(rest) = rest {
                    self.pattern(rest);
                }
            }
            Pattern::Default(pattern, value) => {
                self.pattern(pattern);
                self.expr(value);
            }
            Pattern::Member(expr) => self.expr(expr),
        }
    }
}

/// The function that a place is in.
pub fn function<'a>(trail: &Trail<'a>) -> Option<&'a Function> {
    trail.iter().rev().find_map(|node| match node {
        Node::Function(function) => Some(*function),
        _ => None,
    })
}

/// What stands directly around a place, chains left out.
pub fn parent<'a>(trail: &Trail<'a>) -> Option<Node<'a>> {
    let chain =
        |node: &&Node<'a>| matches!(node, Node::Expr(expr) if matches!(expr.kind, Kind::Chain(_)));
    trail.iter().rev().find(|node| !chain(node)).copied()
}

/// The last name of a callee: `verify` of `webhook.verify`.
pub fn last_name(callee: &Expr) -> Option<&Text> {
    match &callee.kind {
        Kind::Name(name) | Kind::Member { name, .. } => Some(name),
        Kind::Chain(inside) => last_name(inside),
        _ => None,
    }
}

/// The plain name that an expression is.
pub fn name(expr: &Expr) -> Option<&Text> {
    match &expr.kind {
        Kind::Name(name) => Some(name),
        _ => None,
    }
}

/// What an expression is without `await` and chains.
pub fn bare(expr: &Expr) -> &Expr {
    match &expr.kind {
        Kind::Await(inside) | Kind::Chain(inside) => bare(inside),
        _ => expr,
    }
}

/// The variable of the environment that an expression reads: `process.env.X`, `import.meta.env.X`,
/// `env.X`.
pub fn variable(expr: &Expr) -> Option<&Text> {
    let (object, name) = match &expr.kind {
        Kind::Member { object, name, .. } => (object, name),
        Kind::Index { object, index, .. } => match &index.kind {
            Kind::Text(name) => (object, name),
            _ => return None,
        },
        Kind::Chain(inside) => return variable(inside),
        _ => return None,
    };
    let is_env = match &bare(object).kind {
        Kind::Name(object) => &**object == "env",
        Kind::Member { name, .. } => &**name == "env",
        _ => false,
    };
    let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    (is_env && name.chars().all(capital)).then_some(name)
}

/// What the declarations of a function or module say that a name holds. The last one counts.
pub fn declared<'a>(name: &str, statements: &'a [Statement]) -> Option<&'a Expr> {
    let mut found = None;
    below(statements, &mut |node| {
        let Node::Statement(Statement {
            kind: StatementKind::Declare(all),
            ..
        }) = node
        else {
            return;
        };
        for (pattern, value) in all {
            if matches!(pattern, Pattern::Name(held) if &**held == name) && value.is_some() {
                found = value.as_ref();
            }
        }
    });
    found
}

/// Whether a list of statements never comes to its end.
pub fn exits(statements: &[Statement]) -> bool {
    statements.last().is_some_and(exit)
}

/// Whether a statement never comes to its end.
pub fn exit(statement: &Statement) -> bool {
    const ENDS: &[&str] = &["exit", "redirect", "notFound", "error"];
    match &statement.kind {
        StatementKind::Return(_) | StatementKind::Throw(_) | StatementKind::Leave => true,
        StatementKind::Block(all) => all.iter().any(exit),
        StatementKind::If(_, then, Some(other)) => exit(then) && exit(other),
        StatementKind::Try {
            block,
            handler,
            last,
        } => {
            let handled = handler.as_ref().is_none_or(|(_, handler)| exits(handler));
            exits(last) || (exits(block) && handled)
        }
        StatementKind::Expr(expr) => match &bare(expr).kind {
            // `console.error()` goes on; SvelteKit's `error()` throws.
            Kind::Call { callee, .. } => match &callee.kind {
                Kind::Name(name) => ENDS.contains(&&**name),
                Kind::Member { name, .. } => &**name == "exit",
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}
