//! For pull requests and wikis, in GitHub's Markdown: the verdict, a table by group, then what was found,
//! the worst first. Words of the project are code, never markup: see `markup`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use super::markup::{code, prose};
use super::sanitize::Cleaner;
use super::{Options, Style, attest, together, words};
use crate::model::attest::{Attestation, Standing};
use crate::model::{
    Acknowledged, Acknowledgement, AppReport, CheckResult, Finding, Group, Mark, Outcome, Report,
    Severity, Tally,
};

const CLEANER: Cleaner = Cleaner::UNICODE;

/// Writes the report as Markdown.
pub fn render(
    report: &Report,
    _style: &Style,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let basis = words::basis(report, None).join(" · ");
    let verdict = words::verdict(report.decision);
    write!(out, "## clerk-audit: {verdict}\n\n{basis}\n")?;
    if options.quiet {
        return Ok(());
    }
    about(report, out)?;
    table(report, out)?;
    findings(report, Severity::Error, "Errors", out)?;
    findings(report, Severity::Warning, "Warnings", out)?;
    not_judged(report, out)?;
    attested(&report.attestations, out)?;
    for (at, note) in report.notes.iter().enumerate() {
        let head = if at == 0 { "\n### Notes\n\n" } else { "" };
        writeln!(out, "{head}- {}", inner(note))?;
    }
    acknowledged(report, out)
}

/// A sentence of the report that stands at the beginning of a line, where a dash or a number would begin
/// a list of its own.
fn inner(text: &str) -> String {
    let safe = prose(&CLEANER.text(text));
    let lists = |c: char| c.is_ascii_digit() || c == '-';
    match safe.starts_with(lists) {
        true => format!("Note: {safe}"),
        false => safe,
    }
}

fn name(text: &str) -> String {
    code(&CLEANER.text(text))
}

/// What was judged, and as what.
fn about(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let why = CLEANER.text(&report.online_why);
    let network = if report.online { "online" } else { "offline" };
    let mut basis = format!("Target {}, {network}", report.target);
    if !why.is_empty() {
        let _ = write!(basis, " ({})", prose(&why));
    }
    writeln!(out, "\n{basis}")?;
    for (at, app) in report.apps.iter().enumerate() {
        let place = match app.path.as_str() {
            "." => app.name.as_deref().unwrap_or(&report.directory),
            path => path,
        };
        let stack = stack(app);
        let gap = if stack.is_empty() { "" } else { ": " };
        let head = if at == 0 { "\n" } else { "" };
        writeln!(out, "{head}- {}{gap}{stack}", name(place))?;
    }
    Ok(())
}

fn stack(app: &AppReport) -> String {
    let mut parts = Vec::new();
    let mut part = |word: String, version: &Option<String>| {
        let version = version
            .as_deref()
            .map(|version| prose(&CLEANER.text(version)));
        let version = version.map_or_else(String::new, |version| format!(" {version}"));
        parts.push(format!("{word}{version}"));
    };
    if !app.framework_name.is_empty() {
        part(prose(app.framework_name), &app.framework_version);
    }
    for (package, version) in &app.clerk_packages {
        part(name(package), version);
    }
    parts.join(", ")
}

/// How the checks of each group ended.
fn table(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let checks = || report.apps.iter().flat_map(|app| &app.checks);
    if checks().next().is_none() {
        return Ok(());
    }
    out.write_all(
        b"\n| Group | Pass | Fail | Warn | Acknowledged | Not judged | Skipped | N/A |\n",
    )?;
    out.write_all(b"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")?;
    for group in Group::ALL {
        let mut tally = Tally::default();
        let of_group = checks().filter(|check| check.meta.group == *group);
        of_group.for_each(|check| tally.count(&check.outcome));
        if tally.total() > 0 {
            row(group.title(), tally, out)?;
        }
    }
    Ok(())
}

fn row(title: &str, tally: Tally, out: &mut dyn io::Write) -> io::Result<()> {
    let Tally {
        pass,
        fail,
        warn,
        acknowledged,
        skip,
        na,
        error,
    } = tally;
    write!(out, "| {title} |")?;
    for number in [pass, fail, warn, acknowledged, error, skip, na] {
        match number {
            0 => write!(out, " |")?,
            number => write!(out, " {number} |")?,
        }
    }
    writeln!(out)
}

