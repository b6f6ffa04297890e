//! What was typed and cannot all be meant: said before anything is read or asked, not decided in silence.

use std::path::Path;

use anyhow::{Result, bail};
use clap::CommandFactory;

use super::output::{outputs, screen};
use crate::cli::{Audit, Cli, FailOn, FixName};

/// # Errors
/// The options in question, and what to do.
pub(super) fn check(args: &Audit) -> Result<()> {
    if let Some(name) = subcommand(&args.dir) {
        bail!("options follow the subcommand: clerk-audit {name} …");
    }
    screen(args)?;
    if args.fix == Some(FixName::Review) && !outputs(&args.output)?.is_empty() {
        bail!("--fix=review prints a diff in place of a report: leave out --output");
    }
    if args.fail_on == Some(FailOn::Never) && args.strict == Some(true) {
        bail!("--fail-on never lets everything pass, and --strict fails more: give one of the two");
    }
    let live = &args.live;
    let asked = [("--url", &live.url), ("--webhook-url", &live.webhook_url)];
    for (option, address) in asked {
        if live.is_offline() && address.is_some() {
            bail!("--offline sends nothing, so nothing is asked of {option}: give one of the two");
        }
    }
    Ok(())
}

/// The subcommand that was taken for a directory which is not there.
fn subcommand(dir: &Path) -> Option<String> {
    let all = Cli::command();
    let named = |one: &&clap::Command| dir == Path::new(one.get_name());
    let name = all.get_subcommands().find(named)?.get_name().to_owned();
    (!dir.exists()).then_some(name)
}
