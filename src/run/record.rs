//! What the checks say of what was gathered, kept for another machine or told at once.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use clap::ValueEnum as _;

use super::VERSION;
use super::selection::Selection;
use crate::checks;
use crate::cli::{Audit, FailOn};
use crate::facts::Facts;
use crate::facts::env::{Env, Variable};
use crate::gather::files::{self, Root};
use crate::gather::{self, Gathered, Plan};
use crate::model::ignore;
use crate::model::{CheckResult, Date, Group, Known, VariableReport};
use crate::recording::{self, App, Recording, Said};
use crate::{report, save};

/// What else than the facts belongs to a recording.
pub(super) struct Context<'a> {
    /// Where ignores that are written in files are read.
    pub root: &'a Root,
    /// The checks that run, and what the config says.
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
    let settings = &selection.settings;
    let git = gathered.facts.iter().find_map(|facts| facts.git.as_ref());
    let prefix = git.map(|git| git.prefix.clone()).unwrap_or_default();
    let folders: Vec<&str> = gathered
        .facts
        .iter()
        .map(|facts| facts.app.path.as_str())
        .collect();
    let mut notes = settings.notes(&folders, &selection.named);
    notes.extend(gathered.notes);
    notes.extend(context.seams.clone());
    let apps = gathered.facts.into_iter();
    let apps: Vec<App> = apps
        .map(|facts| {
            let results = selection.judge(&facts, |check| check.meta.group != Group::Ignores);
            let said = results.into_iter().filter_map(said).collect();
            let left_out = selection.left_out(&facts.app.path);
            app(facts, said, left_out)
        })
        .collect();
    let all = apps.iter().flat_map(|app| &app.checks);
    let all = all.flat_map(|said| said.outcome.files());
    let mut files: BTreeSet<String> = all.map(str::to_owned).collect();
    let ignores = settings.ignores(&files);
    files.extend(gathered.ignoring.iter().cloned());
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
        prefix,
        fail_on: settings.run.fail_on.map(|one| one.word().to_owned()),
        strict: settings.run.strict,
        notes,
        vouchers: settings.run.vouchers.clone(),
        ignores,
        beside,
        ignoring,
        apps,
    }
}

/// An outcome as it is recorded.
fn said(result: CheckResult) -> Option<Said> {
    let check = checks::ALL
        .iter()
        .find(|check| check.meta.id == result.meta.id)?;
    Some(Said {
        check,
        outcome: result.outcome.into(),
    })
}

/// What was typed where it is told, and where nothing was, what the config said where it was recorded.
pub(super) fn filled(typed: &Audit, recording: &Recording) -> Audit {
    let mut args = typed.clone();
    let word = recording.fail_on.as_deref();
    let recorded = word.and_then(|word| FailOn::from_str(word, false).ok());
    args.fail_on = args.fail_on.or(recorded);
    args.strict = args.strict.or(recording.strict);
    args
}

fn app(facts: Facts, checks: Vec<Said>, left_out: Vec<&'static str>) -> App {
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
        manifest: app.manifest.clone(),
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
        left_out,
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
