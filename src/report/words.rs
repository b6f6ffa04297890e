//! The words that all formats for reading share: there is one place for each.

use std::collections::BTreeSet;
use std::time::Duration;

use super::together;
use crate::model::{
    Acknowledgement, AppKind, AppReport, CheckResult, Decision, Finding, Place, Report, Severity,
};

/// The verdict.
pub(super) const fn verdict(decision: Decision) -> &'static str {
    match decision {
        Decision::Ready => "READY",
        Decision::NotReady => "NOT READY",
        Decision::Incomplete => "INCOMPLETE",
    }
}

/// What the verdict rests on, part by part; the last is the exit code.
pub(super) fn basis(report: &Report, elapsed: Option<Duration>) -> Vec<String> {
    let tally = report.tally();
    let mut parts = Vec::new();
    parts.extend(findings(report).map(|found| match warnings_fail(report) {
        Some(option) => format!("{found} ({option})"),
        None => found,
    }));
    parts.extend(open(report));
    parts.extend(findings_acknowledged(
        report.apps.iter().flat_map(|app| &app.checks),
    ));
    if report.decision == Decision::Incomplete && report.apps.is_empty() {
        parts.push("nothing to audit".to_owned());
    }
    if report.decision == Decision::Incomplete && tally.error > 0 {
        parts.push(format!(
            "{} could not be judged",
            count(tally.error, "check")
        ));
    }
    parts.extend(outcomes(report));
    if let Some(elapsed) = elapsed {
        parts.push(format!("{:.2} s", elapsed.as_secs_f64()));
    }
    parts.push(format!("exit {}", report.exit_code));
    parts
}

/// By which option the audit fails with its warnings.
fn warnings_fail(report: &Report) -> Option<&'static str> {
    let fails = report.gate == Some(Severity::Warning);
    let warned = |(.., finding): (_, _, &Finding)| finding.severity == Severity::Warning;
    let option = if report.strict {
        "--strict"
    } else {
        "--fail-on warning"
    };
    (fails && all_findings(report).any(warned)).then_some(option)
}

/// Why the audit fails where no finding says it: "24 statements open (--strict)".
pub(super) fn open(report: &Report) -> Option<String> {
    let all = report.attestations.iter();
    let open = all.filter(|one| !one.standing.is_settled()).count();
    (report.strict && open > 0).then(|| format!("{} open (--strict)", count(open, "statement")))
}

/// Every finding that counts, with its check and app.
pub(super) fn all_findings(
    report: &Report,
) -> impl Iterator<Item = (&AppReport, &CheckResult, &Finding)> {
    let checks = report
        .apps
        .iter()
        .flat_map(|app| app.checks.iter().map(move |check| (app, check)));
    checks.flat_map(|(app, check)| {
        let findings = check.outcome.findings().iter();
        findings.map(move |finding| (app, check, finding))
    })
}

/// Why each finding of a check matters: said once, with the last of those that share it.
pub(super) fn whys(check: &CheckResult) -> Vec<Option<&str>> {
    let mut said = BTreeSet::new();
    let last_first = together::firsts(check.outcome.findings()).rev();
    let mut whys: Vec<_> = last_first
        .map(|finding| check.why(finding))
        .map(|why| said.insert(why).then_some(why))
        .collect();
    whys.reverse();
    whys
}

/// "2 errors, 1 warning".
pub(super) fn findings(report: &Report) -> Option<String> {
    let number = |wanted| {
        let all = all_findings(report);
        all.filter(|(.., finding)| finding.severity == wanted)
            .count()
    };
    let counts = [
        (number(Severity::Error), "error"),
        (number(Severity::Warning), "warning"),
    ];
    let told = counts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<_> = told.map(|(number, thing)| count(*number, thing)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// "40 checks: 25 pass, 3 fail, …".
fn outcomes(report: &Report) -> Option<String> {
    let tally = report.tally();
    let counts = [
        (tally.pass, "pass"),
        (tally.fail, "fail"),
        (tally.warn, "warn"),
        (tally.acknowledged, "acknowledged"),
        (tally.error, "not judged"),
        (tally.skip, "skipped"),
        (tally.na, "n/a"),
    ];
    let told = counts.iter().filter(|(number, _)| *number > 0);
    let told: Vec<_> = told
        .map(|(number, how)| format!("{number} {how}"))
        .collect();
    let all = count(tally.total(), "check");
    let of = match report.apps.len() {
        0 | 1 => all,
        _ => format!("{}, {all}", apps(&report.apps)),
    };
    (tally.total() > 0).then(|| format!("{of}: {}", told.join(", ")))
}

/// "2 findings ignored, 3 in the baseline".
pub(super) fn findings_acknowledged<'c>(
    checks: impl Iterator<Item = &'c CheckResult>,
) -> Option<String> {
    let (mut ignored, mut known) = (0, 0);
    for one in checks.flat_map(|check| &check.acknowledged) {
        match one.by {
            Acknowledgement::Ignored { .. } => ignored += 1,
            Acknowledgement::Baseline => known += 1,
        }
    }
    match (ignored, known) {
        (0, 0) => None,
        (0, known) => Some(format!("{} in the baseline", count(known, "finding"))),
        (ignored, 0) => Some(format!("{} ignored", count(ignored, "finding"))),
        (ignored, known) => Some(format!(
            "{} ignored, {known} in the baseline",
            count(ignored, "finding")
        )),
    }
}

/// "1 error", "2 errors".
pub(super) fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// "2 apps, 1 library".
pub(super) fn apps(apps: &[AppReport]) -> String {
    if apps.is_empty() {
        return "no app".to_owned();
    }
    let of = |kind: AppKind| apps.iter().filter(|app| app.kind == kind).count();
    let mut parts = vec![count(of(AppKind::App), "app")];
    match of(AppKind::Library) {
        0 => {}
        1 => parts.push("1 library".to_owned()),
        more => parts.push(format!("{more} libraries")),
    }
    if of(AppKind::Unused) > 0 {
        parts.push(format!("{} not using Clerk", of(AppKind::Unused)));
    }
    parts.join(", ")
}

/// A place, as one would type it.
pub fn place(place: &Place) -> String {
    match place {
        Place::Span {
            file, line, column, ..
        } => format!("{file}:{line}:{column}"),
        Place::File { file } => file.clone(),
        Place::Variable { name, origin } => format!("{name} ({origin})"),
        Place::Url { url } => url.clone(),
    }
}
