//! Receivers of Clerk's webhooks: what they handle, and how they verify it.

mod answer;
mod body;
mod bypass;

use super::super::module::Module;
use super::super::tree::{Expr, Item, Key, Kind, Logical, Property, Statement, StatementKind};
use super::walk::{self, Node, Trail};
use super::{CANDIDATES, Seen, What, imports, locals};

/// The beginnings of Clerk's event types (clerk.com/docs/guides/development/webhooks/overview). Other
/// senders have some too, so that a check also wants a word of Clerk.
const OBJECTS: &[&str] = &[
    "user",
    "session",
    "organization",
    "organizationMembership",
    "organizationInvitation",
    "organizationDomain",
    "waitlistEntry",
    "role",
    "permission",
];

const EVENTS: &[&str] = &[
    "created", "updated", "deleted", "ended", "removed", "revoked", "accepted",
];

/// A call that verifies, with what stands around it.
struct Verification<'a, 't> {
    call: &'a Expr,
    arguments: &'a [Item],
    how: How,
    trail: &'t Trail<'a>,
}

/// Which verification it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// `verifyWebhook(request)` of a Clerk package.
    Clerk,
    /// `new Webhook(secret).verify(text, headers)` of svix or standardwebhooks.
    Svix,
    /// A function of the project, by its name, or an HMAC.
    Own,
}

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    let program = seen.module.program.clone();
    let senders = Senders::of(seen.module);
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else {
            if let Node::Statement(statement) = node
                && let StatementKind::Switch(_, cases) = &statement.kind
            {
                let tests = cases.iter().filter_map(|(test, _)| test.as_ref());
                found.extend(
                    tests
                        .filter(|test| is_event(test))
                        .map(|test| (test.at, What::Event)),
                );
            }
            return;
        };
        if found.len() > 200 {
            return;
        }
        found.extend(events(expr).map(|at| (at, What::Event)));
        if reads_body(expr) {
            found.push((expr.at, What::ReadsBody));
        }
        if left == 0 {
            return;
        }
        if let Some(secret) = secret(&senders, expr) {
            left -= 1;
            if has_fallback(secret, &program.body) {
                found.push((expr.at, What::SecretFallback));
            }
        }
        let Some(call) = verification(&senders, expr, trail).filter(|_| left > 0) else {
            return;
        };
        left -= 1;
        found.push((expr.at, What::Verifies(written(expr))));
        found.extend(bypass::of(&call).map(|(at, how)| (at, What::Bypass(how))));
        found.extend(
            body::of(path, seen.module, &call).map(|(at, how)| (at, What::ParsedBody(how))),
        );
        found.extend(answer::of(&call).map(|at| (at, What::FailureAnsweredOk)));
    });
    for (at, what) in found {
        seen.add(at, what);
    }
}

/// Whether an expression is the text of an event type.
fn is_event(expr: &Expr) -> bool {
    matches!(&expr.kind, Kind::Text(text) if is_event_type(text))
}

fn is_event_type(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(object, event)| OBJECTS.contains(&object) && EVENTS.contains(&event))
}

/// The event types that an expression asks for: by comparing, or as keys of handlers.
fn events(expr: &Expr) -> impl Iterator<Item = u32> {
    let mut at = Vec::new();
    match &expr.kind {
        Kind::Binary(_, left, right) => {
            at.extend(
                [left, right]
                    .iter()
                    .filter(|side| is_event(side))
                    .map(|side| side.at),
            );
        }
        Kind::Object(properties) => {
            let keyed = properties.iter().filter_map(|property| match property {
                Property::Value(Key::Name(key), value) if is_event_type(key) => Some(value.at),
                _ => None,
            });
            at.extend(keyed);
        }
        _ => {}
    }
    at.into_iter()
}

/// `request.json()`, `req.body`, `readBody(event)`.
fn reads_body(expr: &Expr) -> bool {
    let request = |object: &Expr| {
        walk::name(object).is_some_and(|name| matches!(&**name, "req" | "request"))
            || matches!(&object.kind, Kind::Member { name, .. } if matches!(&**name, "req" | "request"))
    };
    match &expr.kind {
        Kind::Call { callee, .. } => match &callee.kind {
            Kind::Member { object, name, .. } => {
                matches!(&**name, "json" | "text") && request(object)
            }
            Kind::Name(name) => matches!(&**name, "readBody" | "readRawBody"),
            _ => false,
        },
        Kind::Member { object, name, .. } => &**name == "body" && request(object),
        _ => false,
    }
}

