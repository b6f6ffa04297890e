//! Which checks run: `--only`, `--skip`, `--group`, and `clerk-audit.toml`.

use std::collections::BTreeSet;

use clerk_audit::checks;

use crate::project::Project;

/// The ids of the checks in the report.
fn ran(project: &Project, args: &[&str]) -> BTreeSet<String> {
    let report = project.json(args);
    let checks = report["apps"][0]["checks"].as_array().unwrap().iter();
    checks
        .map(|check| check["id"].as_str().unwrap().to_owned())
        .collect()
}

fn all_but(left_out: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let ids = checks::ALL.iter().map(|check| check.meta.id);
    ids.filter(|id| !left_out(id)).map(str::to_owned).collect()
}

#[test]
fn every_check_runs_unless_something_else_is_said() {
    assert_eq!(ran(&Project::next(), &[]), all_but(|_| false));
}

#[test]
fn only_takes_commas_and_repeats() {
    let project = Project::next();
    let (a, b, c) = (
        "env/secret-key-missing",
        "env/publishable-key-missing",
        "git/secret-tracked",
    );
    let wanted: BTreeSet<String> = [a, b, c].map(str::to_owned).into();
    assert_eq!(
        ran(&project, &["--only", &format!("{a},{b}"), "--only", c]),
        wanted
    );
    assert_eq!(ran(&project, &["--only", a]).len(), 1);
}

#[test]
fn skip_takes_commas_and_repeats() {
    let (a, b, c) = (
        "env/secret-key-missing",
        "env/publishable-key-missing",
        "git/secret-tracked",
    );
    let ran = ran(
        &Project::next(),
        &["--skip", &format!("{a},{b}"), "--skip", c],
    );
    assert_eq!(ran, all_but(|id| [a, b, c].contains(&id)));
}

#[test]
fn group_takes_commas_and_repeats() {
    let project = Project::next();
    assert_eq!(
        ran(&project, &["--group", "git"]),
        all_but(|id| !id.starts_with("git/"))
    );
    let two = all_but(|id| !id.starts_with("git/") && !id.starts_with("env/"));
    assert_eq!(ran(&project, &["--group", "git,env"]), two);
    assert_eq!(ran(&project, &["--group", "git", "--group", "env"]), two);
}

#[test]
fn a_name_that_does_not_exist_is_exit_2_with_the_one_that_was_meant() {
    let project = Project::next();
    for option in ["--only", "--skip"] {
        project
            .audit(&[option, "git/secret-traked"])
            .exits(2)
            .complains("there is no check git/secret-traked; did you mean git/secret-tracked?");
    }
    project
        .audit(&["--group", "envv"])
        .exits(2)
        .complains("there is no group envv; did you mean env?");
    // Too far from any: then all of them.
    project
        .audit(&["--group", "authentication"])
        .exits(2)
        .complains("webhooks");
}

#[test]
fn a_group_is_taken_by_a_star_and_named_where_it_is_written_without() {
    let project = Project::next_live();
    let git = ran(&project, &["--group", "git"]);
    assert_eq!(ran(&project, &["--only", "git/*"]), git);
    assert_eq!(
        ran(&project, &["--skip", "git/*"]),
        all_but(|id| git.contains(id))
    );
    for (args, says) in [
        (["--only", "git"], "git is a group: --group git"),
        (["--skip", "git"], "git is a group: --skip 'git/*'"),
        (
            ["--only", "gitt/*"],
            "there is no group gitt; did you mean git?",
        ),
    ] {
        project.audit(&args).exits(2).complains(says);
    }
}

#[test]
fn a_selection_that_leaves_nothing_is_exit_2() {
    let args = [
        "--only",
        "git/secret-tracked",
        "--skip",
        "git/secret-tracked",
    ];
    Project::next()
        .audit(&args)
        .exits(2)
        .complains("no check is left to run");
}

#[test]
fn the_config_can_leave_a_check_out() {
    let project = Project::next_live()
        .with(".gitignore", ".env*\n")
        .with("clerk-audit.toml", "skip = [\"git/keyless-not-ignored\"]\n");
    assert_eq!(
        ran(&project, &[]),
        all_but(|id| id == "git/keyless-not-ignored")
    );
    project.audit(&["--fail-on", "warning"]).exits(0);
}

#[test]
fn the_config_can_declare_that_there_are_no_webhooks() {
    let quiet = Project::of(&[
        (
            "package.json",
            r#"{"dependencies":{"@clerk/nextjs":"7.0.0","next":"16.0.0"}}"#,
        ),
        (
            "app/layout.tsx",
            "import { ClerkProvider } from \"@clerk/nextjs\";\n",
        ),
    ]);
    let only = [
        "--only",
        "webhooks/signing-secret-missing,env/secret-key-missing",
    ];
    quiet
        .audit(&only)
        .says("N/A   webhooks/signing-secret-missing");
    let quiet = quiet.with("clerk-audit.toml", "webhooks = \"none\"\n");
    let report = quiet.json(&only);
    let of = |report: &serde_json::Value| report["apps"][0]["checks"].to_string();
    assert!(of(&report).contains("\"na\""), "{report:#}");
    let quiet = quiet.with("clerk-audit.toml", "webhooks = \"required\"\n");
    quiet
        .audit(&only)
        .exits(1)
        .says("FAIL  webhooks/signing-secret-missing");
}

#[test]
fn a_config_that_is_not_valid_is_exit_2_with_its_line() {
    let project = Project::next_live();
    for (text, says) in [
        (
            "# ours\nwebhook = \"none\"\n",
            &["clerk-audit.toml:2: there is no key webhook; did you mean webhooks?"][..],
        ),
        (
            "webhooks = \"never\"\n",
            &["clerk-audit.toml:1", "never", "none"],
        ),
        (
            "skip = [\n \"a\",\n \"\u{1b}[2J\u{202e}\"\n",
            &["clerk-audit.toml:3", "\u{fffd}[2J\u{fffd}"],
        ),
        ("skip = [\n", &["clerk-audit.toml:1"]),
        (
            "skip = \"git/secret-tracked\"\n",
            &["clerk-audit.toml:1", "skip"],
        ),
        (
            "skip = [\"git/nothing\"]\n",
            &["clerk-audit.toml:1: there is no check git/nothing"],
        ),
    ] {
        project.write("clerk-audit.toml", text);
        let done = project.audit(&[]).exits(2).complains("clerk-audit.toml");
        for text in says {
            assert!(done.err.contains(text), "{text:?} is not in {}", done.err);
        }
        assert_eq!(done.out, "");
        assert!(!done.err.contains('\u{1b}'), "{:?}", done.err);
    }
}

#[test]
fn a_config_with_a_byte_order_mark_and_crlf_is_read() {
    let project = Project::next_live();
    project.write("clerk-audit.toml", "\u{feff}webhooks = \"none\"\r\n");
    project.audit(&[]).exits(0);
}
