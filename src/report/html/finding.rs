//! One finding: what is wrong, where, and what to do about it.

use std::io::{self, Write};

use super::escape::{Prose, Text};
use crate::model::{Excerpt, Finding, Mark, Place, Role, Severity};
use crate::report::sanitize;
use crate::report::words;

/// Characters of a line that are shown before its marked part, of that part, and after it: a minified
/// file is one line.
const BESIDE: usize = 160;
const MARKED: usize = 400;

/// Writes a finding as an item of a list. `next` is the one after it: the same advice is given once, with
/// the last of those that share it.
pub(super) fn write(
    finding: &Finding,
    next: Option<&Finding>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (class, word) = severity(finding.severity);
    writeln!(
        out,
        "<li class=\"finding {class}\"><p class=\"message\"><span class=\"severity\">{word}</span> {}</p>",
        Prose(&finding.message)
    )?;
    marks(&finding.marks, out)?;
    let fix = Some(&finding.hint).filter(|hint| next.is_none_or(|next| next.hint != **hint));
    let verify = finding.verify.as_ref();
    let verify = verify.filter(|_| next.is_none_or(|next| next.verify != finding.verify));
    let why = finding.why.as_deref();
    let why = why.filter(|_| next.is_none_or(|next| next.why != finding.why));
    advice(why, fix, verify, out)?;
    out.write_all(b"</li>\n")
}

const fn severity(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("fail", "error"),
        Severity::Warning => ("warn", "warning"),
    }
}

/// Why it matters, what to do, and how to see for oneself.
pub(super) fn advice(
    why: Option<&str>,
    fix: Option<&String>,
    verify: Option<&String>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let fix = fix.filter(|fix| !fix.is_empty());
    if why.is_none() && fix.is_none() && verify.is_none() {
        return Ok(());
    }
    out.write_all(b"<dl class=\"advice\">")?;
    if let Some(why) = why {
        write!(out, "<div><dt>Why</dt><dd>{}</dd></div>", Text(why))?;
    }
    if let Some(fix) = fix {
        write!(out, "<div><dt>Fix</dt><dd>{}</dd></div>", Prose(fix))?;
    }
    if let Some(verify) = verify {
        let verify = Text(verify);
        write!(
            out,
            "<div><dt>Verify</dt><dd><code>{verify}</code></dd></div>"
        )?;
    }
    out.write_all(b"</dl>\n")
}

/// The places, each with its line where there is one.
pub(super) fn marks(marks: &[Mark], out: &mut dyn Write) -> io::Result<()> {
    if marks.is_empty() {
        return Ok(());
    }
    out.write_all(b"<ul class=\"places\">\n")?;
    for mark in marks {
        let role = match mark.role {
            Role::Primary => "primary",
            Role::Related => "related",
        };
        let place = words::place(&mark.place);
        write!(
            out,
            "<li class=\"{role}\"><code class=\"at\">{}</code>",
            Text(&place)
        )?;
        if !mark.label.is_empty() {
            write!(out, " <span class=\"label\">{}</span>", Text(&mark.label))?;
        }
        if let Place::Span {
            line,
            excerpt: Some(excerpt),
            ..
        } = &mark.place
        {
            self::excerpt(*line, &sanitize::excerpt(excerpt, false), out)?;
        }
        out.write_all(b"</li>\n")?;
    }
    out.write_all(b"</ul>\n")
}

/// The line, with what is meant marked in it.
fn excerpt(line: u32, excerpt: &Excerpt, out: &mut dyn Write) -> io::Result<()> {
    let (before, rest) = excerpt.text.split_at(excerpt.start);
    let (marked, after) = rest.split_at(excerpt.end - excerpt.start);
    let tail = before.char_indices().rev().nth(BESIDE - 1);
    let cut = tail.map_or(0, |(at, _)| at);
    let head = if cut > 0 { "…" } else { "" };
    write!(
        out,
        "<pre tabindex=\"0\"><code><span class=\"line\">{line}</span>{head}{}<mark>{}</mark>{}</code></pre>",
        Text(before.get(cut..).unwrap_or_default()),
        Head(marked, MARKED),
        Head(after, BESIDE),
    )
}

/// The beginning of a text, and a sign where it was cut.
struct Head<'a>(&'a str, usize);

impl std::fmt::Display for Head<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.char_indices().nth(self.1) {
            Some((end, _)) => write!(f, "{}…", Text(self.0.get(..end).unwrap_or_default())),
            None => write!(f, "{}", Text(self.0)),
        }
    }
}
