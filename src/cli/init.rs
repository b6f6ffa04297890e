//! What was typed about the config itself.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::help;

/// A config made from what is found.
#[derive(Debug, Args)]
#[command(after_long_help = help::INIT)]
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
