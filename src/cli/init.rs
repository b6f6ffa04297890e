//! What was typed about the config itself.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

const INIT_HELP: &str = "\
The project is looked at without the network: its apps, env files, webhooks and
routes. Everything in the file that would change a verdict is commented out, so
that an audit decides the same before and after: uncomment what is meant.

Examples:
  clerk-audit init                 write clerk-audit.toml here
  clerk-audit init --print         see it first
  clerk-audit init --workflow      write .github/workflows/clerk-audit.yml too

Exit codes:
  0  written, or printed
  2  usage, or a file that stands there already; --force replaces
     clerk-audit.toml, a workflow is never replaced";

/// A config made from what is found.
#[derive(Debug, Args)]
#[command(after_help = INIT_HELP)]
pub struct InitArgs {
    /// The project: one app or a whole monorepo
    #[arg(default_value = ".", hide_default_value = true)]
    pub dir: PathBuf,
    /// Replace the clerk-audit.toml that stands there
    #[arg(long, conflicts_with = "print")]
    pub force: bool,
    /// Print the config and write nothing
    #[arg(long)]
    pub print: bool,
    /// Write .github/workflows/clerk-audit.yml too
    #[arg(long, conflicts_with = "print")]
    pub workflow: bool,
}

/// What there is a schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// clerk-audit.toml
    Config,
    /// The report of an audit (--format json)
    Report,
    /// The route map (routes --format json)
    Routes,
    /// An incident (triage --format json)
    Triage,
    /// A key rotation (rotate-check --format json)
    Rotation,
}
