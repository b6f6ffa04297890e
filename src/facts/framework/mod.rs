//! The frameworks that Clerk is used with, as data. A check asks a framework questions; it never asks
//! for its name: a check that would write `if framework == next` shows a missing field here.

use super::dotenv::Dialect;

/// Where a manifest's packages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ecosystem {
    /// `package.json`.
    Npm,
    /// `pyproject.toml`, `requirements.txt`, `Pipfile`.
    Python,
    /// `go.mod`.
    Go,
    /// `Gemfile`.
    Ruby,
}

/// Where the app's own code runs, which says which keys it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// In the browser or on the phone only: no secret key belongs here.
    Client,
    /// On a server only: the publishable key may not be needed.
    Server,
    /// Both.
    Both,
}

/// The names of Clerk's variables as the SDK of a framework reads them, first name first.
#[derive(Debug, Clone, Copy)]
pub struct Variables {
    /// Publishable key.
    pub publishable: &'static [&'static str],
    /// Whether the SDK reads that variable by itself; if not, the code passes the key under a name of
    /// its own choice and the names above are the documented convention.
    pub publishable_by_contract: bool,
    /// Secret key. Empty where no secret key belongs.
    pub secret: &'static [&'static str],
    /// As `publishable_by_contract`, for the secret key.
    pub secret_by_contract: bool,
    /// Webhook signing secret. Empty where the SDK has no webhook helper that reads it.
    pub webhook: &'static [&'static str],
    /// Sign-in URL.
    pub sign_in_url: &'static [&'static str],
    /// Sign-up URL.
    pub sign_up_url: &'static [&'static str],
    /// Every further Clerk variable that the SDK reads.
    pub others: &'static [&'static str],
}

/// How a production build finds its environment files.
#[derive(Debug, Clone, Copy)]
pub struct EnvLoading {
    /// Whose syntax the files have.
    pub dialect: Dialect,
    /// The files read for production (and preview), highest priority first.
    pub production: &'static [&'static str],
    /// The files read for development, highest priority first.
    pub development: &'static [&'static str],
    /// The file into which Clerk's quickstart and CLI write the keys (clerk/cli `lib/framework.ts`).
    pub key_file: &'static str,
}

/// The order of `@next/env`, react-scripts, `@expo/env` and dotenv-rails: `.env.local` before the file of
/// the environment.
const LOCAL_FIRST: EnvLoading = EnvLoading {
    dialect: Dialect::DotenvExpand,
    production: &[
        ".env.production.local",
        ".env.local",
        ".env.production",
        ".env",
    ],
    development: &[
        ".env.development.local",
        ".env.local",
        ".env.development",
        ".env",
    ],
    key_file: ".env.local",
};

/// Where Clerk meets each request.
#[derive(Debug, Clone, Copy)]
pub enum Entry {
    /// Next.js: `proxy` or `middleware` beside the `app`/`pages` folder in use.
    NextMiddleware,
    /// One file that the framework loads by its name.
    File {
        /// Paths without extension, relative to the app, in the framework's order.
        stems: &'static [&'static str],
        /// The extensions it may have.
        extensions: &'static [&'static str],
        /// The exports that the framework takes, any of which may run Clerk.
        exports: &'static [&'static str],
        /// The Clerk functions of which one must be used in it.
        calls: &'static [&'static str],
        /// What to write, shown as the fix.
        example: &'static str,
    },
    /// Registered by a call somewhere in the server's code.
    Registered {
        /// The Clerk functions of which one must be called.
        calls: &'static [&'static str],
        /// What to write, shown as the fix.
        example: &'static str,
    },
    /// The SDK registers it by itself.
    Automatic {
        /// The option in the framework's config that turns this off.
        switched_off_by: &'static str,
        /// The file that then has to do it, without extension.
        stem: &'static str,
        /// The Clerk functions of which one must then be used in it.
        calls: &'static [&'static str],
        /// What to write, shown as the fix.
        example: &'static str,
    },
    /// There is no such place, and why.
    Without(&'static str),
}

