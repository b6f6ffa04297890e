//! The details: what was found, the lines it was found in, why it matters, what to do.
//!
//! Lines are drawn here and not by a crate for compiler diagnostics: those compute line and column
//! from the text they are given, and ours is not the file's text (credentials are redacted), its places
//! are not always lines, and its labels have to wrap.

use std::fmt::Write as _;
use std::io;

use super::words;
use crate::model::{CheckResult, Excerpt, Finding, Mark, Outcome, Place, Role, Severity};
use crate::report::sanitize::App;
use crate::report::style::{Ink, Style};
use crate::report::text;

/// Columns for an excerpt where the width is not known: a minified line must not fill a log.
const EXCERPT: usize = 160;
/// A label that must be wrapped needs this many columns.
const LABEL: usize = 26;
/// Columns of the words before a note: "verify".
const NOTE: usize = 6;

/// Writes what there is to say about the checks of one app that are not in order, one finding at a time.
pub(super) fn write(out: &mut dyn io::Write, app: &App, style: &Style) -> io::Result<()> {
    let checks = &app.shown.checks;
    for (at, check) in checks.iter().enumerate() {
        // The table has told how many there are.
        let told = |check: &CheckResult| {
            let mut before = checks.iter().take(at);
            before.any(|known| words::is_again(known, check))
        };
        let mut page = String::new();
        match &check.outcome {
            Outcome::Fail(_) | Outcome::Warn(_) => {
                let mut findings = app.findings(check).peekable();
                while let Some(told) = findings.next() {
                    let next = findings.peek().map(|(next, _)| next);
                    self::finding(&mut page, check, told, next, style);
                    out.write_all(page.as_bytes())?;
                    page.clear();
                }
            }
            Outcome::Broken { .. } if told(check) => {}
            Outcome::Broken { why, hint, marks } => {
                broken(&mut page, check, why, hint, marks, style);
            }
            _ => {}
        }
        out.write_all(page.as_bytes())?;
    }
    Ok(())
}

fn finding(
    out: &mut String,
    check: &CheckResult,
    (finding, why): (Finding, Option<String>),
    next: Option<&Finding>,
    style: &Style,
) {
    let (word, ink) = match finding.severity {
        Severity::Error => ("error", Ink::Fail),
        Severity::Warning => ("warning", Ink::Warn),
    };
    heading(out, word, ink, check.meta.id, &finding.message, style);
    let frame = Frame::around(&finding.marks, ink, style);
    frame.places(out);
    let mut notes = vec![("why", why.unwrap_or_default())];
    // The same advice for one finding after the other is given once, after the last of them.
    if next.is_none_or(|next| next.hint != finding.hint) {
        notes.push(("fix", finding.hint.clone()));
    }
    if next.is_none_or(|next| next.verify != finding.verify) {
        notes.push(("verify", finding.verify.clone().unwrap_or_default()));
    }
    if next.is_none() {
        notes.push(("more", more(check)));
    }
    frame.notes(out, &notes);
}

fn broken(
    out: &mut String,
    check: &CheckResult,
    why: &str,
    hint: &str,
    places: &[Mark],
    style: &Style,
) {
    heading(out, "not judged", Ink::Broken, check.meta.id, why, style);
    let frame = Frame::around(places, Ink::Broken, style);
    frame.places(out);
    let notes = [("fix", hint.to_owned()), ("more", more(check))];
    frame.notes(out, &notes);
}

fn more(check: &CheckResult) -> String {
    format!("clerk-audit explain {}", check.meta.id)
}

fn heading(out: &mut String, word: &str, ink: Ink, id: &str, message: &str, style: &Style) {
    let head = format!("{} {word}[{id}]", words::glyph(ink, style));
    let used = text::width(&head) + 1;
    let _ = write!(out, "\n{}", style.paint(ink, &head));
    let fits = style
        .width
        .is_none_or(|all| used + text::width(message) <= all);
    let lines = match fits {
        true => vec![message.to_owned()],
        false => text::wrap(message, style.width.map(|all| all.saturating_sub(2).max(1))),
    };
    let gap = if fits { " " } else { "\n  " };
    for line in lines {
        let _ = write!(out, "{gap}{}", style.paint(Ink::Strong, &line));
    }
    out.push('\n');
}

/// The frame of one finding's places.
struct Frame<'a> {
    marks: &'a [Mark],
    /// Columns of the line numbers.
    gutter: usize,
    /// Colour of the fault itself.
    ink: Ink,
    style: &'a Style,
}

impl<'a> Frame<'a> {
    fn around(marks: &'a [Mark], ink: Ink, style: &'a Style) -> Self {
        let digits = marks.iter().filter_map(|mark| match &mark.place {
            Place::Span {
                line,
                excerpt: Some(_),
                ..
            } => Some(line.to_string().len()),
            _ => None,
        });
        Self {
            marks,
            gutter: digits.max().unwrap_or(1),
            ink,
            style,
        }
    }

    fn places(&self, out: &mut String) {
        let mut before: Option<&Mark> = None;
        for mark in self.marks {
            self.mark(out, mark, before);
            before = Some(mark);
        }
    }

