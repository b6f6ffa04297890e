//! What code names of the instance: JWT templates, roles, permissions, organizations. Whether the instance
//! has them, only Clerk can say.

use super::super::module::Module;
use super::super::scan::is_test;
use super::super::tree::{Binary, Expr, Item, Jsx, Key, Kind, Property};
use super::guard::property;
use super::walk::{self, Node};
use super::{Offset, Seen, What};

/// A file without any of these words has nothing for this module.
pub(super) const WORDS: &[&str] = &[
    "gettoken",
    "'org:",
    "\"org:",
    "<protect",
    "<show",
    "useorganization",
    "organizationswitcher",
    "organizationprofile",
    "organizationlist",
    "createorganization",
    ".organizations.",
];

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A JWT template: `getToken({ template: 'supabase' })`.
    Template {
        /// Its name.
        name: String,
    },
    /// A role.
    Role {
        /// What asks for it, as written: `has()`.
        by: String,
        /// Its key, as written.
        key: String,
    },
    /// A permission.
    Permission {
        /// What asks for it, as written: `has()`.
        by: String,
        /// Its key, as written.
        key: String,
    },
    /// Organizations themselves.
    Organizations {
        /// What uses them, as written: `<OrganizationSwitcher>`.
        by: String,
        /// Whether it is of no use without them. A hook answers `null`, which code may be ready for.
        needs: bool,
    },
}

/// Components that are there for organizations alone.
const COMPONENTS: &[&str] = &[
    "OrganizationSwitcher",
    "OrganizationProfile",
    "OrganizationList",
    "CreateOrganization",
];

/// Hooks that tell of them.
const HOOKS: &[&str] = &["useOrganization", "useOrganizationList"];

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    let text = seen.module.text();
    if is_aside(path) || !speaks_of_clerk(text) {
        return;
    }
    let program = seen.module.program.clone();
    let module = seen.module;
    let mut found: Vec<(Offset, Named)> = Vec::new();
    for import in module.imports.iter().filter(|import| !import.type_only) {
        if is_clerk(&import.source) && HOOKS.contains(&import.local.as_str()) {
            let by = format!("{}()", import.local);
            found.push((import.at, Named::Organizations { by, needs: false }));
        }
    }
    walk::program(&program, &mut |node, _| {
        let Node::Expr(expr) = node else { return };
        if found.len() >= super::MOST {
            return;
        }
        match &expr.kind {
            Kind::Call {
                callee, arguments, ..
            } => call(module, callee, arguments, &mut found),
            Kind::Jsx(jsx) => element(module, jsx, expr.at, &mut found),
            Kind::Binary(Binary::Strict { .. } | Binary::Loose { .. }, left, right) => {
                compared(left, right, &mut found);
                compared(right, left, &mut found);
            }
            _ => {}
        }
    });
    for (at, named) in found {
        seen.add(at, What::Named(named));
    }
}

/// Tests, stories and scripts are not deployed.
fn is_aside(path: &str) -> bool {
    let folder = |part: &str| matches!(part, "scripts" | "script" | "migrations" | "e2e");
    is_test(path) || path.contains(".stories.") || path.split('/').any(folder)
}

fn speaks_of_clerk(text: &str) -> bool {
    ["clerk", "Clerk", "org:"]
        .iter()
        .any(|word| text.contains(word))
}

fn is_clerk(source: &str) -> bool {
    source.starts_with("@clerk/")
}

/// A text that stands in the code, and where.
fn literal(expr: &Expr) -> Option<(Offset, String)> {
    match &expr.kind {
        Kind::Text(text) if !text.is_empty() => Some((expr.at, text.to_string())),
        _ => None,
    }
}

