//! Switches that turn authentication off.

use super::super::tree::{
    Binary, Expr, Key, Kind, Logical, Property, Statement, StatementKind, Text,
};
use super::walk::{self, Node, Trail};
use super::{CANDIDATES, Seen, What};

pub(super) fn look(seen: &mut Seen<'_>, on_server: bool) {
    let program = seen.module.program.clone();
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        if let Kind::Object(properties) = &expr.kind {
            found.extend(properties.iter().filter_map(coerced));
            return;
        }
        let variable = variable(expr).filter(|name| is_switch(name));
        let header = || header(expr).filter(|_| on_server);
        let what = match variable {
            Some(name) => What::EnvSwitch {
                name: name.to_string(),
                on: compared(expr, trail),
            },
            None => match header() {
                Some(name) if is_header(&name) => What::HeaderSwitch { name },
                Some(name) if is_user_header(&name) => What::HeaderUser { name },
                _ => return,
            },
        };
        if left == 0 {
            return;
        }
        left -= 1;
        let by_secret = || against_secret(expr, trail, &program.body);
        let counts = match &what {
            What::HeaderUser { .. } => in_production(expr, trail),
            _ => decides(expr, trail, &program.body),
        };
        if counts && (variable.is_some() || !by_secret()) {
            found.push((expr.at, what));
        }
    });
    for (at, what) in found {
        seen.add(at, what);
    }
}

/// A variable of the environment, also through an object that was made of it: `config.ALLOW_DEV_AUTH`.
fn variable(expr: &Expr) -> Option<&Text> {
    const MADE: &[&str] = &[
        "config",
        "settings",
        "ENV",
        "Env",
        "serverEnv",
        "envConfig",
        "appConfig",
    ];
    let made = || match &expr.kind {
        Kind::Member { object, name, .. } => {
            let made = walk::last_name(walk::bare(object))?;
            let capital = name.chars().all(|c| c == '_' || c.is_ascii_uppercase());
            (capital && MADE.contains(&&**made)).then_some(name)
        }
        _ => None,
    };
    walk::variable(expr).or_else(made)
}

/// `ALLOW_DEV_AUTH: z.coerce.boolean()`: zod asks `Boolean()`, to which the text `false` is true
/// (https://zod.dev/api#coercion).
fn coerced(property: &Property) -> Option<(super::Offset, What)> {
    let Property::Value(Key::Name(name), value) = property else {
        return None;
    };
    let coerces = |one: &Expr| match &one.kind {
        Kind::Member { object, name, .. } => {
            &**name == "boolean" && walk::last_name(object).is_some_and(|of| &**of == "coerce")
        }
        _ => false,
    };
    let defaults = |one: &Expr| match &one.kind {
        Kind::Call {
            callee, arguments, ..
        } => {
            let on = |item: &super::super::tree::Item| matches!(item.value.kind, Kind::Bool(true));
            walk::last_name(callee).is_some_and(|name| &**name == "default")
                && arguments.first().is_some_and(on)
        }
        _ => false,
    };
    (is_switch(name) && walk::any(value, coerces)).then(|| {
        let by_default = walk::any(value, defaults);
        let name = name.to_string();
        (value.at, What::CoercedSwitch { name, by_default })
    })
}

/// Whether the name of a variable says that it turns authentication off.
pub(super) fn is_switch(name: &str) -> bool {
    const OFF: &[&str] = &[
        "BYPASS",
        "BYPASSED",
        "DISABLE",
        "DISABLED",
        "SKIP",
        "EMERGENCY",
        "NO",
    ];
    const AUTH: &[&str] = &[
        "AUTH",
        "AUTHENTICATION",
        "AUTHORIZATION",
        "CLERK",
        "LOGIN",
        "SIGNIN",
        "MIDDLEWARE",
    ];
    // What these turn off is no authentication.
    const OTHER: &[&str] = &[
        "TELEMETRY",
        "KEYLESS",
        "PROXY",
        "DEBUG",
        "LOG",
        "LOGS",
        "LOGGING",
        "RATE",
        "LIMIT",
        "SECRET",
        "TOKEN",
        "KEY",
        "PAGE",
        "REDIRECT",
        "WEBHOOK",
        "CACHE",
        "VALIDATION",
        "TESTS",
        "BUTTON",
        "UI",
        "AUTOMATION",
    ];
    let has = |words: &[&str]| name.split('_').any(|part| words.contains(&part));
    let tests = has(&["BYPASS"]) && has(&["E2E", "TEST", "TESTING", "DEV"]);
    ((has(OFF) && has(AUTH)) || tests || is_feigned(name)) && !has(OTHER)
}

/// `ALLOW_DEV_AUTH`, `MOCK_AUTH`, `FAKE_LOGIN_ENABLED`.
fn is_feigned(name: &str) -> bool {
    const FEIGNED: &[&str] = &["DEV", "FAKE", "MOCK", "TEST", "INSECURE", "ANONYMOUS"];
    const AUTH: &[&str] = &["AUTH", "AUTHENTICATION", "LOGIN"];
    let ends = ["_ENABLED", "_ALLOWED", "_MODE"];
    let end = ends.iter().find_map(|end| name.strip_suffix(end));
    let mut parts = end.unwrap_or(name).rsplit('_');
    let mut is = |words: &[&str]| parts.next().is_some_and(|part| words.contains(&part));
    is(AUTH) && is(FEIGNED)
}

