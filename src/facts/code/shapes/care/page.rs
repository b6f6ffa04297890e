//! What is shown in place of a page that throws.

use super::super::super::module::Module;
use super::super::super::tree::{Expr, Key, Kind, Pattern, Property, Statement, StatementKind};
use super::super::walk;
use super::{Care, Found, call};

/// Names by which boundaries are given to a router.
const KEYS: &[&str] = &[
    "errorComponent",
    "defaultErrorComponent",
    "errorElement",
    "ErrorBoundary",
];

/// Whether a framework or an error tracker loads a file by its name when something goes wrong, or to be told
/// of it.
pub fn is_special(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, _)) = name.rsplit_once('.') else {
        return false;
    };
    let tracker = stem.starts_with("sentry.") && stem.ends_with(".config");
    let started = matches!(
        stem,
        "instrumentation" | "instrumentation-client" | "instrument" | "instrument.server"
    );
    let shown = matches!(
        stem,
        "error" | "global-error" | "not-found" | "_error" | "500" | "404" | "+error"
    );
    let root = stem == "root" && path.contains("app/");
    tracker || started || shown || root
}

/// `export function ErrorBoundary() {}` of a route.
pub(super) fn exports(module: &Module, found: &mut Found) {
    if module.export("ErrorBoundary").is_some() {
        found.push((0, Care::Boundary));
    }
}

pub(super) fn look(expr: &Expr, found: &mut Found) {
    let is_boundary = match &expr.kind {
        Kind::Object(all) => all.iter().any(is_given),
        Kind::Jsx(jsx) => {
            let name = jsx.name.as_ref().and_then(walk::last_name);
            jsx.attributes.iter().any(is_given)
                || name.is_some_and(|name| name.contains("ErrorBoundary"))
        }
        // A middleware with four parameters is Express' error handler.
        Kind::Function(function) => takes_an_error(&function.parameters),
        Kind::Class(class) => class
            .statics
            .iter()
            .chain(&class.members)
            .any(|one| matches!(one, Property::Value(Key::Name(key), _) if matches!(&**key, "getDerivedStateFromError" | "componentDidCatch"))),
        _ => call(expr).is_some_and(|(callee, _)| {
            walk::last_name(callee).is_some_and(|name| {
                matches!(&**name, "setupExpressErrorHandler" | "errorHandler" | "setErrorHandler")
            })
        }),
    };
    if is_boundary {
        found.push((expr.at, Care::Boundary));
    }
}

pub(super) fn statement(statement: &Statement, found: &mut Found) {
    if let StatementKind::Function(function) = &statement.kind
        && takes_an_error(&function.parameters)
    {
        found.push((statement.at, Care::Boundary));
    }
}

fn is_given(property: &Property) -> bool {
    matches!(property, Property::Value(Key::Name(key), _) if KEYS.contains(&&**key))
}

fn takes_an_error(parameters: &[Pattern]) -> bool {
    let [Pattern::Name(first), _, _, _] = parameters else {
        return false;
    };
    let first = first.trim_start_matches('_');
    first.starts_with("err") || matches!(first, "e" | "ex" | "exception")
}
