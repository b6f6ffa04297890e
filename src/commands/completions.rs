//! `clerk-audit completions`: what a shell needs to complete the command line.

use std::io::Write;

use anyhow::Result;
use clap::{Command, CommandFactory};
use clap_complete::aot::{Generator, Shell, generate};
use clap_complete_nushell::Nushell;

use crate::cli::{Cli, ShellName};

/// Writes the completions for a shell, as the command line is defined.
pub fn write(shell: ShellName, out: &mut dyn Write) -> Result<()> {
    let text = match shell {
        ShellName::Bash => bash()?,
        ShellName::Zsh => zsh()?,
        ShellName::Fish => fish()?,
        ShellName::Powershell => generated(Shell::PowerShell)?,
        ShellName::Elvish => generated(Shell::Elvish)?,
        ShellName::Nushell => generated(Nushell)?,
    };
    out.write_all(text.as_bytes())?;
    Ok(())
}

fn generated(generator: impl Generator) -> Result<String> {
    generated_of(Cli::command(), generator)
}

fn generated_of(mut command: Command, generator: impl Generator) -> Result<String> {
    let name = command.get_name().to_owned();
    // The generators stop at an error of what they write to; memory has none.
    let mut bytes = Vec::new();
    generate(generator, &mut command, name, &mut bytes);
    Ok(String::from_utf8(bytes)?)
}

/// clap_complete 4.6.11 spells the hyphen of a program's name in two ways, so that nothing after a
/// subcommand is completed.
fn bash() -> Result<String> {
    Ok(generated(Shell::Bash)?.replace("clerk__subcmd__audit", "clerk__audit"))
}

/// The generated text waits for a directory before it takes a subcommand. Here the first word is either. And it
/// completes the options of the audit after a subcommand too, with the audit's values where both have one of
/// a name: after a subcommand the options are its own (`-A`, zshcompsys(1)).
fn zsh() -> Result<String> {
    const COMMANDS: &str = "\":: :_clerk-audit_commands\"";
    const EITHER: &str = "\":: :{_clerk-audit_commands; _files -/}\"";
    const CALL: &str = "    _arguments \"${_arguments_options[@]}\" : \\\n";
    let all = Cli::command();
    let names: Vec<&str> = all.get_subcommands().map(Command::get_name).collect();
    let alone = format!(
        "    local -a alone\n    case $words[2] in ({}|help) alone=(-A '-*') ;; esac\n{}",
        names.join("|"),
        CALL.replace(" : ", " \"${alone[@]}\" : ")
    );
    let options = all.get_arguments().filter(|one| !one.is_positional());
    let command = Command::new(env!("CARGO_PKG_NAME"))
        .version(env!("CARGO_PKG_VERSION"))
        .args(options.cloned())
        .subcommands(all.get_subcommands().cloned());
    let text = generated_of(command, Shell::Zsh)?.replace(COMMANDS, EITHER);
    Ok(text.replacen(CALL, &alone, 1))
}

/// fish's argparse refuses an option whose value is still being typed, which is when its values are asked
/// for: an empty one stands in.
fn fish() -> Result<String> {
    const PARSE: &str =
        "    argparse -s (__fish_clerk_audit_global_optspecs) -- $cmd 2>/dev/null\n";
    const AGAIN: &str =
        "    or argparse -s (__fish_clerk_audit_global_optspecs) -- $cmd '' 2>/dev/null\n";
    Ok(generated(Shell::Fish)?.replace(PARSE, &format!("{PARSE}{AGAIN}")))
}
