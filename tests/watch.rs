//! `--watch`: audits again on a change, and does nothing else.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop where it stands"
)]

#[path = "support/project.rs"]
mod project;
mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use project::{BOUND, Project};
use support::patience::{best, holds, within};
use support::standin::{Scenario, Standin};

/// Long enough for what must not come to have come.
const NOTHING: Duration = Duration::from_millis(1500);

/// A watch that goes on.
struct Watch {
    child: Child,
    lines: Receiver<String>,
    complaints: Receiver<String>,
}

impl Watch {
    fn of(project: &Project, args: &[&str]) -> Self {
        Self::by(project.command(&["--watch", "--offline"]).args(args))
    }

    fn by(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = passed_on(child.stdout.take().unwrap());
        let complaints = passed_on(child.stderr.take().unwrap());
        Self {
            child,
            lines,
            complaints,
        }
    }

    /// The lines up to the verdict that closes a report.
    #[track_caller]
    fn report(&self) -> Vec<String> {
        let until = Instant::now() + BOUND;
        let mut report = Vec::new();
        while let Ok(line) = self
            .lines
            .recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            let over = ["READY", "NOT READY", "INCOMPLETE"]
                .iter()
                .any(|word| line.starts_with(word));
            report.push(line);
            if over {
                return report;
            }
        }
        panic!(
            "no report: {report:#?} {:?}",
            self.complaints.try_iter().collect::<Vec<_>>()
        );
    }

    /// The next report of which this holds. A file is written in several steps, between which it may be empty
    /// for so long that it is audited so: then there is another.
    #[track_caller]
    fn report_that(&self, holds: impl Fn(&[String]) -> bool) -> Vec<String> {
        loop {
            let report = self.report();
            if holds(&report) {
                return report;
            }
        }
    }

    #[track_caller]
    fn is_silent(&self) {
        let line = self.lines.recv_timeout(NOTHING);
        assert!(line.is_err(), "{line:?}");
    }

    fn signal(&self, name: &str) {
        let done = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(done.unwrap().success());
    }

    /// The exit code of a program that ends by itself.
    fn code(&mut self) -> Option<i32> {
        let until = Instant::now() + BOUND;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("it did not end");
    }

    /// Ticks of the processor that it used so far.
    #[cfg(target_os = "linux")]
    fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .unwrap()
            .1
            .split_whitespace()
            .collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn passed_on(from: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

fn says(report: &[String], word: &str) -> bool {
    report.iter().any(|line| line.contains(word))
}

#[test]
fn a_change_is_audited_within_a_moment() {
    let project = Project::next();
    let watch = Watch::of(&project, &[]);
    assert!(says(&watch.report(), "env/secret-key-missing"));
    let changed = Instant::now();
    project.write(
        ".env.production",
        support::expand("CLERK_SECRET_KEY={{sk_live}}\n"),
    );
    let second = watch.report_that(|report| !says(report, "FAIL  env/secret-key-missing"));
    assert!(
        says(&second, "---- .env.production changed ----"),
        "{second:#?}"
    );
    let in_time = within(
        Duration::from_millis(100),
        Duration::from_secs(5),
        changed.elapsed(),
    );
    assert_eq!(in_time, Ok(()));
}

#[test]
fn what_git_ignores_is_left_alone_and_env_files_are_not() {
    let project = Project::next().with(".gitignore", "*.log\n.env*\nnode_modules\n");
    let watch = Watch::of(&project, &["-q"]);
    watch.report();
    project.write("debug.log", "x");
    project.write("debug.log", "y");
    project.write("node_modules/x/index.js", "x");
    watch.is_silent();
    project.write(".env.local", "X=1\n");
    watch.report();
}

#[test]
fn a_new_folder_is_watched_and_so_is_one_that_comes_back() {
    let project = Project::next();
    let watch = Watch::of(&project, &["-q"]);
    watch.report();
    project.write("app/new/deep/page.tsx", "export default () => null;\n");
    watch.report();
    project.write("app/new/deep/page.tsx", "export default () => 1;\n");
    watch.report();
    fs::remove_dir_all(project.path("app/new")).unwrap();
    watch.report();
    project.write("app/new/deep/page.tsx", "export default () => 2;\n");
    watch.report();
    while watch.lines.recv_timeout(NOTHING).is_ok() {}
    project.write("app/new/deep/page.tsx", "export default () => 3;\n");
    watch.report();
}

#[test]
fn its_own_output_is_no_change_and_a_wrong_config_is_no_end() {
    let project = Project::next();
    let output = format!("json={}", project.path("report.json").display());
    let watch = Watch::of(&project, &["-q", "--output", &output]);
    watch.report();
    watch.is_silent();
    assert!(project.path("report.json").is_file());
    project.write("clerk-audit.toml", "webhook = 1\n");
    let complaint = watch.complaints.recv_timeout(BOUND).unwrap();
    let says = "clerk-audit.toml:1: there is no key webhook";
    assert!(complaint.contains(says), "{complaint}");
    project.write("clerk-audit.toml", "webhooks = \"none\"\n");
    watch.report();
}

#[test]
fn it_adds_to_no_summary_of_a_step_which_would_be_a_change_each_time() {
    let project = Project::next();
    let summary = project.path("summary.md");
    let mut command = project.command(&["--watch", "--offline", "-q"]);
    let watch = Watch::by(command.env("GITHUB_STEP_SUMMARY", &summary));
    watch.report();
    watch.is_silent();
    assert!(!summary.exists());
}

#[test]
fn an_output_with_a_long_name_or_behind_a_link_is_its_own_too() {
    let project = Project::next();
    std::os::unix::fs::symlink("app/newest.json", project.path("link")).unwrap();
    for name in ["a".repeat(250), "link".to_owned()] {
        let output = format!("json={}", project.path(&name).display());
        let watch = Watch::of(&project, &["-q", "--output", &output]);
        watch.report();
        watch.is_silent();
    }
    assert!(project.path("app/newest.json").is_file());
}

#[test]
fn the_network_is_asked_again_only_where_the_question_may_be_another() {
    let standin = Standin::start(&Scenario::healthy());
    let project = Project::next_live();
    let watch = Watch::by(project.command(&["--watch", "-v"]).args(standin.args()));
    let first = watch.report();
    let asked = standin.seen().len();
    assert!(asked > 0, "{first:#?}");
    project.write("app/new/page.tsx", "export default () => null;\n");
    let second = watch.report();
    assert_eq!(standin.seen().len(), asked);
    let of_clerk = |report: &[String]| -> Vec<String> {
        let rows = report.iter().filter(|line| line.contains(" clerk/"));
        rows.cloned().collect()
    };
    assert!(!of_clerk(&first).is_empty(), "{first:#?}");
    assert_eq!(of_clerk(&second), of_clerk(&first));
    let env = fs::read_to_string(project.path(".env.production")).unwrap();
    project.write(".env.production", format!("{env}# said twice\n"));
    watch.report_that(|_| standin.seen().len() > asked);
}

#[cfg(target_os = "linux")]
#[test]
fn it_idles_at_no_cost() {
    let project = Project::next();
    let idle = Watch::of(&project, &["-q"]);
    idle.report();
    // What the audit leaves behind it to do may take a while on a busy machine.
    best(|| {
        thread::sleep(Duration::from_millis(300));
        let before = idle.ticks();
        thread::sleep(Duration::from_secs(2));
        let ticks = idle.ticks() - before;
        holds(ticks == 0, ticks)
    });
}

#[test]
fn ctrl_c_ends_it_as_an_interruption() {
    let project = Project::next();
    let mut watch = Watch::of(&project, &["-q"]);
    watch.report();
    watch.signal("INT");
    assert_eq!(watch.code(), Some(130));
}

#[test]
fn a_directory_that_goes_away_is_an_error() {
    let project = Project::next();
    let mut watch = Watch::of(&project, &["-q"]);
    watch.report();
    fs::remove_dir_all(project.dir()).unwrap();
    assert_eq!(watch.code(), Some(2));
    let complaints: Vec<String> = watch.complaints.iter().collect();
    let last = complaints.last().unwrap();
    assert!(
        last.contains("is gone, so there is nothing left to watch"),
        "{complaints:?}"
    );
}

#[test]
fn what_makes_no_sense_beside_it_is_refused() {
    let project = Project::next();
    for args in [
        &["--watch", "--history"][..],
        &["--watch", "--record", "x.json"],
        &["--watch", "--baseline", "x.json", "--baseline-write"],
    ] {
        project
            .audit(args)
            .exits(2)
            .complains("cannot be used with");
    }
    project
        .audit(&["--watch", "--env-file", "-"])
        .exits(2)
        .complains("standard input");
}

/// What a terminal gets on both outputs, from a run with these arguments; nothing where no `script` makes one.
fn on_a_terminal(project: &Project, args: &str, variables: &[(&str, &str)]) -> Option<String> {
    let command = format!(
        "{} {} --offline --color never {args}",
        env!("CARGO_BIN_EXE_clerk-audit"),
        project.dir().display()
    );
    let programs = std::env::var_os("PATH").unwrap();
    let slow = std::iter::once(project.outside().join("slow"));
    let path = std::env::join_paths(slow.chain(std::env::split_paths(&programs))).unwrap();
    let done = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env_clear()
        .env("PATH", path)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&done.stdout).into_owned())
}

#[test]
fn what_takes_long_is_told_on_a_terminal_and_erased() {
    const ERASE: &str = "\r\u{1b}[2K";
    let project = Project::next();
    support::git(project.dir(), &["init", "-q"]);
    support::git(project.dir(), &["add", "-A"]);
    support::git(project.dir(), &["commit", "-qm", "all"]);
    // Reading takes longer than anybody waits without a word, however fast the machine is.
    let programs = std::env::var("PATH").unwrap();
    let git = format!("PATH='{programs}'\ncase $* in *cat-file*) sleep 2 ;; esac\nexec git \"$@\"");
    support::program(&project.outside().join("slow/git"), &git);
    let Some(shown) = on_a_terminal(&project, "--history", &[]) else {
        return;
    };
    assert!(shown.contains("searching the history: "), "{shown:?}");
    let last = shown.rfind(ERASE).unwrap() + ERASE.len();
    assert!(
        shown[last..].starts_with("clerk-audit: history: "),
        "{shown:?}"
    );
    for (args, variables) in [("--history -q", &[][..]), ("--history", &[("CI", "true")])] {
        let shown = on_a_terminal(&project, args, variables).unwrap();
        assert!(!shown.contains(ERASE), "{args} {variables:?}");
    }
}
