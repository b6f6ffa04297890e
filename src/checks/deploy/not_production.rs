//! `deploy/not-production`

use super::files;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::deploy::docker::Dockerfile;
use crate::facts::deploy::{Kind, place};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "deploy/not-production",
        group: Group::Deploy,
        severity: Severity::Error,
        pass: "What is deployed runs in production mode",
        fail: "What is deployed does not run in production mode",
        why: "frameworks then show errors to everyone, skip checks of their own and run slowly",
        docs: include_str!("not_production.md"),
    },
    needs: &[Need::Deploy],
    scope: Scope::Apps,
    run,
};

const HOSTS: &[Kind] = &[
    Kind::Fly,
    Kind::Render,
    Kind::Wrangler,
    Kind::AppEngine,
    Kind::Netlify,
    Kind::Vercel,
];

fn run(facts: &Facts) -> Verdict {
    let mut kinds = HOSTS.to_vec();
    kinds.extend([Kind::Dockerfile, Kind::Compose]);
    let deploy = match files(facts, &kinds, "file that says how it is run") {
        Ok(deploy) => deploy,
        Err(verdict) => return verdict,
    };
    let mut judged: Vec<Option<Finding>> = Vec::new();
    for one in deploy
        .variables
        .iter()
        .filter(|one| one.context.in_production() && is_mode(&one.name))
    {
        let is_host =
            Kind::of(&one.file).is_some_and(|kind| HOSTS.contains(&kind) || kind == Kind::Compose);
        if let (true, Some(value)) = (is_host, one.given.literal()) {
            let severity = severity(&one.name, value.expose());
            judged.push(
                severity.map(|severity| {
                    finding(severity, &one.name, &one.part, place(&one.file, one.at))
                }),
            );
        }
    }
    let images = deploy
        .dockerfiles
        .iter()
        .filter(|file| !file.is_for_development());
    judged.extend(images.filter_map(of_image));
    if judged.is_empty() {
        return Verdict::not_applicable("no file says in which mode it runs");
    }
    Verdict::Judged(judged.into_iter().flatten().collect())
}

fn is_mode(name: &str) -> bool {
    matches!(
        name,
        "NODE_ENV" | "APP_ENV" | "ENVIRONMENT" | "RAILS_ENV" | "NUXT_ENV"
    )
}

/// How bad a value is; `None` where it is none that says another mode.
fn severity(name: &str, value: &str) -> Option<Severity> {
    match value.trim().to_ascii_lowercase().as_str() {
        "development" | "dev" | "test" | "testing" | "local" => Some(Severity::Error),
        "staging" | "preview" if name == "NODE_ENV" => Some(Severity::Warning),
        _ => None,
    }
}

fn finding(severity: Severity, name: &str, part: &str, at: Place) -> Finding {
    Finding::new(
        severity,
        format!("{name} is not production in what is deployed ({part})"),
    )
    .at(at, "")
    .fix(format!("set {name} to production here"))
}

/// The last setting in the image counts, if there is one; whoever runs the image may still give another.
fn of_image(file: &Dockerfile) -> Option<Option<Finding>> {
    let line = file.shipped();
    let set = file.stages_of(&line).find_map(|stage| {
        stage
            .settings("ENV")
            .filter(|set| set.name == "NODE_ENV")
            .last()
    })?;
    let said = severity(&set.name, set.given.literal()?.expose());
    Some(said.map(|_| {
        finding(
            Severity::Warning,
            &set.name,
            "the image",
            place(&file.path, set.at),
        )
    }))
}
