//! Which environment a file or a value is for.

use crate::checks::engine::Verdict;
use crate::facts::env::{Definition, Env, Origin};
use crate::facts::keys::{self, Mode};
use crate::facts::{Facts, KeyRole, Target, tree};
use crate::model::Secret;

/// What an env file is for, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Production alone.
    Production,
    /// A staging site.
    Staging,
    /// Previews.
    Preview,
    /// A developer's machine.
    Development,
    /// Tests.
    Test,
    /// This machine, whatever runs on it: `.env.local`.
    Local,
    /// Every environment: `.env`.
    Any,
}

/// What an env file is for.
pub(super) fn stage_of(path: &str) -> Stage {
    let name = tree::file_name(path).to_ascii_lowercase();
    if name.starts_with(".dev.vars") {
        // `.dev.vars.production` is what `wrangler dev --env production` reads.
        return Stage::Development;
    }
    let mut parts = name.split(['.', '-', '_']);
    let known = parts.find_map(|part| {
        Some(match part {
            "production" | "prod" => Stage::Production,
            "staging" | "stage" | "stg" | "uat" | "qa" => Stage::Staging,
            "preview" => Stage::Preview,
            "development" | "dev" => Stage::Development,
            "test" | "e2e" | "ci" => Stage::Test,
            _ => return None,
        })
    });
    let local = name.ends_with(".local");
    known.unwrap_or(if local { Stage::Local } else { Stage::Any })
}

/// An env file with its keys.
pub(super) struct File<'f> {
    pub(super) path: &'f str,
    pub(super) stage: Stage,
    pub(super) keys: &'f [Definition],
}

/// The env files with keys, where one is production's and one is another environment's.
pub(super) fn files_of_several(facts: &Facts) -> Result<Vec<File<'_>>, Verdict> {
    let deploy = facts.deploy.as_ref();
    let files = deploy
        .map(|deploy| deploy.env_files.as_slice())
        .unwrap_or_default();
    let files: Vec<File<'_>> = files
        .iter()
        .filter(|file| !file.keys.is_empty())
        .map(|file| File {
            path: &file.path,
            stage: stage_of(&file.path),
            keys: &file.keys,
        })
        .collect();
    let production = files.iter().any(|file| file.stage == Stage::Production);
    let other = files
        .iter()
        .any(|file| !matches!(file.stage, Stage::Production | Stage::Any));
    if production && other {
        Ok(files)
    } else {
        Err(Verdict::not_applicable(
            "there are no files of production and of another environment to compare",
        ))
    }
}

/// The keys of the files for an environment.
pub(super) fn keys_of<'f>(
    files: &'f [File<'f>],
    stage: Stage,
) -> impl Iterator<Item = (&'f str, &'f Definition)> {
    let files = files.iter().filter(move |file| file.stage == stage);
    files.flat_map(|file| file.keys.iter().map(|key| (file.path, key)))
}

/// Whether a value is a key of a production instance.
pub(super) fn is_live(value: &Secret) -> bool {
    let publishable = keys::publishable(value).key().map(|key| key.mode);
    let mode = publishable.or_else(|| keys::secret(value).key().map(|key| key.mode));
    mode == Some(Mode::Live)
}

/// The environment, where production is what is judged.
pub(super) fn production(facts: &Facts) -> Result<&Env, Verdict> {
    if facts.target != Target::Production {
        return Err(Verdict::not_applicable(format!(
            "judged for {}",
            facts.target.word()
        )));
    }
    facts
        .env
        .as_ref()
        .ok_or_else(|| Verdict::not_applicable("the environment is not known"))
}

/// Whether a value is set for production alone: in its file, or in the process that the audit runs in.
pub(super) fn is_for_production_only(definition: &Definition) -> bool {
    match &definition.origin {
        Origin::Process => true,
        Origin::File { path, .. } => stage_of(path) == Stage::Production,
    }
}

/// Whether a value is production's: set for it alone, or in a file that goes with live keys. Without them a
/// general file is a developer's.
pub(super) fn is_productions(facts: &Facts, definition: &Definition) -> bool {
    let live = |role| facts.key(role).is_some_and(|key| is_live(key.value()));
    is_for_production_only(definition) || live(KeyRole::Publishable) || live(KeyRole::Secret)
}

#[cfg(test)]
mod tests {
    use super::{Stage, stage_of};

    #[test]
    fn a_file_says_by_its_name_what_it_is_for() {
        for (path, stage) in [
            (".env", Stage::Any),
            ("a/.env.local", Stage::Local),
            (".env.production.local", Stage::Production),
            (".env.development", Stage::Development),
            ("web.prod.env", Stage::Production),
            (".env.staging", Stage::Staging),
            (".dev.vars", Stage::Development),
            (".env.product", Stage::Any),
        ] {
            assert_eq!(stage_of(path), stage, "{path}");
        }
    }
}
