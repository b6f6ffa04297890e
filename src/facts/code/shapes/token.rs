//! Tokens that are decoded and believed, although nobody verified them.

use super::super::tree::{Expr, Function, Kind, Pattern, Statement, StatementKind, Text};
use super::super::value::Taken;
use super::walk::{self, Node, Trail};
use super::{CANDIDATES, Seen, What, locals};

/// Functions that decode without a look at the signature, and the package they are from.
const DECODERS: &[(&str, &str)] = &[
    ("jwt-decode", "jwtDecode"),
    ("jwt-decode", "default"),
    ("jwt-decode", "jwt_decode"),
    ("jose", "decodeJwt"),
    ("jsonwebtoken", "decode"),
    ("@clerk/backend/jwt", "decodeJwt"),
    ("@clerk/clerk-sdk-node", "decodeJwt"),
];

/// Calls after which a session is known by other means.
const VERIFIERS: &[&str] = &[
    "verifyToken",
    "jwtVerify",
    "verify",
    "verifyJwt",
    "authenticateRequest",
    "getAuth",
    "auth",
    "currentUser",
    "getToken",
    "getUser",
    "protect",
    "verifyIdToken",
];

/// Claims that say who somebody is, or what they may do.
const CLAIMS: &[&str] = &[
    "sub", "userId", "user_id", "uid", "org_id", "orgId", "role", "org_role", "email",
];

pub(super) fn look(seen: &mut Seen<'_>) {
    let lower = seen.module.text().to_ascii_lowercase();
    // A token that the app itself asked for needs no verification; one from a request does.
    if !lower.contains("authorization") && !lower.contains("cookie") && !lower.contains("__session")
    {
        return;
    }
    let program = seen.module.program.clone();
    let verified = walk::any_below(&program.body, |expr| {
        matches!(&expr.kind, Kind::Call { callee, .. }
            if walk::last_name(callee).is_some_and(|name| VERIFIERS.contains(&&**name)))
    });
    if verified {
        return;
    }
    let mut decoders = vec!["parse", "decode", "decodeJwt"];
    for (package, decoder) in DECODERS {
        let names = locals(seen.module, decoder, |source| source == *package);
        decoders.extend(names.into_iter().map(|(local, _)| local));
    }
    let mut found = Vec::new();
    let mut left = CANDIDATES;
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        let decodes_maybe = matches!(&expr.kind, Kind::Call { callee, .. }
            if walk::last_name(callee).is_some_and(|name| decoders.contains(&&**name)));
        if left == 0 || !decodes_maybe {
            return;
        }
        left -= 1;
        let Some(call) = decodes(seen, expr, trail) else {
            return;
        };
        if walk::function(trail).is_some_and(|function| is_believed(expr, function, trail)) {
            found.push((expr.at, What::UnverifiedToken { call }));
        }
    });
    for (at, what) in found {
        seen.add(at, what);
    }
}

