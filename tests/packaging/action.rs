//! The steps of the GitHub Action, in an environment as a runner makes it.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::project::{Done, Project, finish};
use crate::{BINARY, archive, command, installed, script, stand_in, support, text};

/// A runner: its temporary folder and the files that steps write to.
struct Runner {
    home: TempDir,
}

impl Runner {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("temp")).unwrap();
        Self { home }
    }

    /// Runs a step with these inputs, in a workspace.
    fn step(&self, name: &str, workspace: &Path, inputs: &[(&str, &str)]) -> Done {
        let action = support::root().join(".github/actions/clerk-audit");
        let mut step = command("bash");
        step.arg(action.join("run.sh"))
            .arg(name)
            .current_dir(workspace)
            .env("GITHUB_ACTION_PATH", &action)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_OUTPUT", self.home.path().join("output"))
            .env("GITHUB_STEP_SUMMARY", self.home.path().join("summary"))
            .env("RUNNER_TEMP", self.home.path().join("temp"))
            .envs([("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64")])
            .envs(inputs.iter().copied());
        finish(&mut step, b"")
    }

    /// What a step wrote for those after it.
    fn output(&self, name: &str) -> Option<String> {
        let all = fs::read_to_string(self.home.path().join("output")).unwrap_or_default();
        let of = |line: &str| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned());
        all.lines().filter_map(of).next_back()
    }

    fn summary(&self) -> String {
        fs::read_to_string(self.home.path().join("summary")).unwrap_or_default()
    }

    /// A program that shows what it is started with, and writes every report that it is asked for.
    fn show(&self) -> String {
        let body = "for arg in \"$@\"; do
              echo \"arg: $arg\"
              case $arg in --output=*=*) echo \"a report\" > \"${arg#--output=*=}\" ;; esac
            done
            env | sed 's/^/env: /'
            exit ${EXIT:-0}";
        let path = script(&self.home.path().join("show"), body);
        path.to_str().unwrap().to_owned()
    }
}

#[test]
fn a_message_of_the_action_is_one_command_whatever_an_input_holds() {
    let runner = Runner::new();
    let here = runner.home.path();
    let hostile = "x%\r\n::add-mask::a";
    for (step, input, says) in [
        (
            "install",
            "AUDIT_PATH",
            "path: x%25%0D%0A::add-mask::a is not",
        ),
        (
            "install",
            "AUDIT_VERSION",
            "version: x%25%0D%0A::add-mask::a is not",
        ),
        (
            "audit",
            "AUDIT_STRICT",
            "strict: x%25%0D%0A::add-mask::a is neither",
        ),
    ] {
        let inputs = [("AUDIT_BINARY", "true"), (input, hostile)];
        let done = runner.step(step, here, &inputs).exits(2).complains(says);
        assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    }
}

#[test]
fn a_program_that_is_there_is_used_and_its_exit_code_is_the_actions() {
    for (project, code, last) in [
        (Project::next_live(), 0, "READY"),
        (Project::next(), 1, "NOT READY"),
        (Project::empty(), 3, "INCOMPLETE"),
    ] {
        let runner = Runner::new();
        let install = runner.step("install", project.outside(), &[("AUDIT_PATH", BINARY)]);
        install.exits(0);
        assert_eq!(runner.output("binary").as_deref(), Some(BINARY));
        let inputs = [
            ("AUDIT_BINARY", BINARY),
            ("AUDIT_DIRECTORY", "project"),
            ("AUDIT_OFFLINE", "true"),
            ("AUDIT_STRICT", "false"),
            ("AUDIT_SUMMARY", "false"),
            // A runner's log has colours.
            ("AUDIT_ARGS", "--color=never"),
            ("AUDIT_OUTPUTS", "json=a.json\nhuman=b.txt\n"),
        ];
        let done = runner.step("audit", project.outside(), &inputs).exits(code);
        assert!(done.last_line().starts_with(last), "{}", done.out);
        assert_eq!(runner.output("exit-code"), Some(code.to_string()));
        let report = fs::read(project.outside().join("a.json")).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(report["exit_code"], code);
        assert!(project.outside().join("b.txt").is_file());
    }
}

