//! Faults to inject into a stand-in, alone or together, and the run of the program against it.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::key;
use crate::support::standin::Standin;
use crate::support::standin::scenario::{
    DeployedKey, Dns, DnsFault, Fault, On, Scenario, Tls, TlsFault, Webhook,
};

/// What the program waits for everything together.
pub const LOOK: Duration = Duration::from_millis(4200);

/// An incident, by the category that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Incident {
    Bypass,
    Outage,
    Host,
    Keys,
    Middleware,
    Names,
    Compromised,
    Sessions,
    Limit,
    Webhooks,
}

/// In the order of the rules.
pub const ALL: &[Incident] = &[
    Incident::Bypass,
    Incident::Outage,
    Incident::Host,
    Incident::Keys,
    Incident::Middleware,
    Incident::Names,
    Incident::Compromised,
    Incident::Sessions,
    Incident::Limit,
    Incident::Webhooks,
];

impl Incident {
    pub fn category(self) -> &'static str {
        match self {
            Self::Bypass => "bypass-active",
            Self::Outage => "clerk-outage",
            Self::Host => "host-down",
            Self::Keys => "keys",
            Self::Middleware => "middleware-failure",
            Self::Names => "dns-tls",
            Self::Compromised => "key-compromised",
            Self::Sessions => "session-trouble",
            Self::Limit => "rate-limited",
            Self::Webhooks => "webhook-backlog",
        }
    }
}

pub fn on(host: &str, path: &str) -> On {
    On {
        host: host.to_owned(),
        path: path.to_owned(),
        ..On::default()
    }
}

fn failing(host: &str, path: &str, status: u16) -> On {
    let gone = [
        "x-clerk-auth-status",
        "x-clerk-auth-reason",
        "x-clerk-auth-message",
    ];
    On {
        status: Some(status),
        headers: gone.map(|name| (name.to_owned(), String::new())).into(),
        ..on(host, path)
    }
}

