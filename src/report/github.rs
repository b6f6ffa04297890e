//! For GitHub Actions: workflow commands that the runner turns into annotations.
//!
//! GitHub shows ten annotations of a kind per step and drops the rest, so the ten worst findings are
//! chosen here. The notice at the end says how many there are besides. Paths are below the root of the
//! repository, where the runner looks for them.

use std::fmt::Write as _;
use std::io;

use super::sanitize::Cleaner;
use super::{Options, Style, places, together, words};
use crate::model::{CheckResult, Decision, Finding, Place, Report, Severity};

/// Annotations of a kind that GitHub shows of one step
/// (<https://docs.github.com/en/actions/reference/limits>).
const SHOWN: usize = 10;

/// Writes the ten worst findings, and the verdict.
pub fn render(
    report: &Report,
    _style: &Style,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let (mut shown, mut fails) = (0, false);
    if !options.quiet {
        for (check, finding) in worst(report) {
            fails |= finding.severity == Severity::Error;
            out.write_all(
                annotation(check, &Cleaner::UNICODE.finding(finding), &report.prefix).as_bytes(),
            )?;
            shown += 1;
        }
    }
    let more = words::all_findings(report).count() - shown;
    let basis = words::basis(report, None).join("; ");
    let title = property(&format!("clerk-audit: {}", words::verdict(report.decision)));
    let besides = match (shown, more) {
        (_, 0) | (0, _) => String::new(),
        _ => format!(
            "{} more: clerk-audit --format human lists them all\n",
            words::count(more, "finding")
        ),
    };
    let said = data(&format!("{besides}{basis}"));
    // A step that fails has an error: where no finding is one, it is the verdict.
    let command = match report.decision {
        Decision::NotReady | Decision::Incomplete if !fails => "error",
        _ => "notice",
    };
    writeln!(out, "::{command} title={title}::{said}")
}

/// The first ten, errors before warnings, and the first of each kind before the others of any: many open
/// pages must not hide the rest.
fn worst(report: &Report) -> impl Iterator<Item = (&CheckResult, &Finding)> {
    let of = |wanted| {
        let mut all: Vec<(usize, &CheckResult, &Finding)> = Vec::new();
        for (_, check, finding) in words::all_findings(report) {
            if finding.severity == wanted {
                let nth = match all.last() {
                    Some((nth, _, before)) if together::is_again(before, finding) => nth + 1,
                    _ => 0,
                };
                all.push((nth, check, finding));
            }
        }
        all.sort_by_key(|(nth, ..)| *nth);
        all
    };
    let all = of(Severity::Error).into_iter().chain(of(Severity::Warning));
    all.take(SHOWN).map(|(_, check, finding)| (check, finding))
}

fn annotation(check: &CheckResult, finding: &Finding, prefix: &str) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut line = format!("::{command} ");
    let mut message = finding.message.clone();
    let below = |file: &str| places::below_root(prefix, file).map(|file| property(&file));
    let file = match finding.place() {
        Some(Place::Span { file, .. } | Place::File { file }) => below(file),
        _ => None,
    };
    match (file, finding.place()) {
        (
            Some(file),
            Some(Place::Span {
                line: at, column, ..
            }),
        ) => {
            let _ = write!(line, "file={file},line={at},endLine={at},col={column},");
        }
        (Some(file), _) => {
            let _ = write!(line, "file={file},");
        }
        (None, Some(place)) => {
            let _ = write!(message, "\nWhere: {}", words::place(place));
        }
        (None, None) => {}
    }
    let _ = write!(message, "\nWhy: {}", check.why(finding));
    if !finding.hint.is_empty() {
        let _ = write!(message, "\nFix: {}", finding.hint);
    }
    let _ = write!(message, "\nMore: clerk-audit explain {}", check.meta.id);
    let title = property(check.meta.id);
    let _ = writeln!(line, "title={title}::{}", data(&message));
    line
}

/// The text of a command, as the runner takes it back apart.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property, as the runner takes it back apart.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
