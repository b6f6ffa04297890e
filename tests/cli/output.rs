//! What is printed where: formats, files, colour, `-v` and `-q`.

use clerk_audit::report::ALL;

use crate::project::{Project, finish};
use crate::support;

#[test]
fn a_report_goes_into_a_file_beside_the_table() {
    let project = Project::next();
    let file = project.outside().join("report.json");
    let output = format!("json={}", file.display());
    let done = project
        .audit(&["--output", &output])
        .exits(1)
        .says("FAIL  env/secret-key-missing");
    assert!(done.last_line().starts_with("NOT READY"), "{}", done.out);
    let written: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(written, project.json(&[]));
}

#[test]
fn several_reports_can_be_written() {
    let project = Project::next();
    let (a, b) = (
        project.outside().join("a.json"),
        project.outside().join("b.txt"),
    );
    let (json, human) = (
        format!("json={}", a.display()),
        format!("human={}", b.display()),
    );
    let args = ["--output", &json, "--output", &human, "-q"];
    let done = project.audit(&args).exits(1);
    let table = std::fs::read_to_string(b).unwrap();
    // A file has no terminal: no colour, and all of it whatever was asked for the screen.
    assert!(
        !table.contains('\u{1b}') && table.lines().count() > 10,
        "{table}"
    );
    assert!(table.ends_with(&done.out));
    assert!(a.is_file());
}

#[test]
fn a_wrong_output_is_exit_2() {
    let project = Project::next();
    for (output, says) in [
        ("json", "--output json is not FORMAT=FILE"),
        ("json=", "is not FORMAT=FILE"),
        (
            "xml=report.xml",
            "there is no format xml; there are human, json, html",
        ),
        (
            "json=/nowhere/at/all/report.json",
            "cannot write /nowhere/at/all/report.json: not found",
        ),
    ] {
        let done = project
            .audit(&["--output", output])
            .exits(2)
            .complains(says);
        assert_eq!(done.out, "", "{output}");
    }
    let folder = format!("json={}", project.outside().display());
    project
        .audit(&["--output", &folder])
        .exits(2)
        .complains("cannot write");
}

#[test]
fn no_output_is_written_over_what_the_run_reads_or_writes_elsewhere() {
    let project = Project::next().with("clerk-audit.toml", "# ours\n");
    let path = |name: &str| project.path(name).display().to_string();
    project.write("keys.env", "A=b\n");
    project.audit(&["--baseline", &path("known.json"), "--baseline-write"]);
    project.audit(&["--record", &path("facts.json")]);
    let files = || {
        ["clerk-audit.toml", "keys.env", "known.json", "facts.json"]
            .map(|name| std::fs::read(path(name)).unwrap())
    };
    let before = files();
    let json = |name: &str| format!("json={}", path(name));
    for (args, says) in [
        (
            vec!["--output", &json("clerk-audit.toml")],
            "clerk-audit.toml",
        ),
        (
            vec!["--output", &json("app/../clerk-audit.toml")],
            "clerk-audit.toml",
        ),
        (
            vec![
                "--config",
                &path("clerk-audit.toml"),
                "--record",
                &path("clerk-audit.toml"),
            ],
            "--config",
        ),
        (
            vec![
                "--env-file",
                &path("keys.env"),
                "--output",
                &json("keys.env"),
            ],
            "--env-file",
        ),
        (
            vec![
                "--baseline",
                &path("known.json"),
                "--output",
                &json("known.json"),
            ],
            "--baseline",
        ),
        (
            vec![
                "--baseline",
                &path("keys.env"),
                "--baseline-write",
                "--env-file",
                &path("keys.env"),
            ],
            "--env-file",
        ),
    ] {
        let done = project
            .audit(&args)
            .exits(2)
            .complains("would overwrite")
            .complains(says);
        assert_eq!(done.out, "", "{args:?}");
    }
    let facts = path("facts.json");
    let mut replay = crate::project::program();
    replay.args(["--replay", &facts, "--output", &json("facts.json")]);
    finish(&mut replay, b"")
        .exits(2)
        .complains("would overwrite --replay");
    for args in [
        ["--output", &json("a"), "--output", &json("a")],
        [
            "--output",
            &json("a"),
            "--output",
            &format!("html={}", path("app/../a")),
        ],
        ["--output", &json("a"), "--record", &path("a")],
    ] {
        project.audit(&args).exits(2).complains("are one file");
    }
    assert!(!project.path("a").exists());
    assert_eq!(files(), before);
}

