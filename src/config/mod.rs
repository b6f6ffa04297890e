//! `clerk-audit.toml`: what a project declares about itself.
//!
//! Text in, [`Config`] out: [`file`] holds the keys and their types, [`sound`] what they may not say,
//! [`fault`] how an error shows its line. Where the files lie and which of them count is the business of
//! `run/settings.rs`; what wins where there are several, of [`Config::over`].

mod attest;
pub mod baseline;
pub mod edit;
mod fault;
mod file;
mod ignore;
mod secret;
mod sound;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::Deserialize;

use crate::model::Severity;
use crate::model::attest::Voucher;
pub use ignore::Ignore;

/// The file's name.
pub const FILE_NAME: &str = "clerk-audit.toml";

/// The JSON Schema of the file, for editors.
pub const SCHEMA: &str = include_str!("schema/clerk-audit.v1.json");

/// What the files say, once it was found to be sound.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What the project is judged for.
    pub target: Option<Target>,
    /// From which severity on a finding fails the audit.
    pub fail_on: Option<Threshold>,
    /// Whether warnings fail it too.
    pub strict: Option<bool>,
    /// `"none"`: the project receives no Clerk webhooks; `"required"`: it does.
    pub webhooks: Option<Declared>,
    /// Checks that are left out: those of `skip`, and those that `[checks]` turns off.
    pub skip: BTreeSet<String>,
    /// Checks whose findings all weigh as much.
    pub severities: BTreeMap<String, Severity>,
    /// What is declared about routes.
    pub routes: Routes,
    /// Where values are looked for.
    pub environment: Environment,
    /// How the running things are asked.
    pub network: Network,
    /// Findings that are not shown, and why.
    pub ignores: Vec<Ignore>,
    /// What people have said of what no program can see, by statement.
    pub vouchers: BTreeMap<String, Voucher>,
}

/// What the project is judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// Real users.
    Production,
    /// A preview deployment.
    Preview,
    /// A developer's machine.
    Development,
}

/// From which severity on a finding fails the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Threshold {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Nothing.
    Never,
}

impl Threshold {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Threshold::Error => "error",
            Threshold::Warning => "warning",
            Threshold::Never => "never",
        }
    }
}

/// Whether the project receives Clerk's webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Declared {
    /// It receives none.
    None,
    /// It receives them, wherever the code is.
    Required,
}

/// `[routes]`: patterns as `createRouteMatcher` takes them, or names of server functions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routes {
    /// Routes that anyone may reach.
    pub public: Vec<String>,
    /// Routes that whoever is signed out may not reach.
    pub protected: Vec<String>,
}

/// `[environment]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// The env files that are judged instead of the framework's own, relative to the audited directory.
    pub files: Vec<EnvFile>,
    /// Whether the environment of the process counts.
    pub process: Option<bool>,
}

/// An env file that a config names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvFile {
    /// Relative to the audited directory.
    pub path: String,
    /// Where it is named, in words: `clerk-audit.toml:3`.
    pub place: String,
}

/// `[network]`: each as the option of the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// `--offline`
    pub offline: Option<bool>,
    /// `--url`
    pub url: Option<String>,
    /// `--webhook-url`
    pub webhook_url: Option<String>,
    /// `--sample`
    pub sample: Option<usize>,
    /// `--rate`
    pub rate: Option<u32>,
    /// `--timeout`
    pub timeout: Option<u64>,
}

/// Where a file lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file, as it is shown.
    pub name: String,
    /// The audited directory below the file's folder; empty where it is that folder.
    pub above: String,
    /// The file's folder below the audited directory: that of an app.
    pub below: String,
}

/// What is wrong with a name or an address that the file holds.
pub struct Names {
    /// Of a check.
    pub check: fn(&str) -> Result<()>,
    /// Of a check, or of all checks of a group: `routes/*`.
    pub checks: fn(&str) -> Result<()>,
    /// Of a statement that people attest.
    pub statement: fn(&str) -> Result<()>,
    /// A pattern of routes.
    pub pattern: fn(&str) -> Result<()>,
    /// The address of a site.
    pub site: fn(&str) -> Result<()>,
    /// The address of a webhook endpoint.
    pub hook: fn(&str) -> Result<()>,
}

/// Reads a file's text. An error shows the line.
///
/// # Errors
/// What is wrong with it: one thing, the first.
pub fn parse(text: &str, origin: &Origin, names: &Names) -> Result<Config> {
    // Editors on Windows begin a file with a byte order mark; TOML 1.1 lets a reader skip it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = fault::Source {
        name: &origin.name,
        text,
    };
    if let Some(at) = secret::find(text) {
        return Err(source.unseen(
            at,
            "this looks like a secret of Clerk's, and the file is committed: take it out, and rotate it",
        ));
    }
    let file: file::File = toml::from_str(text).map_err(|e| source.of_toml(&e))?;
    sound::config(&file, &source, origin, names)
}

/// Whether a file says what concerns a whole run and no single app. One that cannot be read says nothing.
pub fn is_of_the_whole_run(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file = toml::from_str::<file::File>(text);
    file.is_ok_and(|file| file.of_the_whole_run().is_some())
}

impl Config {
    /// This file and one that lies above it: what is nearer to the app wins, and lists add up.
    #[must_use]
    pub fn over(mut self, mut outer: Config) -> Config {
        outer.skip.retain(|id| !self.severities.contains_key(id));
        outer.severities.retain(|id, _| !self.skip.contains(id));
        outer.severities.append(&mut self.severities);
        outer.skip.append(&mut self.skip);
        outer.vouchers.append(&mut self.vouchers);
        self.ignores.append(&mut outer.ignores);
        let network = self.network;
        let above = outer.network;
        Config {
            target: self.target.or(outer.target),
            fail_on: self.fail_on.or(outer.fail_on),
            strict: self.strict.or(outer.strict),
            webhooks: self.webhooks.or(outer.webhooks),
            skip: outer.skip,
            severities: outer.severities,
            routes: self.routes.over(outer.routes),
            environment: Environment {
                files: match self.environment.files.is_empty() {
                    true => outer.environment.files,
                    false => self.environment.files,
                },
                process: self.environment.process.or(outer.environment.process),
            },
            network: Network {
                offline: network.offline.or(above.offline),
                url: network.url.or(above.url),
                webhook_url: network.webhook_url.or(above.webhook_url),
                sample: network.sample.or(above.sample),
                rate: network.rate.or(above.rate),
                timeout: network.timeout.or(above.timeout),
            },
            ignores: self.ignores,
            vouchers: outer.vouchers,
        }
    }
}

impl Routes {
    fn over(mut self, mut outer: Routes) -> Routes {
        outer.public.retain(|one| !self.protected.contains(one));
        outer.protected.retain(|one| !self.public.contains(one));
        self.public.append(&mut outer.public);
        self.protected.append(&mut outer.protected);
        self
    }
}
