//! `--help`, `--version`, `checks` and `explain`.

use clap::CommandFactory as _;
use clerk_audit::checks;
use clerk_audit::cli::Cli;

use crate::project::{Done, Project, finish, program};
use crate::snapshot;

fn run(args: &[&str]) -> Done {
    finish(program().args(args), b"")
}

#[test]
fn the_help_teaches() {
    let help = run(&["--help"]).exits(0);
    snapshot("help", &help.out);
    snapshot("help_short", &run(&["-h"]).exits(0).out);
    for code in [
        "0    ready",
        "1    not ready",
        "2    usage",
        "3    incomplete",
        "130  interrupted",
    ] {
        assert!(help.out.contains(code), "{code}");
    }
}

#[test]
fn the_help_of_every_command_fits_into_80_columns() {
    let commands = Cli::command();
    let names = commands.get_subcommands().map(clap::Command::get_name);
    for name in names.filter(|name| *name != "help").chain([""]) {
        let mut help = program();
        help.env("COLUMNS", "80")
            .args((!name.is_empty()).then_some(name));
        let help = finish(help.arg("--help"), b"").exits(0).out;
        assert!(!help.contains("\n\n\n"), "{name}");
        let wide = help.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{name} --help");
        let name = if name.is_empty() { "audit" } else { name };
        snapshot(&format!("help_80_{}", name.replace('-', "_")), &help);
    }
}

#[test]
fn the_short_help_fits_on_two_screens() {
    let mut help = program();
    help.env("COLUMNS", "80");
    let help = finish(help.arg("-h"), b"").exits(0).out;
    assert!(
        help.lines().all(|line| line.chars().count() <= 80),
        "{help}"
    );
    assert!(
        help.lines().count() <= 2 * 33,
        "{} lines",
        help.lines().count()
    );
    snapshot("help_80_short", &help);
}

/// A line that nobody wrapped: what the parser would break at 80 columns would hang in the air.
#[test]
fn what_is_indented_in_the_help_keeps_its_lines() {
    for name in Cli::command()
        .get_subcommands()
        .map(clap::Command::get_name)
        .chain([""])
    {
        let at = |columns: &str| {
            let mut help = program();
            help.env("COLUMNS", columns)
                .args((!name.is_empty()).then_some(name));
            let help = finish(help.arg("--help"), b"").exits(0).out;
            let (_, end) = help.split_once("\nOptions:").unwrap_or_default();
            let lines = end
                .lines()
                .filter(|line| line.starts_with("  clerk-audit "));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(at("80"), at("100"), "{name}");
    }
}

#[test]
fn explain_knows_the_statements_that_the_report_lists() {
    for one in checks::attestations::ALL {
        let page = run(&["explain", one.id]).exits(0);
        assert!(
            page.out
                .starts_with(&format!("{}  attested by people\n", one.id)),
            "{}",
            page.out
        );
        page.says(one.says)
            .says(&format!("clerk-audit attest {} --by NAME", one.id));
    }
}

#[test]
fn what_stands_in_the_wrong_place_is_said_to() {
    let project = Project::next();
    let here =
        |args: &[&str]| finish(program().args(args).current_dir(project.dir()), b"").exits(2);
    here(&["app", "mono"]).complains("one directory only: `mono` is one too many");
    here(&["app", "routes"]).complains("the subcommand comes first: clerk-audit routes");
    here(&["--offline", "routes"]).complains("options follow the subcommand: clerk-audit routes");
    // A directory is one, whatever its name.
    project.write("routes/package.json", "{}");
    let taken = finish(
        program()
            .args(["--offline", "routes"])
            .current_dir(project.dir()),
        b"",
    );
    taken.exits(3).says("nothing to audit");
}

#[test]
fn the_help_of_routes_teaches() {
    let help = run(&["routes", "--help"]).exits(0);
    for verdict in ["reached", "undecided", "credential", "public", "stopped"] {
        assert!(help.out.contains(&format!("\n  {verdict} ")), "{verdict}");
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = format!("clerk-audit {}\n", env!("CARGO_PKG_VERSION"));
    assert!(run(&["--version"]).exits(0).out.starts_with(&version));
    assert_eq!(run(&["-V"]).exits(0).out, version);
}

#[test]
fn checks_lists_every_check() {
    let human = run(&["checks"]).exits(0);
    let json = run(&["checks", "--format", "json"]).exits(0).json();
    let json = json.to_string();
    for check in checks::ALL {
        assert!(human.out.contains(check.meta.id), "{}", check.meta.id);
        assert!(
            json.contains(&format!("\"{}\"", check.meta.id)),
            "{}",
            check.meta.id
        );
    }
}

#[test]
fn explain_prints_the_page_of_every_check() {
    for check in checks::ALL {
        let page = run(&["explain", check.meta.id])
            .exits(0)
            .says(check.meta.id);
        assert_eq!(page.err, "");
    }
}

#[test]
fn an_unknown_check_is_met_with_the_one_that_was_meant() {
    for (id, says) in [
        (
            "env/secret-key-mising",
            "did you mean env/secret-key-missing?",
        ),
        ("secret-key-missing", "did you mean env/secret-key-missing?"),
        (
            "nothing/like/it/at/all",
            "`clerk-audit checks` lists them all",
        ),
    ] {
        let done = run(&["explain", id]).exits(2).complains(says).complains(id);
        assert_eq!(done.out, "");
    }
}

#[test]
fn a_subcommand_takes_no_options_of_the_audit() {
    run(&["--offline", "checks"]).exits(2);
    run(&["checks", "--offline"]).exits(2);
    run(&["explain"]).exits(2).complains("<ID>");
}

/// A directory may have the name of a subcommand.
#[test]
fn a_directory_named_checks_is_reached_by_a_path() {
    let project = Project::of(&[("checks/package.json", "{}")]);
    let done = finish(
        program()
            .current_dir(project.dir())
            .args(["./checks", "--offline"]),
        b"",
    );
    done.exits(3).says("nothing to audit");
}
