//! What an expression is worth to the visitor: exactly, where that is known, and else whose choice it is.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::chain::Row;
use super::path::{Chain, Exit, Path};
use super::run::Run;
use super::scope::Scope;
use crate::facts::code::matcher::clerk::RouteMatcher;
use crate::facts::code::matcher::regex::Regex;
use crate::facts::code::tree::{Class, Function};
use crate::model::routes::{CodePlace, Evidence};

pub(super) use super::doubt::{Cause, Doubt};

/// Strings shared by values.
pub(super) type Text = Rc<str>;

/// A value.
#[derive(Clone)]
pub(super) enum Value {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Text),
    Regex(Rc<Pattern>),
    List(Rc<List>),
    Object(Rc<Object>),
    Function(Rc<Closure>),
    Class(Rc<ClassValue>),
    Native(Native),
    /// What `async` functions return: read without `await` it has none of the properties one hopes for.
    Promise(Rc<Promise>),
    /// One of these; which one is settled by the cause.
    OneOf(Rc<[Value]>, Cause),
    /// A value that some fact about the visitor decided, and which.
    Decided(Rc<Decided>),
    /// Not known.
    Opaque(Rc<Opaque>),
}

/// A regular expression.
pub(super) struct Pattern {
    pub source: Text,
    pub flags: Text,
    pub compiled: Option<Regex>,
}

/// An array.
pub(super) struct List {
    pub items: Vec<Value>,
    /// Whether there may be more items than these.
    pub open: bool,
}

/// An object.
#[derive(Default)]
pub(super) struct Object {
    pub properties: BTreeMap<Text, Value>,
    /// Whether there may be more properties than these.
    pub open: bool,
    /// What it is beside its properties.
    pub kind: ObjectKind,
}

/// What an object is beside its properties.
#[derive(Default, Clone)]
pub(super) enum ObjectKind {
    #[default]
    Plain,
    /// The request that is asked about.
    Request,
    /// A URL, the request's own or one made by the program.
    Url,
    /// Headers, cookies and query parameters of the visitor: every answer is theirs to choose.
    Visitors,
    /// A response, with what a client sees of it.
    Response(Response),
    /// The response object of the Pages Router and of Express, with the status set so far.
    Reply(Option<u16>),
    /// The context of Hono and Astro: request and answers in one.
    Context,
    /// What middleware leaves for the code behind it: `locals`, h3's `event.context`.
    Locals,
    /// An instance of `Error`.
    Error,
    /// What the framework or Clerk throws to end a request, caught by the program.
    Thrown(Text),
    /// `process.env`.
    Environment,
    /// A checker of webhook signatures.
    Webhook,
    /// An instance of a class of the project.
    Instance(Rc<ClassValue>),
    /// A builder of server functions, with the middleware it runs before each.
    Builder(Rc<[Value]>),
    /// JSX: the component and what stands inside.
    Element(Rc<Element>),
}

/// JSX.
pub(super) struct Element {
    pub component: Value,
    pub name: Text,
    pub properties: Value,
    pub children: Vec<Value>,
    pub place: CodePlace,
}

/// What a client sees of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Response {
    /// `NextResponse.next()`.
    Next,
    /// `NextResponse.rewrite()`: another route answers.
    Rewrite,
    /// A redirect.
    Redirect,
    /// An answer with this status, where it is known.
    Status(Option<u16>),
}

/// A function with what it can see.
pub(super) struct Closure {
    pub function: Arc<Function>,
    pub scope: Rc<Scope>,
    /// The `this` of a method that was taken from its object.
    pub this: Option<Value>,
}

/// A class with what it can see.
pub(super) struct ClassValue {
    pub class: Arc<Class>,
    pub scope: Rc<Scope>,
}

/// A function that we know.
#[derive(Clone)]
pub(super) struct Native {
    pub name: &'static str,
    pub run: fn(&mut Run<'_>, Call<'_>) -> super::run::Eval<Value>,
    /// What it was made with.
    pub data: Option<Rc<Data>>,
}

/// What a native function was made with.
pub(super) enum Data {
    Value(Value),
    Values(Vec<Value>),
    Matcher(Box<RouteMatcher>, Vec<String>),
    /// Handlers in a row, and the first of those that are left.
    Row(Rc<Row>, usize),
}

/// A call of a native function.
pub(super) struct Call<'c> {
    pub arguments: &'c [Value],
    pub this: Option<&'c Value>,
    pub data: Option<Rc<Data>>,
    pub place: CodePlace,
    /// The call as it is written, shortened: `db.user.update`.
    pub written: &'c str,
}

