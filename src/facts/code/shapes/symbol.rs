//! Names of Clerk's packages that a version took away or is about to, what other libraries for signing in a
//! file uses, and Clerk's API where it is called by hand.

use super::super::module::Module;
use super::super::scan::is_test;
use super::super::tree::{Expr, Key, Kind, Property, Statement, StatementKind};
use super::super::value::{Import, Taken};
use super::walk::{self, Node};
use super::{Seen, What};

/// A file without any of these words has nothing for this module. A list of imports from `@clerk/nextjs` that
/// brings `auth` is known by how such a list is written.
pub(super) const WORDS: &[&str] = &[
    "authmiddleware",
    "withclerk",
    "withsession",
    "withuser",
    "signedin",
    "signedout",
    "<protect",
    "currentuser",
    "clerkclient",
    "auth } from",
    "{ auth, ",
    "redirecttosign",
    "buildclerkprops",
    "usemagiclink",
    "useorganizations",
    "isclerkapiresponseerror",
    "@clerk/nextjs/",
    "createclerkhandler",
    "requireauth",
    "@clerk/nuxt/server",
    "clerkprovider",
    "verifysecret",
    "verifyaccesstoken",
    "aftersigninurl",
    "aftersignupurl",
    "aftersignouturl",
    "clerkjsurl",
    "clerkjsversion",
    "clerkjsvariant",
    "frontendapiproxy",
    "@clerk/testing",
    "next-auth",
    "@auth/",
    "@auth0/",
    "express-openid-connect",
    "express-jwt",
    "better-auth",
    "@kinde-oss/",
    "lucia",
    "firebase/auth",
    "@convex-dev/auth",
    "\"passport",
    "'passport",
    "signinwithpassword",
    "signinwithotp",
    "signinwithoauth",
    "api.clerk.com",
    "api.clerk.dev",
];

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Symbol {
    /// A name is imported from one of Clerk's packages.
    Import {
        /// The specifier.
        from: String,
        /// The name; `*` where all are taken as one object.
        name: String,
    },
    /// An attribute of one of Clerk's components.
    Attribute {
        /// The package of the component.
        from: String,
        /// The component.
        component: String,
        /// The attribute.
        name: String,
    },
    /// A method of the Backend API's client.
    Method {
        /// What it is called on, as written: `apiKeys`.
        of: String,
        /// The method.
        name: String,
    },
    /// A part of `clerkClient` of Next.js that is read as if it were an object: `clerkClient.users`.
    ClientObject {
        /// As written.
        call: String,
    },
    /// The Frontend API is proxied by the SDK.
    FrontendApiProxy,
    /// Another library for signing in.
    OtherAuth {
        /// The package, or the call.
        library: String,
    },
    /// `@clerk/testing` outside of tests.
    Testing,
    /// A request to Clerk's Backend API that goes past the SDK.
    RawApi,
}

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    if is_test(path) || is_aside(path) {
        return;
    }
    let mut found = Vec::new();
    imports(seen.module, &mut found);
    let program = seen.module.program.clone();
    let speaks_of_clerk = seen.module.imports.iter().any(|one| is_clerk(&one.source));
    let clients = super::locals(seen.module, "clerkClient", |source| {
        matches!(source, "@clerk/nextjs" | "@clerk/nextjs/server")
    });
    walk::program(&program, &mut |node, trail| {
        let Node::Expr(expr) = node else { return };
        let symbol = match &expr.kind {
            Kind::Jsx(jsx) => {
                let name = jsx.name.as_ref().and_then(walk::name);
                let name = name.filter(|_| jsx.attributes.iter().any(is_old));
                let import = name.and_then(|name| seen.module.import(name));
                let import = import.filter(|import| is_clerk(&import.source));
                if let Some(import) = import.filter(|_| found.len() < super::MOST) {
                    attributes(import, &jsx.attributes, expr, &mut found);
                }
                None
            }
            Kind::Call {
                callee, arguments, ..
            } => {
                let first = arguments.first().map(|item| &item.value);
                let raw = first.is_some_and(|first| is_raw(callee, first, &program.body));
                raw.then_some(Symbol::RawApi)
                    .or_else(|| method(callee).filter(|_| speaks_of_clerk))
                    .or_else(|| supabase(callee))
            }
            Kind::Member { object, name, .. } if is_resource(name) => {
                let client = clients.iter().map(|(client, _)| *client);
                let client = client.filter(|_| found.len() < super::MOST);
                let mut client = client.filter_map(|client| client_object(object, client, trail));
                client.next().map(|client| Symbol::ClientObject {
                    call: format!("{client}.{name}"),
                })
            }
            Kind::Object(properties) if speaks_of_clerk => properties
                .iter()
                .any(is_proxied)
                .then_some(Symbol::FrontendApiProxy),
            _ => None,
        };
        found.extend(symbol.map(|symbol| (expr.at, symbol)));
    });
    for (at, symbol) in found {
        seen.add(at, What::Symbol(symbol));
    }
}

