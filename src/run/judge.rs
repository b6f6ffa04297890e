//! From what the checks said to the report: what is acknowledged is set aside, and the outcomes decide.

use std::collections::{BTreeMap, BTreeSet};

use super::{VERSION, settings};
use crate::checks::acknowledge;
use crate::checks::engine::{self, Check};
use crate::cli::{Audit, FailOn};
use crate::exit::Exit;
use crate::facts::project::App as Package;
use crate::facts::{Facts, IgnoreState, Need, tree};
use crate::model::attest::{Attestation, Voucher};
use crate::model::ignore::{self, Ignore};
use crate::model::routes::RouteMap;
use crate::model::{
    AppKind, AppReport, CheckResult, Date, Decision, Group, Known, Meta, Outcome, Report, Severity,
};
use crate::recording::{App, Recording, Said};
use crate::{checks, plan};

/// What a user gave to judge with, beside what the checks said.
pub(super) struct Terms<'a> {
    /// The checks that were asked for, in table order.
    pub checks: &'a [&'static Check],
    /// What they need to be told.
    pub needs: BTreeSet<Need>,
    /// Whether that is all of the audit: a part of it says nothing of the rest of the checklist.
    pub whole: bool,
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

/// An app, what its checks said, and in the end what becomes of that.
struct Judged {
    app: App,
    checks: Vec<CheckResult>,
}

/// Judges every app, and decides.
pub(super) fn judge(args: &Audit, terms: &Terms<'_>, mut recording: Recording) -> Report {
    let attestations = attestations(terms, &recording);
    let mut notes: Vec<String> = recording
        .gaps
        .iter()
        .map(|gap| format!("could not be read: {gap}"))
        .collect();
    notes.append(&mut recording.notes);
    let mut missing = BTreeSet::new();
    let apps = std::mem::take(&mut recording.apps).into_iter();
    let mut apps: Vec<Judged> = apps.map(|app| first(app, terms, &mut missing)).collect();
    notes.extend(not_as_recorded(&recording.version, missing.len()));
    acknowledge(&mut apps, terms, &mut recording);
    let apps: Vec<AppReport> = apps.into_iter().map(|one| app_report(one, terms)).collect();

    let attested = attestations.iter().all(|one| one.standing.is_settled());
    let decision = decide(args, &apps, recording.gaps.is_empty(), attested);
    let offline = recording
        .offline
        .or_else(|| (!plan::is_asked(&terms.needs)).then(|| plan::NOT_SELECTED.to_owned()));
    Report {
        version: VERSION,
        target: recording.target.word(),
        online: offline.is_none(),
        online_why: offline.unwrap_or_default(),
        directory: recording.directory,
        prefix: recording.prefix,
        gate: gate(args),
        strict: args.strict == Some(true),
        apps,
        attestations,
        notes,
        decision,
        exit_code: Exit::from(decision).code(),
    }
}

/// How each statement stood on the day.
fn attestations(terms: &Terms<'_>, recording: &Recording) -> Vec<Attestation> {
    if !terms.whole || recording.apps.is_empty() {
        return Vec::new();
    }
    standing(&recording.vouchers, recording.day)
}

/// How each statement stands on a day, after what was said of it.
pub(super) fn standing(vouchers: &BTreeMap<String, Voucher>, day: Date) -> Vec<Attestation> {
    let all = checks::attestations::ALL.iter();
    all.map(|statement| Attestation::on(day, statement, vouchers.get(statement.id).cloned()))
        .collect()
}

/// What the selected checks said of an app, but those that judge the ignores.
fn first(mut app: App, terms: &Terms<'_>, missing: &mut BTreeSet<&'static str>) -> Judged {
    let mut said = std::mem::take(&mut app.checks);
    let selected = terms.checks.iter().map(|check| &check.meta);
    let selected = selected.filter(|meta| runs(meta, &app) && meta.group != Group::Ignores);
    let checks = selected.map(|meta| CheckResult {
        meta: *meta,
        outcome: match take(&mut said, meta.id) {
            Some(outcome) => outcome,
            None => {
                missing.insert(meta.id);
                Outcome::Skipped("not recorded".to_owned())
            }
        },
        acknowledged: Vec::new(),
    });
    Judged {
        checks: checks.collect(),
        app,
    }
}

fn take(said: &mut Vec<Said>, id: &str) -> Option<Outcome> {
    let at = said.iter().position(|one| one.check.meta.id == id)?;
    Some(said.remove(at).outcome.into())
}

/// Whether the project leaves the check in.
fn runs(meta: &Meta, app: &App) -> bool {
    !app.left_out.contains(&meta.id)
}

/// What makes the report of a recording another one than that of the recorded run.
fn not_as_recorded(version: &str, missing: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if version != VERSION {
        notes.push(format!(
            "recorded by clerk-audit {version}; what its checks said is told in the words of {VERSION}"
        ));
    }
    if missing > 0 {
        let checks = if missing == 1 {
            "check was"
        } else {
            "checks were"
        };
        notes.push(format!(
            "{missing} {checks} not recorded: record without --only, --skip and --group to have all"
        ));
    }
    notes
}

