//! What was typed about the pages that are made of the command line itself.

use clap::{Args, ValueEnum};

const COMPLETIONS_HELP: &str = "\
Where a shell looks for them:
  bash        clerk-audit completions bash > ~/.local/share/bash-completion/completions/clerk-audit
  zsh         clerk-audit completions zsh > _clerk-audit, in a directory of $fpath
  fish        clerk-audit completions fish > ~/.config/fish/completions/clerk-audit.fish
  powershell  clerk-audit completions powershell | Out-String | Invoke-Expression, in $PROFILE
  elvish      eval (clerk-audit completions elvish | slurp), in rc.elv
  nushell     clerk-audit completions nushell | save clerk-audit.nu, then `use` it in config.nu";

const MAN_HELP: &str = "\
Examples:
  clerk-audit man | man -l -
  clerk-audit man routes > ~/.local/share/man/man1/clerk-audit-routes.1";

/// The completions.
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_HELP)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: ShellName,
}

/// The manual page.
#[derive(Debug, Args)]
#[command(after_help = MAN_HELP)]
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
