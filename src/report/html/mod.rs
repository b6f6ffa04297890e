//! One page for people who would rather not read a log: reviewers, managers, whoever comes after.
//!
//! The page is whole in itself. Nothing is loaded: the style and the script stand in it, and a policy in its
//! head lets the browser run these two and nothing else, whatever a project's file name says. Without
//! JavaScript everything is there to read; with it, lists can be narrowed and searched. Written bit by bit.

mod checklist;
mod escape;
mod facts;
mod filter;
mod finding;
mod frame;
mod page;
mod people;
mod routes;
mod tell;

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};

use self::escape::{Slug, Text};
use super::human::words;
use super::{Options, Style, explain};
use crate::model::{AppKind, AppReport, CheckResult, Report, Tally};

/// Writes the report as a page.
pub fn render(
    report: &Report,
    _style: &Style,
    _options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let out = &mut BufWriter::with_capacity(1 << 16, out);
    frame::head(report, out)?;
    frame::banner(report, out)?;
    out.write_all(b"<div class=\"columns\">\n")?;
    frame::contents(report, out)?;
    out.write_all(b"<main id=\"main\" tabindex=\"-1\">\n")?;
    if report.apps.len() > 1 {
        frame::overview(report, out)?;
        narrow(report, out)?;
    }
    for (number, app) in own_sections(report) {
        self::app(number, app, report, out)?;
    }
    if !report.attestations.is_empty() {
        out.write_all(
            b"<section aria-labelledby=\"attested\"><h2 id=\"attested\">Attested by people</h2>\n",
        )?;
        people::write(&report.attestations, out)?;
        out.write_all(b"</section>\n")?;
    }
    if !report.notes.is_empty() {
        out.write_all(b"<section aria-labelledby=\"notes\"><h2 id=\"notes\">Notes</h2>\n")?;
        notes(&report.notes, out)?;
        out.write_all(b"</section>\n")?;
    }
    pages(report, out)?;
    out.write_all(b"</main>\n</div>\n")?;
    frame::foot(report, out)?;
    out.flush()
}

/// The apps with a section of their own, numbered; packages that are audited with the apps that use them
/// have a line in the overview.
fn own_sections(report: &Report) -> impl Iterator<Item = (usize, &AppReport)> {
    let apps = (1..).zip(&report.apps);
    apps.filter(|(_, app)| report.apps.len() == 1 || !words::folds(app))
}

/// What narrows the checks of all apps.
fn narrow(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut tally = Tally::default();
    own_sections(report)
        .flat_map(|(_, app)| &app.checks)
        .for_each(|check| tally.count(&check.outcome));
    let form = filter::Form {
        name: "checks",
        thing: "check",
        items: ".check",
        boxes: ".group",
    };
    match tally.total() {
        0 => Ok(()),
        all => filter::form(&form, &frame::outcomes(&tally), all, out),
    }
}

fn app(number: usize, app: &AppReport, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<section class=\"app\" aria-labelledby=\"app-{number}\"><h2 id=\"app-{number}\">{}</h2>",
        Text(frame::name(app, report))
    )?;
    frame::facts(app, out)?;
    writeln!(out, "<h3 id=\"app-{number}-checks\">Checklist</h3>")?;
    out.write_all(b"<div class=\"checklist\">\n")?;
    if report.apps.len() == 1 {
        narrow(report, out)?;
    }
    checklist::write(number, app, out)?;
    out.write_all(b"</div>\n")?;
    if let Some(map) = &app.map {
        writeln!(out, "<h3 id=\"app-{number}-map\">Route map</h3>")?;
        routes::write(number, map, out)?;
    }
    if app.kind == AppKind::App {
        writeln!(out, "<h3 id=\"app-{number}-environment\">Environment</h3>")?;
        facts::environment(app, out)?;
    }
    writeln!(
        out,
        "<h3 id=\"app-{number}-versions\">Versions and advisories</h3>"
    )?;
    facts::versions(number, app, out)?;
    out.write_all(b"</section>\n")
}

/// What is worth knowing, in sentences.
fn notes(notes: &[String], out: &mut dyn Write) -> io::Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    out.write_all(b"<ul class=\"notes\">\n")?;
    for note in notes {
        writeln!(out, "<li>{}</li>", Text(note))?;
    }
    out.write_all(b"</ul>\n")
}

/// The checks' own pages, once for all apps.
fn pages(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let checks = report.apps.iter().flat_map(|app| &app.checks);
    let mut checks = checks.filter(|check| checklist::has_page(check)).peekable();
    if checks.peek().is_none() {
        return Ok(());
    }
    out.write_all(
        b"<section class=\"pages\" aria-labelledby=\"about\"><h2 id=\"about\">About the checks</h2>\n",
    )?;
    let mut seen = BTreeSet::new();
    checks
        .filter(|check| seen.insert(check.meta.id))
        .try_for_each(|check| self::about(check, out))?;
    out.write_all(b"</section>\n")
}

/// The anchor is inside: a browser opens what folds around the place that it goes to.
fn about(check: &CheckResult, out: &mut dyn Write) -> io::Result<()> {
    let meta = &check.meta;
    writeln!(
        out,
        "<details><summary><h3>{}</h3></summary><div class=\"page\" id=\"about-{}\">",
        meta.id,
        Slug(meta.id)
    )?;
    page::write(explain::without_title(meta.docs), out)?;
    out.write_all(b"</div></details>\n")
}
