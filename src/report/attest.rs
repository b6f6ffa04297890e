//! What people attest: the list for `attest`, and the part of the report.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::style::{Ink, Style};
use super::words::count;
use super::{json, sanitize, text};
use crate::model::attest::{Attestation, Standing, Statement, Voucher};

/// The width of the words for a standing.
const WORD: usize = "ATTESTED".len();

/// Writes every statement with how it stands, and how the open ones are settled.
pub fn list(all: &[Attestation], style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = String::new();
    for one in all {
        let (word, ink) = word(one.standing);
        let head = format!("{}  ", style.paint(ink, &text::pad(word, WORD)));
        let indent = WORD + 2;
        let _ = writeln!(page, "{head}{}", style.paint(Ink::Strong, one.statement.id));
        let mut line = |label: &str, said: &str| {
            let said = sanitize::unless_unicode(said, style);
            let said = text::hang(&said, indent + label.len(), style.width);
            let label = style.paint(Ink::Dim, label);
            let _ = writeln!(page, "{}{label}{said}", " ".repeat(indent));
        };
        line("", one.statement.says);
        if let Some(voucher) = &one.voucher {
            line("", &said(voucher));
        }
        if !one.standing.is_settled() {
            line("how: ", one.statement.how);
        }
    }
    let _ = writeln!(
        page,
        "\n{}\nAttest one of them: clerk-audit attest ID --by NAME --until DATE",
        score(all)
    );
    out.write_all(page.as_bytes())
}

/// Writes what one statement is about.
pub fn page(statement: &Statement, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let kind = style.paint(Ink::Dim, "attested by people");
    let lines = |text: &str| text::hang(&sanitize::unless_unicode(text, style), 0, style.width);
    writeln!(
        out,
        "{}  {kind}\n\n{}\n\n{}\n\nAttest it: clerk-audit attest {} --by NAME --until DATE",
        style.paint(Ink::Strong, statement.id),
        lines(&format!("{}.", statement.says)),
        lines(&format!("How to find out: {}.", statement.how)),
        statement.id
    )
}

/// Writes the list as JSON: an array of objects.
pub fn list_json(all: &[Attestation], out: &mut dyn io::Write) -> io::Result<()> {
    json::write(&entries(all), out)
}

/// The part of the report: who said what, and what nobody said. Who says nothing yet has not asked for the
/// names of everything that is open, unless it is what fails.
pub(super) fn section(all: &[Attestation], named: bool, style: &Style) -> String {
    if all.is_empty() {
        return String::new();
    }
    if !named && all.iter().all(|one| one.standing == Standing::Open) {
        let open = format!(
            "{} open: clerk-audit attest lists them",
            count(all.len(), "statement")
        );
        return format!("\n{}\n", text::hang(&open, 0, style.width));
    }
    let mut page = format!("\n{}\n", style.paint(Ink::Strong, &score(all)));
    let said_of = all.iter().filter(|one| one.standing != Standing::Open);
    let widest = said_of.clone().map(|one| one.statement.id.len()).max();
    for one in said_of {
        let (word, ink) = word(one.standing);
        let id = text::pad(one.statement.id, widest.unwrap_or(0));
        let said = one.voucher.as_ref().map(said).unwrap_or_default();
        let said = text::hang(&said, WORD + id.len() + 4, style.width);
        let _ = writeln!(
            page,
            "{}  {id}  {said}",
            style.paint(ink, &text::pad(word, WORD))
        );
    }
    let open = all.iter().filter(|one| one.standing == Standing::Open);
    let open: Vec<&str> = open.map(|one| one.statement.id).collect();
    if !open.is_empty() {
        let (word, ink) = word(Standing::Open);
        let ids = text::hang(&open.join(", "), WORD + 2, style.width);
        let _ = writeln!(page, "{}  {ids}", style.paint(ink, &text::pad(word, WORD)));
        let more = text::hang(
            "more: clerk-audit attest says how each of them is settled",
            WORD + 2,
            style.width,
        );
        let _ = writeln!(page, "{}{more}", " ".repeat(WORD + 2));
    }
    page
}

/// "Attested by people: 2 of 24; 1 expired".
pub(super) fn score(all: &[Attestation]) -> String {
    let count = |standing| all.iter().filter(|one| one.standing == standing).count();
    let settled = all.iter().filter(|one| one.standing.is_settled()).count();
    let expired = match count(Standing::Expired) {
        0 => String::new(),
        number => format!("; {number} expired"),
    };
    format!("Attested by people: {settled} of {}{expired}", all.len())
}

pub(super) const fn word(standing: Standing) -> (&'static str, Ink) {
    match standing {
        Standing::Attested => ("ATTESTED", Ink::Pass),
        Standing::Waived => ("N/A", Ink::Skip),
        Standing::Expired => ("EXPIRED", Ink::Warn),
        Standing::Open => ("OPEN", Ink::Skip),
    }
}

/// "by Ada on 2026-11-21, until 2027-05-31: after the move".
pub(super) fn said(voucher: &Voucher) -> String {
    let until = voucher
        .until
        .map_or_else(String::new, |until| format!(", until {until}"));
    let note = match voucher.note.as_str() {
        "" => String::new(),
        note => format!(": {note}"),
    };
    let said = format!("by {} on {}{until}{note}", voucher.by, voucher.date);
    // A name from the project's file.
    sanitize::line(&said).into_owned()
}

/// A statement, as machine formats have it.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    id: &'static str,
    state: &'static str,
    says: &'static str,
    how: &'static str,
    by: Option<&'a str>,
    date: Option<String>,
    until: Option<String>,
    note: Option<&'a str>,
}

pub(super) fn entries(all: &[Attestation]) -> Vec<Entry<'_>> {
    let entry = |one| {
        let Attestation {
            statement,
            voucher,
            standing,
        }: &Attestation = one;
        let voucher = voucher.as_ref();
        let note = voucher.map(|voucher| voucher.note.as_str());
        Entry {
            id: statement.id,
            state: standing.word(),
            says: statement.says,
            how: statement.how,
            by: voucher.map(|voucher| voucher.by.as_str()),
            date: voucher.map(|voucher| voucher.date.to_string()),
            until: voucher.and_then(|voucher| Some(voucher.until?.to_string())),
            note: note.filter(|note| !note.is_empty()),
        }
    };
    all.iter().map(entry).collect()
}
