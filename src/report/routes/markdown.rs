//! For pull requests and wikis: a table per app, in GitHub's Markdown.
//!
//! Words of the project are code, never markup: no link, no image, no `@mention` and no table cell can
//! come out of a file name.

use std::fmt::Write as _;
use std::io;

use super::human::by_standing;
use super::story;
use super::words::{self, Clause, Guard, Line};
use super::{Options, Standing, clean};
use crate::model::routes::RouteMap;
use crate::report::markup::{code, prose};
use crate::report::{Style, sanitize};

/// Markdown has no terminal: names keep their typography, and control characters are spelled out.
const STYLE: Style = Style {
    color: true,
    unicode: true,
    width: None,
};

/// Writes the maps as Markdown.
pub(super) fn render(
    maps: &[RouteMap],
    _style: &Style,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let maps = &clean::maps(maps, &STYLE);
    let url = options.url.map(|url| code(&sanitize::line(url)));
    let mut page = "# Routes\n\n".to_owned();
    let first = words::first(maps, options, url.as_deref());
    let _ = writeln!(page, "{}.", first.replace(" REACHED", " **REACHED**"));
    page.push_str("What a visitor with no session and no secret meets");
    match url {
        Some(url) => {
            let _ = writeln!(page, " at {url}.");
        }
        None => page.push_str(".\n"),
    }
    for map in maps {
        app(&mut page, map, options, maps.len() > 1);
    }
    out.write_all(page.as_bytes())
}

fn app(page: &mut String, map: &RouteMap, options: &Options, several: bool) {
    let mut facts = vec![prose(&map.framework)];
    if several {
        let _ = writeln!(page, "\n## {}", code(&map.app));
        facts.push(match map.routes.len() {
            0 => "no route here".to_owned(),
            all => words::tally(std::slice::from_ref(map), all),
        });
    }
    facts.retain(|fact| !fact.is_empty());
    if !facts.is_empty() {
        let facts = facts.join(": ").replace(" REACHED", " **REACHED**");
        let _ = writeln!(page, "\n{facts}");
    }
    let groups = by_standing(map, options.why);
    if !groups.is_empty() {
        page.push_str("\n| Verdict | Route | Methods | Kind | Decided by | Sensitive |\n");
        page.push_str("| --- | --- | --- | --- | --- | --- |\n");
    }
    for line in groups.iter().flat_map(|(_, lines)| lines) {
        row(page, line);
    }
    if options.why {
        for line in groups.iter().flat_map(|(_, lines)| lines) {
            tell(page, line);
        }
    }
    for (at, note) in map.notes.iter().enumerate() {
        let gap = if at == 0 { "\n" } else { "" };
        let _ = writeln!(page, "{gap}- Note: {}", prose(note));
    }
}

fn row(page: &mut String, line: &Line) {
    let joined = |clauses: Vec<Clause>, named: bool| {
        let parts = clauses.iter().map(|clause| self::clause(clause, named));
        parts.collect::<Vec<_>>().join("<br>")
    };
    let deciders = words::deciders(line);
    let named = line.standing != Standing::Public;
    let mut decided = joined(deciders, named);
    if line.standing == Standing::Stopped && Guard::of(line.answer) == Guard::MiddlewareOnly {
        decided = format!(
            "**middleware only** {}",
            joined(words::deciders(line), false)
        );
    }
    let _ = writeln!(
        page,
        "| {} | {} | {} | {} | {} | {} |",
        status(line.standing),
        code(&line.route.pattern),
        prose(&line.methods.join(" ")),
        line.route.kind.word(),
        decided.trim_end(),
        joined(words::evidence(line), true),
    );
}

fn status(standing: Standing) -> String {
    let word = words::status(standing);
    match standing {
        Standing::Reached | Standing::Undecided => format!("**{word}**"),
        _ => word.to_lowercase(),
    }
}

/// `writes proxy.ts:3 db.user.update()`.
fn clause(clause: &Clause, named: bool) -> String {
    let mut parts = Vec::new();
    parts.extend(named.then(|| clause.about.to_owned()));
    parts.extend(clause.place.map(|place| code(&words::spot(place))));
    parts.push(prose(&clause.text));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// The story of one line.
fn tell(page: &mut String, line: &Line) {
    let methods = prose(&line.methods.join(" "));
    let _ = writeln!(page, "\n### {methods} {}\n", code(&line.route.pattern));
    let file = code(&line.route.file);
    let _ = write!(page, "The {} in {file}", words::kind(line.route.kind));
    if let Some(url) = line.route.urls.first() {
        let _ = write!(page, ", asked for as {}", code(url));
    }
    page.push_str(".\n");
    for chapter in story::chapters(line) {
        let end = prose(&story::outcome(&chapter));
        let _ = writeln!(page, "\n**{}** {end}.", chapter.title);
        for (number, step) in (chapter.first..).zip(chapter.steps) {
            let gap = if number == chapter.first { "\n" } else { "" };
            let place = format!("{}:{}", words::spot(&step.place), step.place.column);
            let text = prose(&step.text);
            let _ = writeln!(page, "{gap}{number}. {} {text}", code(&place));
        }
    }
    let sentence = words::sentence(line);
    let _ = writeln!(page, "\n**{}**: {sentence}.", words::status(line.standing));
    let mut clauses = words::evidence(line);
    if line.standing == Standing::Public {
        clauses.extend(words::deciders(line));
    }
    for (at, said) in clauses.iter().enumerate() {
        let gap = if at == 0 { "\n" } else { "" };
        let _ = writeln!(page, "{gap}- {}", clause(said, true));
    }
}