#[test]
fn it_says_what_the_program_says_without_it() {
    let project = Project::next();
    let runner = Runner::new();
    let inputs = [
        ("AUDIT_BINARY", BINARY),
        ("AUDIT_DIRECTORY", "."),
        ("AUDIT_OFFLINE", "true"),
        ("AUDIT_SUMMARY", "false"),
        ("AUDIT_ARGS", "--color=never\n"),
    ];
    let action = runner.step("audit", project.dir(), &inputs).exits(1);
    let mut alone = crate::project::program();
    alone.current_dir(project.dir()).args([".", "--offline"]);
    assert_eq!(action.out, finish(&mut alone, b"").exits(1).out);
}

#[test]
fn inputs_arrive_as_they_are_and_empty_ones_not_at_all() {
    let runner = Runner::new();
    let show = runner.show();
    let folder = tempfile::tempdir().unwrap();
    let evil = "$(touch pwned) `touch pwned` '\"; touch pwned #";
    let given = [
        ("AUDIT_BINARY", show.as_str()),
        ("AUDIT_DIRECTORY", evil),
        ("AUDIT_TARGET", "preview"),
        ("AUDIT_URL", ""),
        ("AUDIT_ENV_FILE", "a b.env\r\n\n-"),
        ("AUDIT_ARGS", "--skip=env/unread-variable\n-v"),
        ("AUDIT_STRICT", "true"),
        ("AUDIT_SUMMARY", "false"),
        ("CLERK_SECRET_KEY", "of the job"),
    ];
    let done = runner.step("audit", folder.path(), &given).exits(0);
    let args: Vec<&str> = done
        .out
        .lines()
        .filter_map(|l| l.strip_prefix("arg: "))
        .collect();
    let wanted = [
        "--target=preview",
        "--env-file=a b.env",
        "--env-file=-",
        "--skip=env/unread-variable",
        "-v",
        "--strict",
        "--",
        evil,
    ];
    assert_eq!(args, wanted);
    assert!(done.out.contains("env: CLERK_SECRET_KEY=of the job"));
    assert!(!done.out.contains("env: AUDIT_"), "{}", done.out);
    assert!(!folder.path().join("pwned").exists());

    let bare = runner.step(
        "audit",
        folder.path(),
        &[("AUDIT_BINARY", &show), ("AUDIT_SUMMARY", "false")],
    );
    let args = bare.out.lines().filter(|line| line.starts_with("arg: "));
    assert_eq!(args.collect::<Vec<_>>(), ["arg: --", "arg: ."]);
}

#[test]
fn the_report_joins_the_summary_and_sarif_is_named_for_the_upload() {
    let runner = Runner::new();
    let show = runner.show();
    let folder = tempfile::tempdir().unwrap();
    fs::write(runner.home.path().join("summary"), "before\n").unwrap();
    let given = [
        ("AUDIT_BINARY", show.as_str()),
        ("AUDIT_UPLOAD", "true"),
        ("EXIT", "1"),
    ];
    runner.step("audit", folder.path(), &given).exits(1);
    assert_eq!(runner.summary(), "before\na report\n");
    let sarif = runner.output("sarif").unwrap();
    assert!(sarif.ends_with("/temp/clerk-audit.sarif"), "{sarif}");
    assert_eq!(fs::read_to_string(sarif).unwrap(), "a report\n");

    // What ended early has no report to upload.
    let runner = Runner::new();
    let show = runner.show();
    let given = [
        ("AUDIT_BINARY", show.as_str()),
        ("AUDIT_SARIF", "x.sarif"),
        ("EXIT", "2"),
    ];
    runner.step("audit", folder.path(), &given).exits(2);
    assert_eq!(runner.output("sarif"), None);
    assert_eq!(runner.output("exit-code").as_deref(), Some("2"));
}

