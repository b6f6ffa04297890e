//! What a check is about: its page for `explain`, and the list of checks for `checks`.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::style::{Ink, Style};
use super::{json, page, sanitize, text};
use crate::model::{Meta, Severity};

/// Writes the page of one check.
pub fn page(meta: &Meta, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let (word, ink) = severity(meta.severity);
    let id = style.paint(Ink::Strong, meta.id);
    let text = format!(
        "{id}  {}\n\n{}",
        style.paint(ink, word),
        page::render(without_title(meta.docs), style)
    );
    out.write_all(text.as_bytes())
}

/// The page without its first heading, which is the id again.
pub(super) fn without_title(page: &str) -> &str {
    match page
        .strip_prefix("# ")
        .and_then(|rest| rest.split_once('\n'))
    {
        Some((_, body)) => body.trim_start(),
        None => page,
    }
}

/// Writes the list of checks: id, worst severity, and what is wrong when it fails.
pub fn list(checks: &[Meta], style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    const SEVERITY: usize = "warning".len();
    const SENTENCE: usize = 28;
    let id = checks.iter().map(|meta| meta.id.len()).max().unwrap_or(0);
    let column = id + 2 + SEVERITY + 2;
    let beside = style.width.is_none_or(|all| all >= column + SENTENCE);
    let mut page = String::new();
    for meta in checks {
        let (word, ink) = severity(meta.severity);
        let _ = write!(
            page,
            "{}  {}",
            style.paint(Ink::Strong, &text::pad(meta.id, id)),
            style.paint(ink, &text::pad(word, SEVERITY))
        );
        let (gap, indent) = if beside {
            ("  ".to_owned(), column)
        } else {
            ("\n    ".to_owned(), 4)
        };
        let sentence = sanitize::unless_unicode(meta.fail, style);
        let _ = writeln!(page, "{gap}{}", text::hang(&sentence, indent, style.width));
    }
    let _ = writeln!(page, "\nMore about one of them: clerk-audit explain ID");
    out.write_all(page.as_bytes())
}

/// Writes the list of checks as JSON: an array of objects.
pub fn list_json(checks: &[Meta], out: &mut dyn io::Write) -> io::Result<()> {
    let entries: Vec<_> = checks.iter().map(Entry::from).collect();
    json::write(&entries, out)
}

#[derive(Serialize)]
struct Entry {
    id: &'static str,
    group: &'static str,
    severity: Severity,
    pass: &'static str,
    fail: &'static str,
    why: &'static str,
}

impl From<&Meta> for Entry {
    fn from(meta: &Meta) -> Self {
        Self {
            id: meta.id,
            group: meta.group.id(),
            severity: meta.severity,
            pass: meta.pass,
            fail: meta.fail,
            why: meta.why,
        }
    }
}

fn severity(severity: Severity) -> (&'static str, Ink) {
    match severity {
        Severity::Error => ("error", Ink::Fail),
        Severity::Warning => ("warning", Ink::Warn),
    }
}
