//! `deploy/env-file-in-image`

use super::files;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::deploy::docker::{Copy, Dockerfile};
use crate::facts::deploy::{Deploy, Kind, place};
use crate::facts::document::At;
use crate::facts::{Facts, keys, tree};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "deploy/env-file-in-image",
        group: Group::Deploy,
        severity: Severity::Error,
        pass: "No env file gets into a container image",
        fail: "An env file gets into a container image",
        why: "the secrets in it can then be read by whoever gets the image or the cache of its build",
        docs: include_str!("env_file_in_image.md"),
    },
    needs: &[Need::Deploy],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let deploy = match files(facts, &[Kind::Dockerfile], "Dockerfile") {
        Ok(deploy) => deploy,
        Err(verdict) => return verdict,
    };
    let files = deploy
        .dockerfiles
        .iter()
        .filter(|file| !file.is_for_development());
    Verdict::Judged(
        files
            .filter_map(|file| judge(facts, deploy, file))
            .collect(),
    )
}

/// An env file that a stage takes in.
struct Taken {
    path: String,
    at: At,
    /// The stage that takes it in.
    stage: usize,
    /// Whether it lies there now, with a secret in it.
    is_there: bool,
    /// Whether the line names it.
    by_name: bool,
}

fn judge(facts: &Facts, deploy: &Deploy, file: &Dockerfile) -> Option<Finding> {
    let shipped = shipped_stages(file);
    let mut taken: Vec<Taken> = Vec::new();
    let mut built: Vec<Taken> = Vec::new();
    for (at, stage) in file.stages.iter().enumerate() {
        let into = if shipped.contains(&at) {
            &mut taken
        } else {
            &mut built
        };
        let removed = stage
            .runs()
            .any(|run| run.text.contains("rm ") && run.text.contains(".env"));
        for copy in stage
            .copies()
            .filter(|copy| copy.from.is_none() && (!removed || shipped.contains(&at)))
        {
            into.extend(taken_by(facts, deploy, file, (at, &copy)));
        }
    }
    taken.extend(taken_on(facts, deploy, file, &shipped));
    if let Some(one) = worst(taken, |one| (one.is_there, one.by_name)) {
        return Some(of_image(file, &one));
    }
    let standalone = standalone_stages(file);
    // Next.js copies these two, and no other, into its standalone output.
    let copied = |one: &Taken| {
        standalone.contains(&one.stage)
            && matches!(tree::file_name(&one.path), ".env" | ".env.production")
    };
    built.retain(|one| one.is_there || copied(one));
    let one = worst(built, |one| (one.is_there, copied(one)))?;
    Some(of_build(file, &one, copied(&one)))
}

/// The env files that the image takes by their name out of a stage that took them in:
/// `COPY --from=builder /app/.env ./`.
fn taken_on(facts: &Facts, deploy: &Deploy, file: &Dockerfile, shipped: &[usize]) -> Vec<Taken> {
    let mut found = Vec::new();
    for copy in file.stages_of(shipped).flat_map(|stage| stage.copies()) {
        let Some(from) = copy.from.as_deref().and_then(|name| file.stage_named(name)) else {
            continue;
        };
        let named: Vec<&str> = copy
            .sources
            .iter()
            .map(|source| tree::file_name(source))
            .collect();
        if !named.iter().any(|name| name.starts_with(".env")) {
            continue;
        }
        let line = file.line_of(Some(from));
        for earlier in file.stages_of(&line).flat_map(|stage| stage.copies()) {
            let all = taken_by(facts, deploy, file, (from, &earlier));
            let same = all
                .into_iter()
                .filter(|one| named.contains(&tree::file_name(&one.path)));
            found.extend(same.map(|one| Taken {
                at: copy.at,
                by_name: true,
                ..one
            }));
        }
    }
    found
}

/// The first of the worst.
fn worst(all: Vec<Taken>, rank: impl Fn(&Taken) -> (bool, bool)) -> Option<Taken> {
    all.into_iter().rev().max_by_key(|one| rank(one))
}

/// The stages out of which the standalone output of Next.js is copied, with those that they go on from.
fn standalone_stages(file: &Dockerfile) -> Vec<usize> {
    let copies = file.stages.iter().flat_map(|stage| stage.copies());
    let out = |source: &String| source.contains(".next/standalone");
    let from = copies
        .filter(|copy| copy.sources.iter().any(out))
        .filter_map(|copy| file.stage_named(copy.from.as_deref()?));
    from.flat_map(|stage| file.line_of(Some(stage))).collect()
}

