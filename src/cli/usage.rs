//! What to say of a command line where the parser's own words lead astray.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};

use super::Cli;

impl Cli {
    /// What was typed; ends the process with help, the version, or what is wrong with it.
    pub fn typed() -> Self {
        Self::try_parse().unwrap_or_else(|e| match plain(&e) {
            Some(what) => Self::command().error(e.kind(), what).exit(),
            None => e.exit(),
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