/// Stories, tools and configuration of tests are not deployed.
fn is_aside(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let tools = ["playwright", "cypress", "vitest", "jest", ".stories."];
    tools.iter().any(|tool| name.contains(tool))
        || path.split('/').any(|part| {
            matches!(
                part,
                "scripts" | "script" | "playwright" | "cypress" | "e2e"
            )
        })
}

fn is_clerk(source: &str) -> bool {
    source.starts_with("@clerk/")
}

type Found = Vec<(super::Offset, Symbol)>;

/// What a version never took away is no news: most files of a server import some of it.
fn is_everyday(from: &str, name: &str) -> bool {
    const NAMES: &[&str] = &[
        "auth",
        "currentUser",
        "clerkClient",
        "clerkMiddleware",
        "createRouteMatcher",
        "getAuth",
    ];
    from == "@clerk/nextjs/server" && NAMES.contains(&name)
}

fn imports(module: &Module, found: &mut Found) {
    // An import has no place of its own in the module; its statement has.
    for import in module.imports.iter().filter(|import| !import.type_only) {
        // Each place is searched for in the whole text.
        if found.len() >= super::MOST {
            return;
        }
        if is_clerk(&import.source) {
            let at = place(module, import);
            let name = match &import.taken {
                Taken::Export(name) => name.clone(),
                Taken::All => "*".to_owned(),
            };
            let from = import.source.clone();
            let testing = from == "@clerk/testing" || from.starts_with("@clerk/testing/");
            if name == "clerkFrontendApiProxy" || name == "createFrontendApiProxyHandlers" {
                found.push((at, Symbol::FrontendApiProxy));
            } else if testing {
                found.push((at, Symbol::Testing));
            } else if !is_everyday(&from, &name) {
                found.push((at, Symbol::Import { from, name }));
            }
        } else if let Some(library) = other_auth(module, import) {
            found.push((place(module, import), Symbol::OtherAuth { library }));
        }
    }
}

/// Where an import is written: the specifier in the text, in quotes.
fn place(module: &Module, import: &Import) -> super::Offset {
    let text = module.text();
    let quoted = |quote: char| text.find(&format!("{quote}{}{quote}", import.source));
    let at = quoted('"').or_else(|| quoted('\'')).unwrap_or(0);
    let line = text.get(..at).and_then(|before| before.rfind('\n'));
    super::Offset::try_from(line.map_or(0, |line| line + 1)).unwrap_or(0)
}

