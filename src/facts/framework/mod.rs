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
}

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
        /// The export that the framework takes.
        export: &'static str,
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
    /// Packages that show the framework; the first is the one whose version is reported.
    pub packages: &'static [&'static str],
    /// Where its code runs.
    pub side: Side,
    /// The variables its SDK reads.
    pub variables: Variables,
    /// Prefixes that put a variable into the browser's code.
    pub public_prefixes: &'static [&'static str],
    /// How it finds its environment files.
    pub env: EnvLoading,
    /// Where Clerk meets each request.
    pub entry: Entry,
}