/// The name of the call that decodes a token.
fn decodes(seen: &Seen<'_>, expr: &Expr, trail: &Trail<'_>) -> Option<String> {
    let Kind::Call {
        callee, arguments, ..
    } = &expr.kind
    else {
        return None;
    };
    let first = arguments.first()?;
    // The answer of an identity provider, asked for by the server itself.
    if walk::any(&first.value, |one| {
        matches!(&one.kind, Kind::Member { name, .. } | Kind::Name(name)
            if matches!(&**name, "id_token" | "idToken" | "access_token" | "refresh_token"))
    }) {
        return None;
    }
    match &callee.kind {
        Kind::Name(name) => {
            let import = seen
                .module
                .import(name)
                .filter(|import| !import.type_only)?;
            let Taken::Export(exported) = &import.taken else {
                return None;
            };
            let known = DECODERS
                .iter()
                .any(|(package, decoder)| import.source == *package && exported == decoder);
            known.then(|| format!("{name}()"))
        }
        Kind::Member { object, name, .. } => match walk::name(object) {
            Some(object) if &**name == "decode" || &**name == "decodeJwt" => {
                let import = seen.module.import(object)?;
                let decodes = matches!(import.source.as_str(), "jsonwebtoken" | "jose");
                decodes.then(|| format!("{object}.{name}()"))
            }
            Some(object) if &**object == "JSON" && &**name == "parse" => {
                by_hand(&first.value, trail).then(|| "JSON.parse()".to_owned())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression is the middle part of a token, from base64.
fn by_hand(expr: &Expr, trail: &Trail<'_>) -> bool {
    let Some(function) = walk::function(trail) else {
        return false;
    };
    let from_base64 = |expr: &Expr| {
        walk::any(expr, |one| match &one.kind {
            Kind::Call { callee, .. }
                if walk::last_name(callee).is_some_and(|name| &**name == "atob") =>
            {
                true
            }
            Kind::Text(text) => matches!(&**text, "base64" | "base64url"),
            _ => false,
        })
    };
    let held = walk::name(expr).and_then(|name| walk::declared(name, &function.body));
    let split = walk::any_below(&function.body, |one| match &one.kind {
        Kind::Call {
            callee, arguments, ..
        } => {
            let by_dot = matches!(arguments.first().map(|item| &item.value.kind), Some(Kind::Text(dot)) if &**dot == ".");
            by_dot && walk::last_name(callee).is_some_and(|name| &**name == "split")
        }
        _ => false,
    });
    split && from_base64(held.unwrap_or(expr))
}

/// Whether who the token names is handed on: to a call, or to whoever called.
fn is_believed(call: &Expr, function: &Function, trail: &Trail<'_>) -> bool {
    if let Some(Node::Expr(around)) = walk::parent(trail)
        && let Kind::Member { name, .. } = &around.kind
    {
        return CLAIMS.contains(&&**name);
    }
    let Some((claims, whole)) = holder(call, &function.body) else {
        return false;
    };
    let is_claim = |expr: &Expr| match &expr.kind {
        Kind::Member { object, name, .. } => {
            let of_token = whole
                .as_ref()
                .is_some_and(|whole| walk::name(walk::bare(object)) == Some(whole));
            of_token && CLAIMS.contains(&&**name)
        }
        Kind::Name(name) => claims.contains(name),
        _ => false,
    };
    let mut believed = false;
    walk::below(&function.body, &mut |node| match node {
        Node::Expr(expr) => match &expr.kind {
            Kind::Call {
                callee, arguments, ..
            } => {
                let shown = matches!(&callee.kind, Kind::Member { object, .. }
                    if walk::name(object).is_some_and(|object| matches!(&**object, "console" | "logger" | "log")));
                believed |= !shown
                    && arguments
                        .iter()
                        .any(|item| walk::any(&item.value, is_claim));
            }
            Kind::Assign { value, .. } => believed |= walk::any(value, is_claim),
            _ => {}
        },
        Node::Statement(one) => {
            if let StatementKind::Return(Some(value)) = &one.kind {
                believed |= walk::any(value, is_claim);
            }
        }
        Node::Function(_) => {}
    });
    believed
}

/// The names that hold claims of a decoded token, and the one that holds all of it.
fn holder(call: &Expr, body: &[Statement]) -> Option<(Vec<Text>, Option<Text>)> {
    let mut found = None;
    walk::below(body, &mut |node| {
        let Node::Statement(Statement {
            kind: StatementKind::Declare(all),
            ..
        }) = node
        else {
            return;
        };
        for (pattern, value) in all {
            let Some(value) = value else { continue };
            if !std::ptr::eq(walk::bare(value), call) {
                continue;
            }
            found = match pattern {
                Pattern::Name(name) => Some((Vec::new(), Some(name.clone()))),
                Pattern::Object(taken, _) => {
                    let names = taken.iter().filter_map(|(key, held)| match (key, held) {
                        (super::super::tree::Key::Name(key), Pattern::Name(held))
                            if CLAIMS.contains(&&**key) =>
                        {
                            Some(held.clone())
                        }
                        _ => None,
                    });
                    Some((names.collect(), None))
                }
                _ => None,
            };
        }
    });
    found
}
