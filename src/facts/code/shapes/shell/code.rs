//! Providers, forms, components and hooks of Clerk's in a module.

use super::super::super::module::Module;
use super::super::super::tree::{Expr, Jsx, Kind, Offset};
use super::super::super::value::{Exported, Import, Taken};
use super::super::Seen;
use super::super::walk::{self, Node};
use super::{Form, Provider, Shell, WITH_COMPONENTS, add, is_clerk, props, taken};

/// Components that render on a server, too, or that are found where Clerk is set up.
const WITHOUT_PROVIDER: &[&str] = &["SignedIn", "SignedOut", "Protect", "Show"];

/// How deep `<html>` may stand below a provider.
const DEPTH: usize = 6;

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    let module = seen.module;
    for import in module.imports.iter().filter(|import| !import.type_only) {
        if let Some(shell) = imported(path, import) {
            add(seen, import.at, shell);
        }
    }
    if provides_otherwise(module) {
        add(seen, 0, Shell::Provides);
    }
    let program = module.program.clone();
    let mut found: Vec<(Offset, Shell)> = Vec::new();
    walk::program(&program, &mut |node, _| {
        let Node::Expr(expr) = node else { return };
        let Kind::Jsx(jsx) = &expr.kind else { return };
        found.extend(element(module, jsx).map(|shell| (expr.at, shell)));
    });
    for (at, shell) in found {
        add(seen, at, shell);
    }
}

/// What an import says by itself.
fn imported(path: &str, import: &Import) -> Option<Shell> {
    if !is_clerk(&import.source) {
        return None;
    }
    let name = match &import.taken {
        Taken::Export(name) => name.as_str(),
        // `* as Clerk`: any of its members may be the provider.
        Taken::All => return Some(Shell::Provides),
    };
    let integration =
        name == "default" && import.source == "@clerk/astro" && path.contains(".config.");
    if integration || is_provider(name) {
        return Some(Shell::Provides);
    }
    let capital = name.starts_with(|c: char| c.is_ascii_uppercase());
    let hook = name
        .strip_prefix("use")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    let of_ui = WITH_COMPONENTS.contains(&import.source.as_str());
    let needs = COMPONENTS.contains(&name) || (hook && HOOKS.contains(&name));
    (of_ui && (capital || hook) && needs && !WITHOUT_PROVIDER.contains(&name)).then(|| {
        Shell::Uses {
            name: name.to_owned(),
            package: import.source.clone(),
        }
    })
}

const COMPONENTS: &[&str] = &[
    "SignIn",
    "SignUp",
    "SignInButton",
    "SignUpButton",
    "SignOutButton",
    "UserButton",
    "UserProfile",
    "OrganizationSwitcher",
    "OrganizationProfile",
    "OrganizationList",
    "CreateOrganization",
    "PricingTable",
    "Waitlist",
    "GoogleOneTap",
];

const HOOKS: &[&str] = &[
    "useAuth",
    "useUser",
    "useClerk",
    "useSession",
    "useSessionList",
    "useSignIn",
    "useSignUp",
    "useOrganization",
    "useOrganizationList",
    "useReverification",
];

/// `ClerkProvider` and its like, `clerkPlugin` of Vue, `ClerkApp` of Remix.
fn is_provider(name: &str) -> bool {
    name.contains("ClerkProvider") || matches!(name, "clerkPlugin" | "ClerkApp")
}

/// Whether a module provides Clerk without an import that says so: it hands a provider on, or loads it late.
fn provides_otherwise(module: &Module) -> bool {
    let handed_on = module.exports.iter().any(|export| match &export.exported {
        Exported::From {
            source,
            taken: Taken::Export(name),
        } => is_clerk(source) && is_provider(name),
        Exported::From {
            source,
            taken: Taken::All,
        } => is_clerk(source),
        Exported::Value(_) => false,
    });
    let stars = module.stars.iter().any(|source| is_clerk(source));
    let text = module.text();
    let late = || {
        let loads = text.contains("import(") || text.contains("require(");
        loads && text.contains("ClerkProvider")
    };
    // Gatsby takes its plugins by name.
    let by_name = || text.contains("gatsby-plugin-clerk");
    handed_on || stars || late() || by_name()
}

fn element(module: &Module, jsx: &Jsx) -> Option<Shell> {
    let local = walk::name(jsx.name.as_ref()?)?;
    let (name, package) = taken(module, local)?;
    let (props, spread) = props(jsx);
    match name {
        "SignIn" | "SignUp" => Some(Shell::Form(Form {
            name: name.to_owned(),
            package: package.to_owned(),
            props,
            spread,
        })),
        "ClerkProvider" => {
            let urls = props.iter().filter_map(|(name, value)| {
                let url = matches!(name.as_str(), "signInUrl" | "signUpUrl");
                Some((name.clone(), value.clone().filter(|_| url)?))
            });
            Some(Shell::Provider(Provider {
                package: package.to_owned(),
                urls: urls.collect(),
                around_html: jsx.children.iter().any(|child| has_html(child, DEPTH)),
                props: props.into_iter().map(|(name, _)| name).collect(),
                spread,
            }))
        }
        _ => None,
    }
}

/// Whether `<html>` stands in an element, below not too many others.
fn has_html(expr: &Expr, depth: usize) -> bool {
    let Kind::Jsx(jsx) = &expr.kind else {
        return false;
    };
    let is_html = matches!(
        jsx.name.as_ref().map(|name| &name.kind),
        Some(Kind::Text(tag)) if &**tag == "html"
    );
    is_html || (depth > 0 && jsx.children.iter().any(|child| has_html(child, depth - 1)))
}
