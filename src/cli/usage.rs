//! What to say of a command line where the parser's own words lead astray.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};

use super::Cli;

impl Cli {
    /// What was typed.
    ///
    /// # Errors
    /// Help, the version, or what is wrong with it.
    pub fn typed() -> Result<Self, clap::Error> {
        Self::try_parse().map_err(|e| match plain(&e) {
            Some(what) => Self::command().error(e.kind(), what),
            None => e,
        })
    }
}

/// A second word after the directory is taken for a subcommand.
fn plain(error: &clap::Error) -> Option<String> {
    let ContextValue::String(word) = error.get(ContextKind::InvalidSubcommand)? else {
        return None;
    };
    if error.kind() != ErrorKind::ArgumentConflict {
        return None;
    }
    let all = Cli::command();
    Some(match all.find_subcommand(word) {
        Some(_) => format!("the subcommand comes first: clerk-audit {word} …"),
        None => format!("one directory only: `{word}` is one too many"),
    })
}
