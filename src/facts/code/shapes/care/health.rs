//! What a health endpoint tells.

use super::super::super::tree::{Expr, Key, Kind, Property};
use super::super::is_health;
use super::super::walk::{self, Node, Trail};
use super::answer::is_thrown;
use super::{Care, Found, answers, call, in_development, receiver};

/// What authentication is called in an answer.
const AUTH: &[&str] = &[
    "auth",
    "clerk",
    "authentication",
    "authservice",
    "clerkauth",
];

/// What a part that works is called.
const WELL: &[&str] = &[
    "ok",
    "up",
    "healthy",
    "connected",
    "operational",
    "pass",
    "active",
    "running",
    "online",
    "available",
];

/// What asks Clerk, or for the session that its middleware made.
const ASKS: &[&str] = &[
    "clerkClient",
    "createClerkClient",
    "getClerkInstance",
    "auth",
    "getAuth",
    "currentUser",
    "verifyToken",
    "authenticateRequest",
];

/// Where in a file a health endpoint is.
pub(super) enum Where {
    /// The file is one, by its path.
    Whole,
    /// It may register one.
    Registered,
    /// Nowhere.
    Nowhere,
}

impl Where {
    pub(super) fn of(path: &str, lower: &str) -> Self {
        if path.split(['/', '.']).any(is_health) {
            Where::Whole
        } else if lower.contains("/health") {
            Where::Registered
        } else {
            Where::Nowhere
        }
    }

    pub(super) fn is_at(&self, trail: &Trail<'_>) -> bool {
        match self {
            Where::Whole => true,
            Where::Registered => trail.iter().any(registers),
            Where::Nowhere => false,
        }
    }
}

/// `app.get("/health", …)`.
fn registers(node: &Node<'_>) -> bool {
    let Node::Expr(expr) = node else { return false };
    let Some((callee, arguments)) = call(expr) else {
        return false;
    };
    let get = walk::last_name(callee).is_some_and(|name| matches!(&**name, "get" | "all" | "use"));
    let path = arguments.first().map(|one| &one.value.kind);
    get && matches!(path, Some(Kind::Text(text)) if text.rsplit('/').next().is_some_and(is_health))
}

/// Answers whether it looked closely.
pub(super) fn look(expr: &Expr, trail: &Trail<'_>, found: &mut Found) -> bool {
    match &expr.kind {
        Kind::Object(all) => all.iter().for_each(|one| claims(one, found)),
        Kind::Text(text) if text.contains("api.clerk.") || text.contains("jwks") => {
            found.push((expr.at, Care::AsksClerk));
        }
        _ => {}
    }
    let called = call(expr).and_then(|(callee, _)| walk::last_name(callee));
    if called.is_some_and(|name| ASKS.contains(&&**name)) {
        found.push((expr.at, Care::AsksClerk));
    }
    let Some(what) = inside(expr, trail) else {
        return false;
    };
    if !in_development(trail) && is_answered(trail) {
        found.push((expr.at, Care::Tells(what)));
    }
    true
}

/// What of the inside an expression is.
fn inside(expr: &Expr, trail: &Trail<'_>) -> Option<&'static str> {
    let around = match walk::parent(trail) {
        Some(Node::Expr(around)) => Some(&around.kind),
        _ => None,
    };
    match &expr.kind {
        Kind::Member { object, name, .. } if is_thrown(object) => match &**name {
            "message" => Some("the text of an error"),
            "stack" => Some("a stack trace"),
            _ => None,
        },
        // All of it, or its names; a single variable is read by its name.
        Kind::Member { object, name, .. } => {
            let process = matches!(&object.kind, Kind::Name(object) if &**object == "process");
            let single = matches!(around, Some(Kind::Member { .. } | Kind::Index { .. }));
            (process && &**name == "env" && !single).then_some("the environment")
        }
        Kind::Name(name) if matches!(around, Some(Kind::Object(_))) => {
            matches!(&**name, "userId" | "sessionId" | "orgId").then_some("a user id")
        }
        _ => None,
    }
}

/// Whether a place is a part of an answer: of a call that makes one, or of an object that no other call gets.
fn is_answered(trail: &Trail<'_>) -> bool {
    let object = || {
        let inside = trail
            .iter()
            .rev()
            .take_while(|node| matches!(node, Node::Expr(_)));
        inside
            .into_iter()
            .any(|node| matches!(node, Node::Expr(expr) if matches!(expr.kind, Kind::Object(_))))
    };
    match receiver(trail) {
        Some(call) => answers(call) || is_of_object(call),
        None => object(),
    }
}

/// `Object.keys(process.env)`.
fn is_of_object(expr: &Expr) -> bool {
    call(expr)
        .is_some_and(|(callee, _)| super::root(callee).is_some_and(|name| &**name == "Object"))
}

/// `clerk: "ok"`, `auth: true`, `auth: { status: "healthy" }`: said, and not measured.
fn claims(property: &Property, found: &mut Found) {
    let Property::Value(Key::Name(key), value) = property else {
        return;
    };
    if !AUTH.contains(&key.to_ascii_lowercase().as_str()) {
        return;
    }
    let well = |value: &Expr| match &value.kind {
        Kind::Text(text) => WELL.contains(&text.to_ascii_lowercase().as_str()),
        Kind::Bool(is) => *is,
        _ => false,
    };
    let nested = super::property(value, "status");
    if well(value) || nested.is_some_and(well) {
        found.push((value.at, Care::Claims(key.to_string())));
    }
}
