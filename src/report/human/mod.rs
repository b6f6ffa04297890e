//! For people. With colour: a table of every check, then the details with excerpts. Without: the same
//! words in the same order, in ASCII, one line per check or finding that begins with its status.
//! Both end with the verdict in words.

mod detail;
mod plain;
mod table;
pub(super) mod words;

use std::fmt::Write as _;
use std::io;

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
    let report = &sanitize::report(report, style);
    let text = if options.quiet {
        words::verdict(report, &style.unwrapped(), options)
    } else {
        page(report, style, options)
    };
    out.write_all(text.as_bytes())
}

fn page(report: &Report, style: &Style, options: &Options) -> String {
    let mut page = header(report, style);
    let several = report.apps.len() > 1;
    for app in &report.apps {
        if words::folds(app) {
            continue;
        }
        page.push('\n');
        if several {
            page.push_str(&section(app, style));
        }
        if style.color {
            table::write(&mut page, app, style, options);
            detail::write(&mut page, app, style);
        } else {
            plain::write(&mut page, app, style, options);
        }
    }
    page.push_str(&libraries(report, style));
    page.push_str(&attest::section(&report.attestations, style));
    if !report.notes.is_empty() {
        page.push('\n');
    }
    for note in &report.notes {
        let name = style.paint(Ink::Skip, "note:");
        let _ = writeln!(page, "{name} {}", text::hang(note, 6, style.width));
    }
    page.push('\n');
    page.push_str(&words::verdict(report, style, options));
    page
}

/// Which program judged what, as what, with which knowledge.
fn header(report: &Report, style: &Style) -> String {
    let tool = format!("clerk-audit {}", report.version);
    let network = match (report.online, report.online_why.as_str()) {
        (true, "") => "online".to_owned(),
        (true, why) => format!("online ({why})"),
        (false, "") => "offline".to_owned(),
        (false, why) => format!("offline ({why})"),
    };
    let mut basis = vec![format!("target {}", report.target)];
    let mut project = vec![];
    match report.apps.as_slice() {
        [app] => {
            project.push(words::app_name(app, report));
            project.extend(words::stack(app, style));
            basis.extend(words::environment(app));
        }
        apps => {
            let names = [report.directory.clone(), words::apps(apps)];
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
fn libraries(report: &Report, style: &Style) -> String {
    let folded: Vec<_> = report.apps.iter().filter(|app| words::folds(app)).collect();
    let widest = folded.iter().map(|app| text::width(&app.path)).max();
    let mut lines = String::new();
    for app in folded {
        let path = text::pad(&app.path, widest.unwrap_or(0));
        let fate = match app.kind {
            AppKind::Unused => "declares Clerk, and no code imports it",
            AppKind::App | AppKind::Library => "library, audited with the apps that use it",
        };
        let fate = text::hang(fate, text::width(&path) + 2, style.width);
        let _ = writeln!(lines, "{}  {fate}", style.paint(Ink::Path, &path));
    }
    if lines.is_empty() {
        lines
    } else {
        format!("\n{lines}")
    }
}