/// A library that signs people in by itself. Firebase is one only where somebody signs in with it: a token
/// made from Clerk's session is how the two go together.
fn other_auth(module: &Module, import: &Import) -> Option<String> {
    const WHOLE: &[&str] = &[
        "next-auth",
        "express-openid-connect",
        "express-jwt",
        "better-auth",
        "lucia",
        "@convex-dev/auth",
        "passport",
    ];
    const SCOPES: &[&str] = &["@auth/", "@auth0/", "@kinde-oss/"];
    let source = import.source.as_str();
    let begins = |package: &&&str| {
        let rest = source.strip_prefix(**package);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if let Some(package) = WHOLE.iter().find(begins) {
        // It then leaves `req.auth` to others.
        let elsewhere = *package == "express-jwt" && module.text().contains("requestProperty");
        let with = if elsewhere {
            " with requestProperty"
        } else {
            ""
        };
        return Some(format!("{package}{with}"));
    }
    if SCOPES.iter().any(|scope| source.starts_with(scope)) {
        return Some(source.split('/').take(2).collect::<Vec<_>>().join("/"));
    }
    let signs_in = |name: &str| module.text().contains(name);
    let firebase = source == "firebase/auth"
        && [
            "signInWithEmailAndPassword",
            "signInWithPopup",
            "createUserWithEmailAndPassword",
        ]
        .iter()
        .any(|name| signs_in(name));
    firebase.then(|| source.to_owned())
}

/// `supabase.auth.signInWithPassword()`: Supabase as a database signs nobody in.
fn supabase(callee: &Expr) -> Option<Symbol> {
    const CALLS: &[&str] = &["signInWithPassword", "signInWithOtp", "signInWithOAuth"];
    let Kind::Member { object, name, .. } = &callee.kind else {
        return None;
    };
    let known = CALLS.iter().find(|call| **call == &**name)?;
    let auth = matches!(&object.kind, Kind::Member { name, .. } if &**name == "auth");
    auth.then(|| Symbol::OtherAuth {
        library: format!("Supabase's auth.{known}()"),
    })
}

/// Attributes that some component took once.
const OLD: &[&str] = &[
    "afterSignInUrl",
    "afterSignUpUrl",
    "afterSignOutUrl",
    "redirectUrl",
    "clerkJSUrl",
    "clerkJSVersion",
    "clerkJSVariant",
];

fn is_old(property: &Property) -> bool {
    matches!(property, Property::Value(Key::Name(name), _) if OLD.contains(&&**name))
}

fn attributes(import: &Import, all: &[Property], element: &Expr, found: &mut Found) {
    let Taken::Export(component) = &import.taken else {
        return;
    };
    for property in all.iter().filter(|property| is_old(property)) {
        if let Property::Value(Key::Name(name), _) = property {
            let symbol = Symbol::Attribute {
                from: import.source.clone(),
                component: component.clone(),
                name: name.to_string(),
            };
            found.push((element.at, symbol));
        }
    }
}

/// `clerk.apiKeys.verifySecret()`.
fn method(callee: &Expr) -> Option<Symbol> {
    const OF: &[&str] = &[
        "apiKeys",
        "machineTokens",
        "m2mTokens",
        "m2m",
        "idPOAuthAccessToken",
    ];
    let Kind::Member { object, name, .. } = &callee.kind else {
        return None;
    };
    let of = walk::last_name(walk::bare(object))?;
    let gone = matches!(&**name, "verifySecret" | "verifyAccessToken");
    (gone && OF.contains(&&**of)).then(|| Symbol::Method {
        of: of.to_string(),
        name: name.to_string(),
    })
}

fn is_resource(name: &str) -> bool {
    matches!(
        name,
        "users" | "organizations" | "sessions" | "invitations" | "emailAddresses" | "signInTokens"
    )
}

/// `clerkClient` itself, or its promise, as the object of a member.
fn client_object(object: &Expr, client: &str, trail: &walk::Trail<'_>) -> Option<String> {
    let is = |expr: &Expr| walk::name(expr).is_some_and(|name| &**name == client);
    // A name of the function's own hides the import.
    let own = || {
        trail.iter().any(|node| match node {
            Node::Function(function) => {
                let taken = function.parameters.iter().any(
                    |one| matches!(one, super::super::tree::Pattern::Name(name) if &**name == client),
                );
                taken || walk::declared(client, &function.body).is_some()
            }
            _ => false,
        })
    };
    let call = match &object.kind {
        Kind::Call { callee, .. } if is(callee) => format!("{client}()"),
        _ if is(walk::bare(object)) => client.to_owned(),
        _ => return None,
    };
    (!own()).then_some(call)
}

/// `frontendApiProxy: { enabled: true }`; anything but a plain `false` may be on.
fn is_proxied(property: &Property) -> bool {
    let Property::Value(Key::Name(name), value) = property else {
        return false;
    };
    if &**name != "frontendApiProxy" {
        return false;
    }
    match &value.kind {
        Kind::Bool(on) => *on,
        Kind::Object(inner) => !inner.iter().any(|one| {
            matches!(one, Property::Value(Key::Name(name), value)
                if &**name == "enabled" && matches!(value.kind, Kind::Bool(false)))
        }),
        _ => true,
    }
}

/// Whether a call asks Clerk's Backend API: `fetch("https://api.clerk.com/v1/…")`, also through a constant.
fn is_raw(callee: &Expr, first: &Expr, body: &[Statement]) -> bool {
    const CALLS: &[&str] = &[
        "fetch", "$fetch", "axios", "get", "post", "patch", "put", "delete", "request", "ky", "got",
    ];
    let called = walk::last_name(callee).is_some_and(|name| CALLS.contains(&&**name));
    called && begins_with_api(first, body, true)
}

fn begins_with_api(expr: &Expr, body: &[Statement], follow: bool) -> bool {
    let is_api = |text: &str| {
        ["https://api.clerk.com/", "https://api.clerk.dev/"]
            .iter()
            .any(|base| text.starts_with(base) || text == base.trim_end_matches('/'))
    };
    match &expr.kind {
        Kind::Text(text) => is_api(text),
        Kind::Template(texts, inside) => match texts.first() {
            Some(text) if !text.is_empty() => is_api(text),
            _ => {
                let first = inside.first();
                first.is_some_and(|first| begins_with_api(first, body, follow))
            }
        },
        Kind::Binary(_, left, _) => begins_with_api(left, body, false),
        Kind::Name(name) if follow => {
            let held = body.iter().find_map(|one| match &one.kind {
                StatementKind::Declare(all) => all.iter().find_map(|(pattern, value)| {
                    let same =
                        matches!(pattern, super::super::tree::Pattern::Name(held) if held == name);
                    value.as_ref().filter(|_| same)
                }),
                _ => None,
            });
            held.is_some_and(|held| begins_with_api(held, body, false))
        }
        _ => false,
    }
}
