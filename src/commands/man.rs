//! `clerk-audit man`: the manual page of the audit, or of a subcommand.

use std::io::{self, Write};

use anyhow::{Context, Result};
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::cli::Cli;

/// Writes the page, as the command line is defined.
pub fn write(of: Option<&str>, out: &mut dyn Write) -> Result<()> {
    // `help` has no page: it is the pages again.
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    let command = match of {
        None => all,
        Some(name) => all
            .find_subcommand(name)
            .cloned()
            .with_context(|| format!("there is no subcommand {name}; there are {}", names(&all)))?,
    };
    let mut bytes = Vec::new();
    page(command, &mut bytes)?;
    out.write_all(ascii(&String::from_utf8(bytes)?).as_bytes())?;
    Ok(())
}

fn names(all: &Command) -> String {
    let names: Vec<&str> = all.get_subcommands().map(Command::get_name).collect();
    names.join(", ")
}

fn page(command: Command, mut out: &mut Vec<u8>) -> io::Result<()> {
    let notes = command.get_after_long_help().map(ToString::to_string);
    let has_subcommands = command.has_subcommands();
    let man = Man::new(command).source(concat!("clerk-audit ", env!("CARGO_PKG_VERSION")));
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if has_subcommands {
        man.render_subcommands_section(&mut out)?;
    }
    match notes {
        Some(text) => notes_section(&text).to_writer(&mut out),
        None => Ok(()),
    }
}

/// What `--help` closes with. Its tables and examples are indented, and keep their lines.
fn notes_section(text: &str) -> Roff {
    let mut page = Roff::new();
    page.control("SH", ["NOTES"]);
    let mut kept = false;
    for line in text.lines() {
        if line.starts_with("  ") != kept {
            kept = !kept;
            page.control(if kept { "nf" } else { "fi" }, []);
        }
        if line.is_empty() {
            page.control("PP", []);
        } else {
            page.text([roman(line)]);
        }
    }
    if kept {
        page.control("fi", []);
    }
    page
}

/// Not every groff reads UTF-8; all know characters by their number.
fn ascii(text: &str) -> String {
    let mut page = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            page.push(c);
        } else {
            page.push_str(&format!("\\[u{:04X}]", u32::from(c)));
        }
    }
    page
}