fn call(module: &Module, callee: &Expr, arguments: &[Item], found: &mut Vec<(Offset, Named)>) {
    let argument = |at: usize| arguments.get(at).map(|item| &item.value);
    let Some(name) = walk::last_name(callee) else {
        return;
    };
    match &**name {
        "getToken" => {
            let first = argument(0).and_then(|options| property(options, "template"));
            // `clerkClient.sessions.getToken(sessionId, 'supabase')`
            let second = argument(1).filter(|_| object_is(callee, "sessions"));
            let template = first.or(second).and_then(literal);
            found.extend(template.map(|(at, name)| (at, Named::Template { name })));
        }
        "has" | "protect" => {
            if let Some(condition) = argument(0) {
                asked(module, condition, &format!("{name}()"), found);
            }
        }
        method if object_is(callee, "organizations") && has_client(module) && of_client(callee) => {
            let by = format!("organizations.{method}()");
            found.push((callee.at, Named::Organizations { by, needs: true }));
        }
        _ => {}
    }
}

/// Whether what is called is a member of something by that name.
fn object_is(callee: &Expr, name: &str) -> bool {
    match &callee.kind {
        Kind::Member { object, .. } => {
            walk::last_name(walk::bare(object)).is_some_and(|last| &**last == name)
        }
        Kind::Chain(inside) => object_is(inside, name),
        _ => false,
    }
}

/// Whether a file has Clerk's client of the Backend API.
fn has_client(module: &Module) -> bool {
    module.imports.iter().any(|import| {
        let client = matches!(import.local.as_str(), "clerkClient" | "createClerkClient");
        client && !import.type_only && is_clerk(&import.source)
    })
}

/// Whether the name at the bottom of what is called may be Clerk's client: other services have organizations
/// as well.
fn of_client(callee: &Expr) -> bool {
    let mut expr = callee;
    loop {
        expr = match &expr.kind {
            Kind::Member { object, .. } => object,
            Kind::Call { callee, .. } => callee,
            Kind::Chain(inside) | Kind::Await(inside) => inside,
            Kind::Name(name) => {
                let name = name.to_ascii_lowercase();
                return name.contains("clerk") || name.contains("client");
            }
            _ => return false,
        };
    }
}

/// `{ role: 'org:admin' }`, `{ permission: 'org:invoices:read' }`. A key without `org:` is Clerk's only in a
/// file that has something of Clerk.
fn asked(module: &Module, condition: &Expr, by: &str, found: &mut Vec<(Offset, Named)>) {
    let by = || by.to_owned();
    let imports = || module.imports.iter().any(|import| is_clerk(&import.source));
    let is_clerks = |key: &String| key.starts_with("org:") || imports();
    let key = |name: &str| {
        let literal = property(condition, name).and_then(literal);
        literal.filter(|(_, key)| is_clerks(key))
    };
    if let Some((at, key)) = key("role") {
        found.push((at, Named::Role { by: by(), key }));
    }
    if let Some((at, key)) = key("permission") {
        found.push((at, Named::Permission { by: by(), key }));
    }
}

fn element(module: &Module, jsx: &Jsx, at: Offset, found: &mut Vec<(Offset, Named)>) {
    let Some(Kind::Name(name)) = jsx.name.as_ref().map(|name| &name.kind) else {
        return;
    };
    let of_clerk = module
        .import(name)
        .is_some_and(|import| !import.type_only && is_clerk(&import.source));
    if !of_clerk {
        return;
    }
    let by = format!("<{name}>");
    if COMPONENTS.contains(&&**name) {
        found.push((at, Named::Organizations { by, needs: true }));
        return;
    }
    for attribute in &jsx.attributes {
        let Property::Value(Key::Name(key), value) = attribute else {
            continue;
        };
        match (&**name, &**key) {
            ("Protect", "role") => {
                let role = literal(value).map(|(at, key)| {
                    (
                        at,
                        Named::Role {
                            by: by.clone(),
                            key,
                        },
                    )
                });
                found.extend(role);
            }
            ("Protect", "permission") => {
                let permission = literal(value);
                found.extend(permission.map(|(at, key)| {
                    (
                        at,
                        Named::Permission {
                            by: by.clone(),
                            key,
                        },
                    )
                }));
            }
            ("Show", "when") => asked(module, value, &by, found),
            _ => {}
        }
    }
}