impl Call<'_> {
    /// An argument.
    pub fn argument(&self, index: usize) -> Value {
        self.arguments
            .get(index)
            .cloned()
            .unwrap_or(Value::Undefined)
    }
}

/// What an `async` function made: its value, unless it always throws, and what it may throw.
pub(super) struct Promise {
    pub value: Option<Value>,
    pub throws: Vec<Exit>,
    /// What is true once it is fulfilled.
    pub after: Option<Path>,
}

/// A value that a fact about the visitor decided.
pub(super) struct Decided {
    pub value: Value,
    pub by: By,
    pub place: CodePlace,
    /// As a clause.
    pub text: Text,
    /// Of one of several returns, what is true there.
    pub way: Option<Box<Way>>,
}

/// What is true where a function returns.
pub(super) struct Way {
    /// On the way to this return.
    pub path: Path,
    /// Where all returns have met.
    pub met: Chain<Rc<Evidence>>,
}

/// Which fact about the visitor decided a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// There is no session.
    SignedOut,
    /// The visitor knows no secret.
    NoSecret,
    /// The route that is asked for.
    Route,
    /// Nothing about the visitor: it is one of several returns of a function, and this is the way to it.
    Way,
}

/// A value of which we do not know what it is.
#[derive(Clone)]
pub(super) struct Opaque {
    pub origin: Origin,
    /// Whether it is certainly no `undefined`, `null`, `false`, `0` or `""`.
    pub truthy: bool,
    /// How it was come by: `prisma.user`, `fetch()`; the name of the import first.
    pub trail: Option<Text>,
    /// The package that the trail begins in.
    pub package: Option<Text>,
    /// Where it was first met.
    pub place: Option<CodePlace>,
    /// Functions that were handed to the unknown one that made it.
    pub wraps: Vec<Value>,
    /// Whether the unknown one that made it was handed the request: it may be what decides.
    pub decides: bool,
}

impl Opaque {
    /// A value of an origin, of which no more is known.
    pub fn of(origin: Origin) -> Self {
        Self {
            origin,
            truthy: false,
            trail: None,
            package: None,
            place: None,
            wraps: Vec::new(),
            decides: false,
        }
    }
}

impl From<Opaque> for Value {
    fn from(opaque: Opaque) -> Self {
        Value::Opaque(Rc::new(opaque))
    }
}

/// Whose choice a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The visitor's.
    Visitor,
    /// The visitor's, in a place where a secret is expected: an `Authorization` header.
    Claim,
    /// The answer of something that was asked about a claim.
    Check,
    /// A secret of the server.
    Secret,
    /// A variable of the environment that is not known.
    Environment(Text),
    /// Nobody knows.
    Unknown,
}

impl Value {
    /// A string.
    pub fn text(text: impl AsRef<str>) -> Self {
        Value::Text(Rc::from(text.as_ref()))
    }

    /// A value nobody knows.
    pub fn unknown() -> Self {
        Value::opaque(Origin::Unknown)
    }

    /// A value of the visitor's choice.
    pub fn visitors() -> Self {
        Value::opaque(Origin::Visitor)
    }

    /// An unknown value of an origin.
    pub fn opaque(origin: Origin) -> Self {
        Opaque::of(origin).into()
    }

    /// A closed array.
    pub fn list(items: Vec<Value>) -> Self {
        Value::List(Rc::new(List { items, open: false }))
    }

