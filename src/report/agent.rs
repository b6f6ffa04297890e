//! For programs that read: a line per finding, its fields separated by tabs, and a last line with the
//! verdict that is always there. Our own words are ASCII; names of the project stay what they are.

use std::collections::BTreeMap;
use std::io;

use super::sanitize::Cleaner;
use super::{Options, Style, attest, together, words};
use crate::model::{AppReport, CheckResult, Mark, Outcome, Report, Severity};

const CLEANER: Cleaner = Cleaner::ASCII;
/// A field that does not apply.
const NONE: &str = "-";

/// Writes a line for everything that is not in order, and the verdict.
pub fn render(
    report: &Report,
    _style: &Style,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if !options.quiet {
        for app in &report.apps {
            for check in &app.checks {
                self::check(app, check, out)?;
            }
        }
        counts(report, out)?;
    }
    let basis = words::basis(report, None).join("; ");
    writeln!(out, "{}\t{basis}", words::verdict(report.decision))
}

fn check(app: &AppReport, check: &CheckResult, out: &mut dyn io::Write) -> io::Result<()> {
    let mut before = None;
    for dirty in check.outcome.findings() {
        // The advice for many of a kind is given once, with the first of them.
        let again = before.is_some_and(|before| together::is_again(before, dirty));
        before = Some(dirty);
        let finding = CLEANER.finding(dirty);
        let word = match finding.severity {
            Severity::Error => "FAIL",
            Severity::Warning => "WARN",
        };
        let place = match finding.place() {
            Some(place) => words::place(place),
            None => CLEANER.text(&app.path),
        };
        let (id, message) = (check.meta.id, &finding.message);
        write!(out, "{word}\t{id}\t{place}\t{message}")?;
        if !again {
            named(out, "fix", &finding.hint)?;
            named(out, "verify", finding.verify.as_deref().unwrap_or(""))?;
        }
        writeln!(out)?;
    }
    if let Outcome::Broken { why, hint, marks } = &check.outcome {
        let place = place(app, marks);
        let why = CLEANER.text(why);
        write!(out, "ERR\t{}\t{place}\t{why}", check.meta.id)?;
        named(out, "fix", &CLEANER.text(hint))?;
        writeln!(out)?;
    }
    Ok(())
}

fn place(app: &AppReport, marks: &[Mark]) -> String {
    let first = marks.first().map(|mark| CLEANER.safe_mark(mark).place);
    match first {
        Some(place) => words::place(&place),
        None => CLEANER.text(&app.path),
    }
}

fn named(out: &mut dyn io::Write, name: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    write!(out, "\t{name}: {text}")
}

/// What is only counted: what was skipped, by reason, and what is acknowledged; and the notes.
fn counts(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let checks = || report.apps.iter().flat_map(|app| &app.checks);
    let mut skipped = BTreeMap::<&str, usize>::new();
    for check in checks() {
        if let Outcome::Skipped(why) = &check.outcome {
            *skipped.entry(why).or_default() += 1;
        }
    }
    let mut line = |word: &str, said: &str| writeln!(out, "{word}\t{NONE}\t{NONE}\t{said}");
    for (why, number) in skipped {
        let why = CLEANER.text(why);
        line("SKIP", &format!("{}: {why}", words::count(number, "check")))?;
    }
    if let Some(known) = words::findings_acknowledged(checks()) {
        line("ACK", &known)?;
    }
    if !report.attestations.is_empty() {
        line("ATTEST", &attest::score(&report.attestations))?;
    }
    for note in &report.notes {
        line("NOTE", &CLEANER.text(note))?;
    }
    Ok(())
}
