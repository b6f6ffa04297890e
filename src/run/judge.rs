//! From what is known to the report: every check judges every app, and the outcomes decide.

use std::collections::BTreeSet;

use crate::checks::acknowledge;
use crate::checks::engine::{self, Check};
use crate::cli::{Audit, FailOn};
use crate::exit::Exit;
use crate::facts::env::{Env, Variable};
use crate::facts::{Facts, IgnoreState, tree};
use crate::gather::files::Root;
use crate::gather::{self, Gathered, Plan};
use crate::model::attest::Attestation;
use crate::model::ignore::{self, Ignore};
use crate::model::routes::RouteMap;
use crate::model::{
    AppKind, AppReport, CheckResult, Date, Decision, Group, Known, Outcome, Report, VariableReport,
};
use crate::plan;

/// What a user gave to judge with, beside the facts.
#[derive(Clone)]
pub(super) struct Terms<'a> {
    /// The checks, in table order.
    pub checks: &'a [&'a Check],
    /// Where ignores that are written in files are read.
    pub root: &'a Root,
    /// The ignores of the config.
    pub ignores: Vec<Ignore>,
    /// On which day it is judged.
    pub today: Date,
    /// What is known already.
    pub baseline: Baseline,
}

/// Which findings are known already.
#[derive(Clone)]
pub(super) enum Baseline {
    /// None.
    None,
    /// Those of a former report.
    Of(BTreeSet<String>),
    /// All that is found now: the baseline is being written.
    Everything,
}

/// Judges every app, and decides.
pub(super) fn judge(
    args: &Audit,
    plan: &Plan,
    terms: Terms<'_>,
    mut gathered: Gathered,
    attestations: Vec<Attestation>,
) -> Report {
    let facts = std::mem::take(&mut gathered.facts);
    let apps = outcomes(facts, terms, &gathered.ignoring).into_iter();
    let apps: Vec<AppReport> = apps
        .map(|(facts, checks)| app_report(facts, checks))
        .collect();
    let mut notes: Vec<String> = gathered
        .gaps
        .iter()
        .map(|gap| format!("could not be read: {gap}"))
        .collect();
    notes.extend(gathered.notes);
    notes.extend(plan::seams(&args.live));
    let attested = attestations.iter().all(|one| one.standing.is_settled());
    let decision = decide(args, &apps, gathered.gaps.is_empty(), attested);
    Report {
        version: env!("CARGO_PKG_VERSION"),
        target: plan.target.word(),
        online: plan.ask.is_ok(),
        online_why: plan.ask.as_ref().err().cloned().unwrap_or_default(),
        directory: gathered.directory,
        apps,
        attestations,
        notes,
        decision,
        exit_code: Exit::from(decision).code(),
    }
}

/// Every app with its outcomes. What became of the ignores is known only when all else is judged.
fn outcomes(
    facts: Vec<Facts>,
    terms: Terms<'_>,
    ignoring: &BTreeSet<String>,
) -> Vec<(Facts, Vec<CheckResult>)> {
    let of_ignores = |check: &&&Check| check.meta.group == Group::Ignores;
    let (last, first): (Vec<&Check>, Vec<&Check>) = terms.checks.iter().partition(of_ignores);
    let judged = facts.into_iter().map(|facts| {
        let checks = engine::judge(&facts, &first);
        (facts, checks)
    });
    let mut apps: Vec<(Facts, Vec<CheckResult>)> = judged.collect();

    let mut files = files(&apps);
    files.extend(ignoring.iter().cloned());
    let mut ignores = terms.ignores;
    ignores.extend(gather::ignores::read(terms.root, &files));
    let folders: Vec<String> = apps
        .iter()
        .map(|(facts, _)| facts.app.path.clone())
        .collect();
    let states = {
        let apps = apps.iter_mut();
        let mut views: Vec<_> = apps
            .map(|(facts, checks)| (facts.app.shown_path(), checks))
            .collect();
        acknowledge::ignore(&mut views, ignores, terms.today)
    };
    for (facts, _) in &mut apps {
        facts.ignores = Known::Yes(Vec::new());
    }
    for state in states {
        let at = owner(&folders, &state);
        if let Some(Known::Yes(all)) = apps.get_mut(at).map(|(facts, _)| &mut facts.ignores) {
            all.push(state);
        }
    }
    for (facts, checks) in &mut apps {
        checks.extend(engine::judge(facts, &last));
        match &terms.baseline {
            Baseline::None => {}
            Baseline::Of(known) => acknowledge::baseline(checks, |print| known.contains(print)),
            Baseline::Everything => acknowledge::baseline(checks, |_| true),
        }
    }
    apps
}