/// `orgRole === 'org:billing'`; a key without `org:` may be one of the app's own.
fn compared(one: &Expr, other: &Expr, found: &mut Vec<(Offset, Named)>) {
    let role = walk::last_name(walk::bare(one)).filter(|name| &***name == "orgRole");
    if let (Some(name), Some((at, key))) = (role, literal(other))
        && key.starts_with("org:")
    {
        let by = name.to_string();
        found.push((at, Named::Role { by, key }));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn named(text: &str) -> Vec<Named> {
        let text = format!("import {{ auth, clerkClient }} from '@clerk/nextjs/server'\n{text}");
        let module = Module::read("app/page.tsx", &Arc::from(text.as_str())).unwrap();
        let shapes = super::super::read("app/page.tsx", &module)
            .shapes
            .into_iter();
        shapes
            .filter_map(|shape| match shape.what {
                What::Named(named) => Some(named),
                _ => None,
            })
            .collect()
    }

    fn role(by: &str, key: &str) -> Named {
        Named::Role {
            by: by.into(),
            key: key.into(),
        }
    }

    fn permission(by: &str, key: &str) -> Named {
        Named::Permission {
            by: by.into(),
            key: key.into(),
        }
    }

    #[test]
    fn templates_are_named_where_tokens_are_asked_for() {
        let template = |name: &str| vec![Named::Template { name: name.into() }];
        assert_eq!(
            named("const t = await (await auth()).getToken({ template: 'supabase' })"),
            template("supabase")
        );
        assert_eq!(
            named("const c = await clerkClient(); await c.sessions.getToken(id, 'hasura')"),
            template("hasura")
        );
        for text in [
            "getToken()",
            "getToken({ template: name })",
            "getToken({ skipCache: true })",
            "other.getToken(id, 'x')",
            "getToken({ template: '' })",
        ] {
            assert_eq!(named(text), [], "{text}");
        }
    }

    #[test]
    fn roles_and_permissions_are_named_where_somebody_is_let_through() {
        assert_eq!(
            named("const ok = has({ role: 'org:billing' })"),
            [role("has()", "org:billing")]
        );
        assert_eq!(
            named("await auth.protect({ permission: 'org:invoices:read' })"),
            [permission("protect()", "org:invoices:read")]
        );
        assert_eq!(
            named("await auth.protect(has => has({ permission: 'org:a:b' }))"),
            [permission("has()", "org:a:b")]
        );
        assert_eq!(
            named("if (orgRole === 'org:owner') x()"),
            [role("orgRole", "org:owner")]
        );
        assert_eq!(
            named("if (orgRole === 'owner' || role === 'org:x') x()"),
            []
        );
        let markup = "import { Protect, Show } from '@clerk/nextjs'\nconst a = <Protect role=\"org:a\" permission=\"org:b:c\"><Show when={{ role: 'org:d' }}>x</Show></Protect>";
        assert_eq!(
            named(markup),
            [
                role("<Protect>", "org:a"),
                permission("<Protect>", "org:b:c"),
                role("<Show>", "org:d")
            ]
        );
        assert_eq!(named("const a = <Protect role=\"org:a\">x</Protect>"), []);
    }

    #[test]
    fn organizations_are_used_by_components_hooks_and_the_backend() {
        let by = |by: &str, needs| Named::Organizations {
            by: by.into(),
            needs,
        };
        let markup = "import { OrganizationSwitcher, useOrganization } from '@clerk/nextjs'\nconst a = <OrganizationSwitcher />";
        assert_eq!(
            named(markup),
            [
                by("useOrganization()", false),
                by("<OrganizationSwitcher>", true)
            ]
        );
        assert_eq!(
            named(
                "const client = await clerkClient(); await client.organizations.createOrganization({})"
            ),
            [by("organizations.createOrganization()", true)]
        );
        assert_eq!(named("await workos.organizations.getOrganization(id)"), []);
        assert_eq!(
            named(
                "import { OrganizationSwitcher } from './mine'\nconst a = <OrganizationSwitcher />"
            ),
            []
        );
    }
}
