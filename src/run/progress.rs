//! Whether and how progress is shown: one line on standard error, for a person who waits.

use std::io::{self, IsTerminal, Write};

use crate::cli::Audit;
use crate::gather::process::ProcessEnv;
use crate::gather::progress::Shown;

/// Begins to show it, where standard error is a terminal that somebody looks at.
pub(super) fn begin(args: &Audit, env: &ProcessEnv) -> Shown {
    let set = |name: &str| env.get(name).is_some_and(|value| !value.is_empty());
    let dumb = env.get("TERM").as_deref() == Some("dumb");
    if args.quiet || set("CI") || dumb || !io::stderr().is_terminal() {
        return Shown::default();
    }
    Shown::by(Box::new(draw))
}

/// Draws the line in place of the one before, or erases it.
pub(super) fn draw(line: Option<&str>) {
    let width =
        terminal_size::terminal_size_of(io::stderr()).map_or(80, |(width, _)| usize::from(width.0));
    let line: String = line
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(width.saturating_sub(1))
        .collect();
    // Whether it can be shown does not matter to the audit.
    let _ = write!(io::stderr(), "\r\x1b[2K{line}");
}
