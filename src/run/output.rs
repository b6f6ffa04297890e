//! Where what is said goes: the screen, files, standard error.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use crate::cli::{Audit, ColorName};
use crate::gather::files;
use crate::gather::process::ProcessEnv;
use crate::model::Report;
use crate::report::{self, ColorChoice, Options, Style};
use crate::save;

/// Writes a report into a file, whole or not at all.
pub(super) fn write_report(format: &report::Format, report: &Report, path: &Path) -> Result<()> {
    let write =
        |out: &mut dyn Write| (format.render)(report, &Style::PLAIN, &Options::default(), out);
    let words = |e| anyhow!("cannot write {}: {}", path.display(), files::words(&e));
    save::whole_by(path, write).map_err(words)
}

/// How the screen is written to.
pub(super) fn style(choice: ColorName, env: &ProcessEnv) -> Style {
    let choice = match choice {
        ColorName::Auto => ColorChoice::Auto,
        ColorName::Always => ColorChoice::Always,
        ColorName::Never => ColorChoice::Never,
    };
    let is_terminal = io::stdout().is_terminal();
    let columns = is_terminal
        .then(terminal_size::terminal_size)
        .flatten()
        .map(|(width, _)| usize::from(width.0));
    Style::decide(choice, &|name| env.get(name), is_terminal, columns)
}

/// What standard output is called where a file could be named.
pub(super) const STDOUT: &str = "-";

/// The format of what is printed: that of `--output FORMAT=-`, or `--format`, but not both.
pub(super) fn screen(args: &Audit) -> Result<&'static report::Format> {
    let mut formats = Vec::new();
    if let Some(name) = &args.format {
        formats.push((format!("--format {name}"), format_named(name)?));
    }
    for (format, _) in outputs(&args.output)?
        .iter()
        .filter(|(_, path)| *path == STDOUT)
    {
        formats.push((format!("--output {}=-", format.name), format));
    }
    match formats.as_slice() {
        [] => Ok(&report::HUMAN),
        [(_, format)] => Ok(format),
        [(one, _), (other, _), ..] => {
            bail!("{one} and {other} are both standard output: give one of them a file")
        }
    }
}

/// A format by its name.
fn format_named(name: &str) -> Result<&'static report::Format> {
    let known = report::ALL.iter().find(|format| format.name == name);
    known
        .copied()
        .with_context(|| format!("there is no format {name}; there are {}", format_names()))
}

fn format_names() -> String {
    let names: Vec<&str> = report::ALL.iter().map(|format| format.name).collect();
    names.join(", ")
}

/// Reads each `--output FORMAT=FILE`.
pub(super) fn outputs(given: &[String]) -> Result<Vec<(&'static report::Format, &str)>> {
    let mut outputs = Vec::new();
    for text in given {
        let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
            bail!(
                "--output {text} is not FORMAT=FILE; the formats are {}",
                format_names()
            );
        };
        outputs.push((format_named(name)?, path));
    }
    Ok(outputs)
}

/// Says something beside what was asked for, on standard error.
pub(super) fn say(text: &str) {
    // Nothing more can be done if even standard error is closed.
    let _ = writeln!(io::stderr(), "clerk-audit: {text}");
}

/// Writes to standard output.
pub(super) fn print(bytes: &[u8]) -> Result<()> {
    print_by(|out| out.write_all(bytes)).map(drop)
}

/// Writes to standard output bit by bit; whether anybody reads on. That nobody does (`| head`) is no fault.
pub(super) fn print_by(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<bool> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        other => {
            other.context("cannot write to standard output")?;
            Ok(true)
        }
    }
}