#[test]
fn the_real_reports_of_the_summary_and_the_upload_are_written() {
    let (runner, project) = (Runner::new(), Project::next());
    let given = [
        ("AUDIT_BINARY", BINARY),
        ("AUDIT_OFFLINE", "true"),
        ("AUDIT_UPLOAD", "true"),
    ];
    runner.step("audit", project.dir(), &given).exits(1);
    let summary = runner.summary();
    assert_eq!(summary.matches("NOT READY").count(), 1, "{summary}");
    let sarif = fs::read(runner.output("sarif").unwrap()).unwrap();
    let sarif: serde_json::Value = serde_json::from_slice(&sarif).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
}

#[test]
fn a_release_is_downloaded_and_only_used_when_its_checksum_is_right() {
    if !installed("curl") {
        return;
    }
    let releases = tempfile::tempdir().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let folder = releases.path().join(format!("v{version}"));
    let program = stand_in(releases.path());
    let target = "x86_64-unknown-linux-musl";
    let done = archive::pack(&program, target, version, &folder).exits(0);
    let archive = done.out.trim();
    let mut sums = command("sh");
    let line = "if command -v sha256sum >/dev/null; then sha256sum *.tar.gz; else shasum -a 256 *.tar.gz; fi > SHA256SUMS";
    finish(sums.args(["-c", line]).current_dir(&folder), b"").exits(0);

    let from = format!("file://{}", releases.path().display());
    // Without a version: the one of the repository that the action lies in.
    for given in ["", version, &format!("v{version}")] {
        let runner = Runner::new();
        let inputs = [("AUDIT_RELEASES", from.as_str()), ("AUDIT_VERSION", given)];
        runner.step("install", releases.path(), &inputs).exits(0);
        let mut program = command(runner.output("binary").unwrap());
        finish(program.arg("-V"), b"").exits(0).says(version);
    }

    let refused = |version: &str, says: &str| {
        let runner = Runner::new();
        let inputs = [
            ("AUDIT_RELEASES", from.as_str()),
            ("AUDIT_VERSION", version),
        ];
        let done = runner.step("install", releases.path(), &inputs);
        done.exits(2)
            .complains("::error title=clerk-audit::")
            .complains(says);
        assert_eq!(runner.output("binary"), None);
    };
    refused("9.9.9", "cannot download");
    refused("1/../0.1.0", "is not one such as 0.1.0");
    fs::write(archive, "another archive").unwrap();
    refused(version, "is not what SHA256SUMS says");
    fs::write(folder.join("SHA256SUMS"), "").unwrap();
    refused(version, "does not name");
}

#[test]
fn what_cannot_be_done_is_said_before_anything_runs() {
    let runner = Runner::new();
    let folder = tempfile::tempdir().unwrap();
    let show = runner.show();
    let step =
        |name: &str, inputs: &[(&str, &str)]| runner.step(name, folder.path(), inputs).exits(2);
    step("install", &[("AUDIT_PATH", "no/such/program")]).complains("is not a program");
    step("install", &[("RUNNER_ARCH", "RISCV64")]).complains("no release for Linux on RISCV64");
    step("audit", &[("AUDIT_BINARY", &show), ("AUDIT_STRICT", "yes")])
        .complains("neither true nor false");
}

/// The text between two is what a reader of action.yml believes.
#[test]
fn the_action_passes_every_input_and_the_script_reads_every_variable() {
    let action = text(".github/actions/clerk-audit/action.yml");
    let script = text(".github/actions/clerk-audit/run.sh");
    let (inputs, steps) = action.split_once("\nruns:").unwrap();
    let (inputs, _) = inputs.split_once("\noutputs:").unwrap();
    let (_, inputs) = inputs.split_once("\ninputs:").unwrap();
    let declared = inputs
        .lines()
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "));
    for name in declared.map(|line| line.trim().trim_end_matches(':')) {
        assert!(
            steps.contains(&format!("inputs.{name} ")),
            "{name} is not passed on"
        );
    }
    for line in steps
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("AUDIT_"))
    {
        let (name, _) = line.split_once(':').unwrap();
        assert!(
            script.contains(&format!("${{{name}")) || script.contains(&format!("${name}")),
            "{name} is not read"
        );
    }
}