    /// An object of these properties.
    pub fn object<'k>(properties: impl IntoIterator<Item = (&'k str, Value)>) -> Self {
        Value::of_kind(ObjectKind::Plain, properties)
    }

    /// An object of a kind.
    pub fn of_kind<'k>(
        kind: ObjectKind,
        properties: impl IntoIterator<Item = (&'k str, Value)>,
    ) -> Self {
        let properties = properties.into_iter();
        Value::Object(Rc::new(Object {
            properties: properties
                .map(|(key, value)| (Rc::from(key), value))
                .collect(),
            open: false,
            kind,
        }))
    }

    /// A response.
    pub fn response(response: Response) -> Self {
        Value::of_kind(ObjectKind::Response(response), [])
    }

    /// A native function.
    pub fn native(
        name: &'static str,
        run: fn(&mut Run<'_>, Call<'_>) -> super::run::Eval<Value>,
    ) -> Self {
        Value::Native(Native {
            name,
            run,
            data: None,
        })
    }

    /// A native function made with something.
    pub fn native_with(
        name: &'static str,
        run: fn(&mut Run<'_>, Call<'_>) -> super::run::Eval<Value>,
        data: Data,
    ) -> Self {
        Value::Native(Native {
            name,
            run,
            data: Some(Rc::new(data)),
        })
    }

    /// A promise of a value.
    pub fn promise(value: Value) -> Self {
        match value {
            Value::Promise(_) => value,
            value => Value::Promise(Rc::new(Promise {
                value: Some(value),
                throws: Vec::new(),
                after: None,
            })),
        }
    }

    /// This value, with what decided it.
    pub fn decided(self, by: By, place: &CodePlace, text: impl AsRef<str>) -> Self {
        Value::Decided(Rc::new(Decided {
            value: self,
            by,
            place: place.clone(),
            text: Rc::from(text.as_ref()),
            way: None,
        }))
    }

    /// The value itself, whatever decided it.
    pub fn bare(&self) -> &Value {
        let mut value = self;
        while let Value::Decided(decided) = value {
            value = &decided.value;
        }
        value
    }

    /// What decided it, if anything did.
    pub fn decision(&self) -> Option<&Rc<Decided>> {
        match self {
            Value::Decided(decided) => Some(decided),
            _ => None,
        }
    }

    /// The same decision over another value.
    pub fn with_decision_of(self, other: &Value) -> Value {
        match (other.decision(), &self) {
            (Some(decided), value) if value.decision().is_none() && decided.by != By::Way => {
                Value::Decided(Rc::new(Decided {
                    value: self,
                    by: decided.by,
                    place: decided.place.clone(),
                    text: Rc::clone(&decided.text),
                    way: None,
                }))
            }
            _ => self,
        }
    }

    /// The string that it is.
    pub fn as_text(&self) -> Option<&str> {
        match self.bare() {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is `undefined` or `null`.
    pub fn is_nullish(&self) -> bool {
        matches!(self.bare(), Value::Undefined | Value::Null)
    }

    /// The object that it is.
    pub fn as_object(&self) -> Option<&Rc<Object>> {
        match self.bare() {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// A property of an object that is there for certain.
    pub fn property(&self, name: &str) -> Option<Value> {
        self.as_object()?.properties.get(name).cloned()
    }

    /// The closed array that it is.
    pub fn as_list(&self) -> Option<&Rc<List>> {
        match self.bare() {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The response that it is.
    pub fn as_response(&self) -> Option<Response> {
        match self.as_object()?.kind {
            ObjectKind::Response(response) => Some(response),
            _ => None,
        }
    }

    /// Whether something that the visitor sends as a secret is in it.
    pub fn holds(&self, origin: &Origin) -> bool {
        self.holds_within(origin, 6, &mut 2_000)
    }

    /// The same, in so many values at most: what is shared by many is met many times.
    fn holds_within(&self, origin: &Origin, depth: u8, left: &mut u32) -> bool {
        let (Some(depth), Some(fewer)) = (depth.checked_sub(1), left.checked_sub(1)) else {
            return false;
        };
        *left = fewer;
        match self.bare() {
            Value::Opaque(opaque) => opaque.origin == *origin,
            Value::List(list) => {
                let mut items = list.items.iter();
                items.any(|one| one.holds_within(origin, depth, left))
            }
            Value::Object(object) => {
                let mut properties = object.properties.values();
                properties.any(|one| one.holds_within(origin, depth, left))
            }
            Value::OneOf(all, _) => {
                let mut all = all.iter();
                all.any(|one| one.holds_within(origin, depth, left))
            }
            _ => false,
        }
    }

    /// Whether two values are the same, as far as that can be seen at a glance.
    pub fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
            (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b),
            (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b),
            (Value::Promise(a), Value::Promise(b)) => Rc::ptr_eq(a, b),
            (Value::Decided(a), Value::Decided(b)) => a.by == b.by && a.value.is_same(&b.value),
            (Value::Opaque(a), Value::Opaque(b)) => Rc::ptr_eq(a, b),
            (Value::Native(a), Value::Native(b)) => {
                a.name == b.name && a.data.is_none() && b.data.is_none()
            }
            _ => false,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Undefined => f.write_str("undefined"),
            Value::Null => f.write_str("null"),
            Value::Bool(flag) => write!(f, "{flag}"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Regex(pattern) => write!(f, "/{}/{}", pattern.source, pattern.flags),
            Value::List(list) => f.debug_list().entries(&list.items).finish(),
            Value::Object(object) => f.debug_map().entries(&object.properties).finish(),
            Value::Function(_) => f.write_str("function"),
            Value::Class(_) => f.write_str("class"),
            Value::Native(native) => write!(f, "native {}", native.name),
            Value::Promise(promise) => write!(f, "promise of {:?}", promise.value),
            Value::OneOf(all, _) => write!(f, "one of {all:?}"),
            Value::Decided(decided) => write!(f, "{:?} by {:?}", decided.value, decided.by),
            Value::Opaque(opaque) => write!(f, "{:?}", opaque.origin),
        }
    }
}
