//! What the browser decides, and what it asks of the app's own server in the same file.

use super::super::super::tree::{Expr, Item, Key, Kind, Offset, Property, StatementKind};
use super::super::walk::{self, Node};
use super::super::{CANDIDATES, Seen, locals};
use super::{Shell, WITH_COMPONENTS, add, literal, taken};

/// Components that show what is in them to those who are signed in.
const GATES: &[&str] = &["SignedIn", "Protect", "Show", "RedirectToSignIn"];

/// What a hook tells of the session.
const STATES: &[&str] = &["isSignedIn", "userId", "sessionId", "user", "orgId", "has"];

pub(super) fn look(seen: &mut Seen<'_>) {
    let module = seen.module;
    let of_ui = |source: &str| WITH_COMPONENTS.contains(&source);
    if !module.imports.iter().any(|import| of_ui(&import.source)) {
        return;
    }
    let hook = ["useAuth", "useUser", "useSession"]
        .into_iter()
        .find(|hook| !locals(module, hook, of_ui).is_empty());
    let program = module.program.clone();
    let mut left = CANDIDATES;
    let mut found: Vec<(Offset, Shell)> = Vec::new();
    walk::program(&program, &mut |node, _| {
        let Node::Expr(expr) = node else {
            if let (Node::Statement(one), Some(hook)) = (node, hook)
                && let StatementKind::If(test, then, _) = &one.kind
                && left > 0
                && walk::exit(then)
                && walk::any(test, is_state)
            {
                left -= 1;
                found.push((one.at, gate(format!("{hook}()"))));
            }
            return;
        };
        match &expr.kind {
            Kind::Jsx(jsx) => {
                let local = jsx.name.as_ref().and_then(walk::name);
                let shown = local.and_then(|local| taken(module, local));
                if let Some((name, _)) = shown.filter(|(name, _)| GATES.contains(name)) {
                    found.push((expr.at, gate(format!("<{name}>"))));
                }
            }
            Kind::Call {
                callee, arguments, ..
            } => found.extend(fetch(callee, arguments).map(|fetch| (expr.at, fetch))),
            _ => {}
        }
    });
    let gated = found
        .iter()
        .any(|(_, one)| matches!(one, Shell::Gate { .. }));
    for (at, shell) in found.into_iter().filter(|_| gated) {
        add(seen, at, shell);
    }
}

fn gate(by: String) -> Shell {
    Shell::Gate { by }
}

fn is_state(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Name(name) | Kind::Member { name, .. } => STATES.contains(&&**name),
        _ => false,
    }
}

/// A call that asks a path below `/api/`, written out.
fn fetch(callee: &Expr, arguments: &[Item]) -> Option<Shell> {
    const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];
    let name = walk::last_name(callee)?;
    let by_name = METHODS.contains(&&**name) && matches!(callee.kind, Kind::Member { .. });
    if !by_name && !matches!(&**name, "fetch" | "axios" | "ky" | "useSWR") {
        return None;
    }
    let path = path(&arguments.first()?.value)?;
    let given = arguments.get(1).and_then(|item| match &item.value.kind {
        Kind::Object(properties) => properties.iter().find_map(|one| match one {
            Property::Value(Key::Name(key), value) if &**key == "method" => Some(literal(value)),
            _ => None,
        }),
        _ => None,
    });
    let method = match given {
        // A method that has to be computed is none that can be asked for.
        Some(given) => given?,
        None if by_name => name.to_string(),
        None => "GET".to_owned(),
    };
    Some(Shell::Fetch {
        path,
        method: method.to_ascii_uppercase(),
    })
}

/// A path below `/api/`; what is computed in it stands for one segment.
fn path(expr: &Expr) -> Option<String> {
    let path = match &expr.kind {
        Kind::Text(text) => text.to_string(),
        Kind::Template(texts, _) => texts
            .iter()
            .map(|text| &**text)
            .collect::<Vec<_>>()
            .join("x1"),
        _ => return None,
    };
    let path = path.split(['?', '#']).next()?.to_owned();
    path.starts_with("/api/").then_some(path)
}
