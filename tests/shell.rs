//! Completions and manual pages come from the command line itself, and the shells take them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails; one that is skipped says so"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::CommandFactory;
use clerk_audit::cli::Cli;

#[path = "support/project.rs"]
mod project;

const SHELLS: &[&str] = &["bash", "zsh", "fish", "powershell", "elvish", "nushell"];

fn page(args: &[&str]) -> String {
    project::finish(project::program().args(args), b"")
        .exits(0)
        .out
}

fn subcommands() -> Vec<String> {
    let command = Cli::command();
    let all = command.get_subcommands();
    all.map(|one| one.get_name().to_owned()).collect()
}

/// What a shell says to a script, its own settings left out; nothing where it is not installed.
fn ask(shell: &str, args: &[&str], folder: &Path) -> Option<String> {
    let started = Command::new(shell)
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .stdin(Stdio::null())
        .output();
    let Ok(done) = started else {
        println!("skipped: {shell} is not installed");
        return None;
    };
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(
        done.status.success() && errors.is_empty(),
        "{shell}: {errors}"
    );
    Some(String::from_utf8(done.stdout).unwrap())
}

#[test]
fn every_shell_completes_every_subcommand() {
    for shell in SHELLS {
        let text = page(&["completions", shell]);
        for name in subcommands() {
            assert!(text.contains(&name), "{shell} does not know {name}");
        }
        for option in ["env-file", "fail-on", "not-applicable"] {
            assert!(text.contains(option), "{shell} does not know --{option}");
        }
    }
}

#[test]
fn an_unknown_shell_is_met_with_those_there_are() {
    let done = project::finish(project::program().args(["completions", "bsh"]), b"");
    done.exits(2).complains("bash").complains("nushell");
}

#[test]
fn bash_completes_subcommands_options_and_values() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.bash"), page(&["completions", "bash"])).unwrap();
    // As readline calls it: the command, the word, the word before.
    let script = r#"source c.bash
        complete -p clerk-audit
        typed() {
          COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
          _clerk__audit clerk-audit "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
          echo "${COMPREPLY[@]}"
        }
        typed clerk-audit rou
        typed clerk-audit --fail-on wa
        typed clerk-audit routes --only st
        typed clerk-audit rotate-check --old"#;
    let said = ask(
        "bash",
        &["--norc", "--noprofile", "-c", script],
        folder.path(),
    )
    .unwrap();
    let lines: Vec<&str> = said.lines().skip(1).collect();
    assert!(said.starts_with("complete "), "{said}");
    assert_eq!(lines[..3], ["routes", "warning", "stopped"]);
    assert!(lines[3].contains("--old-from"), "{said}");
}

#[test]
fn zsh_completes_subcommands_options_and_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("_clerk-audit");
    fs::write(file, page(&["completions", "zsh"])).unwrap();
    fs::create_dir(folder.path().join("subfolder")).unwrap();
    // A shell on a terminal of its own, in which somebody types, presses Tab and prints the line.
    let script = r#"zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell 'fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -d $PWD/dump; PROMPT=RE"ADY> "'
        for typed in rou '--fail-on wa' 'rotate-check --old-f' 'routes --only re' '. --fail-on wa' sub; do
            zpty -r shell said '*READY> *'; print -rn -- $said
            zpty -n -w shell clerk-audit' '$typed$'\t\C-aprint -r -- \n'
        done
        zpty -r shell said '*READY> *'; print -rn -- $said
        zpty -d shell"#;
    if let Some(said) = ask("zsh", &["-fc", script], folder.path()) {
        let lines = said.lines().filter(|line| line.starts_with("clerk-audit "));
        let lines: Vec<&str> = lines.map(str::trim_end).collect();
        let wanted = [
            "clerk-audit routes",
            "clerk-audit --fail-on warning",
            "clerk-audit rotate-check --old-from",
            "clerk-audit routes --only reached",
            "clerk-audit . --fail-on warning",
            "clerk-audit subfolder",
        ];
        assert_eq!(lines, wanted, "{said}");
    }
}

#[test]
fn fish_completes_subcommands_options_and_values() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.fish"), page(&["completions", "fish"])).unwrap();
    let script = "source c.fish
        for typed in 'rou' '--fail-on wa' 'routes --only st' 'rotate-check --old-f'
            complete -C \"clerk-audit $typed\"
        end";
    if let Some(said) = ask("fish", &["--no-config", "-c", script], folder.path()) {
        let words: Vec<&str> = said
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect();
        assert_eq!(words, ["routes", "warning", "stopped", "--old-from"]);
    }
}

#[test]
fn every_command_has_a_page_that_groff_renders_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.1");
    let file = path.to_str().unwrap();
    let names = subcommands();
    for name in names.iter().map(String::as_str).chain([""]) {
        let args: Vec<&str> = ["man", name]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect();
        let text = page(&args);
        fs::write(&path, &text).unwrap();
        // As few warnings as groff has: none at all.
        let Some(read) = ask("groff", &["-man", "-Tutf8", "-ww", file], folder.path()) else {
            assert!(text.starts_with(".ie"), "{text}");
            continue;
        };
        assert!(read.contains("clerk-audit"), "{name}: {read}");
    }
}

#[test]
fn the_page_of_the_audit_names_all_others_and_keeps_the_tables_of_its_help() {
    let text = page(&["man"]);
    for name in subcommands() {
        let name = format!("clerk\\-audit\\-{}(1)", name.replace('-', "\\-"));
        assert!(text.contains(&name), "{name}");
    }
    assert!(
        text.contains(".nf\n  0    ready       nothing at or above"),
        "{text}"
    );
}

#[test]
fn a_page_of_nothing_is_met_with_what_there_is() {
    let done = project::finish(project::program().args(["man", "route"]), b"");
    done.exits(2)
        .complains("there is no subcommand route")
        .complains("rotate-check");
}
