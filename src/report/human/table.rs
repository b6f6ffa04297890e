//! The table: every check that concerns the app has a row, under the heading of its group.

use std::io;

use super::words;
use crate::model::{CheckResult, Group, Report};
use crate::report::sanitize::App;
use crate::report::style::{Ink, Style};
use crate::report::{Options, text};

/// Where the status column begins.
const INDENT: usize = 2;
/// A sentence that has fewer columns than this beside its id goes below it.
const SENTENCE: usize = 28;
/// Right edge of the headings where the width is not known.
const PAGE: usize = 80;

/// Columns of the row parts.
struct Layout {
    /// Columns of the widest id.
    id: usize,
    /// Whether sentences stand beside the ids.
    beside: bool,
}

/// Writes the table of one app.
pub(super) fn write(
    out: &mut dyn io::Write,
    safe: &App,
    style: &Style,
    options: &Options,
) -> io::Result<()> {
    let app = &safe.shown;
    let shown = |check: &&CheckResult| words::listed(check, options);
    let ids = app.checks.iter().filter(shown).map(|c| c.meta.id.len());
    let id = ids.max().unwrap_or(0);
    let beside = style
        .width
        .is_none_or(|all| all >= sentence_column(id) + SENTENCE);
    let layout = Layout { id, beside };

    // Groups without news stand line below line; one with rows has room around it.
    let (mut first, mut room) = (true, false);
    for (group, checks) in Report::groups(app) {
        let rows: Vec<_> = checks.iter().copied().filter(shown).collect();
        let folds = rows.is_empty();
        if folds && words::folded(app, group, &checks).is_none() {
            continue;
        }
        if !std::mem::take(&mut first) && (room || !folds) {
            writeln!(out)?;
        }
        room = !folds;
        heading(out, group, &checks, style)?;
        if let Some(routes) = words::routes(app, group) {
            let routes = text::hang(&routes, INDENT, style.width);
            writeln!(
                out,
                "{}{}",
                " ".repeat(INDENT),
                style.paint(Ink::Dim, &routes)
            )?;
        }
        for (check, more) in words::merged(&rows, options) {
            row(out, check, &layout, style)?;
            let known = options.verbose.then(|| safe.acknowledged(check));
            for one in known.into_iter().flatten() {
                below(out, &words::acknowledged(&one), style)?;
            }
            if more > 0 {
                below(out, &words::again(more), style)?;
            }
        }
    }
    let mut gap = if first { "" } else { "\n" };
    for (status, unlisted) in words::unlisted(safe, options) {
        let used = sentence_column(0) - 2;
        let glyph = words::glyph(Ink::Skip, style);
        let status = text::pad(status, words::STATUS);
        let status = style.paint(Ink::Skip, &format!("{glyph} {status}"));
        let unlisted = text::hang(&unlisted, used, style.width);
        let gap = std::mem::take(&mut gap);
        writeln!(out, "{gap}{}{status} {unlisted}", " ".repeat(INDENT))?;
    }
    Ok(())
}

/// A line below a row.
fn below(out: &mut dyn io::Write, said: &str, style: &Style) -> io::Result<()> {
    let used = sentence_column(0) - 2;
    let said = style.paint(Ink::Dim, &text::hang(said, used, style.width));
    writeln!(out, "{}{said}", " ".repeat(used))
}

/// Where sentences begin: indentation, glyph, status word, id, and the gaps between.
fn sentence_column(id: usize) -> usize {
    INDENT + 2 + words::STATUS + 1 + id + 2
}

fn heading(
    out: &mut dyn io::Write,
    group: Group,
    checks: &[&CheckResult],
    style: &Style,
) -> io::Result<()> {
    let (title, score) = (group.title(), words::score(checks));
    let room = style.width.unwrap_or(PAGE);
    let gap = room
        .saturating_sub(text::width(title) + text::width(&score))
        .max(2);
    writeln!(
        out,
        "{}{}{}",
        style.paint(Ink::Strong, title),
        " ".repeat(gap),
        style.paint(Ink::Dim, &score)
    )
}

fn row(
    out: &mut dyn io::Write,
    check: &CheckResult,
    layout: &Layout,
    style: &Style,
) -> io::Result<()> {
    let (word, ink) = words::status(&check.outcome);
    let status = format!(
        "{} {}",
        words::glyph(ink, style),
        text::pad(word, words::STATUS)
    );
    write!(out, "{}{} ", " ".repeat(INDENT), style.paint(ink, &status))?;
    let sentence = &words::sentence(check, style);
    let column = sentence_column(layout.id);
    if layout.beside {
        let id = style.paint(Ink::Dim, &text::pad(check.meta.id, layout.id));
        writeln!(out, "{id}  {}", text::hang(sentence, column, style.width))
    } else {
        let column = sentence_column(0) - 2;
        let id = style.paint(Ink::Dim, check.meta.id);
        let sentence = text::hang(sentence, column, style.width);
        writeln!(out, "{id}\n{}{sentence}", " ".repeat(column))
    }
}
