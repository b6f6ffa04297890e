//! The exit codes and the words on the last line, the same for both formats.

use std::process::Stdio;

use crate::project::{Project, finish, program};
use crate::support;

/// Live keys, and one warning: `.clerk/` is not ignored.
fn with_a_warning() -> Project {
    Project::next_live().with(".gitignore", "node_modules\n.env*\n")
}

fn broken_manifest() -> Project {
    Project::next_live().with(
        "apps/other/package.json",
        "{\n  \"dependencies\": { \"@clerk/nextjs\": }\n}\n",
    )
}

#[test]
fn both_formats_end_with_the_same_code_and_say_it() {
    for (project, code, words) in [
        (Project::next_live(), 0, "READY  "),
        (Project::next(), 1, "NOT READY  "),
        (Project::of(&[("package.json", "{}\n")]), 3, "INCOMPLETE  "),
        (broken_manifest(), 3, "INCOMPLETE  "),
    ] {
        let human = project.audit(&[]).exits(code);
        assert!(human.last_line().starts_with(words), "{}", human.out);
        assert!(
            human.last_line().ends_with(&format!("exit {code}")),
            "{}",
            human.out
        );
        assert_eq!(human.err, "");
        let json = project.audit(&["--format", "json"]).exits(code);
        assert_eq!(json.json()["exit_code"], code);
        assert_eq!(
            json.json()["verdict"],
            words.trim().to_lowercase().replace(' ', "-")
        );
        assert_eq!(json.err, "");
    }
}

#[test]
fn a_directory_without_clerk_is_said_to_be_one() {
    let project = Project::of(&[(
        "package.json",
        r#"{"name":"plain","dependencies":{"next":"16.0.0"}}"#,
    )]);
    let done = project.audit(&[]).exits(3);
    assert!(
        done.last_line().contains("nothing to audit"),
        "{}",
        done.out
    );
    done.says("note: no Clerk package is named in package.json");
    let empty = Project::empty()
        .audit(&[])
        .exits(3)
        .says("nothing to audit");
    empty.says("note: no package.json, pyproject.toml,");
}

#[test]
fn from_a_folder_inside_the_project_the_way_out_is_told() {
    let project = Project::next_live();
    support::git(project.dir(), &["init", "-q"]);
    let mut command = program();
    command.current_dir(project.path("app/dashboard"));
    let inside = finish(command.arg("--offline"), b"").exits(3);
    inside.says("was found here; the nearest is ../../package.json: `clerk-audit ../..`");
    let mut command = program();
    command.current_dir(project.dir());
    let typed = finish(command.args(["app", "--offline"]), b"").exits(3);
    typed.says("the nearest is ../package.json: `clerk-audit app/..`");
}

#[test]
fn a_history_that_was_asked_for_and_is_not_there_is_no_pass() {
    let whole = Project::next_live();
    support::git(whole.dir(), &["init", "-q"]);
    support::git(whole.dir(), &["add", "."]);
    support::git(whole.dir(), &["commit", "-q", "-m", "first"]);
    support::git(
        whole.dir(),
        &["commit", "-q", "--allow-empty", "-m", "second"],
    );
    let from = format!("file://{}", whole.dir().display());
    let clone = whole.outside().join("clone");
    let to = clone.to_str().unwrap();
    support::git(whole.outside(), &["clone", "-q", "--depth", "1", &from, to]);
    let searched = |dir: &std::path::Path, path: &std::ffi::OsStr| {
        let mut command = program();
        command.args([
            "--offline",
            "--only",
            "secrets/secret-in-history",
            "--history",
        ]);
        finish(command.arg(dir).env("PATH", path), b"")
    };
    let path = std::env::var_os("PATH").unwrap();
    searched(whole.dir(), &path).exits(0);
    searched(&clone, &path)
        .exits(3)
        .says("the clone is shallow")
        .says("`fetch-depth: 0`");
    searched(whole.dir(), "/nowhere".as_ref())
        .exits(3)
        .says("git was not found");
    searched(Project::next_live().dir(), &path)
        .exits(3)
        .says("this is no git repository");
    // Who does not ask for it misses nothing.
    whole
        .audit(&["--only", "secrets/secret-in-history"])
        .says("SKIP");
}

