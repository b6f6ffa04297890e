//! The env files of each app, read and loaded as its framework would.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{Root, TEXT_LIMIT};
use super::process::ProcessEnv;
use super::{EnvPlan, Plan};
use crate::facts::env::{Env, EnvFile, Origin};
use crate::facts::project::App;
use crate::facts::{SecretFile, Target, keys, tree};
use crate::model::Known;

/// Environments that were loaded, each with the folder and manifest of its app.
pub struct Loaded(pub Vec<((String, String), Known<Env>)>);

fn key(app: &App) -> (String, String) {
    (app.path.clone(), app.manifest.clone())
}

/// Loads the environment of each app.
pub fn load_all(plan: &Plan, root: &Root, apps: &[App], process: &ProcessEnv) -> Loaded {
    let each = apps
        .iter()
        .map(|app| (key(app), load(plan, root, app, process)));
    Loaded(each.collect())
}

/// The environment of each app, from those that are loaded or else from its files.
pub fn load_rest(
    plan: &Plan,
    root: &Root,
    apps: &[App],
    process: &ProcessEnv,
    early: Loaded,
) -> Vec<Known<Env>> {
    let mut early: BTreeMap<_, _> = early.0.into_iter().collect();
    let mut take = |app: &App| early.remove(&key(app));
    let of = |app| take(app).unwrap_or_else(|| load(plan, root, app, process));
    apps.iter().map(of).collect()
}

fn load(plan: &Plan, root: &Root, app: &App, process: &ProcessEnv) -> Known<Env> {
    let EnvPlan {
        off,
        process: with_process,
        files,
        given,
    } = &plan.env;
    if let Some(why) = off {
        return Known::NotAsked(why.clone());
    }
    // The last file given wins; the loader takes the first.
    let mut read: Vec<EnvFile> = given
        .iter()
        .rev()
        .map(|(path, text)| EnvFile {
            path: path.clone(),
            text: text.clone(),
        })
        .collect();
    if *files {
        for path in candidates(plan.target, app) {
            match root.read(&path, TEXT_LIMIT) {
                Ok(Some(text)) => read.push(EnvFile { path, text }),
                Ok(None) => {}
                Err(e) => return Known::Failed(format!("the environment is not known: {e}")),
            }
        }
    }
    let outer = with_process.then(|| process.all());
    Known::Yes(Env::load(app.env_dialect(), &read, outer))
}

/// The files that count for a target, highest priority first.
fn candidates(target: Target, app: &App) -> Vec<String> {
    let mut paths = app.script_env_files.clone();
    // Written by `vercel pull`; `vercel build` puts it into the process environment.
    paths.push(tree::join(
        &app.path,
        &format!(".vercel/.env.{}.local", target.word()),
    ));
    for framework in app.stack() {
        let names = match target {
            Target::Production | Target::Preview => framework.env.production,
            Target::Development => framework.env.development,
        };
        paths.extend(names.iter().map(|name| tree::join(&app.path, name)));
    }
    let mut seen = BTreeSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    paths
}

/// The files of an app that are made to hold secrets, with the credentials in them: env files of every
/// kind but samples, and the file of keyless mode. `folders` are the app's own and, for the first app,
/// those that no app owns.
pub fn secret_files(root: &Root, folders: &[String], gaps: &mut Vec<String>) -> Vec<SecretFile> {
    let mut files = Vec::new();
    for folder in folders {
        let names = root.names(folder);
        let mut paths: Vec<String> = names
            .iter()
            .filter(|name| is_env_file(name))
            .map(|name| tree::join(folder, name))
            .collect();
        if names.iter().any(|name| name == ".clerk") {
            paths.extend(KEYLESS.iter().map(|name| tree::join(folder, name)));
        }
        for path in paths {
            match root.read(&path, TEXT_LIMIT) {
                Ok(Some(text)) => files.push(SecretFile {
                    credentials: credentials(&path, &text),
                    path,
                }),
                Ok(None) => {}
                Err(e) if e.why == "not a regular file" => {}
                Err(e) => gaps.push(e.to_string()),
            }
        }
    }
    files
}

/// Where keyless mode keeps its keys (clerk/javascript `packages/shared/src/keyless`, clerk/cli
/// `lib/keyless.ts`).
const KEYLESS: &[&str] = &[".clerk/.tmp/keyless.json", ".clerk/keyless.json"];

/// Whether a file is an env file that may hold secrets; samples are not.
pub(super) fn is_env_file(name: &str) -> bool {
    let env = name == ".env"
        || name.starts_with(".env.")
        || name.ends_with(".env")
        || name.starts_with(".dev.vars");
    // Not a sample, and not dotenvx's own key file, whose values have no Clerk prefix anyway.
    let sample = [
        "example", "sample", "template", "dist", "schema", "defaults",
    ];
    env && !name.split('.').any(|part| sample.contains(&part))
}

fn credentials(path: &str, text: &str) -> Vec<crate::facts::env::Definition> {
    if tree::file_name(path) == "keyless.json" {
        return keyless_credentials(path, text);
    }
    let file = EnvFile {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let env = Env::load(crate::facts::dotenv::Dialect::Dotenv, &[file], None);
    let all = env
        .all()
        .flat_map(|variable| std::iter::once(&variable.winner).chain(&variable.shadowed));
    let mut found: Vec<_> = all
        .filter(|definition| keys::is_credential(definition.value.expose()))
        .cloned()
        .collect();
    found.sort_by_key(|definition| match &definition.origin {
        Origin::File { line, .. } => *line,
        Origin::Process => 0,
    });
    found
}

fn keyless_credentials(path: &str, text: &str) -> Vec<crate::facts::env::Definition> {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_str(text) else {
        return Vec::new();
    };
    let secrets = object
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_str()?)));
    secrets
        .filter(|(_, value)| keys::is_credential(value))
        .map(|(name, value)| {
            let at = text.find(value).unwrap_or(0);
            let before = text.get(..at).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before
                .rsplit('\n')
                .next()
                .map_or(0, |line| line.chars().count())
                + 1;
            crate::facts::env::Definition {
                name: name.clone(),
                value: crate::model::Secret::new(value),
                origin: Origin::File {
                    path: path.to_owned(),
                    line: u32::try_from(line).unwrap_or(u32::MAX),
                    column: u32::try_from(column).unwrap_or(u32::MAX),
                },
            }
        })
        .collect()
}
