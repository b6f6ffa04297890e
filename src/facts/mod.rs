//! What is known about a project. Pure: text in, data out.

pub mod advisories;
pub mod api;
pub mod code;
pub mod deploy;
pub mod document;
pub mod dotenv;
pub mod env;
pub mod framework;
pub mod gitignore;
pub mod gitindex;
pub mod headers;
pub mod http;
pub mod ignores;
pub mod keys;
pub mod live;
pub mod lockfile;
pub mod manifest;
pub mod mend;
pub mod packages;
pub mod project;
pub mod secrets;
pub mod tree;
pub mod triage;
pub mod usage;

use env::{Env, Variable};
use gitignore::IgnoreRules;
use project::App;
use usage::Usage;

use crate::model::Known;
use crate::model::ignore::Ignore;
use crate::model::routes::RouteMap;

/// Why something was not asked that no selected check needs to be told.
pub const NOT_SELECTED: &str = "not selected";

/// What the project is judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Real users.
    Production,
    /// A preview deployment.
    Preview,
    /// A developer's machine.
    Development,
}

impl Target {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Target::Production => "production",
            Target::Preview => "preview",
            Target::Development => "development",
        }
    }
}

/// Whether the project receives Clerk's webhooks, as its config declares it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Webhooks {
    /// Nothing declared: the code decides.
    #[default]
    Undeclared,
    /// It receives none.
    None,
    /// It receives them.
    Required,
}

/// What the config declares about an app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared {
    /// Whether it receives Clerk's webhooks.
    pub webhooks: Webhooks,
    /// Routes that anyone may reach: patterns of `createRouteMatcher`, or names of server functions.
    pub public: Vec<String>,
    /// Routes that whoever is signed out may not reach; patterns as well.
    pub protected: Vec<String>,
    /// Whether other apps that are audited have the same config.
    pub is_shared: bool,
}

/// An environment file, or a file of keyless mode, that lies in the project: loaded or not.
#[derive(Debug, Clone)]
pub struct SecretFile {
    /// Its path, relative to the audited directory.
    pub path: String,
    /// The credentials in it: name, 1-based line and value, redacted by its type.
    pub credentials: Vec<env::Definition>,
}

/// What git knows of the project.
#[derive(Debug, Clone)]
pub struct Git {
    /// The audited directory below the root of the work tree; `""` where it is the root.
    pub prefix: String,
    /// The ignore rules, by paths below the root of the work tree.
    pub rules: IgnoreRules,
    /// The tracked files that matter here, relative to the audited directory.
    pub tracked: Known<Vec<String>>,
}

impl Git {
    /// Whether git would ignore a path of the project, personal rules left out.
    pub fn ignores(&self, path: &str, is_folder: bool) -> gitignore::Judgement {
        self.rules
            .judge_shared(&tree::climb(&self.prefix, path), is_folder)
    }

    /// As [`Git::ignores`], the personal rules of this machine included.
    pub fn ignores_here(&self, path: &str) -> bool {
        self.rules
            .judge(&tree::climb(&self.prefix, path), false)
            .ignored
    }
}

/// What a check needs to be told, and what is gathered only if one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The environment.
    Env,
    /// The source code.
    Code,
    /// What git tracks.
    Git,
    /// Whether Clerk's Backend API accepts the secret key.
    Clerk,
    /// What the Backend API says of the instance: its domains and its signing keys.
    Instance,
    /// A list or setting of the instance, by the Backend API.
    Part(live::instance::Part),
    /// What the Frontend API says of it.
    Frontend,
    /// The records of its domain.
    Dns,
    /// The certificates of its hosts.
    Certificates,
    /// Clerk's status page.
    Status,
    /// The deployed site: its front page, its keys, its health.
    Front,
    /// The deployed site: what stands behind its sign-in.
    Visited,
    /// The deployed site: headers, scripts, files.
    Surface,
    /// The webhook endpoint.
    Hook,
    /// The route map.
    Routes,
    /// The shapes of its code.
    Shapes,
    /// Credentials in any text of the project.
    Texts,
    /// Credentials in the history of the repository.
    History,
    /// Credentials in what a build wrote for the browser.
    Built,
    /// Which code the browser gets.
    Client,
    /// Every package that is installed, and what the manifests want.
    Packages,
    /// The files that build, ship and run it.
    Deploy,
    /// The headers that it sends, as far as files and code tell.
    Headers,
    /// What became of the project's ignores, which is known once all else is judged.
    Ignores,
}

/// Everything known about one app. Immutable once gathered.
#[derive(Debug)]
pub struct Facts {
    /// What it is judged for.
    pub target: Target,
    /// What its config declares.
    pub declared: Declared,
    /// The app.
    pub app: App,
    /// The environment it would start with.
    pub env: Known<Env>,
    /// What its source does with Clerk.
    pub code: Known<Usage>,
    /// Where Clerk meets each request; `None` where none of its frameworks has such a place.
    pub entry: Option<code::entry::EntryFacts>,
    /// Files of the app that are made to hold secrets.
    pub secret_files: Vec<SecretFile>,
    /// What git knows.
    pub git: Known<Git>,
    /// What the running things answered.
    pub live: live::Live,
    /// What a signed-out visitor meets at each route.
    pub routes: Known<RouteMap>,
    /// Shapes of code that are faults, or parts of one.
    pub shapes: Known<code::shapes::Shapes>,
    /// Credentials in the texts of the project.
    pub texts: Known<secrets::Texts>,
    /// Credentials in the history of the repository.
    pub history: Known<secrets::History>,
    /// Credentials in what a build wrote for the browser.
    pub built: Known<secrets::Built>,
    /// Which code the browser gets.
    pub client: Known<code::client::ClientCode>,
    /// What is installed and what is wanted.
    pub packages: Known<packages::Packages>,
    /// The files that build, ship and run it.
    pub deploy: Known<deploy::Deploy>,
    /// The headers that it sends.
    pub headers: Known<headers::Headers>,
    /// What became of its ignores.
    pub ignores: Known<Vec<IgnoreState>>,
}

