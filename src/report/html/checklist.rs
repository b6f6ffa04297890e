//! The checklist of one app: its groups, every check in them, and what each of them found.

use std::io::{self, Write};

use super::escape::{Slug, Text};
use super::finding;
use crate::model::{
    Acknowledged, Acknowledgement, AppReport, CheckResult, Finding, Group, Outcome, Report,
};
use crate::report::{human, together, words};

/// Findings of one check that are shown at once; the others wait behind a word.
const AT_ONCE: usize = 20;

/// Writes the groups of an app. `app` is its number in the page.
pub(super) fn write(app: usize, report: &AppReport, out: &mut dyn Write) -> io::Result<()> {
    for (group, checks) in Report::groups(report) {
        let problems = checks.iter().filter(|check| is_problem(&check.outcome));
        let (open, class) = match problems.clone().count() {
            0 => ("", "group"),
            _ => (" open", "group problems"),
        };
        write!(
            out,
            "<details class=\"{class}\" id=\"app-{app}-{}\"{open}><summary><h4>{}</h4>",
            group.id(),
            group.title()
        )?;
        counts(&checks, out)?;
        writeln!(
            out,
            "<span class=\"score\">{}</span></summary>",
            human::words::score(&checks)
        )?;
        if let Some(routes) = human::words::routes(report, group) {
            writeln!(out, "<p class=\"aside\">{routes}</p>")?;
        }
        out.write_all(b"<ul class=\"checks\">\n")?;
        for check in problems {
            told(app, check, out)?;
        }
        // What does not concern the app comes last.
        let rest = checks.iter().filter(|check| !is_problem(&check.outcome));
        let (concern, beside): (Vec<&&CheckResult>, Vec<&&CheckResult>) =
            rest.partition(|check| has_page(check));
        for check in concern.into_iter().chain(beside) {
            match check.acknowledged.is_empty() {
                true => row(app, check, out)?,
                false => told(app, check, out)?,
            }
        }
        out.write_all(b"</ul>\n</details>\n")?;
    }
    Ok(())
}

/// Whether somebody has to do something about it.
pub(super) const fn is_problem(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Fail(_) | Outcome::Warn(_) | Outcome::Broken { .. }
    )
}

/// "1 FAIL" "2 WARN", beside the heading of a group.
fn counts(checks: &[&CheckResult], out: &mut dyn Write) -> io::Result<()> {
    for kind in ["fail", "warn", "error"] {
        let of_kind = checks.iter().filter(|check| check.outcome.word() == kind);
        if let Some(first) = of_kind.clone().next() {
            let (word, _) = human::words::status(&first.outcome);
            let number = of_kind.count();
            write!(out, " <span class=\"chip {kind}\">{number} {word}</span>")?;
        }
    }
    Ok(())
}

/// The word of an outcome, as a label.
pub(super) fn chip(outcome: &Outcome) -> String {
    let (word, _) = human::words::status(outcome);
    format!("<span class=\"chip {}\">{word}</span>", outcome.word())
}

fn begin(app: usize, check: &CheckResult, out: &mut dyn Write) -> io::Result<()> {
    let kind = check.outcome.word();
    write!(
        out,
        "<li class=\"check {kind}\" data-is=\"{kind}\" id=\"app-{app}-{}\">",
        Slug(check.meta.id)
    )
}

/// The id, which leads to the check's page.
fn id(check: &CheckResult, out: &mut dyn Write) -> io::Result<()> {
    let id = check.meta.id;
    match has_page(check) {
        true => write!(
            out,
            " <a class=\"id\" href=\"#about-{}\" title=\"About this check\">{id}</a>",
            Slug(id)
        ),
        false => write!(out, " <span class=\"id\">{id}</span>"),
    }
}

/// Whether the report has the check's page: not for what does not concern the project.
pub(super) const fn has_page(check: &CheckResult) -> bool {
    !matches!(check.outcome, Outcome::NotApplicable(_))
}

/// A check of which there is nothing to tell but how it ended.
fn row(app: usize, check: &CheckResult, out: &mut dyn Write) -> io::Result<()> {
    begin(app, check, out)?;
    let sentence = check.outcome.reason().unwrap_or_else(|| check.title());
    write!(
        out,
        "{} <span class=\"title\">{}</span>",
        chip(&check.outcome),
        Text(sentence)
    )?;
    id(check, out)?;
    out.write_all(b"</li>\n")
}

