//! From what is known to the report: every check judges every app, and the outcomes decide.

use crate::checks::engine::{self, Check};
use crate::cli::{Audit, FailOn};
use crate::exit::Exit;
use crate::facts::Facts;
use crate::facts::env::{Env, Variable};
use crate::gather::{Gathered, Plan};
use crate::model::attest::Attestation;
use crate::model::routes::RouteMap;
use crate::model::{
    AppKind, AppReport, Decision, Known, Outcome, Report, Severity, VariableReport,
};
use crate::plan;

/// Judges every app, and decides.
pub(super) fn judge(
    args: &Audit,
    plan: &Plan,
    checks: &[&Check],
    gathered: Gathered,
    attestations: Vec<Attestation>,
) -> Report {
    let git = gathered.facts.iter().find_map(|facts| facts.git.as_ref());
    let prefix = git.map(|git| git.prefix.clone()).unwrap_or_default();
    let apps = gathered.facts.into_iter();
    let apps: Vec<AppReport> = apps.map(|facts| app_report(facts, checks)).collect();
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
        prefix,
        apps,
        attestations,
        notes,
        gate: gate(args),
        decision,
        exit_code: Exit::from(decision).code(),
    }
}

fn app_report(facts: Facts, checks: &[&Check]) -> AppReport {
    let checks = engine::judge(&facts, checks);
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
        manifest: app.manifest.clone(),
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

/// The mildest severity that makes it not ready.
fn gate(args: &Audit) -> Option<Severity> {
    match args.fail_on {
        FailOn::Never => None,
        FailOn::Error if !args.strict => Some(Severity::Error),
        FailOn::Error | FailOn::Warning => Some(Severity::Warning),
    }
}

/// A finding at the threshold outranks what could not be judged; only then is it ready.
fn decide(args: &Audit, apps: &[AppReport], all_read: bool, attested: bool) -> Decision {
    let outcomes = || {
        apps.iter()
            .flat_map(|app| &app.checks)
            .map(|check| &check.outcome)
    };
    let gate = gate(args);
    let failed = outcomes().any(|outcome| match outcome {
        Outcome::Fail(_) => gate.is_some(),
        Outcome::Warn(_) => gate == Some(Severity::Warning),
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
