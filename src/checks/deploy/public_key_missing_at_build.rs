//! `deploy/public-key-missing-at-build`

use super::files;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::deploy::docker::{Dockerfile, Instruction, Setting, Stage};
use crate::facts::deploy::{Deploy, Kind, place};
use crate::facts::framework::{Entry, Side};
use crate::facts::{Facts, KeyRole, tree};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "deploy/public-key-missing-at-build",
        group: Group::Deploy,
        severity: Severity::Warning,
        pass: "A container build is given the publishable key",
        fail: "A container build is not given the publishable key",
        why: "the key is written into the bundle when it is built; one that is set later does not reach the browser",
        docs: include_str!("public_key_missing_at_build.md"),
    },
    needs: &[Need::Deploy, Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let deploy = match files(facts, &[Kind::Dockerfile], "Dockerfile") {
        Ok(deploy) => deploy,
        Err(verdict) => return verdict,
    };
    let Some(wanted) = inlined_key(facts) else {
        return Verdict::not_applicable("its publishable key is read when it runs");
    };
    let own = |file: &&Dockerfile| !file.is_for_development() && is_of_app(facts, deploy, file);
    let built: Vec<(&Dockerfile, usize, &Instruction)> = deploy
        .dockerfiles
        .iter()
        .filter(own)
        .filter_map(|file| file.building_stage().map(|(stage, run)| (file, stage, run)))
        .collect();
    if built.is_empty() {
        return Verdict::not_applicable("no Dockerfile builds it");
    }
    let judged = built
        .into_iter()
        .filter_map(|(file, stage, run)| judge(facts, deploy, file, stage, run, &wanted));
    Verdict::Judged(judged.collect())
}

/// The names of the publishable key, where the build writes it into the bundle: frameworks whose code runs
/// in the browser alone, and Next.js, whose compiler replaces `NEXT_PUBLIC_` names everywhere.
fn inlined_key(facts: &Facts) -> Option<Vec<&'static str>> {
    const AT_RUN_TIME: &[&str] = &[
        "next-runtime-env",
        "next-public-env",
        "@beam-australia/react-env",
        "vite-envs",
        "@import-meta-env/unplugin",
    ];
    if AT_RUN_TIME
        .iter()
        .any(|name| facts.app.ranges.contains_key(*name))
    {
        return None;
    }
    let framework = facts.app.stack().find(|framework| {
        framework.side == Side::Client || matches!(framework.entry, Entry::NextMiddleware)
    })?;
    let names = framework.variables.publishable.iter().copied();
    let names: Vec<&str> = names
        .filter(|name| {
            framework
                .public_prefixes
                .iter()
                .any(|prefix| name.starts_with(prefix))
        })
        .collect();
    // The code may read it under a name of its own, which it then reads when it runs.
    let own = facts
        .own_names(KeyRole::Publishable)
        .all(|name| names.contains(&name));
    (own && !names.is_empty()).then_some(names)
}

/// Whether a Dockerfile is one for the app: in its folder, or with its folder in a line.
fn is_of_app(facts: &Facts, deploy: &Deploy, file: &Dockerfile) -> bool {
    let path = &tree::climb(&deploy.place, &facts.app.path);
    let named = || {
        let lines = file.stages.iter().flat_map(|stage| &stage.instructions);
        lines.into_iter().any(|line| line.text.contains(path))
    };
    tree::is_below(&tree::climb(&deploy.place, &file.path), path) || (!path.is_empty() && named())
}

fn judge(
    facts: &Facts,
    deploy: &Deploy,
    file: &Dockerfile,
    stage: usize,
    run: &Instruction,
    wanted: &[&'static str],
) -> Option<Finding> {
    let line = file.line_of(Some(stage));
    let mut stages = file.stages_of(&line);
    let mentioned = |text: &str| wanted.iter().any(|name| text.contains(name));
    let given = stages.any(|stage| stage.instructions.iter().any(|one| mentioned(&one.text)));
    if given
        || signs_in_otherwise(file)
        || injects_later(file)
        || copied_file_has_it(facts, deploy, file, wanted)
    {
        return None;
    }
    let name = wanted.first()?;
    let ignored = file.ignored.as_ref();
    let how = match ignored.is_some_and(|rules| rules.keeps_out(".env")) {
        true => "so the bundle is built without it",
        // deploy/env-file-in-image says what else comes of such a file.
        false => {
            "and only an .env that lies in the build context could give it; a checkout of CI has none"
        }
    };
    let finding = Finding::warning(format!("{name} is not given to this build, {how}"))
        .at(place(&file.path, run.at), "built here")
        .fix(format!("write `ARG {name}` and `ENV {name}=${name}` before it, and give it with --build-arg; it is public"));
    let set = deploy
        .builds
        .iter()
        .filter(|build| build.dockerfile == file.path)
        .find_map(|build| {
            let (_, at) = build.environment.iter().find(|(set, _)| set == name)?;
            Some(place(&build.file, *at))
        });
    Some(match set {
        Some(place) => finding.see(
            place,
            "set for the running container only, which is too late",
        ),
        None => finding,
    })
}

/// Whether the image is one that is told to do without Clerk: `AUTH_MODE=local`.
fn signs_in_otherwise(file: &Dockerfile) -> bool {
    let without = ["local", "none", "off", "false", "disabled", "0"];
    let set = |stage: &Stage| {
        let all: Vec<Setting> = stage.settings("ARG").chain(stage.settings("ENV")).collect();
        all.iter().any(|set| {
            let value = set.given.literal().map(|value| value.expose());
            set.name.contains("AUTH") && value.is_some_and(|value| without.contains(&value))
        })
    };
    file.stages.iter().any(set)
}

/// Signs of a script that puts values into the bundle when the container starts.
fn injects_later(file: &Dockerfile) -> bool {
    const SIGNS: &[&str] = &[
        "envsubst",
        "env.sh",
        "env-config",
        "runtime-env",
        "replace-variables",
        "replace-env",
        "sed -i",
        "inject",
        "doppler",
        "infisical",
        "dotenvx",
        "/run/secrets",
    ];
    let mut lines = file.stages.iter().flat_map(|stage| &stage.instructions);
    lines.any(|line| SIGNS.iter().any(|sign| line.text.contains(sign)))
}

/// Whether an env file with the key lies in the context and is not kept out of it, or a stage takes one by
/// its name.
fn copied_file_has_it(facts: &Facts, deploy: &Deploy, file: &Dockerfile, wanted: &[&str]) -> bool {
    let by_name = file
        .stages
        .iter()
        .flat_map(|stage| stage.copies())
        .any(|copy| {
            copy.sources
                .iter()
                .any(|source| tree::file_name(source).starts_with(".env"))
        });
    let own = deploy
        .env_files
        .iter()
        .filter(|one| tree::folder(&one.path) == facts.app.path);
    let lies = own
        .filter(|one| {
            one.keys
                .iter()
                .any(|key| wanted.contains(&key.name.as_str()))
        })
        .any(|one| {
            let whole = |path: &str| tree::climb(&deploy.place, path);
            let path = whole(&one.path);
            let inside = path.strip_prefix(&whole(&file.context)).unwrap_or(&path);
            !file
                .ignored
                .as_ref()
                .is_some_and(|rules| rules.keeps_out(inside))
        });
    by_name || lies
}
