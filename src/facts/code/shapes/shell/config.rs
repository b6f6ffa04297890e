//! What the config of a framework says about Clerk, and the start of a TanStack Start app.

use super::super::super::tree::{Expr, Key, Kind, Offset, Property};
use super::super::walk::{self, Node, Trail};
use super::super::{CANDIDATES, Seen};
use super::{Manifest, Shell, add, literal, taken};

/// Settings by the start of the name of the file in which they stand.
const SETTINGS: &[(&str, &[&str])] = &[
    (
        "next.config.",
        &["cacheComponents", "source", "basePath", "i18n"],
    ),
    (
        "react-router.config.",
        &["v8_middleware", "unstable_middleware", "presets", "future"],
    ),
    ("astro.config.", &["output"]),
];

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    let file = path.rsplit('/').next().unwrap_or(path);
    let settings = SETTINGS.iter().find(|(start, _)| file.starts_with(start));
    let names = settings.map_or(&[][..], |(_, names)| *names);
    let has_manifest = file.contains("config.") || file.starts_with("manifest.");
    let program = seen.module.program.clone();
    let mut left = CANDIDATES;
    let mut found: Vec<(Offset, Shell)> = Vec::new();
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        match &expr.kind {
            Kind::Object(properties) => {
                let set = properties.iter().filter_map(|one| setting(one, names));
                found.extend(set);
                if has_manifest {
                    found.extend(manifest(properties).map(|one| (expr.at, one)));
                }
            }
            Kind::Call { callee, .. } => {
                let clerks = walk::name(callee).and_then(|local| taken(seen.module, local));
                let listed = |package: &str| {
                    package.contains("tanstack") || package.contains("react-router")
                };
                if let Some((_, package)) =
                    clerks.filter(|(name, package)| *name == "clerkMiddleware" && listed(package))
                    && left > 0
                {
                    left -= 1;
                    let package = package.to_owned();
                    let list = list_around(expr, trail);
                    found.push((expr.at, Shell::Registers { package, list }));
                }
            }
            _ => {}
        }
    });
    for (at, shell) in found {
        add(seen, at, shell);
    }
    // A config that is put together from parts may still say it.
    let text = seen.module.text();
    let moves: &[&'static str] = match settings {
        Some((start, _)) if *start == "next.config." => &["rewrites", "redirects"],
        _ => &["NextResponse.rewrite"],
    };
    for name in moves.iter().filter(|name| text.contains(**name)) {
        add(seen, 0, Shell::Setting { name, value: None });
    }
}

fn setting(property: &Property, names: &[&'static str]) -> Option<(Offset, Shell)> {
    let Property::Value(Key::Name(key), value) = property else {
        // `...shared`: it may set anything.
        let Property::Spread(shared) = property else {
            return None;
        };
        let name = names.iter().find(|name| **name == "presets")?;
        return Some((shared.at, Shell::Setting { name, value: None }));
    };
    let (name, at) = (names.iter().find(|name| **name == &**key)?, value.at);
    let is_object = matches!(value.kind, Kind::Object(_));
    if *name == "future" && is_object {
        return None;
    }
    let value = literal(value);
    Some((at, Shell::Setting { name, value }))
}

/// The manifest that an object is, if it asks for permissions.
fn manifest(properties: &[Property]) -> Option<Shell> {
    let list = |wanted: &str| {
        properties.iter().find_map(|one| match one {
            Property::Value(Key::Name(key), value) if &**key == wanted => Some(texts(value)),
            _ => None,
        })
    };
    let whole = properties
        .iter()
        .all(|one| matches!(one, Property::Value(Key::Name(_), _)));
    let hosts = list("host_permissions")?;
    Some(Shell::Manifest(Manifest {
        permissions: list("permissions").unwrap_or_else(|| whole.then(Vec::new)),
        hosts,
    }))
}

/// The texts of a list, where all are written out.
fn texts(expr: &Expr) -> Option<Vec<String>> {
    let Kind::Array(items) = &expr.kind else {
        return None;
    };
    let texts = items.iter().map(|item| match &item.value.kind {
        Kind::Text(text) if !item.spread => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

/// The name of the list that a call stands in: `requestMiddleware`.
fn list_around(call: &Expr, trail: &Trail<'_>) -> Option<String> {
    let mut nodes = trail.iter().rev();
    let Some(Node::Expr(list)) = nodes.next() else {
        return None;
    };
    if !matches!(&list.kind, Kind::Array(items) if items.iter().any(|item| std::ptr::eq(&raw const item.value, call)))
    {
        return None;
    }
    let Some(Node::Expr(Expr {
        kind: Kind::Object(properties),
        ..
    })) = nodes.next()
    else {
        return None;
    };
    properties.iter().find_map(|one| match one {
        Property::Value(Key::Name(key), value) if std::ptr::eq(value, *list) => {
            Some(key.to_string())
        }
        _ => None,
    })
}