#[test]
fn fail_on_moves_the_threshold() {
    let warned = with_a_warning();
    warned.audit(&[]).exits(0);
    warned.audit(&["--fail-on", "error"]).exits(0);
    warned.audit(&["--fail-on", "warning"]).exits(1);
    warned.audit(&["--fail-on", "never"]).exits(0);
    let failed = Project::next();
    failed.audit(&["--fail-on", "never"]).exits(0);
    failed.audit(&["--fail-on", "warning"]).exits(1);
}

#[test]
fn never_failing_does_not_hide_what_could_not_be_read() {
    broken_manifest().audit(&["--fail-on", "never"]).exits(3);
}

#[test]
fn a_finding_outranks_what_could_not_be_judged() {
    let project = Project::next().with("apps/x/package.json", "{ \"@clerk/nextjs\" ");
    project.audit(&[]).exits(1);
}

#[test]
fn strict_takes_warnings_for_errors() {
    with_a_warning().audit(&["--strict"]).exits(1);
    Project::next_live()
        .audit(&[
            "--strict",
            "--group",
            "env",
            "--group",
            "git",
            "--skip",
            "git/secret-tracked",
        ])
        .exits(0);
}

#[test]
fn strict_accepts_no_check_that_was_skipped_for_want_of_a_fact() {
    // Without a secret key there is nobody to ask; with --offline it was the user's own choice.
    let project = Project::next();
    let args = [
        "--only",
        "clerk/backend-api-unreachable,git/keyless-not-ignored",
    ];
    let run = |more: &[&str]| finish(project.command(&args).args(more), b"");
    run(&[])
        .exits(0)
        .says("SKIP  clerk/backend-api-unreachable");
    run(&["--strict"]).exits(3);
    run(&["--strict", "--offline"]).exits(0);
}

#[test]
fn an_audit_in_which_nothing_was_judged_is_not_ready() {
    let only = ["--only", "clerk/backend-api-unreachable"];
    Project::next_live().audit(&only).exits(3);
    Project::next_live()
        .audit(&["--no-env", "--group", "clerk,env"])
        .exits(3);
    let unused = Project::of(&[
        (
            "package.json",
            r#"{"dependencies":{"@clerk/nextjs":"7.0.0","next":"16.0.0"}}"#,
        ),
        ("app/page.tsx", "export default () => null;\n"),
    ]);
    unused.audit(&[]).exits(3).says("no code imports it");
}

#[test]
fn what_is_wrong_with_the_command_line_is_exit_2() {
    for (args, says) in [
        (&["--nonsense"][..], "--nonsense"),
        (&["--format", "xml"], "[possible values: human, json, "),
        (&["--timeout", "0"], "0 is not in 1..=300"),
        (&["--timeout", "301"], "301 is not in 1..=300"),
        (
            &["--fail-on", "sometimes"],
            "possible values: error, warning, never",
        ),
        (
            &["--target", "staging"],
            "possible values: production, preview, development",
        ),
        (&["--no-env", "--env-file", "x"], "cannot be used with"),
        (&["--no-env", "--env", "process"], "cannot be used with"),
        (&["-v", "-q"], "cannot be used with"),
        (&["--env-file"], "a value is required"),
    ] {
        let done = Project::empty().audit(args).exits(2).complains(says);
        assert_eq!(done.out, "", "{args:?}");
    }
}

#[test]
fn a_directory_that_is_not_there_is_exit_2() {
    let project = Project::of(&[("file.txt", "")]);
    let run = |path: &str| finish(program().arg(project.path(path)), b"").exits(2);
    run("nowhere")
        .complains("cannot open the directory")
        .complains("not found");
    run("file.txt").complains("is a file; give the directory of the project");
}