/// A stand-in in which these incidents happen, and what the program is told of them. What comes first is
/// more particular: the first that matches wins.
pub fn scenario(incidents: &[Incident]) -> (Scenario, Vec<String>) {
    let mut scenario = Scenario::healthy();
    let mut args = Vec::new();
    let has = |incident| incidents.contains(&incident);
    if has(Incident::Limit) {
        scenario.on.push(On {
            status: Some(429),
            headers: BTreeMap::from([("retry-after".to_owned(), "7".to_owned())]),
            ..on("bapi", "/v1/instance")
        });
    }
    if has(Incident::Outage) {
        scenario.on.push(failing("bapi", "", 503));
        scenario.on.push(failing("fapi", "/v1/health", 503));
        scenario.on.push(On {
            merge: Some(r#"{"status":{"indicator":"major","description":"Partial System Outage"},"incidents":[{"id":"01J","name":"Sign-in requests fail","status":"investigating","impact":"major"}]}"#.to_owned()),
            ..on("status", "/api/v2/summary.json")
        });
    }
    if has(Incident::Middleware) {
        scenario.on.push(failing("site", "/", 500));
        scenario.on.push(failing("site", "/dashboard", 500));
    }
    if has(Incident::Host) {
        scenario.on.push(failing("site", "", 502));
    }
    if has(Incident::Keys) {
        scenario.accept_keys = vec![key("sk_live:other").unwrap()];
        scenario.deployed_key = DeployedKey::Wrong;
    }
    if has(Incident::Names) {
        scenario.tls.push(Tls {
            host: "clerk.acme.shop".to_owned(),
            fault: Some(TlsFault::Expired),
            days: None,
            issuer: None,
        });
    }
    if has(Incident::Compromised) {
        args.push("--compromised".to_owned());
    }
    if has(Incident::Webhooks) {
        scenario.webhook = Webhook::Missing;
    }
    scenario.on.push(on("site", ""));
    for on in scenario.on.iter_mut().filter(|on| on.host == "site") {
        if has(Incident::Sessions) {
            on.skew_s = 120;
        }
        if has(Incident::Bypass) {
            on.headers
                .insert("x-auth-bypass".to_owned(), "true".to_owned());
        }
    }
    (scenario, args)
}

/// No name is there.
pub fn no_such_name(name: &str) -> Dns {
    Dns {
        name: name.to_owned(),
        kind: "*".to_owned(),
        resolver: None,
        data: None,
        fault: Some(DnsFault::Nxdomain),
    }
}

/// Nobody answers anything.
pub fn silence() -> Scenario {
    let mut scenario = Scenario::healthy();
    scenario.on.push(On {
        fault: Some(Fault::Silence),
        ..on("*", "")
    });
    scenario.dns.push(Dns {
        fault: Some(DnsFault::Silence),
        ..no_such_name("*")
    });
    scenario
}

/// What the program said.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("{e}: {}{}", self.stdout, self.stderr))
    }

    pub fn main(&self) -> String {
        self.json()["main"]["category"].as_str().unwrap().to_owned()
    }

    pub fn certainty(&self) -> String {
        self.json()["main"]["certainty"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub fn also(&self) -> Vec<String> {
        let json = self.json();
        let also = json["also"].as_array().unwrap();
        also.iter()
            .map(|one| one["category"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The states of a kind of evidence.
    pub fn states(&self, id: &str) -> Vec<String> {
        let json = self.json();
        let all = json["evidence"].as_array().unwrap();
        all.iter()
            .filter(|one| one["id"] == id)
            .map(|one| one["state"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Everything that was said of a kind of evidence.
    pub fn says(&self, id: &str) -> String {
        let json = self.json();
        let all = json["evidence"].as_array().unwrap();
        let of = all.iter().filter(|one| one["id"] == id);
        of.map(|one| format!("{}: {}\n", one["subject"], one["says"]))
            .collect()
    }
}

/// What is given to the program where a test does not say otherwise.
pub fn usual() -> Vec<String> {
    let args = [
        "--url",
        "https://acme.shop",
        "--protected",
        "/dashboard",
        "--webhook-url",
        "/api/webhooks/clerk",
    ];
    args.map(str::to_owned).into()
}

/// The keys of the healthy instance, as the process has them.
pub fn keys() -> Vec<(&'static str, String)> {
    vec![
        ("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", key("pk_live").unwrap()),
        ("CLERK_SECRET_KEY", key("sk_live").unwrap()),
    ]
}

/// Runs `triage` in an empty directory, and holds it to its promises. It gives everything four seconds, which
/// this machine may need by itself where it does something else as well: where nobody in the scenario is slow
/// and the time was used up all the same, it is run again, until the machine has the time.
pub fn run(scenario: &Scenario, args: &[String], env: &[(&str, String)]) -> Ran {
    let slow = |on: &On| on.delay_ms > 0 || on.fault == Some(Fault::Silence);
    let is_slow = scenario.latency_ms > 0
        || scenario.on.iter().any(slow)
        || args.iter().any(|arg| arg == "--watch");
    let mut ran = run_once(scenario, args, env);
    for _ in 0..7 {
        if !is_slow && ran.took > Duration::from_secs(3) {
            ran = run_once(scenario, args, env);
        }
    }
    ran
}

fn run_once(scenario: &Scenario, args: &[String], env: &[(&str, String)]) -> Ran {
    let home = tempfile::tempdir().unwrap();
    let standin = Standin::start(scenario);
    let mut command = Command::new(env!("CARGO_BIN_EXE_clerk-audit"));
    command
        .arg("triage")
        .arg(home.path())
        .args(standin.args())
        .args(args.iter().map(|arg| standin.expand(arg)))
        .env_clear()
        .envs(env.iter().map(|(name, value)| (name, value)));
    let started = Instant::now();
    let done = command.output().unwrap();
    let took = started.elapsed();
    kept_its_promises(&standin, env);
    Ran {
        code: done.status.code().unwrap_or(-1),
        stdout: String::from_utf8(done.stdout).unwrap(),
        stderr: String::from_utf8(done.stderr).unwrap(),
        took,
    }
}

/// Nothing was changed, nothing private asked for, and no secret came to any host but the Backend API.
pub fn kept_its_promises(standin: &Standin, env: &[(&str, String)]) {
    let violations = standin.violations();
    assert!(violations.is_empty(), "{violations:#?}");
    let secrets: Vec<String> = env
        .iter()
        .filter(|(_, value)| value.starts_with("sk_"))
        .map(|(_, value)| value.clone())
        .collect();
    let leaks = standin.leaks(&secrets);
    assert!(leaks.is_empty(), "{leaks:#?}");
    let elsewhere = standin.raw_to(|host| host != "api.clerk.com");
    for secret in &secrets {
        let piece = &secret.as_bytes()[8..20];
        assert!(
            !elsewhere.windows(piece.len()).any(|bytes| bytes == piece),
            "a piece of a secret key came to another host"
        );
    }
}

/// Runs it with JSON and the usual input.
pub fn judge(incidents: &[Incident]) -> Ran {
    let (scenario, more) = scenario(incidents);
    judge_in(&scenario, &more)
}

/// The same in a scenario.
pub fn judge_in(scenario: &Scenario, more: &[String]) -> Ran {
    let mut args = usual();
    args.extend(["--format".to_owned(), "json".to_owned()]);
    args.extend_from_slice(more);
    run(scenario, &args, &keys())
}
