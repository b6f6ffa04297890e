//! Sign-in and sign-up flows of one's own: a completed one is not a session until it is made active.
//! https://clerk.com/docs/guides/development/custom-flows/overview

use super::super::super::tree::{Expr, Kind, Statement, StatementKind};
use super::super::walk::{self, Node, Trail};
use super::{Care, Found, call, property, written};

/// Steps after which a sign-in or sign-up may be complete.
const STEPS: &[&str] = &[
    "attemptFirstFactor",
    "attemptSecondFactor",
    "attemptEmailAddressVerification",
    "attemptPhoneNumberVerification",
];

/// What makes it the session, or leaves that to Clerk.
const ACTIVATES: &[&str] = &[
    "setActive",
    "finalize",
    "handleRedirectCallback",
    "AuthenticateWithRedirectCallback",
];

pub(super) fn look(expr: &Expr, trail: &Trail<'_>, found: &mut Found) {
    if let Kind::Name(name) | Kind::Member { name, .. } = &expr.kind
        && ACTIVATES.contains(&&**name)
    {
        found.push((expr.at, Care::Activates));
        return;
    }
    let Some((callee, arguments)) = call(expr) else {
        return;
    };
    let Kind::Member { object, name, .. } = &callee.kind else {
        return;
    };
    let options = arguments.first().map(|one| &one.value);
    let with_password = || options.is_some_and(|one| property(one, "password").is_some());
    let completes = STEPS.contains(&&**name)
        || (&**name == "create"
            && walk::last_name(object).is_some_and(|name| &**name == "signIn")
            && with_password());
    if completes && !is_handed_on(trail) {
        found.push((expr.at, Care::Completes(format!("{}()", written(callee)))));
    }
}

/// Whether the caller gets the result, and has to do the rest.
fn is_handed_on(trail: &Trail<'_>) -> bool {
    for node in trail.iter().rev() {
        match node {
            Node::Expr(expr) if matches!(expr.kind, Kind::Await(_) | Kind::Chain(_)) => {}
            Node::Statement(Statement {
                kind: StatementKind::Return(_),
                ..
            }) => return true,
            _ => return false,
        }
    }
    false
}
