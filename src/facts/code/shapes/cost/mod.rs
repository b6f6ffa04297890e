//! Calls to Clerk that each request pays for, decisions about roles, and what happens to the data of users.

mod actor;
mod backend;
mod cache;
mod convex;
mod events;
mod lists;
mod owner;
mod query;
mod roles;
mod scope;

use super::super::module::Spot;
use super::super::tree::{Expr, Key, Kind, Pattern, Property, StatementKind, Text};
use super::walk::{self, Node, Trail};
use super::{Seen, What};

/// A file without any of these words has nothing for this module.
pub(super) const WORDS: &[&str] = &[
    "@clerk/nextjs\"",
    "@clerk/nextjs'",
    "clerkclient",
    "locals.auth",
    "currentuser(",
    "getcurrentuser",
    "requireauth",
    "requireuser",
    "getauth(",
    "getuseridentity",
    "orgrole",
    "org_role",
    "useorganization(",
    "protectedprocedure",
    "privateprocedure",
    "unstable_cache",
    "findbyidand",
    "nextfetchevent",
    "nextmiddleware",
];

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cost {
    /// Something is read from Clerk's Backend API: one request to api.clerk.com.
    Read {
        /// The call: `users.getUser()`.
        call: String,
        /// The functions of the module's top level that come to it.
        functions: Vec<String>,
        /// Whether it is made only for paths of a list: `if (isAdminRoute(request))`.
        listed: bool,
    },
    /// A function that a middleware file imports from the project is called.
    Calls {
        /// Its name where it is exported.
        export: String,
    },
    /// Something is read from the Backend API once per element.
    PerItem {
        /// The call.
        call: String,
    },
    /// The user is fetched a second time in one function, with nothing that remembers the first answer.
    Again {
        /// The call.
        call: String,
        /// Where it was fetched first.
        first: Spot,
    },
    /// The first page of a list is taken for the whole.
    FirstPage {
        /// The call.
        call: String,
        /// What is done with the page: `.map()`.
        used: String,
        /// Whether it asks for the users of a list of ids.
        by_ids: bool,
    },
    /// A list is asked for more elements than a page can have.
    PageTooLong {
        /// The call.
        call: String,
        /// How many.
        limit: u32,
    },
    /// An answer for one user is kept for all.
    Shared(Shared),
    /// The entry of Next.js 16 says in which runtime it wants to run.
    ProxyRuntime,
    /// A role of an organization is compared with a key that has no `org:`.
    BareRole {
        /// What is compared.
        what: String,
        /// The key.
        key: String,
    },
    /// A permission is asked for on a server that no session token has.
    Permission {
        /// The call.
        call: String,
        /// The key.
        key: String,
        /// Whether it is one of Clerk's own.
        system: bool,
    },
    /// An event of a user is named: `user.deleted`.
    Event {
        /// It.
        name: String,
    },
    /// A user is written down when Clerk says that there is one.
    KeepsUser {
        /// The call that writes.
        call: String,
        /// The event.
        event: String,
        /// What of the user can change and is copied.
        fields: Vec<String>,
    },
    /// Records of a model belong to somebody.
    Owned {
        /// The model, in lower case.
        model: String,
        /// The column that says to whom.
        key: String,
    },
    /// A record is changed by an id from the request, by whoever is signed in.
    Unscoped {
        /// The call.
        call: String,
        /// The model, in lower case.
        model: String,
    },
}

/// How an answer for one user is kept for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shared {
    /// The session is asked for inside a function that Next.js caches.
    AskedInside {
        /// The call that asks.
        call: String,
        /// What caches it.
        cache: String,
    },
    /// A function that is cached uses who is signed in, and the key of the cache does not say who that is.
    KeyWithout {
        /// The name that it uses.
        name: String,
        /// Whether that name surely holds who is signed in.
        sure: bool,
    },
    /// A page that asks for the session is made once, at build time.
    ForceStatic {
        /// The call that asks.
        call: String,
    },
    /// A response that was made for who is signed in may be kept by every cache on the way.
    PublicResponse {
        /// The header's value.
        value: String,
    },
}

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    if is_aside(path) {
        return;
    }
    let mut found = Vec::new();
    backend::look(path, seen, &mut found);
    lists::look(seen, &mut found);
    cache::look(path, seen, &mut found);
    roles::look(path, seen, &mut found);
    events::look(seen, &mut found);
    owner::look(seen, &mut found);
    scope::look(path, seen, &mut found);
    for (at, cost) in found {
        seen.add(at, What::Cost(cost));
    }
}

/// What was found, by its place.
type Found = Vec<(u32, Cost)>;

/// Tests, and scripts that somebody runs by hand.
fn is_aside(path: &str) -> bool {
    const PARTS: &[&str] = &[
        "script",
        "scripts",
        "seed",
        "seeds",
        "test",
        "tests",
        "__tests__",
        "__mocks__",
        "e2e",
        "migrations",
        "migration",
        "fixtures",
        "examples",
        "bin",
        "tools",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let words = [
        ".test.",
        ".spec.",
        ".stories.",
        "seed",
        "migrat",
        "backfill",
    ];
    path.split('/').any(|part| PARTS.contains(&part)) || words.iter().any(|one| name.contains(one))
}

/// Whether a specifier is one of an SDK for Clerk.
fn is_sdk(source: &str) -> bool {
    source.starts_with("@clerk/")
        || matches!(
            source.split('/').next().unwrap_or_default(),
            "svelte-clerk" | "vue-clerk" | "clerk-solidjs"
        )
        || source == "@hono/clerk-auth"
}

/// The names that a pattern binds.
fn leaves(pattern: &Pattern, into: &mut Vec<String>) {
    match pattern {
        Pattern::Name(name) => into.push(name.to_string()),
        Pattern::Object(all, rest) => {
            all.iter().for_each(|(_, one)| leaves(one, into));
            rest.iter().for_each(|one| leaves(one, into));
        }
        Pattern::Array(all, rest) => {
            all.iter().flatten().for_each(|one| leaves(one, into));
            rest.iter().for_each(|one| leaves(one, into));
        }
        Pattern::Default(one, _) => leaves(one, into),
        Pattern::Member(_) | Pattern::Unknown => {}
    }
}

/// The name of the function or variable of the module's top level that a place is in.
fn top_name(trail: &Trail<'_>) -> Option<String> {
    let Node::Statement(statement) = trail.first()? else {
        return None;
    };
    match &statement.kind {
        StatementKind::Function(function) => function.name.as_ref().map(ToString::to_string),
        StatementKind::Declare(all) => match all.first() {
            Some((Pattern::Name(name), _)) => Some(name.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// The functions around a place.
fn depth(trail: &Trail<'_>) -> usize {
    let functions = trail
        .iter()
        .filter(|node| matches!(node, Node::Function(_)));
    functions.count()
}

/// The value of a property of an object that is written out.
fn property<'a>(object: &'a Expr, wanted: &str) -> Option<&'a Expr> {
    let Kind::Object(properties) = &object.kind else {
        return None;
    };
    properties.iter().find_map(|one| match one {
        Property::Value(Key::Name(key), value) if &**key == wanted => Some(value),
        _ => None,
    })
}

/// The name at the bottom of `a.b().c`.
fn root(expr: &Expr) -> Option<&Text> {
    match &walk::bare(expr).kind {
        Kind::Name(name) => Some(name),
        Kind::Member { object, .. } | Kind::Index { object, .. } => root(object),
        Kind::Call { callee, .. } => root(callee),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