/// One framework.
#[derive(Debug)]
pub struct Framework {
    /// Stable id, used in machine formats.
    pub id: &'static str,
    /// As people write it.
    pub name: &'static str,
    /// Where its packages come from.
    pub ecosystem: Ecosystem,
    /// Clerk packages that exist for this framework only.
    pub sdks: &'static [&'static str],
    /// Clerk packages that serve it beside others; `packages` then decides.
    pub shared_sdks: &'static [&'static str],
    /// Packages that show the framework.
    pub packages: &'static [&'static str],
    /// The package whose version is reported as the framework's, if it is not one of `packages`.
    pub version_of: Option<&'static str>,
    /// Where its code runs.
    pub side: Side,
    /// The variables its SDK reads.
    pub variables: Variables,
    /// Prefixes that put a variable into the browser's code.
    pub public_prefixes: &'static [&'static str],
    /// How it finds its environment files.
    pub env: EnvLoading,
    /// Whether its SDK has keyless mode: without keys, a developer gets a temporary instance.
    pub keyless: bool,
    /// Where Clerk meets each request.
    pub entry: Entry,
}

mod astro;
mod backends;
mod expo;
mod extension;
mod foreign;
mod next;
mod nuxt;
mod react;
mod react_router;
mod remix;
mod sveltekit;
mod tanstack_start;
mod vue;

/// Every framework. The order decides between several in one app: what renders pages comes before
/// what answers requests, and the specific before the general.
pub const ALL: &[&Framework] = &[
    &next::NEXT,
    &astro::ASTRO,
    &nuxt::NUXT,
    &tanstack_start::TANSTACK_START,
    &react_router::REACT_ROUTER,
    &remix::REMIX,
    &sveltekit::SVELTEKIT,
    &extension::BROWSER_EXTENSION,
    &expo::EXPO,
    &vue::VUE,
    &react::REACT_CRA,
    &react::REACT_VITE,
    &react::JAVASCRIPT,
    &backends::NEST,
    &backends::EXPRESS,
    &backends::FASTIFY,
    &backends::HONO,
    &backends::NODE,
    &foreign::FASTAPI,
    &foreign::FLASK,
    &foreign::DJANGO,
    &foreign::PYTHON,
    &foreign::GO,
    &foreign::RUBY,
];

/// Clerk packages that do not make an app of what depends on them: types, styles, texts and tools.
/// (`@clerk/testing` alone is an end-to-end suite.)
pub const NOT_AN_SDK: &[&str] = &[
    "@clerk/types",
    "@clerk/shared",
    "@clerk/testing",
    "@clerk/themes",
    "@clerk/ui",
    "@clerk/localizations",
    "@clerk/eslint-plugin",
    "@clerk/upgrade",
    "@clerk/dev-cli",
    "@clerk/cli",
    "@clerk/agent-toolkit",
    "@clerk/mcp-tools",
];

/// Whether a package of an ecosystem is Clerk's, or a community SDK for Clerk.
pub fn is_clerk_package(ecosystem: Ecosystem, name: &str) -> bool {
    match ecosystem {
        Ecosystem::Npm => {
            name.starts_with("@clerk/")
                || matches!(
                    name,
                    "svelte-clerk"
                        | "vue-clerk"
                        | "@hono/clerk-auth"
                        | "gatsby-plugin-clerk"
                        | "elysia-clerk"
                        | "h3-clerk"
                        | "clerk-solidjs"
                        | "clerk-sveltekit"
                )
        }
        Ecosystem::Python => matches!(
            name,
            "clerk-backend-api" | "fastapi-clerk-auth" | "clerk-sdk-python"
        ),
        Ecosystem::Go => {
            name.starts_with("github.com/clerk/clerk-sdk-go")
                || name.starts_with("github.com/clerkinc/clerk-sdk-go")
        }
        Ecosystem::Ruby => matches!(name, "clerk-sdk-ruby" | "clerk-rails"),
    }
}

