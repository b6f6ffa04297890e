//! The code of a module as a tree: every expression and statement that matters for what a program
//! does, owned, without types and without sugar.
//!
//! [`super::value`] answers who calls whom. The visitor runs code, so it needs operators, branches and
//! order too. oxc's tree borrows from an arena and cannot be kept; this one can be shared by threads.

pub mod walk;

use std::sync::Arc;

pub use super::value::Offset;

/// A name, a key or the text of a literal.
pub type Text = Arc<str>;

/// An expression and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// The first byte; of a member, the property; of a call, the callee's last name.
    pub at: Offset,
    /// What it is.
    pub kind: Kind,
}

/// What an expression is. TypeScript's `as`, `satisfies`, `!`, parentheses and type arguments are gone.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `undefined` is a name, not this.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string, or a template without expressions.
    Text(Text),
    /// A template: one more text than expressions. Texts are cooked.
    Template(Vec<Text>, Vec<Expr>),
    /// ``tag`…` ``.
    Tagged(Box<Expr>, Vec<Text>, Vec<Expr>),
    /// `/source/flags`.
    Regex(Text, Text),
    /// A name, also `undefined`.
    Name(Text),
    /// `this`.
    This,
    /// An array. Holes are `undefined`.
    Array(Vec<Item>),
    /// An object.
    Object(Vec<Property>),
    /// A function, arrow function or method.
    Function(Arc<Function>),
    /// A class.
    Class(Arc<Class>),
    /// `object.name`, `object["name"]`, `object?.name`.
    Member {
        /// Left of the dot.
        object: Box<Expr>,
        /// Right of it.
        name: Text,
        /// Whether `?.` stands between.
        optional: bool,
    },
    /// `object[index]` where the index is computed.
    Index {
        /// The object.
        object: Box<Expr>,
        /// The key.
        index: Box<Expr>,
        /// Whether `?.` stands between.
        optional: bool,
    },
    /// `callee(arguments)`, `import(x)` being a call of the name `import`.
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// With what.
        arguments: Vec<Item>,
        /// Whether `?.` stands between.
        optional: bool,
    },
    /// An optional chain as a whole: where a `?.` in it meets nothing, all of it is `undefined`.
    Chain(Box<Expr>),
    /// `new callee(arguments)`.
    New {
        /// The class.
        callee: Box<Expr>,
        /// With what.
        arguments: Vec<Item>,
    },
    /// `! - + ~ typeof void delete`.
    Unary(Unary, Box<Expr>),
    /// An operator that evaluates both sides.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// An operator that may leave its right side out.
    Logical(Logical, Box<Expr>, Box<Expr>),
    /// `test ? then : other`.
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `target = value`; with an operator (`+=`, `??=`), that operator.
    Assign {
        /// Where to.
        target: Box<Pattern>,
        /// The operator before `=`.
        operator: Assignment,
        /// What.
        value: Box<Expr>,
    },
    /// `x++` and its like: afterwards the target holds some other number.
    Update(Box<Pattern>),
    /// `await x`.
    Await(Box<Expr>),
    /// `yield x`.
    Yield(Option<Box<Expr>>),
    /// `a, b`.
    Sequence(Vec<Expr>),
    /// `<name …>…</name>`; a fragment has no name.
    Jsx(Arc<Jsx>),
    /// What is not understood, or nests too deep.
    Unknown,
}

/// An element of an array, or an argument.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Whether it is spread: `...x`.
    pub spread: bool,
    /// The value.
    pub value: Expr,
}

/// A property of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// `key: value`, `key`, `key() {}`.
    Value(Key, Expr),
    /// `get key() {}`.
    Getter(Key, Arc<Function>),
    /// `...x`.
    Spread(Expr),
}

/// The key of a property.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// Written out: `a`, `"a"`, `1`.
    Name(Text),
    /// `[x]`.
    Computed(Expr),
}

/// An operator of one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the operators")]
pub enum Unary {
    Not,
    Minus,
    Plus,
    BitNot,
    Typeof,
    Void,
    Delete,
}

/// An operator of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// `===`, and `!==` where negated.
    Strict {
        /// `!==`.
        negated: bool,
    },
    /// `==`, and `!=` where negated.
    Loose {
        /// `!=`.
        negated: bool,
    },
    /// `+`.
    Add,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `in`.
    In,
    /// `instanceof`.
    InstanceOf,
    /// Arithmetic and bits.
    Other,
}

/// `&&`, `||`, `??`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the operators")]
pub enum Logical {
    And,
    Or,
    Nullish,
}

/// What stands before `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignment {
    /// Nothing.
    Plain,
    /// `&&=`, `||=`, `??=`.
    Logical(Logical),
    /// `+=`.
    Add,
    /// Any other: arithmetic and bits.
    Other,
}

