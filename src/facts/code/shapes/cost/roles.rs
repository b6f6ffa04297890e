//! Roles and permissions of organizations, as the code writes them.
//!
//! The keys of roles begin with `org:` (clerk.com/docs/guides/organizations/control-access/roles-and-permissions).
//! `has()` and `protect()` add it where it is missing (@clerk/shared, authorization: `prefixWithOrg`); a
//! comparison in the app's own code does not.

use super::super::super::tree::{Binary, Expr, Kind, Pattern, Program, Statement, StatementKind};
use super::super::walk::{self, Node};
use super::super::{CANDIDATES, Seen, locals, server};
use super::{Cost, Found, is_sdk, property};

/// Keys of roles from before there was a prefix, and what people write for those of today.
const BARE: &[&str] = &["admin", "basic_member", "member", "guest_member"];

/// What tells the role of who is signed in.
const TELLS: &[&str] = &[
    "auth",
    "getAuth",
    "useAuth",
    "useOrganization",
    "useSession",
];

pub(super) fn look(path: &str, seen: &Seen<'_>, found: &mut Found) {
    let program = seen.module.program.clone();
    let names: Vec<&str> = TELLS
        .iter()
        .flat_map(|name| locals(seen.module, name, is_sdk))
        .map(|(local, _)| local)
        .collect();
    let on_server = server::runs_on_server(path, seen.module);
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, _| {
        if left == 0 {
            return;
        }
        match node {
            Node::Expr(expr) => {
                for (at, what, key) in compared(expr) {
                    if left > 0 && !knows(seen, &key) && is_clerks_role(what, &names, &program) {
                        left -= 1;
                        let what = written(what);
                        found.push((at, Cost::BareRole { what, key }));
                    }
                }
                if on_server && let Some((at, cost)) = permission(expr) {
                    left -= 1;
                    found.push((at, cost));
                }
            }
            Node::Statement(Statement {
                kind: StatementKind::Switch(value, cases),
                ..
            }) if is_clerks_role(value, &names, &program) => {
                for (at, key) in cases.iter().filter_map(|(test, _)| bare(test.as_ref()?)) {
                    if !knows(seen, &key) {
                        let what = written(value);
                        found.push((at, Cost::BareRole { what, key }));
                    }
                }
            }
            _ => {}
        }
    });
}

/// Whether a file has the whole key as well: it is ready for both.
fn knows(seen: &Seen<'_>, key: &str) -> bool {
    let text = seen.module.text();
    text.contains(&format!("org:{key}")) || (key == "basic_member" && text.contains("org:member"))
}

/// A bare key of a role.
fn bare(expr: &Expr) -> Option<(u32, String)> {
    match &expr.kind {
        Kind::Text(text) if BARE.contains(&&**text) => Some((expr.at, text.to_string())),
        _ => None,
    }
}

/// What is compared with a bare key: by an operator, or with `includes`.
fn compared(expr: &Expr) -> Vec<(u32, &Expr, String)> {
    match &expr.kind {
        Kind::Binary(Binary::Strict { .. } | Binary::Loose { .. }, left, right) => {
            let sides = [(left, right), (right, left)].into_iter();
            let found =
                sides.filter_map(|(one, other)| bare(other).map(|(at, key)| (at, &**one, key)));
            found.collect()
        }
        Kind::Call {
            callee, arguments, ..
        } => {
            let (Kind::Member { object, name, .. }, [one]) = (&callee.kind, arguments.as_slice())
            else {
                return Vec::new();
            };
            let Kind::Array(items) = &object.kind else {
                return Vec::new();
            };
            if &**name != "includes" {
                return Vec::new();
            }
            let keys = items.iter().filter_map(|item| bare(&item.value)).take(1);
            keys.map(|(at, key)| (at, &one.value, key)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an expression is a role as Clerk gives it.
fn is_clerks_role(expr: &Expr, names: &[&str], program: &Program) -> bool {
    match &walk::bare(expr).kind {
        Kind::Name(name) => taken_from(name, "orgRole", names, program),
        Kind::Member { object, name, .. } => match &**name {
            "orgRole" => is_told(object, names, program),
            "org_role" => walk::last_name(walk::bare(object))
                .is_some_and(|name| matches!(&**name, "sessionClaims" | "claims")),
            "role" => walk::name(walk::bare(object))
                .is_some_and(|name| taken_from(name, "membership", names, program)),
            _ => false,
        },
        _ => false,
    }
}

/// Whether an expression is what one of Clerk's functions answered, or a name that holds it.
fn is_told(expr: &Expr, names: &[&str], program: &Program) -> bool {
    let expr = walk::bare(expr);
    match &expr.kind {
        Kind::Call { callee, .. } => {
            walk::name(callee).is_some_and(|name| names.contains(&&**name))
        }
        Kind::Name(name) => walk::declared(name, &program.body).is_some_and(|held| {
            let held = walk::bare(held);
            matches!(held.kind, Kind::Call { .. }) && is_told(held, names, program)
        }),
        _ => false,
    }
}

/// Whether a name is taken out of what one of Clerk's functions answered: `const { orgRole } = useAuth()`.
/// Where the file takes it from elsewhere too, nobody knows which it is.
fn taken_from(name: &str, property: &str, names: &[&str], program: &Program) -> bool {
    let (mut clerks, mut others) = (false, false);
    walk::below(&program.body, &mut |node| {
        let Node::Statement(Statement {
            kind: StatementKind::Declare(all),
            ..
        }) = node
        else {
            return;
        };
        for (pattern, value) in all {
            let mut bound = Vec::new();
            super::leaves(pattern, &mut bound);
            if !bound.iter().any(|one| one == name) {
                continue;
            }
            let takes = matches!(pattern, Pattern::Object(all, _) if all.iter().any(|(key, one)| {
                let same = matches!(key, super::super::super::tree::Key::Name(key) if &**key == property);
                same && matches!(one, Pattern::Name(held) if &**held == name)
            }));
            let told = value.as_ref().is_some_and(|value| {
                let value = walk::bare(value);
                matches!(value.kind, Kind::Call { .. }) && is_told(value, names, program)
            });
            clerks |= takes && told;
            others |= !(takes && told);
        }
    });
    clerks && !others
}

fn written(expr: &Expr) -> String {
    match &walk::bare(expr).kind {
        Kind::Name(name) => name.to_string(),
        Kind::Member { object, name, .. } => match walk::last_name(walk::bare(object)) {
            Some(object) => format!("{object}.{name}"),
            None => name.to_string(),
        },
        _ => String::new(),
    }
}

/// `has({ permission })` and `auth.protect({ permission })` on a server with a key that the token never has:
/// a permission of Clerk's own is in no token (github.com/clerk/javascript/pull/4816), and one of the app is
/// `org:<feature>:<permission>`.
fn permission(expr: &Expr) -> Option<(u32, Cost)> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let call = walk::last_name(callee).filter(|name| matches!(&***name, "has" | "protect"))?;
    let value = property(&arguments.first()?.value, "permission")?;
    let Kind::Text(text) = &value.kind else {
        return None;
    };
    let key = text.strip_prefix("org:").unwrap_or(text);
    let system = key.starts_with("sys_");
    let parts = key.split(':').filter(|part| !part.is_empty()).count();
    let odd = parts != 2 || key.split(':').count() != 2;
    (system || odd).then(|| {
        let cost = Cost::Permission {
            call: format!("{call}()"),
            key: text.to_string(),
            system,
        };
        (value.at, cost)
    })
}
