//! How Clerk is built into an app: what provides it, where its forms stand, what the config of the
//! framework says about it.

mod code;
mod config;
mod gate;
pub mod manifest;
mod markup;

use super::super::module::{self, Module};
use super::super::tree::{Expr, Jsx, Key, Kind, Property};
use super::super::value::Taken;
use super::{Seen, What};

/// A file without any of these words has nothing for this module.
pub(super) const WORDS: &[&str] = &[
    "@clerk/",
    "svelte-clerk",
    "vue-clerk",
    "clerk-solidjs",
    "sign-in",
    "signin",
    "sign-up",
    "signup",
    "cachecomponents",
    "rewrites",
    "redirects",
    "nextresponse.rewrite",
    "gatsby-plugin-clerk",
    "v8_middleware",
    "unstable_middleware",
    "@react-router/dev/config",
    "astro/config",
    "locals.auth",
    "host_permissions",
];

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shell {
    /// A component or hook of Clerk's that works only where Clerk is provided.
    Uses {
        /// Its name.
        name: String,
        /// The package that it is from.
        package: String,
    },
    /// What provides Clerk: a provider, a plugin, an integration.
    Provides,
    /// `<ClerkProvider>` as it is written.
    Provider(Provider),
    /// `<SignIn>` or `<SignUp>` as it is written.
    Form(Form),
    /// A setting of the framework's config.
    Setting {
        /// Its name: `cacheComponents`, `output`.
        name: &'static str,
        /// Its value where it is written out.
        value: Option<String>,
    },
    /// The manifest of a browser extension.
    Manifest(Manifest),
    /// `prerender` of a page of Astro, where it is written out.
    Prerender(bool),
    /// `Astro.locals.auth` is read.
    AstroAuth,
    /// `clerkMiddleware()` of an SDK that puts it into a list, and that list.
    Registers {
        /// The package that it is from.
        package: String,
        /// `functionMiddleware`; `None` where it stands in no list that is known by its name.
        list: Option<String>,
    },
    /// The browser decides here what the signed-out visitor sees.
    Gate {
        /// By what: `<SignedIn>`, `useAuth()`.
        by: String,
    },
    /// A request of the browser to a path of the app.
    Fetch {
        /// The path.
        path: String,
        /// The method; `GET` where none is given.
        method: String,
    },
}

/// `<ClerkProvider …>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provider {
    /// The package that it is from.
    pub package: String,
    /// The names of its props.
    pub props: Vec<String>,
    /// Whether it gets more props from somewhere else.
    pub spread: bool,
    /// `signInUrl` and `signUpUrl`, where they are written out.
    pub urls: Vec<(String, String)>,
    /// Whether `<html>` stands in it.
    pub around_html: bool,
}

/// `<SignIn …>`, `<SignUp …>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// `SignIn`, `SignUp`.
    pub name: String,
    /// The package that it is from; empty where the framework imports it by itself.
    pub package: String,
    /// The props that are given; their texts where they are written out.
    pub props: Vec<(String, Option<String>)>,
    /// Whether it gets more props from somewhere else.
    pub spread: bool,
}

impl Form {
    /// A prop; `Some(None)` where its value has to be computed.
    pub fn prop(&self, name: &str) -> Option<Option<&str>> {
        let found = self.props.iter().find(|(prop, _)| prop == name);
        found.map(|(_, value)| value.as_deref())
    }
}

/// What the manifest of an extension asks the browser for; `None` where it is not all written out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `permissions`.
    pub permissions: Option<Vec<String>>,
    /// `host_permissions`.
    pub hosts: Option<Vec<String>>,
}

/// Packages whose components and hooks ask for what a provider gives.
const WITH_COMPONENTS: &[&str] = &[
    "@clerk/nextjs",
    "@clerk/react",
    "@clerk/clerk-react",
    "@clerk/react-router",
    "@clerk/remix",
    "@clerk/tanstack-react-start",
    "@clerk/tanstack-start",
    "@clerk/expo",
    "@clerk/clerk-expo",
    "@clerk/chrome-extension",
    "@clerk/vue",
    "vue-clerk",
    "@clerk/astro/components",
    "@clerk/astro/react",
    "svelte-clerk",
    "svelte-clerk/client",
    "clerk-solidjs",
];