/// What is declared or assigned.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// A name.
    Name(Text),
    /// `{ key: pattern = default, ...rest }`.
    Object(Vec<(Key, Pattern)>, Option<Box<Pattern>>),
    /// `[pattern, , pattern, ...rest]`.
    Array(Vec<Option<Pattern>>, Option<Box<Pattern>>),
    /// `pattern = default`.
    Default(Box<Pattern>, Box<Expr>),
    /// `object.name` or `object[index]`, in an assignment.
    Member(Box<Expr>),
    /// What is not understood.
    Unknown,
}

/// A function, arrow function or method.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Function {
    /// Its name, where it has one.
    pub name: Option<Text>,
    /// Where it begins.
    pub at: Offset,
    /// Its parameters. A rest parameter is in `rest`.
    pub parameters: Vec<Pattern>,
    /// `...rest`.
    pub rest: Option<Pattern>,
    /// Its body; an arrow's expression is a single `return`.
    pub body: Vec<Statement>,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Whether it is a generator.
    pub is_generator: bool,
    /// Whether it is an arrow function, whose `this` is that around it.
    pub is_arrow: bool,
    /// Directives: `use server`, `use client`, `use cache`.
    pub directives: Vec<Text>,
}

/// A class.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Class {
    /// Its name, where it has one.
    pub name: Option<Text>,
    /// What it extends.
    pub extends: Option<Expr>,
    /// The constructor.
    pub constructor: Option<Arc<Function>>,
    /// Methods, getters and fields of its instances, in order.
    pub members: Vec<Property>,
    /// Static methods, getters and fields.
    pub statics: Vec<Property>,
}

/// An element of JSX.
#[derive(Debug, Clone, PartialEq)]
pub struct Jsx {
    /// `Text("div")` for a tag in lower case, else the component as an expression; `None` of a fragment.
    pub name: Option<Expr>,
    /// The attributes; one without a value is `true`.
    pub attributes: Vec<Property>,
    /// Expressions and elements inside; text is left out.
    pub children: Vec<Expr>,
}

/// A statement and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The first byte.
    pub at: Offset,
    /// What it is.
    pub kind: StatementKind,
}

/// What a statement is. Types, interfaces, `declare` and type-only imports are gone.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// An expression.
    Expr(Expr),
    /// `let`, `const` and `var`: each pattern with what it holds.
    Declare(Vec<(Pattern, Option<Expr>)>),
    /// `function name() {}`; hoisted by who runs it.
    Function(Arc<Function>),
    /// `class Name {}`, and an `enum` as an object: what a name holds from here on.
    Class(Text, Expr),
    /// `return x`.
    Return(Option<Expr>),
    /// `throw x`.
    Throw(Expr),
    /// `if (test) then else other`.
    If(Expr, Box<Statement>, Option<Box<Statement>>),
    /// `{ … }`.
    Block(Vec<Statement>),
    /// `try { block } catch (parameter) { handler } finally { last }`.
    Try {
        /// What is tried.
        block: Vec<Statement>,
        /// What catches, with the name of what was thrown.
        handler: Option<(Option<Pattern>, Vec<Statement>)>,
        /// What happens in every case.
        last: Vec<Statement>,
    },
    /// `switch (value) { case test: … }`; `default` has no test.
    Switch(Expr, Vec<(Option<Expr>, Vec<Statement>)>),
    /// `for (each of list)` and `for await`.
    ForOf(Pattern, Expr, Box<Statement>),
    /// `for (each in object)`.
    ForIn(Pattern, Expr, Box<Statement>),
    /// `for (init; test; update)`, `while`, and `do … while` with `first`.
    Loop {
        /// What comes before.
        init: Option<Box<Statement>>,
        /// The test; none is `true`.
        test: Option<Expr>,
        /// What comes after each turn.
        update: Option<Expr>,
        /// The body.
        body: Box<Statement>,
        /// Whether the body runs before the first test.
        first: bool,
    },
    /// `break` and `continue`, with or without a label.
    Leave,
    /// What is not understood.
    Unknown,
}

/// The top level of a module.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Program {
    /// What it does on load, in order. `export const x = 1` stands here as its declaration and
    /// `export default x` as a declaration of the name `*default*`. Imports and other exports are in
    /// [`super::Module`].
    pub body: Vec<Statement>,
    /// Directives at its top.
    pub directives: Vec<Text>,
    /// Names of the top level that are assigned or changed in place (`list.push(…)`, `x.y = …`) after
    /// their declaration, anywhere in the module. What they hold cannot be told from the declaration.
    pub changed: Vec<Text>,
}
