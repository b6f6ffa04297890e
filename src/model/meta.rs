//! What a check says about itself.

use serde::{Deserialize, Serialize};

/// The groups of the table, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Keys and environment variables.
    Env,
    /// Secrets in code, documents, builds and history.
    Secrets,
    /// Webhook signing secrets.
    Webhooks,
    /// What git ignores and what it tracks.
    Git,
    /// The file in which Clerk meets each request.
    Middleware,
    /// What a signed-out visitor reaches.
    Routes,
    /// What an app does against forgery, scripts and strangers beside its gate.
    Security,
    /// How Clerk is built into the app.
    App,
    /// Roles, permissions and the user's data.
    Data,
    /// Versions, advisories and what is installed.
    Dependencies,
    /// Files that build, ship and run the app.
    Deploy,
    /// What is seen when something goes wrong.
    Monitoring,
    /// What a user meets when something goes wrong.
    Errors,
    /// What authentication costs each request.
    Performance,
    /// The Clerk instance behind the keys, asked over the network.
    Clerk,
    /// Its Frontend API, through the customer's own domain.
    Frontend,
    /// How its users sign in.
    SignIn,
    /// Its domain: records and certificates.
    Domain,
    /// The deployed site.
    Site,
    /// The project's own ignores.
    Ignores,
}

impl Group {
    /// Every group, in table order.
    pub const ALL: &[Group] = &[
        Group::Env,
        Group::Secrets,
        Group::Webhooks,
        Group::Git,
        Group::Middleware,
        Group::Routes,
        Group::Security,
        Group::App,
        Group::Data,
        Group::Dependencies,
        Group::Deploy,
        Group::Monitoring,
        Group::Errors,
        Group::Performance,
        Group::Clerk,
        Group::Frontend,
        Group::SignIn,
        Group::Domain,
        Group::Site,
        Group::Ignores,
    ];

    /// The first half of a check's id, and the word for `--group`.
    pub const fn id(self) -> &'static str {
        match self {
            Group::Env => "env",
            Group::Secrets => "secrets",
            Group::Webhooks => "webhooks",
            Group::Git => "git",
            Group::Middleware => "middleware",
            Group::Routes => "routes",
            Group::Security => "security",
            Group::App => "app",
            Group::Data => "data",
            Group::Dependencies => "dependencies",
            Group::Deploy => "deploy",
            Group::Monitoring => "monitoring",
            Group::Errors => "errors",
            Group::Performance => "performance",
            Group::Clerk => "clerk",
            Group::Frontend => "frontend",
            Group::SignIn => "sign-in",
            Group::Domain => "domain",
            Group::Site => "site",
            Group::Ignores => "ignores",
        }
    }

    /// The heading in the table.
    pub const fn title(self) -> &'static str {
        match self {
            Group::Env => "Keys and environment",
            Group::Secrets => "Secrets",
            Group::Webhooks => "Webhooks",
            Group::Git => "Git",
            Group::Middleware => "Middleware",
            Group::Routes => "Routes",
            Group::Security => "Security of the app",
            Group::App => "App shell",
            Group::Data => "Data and permissions",
            Group::Dependencies => "Dependencies",
            Group::Deploy => "Deployment files",
            Group::Monitoring => "Monitoring",
            Group::Errors => "Error handling",
            Group::Performance => "Performance",
            Group::Clerk => "Clerk instance",
            Group::Frontend => "Frontend API",
            Group::SignIn => "Sign-in settings",
            Group::Domain => "Domain and certificates",
            Group::Site => "Deployed site",
            Group::Ignores => "Ignores",
        }
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The deploy is broken or unsafe.
    Error,
    /// Likely a mistake, or unsafe under a condition that cannot be seen from here.
    Warning,
}

/// What a check says about itself: all that a report may know of it.
#[derive(Debug, Clone, Copy)]
pub struct Meta {
    /// `group/bad-state` in kebab-case. Never changes its meaning.
    pub id: &'static str,
    /// The group, equal to the first half of the id.
    pub group: Group,
    /// The worst finding this check can make.
    pub severity: Severity,
    /// A true sentence about the project when the check passes.
    pub pass: &'static str,
    /// A true sentence about the project when the check fails.
    pub fail: &'static str,
    /// Why it matters, in one sentence, where the finding itself says nothing else.
    pub why: &'static str,
    /// The page that `explain` prints, in Markdown.
    pub docs: &'static str,
}
