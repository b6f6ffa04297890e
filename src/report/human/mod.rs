//! For people. With colour: a table of every check, then the details with excerpts. Without: the same
//! words in the same order, in ASCII, one line per check or finding that begins with its status.
//! Both end with the verdict in words.

mod detail;
mod failing;
mod plain;
mod table;
pub(super) mod words;

use std::io::{self, Write as _};

use super::sanitize::App;
use super::style::{Ink, Style};
use super::{Options, attest, sanitize, text};
use crate::model::{AppKind, AppReport, Report};

/// Writes the report for people.
pub fn render(
    report: &Report,
    style: &Style,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if options.quiet {
        let verdict = words::verdict(report, &style.unwrapped(), options);
        return out.write_all(verdict.as_bytes());
    }
    let out = &mut failing::Counted::new(out);
    out.write_all(header(report, style).as_bytes())?;
    for app in report.apps.iter().filter(|app| !words::folds(app)) {
        self::app(
            &App::new(app, style),
            report.apps.len() > 1,
            style,
            options,
            out,
        )?;
    }
    libraries(report, style, out)?;
    let all = options.verbose || report.strict;
    out.write_all(attest::section(&report.attestations, all, style).as_bytes())?;
    if !report.notes.is_empty() {
        writeln!(out)?;
    }
    for note in &report.notes {
        let name = style.paint(Ink::Skip, "note:");
        let note = sanitize::sentence(note, style);
        writeln!(out, "{name} {}", text::hang(&note, 6, style.width))?;
    }
    if out.is_long() {
        out.write_all(failing::section(report, style).as_bytes())?;
    }
    write!(out, "\n{}", words::verdict(report, style, options))
}

fn app(
    app: &App,
    several: bool,
    style: &Style,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    writeln!(out)?;
    if several {
        out.write_all(section(&app.shown, style).as_bytes())?;
    }
    if style.color {
        table::write(out, app, style, options)?;
        detail::write(out, app, style)
    } else {
        plain::write(out, app, style, options)
    }
}

/// Which program judged what, as what, with which knowledge.
fn header(report: &Report, style: &Style) -> String {
    let tool = format!("clerk-audit {}", report.version);
    let why = sanitize::sentence(&report.online_why, style);
    let network = match (report.online, why.as_str()) {
        (true, "") => "online".to_owned(),
        (true, why) => format!("online ({why})"),
        (false, "") => "offline".to_owned(),
        (false, why) => format!("offline ({why})"),
    };
    let directory = sanitize::line(&report.directory);
    let mut basis = vec![format!("target {}", report.target)];
    let mut project = vec![];
    match report.apps.as_slice() {
        [app] => {
            let app = &App::new(app, style).shown;
            project.push(words::app_name(app, &directory));
            project.extend(words::stack(app, style));
            basis.extend(words::environment(app));
        }
        apps => {
            let names = [directory.into_owned(), words::apps(apps)];
            project.extend(names.into_iter().filter(|name| !name.is_empty()));
        }
    }
    basis.push(network);
    let project = project.join("   ");
    let used = text::width(&tool) + 3;
    format!(
        "{}   {}\n{}\n",
        style.paint(Ink::Strong, &tool),
        text::hang(&project, used, style.width),
        text::hang(&basis.join(style.glyphs().dot), 0, style.width),
    )
}

/// The heading of one app among several.
fn section(app: &AppReport, style: &Style) -> String {
    let mut facts = app.name.clone().into_iter().collect::<Vec<_>>();
    facts.extend(words::stack(app, style));
    facts.extend(words::environment(app));
    let facts = facts.join(style.glyphs().dot);
    let used = text::width(&app.path);
    let rule = style.width.map_or(0, |all| all.saturating_sub(used + 4));
    let heading = match rule {
        0 => style.paint(Ink::Strong, &app.path),
        rule => format!(
            "{} {} {}",
            style.paint(Ink::Dim, &style.glyphs().rule.repeat(2)),
            style.paint(Ink::Strong, &app.path),
            style.paint(Ink::Dim, &style.glyphs().rule.repeat(rule)),
        ),
    };
    format!("{heading}\n{}\n\n", text::hang(&facts, 0, style.width))
}

/// One line per package that is audited with the apps that import it.
fn libraries(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let folded = || {
        let apps = report.apps.iter().filter(|app| words::folds(app));
        apps.map(|app| (sanitize::line(&app.path), app.kind))
    };
    let widest = folded().map(|(path, _)| text::width(&path)).max();
    if widest.is_some() {
        writeln!(out)?;
    }
    for (path, kind) in folded() {
        let path = text::pad(&path, widest.unwrap_or(0));
        let fate = match kind {
            AppKind::Unused => "declares Clerk, and no code imports it",
            AppKind::App | AppKind::Library => "library, audited with the apps that use it",
        };
        let fate = text::hang(fate, text::width(&path) + 2, style.width);
        writeln!(out, "{}  {fate}", style.paint(Ink::Path, &path))?;
    }
    Ok(())
}