/// Whether a specifier is of a package of Clerk's, or of a community SDK.
fn is_clerk(source: &str) -> bool {
    const COMMUNITY: &[&str] = &["svelte-clerk", "vue-clerk", "clerk-solidjs"];
    source.starts_with("@clerk/")
        || COMMUNITY.iter().any(|name| {
            source
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

/// Whether a path is that of a component whose markup is no part of its module.
pub(super) fn is_component(path: &str) -> bool {
    [".vue", ".svelte", ".astro"]
        .iter()
        .any(|end| path.ends_with(end))
}

pub(super) fn look(path: &str, seen: &mut Seen<'_>) {
    code::look(path, seen);
    config::look(path, seen);
    if module::is_module(path) {
        gate::look(seen);
    } else {
        markup::look(path, seen);
    }
}

/// The package from which a file takes a component or hook under a local name, with its name there.
fn taken<'m>(module: &'m Module, local: &str) -> Option<(&'m str, &'m str)> {
    let import = module.import(local)?;
    match &import.taken {
        Taken::Export(name) if !import.type_only && is_clerk(&import.source) => {
            Some((name, &import.source))
        }
        _ => None,
    }
}

/// The attributes of an element, texts where they are written out, and whether others are spread into it.
fn props(jsx: &Jsx) -> (Vec<(String, Option<String>)>, bool) {
    let mut spread = false;
    let mut props = Vec::new();
    for one in &jsx.attributes {
        match one {
            Property::Value(Key::Name(name), value) => {
                props.push((name.to_string(), literal(value)));
            }
            _ => spread = true,
        }
    }
    (props, spread)
}

/// The text that an expression is.
fn literal(expr: &Expr) -> Option<String> {
    match &expr.kind {
        Kind::Text(text) => Some(text.to_string()),
        Kind::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn add(seen: &mut Seen<'_>, at: u32, shell: Shell) {
    seen.add(at, What::Shell(shell));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::read;
    use super::*;

    fn shells(path: &str, text: &str) -> Vec<Shell> {
        let module = Module::read(path, &Arc::from(text)).unwrap();
        let shapes = read(path, &module).shapes.into_iter();
        let shells = shapes.filter_map(|shape| match shape.what {
            What::Shell(shell) => Some(shell),
            _ => None,
        });
        shells.collect()
    }

    #[test]
    fn a_form_is_known_by_its_import_alone() {
        let form = |text: &str| {
            let all = shells("app/page.tsx", text);
            all.into_iter().any(|one| matches!(one, Shell::Form(_)))
        };
        assert!(form(
            "import { SignIn as Form } from '@clerk/nextjs'\nexport default () => <Form />"
        ));
        assert!(!form(
            "import { SignIn } from './sign-in'\nexport default () => <SignIn />"
        ));
        assert!(!form(
            "import type { SignIn } from '@clerk/nextjs'\nexport default () => <SignIn />"
        ));
    }

    #[test]
    fn a_tag_in_a_comment_of_markup_is_none() {
        let all = shells(
            "a.vue",
            "<template><!-- <SignIn /> <!-- --> <SignInButton /> </template>",
        );
        assert_eq!(all, []);
        let all = shells(
            "a.vue",
            "<template><!-- --><SignIn :path=\"x\" routing='path'/></template>",
        );
        let [Shell::Form(form)] = all.as_slice() else {
            panic!("{all:?}");
        };
        assert_eq!(form.prop("path"), Some(None));
        assert_eq!(form.prop("routing"), Some(Some("path")));
    }

    #[test]
    fn markup_that_never_ends_is_read_at_once() {
        let text = "<SignIn ".repeat(100_000) + "<!--";
        assert!(shells("a.svelte", &text).len() <= 40);
    }

    #[test]
    fn html_is_found_below_other_providers() {
        let text = "import { ClerkProvider } from '@clerk/nextjs'\nexport default () => <ClerkProvider><Theme><html /></Theme></ClerkProvider>";
        let around = shells("app/layout.tsx", text);
        assert!(
            around
                .iter()
                .any(|one| matches!(one, Shell::Provider(one) if one.around_html))
        );
    }

    #[test]
    fn a_request_counts_only_beside_a_gate() {
        let text = |gate: &str| {
            format!(
                "import {{ useAuth }} from '@clerk/nextjs'\nexport function A() {{ const {{ isSignedIn }} = useAuth(); {gate} fetch(`/api/a/${{1}}?x`, {{ method: 'post' }}) }}"
            )
        };
        let fetch = Shell::Fetch {
            path: "/api/a/x1".to_owned(),
            method: "POST".to_owned(),
        };
        assert!(shells("a.tsx", &text("if (!isSignedIn) return null;")).contains(&fetch));
        assert!(!shells("a.tsx", &text("")).contains(&fetch));
    }
}