/// The files that findings are in.
fn files(apps: &[(Facts, Vec<CheckResult>)]) -> BTreeSet<String> {
    let checks = apps.iter().flat_map(|(_, checks)| checks);
    let findings = checks.flat_map(|check| check.outcome.findings());
    let marks = findings.flat_map(|finding| &finding.marks);
    let files = marks.filter_map(|mark| ignore::file_of(&mark.place));
    files.map(str::to_owned).collect()
}

/// Which app an ignore is judged with: the nearest around its file, else the first.
fn owner(folders: &[String], state: &IgnoreState) -> usize {
    let file = ignore::file_of(&state.ignore.place).unwrap_or_default();
    let around = folders.iter().enumerate();
    let around = around.filter(|(_, folder)| tree::is_below(file, folder));
    let nearest = around.max_by_key(|(at, folder)| (folder.len(), usize::MAX - at));
    nearest.map_or(0, |(at, _)| at)
}

fn app_report(facts: Facts, checks: Vec<CheckResult>) -> AppReport {
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
    AppReport {
        path: app.shown_path().to_owned(),
        name: app.name.clone(),
        kind: app.kind,
        framework: app.framework.id,
        framework_name: app.framework.name,
        framework_version: app.framework_version.clone(),
        clerk_packages: packages.collect(),
        environment: match &facts.env {
            Known::Yes(env) => env.sources(),
            Known::NotAsked(why) => format!("not judged ({why})"),
            Known::Failed(why) => why.clone(),
        },
        variables: facts.env.as_ref().map(variables).unwrap_or_default(),
        routes: facts.routes.as_ref().map(RouteMap::counts),
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

/// A finding at the threshold outranks what could not be judged; only then is it ready.
fn decide(args: &Audit, apps: &[AppReport], all_read: bool, attested: bool) -> Decision {
    let outcomes = || {
        apps.iter()
            .flat_map(|app| &app.checks)
            .map(|check| &check.outcome)
    };
    let failed = outcomes().any(|outcome| match (outcome, args.fail_on) {
        (Outcome::Fail(_), FailOn::Error | FailOn::Warning) => true,
        (Outcome::Warn(_), FailOn::Warning) => true,
        (Outcome::Warn(_), FailOn::Error) => args.strict,
        _ => false,
    });
    let by_choice = |why: &str| why.starts_with("--");
    // Without a single judgement there is nothing that "ready" could rest on: all was skipped, or no
    // package here uses Clerk.
    let judged = outcomes().any(Outcome::is_judged);
    let skipped = outcomes().any(|outcome| matches!(outcome, Outcome::Skipped(_)));
    let deployed = apps.iter().any(|app| app.kind == AppKind::App);
    let nothing = !deployed || (!judged && skipped);
    let open = outcomes().any(|outcome| match outcome {
        Outcome::Broken { .. } => true,
        Outcome::Skipped(why) => args.strict && !by_choice(why),
        _ => false,
    });
    if failed || (args.strict && !attested) {
        Decision::NotReady
    } else if open || nothing || !all_read {
        Decision::Incomplete
    } else {
        Decision::Ready
    }
}