/// The frameworks of an app, first the one that it is reported as.
///
/// `clerk` are its Clerk packages, `others` answers whether it depends on a package. A package that
/// exists for one framework only settles the matter; a shared one (`@clerk/react`, `@clerk/backend`)
/// leaves it to the framework's own packages.
pub fn detect(
    ecosystem: Ecosystem,
    clerk: &[&str],
    others: &dyn Fn(&str) -> bool,
) -> Vec<&'static Framework> {
    let of_ecosystem = || {
        ALL.iter()
            .copied()
            .filter(move |f| f.ecosystem == ecosystem)
    };
    let mut found: Vec<&'static Framework> = of_ecosystem()
        .filter(|framework| {
            let own = clerk.iter().any(|name| framework.sdks.contains(name));
            let shared = clerk
                .iter()
                .any(|name| framework.shared_sdks.contains(name));
            own || (shared && framework.packages.iter().any(|package| others(package)))
        })
        .collect();
    if found.is_empty() {
        // A shared package and no framework's package: plain use of it.
        let plain = of_ecosystem().find(|framework| {
            framework.packages.is_empty()
                && clerk
                    .iter()
                    .any(|name| framework.shared_sdks.contains(name))
        });
        found.extend(plain);
    }
    one_of_each_side(found)
}

/// An app is one thing to the browser and at most one thing to the server: `@clerk/nextjs` beside
/// `@clerk/backend` is a Next.js app, a Vite app beside Express is both.
fn one_of_each_side(found: Vec<&'static Framework>) -> Vec<&'static Framework> {
    let mut kept: Vec<&'static Framework> = Vec::new();
    for framework in found {
        let covered = kept
            .iter()
            .any(|first| first.side == Side::Both || first.side == framework.side);
        let needless = framework.side == Side::Both && !kept.is_empty();
        if !covered && !needless {
            kept.push(framework);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(clerk: &[&str], others: &[&str]) -> Vec<&'static str> {
        let found = detect(Ecosystem::Npm, clerk, &|name| others.contains(&name));
        found.iter().map(|framework| framework.id).collect()
    }

    #[test]
    fn the_sdk_of_a_framework_settles_it() {
        assert_eq!(
            ids(
                &["@clerk/nextjs", "@clerk/backend"],
                &["next", "react", "express"]
            ),
            ["next"]
        );
        assert_eq!(ids(&["@clerk/astro"], &["astro", "react"]), ["astro"]);
        assert_eq!(ids(&["@clerk/clerk-expo"], &["expo", "react"]), ["expo"]);
    }

    #[test]
    fn a_shared_package_leaves_it_to_the_frameworks_packages() {
        assert_eq!(
            ids(&["@clerk/clerk-react"], &["react", "vite"]),
            ["react-vite"]
        );
        assert_eq!(
            ids(&["@clerk/clerk-react"], &["react", "react-scripts"]),
            ["react-cra"]
        );
        assert_eq!(ids(&["@clerk/clerk-react"], &["react", "next"]), ["next"]);
        assert_eq!(ids(&["@clerk/backend"], &["fastify"]), ["fastify"]);
        assert_eq!(
            ids(&["@clerk/backend"], &["@nestjs/core", "express"]),
            ["nest"]
        );
        assert_eq!(ids(&["@clerk/backend"], &[]), ["node"]);
        assert_eq!(ids(&["@clerk/clerk-js"], &[]), ["javascript"]);
    }

    #[test]
    fn a_browser_app_with_a_server_in_the_same_package_is_both() {
        assert_eq!(
            ids(
                &["@clerk/clerk-react", "@clerk/express"],
                &["vite", "express"]
            ),
            ["react-vite", "express"]
        );
    }

    #[test]
    fn ids_are_unique_and_every_framework_has_a_way_in() {
        for (at, framework) in ALL.iter().enumerate() {
            assert!(
                ALL[at + 1..].iter().all(|other| other.id != framework.id),
                "{}",
                framework.id
            );
            assert!(
                !framework.sdks.is_empty() || !framework.shared_sdks.is_empty(),
                "{}",
                framework.id
            );
        }
    }
}
