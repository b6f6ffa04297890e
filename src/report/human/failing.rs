//! What fails, once more and in one place: a long report is read from its end.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::words;
use crate::model::{AppReport, CheckResult, Outcome, Report, Severity};
use crate::report::sanitize::App;
use crate::report::style::{Ink, Style};
use crate::report::text;

/// Lines of a terminal as most open it; a report that fits is its own summary.
const SCREEN: usize = 24;
/// Checks that are named; who has more of them begins with these.
const MOST: usize = 10;

/// Passes everything on, and counts the lines.
pub(super) struct Counted<'a> {
    out: &'a mut dyn Write,
    lines: usize,
}

impl<'a> Counted<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, lines: 0 }
    }

    /// Whether what was written is out of sight by now.
    pub(super) fn is_long(&self) -> bool {
        self.lines > SCREEN
    }
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        let newlines = bytes.iter().take(written).filter(|byte| **byte == b'\n');
        self.lines += newlines.count();
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The checks that fail the audit, each with its first place; nothing where none does. No line begins with
/// a status: that of each finding stands above.
pub(super) fn section(report: &Report, style: &Style) -> String {
    let failing: Vec<_> = failing(report).collect();
    if failing.is_empty() {
        return String::new();
    }
    let several = report.apps.len() > 1;
    let rows = failing.iter().take(MOST);
    let rows: Vec<[String; 3]> = rows.map(|(app, check)| row(app, check, style)).collect();
    let widest = |cell: fn(&[String; 3]) -> &str| {
        let widths = rows.iter().map(|row| text::width(cell(row)));
        widths.max().unwrap_or(0)
    };
    let (apps, ids) = (widest(|[app, ..]| app), widest(|[_, id, _]| id));
    let heading = format!("What fails: {}", words::count(failing.len(), "check"));
    let mut page = format!("\n{}\n", style.paint(Ink::Strong, &heading));
    for [app, id, place] in &rows {
        let app = match several {
            true => format!("{}  ", text::pad(app, apps)),
            false => String::new(),
        };
        let head = format!("  {app}{}", text::pad(id, ids));
        let fits = |all| text::width(&head) + 2 + text::width(place) <= all;
        let gap = if style.width.is_none_or(fits) {
            "  "
        } else {
            "\n    "
        };
        let place = match place.as_str() {
            "" => String::new(),
            place => format!("{gap}{}", style.paint(Ink::Path, place)),
        };
        let _ = writeln!(
            page,
            "{}{place}",
            if place.starts_with("  ") {
                &head
            } else {
                head.trim_end()
            }
        );
    }
    if failing.len() > MOST {
        let _ = writeln!(page, "  and {} more", failing.len() - MOST);
    }
    page
}

/// Errors before warnings, as far as they count.
fn failing(report: &Report) -> impl Iterator<Item = (&AppReport, &CheckResult)> {
    let of = |wanted: Severity| {
        let counts = report.gate.is_some_and(|gate| wanted <= gate);
        let apps = report.apps.iter().filter(move |_| counts);
        let checks = apps.flat_map(|app| app.checks.iter().map(move |check| (app, check)));
        checks.filter(move |(_, check)| match check.outcome {
            Outcome::Fail(_) => wanted == Severity::Error,
            Outcome::Warn(_) => wanted == Severity::Warning,
            _ => false,
        })
    };
    of(Severity::Error).chain(of(Severity::Warning))
}

/// The app, the check, and where to look first.
fn row(app: &AppReport, check: &CheckResult, style: &Style) -> [String; 3] {
    let app = App::new(app, style);
    let mut shown = app.shown.checks.iter();
    let shown = shown.find(|shown| shown.meta.id == check.meta.id);
    let first = shown.and_then(|shown| app.findings(shown).next());
    let place = first.and_then(|(first, _)| first.place().map(words::place));
    let more = match check.outcome.findings().len().saturating_sub(1) {
        0 => String::new(),
        more => format!("and {more} more"),
    };
    let parts = [place.unwrap_or_default(), more];
    let place = parts.join(" ").trim().to_owned();
    [app.shown.path.clone(), check.meta.id.to_owned(), place]
}
