//! The files that build, ship and run an app, as data. Pure: text in, data out.

mod compose;
pub mod docker;
mod hosts;
pub mod ignore;
mod kind;
pub mod pipeline;
pub mod proxy;
pub mod shell;

use super::document::{self, At, Node, ParseError, Syntax};
use super::env::Definition;
use super::keys::{self, Mode};
use crate::model::{Place, Secret};

pub use compose::Build;
use docker::Dockerfile;
pub use kind::Kind;
use pipeline::Pipeline;
use proxy::Proxy;

/// What the files say.
#[derive(Debug, Default)]
pub struct Deploy {
    /// The audited directory as seen from the root of its workspace, where Dockerfiles of an app may lie.
    pub place: String,
    /// Every file that was read, with what it is.
    pub files: Vec<(String, Kind)>,
    /// The variables that they set.
    pub variables: Vec<Variable>,
    /// Dockerfiles.
    pub dockerfiles: Vec<Dockerfile>,
    /// Services that a compose file builds.
    pub builds: Vec<Build>,
    /// Pipelines.
    pub pipelines: Vec<Pipeline>,
    /// Reverse proxies.
    pub proxies: Vec<Proxy>,
    /// Files that do not parse.
    pub broken: Vec<Broken>,
    /// Files that could not be read at all, and why.
    pub unread: Vec<String>,
    /// Env files in the app's folder and above it, ignored by git or not, with the Clerk keys in them.
    pub env_files: Vec<EnvFile>,
}

/// A file that does not parse.
#[derive(Debug)]
pub struct Broken {
    /// Its path.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Where and why.
    pub error: ParseError,
}

/// An env file of any environment.
#[derive(Debug, Clone)]
pub struct EnvFile {
    /// Its path.
    pub path: String,
    /// The publishable keys, secret keys and webhook secrets in it.
    pub keys: Vec<Definition>,
}

/// Where a variable counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Context {
    /// In production only.
    Production,
    /// In previews, pull requests or staging only.
    Preview,
    /// In production and in previews.
    Everywhere,
    /// In tests.
    Test,
    /// Nothing says where.
    #[default]
    Unknown,
}

impl Context {
    /// Whether production gets it.
    pub fn in_production(self) -> bool {
        matches!(self, Context::Production | Context::Everywhere)
    }

    /// Whether previews get it.
    pub fn in_preview(self) -> bool {
        matches!(self, Context::Preview | Context::Everywhere)
    }
}

/// What a variable is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A text.
    Literal(Secret),
    /// What other variables or stored secrets hold: their names.
    Named(Vec<String>),
    /// Nothing that can be seen here.
    Elsewhere,
}

impl Given {
    /// What a text gives: itself, or what it refers to.
    pub fn of(text: &str) -> Self {
        let trimmed = text.trim();
        if trimmed.contains("${{") {
            return Given::Named(shell::expression_names(trimmed));
        }
        if trimmed.starts_with('$') {
            return Given::Named(shell::names(trimmed));
        }
        match trimmed.strip_prefix('@') {
            Some(name) if !name.is_empty() => Given::Named(vec![name.to_owned()]),
            _ => Given::Literal(Secret::new(trimmed)),
        }
    }

    /// The text, where it is one.
    pub fn literal(&self) -> Option<&Secret> {
        match self {
            Given::Literal(value) => Some(value),
            Given::Named(_) | Given::Elsewhere => None,
        }
    }
}

/// A variable that a file sets.
#[derive(Debug, Clone)]
pub struct Variable {
    /// The file.
    pub file: String,
    /// Where it stands in it.
    pub at: At,
    /// Its name.
    pub name: String,
    /// What it is given.
    pub given: Given,
    /// Where it counts.
    pub context: Context,
    /// Whether what it is given surely arrives there.
    pub sure: bool,
    /// The part of the file that sets it, in its own words: `[env]`, `job deploy`.
    pub part: String,
}

impl Variable {
    /// Its place. The line is not quoted: it may hold a credential.
    pub fn place(&self) -> Place {
        place(&self.file, self.at)
    }

    /// The instance that its literal Clerk key belongs to. Stripe's keys begin alike: a publishable key
    /// must decode to a host, a secret key must stand under a name of Clerk's.
    pub fn mode(&self) -> Option<Mode> {
        mode_of(&self.name, self.given.literal()?)
    }

    /// Whether it is one that holds a Clerk key.
    pub fn is_clerk_key(&self) -> bool {
        is_clerk_key(&self.name)
    }
}

/// Whether a name is that of a Clerk key.
pub fn is_clerk_key(name: &str) -> bool {
    name.contains("CLERK") && (name.contains("_KEY") || name.contains("SECRET"))
}

/// The instance that a literal Clerk key belongs to.
pub fn mode_of(name: &str, value: &Secret) -> Option<Mode> {
    // A key made up for a build: `clerk.example.com`.
    let real = |key: &keys::PublishableKey| !key.host.contains("example");
    let publishable = keys::publishable(value);
    let publishable = publishable
        .key()
        .filter(|key| real(key))
        .map(|key| key.mode);
    let secret = || keys::secret(value).key().map(|key| key.mode);
    publishable.or_else(|| name.contains("CLERK").then(secret).flatten())
}

/// Whether a name is that of a secret of Clerk's.
pub fn is_clerk_secret(name: &str) -> bool {
    let clerk = name.contains("CLERK");
    let public = name.contains("PUBLISHABLE") || name.contains("PUBLIC_KEY");
    let secret = ["SECRET", "ENCRYPTION_KEY", "CLERK_API_KEY"];
    clerk && !public && secret.iter().any(|word| name.contains(word)) && !name.ends_with("_URL")
}