/// Sets aside what somebody said that it does not count. What became of the ignores is known only then.
fn acknowledge(apps: &mut [Judged], terms: &Terms<'_>, recording: &mut Recording) {
    let counting = files(apps);
    let mut ignores = std::mem::take(&mut recording.ignores);
    let beside = std::mem::take(&mut recording.beside).into_iter();
    ignores.extend(beside.filter(|one| {
        let file = ignore::file_of(&one.place).unwrap_or_default();
        recording.ignoring.contains(file) || counting.contains(file)
    }));
    let states = states(apps, ignores, recording);
    let folders: Vec<String> = apps.iter().map(|one| folder(&one.app).to_owned()).collect();
    let mut of_apps: Vec<Vec<IgnoreState>> = apps.iter().map(|_| Vec::new()).collect();
    for state in states {
        if let Some(all) = of_apps.get_mut(owner(&folders, &state)) {
            all.push(state);
        }
    }
    for (one, states) in apps.iter_mut().zip(of_apps) {
        one.checks
            .extend(of_ignores(&one.app, states, terms, recording));
        match &terms.baseline {
            Baseline::None => {}
            Baseline::Of(known) => {
                acknowledge::baseline(&mut one.checks, |print| known.contains(print));
            }
            Baseline::Everything => acknowledge::baseline(&mut one.checks, |_| true),
        }
    }
}

fn states(apps: &mut [Judged], ignores: Vec<Ignore>, recording: &Recording) -> Vec<IgnoreState> {
    let views = apps.iter_mut();
    let mut views: Vec<_> = views
        .map(|Judged { app, checks }| (folder(app), checks))
        .collect();
    acknowledge::ignore(&mut views, ignores, recording.day)
}

/// What the checks of the ignores say, which alone run when all else is judged.
fn of_ignores(
    app: &App,
    states: Vec<IgnoreState>,
    terms: &Terms<'_>,
    recording: &Recording,
) -> Vec<CheckResult> {
    let checks = terms.checks.iter().copied();
    let checks =
        checks.filter(|check| check.meta.group == Group::Ignores && runs(&check.meta, app));
    let checks: Vec<&Check> = checks.collect();
    let package = Package::bare(folder(app), app.kind, app.framework);
    let mut facts = Facts::unasked(recording.target, package);
    facts.ignores = Known::Yes(states);
    engine::judge(&facts, &checks)
}

/// The folder of an app; `""` is the audited directory.
fn folder(app: &App) -> &str {
    if app.path == "." { "" } else { &app.path }
}

/// The files that findings are in.
fn files(apps: &[Judged]) -> BTreeSet<String> {
    let checks = apps.iter().flat_map(|one| &one.checks);
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

fn app_report(judged: Judged, terms: &Terms<'_>) -> AppReport {
    let Judged { app, checks } = judged;
    let map = app.map.filter(|_| terms.needs.contains(&Need::Routes));
    AppReport {
        path: app.path,
        name: app.name,
        manifest: app.manifest,
        kind: app.kind,
        framework: app.framework.id,
        framework_name: app.framework.name,
        framework_version: app.framework_version,
        clerk_packages: app.clerk_packages,
        environment: app.environment,
        variables: app.variables,
        routes: map.as_ref().map(RouteMap::counts),
        map,
        checks,
    }
}

/// The mildest severity that makes it not ready.
fn gate(args: &Audit) -> Option<Severity> {
    let strict = args.strict == Some(true);
    match args.fail_on.unwrap_or(FailOn::Error) {
        FailOn::Never => None,
        FailOn::Error if !strict => Some(Severity::Error),
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
    let strict = args.strict == Some(true);
    let gate = gate(args);
    let failed = outcomes().any(|outcome| match outcome {
        Outcome::Fail(_) => gate.is_some(),
        Outcome::Warn(_) => gate == Some(Severity::Warning),
        _ => false,
    });
    let by_choice = |why: &str| why.starts_with("--") || why == settings::OFFLINE;
    // Without a single judgement there is nothing that "ready" could rest on: all was skipped, or no
    // package here uses Clerk.
    let judged = outcomes().any(Outcome::is_judged);
    let skipped = outcomes().any(|outcome| matches!(outcome, Outcome::Skipped(_)));
    let deployed = apps.iter().any(|app| app.kind == AppKind::App);
    let nothing = !deployed || (!judged && skipped);
    let open = outcomes().any(|outcome| match outcome {
        Outcome::Broken { .. } => true,
        Outcome::Skipped(why) => strict && !by_choice(why),
        _ => false,
    });
    if failed || (strict && !attested) {
        Decision::NotReady
    } else if open || nothing || !all_read {
        Decision::Incomplete
    } else {
        Decision::Ready
    }
}
