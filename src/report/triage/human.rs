//! For people in a hurry: what it is, what to do, and then all that it rests on.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use crate::model::moment::stretch;
use crate::model::triage::{Evidence, Incident, Mark, Match, Standing, Triage, Turn};
use crate::report::style::{Ink, Style};
use crate::report::{sanitize, text};

/// Columns of the widest word for a standing.
const WORD: usize = "CANNOT TELL".len();

/// Writes what the last look says.
pub fn human(incident: &Incident, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let look = &incident.last;
    let mut page = String::new();
    header(&mut page, incident, style);
    matched(&mut page, look, style);
    advice(&mut page, look, style);
    evidence(&mut page, look, style);
    if incident.looks > 1 {
        timeline(&mut page, incident, style);
    }
    if !look.notes.is_empty() {
        page.push('\n');
    }
    for note in &look.notes {
        let note = clean(note, style);
        let name = style.paint(Ink::Skip, "note:");
        let _ = writeln!(page, "{name} {}", text::hang(&note, 6, style.width));
    }
    let _ = writeln!(page, "\n{}", verdict(look, style));
    out.write_all(page.as_bytes())
}

/// Writes the newest line of the timeline.
pub fn turn(incident: &Incident, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    match incident.timeline.last() {
        Some(turn) => out.write_all(line(turn, style).as_bytes()),
        None => Ok(()),
    }
}

/// That nothing changed.
pub fn heartbeat(incident: &Incident) -> String {
    let look = &incident.last;
    format!(
        "{}  still {} (look {})",
        look.at.clock(),
        look.main.category.id(),
        incident.looks
    )
}

/// Text fit for the layout: ours and that of strangers.
fn clean(text: &str, style: &Style) -> String {
    let safe = sanitize::line(text);
    match sanitize::unless_unicode(&safe, style) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

fn header(page: &mut String, incident: &Incident, style: &Style) {
    let look = &incident.last;
    let tool = format!("clerk-audit {}", incident.version);
    let looks = match incident.looks {
        1 => String::new(),
        looks => format!(", look {looks}"),
    };
    let since = match incident.since {
        Some(since) => format!(", {} after it began", stretch(look.at.after(since))),
        None => String::new(),
    };
    let _ = writeln!(
        page,
        "{}   triage   {}, in {}.{} s{looks}{since}\n",
        style.paint(Ink::Strong, &tool),
        look.at,
        look.took_ms / 1000,
        look.took_ms % 1000 / 100,
    );
}

fn matched(page: &mut String, look: &Triage, style: &Style) {
    let (word, ink) = word(look.standing());
    one(page, &look.main, (word, ink), style);
    for also in &look.also {
        one(page, also, ("ALSO", Ink::Warn), style);
    }
}

fn one(page: &mut String, one: &Match, (word, ink): (&str, Ink), style: &Style) {
    let category = one.category;
    let gravity = match (one.sure, category.gravity().word()) {
        (_, "none" | "unknown") => String::new(),
        (true, word) => format!("  {word}"),
        (false, word) => format!("  {word}, suspected"),
    };
    let _ = writeln!(
        page,
        "{}  {}{gravity}",
        style.paint(ink, &text::pad(word, WORD)),
        style.paint(Ink::Strong, category.id()),
    );
    let indent = WORD + 2;
    let mut line = |text: &str, used: usize, sign: &str| {
        let text = text::hang(&clean(text, style), used + sign.len(), style.width);
        let _ = writeln!(page, "{}{sign}{text}", " ".repeat(used));
    };
    line(one.title(), indent, "");
    for because in &one.because {
        line(because, indent, "- ");
    }
}

fn advice(page: &mut String, look: &Triage, style: &Style) {
    let parts = [
        ("What to do now", &look.advice.now, true),
        ("What not to do", &look.advice.not, false),
        ("What to watch", &look.advice.watch, false),
    ];
    for (title, lines, numbered) in parts {
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(page, "\n{}", style.paint(Ink::Strong, title));
        for (number, line) in (1..).zip(lines) {
            let sign = match numbered {
                true => format!("{number}. "),
                false => "- ".to_owned(),
            };
            let line = text::hang(&clean(line, style), 2 + sign.len(), style.width);
            let _ = writeln!(page, "  {sign}{line}");
        }
    }
}

/// The columns: mark, id, time, latency, and what was seen.
fn evidence(page: &mut String, look: &Triage, style: &Style) {
    let _ = writeln!(page, "\n{}", style.paint(Ink::Strong, "Evidence (UTC)"));
    for one in &look.evidence {
        let (word, ink) = mark(one);
        let at = one.at.map_or_else(|| "-".to_owned(), |at| at.clock());
        let took = one
            .took_ms
            .map_or_else(String::new, |took| format!("{took} ms"));
        let head = format!("{:<3}  {at:<8}  {took:>7}  ", one.id);
        let says = format!(
            "{}: {}",
            clean(&one.subject, style),
            clean(&one.says, style)
        );
        let used = 2 + 6 + 2 + head.len();
        let _ = writeln!(
            page,
            "  {}  {head}{}",
            style.paint(ink, &text::pad(word, 6)),
            text::hang(&says, used, style.width)
        );
    }
}

fn mark(one: &Evidence) -> (&'static str, Ink) {
    match one.mark {
        Mark::Good => ("good", Ink::Pass),
        Mark::Bad => ("BAD", Ink::Fail),
        Mark::Odd => ("odd", Ink::Warn),
        Mark::Silent => ("SILENT", Ink::Broken),
        Mark::NotAsked => ("-", Ink::Skip),
    }
}

fn timeline(page: &mut String, incident: &Incident, style: &Style) {
    let _ = writeln!(page, "\n{}", style.paint(Ink::Strong, "Timeline (UTC)"));
    for turn in &incident.timeline {
        page.push_str("  ");
        page.push_str(&line(turn, style));
    }
}

fn line(turn: &Turn, style: &Style) -> String {
    let suspected = if turn.sure { "" } else { " (suspected)" };
    let head = format!("{}  {}{suspected}  ", turn.at.clock(), turn.category.id());
    let says = text::hang(&clean(&turn.says, style), 10, style.width);
    format!("{}{says}\n", style.paint(Ink::Strong, &head))
}

const fn word(standing: Standing) -> (&'static str, Ink) {
    match standing {
        Standing::Healthy => ("HEALTHY", Ink::Pass),
        Standing::Incident => ("INCIDENT", Ink::Fail),
        Standing::CannotTell => ("CANNOT TELL", Ink::Broken),
    }
}

fn verdict(look: &Triage, style: &Style) -> String {
    let (word, ink) = word(look.standing());
    let also = match look.also.len() {
        0 => String::new(),
        _ => {
            let ids: Vec<&str> = look.also.iter().map(|one| one.category.id()).collect();
            format!("; also {}", ids.join(", "))
        }
    };
    let suspected = if look.main.sure { "" } else { " (suspected)" };
    format!(
        "{}: {}{suspected}{also}",
        style.paint(ink, word),
        look.main.category.id()
    )
}