/// Whether the name of a header says so.
fn is_header(name: &str) -> bool {
    // Hosts send these themselves, and look at them before the app does.
    const OF_HOSTS: &[&str] = &["x-vercel-", "x-prerender-", "x-netlify-"];
    let name = name.to_ascii_lowercase();
    let off = ["bypass", "skip", "disable"]
        .iter()
        .any(|word| name.split('-').any(|part| part == *word));
    let what = ["auth", "e2e", "test", "middleware", "clerk", "login"]
        .iter()
        .any(|word| name.split('-').any(|part| part == *word));
    off && what && !OF_HOSTS.iter().any(|host| name.starts_with(host))
}

/// Whether the name of a header says that in development it names the user.
fn is_user_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let begins = ["x-dev-", "x-test-", "x-mock-", "x-debug-", "x-fake-"]
        .iter()
        .any(|begin| name.starts_with(begin));
    let who = ["user", "userid", "uid", "clerk", "auth", "identity"];
    begins && name.split('-').any(|part| who.contains(&part))
}

/// The header of a request that an expression reads: `request.headers.get('x')`, `req.headers['x']`,
/// `(await headers()).get('x')`. Those that the app itself sends are no visitor's choice.
fn header(expr: &Expr) -> Option<String> {
    match &expr.kind {
        Kind::Call {
            callee, arguments, ..
        } => {
            let Kind::Member { object, name, .. } = &callee.kind else {
                return None;
            };
            let asked = match &**name {
                "get" | "has" => is_headers(object),
                "header" => is_request(object),
                _ => false,
            };
            match &arguments.first()?.value.kind {
                Kind::Text(header) if asked => Some(header.to_string()),
                _ => None,
            }
        }
        Kind::Member { object, name, .. } if of_request(object) => Some(name.to_string()),
        Kind::Index { object, index, .. } if of_request(object) => match &index.kind {
            Kind::Text(name) => Some(name.to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn is_headers(expr: &Expr) -> bool {
    match &walk::bare(expr).kind {
        Kind::Name(name) => matches!(&**name, "headersList" | "headerList" | "requestHeaders"),
        Kind::Call { callee, .. } => walk::name(callee).is_some_and(|name| &**name == "headers"),
        _ => of_request(expr),
    }
}

/// `request.headers`.
fn of_request(expr: &Expr) -> bool {
    matches!(&walk::bare(expr).kind, Kind::Member { object, name, .. }
        if &**name == "headers" && is_request(object))
}

fn is_request(expr: &Expr) -> bool {
    match &walk::bare(expr).kind {
        Kind::Name(name) | Kind::Member { name, .. } => {
            matches!(&**name, "req" | "request" | "nextRequest")
        }
        _ => false,
    }
}

/// Whether a value decides a branch, by itself or through the name that holds it, and not only outside
/// production.
fn decides(expr: &Expr, trail: &Trail<'_>, program: &[Statement]) -> bool {
    if !in_production(expr, trail) {
        return false;
    }
    let outer = condition(expr, trail);
    let scope = || walk::function(trail).map_or(program, |function| function.body.as_slice());
    outer.branches || outer.holder.is_some_and(|name| is_tested(&name, scope()))
}

/// Whether no condition around a value, or before it, keeps it out of production.
fn in_production(expr: &Expr, trail: &Trail<'_>) -> bool {
    let outside = in_development(trail) || is_guarded_before(expr, trail);
    !outside && !condition(expr, trail).whole.is_some_and(names_mode)
}

/// The condition around a value.
struct Outer<'a> {
    /// All of it.
    whole: Option<&'a Expr>,
    /// Whether it is the test of a branch, or what a function answers.
    branches: bool,
    /// The name that holds it, where it is kept.
    holder: Option<String>,
}

fn condition<'a>(expr: &Expr, trail: &Trail<'a>) -> Outer<'a> {
    let mut outer = Outer {
        whole: None,
        branches: false,
        holder: None,
    };
    let mut below: *const Expr = expr;
    for node in trail.iter().rev() {
        match node {
            Node::Expr(around) => {
                match &around.kind {
                    Kind::Unary(..) | Kind::Binary(..) | Kind::Chain(_) | Kind::Await(_) => {}
                    Kind::Logical(_, left, _) => {
                        // `off && next()`: the left side is a test.
                        outer.branches |= std::ptr::eq(&raw const **left, below)
                            && matches!(around.kind, Kind::Logical(Logical::And, ..));
                    }
                    Kind::Conditional(test, ..) if std::ptr::eq(&raw const **test, below) => {
                        outer.branches = true;
                    }
                    Kind::Call { callee, .. }
                        if walk::last_name(callee).is_some_and(|name| {
                            matches!(
                                &**name,
                                "Boolean" | "toLowerCase" | "trim" | "isTrue" | "includes"
                            )
                        }) => {}
                    Kind::Member { .. } => {}
                    _ => return outer,
                }
                outer.whole = Some(*around);
                below = *around;
            }
            Node::Statement(one) => {
                match &one.kind {
                    StatementKind::If(test, ..) if std::ptr::eq(test, below) => {
                        outer.branches = true
                    }
                    // A function that answers whether it is on.
                    StatementKind::Return(Some(_)) if outer.whole.is_some() => {
                        outer.branches = true
                    }
                    StatementKind::Declare(all) => {
                        let held = all.iter().find(|(_, value)| {
                            value
                                .as_ref()
                                .is_some_and(|value| std::ptr::eq(value, below))
                        });
                        if let Some((super::super::tree::Pattern::Name(name), _)) = held {
                            outer.holder = Some(name.to_string());
                        }
                    }
                    _ => {}
                }
                return outer;
            }
            Node::Function(_) => return outer,
        }
    }
    outer
}

/// The text that a value is compared with.
fn compared(expr: &Expr, trail: &Trail<'_>) -> Option<String> {
    let Some(Node::Expr(around)) = walk::parent(trail) else {
        return None;
    };
    let Kind::Binary(
        Binary::Strict { negated: false } | Binary::Loose { negated: false },
        left,
        right,
    ) = &around.kind
    else {
        return None;
    };
    let other = if std::ptr::eq(&raw const **left, expr) {
        right
    } else {
        left
    };
    match &other.kind {
        Kind::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

/// Whether a header is compared with something that a visitor does not know.
fn against_secret(expr: &Expr, trail: &Trail<'_>, program: &[Statement]) -> bool {
    let secret = |other: &Expr| {
        !matches!(
            other.kind,
            Kind::Text(_) | Kind::Bool(_) | Kind::Null | Kind::Number(_)
        )
    };
    let outer = condition(expr, trail);
    if let Some(whole) = outer.whole
        && walk::any(whole, |one| match &one.kind {
            Kind::Binary(_, left, right) => secret(left) && secret(right),
            _ => false,
        })
    {
        return true;
    }
    let Some(name) = outer.holder else {
        return false;
    };
    let scope = walk::function(trail).map_or(program, |function| function.body.as_slice());
    walk::any_below(scope, |one| match &one.kind {
        Kind::Binary(_, left, right) => {
            let is = |side: &Expr| walk::name(side).is_some_and(|held| **held == *name);
            (is(left) && secret(right)) || (is(right) && secret(left))
        }
        // `timingSafeEqual(header, secret)` and its like.
        Kind::Call { arguments, .. } => {
            arguments.len() > 1
                && arguments
                    .iter()
                    .any(|item| walk::name(&item.value).is_some_and(|held| **held == *name))
        }
        _ => false,
    })
}

/// Whether a name decides a branch anywhere in a scope.
fn is_tested(name: &str, scope: &[Statement]) -> bool {
    let is = |test: &Expr| {
        walk::any(
            test,
            |one| matches!(&one.kind, Kind::Name(held) if &**held == name),
        )
    };
    let mut tested = false;
    walk::below(scope, &mut |node| match node {
        Node::Statement(one) => {
            if let StatementKind::If(test, ..) = &one.kind {
                tested |= is(test) && !names_mode(test);
            }
        }
        Node::Expr(one) => match &one.kind {
            Kind::Conditional(test, ..) => tested |= is(test) && !names_mode(test),
            Kind::Logical(Logical::And, left, _) => tested |= is(left) && !names_mode(left),
            _ => {}
        },
        Node::Function(_) => {}
    });
    tested
}

/// Whether a condition also asks for the mode of the build: it may hold outside production only.
pub(super) fn names_mode(expr: &Expr) -> bool {
    walk::any(expr, |one| match &one.kind {
        Kind::Member { name, .. } | Kind::Name(name) => {
            let lower = name.to_ascii_lowercase();
            lower.ends_with("_env")
                || [
                    "prod",
                    "isdev",
                    "is_dev",
                    "development",
                    "islocal",
                    "localhost",
                ]
                .iter()
                .any(|word| lower.contains(word))
                || matches!(&*lower, "dev" | "mode")
        }
        _ => false,
    })
}

/// Whether a place is inside a branch that asks for the mode.
fn in_development(trail: &Trail<'_>) -> bool {
    trail.iter().any(|node| match node {
        Node::Statement(Statement {
            kind: StatementKind::If(test, ..),
            ..
        }) => names_mode(test),
        _ => false,
    })
}

/// Whether the function asked for the mode before, and ended there.
fn is_guarded_before(expr: &Expr, trail: &Trail<'_>) -> bool {
    let Some(function) = walk::function(trail) else {
        return false;
    };
    function.body.iter().any(|one| match &one.kind {
        StatementKind::If(test, then, None) => {
            one.at < expr.at && names_mode(test) && walk::exit(then)
        }
        _ => false,
    })
}
