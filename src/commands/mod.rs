//! The subcommands other than the audit itself.

pub mod attest;
pub mod completions;
pub mod init;
pub mod man;
pub mod rotate;
pub mod routes;
pub mod triage;

use std::io::{self, Write};

use anyhow::{Result, bail};

use crate::checks;
use crate::cli::FormatName;
use crate::model::{Meta, nearest};
use crate::report::attest::page as attest_page;
use crate::report::{Style, explain};

/// `clerk-audit checks`: every check with what it says when it fails.
pub fn checks(format: FormatName, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let all: Vec<Meta> = checks::ALL.iter().map(|check| check.meta).collect();
    match format {
        FormatName::Human => explain::list(&all, style, out),
        FormatName::Json => explain::list_json(&all, out),
    }
}

/// `clerk-audit explain ID`: the page of a check, or what a person attests.
pub fn explain(id: &str, style: &Style, out: &mut dyn Write) -> Result<()> {
    if let Some(check) = checks::ALL.iter().find(|check| check.meta.id == id) {
        explain::page(&check.meta, style, out)?;
    } else if let Some(statement) = checks::attestations::find(id) {
        attest_page(statement, style, out)?;
    } else {
        bail!("{}", unknown_check(id));
    }
    Ok(())
}

/// What to say of an id that no check has.
pub fn unknown_check(id: &str) -> String {
    let ids = || checks::ALL.iter().map(|check| check.meta.id);
    // `secret-key-missing` for `env/secret-key-missing` is the commonest slip.
    let half = |known: &'static str| known.split('/').nth(1).unwrap_or(known);
    let meant = nearest(id, ids().map(half));
    let of_half = meant.and_then(|meant| ids().find(|known| half(known) == meant));
    match of_half.or_else(|| nearest(id, ids())) {
        Some(near) => format!("there is no check {id}; did you mean {near}?"),
        None => format!("there is no check {id}; `clerk-audit checks` lists them all"),
    }
}