/// `clerk-audit | head -1`: what reads the pipe is gone before the first byte.
#[test]
fn closed_standard_output_changes_no_verdict() {
    for (project, code) in [(Project::next_live(), 0), (Project::next(), 1)] {
        for format in ["human", "json"] {
            let mut child = project
                .command(&["--offline", "--format", format])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            drop(child.stdout.take());
            let done = child.wait_with_output().unwrap();
            assert_eq!(done.status.code(), Some(code));
            assert_eq!(String::from_utf8_lossy(&done.stderr), "");
        }
    }
}

#[test]
fn closed_standard_output_and_error_end_without_a_panic() {
    let mut child = program()
        .arg("/nowhere/at/all")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn a_failure_that_no_finding_tells_has_its_cause_in_the_verdict() {
    let open = clerk_audit::checks::attestations::ALL.len();
    let says = format!("{open} statements open (--strict)");
    let project = Project::next();
    let known = project.outside().join("known.json").display().to_string();
    project.audit(&["--baseline", &known, "--baseline-write"]);
    let run = |format: &str| {
        let args = ["--baseline", &known, "--strict", "--format", format];
        project.audit(&args).exits(1).out
    };
    let human = run("human");
    let last = human.lines().last().unwrap_or_default();
    assert!(last.contains(&says), "{last}");
    // It is what fails, so it is named.
    assert!(human.contains("OPEN      production-domain, "), "{human}");
    assert!(run("junit").contains(&format!("message=\"{says}; not-ready, exit 1\"")));
    let github = run("github");
    let error = format!("::error title=clerk-audit%3A NOT READY::{says}; ");
    assert!(github.contains(&error), "{github}");
}

#[test]
fn warnings_that_fail_are_said_to() {
    let project = with_a_warning();
    for (args, says) in [
        (
            &["--fail-on", "warning"][..],
            "1 warning (--fail-on warning); ",
        ),
        (&["--strict"], "1 warning (--strict); "),
    ] {
        let done = project.audit(args).exits(1);
        assert!(done.last_line().contains(says), "{}", done.last_line());
        let github = project.audit(&[args, &["--format", "github"]].concat());
        assert!(
            github
                .out
                .contains("\n::error title=clerk-audit%3A NOT READY::"),
            "{}",
            github.out
        );
    }
    let calm = project.audit(&[]).exits(0);
    assert!(
        calm.last_line().contains("1 warning; "),
        "{}",
        calm.last_line()
    );
}

#[test]
fn options_that_contradict_each_other_are_exit_2() {
    let project = with_a_warning();
    let site = "https://acme.shop";
    for (args, says) in [
        (
            &["--fail-on", "never", "--strict"][..],
            "--fail-on never lets everything pass, and --strict",
        ),
        (
            &["--url", site],
            "--offline sends nothing, so nothing is asked of --url",
        ),
        (
            &["--webhook-url", site],
            "--offline sends nothing, so nothing is asked of --webhook-url",
        ),
        (
            &["--fix=review", "--output", "json=-"],
            "--fix=review prints a diff in place of a report",
        ),
    ] {
        let done = project.audit(args).exits(2).complains(says);
        assert_eq!(done.out, "", "{args:?}");
    }
    project
        .audit(&["--fail-on", "never", "--strict=false"])
        .exits(0);
}

#[test]
fn what_is_typed_wins_over_what_contradicts_it_in_the_config() {
    let never = with_a_warning().with("clerk-audit.toml", "fail-on = \"never\"\n");
    never.audit(&[]).exits(0);
    never.audit(&["--strict"]).exits(1);
    let strict = with_a_warning().with("clerk-audit.toml", "strict = true\n");
    strict.audit(&[]).exits(1);
    strict.audit(&["--fail-on", "never"]).exits(0);
}