fn findings(
    report: &Report,
    severity: Severity,
    title: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let several = report.apps.len() > 1;
    let checks = report
        .apps
        .iter()
        .flat_map(|app| app.checks.iter().map(move |check| (app, check)));
    let all = checks.flat_map(|(app, check)| {
        let told = together::findings(check.outcome.findings());
        told.map(move |finding| (app, check, finding))
    });
    let mut before: Option<&CheckResult> = None;
    let mut said = BTreeSet::new();
    for (app, check, finding) in all.filter(|(.., finding)| finding.severity == severity) {
        let mut item = String::new();
        if before.is_none() {
            let _ = writeln!(item, "\n### {title}\n");
        }
        // Why it matters is said once for all of a check that share it.
        if !before.is_some_and(|before| std::ptr::eq(before, check)) {
            said.clear();
        }
        let why = Some(check.why(&finding).to_owned());
        let why = why.filter(|why| said.insert(why.clone()));
        let finding = CLEANER.finding(&finding);
        head(&mut item, &finding.message, check, several.then_some(app));
        places(&mut item, &finding.marks);
        note(
            &mut item,
            "Why",
            &prose(&CLEANER.text(&why.unwrap_or_default())),
        );
        advice(&mut item, &finding);
        out.write_all(item.as_bytes())?;
        before = Some(check);
    }
    Ok(())
}

fn head(item: &mut String, message: &str, check: &CheckResult, app: Option<&AppReport>) {
    let _ = write!(item, "- **{}** ({}", prose(message), code(check.meta.id));
    if let Some(app) = app {
        let _ = write!(item, " in {}", name(&app.path));
    }
    item.push_str(")\n");
}

fn places(item: &mut String, marks: &[Mark]) {
    for mark in marks {
        let place = code(&words::place(&mark.place));
        let label = prose(&mark.label);
        let gap = if label.is_empty() { "" } else { ": " };
        let _ = writeln!(item, "  - {place}{gap}{label}");
    }
}

fn note(item: &mut String, name: &str, said: &str) {
    if !said.is_empty() {
        let _ = writeln!(item, "  - {name}: {said}");
    }
}

fn advice(item: &mut String, finding: &Finding) {
    note(item, "Fix", &prose(&finding.hint));
    note(
        item,
        "Verify",
        &code(finding.verify.as_deref().unwrap_or("")),
    );
}

fn not_judged(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let several = report.apps.len() > 1;
    let mut title = "\n### Not judged\n\n";
    for app in &report.apps {
        for check in &app.checks {
            let Outcome::Broken { why, hint, marks } = &check.outcome else {
                continue;
            };
            let mut item = std::mem::take(&mut title).to_owned();
            head(&mut item, &CLEANER.text(why), check, several.then_some(app));
            let marks: Vec<Mark> = marks.iter().map(|mark| CLEANER.safe_mark(mark)).collect();
            places(&mut item, &marks);
            note(&mut item, "Fix", &prose(&CLEANER.text(hint)));
            out.write_all(item.as_bytes())?;
        }
    }
    Ok(())
}

fn attested(all: &[Attestation], out: &mut dyn io::Write) -> io::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### {}\n", attest::score(all))?;
    for one in all.iter().filter(|one| one.standing != Standing::Open) {
        let (word, _) = attest::word(one.standing);
        let said = one.voucher.as_ref().map(attest::said).unwrap_or_default();
        writeln!(out, "- {word} {} {}", code(one.statement.id), prose(&said))?;
    }
    let open = all.iter().filter(|one| one.standing == Standing::Open);
    let open: Vec<String> = open.map(|one| code(one.statement.id)).collect();
    if open.is_empty() {
        return Ok(());
    }
    writeln!(out, "- OPEN {}", open.join(", "))
}

/// What does not count, folded away: it was read once already.
fn acknowledged(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let checks = || report.apps.iter().flat_map(|app| &app.checks);
    let Some(count) = words::findings_acknowledged(checks()) else {
        return Ok(());
    };
    writeln!(out, "\n<details><summary>{count}</summary>\n")?;
    let several = report.apps.len() > 1;
    for app in &report.apps {
        for check in &app.checks {
            for one in together::acknowledged(&check.acknowledged) {
                let one = CLEANER.acknowledged(&one);
                let mut item = String::new();
                head(
                    &mut item,
                    &one.finding.message,
                    check,
                    several.then_some(app),
                );
                places(&mut item, &one.finding.marks);
                by(&mut item, &one);
                out.write_all(item.as_bytes())?;
            }
        }
    }
    writeln!(out, "\n</details>")
}

fn by(item: &mut String, one: &Acknowledged) {
    match &one.by {
        Acknowledgement::Baseline => item.push_str("  - In the baseline\n"),
        Acknowledgement::Ignored {
            reason,
            place,
            until,
        } => {
            let until = until.map_or_else(String::new, |day| format!(", until {day}"));
            let place = code(&words::place(place));
            let _ = writeln!(item, "  - Ignored in {place}{until}: {}", prose(reason));
        }
    }
}
