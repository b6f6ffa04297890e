//! For CI servers: JUnit XML, by the schema of Jenkins.
//!
//! A suite per app and group, a case per check. A case fails where its check makes the audit fail: with
//! errors as a rule, with warnings where `--fail-on warning` or `--strict` says so. Other findings are
//! its output, and it passes. What does not concern the app, was not asked for or is acknowledged is
//! skipped; what could not be judged is an error. The last suite is the verdict itself, so that a report
//! without a failure or an error and an audit that ends with 0 are the same thing.
//!
//! No time and no date: the same project gives the same bytes.

use std::fmt::Write as _;
use std::io;

use super::places::labelled;
use super::{Options, Style, sanitize, together, words};
use crate::model::{
    AppReport, CheckResult, Decision, Finding, Group, Mark, Outcome, Report, Severity,
};

/// Writes the report as XML.
pub fn render(
    report: &Report,
    _style: &Style,
    _options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut all = verdict_count(report);
    for check in report.apps.iter().flat_map(|app| &app.checks) {
        all.count(report, check);
    }
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    // The schema knows no `skipped` here.
    writeln!(
        out,
        "<testsuites name=\"clerk-audit\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
        all.tests, all.failures, all.errors
    )?;
    for app in &report.apps {
        for (group, checks) in Report::groups(app) {
            suite(report, app, group, &checks, out)?;
        }
    }
    verdict(report, out)?;
    out.write_all(b"</testsuites>\n")
}

#[derive(Default)]
struct Count {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Count {
    fn count(&mut self, report: &Report, check: &CheckResult) {
        self.tests += 1;
        match &check.outcome {
            Outcome::Broken { .. } => self.errors += 1,
            Outcome::NotApplicable(_) | Outcome::Skipped(_) | Outcome::Acknowledged => {
                self.skipped += 1;
            }
            outcome if fails(report, outcome) => self.failures += 1,
            _ => {}
        }
    }

    fn open(&self, name: &str, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
            xml(name),
            self.tests,
            self.failures,
            self.errors,
            self.skipped
        )
    }
}

/// Whether a check is what makes the audit fail.
fn fails(report: &Report, outcome: &Outcome) -> bool {
    let worst = match outcome {
        Outcome::Fail(_) => Severity::Error,
        Outcome::Warn(_) => Severity::Warning,
        _ => return false,
    };
    report.gate.is_some_and(|gate| worst <= gate)
}

fn suite(
    report: &Report,
    app: &AppReport,
    group: Group,
    checks: &[&CheckResult],
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut count = Count::default();
    for check in checks {
        count.count(report, check);
    }
    count.open(&below(app, ": ", group.title()), out)?;
    for check in checks {
        case(report, app, check, out)?;
    }
    out.write_all(b"  </testsuite>\n")
}

fn case(
    report: &Report,
    app: &AppReport,
    check: &CheckResult,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let classname = below(app, ".", check.meta.group.id());
    let name = format!("{}: {}", check.meta.id, check.meta.pass);
    open_case(&classname, &name, out)?;
    match &check.outcome {
        Outcome::Pass => {}
        Outcome::NotApplicable(why) => skipped(&format!("does not concern this app: {why}"), out)?,
        Outcome::Skipped(why) => skipped(why, out)?,
        Outcome::Acknowledged => skipped("everything that was found is acknowledged", out)?,
        Outcome::Broken { why, hint, marks } => {
            open_body("error", "not-judged", why, out)?;
            body(why, marks, hint, out)?;
            close_body("error", out)?;
        }
        Outcome::Fail(findings) | Outcome::Warn(findings) => {
            self::findings(fails(report, &check.outcome), check, findings, out)?;
        }
    }
    if !check.acknowledged.is_empty() {
        out.write_all(b"      <system-out>\n")?;
        for one in together::acknowledged(&check.acknowledged) {
            let told = format!(
                "acknowledged ({}): {}",
                one.by.reason(),
                one.finding.message
            );
            line(&told, out)?;
        }
        out.write_all(b"      </system-out>\n")?;
    }
    out.write_all(b"    </testcase>\n")
}

/// A name within an app; the audited directory itself needs none.
fn below(app: &AppReport, between: &str, name: &str) -> String {
    match app.path.as_str() {
        "." => name.to_owned(),
        path => format!("{path}{between}{name}"),
    }
}

/// The findings of a check: a failure, or the output of a case that passes.
fn findings(
    fails: bool,
    check: &CheckResult,
    findings: &[Finding],
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if fails {
        let first = together::findings(findings).next();
        let message = first.as_ref().map_or("", |first| first.message.as_str());
        open_body("failure", check.outcome.word(), message, out)?;
    } else {
        out.write_all(b"      <system-out>\n")?;
    }
    for (finding, why) in together::findings(findings).zip(words::whys(check)) {
        body(&finding.message, &finding.marks, &finding.hint, out)?;
        if let Some(why) = why {
            line(&format!("why: {why}"), out)?;
        }
    }
    line(&format!("more: clerk-audit explain {}", check.meta.id), out)?;
    close_body(if fails { "failure" } else { "system-out" }, out)
}

/// The answer as a case of its own: what makes an audit fail or leaves it open need not be a check.
fn verdict(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    verdict_count(report).open("verdict", out)?;
    open_case("clerk-audit", &format!("ready for {}", report.target), out)?;
    let element = match report.decision {
        Decision::Ready => None,
        Decision::NotReady => Some("failure"),
        Decision::Incomplete => Some("error"),
    };
    if let Some(element) = element {
        let word = report.decision.word();
        let open = words::open(report).map_or_else(String::new, |open| format!("{open}; "));
        let message = format!("{open}{word}, exit {}", report.exit_code);
        open_body(element, word, &message, out)?;
        close_body(element, out)?;
    }
    if !report.notes.is_empty() {
        out.write_all(b"      <system-out>\n")?;
        for note in &report.notes {
            line(note, out)?;
        }
        out.write_all(b"      </system-out>\n")?;
    }
    out.write_all(b"    </testcase>\n  </testsuite>\n")
}

fn verdict_count(report: &Report) -> Count {
    Count {
        tests: 1,
        failures: usize::from(report.decision == Decision::NotReady),
        errors: usize::from(report.decision == Decision::Incomplete),
        skipped: 0,
    }
}

fn open_case(classname: &str, name: &str, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\">",
        xml(classname),
        xml(name)
    )
}

fn open_body(element: &str, kind: &str, message: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let message = xml(message);
    writeln!(
        out,
        "      <{element} type=\"{kind}\" message=\"{message}\">"
    )
}

fn close_body(element: &str, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "      </{element}>")
}

fn skipped(why: &str, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "      <skipped>{}</skipped>", xml(why))
}

/// What was found, where, and what to do.
fn body(message: &str, marks: &[Mark], hint: &str, out: &mut dyn io::Write) -> io::Result<()> {
    line(message, out)?;
    for mark in marks {
        line(&format!("  {}", labelled(mark)), out)?;
    }
    if hint.is_empty() {
        return Ok(());
    }
    line(&format!("  fix: {hint}"), out)
}

fn line(text: &str, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "        {}", xml(text))
}

/// A text for an element or an attribute. What XML 1.0 has no character for, and what could steer a
/// terminal, is spelled out: `\u{1b}`.
fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in sanitize::line(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            // The two characters above the controls that XML 1.0 leaves out (section 2.2).
            '\u{fffe}' | '\u{ffff}' => {
                // Writing to a string cannot fail.
                let _ = write!(safe, "{}", c.escape_unicode());
            }
            c => safe.push(c),
        }
    }
    safe
}
