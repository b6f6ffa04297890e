//! What is around the lists: the head of the page, the verdict, the way through the page.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use super::escape::Text;
use super::filter::{self, Choice};
use super::own_sections;
use crate::model::{AppKind, AppReport, Decision, Report, Tally};
use crate::report::{human, words};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The head. A policy lets the browser use this style and this script, and load nothing.
pub(super) fn head(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    let (word, _) = verdict(report.decision);
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
         style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>{word}: {} - clerk-audit</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        Text(project(report))
    )?;
    out.write_all(b"<a class=\"jump\" href=\"#main\">Skip to the findings</a>\n")
}

/// What was audited, by name.
fn project(report: &Report) -> &str {
    match report.apps.as_slice() {
        [app] => name(app, report),
        _ => &report.directory,
    }
}

/// What an app is called.
pub(super) fn name<'a>(app: &'a AppReport, report: &'a Report) -> &'a str {
    match (&app.name, app.path.as_str()) {
        (_, path) if path != "." && report.apps.len() > 1 => path,
        (Some(name), _) => name,
        (None, ".") => &report.directory,
        (None, path) => path,
    }
}

const fn verdict(decision: Decision) -> (&'static str, &'static str) {
    match decision {
        Decision::Ready => ("READY", "pass"),
        Decision::NotReady => ("NOT READY", "fail"),
        Decision::Incomplete => ("INCOMPLETE", "error"),
    }
}

/// The verdict and what it rests on.
pub(super) fn banner(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (word, class) = verdict(report.decision);
    let tally = report.tally();
    writeln!(
        out,
        "<header class=\"banner {class}\"><div class=\"top\"><p class=\"tool\">clerk-audit</p>\
         <button type=\"button\" id=\"theme\" hidden>Dark</button></div>\n\
         <h1><span class=\"verdict\">{word}</span> <span class=\"for\"><b>{}</b> for {}</span></h1>",
        Text(project(report)),
        report.target
    )?;
    writeln!(out, "<p class=\"lead\">{}.</p>", lead(report, tally))?;
    filter::bar(&outcomes(&tally), tally.total(), out)?;
    let network = if report.online { "online" } else { "offline" };
    out.write_all(b"<dl class=\"basis\">")?;
    fact("Directory", &report.directory, out)?;
    fact("Target", report.target, out)?;
    fact("Apps", &words::apps(&report.apps), out)?;
    match report.online_why.as_str() {
        "" => fact("Network", network, out)?,
        why => fact("Network", &format!("{network} ({why})"), out)?,
    }
    fact("Tool", &format!("clerk-audit {}", report.version), out)?;
    fact("Exit code", &report.exit_code.to_string(), out)?;
    out.write_all(b"</dl>\n</header>\n")
}

fn fact(name: &str, value: &str, out: &mut dyn Write) -> io::Result<()> {
    let value = Text(value);
    write!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>")
}

/// "2 errors, 1 warning; 3 checks could not be judged; 9 checks: 2 pass, …".
fn lead(report: &Report, tally: Tally) -> String {
    let mut parts: Vec<String> = words::findings(report).into_iter().collect();
    parts.extend(words::open(report));
    let checks = report.apps.iter().flat_map(|app| &app.checks);
    parts.extend(words::findings_acknowledged(checks));
    if report.apps.is_empty() {
        parts.push("nothing to audit".to_owned());
    }
    if tally.error > 0 {
        let checks = words::count(tally.error, "check");
        parts.push(format!("{checks} could not be judged"));
    }
    if parts.is_empty() {
        parts.push("nothing was found".to_owned());
    }
    if tally.skip > 0 {
        parts.push(format!("{} skipped", words::count(tally.skip, "check")));
    }
    let text = parts.join("; ");
    let first = text.chars().next().map(|c| c.to_ascii_uppercase());
    first
        .into_iter()
        .chain(text.chars().skip(1))
        .collect::<String>()
}

/// The outcomes with their words and numbers, those of most concern first.
pub(super) const fn outcomes(tally: &Tally) -> [Choice; 7] {
    [
        ("fail", "FAIL", tally.fail),
        ("warn", "WARN", tally.warn),
        ("error", "ERR", tally.error),
        ("acknowledged", "ACK", tally.acknowledged),
        ("skip", "SKIP", tally.skip),
        ("pass", "PASS", tally.pass),
        ("na", "N/A", tally.na),
    ]
}