#[cfg(unix)]
#[test]
fn several_reports_may_go_nowhere() {
    let project = Project::next();
    let args = ["--output", "json=/dev/null", "--output", "html=/dev/null"];
    project.audit(&args).exits(1);
}

#[test]
fn colour_is_on_when_asked_for() {
    let project = Project::next();
    let colored = |args: &[&str], env: &[(&str, &str)]| {
        let mut command = project.command(args);
        let done = finish(command.arg("--offline").envs(env.iter().copied()), b"").exits(1);
        done.out.contains("\u{1b}[")
    };
    // Standard output is a pipe here.
    assert!(!colored(&[], &[]));
    assert!(!colored(
        &["--color", "auto"],
        &[("TERM", "xterm-256color")]
    ));
    assert!(colored(&["--color", "always"], &[]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("FORCE_COLOR", "1")]));
    assert!(colored(&[], &[("FORCE_COLOR", "1")]));
    assert!(colored(&[], &[("GITHUB_ACTIONS", "true")]));
    assert!(!colored(
        &[],
        &[("GITHUB_ACTIONS", "true"), ("NO_COLOR", "1")]
    ));
    assert!(colored(
        &[],
        &[("GITHUB_ACTIONS", "true"), ("NO_COLOR", "")]
    ));
    assert!(!colored(&["--format", "json", "--color", "always"], &[]));
}

#[test]
fn quiet_prints_the_last_line_only() {
    for project in [Project::next(), Project::next_live(), Project::empty()] {
        let all = project.audit(&[]);
        let quiet = project.audit(&["-q"]).exits(all.code);
        assert_eq!(quiet.out, format!("{}\n", all.last_line()));
        assert_eq!(quiet.err, "");
    }
}

#[test]
fn verbose_lists_what_does_not_concern_the_app_with_the_reason() {
    let project = Project::next();
    let usual = project
        .audit(&[])
        .exits(1)
        .says("do not concern this app (-v lists every check)");
    let verbose = project.audit(&["-v"]).exits(1);
    let lines = |text: &str| text.lines().filter(|line| line.starts_with("N/A")).count();
    assert_eq!(lines(&usual.out), 1);
    let na = project.json(&[])["summary"]["na"].as_u64().unwrap();
    assert_eq!(lines(&verbose.out) as u64, na);
    for line in verbose.out.lines().filter(|line| line.starts_with("N/A")) {
        assert!(line.split_whitespace().count() > 3, "no reason in {line:?}");
    }
}

#[test]
fn the_same_audit_prints_the_same_bytes() {
    let project = Project::next();
    for format in ALL {
        let run = || project.audit(&["--format", format.name]).out;
        assert_eq!(run(), run());
    }
}

#[test]
fn no_report_holds_an_absolute_path_or_a_clock() {
    let project = Project::next();
    for format in ALL {
        let done = project.audit(&["--format", format.name]);
        let outside = project.outside().to_str().unwrap().to_owned();
        assert!(!done.out.contains(&outside), "{}", done.out);
        assert!(!done.last_line().contains(" s;"), "{}", done.out);
    }
}

#[test]
fn every_format_of_one_audit_has_its_exit_code_and_a_file() {
    let project = Project::copy("fixtures/apps/acme-shop");
    let path = |name: &str| project.outside().join(name);
    let outputs: Vec<String> = ALL
        .iter()
        .map(|format| format!("{}={}", format.name, path(format.name).display()))
        .collect();
    let mut args = vec!["-q"];
    for output in &outputs {
        args.extend(["--output", output]);
    }
    project.audit(&args).exits(1);
    for format in ALL {
        let done = project.audit(&["--format", format.name]).exits(1);
        let written = std::fs::read_to_string(path(format.name)).unwrap();
        assert_eq!(written, done.out, "{}", format.name);
    }
}

