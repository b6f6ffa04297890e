//! `deploy/secret-in-image`

use super::{files, is_real};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::deploy::docker::{Dockerfile, Setting};
use crate::facts::deploy::{Given, Kind, Variable, is_clerk_secret, place};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "deploy/secret-in-image",
        group: Group::Deploy,
        severity: Severity::Error,
        pass: "No secret of Clerk is built into a container image",
        fail: "A secret of Clerk is built into a container image",
        why: "whoever gets the image or the cache of its build can read it, and rotating the key does not take it out",
        docs: include_str!("secret_in_image.md"),
    },
    needs: &[Need::Deploy],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let deploy = match files(facts, &[Kind::Dockerfile, Kind::Compose], "Dockerfile") {
        Ok(deploy) if !deploy.dockerfiles.is_empty() || !deploy.builds.is_empty() => deploy,
        Ok(_) => return Verdict::not_applicable("no image is built from its files"),
        Err(verdict) => return verdict,
    };
    let mut findings: Vec<Finding> = Vec::new();
    for file in &deploy.dockerfiles {
        let mut found = judge(file);
        // A compose file that gives the argument is a second place of the same fault.
        for build in deploy
            .builds
            .iter()
            .filter(|build| build.dockerfile == file.path)
        {
            for argument in build
                .arguments
                .iter()
                .filter(|one| is_clerk_secret(&one.name))
            {
                let same = found.iter().position(|(name, _)| *name == argument.name);
                let told = same.map(|at| found.remove(at));
                let finding = told.map_or_else(|| of_compose(argument), |(_, finding)| finding);
                found.push((
                    argument.name.clone(),
                    finding.see(argument.place(), "given here"),
                ));
            }
        }
        findings.extend(found.into_iter().map(|(_, finding)| finding));
    }
    let is_read = |path: &str| deploy.dockerfiles.iter().any(|file| file.path == path);
    let others = deploy
        .builds
        .iter()
        .filter(|build| !is_read(&build.dockerfile));
    let arguments = others.flat_map(|build| &build.arguments);
    findings.extend(
        arguments
            .filter(|one| is_clerk_secret(&one.name))
            .map(of_compose),
    );
    Verdict::Judged(findings)
}

fn of_compose(argument: &Variable) -> Finding {
    let name = &argument.name;
    Finding::warning(format!(
        "{name} is a build argument, which stays in the history of the build"
    ))
    .at(argument.place(), "")
    .fix(FIX)
}

const FIX: &str = "give it to the running container instead; a build that needs it takes it with \
    RUN --mount=type=secret";

/// What is wrong in a file, each with the name that it is about.
fn judge(file: &Dockerfile) -> Vec<(String, Finding)> {
    // An image for developers is not pushed to where strangers are.
    let shipped = if file.is_for_development() {
        Vec::new()
    } else {
        file.shipped()
    };
    let mut found: Vec<(String, Finding)> = Vec::new();
    for (at, stage) in file.stages.iter().enumerate() {
        let is_shipped = shipped.contains(&at);
        let arguments: Vec<Setting> = stage.settings("ARG").collect();
        let mut told: Vec<String> = Vec::new();
        for set in stage
            .settings("ENV")
            .filter(|set| is_clerk_secret(&set.name))
        {
            let from = source(&set, &arguments);
            let Some(from) = from else { continue };
            told.push(set.name.clone());
            told.extend(from.map(|argument| argument.name.clone()));
            found.push((set.name.clone(), of_env(file, &set, from, is_shipped)));
        }
        for argument in arguments
            .iter()
            .filter(|one| is_clerk_secret(&one.name) && !told.contains(&one.name))
        {
            let stands_in = argument
                .given
                .literal()
                .is_some_and(|value| !value.is_empty() && !is_real(&argument.name, value.expose()));
            if !stands_in {
                found.push((
                    argument.name.clone(),
                    of_argument(file, argument, is_shipped),
                ));
            }
        }
    }
    found
}

/// Whether `ENV` really keeps a secret: one that is written there, or one that an argument brings.
fn source<'a>(set: &Setting, arguments: &'a [Setting]) -> Option<Option<&'a Setting>> {
    match &set.given {
        Given::Literal(value) => is_real(&set.name, value.expose()).then_some(None),
        Given::Named(names) => {
            let argument = arguments
                .iter()
                .find(|argument| names.contains(&argument.name))?;
            let stands_in = argument
                .given
                .literal()
                .is_some_and(|value| !value.is_empty() && !is_real(&set.name, value.expose()));
            (!stands_in).then_some(Some(argument))
        }
        Given::Elsewhere => None,
    }
}

fn of_env(file: &Dockerfile, set: &Setting, from: Option<&Setting>, is_shipped: bool) -> Finding {
    let name = &set.name;
    let how = if from.is_some() {
        "from a build argument"
    } else {
        "as it is written here"
    };
    let finding = if is_shipped {
        Finding::error(format!("ENV keeps {name} in the image, {how}"))
    } else {
        Finding::warning(format!(
            "ENV keeps {name} in a stage of the build, {how}: it stays in the layers of its cache"
        ))
    };
    let finding = finding.at(place(&file.path, set.at), "").fix(FIX);
    match from {
        Some(argument) => finding.see(place(&file.path, argument.at), "the argument"),
        None => finding,
    }
}

fn of_argument(file: &Dockerfile, argument: &Setting, is_shipped: bool) -> Finding {
    let name = &argument.name;
    let literal = argument
        .given
        .literal()
        .is_some_and(|value| !value.is_empty());
    let message = if is_shipped {
        format!("{name} is a build argument, and `docker history` shows those of the image")
    } else {
        format!(
            "{name} is a build argument: it stays in the build's cache and in the provenance of the image"
        )
    };
    let severity = if literal && is_shipped {
        Severity::Error
    } else {
        Severity::Warning
    };
    Finding::new(severity, message)
        .at(place(&file.path, argument.at), "")
        .fix(FIX)
}
