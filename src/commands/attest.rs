//! `clerk-audit attest`: what people say of what no program can see.

use std::io::{self, Write};

use anyhow::{Context, Result, bail};

use crate::checks::attestations;
use crate::cli::{AttestArgs, FormatName};
use crate::model::attest::{Attestation, Voucher};
use crate::model::{Date, nearest};
use crate::report::{Style, attest};

/// What is wrong with the id of a statement.
pub fn known(id: &str) -> Result<()> {
    if attestations::find(id).is_some() {
        return Ok(());
    }
    let mut ids = attestations::ALL.iter().map(|statement| statement.id);
    // `uptime` for `uptime-monitor` is the commonest slip.
    let begun = ids
        .clone()
        .find(|known| known.starts_with(id) && !id.is_empty());
    match begun.or_else(|| nearest(id, &mut ids)) {
        Some(near) => bail!("there is no statement {id}; did you mean {near}?"),
        None => bail!("there is no statement {id}; `clerk-audit attest` lists them all"),
    }
}

/// What was typed, as what is written down.
pub fn voucher(args: &AttestArgs, id: &str, today: Date) -> Result<Voucher> {
    known(id)?;
    let by = args
        .by
        .as_deref()
        .map(str::trim)
        .filter(|by| !by.is_empty());
    let by = by.context("say who attests it: --by NAME")?;
    if !args.not_applicable && args.until.is_none() {
        bail!("say until when it counts: --until DATE (or --not-applicable --note WHY)");
    }
    if let Some(until) = args.until.filter(|until| *until < today) {
        bail!("--until {until} lies before today, {today}");
    }
    let note = args.note.as_deref().unwrap_or_default().trim();
    for (option, text) in [("--by", by), ("--note", note)] {
        if text.chars().any(char::is_control) {
            bail!("{option} holds a line break or another control character");
        }
    }
    Ok(Voucher {
        by: by.to_owned(),
        date: today,
        until: args.until,
        note: note.to_owned(),
        applies: !args.not_applicable,
    })
}

/// Says what was written.
pub fn written(id: &str, voucher: &Voucher, file: &str, out: &mut dyn Write) -> io::Result<()> {
    match voucher.until {
        Some(until) => write!(out, "{id} is attested by {} until {until}", voucher.by)?,
        None => write!(out, "{id} does not apply, says {}", voucher.by)?,
    }
    match file.contains('/') {
        true => writeln!(out, ", in {file}"),
        false => writeln!(out),
    }
}

/// Lists every statement with how it stands.
pub fn list(
    all: &[Attestation],
    format: FormatName,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        FormatName::Human => attest::list(all, style, out),
        FormatName::Json => attest::list_json(all, out),
    }
}