#[test]
fn code_hosts_get_paths_that_begin_at_the_root_of_the_repository() {
    let project = Project::copy("fixtures/apps/acme-shop");
    let uri = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
    let places = || {
        let sarif = project.audit(&["--format", "sarif"]).json();
        let gitlab = project.audit(&["--format", "gitlab"]).json();
        let github = project.audit(&["--format", "github"]).out;
        let (_, first) = github.split_once("file=").unwrap();
        let (file, _) = first.split_once(',').unwrap();
        [
            sarif.pointer(uri).unwrap().clone(),
            gitlab[0]["location"]["path"].clone(),
            file.into(),
        ]
    };
    assert_eq!(places(), [".env.production"; 3]);
    support::git(project.outside(), &["init", "-q"]);
    assert_eq!(places(), ["project/.env.production"; 3]);
}

#[test]
fn junit_fails_where_the_threshold_says_so() {
    let project = Project::copy("fixtures/apps/acme-shop");
    let failures = |args: &[&str], code| {
        let done = project.audit(&[&["--format", "junit"], args].concat());
        done.exits(code).out.matches("<failure ").count()
    };
    let errors = failures(&[], 1);
    assert!(failures(&["--fail-on", "warning"], 1) > errors);
    assert_eq!(failures(&["--fail-on", "never"], 0), 0);
}

#[test]
fn a_long_report_ends_with_what_fails_and_nothing_else() {
    let shop = Project::copy("fixtures/apps/acme-shop");
    let all = shop.audit(&[]).exits(1);
    let (_, end) = all.out.split_once("\nWhat fails: 3 checks\n").unwrap();
    let rows: Vec<&str> = end.lines().take_while(|line| !line.is_empty()).collect();
    let failing = all
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("FAIL  "));
    let ids: Vec<&str> = failing.filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(rows.len(), ids.len());
    for (row, id) in rows.iter().zip(ids) {
        assert!(row.starts_with(&format!("  {id} ")), "{row}");
        assert!(row.contains(".env.production:"), "{row}");
    }
    // With warnings that fail there are more; without any that do, or on one screen, there is no list.
    shop.audit(&["--fail-on", "warning"])
        .says("What fails: 10 checks");
    for args in [
        &["--fail-on", "never"][..],
        &["--only", "env/secret-key-malformed"],
        &["-q"],
    ] {
        assert!(!shop.audit(args).out.contains("What fails"), "{args:?}");
    }
}

#[test]
fn in_a_monorepo_what_fails_is_listed_with_its_app() {
    let mono = Project::copy("fixtures/apps/acme-mono");
    let done = mono.audit(&[]).exits(1);
    let (_, end) = done.out.split_once("\nWhat fails: ").unwrap();
    let rows: Vec<&str> = end
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .collect();
    assert!(rows.len() > 1, "{end}");
    assert!(rows.iter().all(|row| row.starts_with("  apps/")), "{end}");
}

#[test]
fn statements_that_nobody_settles_yet_take_one_line() {
    let project = Project::next_live();
    let open = clerk_audit::checks::attestations::ALL.len();
    let says = format!("\n{open} statements open: clerk-audit attest lists them\n");
    let usual = project.audit(&[]).exits(0);
    assert!(usual.out.contains(&says), "{}", usual.out);
    assert!(!usual.out.contains("uptime-monitor"), "{}", usual.out);
    project.audit(&["-v"]).says("OPEN      production-domain, ");
}

#[test]
fn a_dash_is_standard_output_and_takes_one_report() {
    let project = Project::next();
    let done = project.audit(&["--output", "json=-"]).exits(1);
    assert_eq!(done.json(), project.json(&[]));
    assert!(!project.path("-").exists());
    for args in [
        &["--output", "json=-", "--format", "human"][..],
        &["--output", "json=-", "--output", "markdown=-"],
    ] {
        let done = project.audit(args).exits(2);
        assert_eq!(done.out, "", "{args:?}");
        done.complains("are both standard output: give one of them a file");
    }
}