/// What became of an ignore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreState {
    /// The ignore.
    pub ignore: Ignore,
    /// Whether its last day is over.
    pub is_expired: bool,
    /// Whether what it names was judged, and nothing was found that it concerns.
    pub is_unused: bool,
}

/// The keys of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// The publishable key.
    Publishable,
    /// The secret key.
    Secret,
    /// The webhook signing secret.
    Webhook,
}

impl KeyRole {
    /// The names that the SDKs of an app read.
    pub fn names(self, app: &App) -> Vec<&'static str> {
        app.names(|framework| match self {
            KeyRole::Publishable => framework.variables.publishable,
            KeyRole::Secret => framework.variables.secret,
            KeyRole::Webhook => framework.variables.webhook,
        })
    }

    /// How every usual name of it ends, whatever the prefix.
    pub const fn ending(self) -> &'static str {
        match self {
            KeyRole::Publishable => "CLERK_PUBLISHABLE_KEY",
            KeyRole::Secret => "CLERK_SECRET_KEY",
            KeyRole::Webhook => "CLERK_WEBHOOK_SIGNING_SECRET",
        }
    }

    /// Whether a name that the code reads is one for this key.
    fn fits(self, name: &str) -> bool {
        let clerk = name.contains("CLERK");
        match self {
            KeyRole::Publishable => clerk && name.contains("PUBLISHABLE"),
            KeyRole::Secret => {
                clerk
                    && (name.contains("SECRET_KEY") || name.contains("API_KEY"))
                    && !name.contains("MACHINE")
            }
            KeyRole::Webhook => usage::is_webhook_name(name),
        }
    }
}

impl Facts {
    /// An app of which nothing was asked.
    pub fn unasked(target: Target, app: App) -> Self {
        fn no<T>() -> Known<T> {
            Known::NotAsked(NOT_SELECTED.to_owned())
        }
        Self {
            target,
            declared: Declared::default(),
            app,
            env: no(),
            code: no(),
            entry: None,
            secret_files: Vec::new(),
            git: no(),
            live: live::Live::not_asked(NOT_SELECTED),
            routes: no(),
            shapes: no(),
            texts: no(),
            history: no(),
            built: no(),
            client: no(),
            packages: no(),
            deploy: no(),
            headers: no(),
            ignores: no(),
        }
    }

    /// The variable that holds a key: the first of the SDK's names that is set, else a name of the
    /// project's own that its code reads.
    pub fn key(&self, role: KeyRole) -> Option<&Variable> {
        let env = self.env.as_ref()?;
        env.first(&role.names(&self.app)).or_else(|| {
            let mut own: Vec<&str> = self.own_names(role).collect();
            // `…_DEV` and `…_PROD` side by side: the one for this target first.
            own.sort_by_key(|name| self.is_for_another_target(name));
            env.first(&own).or_else(|| match role {
                KeyRole::Publishable => self.code.as_ref()?.publishable_key(),
                KeyRole::Webhook => self.unclaimed_webhook_secret(env),
                KeyRole::Secret => None,
            })
        })
    }

    /// A webhook secret under any name that is plainly Clerk's, where nothing says which name is read.
    fn unclaimed_webhook_secret<'f>(&'f self, env: &'f Env) -> Option<&'f Variable> {
        let named = self
            .code
            .as_ref()
            .is_some_and(Usage::reads_a_webhook_secret);
        let theirs = |variable: &&Variable| {
            usage::is_clerks_webhook_name(&variable.winner.name) && variable.is_set()
        };
        env.all().find(theirs).filter(|_| !named)
    }

    /// The webhook signing secret.
    pub fn webhook(&self) -> Option<&Variable> {
        let sdk = KeyRole::Webhook.names(&self.app);
        let by_default = self
            .code
            .as_ref()
            .is_some_and(|code| code.verifies_by_default_name());
        match (by_default, self.env.as_ref()) {
            // `verifyWebhook(request)` reads this name and no other.
            (true, Some(env)) if !sdk.is_empty() => env.first(&sdk),
            _ => self.key(KeyRole::Webhook),
        }
    }

    /// The names of the project's own under which its code reads a key.
    pub fn own_names(&self, role: KeyRole) -> impl Iterator<Item = &str> {
        let names = self.code.as_ref().into_iter().flat_map(Usage::names_read);
        names.filter(move |name| role.fits(name))
    }

    fn is_for_another_target(&self, name: &str) -> bool {
        let words: &[&str] = match self.target {
            Target::Production => &["DEV", "TEST", "STAGING", "PREVIEW", "LOCAL", "E2E"],
            Target::Preview => &["DEV", "LOCAL", "E2E"],
            Target::Development => &["PROD", "LIVE", "STAGING", "PREVIEW"],
        };
        name.split('_').any(|part| words.contains(&part))
    }
}
