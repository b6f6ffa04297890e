//! The layout for pipes, logs and `grep`: a line per passed or unjudged check, and a line per finding,
//! each beginning with its status; below it, indented, where it is and what to do.

use std::io;

use super::words;
use crate::model::{CheckResult, Mark, Outcome, Report, Severity};
use crate::report::sanitize::App;
use crate::report::style::Style;
use crate::report::{Options, text};

/// Columns of the status word and the gap after it.
const INDENT: usize = words::STATUS + 1;

/// Writes the checks of one app.
pub(super) fn write(
    out: &mut dyn io::Write,
    safe: &App,
    style: &Style,
    options: &Options,
) -> io::Result<()> {
    let app = &safe.shown;
    let shown = |check: &&CheckResult| words::listed(check, options);
    let ids = app.checks.iter().filter(shown).map(|c| c.meta.id.len());
    let lines = Lines {
        id: ids.max().unwrap_or(0),
        verbose: options.verbose,
        safe,
        style,
    };
    // Groups without news stand line below line; one with rows has room around it.
    let (mut first, mut room) = (true, false);
    for (group, checks) in Report::groups(app) {
        let rows: Vec<_> = checks.iter().copied().filter(shown).collect();
        let folded = words::folded(app, group, &checks);
        if rows.is_empty() && folded.is_none() {
            continue;
        }
        if !std::mem::take(&mut first) && (room || !rows.is_empty()) {
            writeln!(out)?;
        }
        room = !rows.is_empty();
        if let Some(folded) = folded.filter(|_| rows.is_empty()) {
            let folded = text::hang(&folded, INDENT, style.width);
            writeln!(out, "{}{folded}", text::pad("PASS", INDENT))?;
            continue;
        }
        writeln!(out, "{}: {}", group.title(), words::score(&checks))?;
        if let Some(routes) = words::routes(app, group) {
            writeln!(out, "{}", text::hang(&routes, 0, style.width))?;
        }
        for (check, more) in words::merged(&rows, options) {
            lines.check(out, check)?;
            if more > 0 {
                lines.indented(out, "", &words::again(more))?;
            }
        }
    }
    let mut gap = if first { "" } else { "\n" };
    for (status, unlisted) in words::unlisted(safe, options) {
        let status = text::pad(status, INDENT);
        let unlisted = text::hang(&unlisted, INDENT, style.width);
        writeln!(out, "{}{status}{unlisted}", std::mem::take(&mut gap))?;
    }
    Ok(())
}

struct Lines<'a> {
    /// Columns of the widest id.
    id: usize,
    /// Whether what is acknowledged is listed too.
    verbose: bool,
    safe: &'a App<'a>,
    style: &'a Style,
}

impl Lines<'_> {
    fn check(&self, out: &mut dyn io::Write, check: &CheckResult) -> io::Result<()> {
        let (word, _) = words::status(&check.outcome);
        match &check.outcome {
            Outcome::Fail(_) | Outcome::Warn(_) => {
                for (finding, why) in self.safe.findings(check) {
                    let word = match finding.severity {
                        Severity::Error => "FAIL",
                        Severity::Warning => "WARN",
                    };
                    self.row(out, word, check, &finding.message)?;
                    self.places(out, &finding.marks)?;
                    self.note(out, "why", why.as_deref().unwrap_or(""))?;
                    self.note(out, "fix", &finding.hint)?;
                    self.command(out, "verify", finding.verify.as_deref().unwrap_or(""))?;
                }
                self.more(out, check)?;
            }
            Outcome::Broken { why, hint, marks } => {
                self.row(out, word, check, why)?;
                self.places(out, marks)?;
                self.note(out, "fix", hint)?;
                self.more(out, check)?;
            }
            _ => self.row(out, word, check, &words::sentence(check, self.style))?,
        }
        let known = self.verbose.then(|| self.safe.acknowledged(check));
        for one in known.into_iter().flatten() {
            self.indented(out, "", &words::acknowledged(&one))?;
        }
        Ok(())
    }

    fn row(
        &self,
        out: &mut dyn io::Write,
        word: &str,
        check: &CheckResult,
        sentence: &str,
    ) -> io::Result<()> {
        let head = format!(
            "{}{}  ",
            text::pad(word, INDENT),
            text::pad(check.meta.id, self.id)
        );
        // Wrapped below the status: the id alone may take half of a narrow terminal.
        let fits = |all| text::width(&head) + text::width(sentence) <= all;
        if self.style.width.is_none_or(fits) {
            return writeln!(out, "{head}{sentence}");
        }
        writeln!(out, "{}", head.trim_end())?;
        self.indented(out, "", sentence)
    }

    fn places(&self, out: &mut dyn io::Write, marks: &[Mark]) -> io::Result<()> {
        for mark in marks {
            let place = words::place(&mark.place);
            let gap = if mark.label.is_empty() { "" } else { "  " };
            writeln!(out, "{}{place}{gap}{}", " ".repeat(INDENT), mark.label)?;
        }
        Ok(())
    }

    fn note(&self, out: &mut dyn io::Write, name: &str, note: &str) -> io::Result<()> {
        if note.is_empty() {
            return Ok(());
        }
        self.indented(out, &format!("{name}: "), note)
    }

    fn more(&self, out: &mut dyn io::Write, check: &CheckResult) -> io::Result<()> {
        self.command(
            out,
            "more",
            &format!("clerk-audit explain {}", check.meta.id),
        )
    }

    fn command(&self, out: &mut dyn io::Write, name: &str, command: &str) -> io::Result<()> {
        if command.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}{name}: {command}", " ".repeat(INDENT))
    }

    fn indented(&self, out: &mut dyn io::Write, head: &str, body: &str) -> io::Result<()> {
        let indent = " ".repeat(INDENT);
        let body = text::hang(body, INDENT + text::width(head), self.style.width);
        writeln!(out, "{indent}{head}{body}")
    }
}