/// A check with what it found.
fn told(app: usize, check: &CheckResult, out: &mut dyn Write) -> io::Result<()> {
    begin(app, check, out)?;
    let sentence = check.outcome.reason().unwrap_or_else(|| check.title());
    write!(
        out,
        "<h5>{} {}</h5>\n<p class=\"which\">",
        chip(&check.outcome),
        Text(sentence)
    )?;
    id(check, out)?;
    out.write_all(b"</p>\n")?;
    // The check's own reason, unless every finding has another.
    let findings = check.outcome.findings();
    let is_own = findings.is_empty() || findings.iter().any(|finding| finding.why.is_none());
    if is_problem(&check.outcome) && is_own {
        writeln!(
            out,
            "<p class=\"why\"><span class=\"term\">Why</span> {}</p>",
            Text(check.meta.why)
        )?;
    }
    if let Outcome::Broken { hint, marks, .. } = &check.outcome {
        finding::marks(marks, out)?;
        finding::advice(None, Some(hint), None, out)?;
    }
    self::findings(findings, out)?;
    for one in together::acknowledged(&check.acknowledged) {
        acknowledged(&one, out)?;
    }
    if is_problem(&check.outcome) {
        writeln!(
            out,
            "<p class=\"more\"><span class=\"term\">More</span> <code>clerk-audit explain {}</code></p>",
            check.meta.id
        )?;
    }
    out.write_all(b"</li>\n")
}

fn findings(all: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    out.write_all(b"<ul class=\"findings\">\n")?;
    let number = together::findings(all).count();
    let mut told = together::findings(all).peekable();
    let mut at = 0;
    while let Some(finding) = told.next() {
        if at == AT_ONCE {
            let more = words::count(number - at, "more finding");
            writeln!(
                out,
                "</ul>\n<details class=\"rest problems\"><summary>{more}</summary>\n<ul class=\"findings\">"
            )?;
        }
        finding::write(&finding, told.peek().map(AsRef::as_ref), out)?;
        at += 1;
    }
    let end = if number > AT_ONCE { "</details>\n" } else { "" };
    write!(out, "</ul>\n{end}")
}

/// A finding that does not count, and who said so.
fn acknowledged(one: &Acknowledged, out: &mut dyn Write) -> io::Result<()> {
    let word = one.by.word();
    write!(
        out,
        "<details class=\"acknowledged\"><summary><span class=\"term\">{word}</span> {}",
        Text(&one.finding.message)
    )?;
    match &one.by {
        Acknowledgement::Baseline => {}
        Acknowledgement::Ignored {
            reason,
            place,
            until,
        } => {
            write!(
                out,
                "<span class=\"said\">Reason: {}; <code>{}</code>",
                Text(reason),
                Text(&words::place(place))
            )?;
            if let Some(day) = until {
                write!(out, ", until {day}")?;
            }
            out.write_all(b"</span>")?;
        }
    }
    out.write_all(b"</summary>\n<ul class=\"findings\">\n")?;
    finding::write(&one.finding, None, out)?;
    out.write_all(b"</ul>\n</details>\n")
}

/// The advisories and what else there is to say about installed packages: each check of the group with
/// its outcome, and the way to it.
pub(super) fn dependencies(app: usize, report: &AppReport, out: &mut dyn Write) -> io::Result<()> {
    let of_group = |check: &&CheckResult| {
        check.meta.group == Group::Dependencies
            && !matches!(check.outcome, Outcome::NotApplicable(_))
    };
    let checks: Vec<_> = report.checks.iter().filter(of_group).collect();
    if checks.is_empty() {
        return Ok(());
    }
    out.write_all(b"<ul class=\"rows\">\n")?;
    for check in checks {
        let sentence = check.outcome.reason().unwrap_or_else(|| check.title());
        let href = Slug(check.meta.id);
        write!(
            out,
            "<li>{} <a href=\"#app-{app}-{href}\">{}</a>",
            chip(&check.outcome),
            Text(sentence)
        )?;
        for finding in together::findings(check.outcome.findings()) {
            write!(out, "<p class=\"aside\">{}</p>", Text(&finding.message))?;
        }
        out.write_all(b"</li>\n")?;
    }
    out.write_all(b"</ul>\n")
}