/// The libraries that a file verifies with.
struct Senders<'m> {
    /// Its names of `verifyWebhook`.
    clerk: Vec<&'m str>,
    /// Whether it has svix or standardwebhooks.
    svix: bool,
}

impl<'m> Senders<'m> {
    fn of(module: &'m Module) -> Self {
        let of_clerk = |source: &str| {
            let package = source.strip_suffix("/webhooks").unwrap_or_default();
            package.starts_with("@clerk/") || package == "svelte-clerk"
        };
        let clerk = locals(module, "verifyWebhook", of_clerk);
        Self {
            clerk: clerk.into_iter().map(|(local, _)| local).collect(),
            svix: imports(module, "svix") || imports(module, "standardwebhooks"),
        }
    }

    fn is_clerks(&self, callee: &Expr) -> bool {
        walk::name(callee).is_some_and(|name| self.clerk.contains(&&**name))
    }
}

fn verification<'a, 't>(
    senders: &Senders<'_>,
    expr: &'a Expr,
    trail: &'t Trail<'a>,
) -> Option<Verification<'a, 't>> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let name = walk::last_name(callee)?;
    let how = if senders.is_clerks(callee) {
        How::Clerk
    } else if &**name == "verify" && senders.svix && arguments.len() >= 2 {
        How::Svix
    } else if &**name == "createHmac" || is_own(&name.to_ascii_lowercase()) {
        How::Own
    } else {
        return None;
    };
    Some(Verification {
        call: expr,
        arguments,
        how,
        trail,
    })
}

/// Whether the name of a function says that it verifies a webhook: `verifyClerkSignature`.
fn is_own(name: &str) -> bool {
    let verifies = ["verify", "validate", "check", "constructevent"];
    let what = ["webhook", "signature", "svix", "hmac", "constructevent"];
    verifies.iter().any(|word| name.contains(word)) && what.iter().any(|word| name.contains(word))
}

/// A call as it is written: `webhook.verify()`.
fn written(expr: &Expr) -> String {
    let Kind::Call { callee, .. } = &expr.kind else {
        return String::new();
    };
    match &callee.kind {
        Kind::Member { object, name, .. } => match &object.kind {
            Kind::Name(object) => format!("{object}.{name}()"),
            _ => format!("{name}()"),
        },
        Kind::Name(name) => format!("{name}()"),
        _ => "the verification".to_owned(),
    }
}

/// The secret that a verification is given.
fn secret<'a>(senders: &Senders<'_>, expr: &'a Expr) -> Option<&'a Expr> {
    match &expr.kind {
        Kind::New { callee, arguments } => {
            let webhook = walk::name(callee).is_some_and(|name| &**name == "Webhook");
            let first = arguments.first().filter(|_| webhook && senders.svix)?;
            Some(&first.value)
        }
        Kind::Call {
            callee, arguments, ..
        } if senders.is_clerks(callee) => property(&arguments.get(1)?.value, "signingSecret"),
        _ => None,
    }
}

/// Whether a secret stands in the code, for when none is set. An empty one is no such: svix and Clerk both
/// refuse it.
fn has_fallback(secret: &Expr, program: &[Statement]) -> bool {
    let held = match walk::name(secret) {
        Some(name) => walk::declared(name, program).unwrap_or(secret),
        None => secret,
    };
    match &walk::bare(held).kind {
        Kind::Logical(Logical::Or | Logical::Nullish, left, right) => {
            let set = matches!(&right.kind, Kind::Text(text) if !text.is_empty());
            set && walk::variable(left).is_some()
        }
        _ => false,
    }
}

/// The value of a property of an object that is written out.
fn property<'a>(object: &'a Expr, wanted: &str) -> Option<&'a Expr> {
    let Kind::Object(properties) = &object.kind else {
        return None;
    };
    properties.iter().find_map(|property| match property {
        Property::Value(Key::Name(key), value) if &**key == wanted => Some(value),
        _ => None,
    })
}