/// The way through the page.
pub(super) fn contents(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<nav aria-label=\"Contents\"><ul>\n")?;
    if report.apps.len() > 1 {
        out.write_all(b"<li><a href=\"#overview\">Overview</a></li>\n")?;
    }
    let open = report.apps.len() == 1;
    for (number, app) in own_sections(report) {
        let name = Text(name(app, report));
        if open {
            write!(out, "<li><a href=\"#app-{number}\">{name}</a><ul>")?;
        } else {
            write!(
                out,
                "<li><details><summary><a href=\"#app-{number}\">{name}</a></summary><ul>"
            )?;
        }
        let parts = [
            ("checks", "Checklist", true),
            ("map", "Route map", app.map.is_some()),
            ("environment", "Environment", app.kind == AppKind::App),
            ("versions", "Versions and advisories", true),
        ];
        for (part, title, _) in parts.iter().filter(|(.., is_there)| *is_there) {
            write!(out, "<li><a href=\"#app-{number}-{part}\">{title}</a></li>")?;
        }
        let end = if open { "" } else { "</details>" };
        writeln!(out, "</ul>{end}</li>")?;
    }
    let has_checks = report
        .apps
        .iter()
        .any(|app| app.checks.iter().any(super::checklist::has_page));
    let rest = [
        (
            "attested",
            "Attested by people",
            !report.attestations.is_empty(),
        ),
        ("notes", "Notes", !report.notes.is_empty()),
        ("about", "About the checks", has_checks),
    ];
    for (anchor, title, _) in rest.iter().filter(|(.., is_there)| *is_there) {
        writeln!(out, "<li><a href=\"#{anchor}\">{title}</a></li>")?;
    }
    out.write_all(b"</ul></nav>\n")
}

/// The apps of a monorepo, a line each.
pub(super) fn overview(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(
        b"<section aria-labelledby=\"overview\"><h2 id=\"overview\">Overview</h2>\n\
          <div class=\"scroll\" tabindex=\"0\"><table class=\"numbers\">\n<thead><tr><th scope=\"col\">App</th>\
          <th scope=\"col\">Framework</th>",
    )?;
    for (_, word, _) in outcomes(&Tally::default()) {
        write!(out, "<th scope=\"col\">{word}</th>")?;
    }
    out.write_all(b"<th scope=\"col\">Routes reached</th></tr></thead>\n<tbody>\n")?;
    for (number, app) in (1..).zip(&report.apps) {
        let path = Text(&app.path);
        if human::words::folds(app) {
            let fate = match app.kind {
                AppKind::Unused => "declares Clerk, and no code imports it",
                AppKind::App | AppKind::Library => "library, audited with the apps that use it",
            };
            writeln!(
                out,
                "<tr><th scope=\"row\">{path}</th><td colspan=\"9\">{fate}</td></tr>"
            )?;
            continue;
        }
        write!(
            out,
            "<tr><th scope=\"row\"><a href=\"#app-{number}\">{path}</a></th><td>{}</td>",
            framework(app)
        )?;
        let mut tally = Tally::default();
        app.checks
            .iter()
            .for_each(|check| tally.count(&check.outcome));
        for (class, _, number) in outcomes(&tally) {
            let class = if number == 0 { "none" } else { class };
            write!(out, "<td class=\"number {class}\">{number}</td>")?;
        }
        let reached = app.routes.map(|routes| routes.reached);
        match reached {
            Some(0) => writeln!(out, "<td class=\"number none\">0</td></tr>")?,
            Some(reached) => writeln!(out, "<td class=\"number fail\">{reached}</td></tr>")?,
            None => out.write_all(b"<td class=\"number none\">no map</td></tr>\n")?,
        }
    }
    out.write_all(b"</tbody>\n</table></div></section>\n")
}

fn framework(app: &AppReport) -> String {
    let version = app.framework_version.as_deref().unwrap_or_default();
    let gap = if version.is_empty() { "" } else { " " };
    format!("{}{gap}{}", Text(app.framework_name), Text(version))
}

/// What an app is, below its heading.
pub(super) fn facts(app: &AppReport, out: &mut dyn Write) -> io::Result<()> {
    let mut facts = vec![framework(app)];
    if let Some(name) = &app.name {
        facts.push(format!("package <code>{}</code>", Text(name)));
    }
    if app.path != "." {
        facts.push(format!("in <code>{}</code>", Text(&app.path)));
    }
    facts.retain(|fact| !fact.is_empty());
    writeln!(out, "<p class=\"aside\">{}</p>", facts.join(" · "))
}

/// The end of the page.
pub(super) fn foot(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<footer><p>Written by clerk-audit {}. This page is whole in itself: it loads nothing and sends nothing. \
         Values of credentials are redacted.</p></footer>\n<script>{SCRIPT}</script>\n</body>\n</html>",
        report.version
    )
}
