//! One whole run of every live check over a healthy Next.js project, against a stand-in.

use std::fs;
use std::process::Command;
use std::time::Duration;

use clerk_audit::checks;
use serde_json::Value;

use crate::project::{Done, Project, finish};
use crate::support::key;
use crate::support::patience::within;
use crate::support::standin::scenario::Role;
use crate::support::standin::{DnsSeen, Scenario, Seen, Standin};

/// Where the stand-in takes deliveries.
pub const HOOK: &str = "/api/webhooks/clerk";

/// Every check that asks over the network.
pub fn live_checks() -> Vec<&'static str> {
    let groups = ["clerk", "frontend", "sign-in", "domain", "site"];
    checks::ALL
        .iter()
        .filter(|check| {
            groups.contains(&check.meta.group.id())
                || check.meta.id.starts_with("webhooks/endpoint-")
        })
        .map(|check| check.meta.id)
        .collect()
}

/// The keys of the project that must stay where they are.
pub fn secret_keys() -> [String; 2] {
    [key("sk_live").unwrap(), key("whsec").unwrap()]
}

/// A complete Next.js app with live keys, whose webhook is where the stand-in has it.
pub fn project() -> Project {
    let project = Project::next_live();
    let handler = project.path("app/api/webhooks/route.ts");
    let text = fs::read(&handler).unwrap();
    fs::remove_file(handler).unwrap();
    project.write("app/api/webhooks/clerk/route.ts", text);
    project
}

/// What is typed: every live check, by its name.
pub fn command(project: &Project, args: &[&str]) -> Command {
    let only = live_checks().join(",");
    let report = project.outside().join("report.json");
    let mut command = project.command(&["-v", "--only", &only, "--color", "never"]);
    command.arg(format!("--output=json={}", report.display()));
    command.args(args);
    command
}

/// Everything that a user can switch on.
pub const EVERYTHING: [&str; 5] = [
    "--url",
    "https://acme.shop",
    "--webhook-url",
    HOOK,
    "--send-signed-test",
];

/// What a run said and did.
pub struct Run {
    /// Exit code, standard output (the table) and standard error.
    pub done: Done,
    /// The JSON report of the same run.
    pub report: String,
    /// What came to the stand-in.
    pub seen: Vec<Seen>,
    /// What came to its resolvers.
    pub dns: Vec<DnsSeen>,
    /// What must never come, and came.
    pub violations: Vec<String>,
    /// Pieces of keys that came where they must not.
    pub leaks: Vec<String>,
}

impl Run {
    /// Runs everything against a stand-in.
    pub fn of(scenario: &Scenario, seconds: u64) -> Self {
        let seconds = seconds.to_string();
        Self::with(
            scenario,
            &[&EVERYTHING[..], &["--timeout", &seconds]].concat(),
        )
    }

    /// Runs every live check with these arguments against a stand-in.
    pub fn with(scenario: &Scenario, args: &[&str]) -> Self {
        let standin = Standin::start(scenario);
        Self::against(&standin, args)
    }

    /// The same against one that is there already.
    pub fn against(standin: &Standin, args: &[&str]) -> Self {
        let project = project();
        let mut command = command(&project, args);
        command.args(standin.args());
        Self::made_by(standin, &project, &mut command)
    }

    /// Runs a command of a project to its end.
    pub fn made_by(standin: &Standin, project: &Project, command: &mut Command) -> Self {
        let done = finish(command, b"");
        let report = fs::read_to_string(project.outside().join("report.json"));
        Self {
            report: report.unwrap_or_default(),
            leaks: leaks(standin),
            violations: standin.violations(),
            seen: standin.seen(),
            dns: standin.dns_seen(),
            done,
        }
    }

    /// What each check said: id, outcome, first words.
    pub fn verdicts(&self) -> Vec<Verdict> {
        let report: Value = serde_json::from_str(&self.report)
            .unwrap_or_else(|e| panic!("no report ({e}): {}\n{}", self.done.out, self.done.err));
        let apps = report["apps"].as_array().unwrap();
        let checks = apps
            .iter()
            .flat_map(|app| app["checks"].as_array().unwrap());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        checks
            .map(|check| Verdict {
                id: text(&check["id"]),
                outcome: text(&check["outcome"]),
                says: match check["findings"].as_array().and_then(|all| all.first()) {
                    Some(finding) => text(&finding["message"]),
                    None => text(&check["reason"]),
                },
            })
            .collect()
    }

    /// How often a role was asked.
    pub fn asked(&self, role: Role) -> usize {
        self.seen.iter().filter(|seen| seen.role == role).count()
    }
}

/// A check's verdict in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// `group/bad-state`.
    pub id: String,
    /// `fail`, `warn`, `error`, `skip`, `pass`, `na`.
    pub outcome: String,
    /// Its first words.
    pub says: String,
}

/// Where a piece of a key came that must not have it, as it is or in base64.
fn leaks(standin: &Standin) -> Vec<String> {
    let keys = secret_keys();
    let mut found = standin.leaks(&keys);
    // The Backend API may have its key in the one header, never in another form.
    let all = standin.raw_to(|_| true);
    for key in &keys {
        for skipped in 0..3 {
            let whole = crate::support::base64(&key.as_bytes()[skipped..]);
            let piece = &whole.as_bytes()[..16];
            if memchr::memmem::find(&all, piece).is_some() {
                found.push("a piece of a key came in base64".to_owned());
            }
        }
    }
    found
}

/// A scenario of a text without its `[live]`.
pub fn scenario(text: &str) -> Scenario {
    Scenario::from_toml(&format!("[live]\n{text}"))
}

/// As long as a run may take on a busy machine where nothing is silent.
pub const USUAL: u64 = 30;

/// Whether a run took no longer than its deadline, and start and end of the program.
pub fn in_time(seconds: u64, took: Duration) -> Result<(), String> {
    within(Duration::from_secs(seconds), Duration::from_secs(15), took)
}
