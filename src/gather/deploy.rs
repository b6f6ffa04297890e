//! The files that build, ship and run an app.

use super::environment::is_env_file;
use super::files::TEXT_LIMIT;
use super::{Reading, files};
use crate::facts::deploy::docker::Dockerfile;
use crate::facts::deploy::ignore::Rules;
use crate::facts::deploy::{Deploy, EnvFile, Kind, is_clerk_key};
use crate::facts::env::{self, Env};
use crate::facts::{Facts, keys, tree, usage};
use crate::model::Known;

/// More files of a kind than this are samples of something.
const MOST: usize = 300;

/// The files that belong to an app.
pub(super) fn files_of(reading: &Reading<'_>, facts: &Facts) -> Known<Deploy> {
    let mut deploy = Deploy {
        place: reading.tree.place().to_owned(),
        ..Deploy::default()
    };
    // What lies in no app's folder is the first one's; the others need not look at every file.
    let tree = reading.tree;
    let paths: Vec<&String> = match reading.folders.first() == Some(&facts.app.path) {
        true => tree.with_workspace().collect(),
        false => tree.below(&facts.app.path).iter().collect(),
    };
    let files = paths
        .into_iter()
        .filter_map(|path| Some((path, Kind::of(&tree.from_workspace(path))?)));
    let own = files.filter(|(path, _)| reading.is_of(&facts.app, path));
    for (path, kind) in own.take(MOST) {
        match reading.root.read(path, TEXT_LIMIT) {
            Ok(Some(text)) => deploy.add(path, kind, &text),
            Ok(None) => {}
            Err(e) => deploy.unread.push(e.to_string()),
        }
    }
    let Deploy {
        builds,
        dockerfiles,
        ..
    } = &mut deploy;
    for build in builds.iter_mut() {
        build.dockerfile = tree.own(&build.dockerfile);
        build.context = tree.own(&build.context);
    }
    for file in dockerfiles {
        let declared = builds.iter().find(|build| build.dockerfile == file.path);
        file.context =
            declared.map_or_else(|| context_of(reading, file), |build| build.context.clone());
        file.ignored = rules_of(reading.root, file);
    }
    deploy.env_files = env_files(reading, facts);
    Known::Yes(deploy)
}

/// The folder that is sent to a build: the nearest one in which everything that is copied from it lies.
fn context_of(reading: &Reading<'_>, file: &Dockerfile) -> String {
    let copies = file.stages.iter().flat_map(|stage| stage.copies());
    let sources: Vec<String> = copies
        .filter(|copy| copy.from.is_none())
        .flat_map(|copy| copy.sources)
        .filter(|source| {
            !source.contains(['*', '?', '[', '$', ':', '.']) || source.ends_with(".json")
        })
        .filter(|source| !source.contains(['*', '?', '$']))
        .take(50)
        .collect();
    let own = tree::folder(&file.path);
    let holds = |folder: &&str| {
        sources.iter().all(|source| {
            let path = tree::join(
                folder,
                source.trim_start_matches(['.', '/']).trim_end_matches('/'),
            );
            reading.tree.has(&path) || reading.tree.has_folder(&path)
        })
    };
    let levels = reading.tree.levels(own);
    let mut folders = levels.iter().map(String::as_str);
    folders.find(holds).unwrap_or(own).to_owned()
}

/// `Dockerfile.dockerignore` counts before `.dockerignore` of the context.
fn rules_of(root: &files::Root, file: &Dockerfile) -> Option<Rules> {
    let paths = [
        format!("{}.dockerignore", file.path),
        tree::join(&file.context, ".dockerignore"),
    ];
    paths.into_iter().find_map(|path| {
        let text = root.read(&path, TEXT_LIMIT).ok()??;
        Some(Rules::read(&path, &text))
    })
}

/// The env files that are looked for above an app.
const ABOVE: &[&str] = &[
    ".env",
    ".env.local",
    ".env.production",
    ".env.staging",
    ".env.preview",
    ".env.development",
    ".env.test",
];

/// The env files of the app's folder and those above it, with the Clerk keys in them.
fn env_files(reading: &Reading<'_>, facts: &Facts) -> Vec<EnvFile> {
    let own = facts.app.path.as_str();
    let mut paths: Vec<String> = reading.root.names(own);
    paths.retain(|name| is_env_file(name));
    let mut paths: Vec<String> = paths.iter().map(|name| tree::join(own, name)).collect();
    // A folder above may hold a thousand apps: it is not listed for each of them.
    for folder in reading.tree.levels(own).iter().skip(1) {
        paths.extend(ABOVE.iter().map(|name| tree::join(folder, name)));
    }
    let mut found = Vec::new();
    for path in paths {
        if let Ok(Some(text)) = reading.root.read(&path, TEXT_LIMIT) {
            let file = env::EnvFile {
                path: path.clone(),
                text,
            };
            let env = Env::load(facts.app.env_dialect(), &[file], None);
            let keys = env
                .all()
                .map(|variable| &variable.winner)
                .filter(|one| is_key(one))
                .cloned();
            found.push(EnvFile {
                path,
                keys: keys.collect(),
            });
        }
    }
    found
}

fn is_key(one: &env::Definition) -> bool {
    let named = is_clerk_key(&one.name) || usage::is_webhook_name(&one.name);
    let (publishable, secret) = (keys::publishable(&one.value), keys::secret(&one.value));
    let webhook =
        || one.value.expose().starts_with("whsec_") && keys::webhook(&one.value).key().is_some();
    publishable.key().is_some() || (named && (secret.key().is_some() || webhook()))
}