    /// Writes "= fix …" and the like; an empty note is left out. Commands are never wrapped: they are
    /// there to be copied.
    fn notes(&self, out: &mut String, notes: &[(&str, String)]) {
        let pad = self.gutter + 2;
        let mut edge = (!self.marks.is_empty()).then(|| self.edge());
        for (name, note) in notes.iter().filter(|(_, note)| !note.is_empty()) {
            if let Some(edge) = edge.take() {
                let _ = writeln!(out, "{edge}");
            }
            let used = pad + 2 + NOTE + 2;
            let note = match *name {
                "verify" | "more" => note.clone(),
                _ => text::hang(note, used, self.style.width),
            };
            let name = format!("= {}", text::pad(name, NOTE));
            let name = self.style.paint(Ink::Dim, &name);
            let _ = writeln!(out, "{}{name}  {note}", " ".repeat(pad));
        }
    }

    /// The left edge, without text.
    fn edge(&self) -> String {
        let bar = self.style.paint(Ink::Dim, self.style.glyphs().bar);
        format!("{}{bar}", " ".repeat(self.gutter + 2))
    }

    /// Columns for text beside the edge.
    fn room(&self) -> Option<usize> {
        let width = self.style.width?;
        Some(width.saturating_sub(self.gutter + 4).max(LABEL))
    }

    fn mark(&self, out: &mut String, mark: &Mark, before: Option<&Mark>) {
        let Place::Span {
            line,
            excerpt: Some(excerpt),
            ..
        } = &mark.place
        else {
            return self.origin(out, mark, before, &mark.label);
        };
        let room = self.room().unwrap_or(EXCERPT);
        let cut = self.style.glyphs().cut;
        let marked = text::fit(&excerpt.text, excerpt.start, excerpt.end, room, cut);
        // Two marks in one line that is shown whole share it.
        let whole = marked.text == excerpt.text;
        if !(whole && before.is_some_and(|before| same_line(before, mark))) {
            self.origin(out, mark, before, "");
            let number = format!(" {line:>gutter$}", gutter = self.gutter);
            let _ = writeln!(
                out,
                "{}\n{} {} {}",
                self.edge(),
                self.style.paint(Ink::Dim, &number),
                self.style.paint(Ink::Dim, self.style.glyphs().bar),
                marked.text
            );
        }
        self.underline(out, mark, &marked);
    }

    /// The line that names the place, with a label where no excerpt carries it.
    fn origin(&self, out: &mut String, mark: &Mark, before: Option<&Mark>, label: &str) {
        let glyphs = self.style.glyphs();
        let corner = if before.is_none() {
            glyphs.first
        } else {
            glyphs.next
        };
        let place = words::place(&mark.place);
        let _ = write!(
            out,
            "{}{} {}",
            " ".repeat(self.gutter + 2),
            self.style.paint(Ink::Dim, corner),
            self.style.paint(Ink::Path, &place)
        );
        if label.is_empty() {
            out.push('\n');
            return;
        }
        let ink = self.ink_of(mark);
        let used = text::width(&place) + 3;
        if self
            .room()
            .is_none_or(|room| used + text::width(label) <= room)
        {
            let _ = writeln!(out, "  {}", self.style.paint(ink, label));
            return;
        }
        out.push('\n');
        for line in text::wrap(label, self.room()) {
            let _ = writeln!(out, "{} {}", self.edge(), self.style.paint(ink, &line));
        }
    }

    fn underline(&self, out: &mut String, mark: &Mark, marked: &text::Marked) {
        let ink = self.ink_of(mark);
        let sign = if mark.role == Role::Primary { "^" } else { "-" };
        let signs = self.style.paint(ink, &sign.repeat(marked.columns));
        let _ = write!(out, "{} {}{signs}", self.edge(), " ".repeat(marked.column));
        if mark.label.is_empty() {
            out.push('\n');
            return;
        }
        let after = marked.column + marked.columns + 1;
        let room = self.room();
        // Beside the mark; else below it, from its first column; else from the edge.
        let room_for = |columns| room.is_none_or(|room| columns <= room);
        let indent = if room_for(after + text::width(&mark.label)) {
            after
        } else if room_for(marked.column + LABEL) {
            marked.column
        } else {
            0
        };
        if indent == after {
            let _ = writeln!(out, " {}", self.style.paint(ink, &mark.label));
            return;
        }
        out.push('\n');
        for line in text::wrap(&mark.label, room.map(|room| room.saturating_sub(indent))) {
            let label = self.style.paint(ink, &line);
            let _ = writeln!(out, "{} {}{label}", self.edge(), " ".repeat(indent));
        }
    }

    fn ink_of(&self, mark: &Mark) -> Ink {
        match mark.role {
            Role::Primary => self.ink,
            Role::Related => Ink::Skip,
        }
    }
}

fn same_line(one: &Mark, other: &Mark) -> bool {
    let line = |mark: &Mark| match &mark.place {
        Place::Span {
            file,
            line,
            excerpt: Some(Excerpt { text, .. }),
            ..
        } => Some((file.clone(), *line, text.clone())),
        _ => None,
    };
    line(one).is_some_and(|here| line(other) == Some(here))
}