/// The env files that a `COPY` takes in: those that lie in the context, and those that usually do.
fn taken_by(
    facts: &Facts,
    deploy: &Deploy,
    file: &Dockerfile,
    (stage, copy): (usize, &Copy),
) -> Vec<Taken> {
    let context = tree::climb(&deploy.place, &file.context);
    let below = |path: &str| {
        let path = tree::climb(&deploy.place, path);
        let rest = if context.is_empty() {
            Some(path.as_str())
        } else {
            path.strip_prefix(&context)?.strip_prefix('/')
        };
        rest.map(str::to_owned)
    };
    let there = deploy.env_files.iter().filter(|one| {
        one.keys
            .iter()
            .any(|key| keys::is_credential(key.value.expose()))
    });
    let there = there.map(|one| (one.path.clone(), true));
    let usual = [".env", ".env.local"].map(|name| (tree::join(&facts.app.path, name), false));
    let mut found = Vec::new();
    for (path, is_there) in there.chain(usual) {
        let Some(inside) = below(&path) else { continue };
        let kept_out = file
            .ignored
            .as_ref()
            .is_some_and(|rules| rules.keeps_out(&inside));
        let by_name = copy.sources.iter().any(|source| names(source, &inside));
        let within = copy.sources.iter().any(|source| holds(source, &inside));
        if !kept_out && (by_name || within) {
            found.push(Taken {
                path,
                at: copy.at,
                stage,
                is_there,
                by_name,
            });
        }
    }
    found
}

fn plain(source: &str) -> &str {
    source
        .trim_start_matches("./")
        .trim_start_matches('/')
        .trim_end_matches('/')
        .trim_end_matches("/.")
}

/// Whether a source is a folder that holds a file.
fn holds(source: &str, path: &str) -> bool {
    let folder = plain(source);
    matches!(folder, "" | ".") || (folder != path && tree::is_below(path, folder))
}

/// Whether a source is a file itself, or a pattern such as `.env*`.
fn names(source: &str, path: &str) -> bool {
    let source = plain(source);
    let start = source
        .strip_suffix('*')
        .filter(|start| tree::file_name(start).starts_with(".env"));
    source == path || start.is_some_and(|start| path.starts_with(start))
}

/// The stages whose files are in the image: those that it is, and those whose whole folder it copies.
fn shipped_stages(file: &Dockerfile) -> Vec<usize> {
    let mut shipped = file.shipped();
    let last: Vec<usize> = shipped.clone();
    for copy in file.stages_of(&last).flat_map(|stage| stage.copies()) {
        let Some(from) = copy.from.as_deref().and_then(|name| file.stage_named(name)) else {
            continue;
        };
        let line = file.line_of(Some(from));
        let mut folders = file.stages_of(&line).flat_map(|stage| stage.all("WORKDIR"));
        let folder = folders.next().map_or("/", |one| one.text.trim());
        let whole = |source: &String| {
            let source = source.trim_end_matches("/.").trim_end_matches('/');
            source == folder.trim_end_matches('/') || matches!(source, "." | "")
        };
        if copy.sources.iter().any(whole) {
            shipped.extend(&line);
        }
    }
    shipped
}

fn what_keeps_it_out(file: &Dockerfile, one: &Taken) -> String {
    match &file.ignored {
        Some(rules) if rules.keeps_out(tree::file_name(&one.path)) => {
            let path = &rules.path;
            format!(
                "write `**/.env*` into {path}: without `**/` a rule counts at the root of the context only"
            )
        }
        Some(rules) => format!("add `**/.env*` to {}", rules.path),
        None => format!(
            "write `**/.env*` into {}",
            tree::join(&file.context, ".dockerignore")
        ),
    }
}

fn of_image(file: &Dockerfile, one: &Taken) -> Finding {
    let path = &one.path;
    let (severity, message) = match (one.is_there, one.by_name) {
        (true, _) => (
            Severity::Error,
            format!("{path} holds a secret, and an image that is built here holds {path}"),
        ),
        (false, true) => (
            Severity::Warning,
            format!("{path} is copied into the image, with every secret that it may hold"),
        ),
        (false, false) => (
            Severity::Warning,
            format!(
                "nothing keeps {path} out of the image, where it lies there when the image is built"
            ),
        ),
    };
    Finding::new(severity, message)
        .at(place(&file.path, one.at), "copied here")
        .fix(format!(
            "{}, and give the running container its variables",
            what_keeps_it_out(file, one)
        ))
}

fn of_build(file: &Dockerfile, one: &Taken, copied: bool) -> Finding {
    let path = &one.path;
    let message = if copied {
        format!(
            "nothing keeps {path} out of the build, and Next.js copies it into its standalone output, which is the image"
        )
    } else {
        format!(
            "{path} gets into the build: what it says of public variables is built in, and it stays in the cache"
        )
    };
    Finding::warning(message)
        .at(place(&file.path, one.at), "copied here")
        .fix(what_keeps_it_out(file, one))
}
