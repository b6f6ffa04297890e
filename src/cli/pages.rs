//! What was typed about the pages that are made of the command line itself.

use clap::{Args, ValueEnum};

use super::help;

/// The completions.
#[derive(Debug, Args)]
#[command(after_long_help = help::COMPLETIONS)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: ShellName,
}

/// The manual page.
#[derive(Debug, Args)]
#[command(after_long_help = help::MAN)]
pub struct ManArgs {
    /// The subcommand that the page is of; without it, the page of the audit
    pub command: Option<String>,
}

/// The shells that can complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShellName {
    /// GNU Bash
    Bash,
    /// Zsh
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
    /// Elvish
    Elvish,
    /// Nushell
    Nushell,
}