/// A place in a file.
pub fn place(file: &str, at: At) -> Place {
    Place::Span {
        file: file.to_owned(),
        line: at.line.max(1),
        column: at.column.max(1),
        excerpt: None,
    }
}

/// The words that say production, and those that say another environment.
const PRODUCTION: &[&str] = &["production", "prod", "live", "prd"];
const OTHERS: &[&str] = &[
    "preview",
    "previews",
    "staging",
    "stage",
    "stg",
    "development",
    "dev",
    "test",
    "testing",
    "qa",
    "sandbox",
    "uat",
    "pr",
    "review",
    "e2e",
    "ci",
    "local",
    "beta",
    "demo",
];

/// Whether a text is one that another program fills in first: a chart, a playbook.
fn is_template(text: &str) -> bool {
    let opened = text.match_indices("{{").any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        !before.ends_with('$')
    });
    opened || text.contains("{%") || text.contains("<%")
}

/// The words that a deploy to somewhere else than production goes by. A job named `build-and-test`, or a
/// file named `ci`, may well deploy to production.
const ELSEWHERE: &[&str] = &[
    "preview",
    "previews",
    "staging",
    "stage",
    "stg",
    "development",
    "dev",
    "qa",
    "sandbox",
    "uat",
    "review",
];

/// Where a job, a service or a file by this name deploys to.
pub fn deployed_to(name: &str) -> Option<Context> {
    let lower = name.to_ascii_lowercase();
    let words = || lower.split(|c: char| !c.is_ascii_alphanumeric());
    let production = words().any(|word| PRODUCTION.contains(&word));
    let elsewhere = words().any(|word| ELSEWHERE.contains(&word));
    match (production, elsewhere) {
        (true, false) => Some(Context::Production),
        (false, true) => Some(Context::Preview),
        _ => None,
    }
}

/// Which environment a name speaks of: of a job, a file, a secret, a branch.
pub fn environment_of(name: &str) -> Option<Context> {
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let mut found = None;
    words.try_for_each(|word| {
        let of = match word {
            word if PRODUCTION.contains(&word) => Context::Production,
            word if OTHERS.contains(&word) => Context::Preview,
            _ => return Some(()),
        };
        // A name that speaks of both says nothing.
        match found {
            Some(before) if before != of => None,
            _ => {
                found = Some(of);
                Some(())
            }
        }
    })?;
    found
}

impl Deploy {
    /// Takes a file in. What it is not able to read is [`Deploy::broken`].
    pub fn add(&mut self, path: &str, kind: Kind, text: &str) {
        self.files.push((path.to_owned(), kind));
        let read = match kind {
            Kind::Dockerfile => self.add_dockerfile(path, text),
            Kind::Nginx => proxy::nginx::read(path, text).map(|found| self.proxies.extend(found)),
            Kind::Caddyfile => {
                self.proxies.extend(proxy::caddy::read(path, text));
                Ok(())
            }
            _ => self.add_document(path, kind, text),
        };
        if let Err(error) = read
            && !is_template(text)
        {
            self.broken.push(Broken {
                path: path.to_owned(),
                kind,
                error,
            });
        }
    }

    fn add_dockerfile(&mut self, path: &str, text: &str) -> Result<(), ParseError> {
        let file = docker::read(path, text)?;
        self.variables.extend(file.variables());
        self.dockerfiles.push(file);
        Ok(())
    }

    fn add_document(&mut self, path: &str, kind: Kind, text: &str) -> Result<(), ParseError> {
        let syntax = Syntax::of(path).unwrap_or(Syntax::Yaml);
        let tree = document::parse(syntax, text)?;
        match kind {
            Kind::Compose => compose::read(path, &tree, self),
            Kind::Actions => self.add_pipeline(pipeline::actions::read(path, &tree)),
            Kind::GitLab => self.add_pipeline(pipeline::gitlab::read(path, &tree)),
            _ => self.variables.extend(hosts::read(path, kind, &tree)),
        }
        Ok(())
    }

    fn add_pipeline(&mut self, pipeline: Option<Pipeline>) {
        if let Some(pipeline) = pipeline {
            self.variables.extend(pipeline.variables());
            self.pipelines.push(pipeline);
        }
    }

    /// Whether any file of these kinds was read.
    pub fn has(&self, kinds: &[Kind]) -> bool {
        self.files.iter().any(|(_, kind)| kinds.contains(kind))
    }
}

/// The entries of a mapping, or `NAME=value` items of a list, as variables.
fn variables_of(node: &Node, file: &str, context: Context, part: &str) -> Vec<Variable> {
    let variable = |name: &str, at: At, given: Given| Variable {
        file: file.to_owned(),
        at,
        name: name.trim().to_owned(),
        given,
        context,
        sure: true,
        part: part.to_owned(),
    };
    let of_map = node.entries().iter().map(|entry| {
        let given = entry.value.scalar().map_or(Given::Elsewhere, Given::of);
        variable(&entry.key, entry.value.at, given)
    });
    let of_list = node.items().iter().filter_map(|item| {
        let text = item.text()?;
        Some(match text.split_once('=') {
            Some((name, value)) => variable(name, item.at, Given::of(value)),
            None => variable(text, item.at, Given::Elsewhere),
        })
    });
    of_map.chain(of_list).collect()
}

#[cfg(test)]
mod tests;
