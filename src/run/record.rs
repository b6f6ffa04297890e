//! What the checks say of what was gathered, kept for another machine or told at once.

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};

use super::{Selection, VERSION};
use crate::checks::engine::{self, Check};
use crate::config::Config;
use crate::facts::Facts;
use crate::facts::env::{Env, Variable};
use crate::gather::files::{self, Root};
use crate::gather::{self, Gathered, Plan};
use crate::model::ignore;
use crate::model::{Date, Group, Known, VariableReport};
use crate::recording::{self, App, Recording, Said};
use crate::{report, save};

/// What else than the facts belongs to a recording.
pub(super) struct Context<'a> {
    /// Where ignores that are written in files are read.
    pub root: &'a Root,
    /// What the project declares.
    pub config: &'a Config,
    /// The checks that run.
    pub selection: &'a Selection,
    /// What was gathered.
    pub plan: &'a Plan,
    /// What to say of how it was asked.
    pub seams: Option<String>,
    /// On which day it is judged.
    pub today: Date,
}

/// Lets every check say what it has to say.
pub(super) fn make(context: &Context<'_>, gathered: Gathered) -> Recording {
    let selection = context.selection;
    let first = selection.running();
    let first: Vec<&'static Check> = first
        .filter(|check| check.meta.group != Group::Ignores)
        .collect();
    let apps = gathered.facts.into_iter();
    let apps: Vec<App> = apps
        .map(|facts| {
            let results = engine::judge(&facts, &first).into_iter();
            let said = first.iter().zip(results).map(|(check, result)| Said {
                check,
                outcome: result.outcome.into(),
            });
            let said = said.collect();
            app(facts, said, &selection.left_out)
        })
        .collect();
    let mut files = gathered.ignoring.clone();
    let said = apps.iter().flat_map(|app| &app.checks);
    files.extend(
        said.flat_map(|said| said.outcome.files())
            .map(str::to_owned),
    );
    let beside = gather::ignores::read(context.root, &files);
    let mut ignoring = gathered.ignoring;
    ignoring.retain(|file| {
        beside
            .iter()
            .any(|one| ignore::file_of(&one.place) == Some(file))
    });
    Recording {
        schema: (),
        version: VERSION.to_owned(),
        day: context.today,
        target: context.plan.target,
        offline: context.plan.ask.as_ref().err().cloned(),
        directory: gathered.directory,
        gaps: gathered.gaps,
        notes: gathered
            .notes
            .into_iter()
            .chain(context.seams.clone())
            .collect(),
        vouchers: context.config.vouchers.clone(),
        ignores: Vec::new(),
        beside,
        ignoring,
        apps,
    }
}

fn app(facts: Facts, checks: Vec<Said>, left_out: &[&'static str]) -> App {
    let app = &facts.app;
    let packages = app.clerk.iter().map(|package| {
        let version = package
            .version
            .clone()
            .unwrap_or_else(|| package.range.clone());
        (
            package.name.clone(),
            Some(version).filter(|version| !version.is_empty()),
        )
    });
    App {
        path: app.shown_path().to_owned(),
        name: app.name.clone(),
        kind: app.kind,
        framework: app.framework,
        framework_version: app.framework_version.clone(),
        clerk_packages: packages.collect(),
        environment: match &facts.env {
            Known::Yes(env) => env.sources(),
            Known::NotAsked(why) => format!("not judged ({why})"),
            Known::Failed(why) => why.clone(),
        },
        variables: facts.env.as_ref().map(variables).unwrap_or_default(),
        left_out: left_out.to_vec(),
        checks,
        map: match facts.routes {
            Known::Yes(map) => Some(map),
            Known::NotAsked(_) | Known::Failed(_) => None,
        },
    }
}

/// The variables of Clerk, and where their values come from.
fn variables(env: &Env) -> Vec<VariableReport> {
    let of_clerk = env.all().filter(|one| one.winner.name.contains("CLERK"));
    let report = |variable: &Variable| VariableReport {
        name: variable.winner.name.clone(),
        value: variable.value().redacted(),
        origin: variable.winner.origin.words(),
        shadowed: variable
            .shadowed
            .iter()
            .map(|one| one.origin.words())
            .collect(),
    };
    of_clerk.map(report).collect()
}

/// Writes a recording, whole or not at all.
pub(super) fn write(path: &Path, recording: &Recording) -> Result<()> {
    save::whole_by(path, |out| report::json::write(recording, out))
        .map_err(|e| anyhow!("cannot write {}: {}", path.display(), files::words(&e)))
}

/// Reads a recording.
pub(super) fn read(path: &Path) -> Result<Recording> {
    let name = path.display().to_string();
    let cannot = |e: std::io::Error| anyhow!("cannot read {name}: {}", files::words(&e));
    let file = File::open(path).map_err(cannot)?;
    if file.metadata().map_err(cannot)?.is_dir() {
        return Err(anyhow!("it is a directory")).with_context(|| format!("cannot read {name}"));
    }
    recording::read(&name, file)
}
