//! What a module says, in our own words: expressions as far as it matters who calls whom.
//!
//! oxc's tree borrows from an arena and is fifty node kinds wide. The questions asked here (is this
//! exported, does that function run Clerk) need nine, owned, so that they can be kept and joined
//! across files.

use std::sync::Arc;

/// A place in the text of a module, as a byte offset. [`super::Module::spot`] turns it into line and column.
pub type Offset = u32;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A name that is looked up in the scopes around it.
    Name {
        /// The name.
        name: String,
        /// Where it is written.
        at: Offset,
    },
    /// `object.property` and `object["property"]`.
    Member {
        /// Left of the dot.
        object: Box<Value>,
        /// Right of the dot.
        property: String,
        /// Where the property is written.
        at: Offset,
    },
    /// A call, also with `new`.
    Call {
        /// What is called.
        callee: Box<Value>,
        /// With what; a spread argument stands as the value that is spread.
        arguments: Vec<Value>,
        /// Where the call begins.
        at: Offset,
    },
    /// A function, arrow function or method. Shared, since a value may be both kept and used.
    Function(Arc<Function>),
    /// One of several, by a condition: `a ? b : c`, `a && b`, `a || b`, `a ?? b`.
    Either(Vec<Value>),
    /// An array.
    List(Vec<Value>),
    /// An object or a class: its properties and methods in order. A spread has the key `...`.
    Object(Vec<(String, Value)>),
    /// `require("x")` and `import("x")`.
    Import(String),
    /// A string.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// An operation over these values, of which only the evaluation matters: `a + b`, `` `${a}` ``.
    Parts(Vec<Value>),
    /// Anything else.
    Unknown,
}

impl Value {
    /// The value of a property, where this is an object that has it.
    pub fn property(&self, name: &str) -> Option<&Value> {
        let Value::Object(properties) = self else {
            return None;
        };
        properties
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }
}

/// What becomes of the result of an expression that a function evaluates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The function answers with it.
    Returned,
    /// It is kept in a variable.
    Kept,
    /// Nothing, or a decision only.
    Dropped,
}

/// An expression that a function evaluates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The expression.
    pub value: Value,
    /// What becomes of its result.
    pub fate: Fate,
    /// Whether it stands in a branch, loop or handler, so that some calls pass it by.
    pub branch: bool,
}

/// The body of a function, or the top level of a module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Function {
    /// The names of its parameters, also those taken out of objects.
    pub parameters: Vec<String>,
    /// The names that it declares and what they hold, in order. A name that is assigned again stands again.
    pub locals: Vec<(String, Value)>,
    /// What it evaluates, in order.
    pub steps: Vec<Step>,
}

/// What an import takes from a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// An export by its name; `default` for the default export.
    Export(String),
    /// All of them, as one object.
    All,
}

/// A name that a module takes from another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its name here.
    pub local: String,
    /// What it is there.
    pub taken: Taken,
    /// The specifier, as written.
    pub source: String,
    /// Whether it is a type only, which is gone when the program runs.
    pub type_only: bool,
    /// Where it is written.
    pub at: Offset,
}

/// What an export is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exported {
    /// A value of this module.
    Value(Value),
    /// Something of another module.
    From {
        /// The specifier, as written.
        source: String,
        /// What it is there.
        taken: Taken,
    },
}

/// How an export is written. Next.js reads some exports from the text and knows only some forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `export default …`
    Default,
    /// `export function x`, `export const x = …`: the first name of the declaration.
    Declaration,
    /// A further name of one declaration, or one taken out of an object: `export const { x } = …`.
    Pattern,
    /// `export { x }`, `export { x as y }`, with or without `from`.
    Specifier,
    /// `module.exports = …`, `exports.x = …`, `export = …`.
    CommonJs,
}

/// An export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The name by which it is imported; `default` for the default export.
    pub name: String,
    /// What it is.
    pub exported: Exported,
    /// How it is written.
    pub form: Form,
    /// Where it is written.
    pub at: Offset,
}
