//! Whom to ask, and with which keys: from the environment and the env files of a directory, as an audit
//! reads them. A directory that is no project is fine.

use url::Url;

use super::sendable;
use crate::facts::KeyRole;
use crate::facts::api::ApiBase;
use crate::facts::dotenv::Dialect;
use crate::facts::env::{Env, EnvFile, Variable};
use crate::facts::keys::PublishableKey;
use crate::facts::project::{self, App};
use crate::facts::triage::site::is_on;
use crate::gather::files::{Root, TEXT_LIMIT};
use crate::gather::live::question::{Keys, Question};
use crate::gather::process::ProcessEnv;
use crate::gather::{Ask, EnvPlan, Plan, environment, packages, repository};
use crate::model::{AppKind, Known, Secret, Site};

/// Whom to ask, and with which keys.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The Backend API.
    pub base: Known<ApiBase>,
    /// The secret key, if there is one that can be sent.
    pub secret: Option<Secret>,
    /// Why it cannot be sent, if it is set and cannot.
    pub unsendable: Option<String>,
    /// The publishable key, decoded.
    pub key: Option<PublishableKey>,
    /// The proxy of the Frontend API.
    pub proxy: Option<Url>,
    /// The deployed site.
    pub site: Known<Site>,
    /// The webhook endpoint.
    pub hook: Known<Url>,
    /// Where the switch of the emergency bypass is on.
    pub bypass: Option<String>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

/// Where a directory that is no project may keep its values, highest priority first.
const LOOSE: &[&str] = &[
    ".env.production.local",
    ".env.local",
    ".env.production",
    ".env",
];

/// Reads the keys.
pub fn subject(plan: &Plan, ask: &Ask, root: Root, process: &ProcessEnv) -> Subject {
    let repository = repository::open(root.path(), process);
    let root = root.within(repository.work_tree());
    let mut notes = Vec::new();
    let (env, keys) = of_apps(plan, &root, process, &mut notes).unwrap_or_else(|| {
        let env = loose(&plan.env, &root, process);
        let keys =
            named(&env, KeyRole::Secret, &[]).or_else(|| named(&env, KeyRole::Publishable, &[]));
        if keys.is_none() {
            notes.push("no key was found in the environment or in env files here".to_owned());
        }
        let values = (
            named(&env, KeyRole::Secret, &[]).map(value),
            named(&env, KeyRole::Publishable, &[]).map(value),
        );
        (env, values)
    });
    let bypass = env.as_ref().and_then(bypass);
    let (secret, publishable) = keys;
    let (sent, unsendable) = match sendable(secret.as_ref()) {
        Ok(secret) => (secret, None),
        Err(why) => (None, Some(why)),
    };
    let question = Question::new(plan, ask, &env, Keys::new(secret, publishable), true);
    Subject {
        base: question.base.clone(),
        secret: sent,
        unsendable,
        key: question.key.as_ref().cloned(),
        proxy: question.proxy.clone(),
        site: question.site.clone(),
        hook: question.hook,
        bypass,
        notes,
    }
}

type Values = (Option<Secret>, Option<Secret>);

/// The environment of the first app that has keys.
fn of_apps(
    plan: &Plan,
    root: &Root,
    process: &ProcessEnv,
    notes: &mut Vec<String>,
) -> Option<(Known<Env>, Values)> {
    let (tree, mut gaps) = root.list();
    let manifests = packages::read_manifests(root, &tree, &mut gaps);
    let mut apps = project::discover(&manifests, &tree, &|_, _| false).apps;
    apps.retain(|app| app.kind == AppKind::App);
    let environment::Loaded(loaded) = environment::load_all(plan, root, &apps, process);
    let mut found: Vec<(&App, Known<Env>, Values)> = apps
        .iter()
        .zip(loaded)
        .map(|(app, (_, env))| {
            let key = |role: KeyRole| named(&env, role, &role.names(app)).map(value);
            let values = (key(KeyRole::Secret), key(KeyRole::Publishable));
            (app, env, values)
        })
        .filter(|(_, _, (secret, publishable))| secret.is_some() || publishable.is_some())
        .collect();
    if found.is_empty() {
        return None;
    }
    let (app, env, values) = found.remove(0);
    if found.iter().any(|(_, _, others)| *others != values) {
        notes.push(format!(
            "several apps here have keys of their own; those of {} were taken, another folder names another app",
            app.shown_path()
        ));
    }
    Some((env, values))
}

fn value(variable: &Variable) -> Secret {
    variable.value().clone()
}

/// The variable of a key: under the names that the SDKs read, else under any that ends as they do.
fn named<'e>(env: &'e Known<Env>, role: KeyRole, names: &[&str]) -> Option<&'e Variable> {
    let env = env.as_ref()?;
    env.first(names).or_else(|| {
        env.all()
            .find(|variable| variable.is_set() && variable.winner.name.ends_with(role.ending()))
    })
}

fn loose(plan: &EnvPlan, root: &Root, process: &ProcessEnv) -> Known<Env> {
    // The last file given wins; the loader takes the first.
    let given = plan.given.iter().rev();
    let mut read: Vec<EnvFile> = given
        .map(|(path, text)| EnvFile {
            path: path.clone(),
            text: text.clone(),
        })
        .collect();
    for path in LOOSE.iter().filter(|_| plan.files) {
        match root.read(path, TEXT_LIMIT) {
            Ok(Some(text)) => read.push(EnvFile {
                path: (*path).to_owned(),
                text,
            }),
            Ok(None) => {}
            Err(e) => return Known::Failed(format!("the environment is not known: {e}")),
        }
    }
    let outer = plan.process.then(|| process.all());
    Known::Yes(Env::load(Dialect::Dotenv, &read, outer))
}

/// Where the switch of the runbook's bypass is on.
fn bypass(env: &Env) -> Option<String> {
    let switch = env
        .all()
        .find(|variable| variable.winner.name.ends_with("CLERK_EMERGENCY_BYPASS"))?;
    is_on(switch.value().expose()).then(|| switch.winner.origin.words())
}
