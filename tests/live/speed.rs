//! How fast, how polite, how small: all live checks at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Child, Stdio};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;
use std::time::{Duration, Instant};

use crate::project::{BOUND, Project};
use crate::rig::{self, EVERYTHING, HOOK, Run, USUAL, in_time, live_checks, project, scenario};
use crate::secrets::kept;
use crate::support::patience::{best, holds, within};
use crate::support::standin::scenario::Role;
use crate::support::standin::{Scenario, Seen, Standin};

/// What measures time runs while nothing else does.
static MACHINE: RwLock<()> = RwLock::new(());

/// Held while something keeps the machine busy.
pub fn busy() -> RwLockReadGuard<'static, ()> {
    MACHINE.read().unwrap_or_else(PoisonError::into_inner)
}

fn alone() -> RwLockWriteGuard<'static, ()> {
    MACHINE.write().unwrap_or_else(PoisonError::into_inner)
}

const LATENCY: Duration = Duration::from_millis(100);

/// How many requests of one host may be in flight, as `gather::live` bounds them.
const IN_FLIGHT: &[(Part, usize)] = &[
    (Part::Backend, 2),
    (Part::Frontend, 2),
    (Part::Status, 1),
    // 24 routes, 4 of its own, 4 scripts.
    (Part::Site, 32),
    (Part::Hook, 1),
];

/// The most of each host in all; a healthy one is asked less.
const IN_ALL: &[(Part, usize)] = &[
    (Part::Backend, 20),
    (Part::Frontend, 24),
    (Part::Status, 4),
    (Part::Hook, 16),
];

/// Who has a lane of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Backend,
    Frontend,
    Status,
    Site,
    Hook,
    Other,
}

fn part(seen: &Seen) -> Part {
    match seen.role {
        Role::Bapi => Part::Backend,
        Role::Fapi | Role::Portal => Part::Frontend,
        Role::Status => Part::Status,
        Role::Site | Role::Plain if seen.method == "POST" => Part::Hook,
        Role::Site | Role::Plain => Part::Site,
        Role::Control => Part::Other,
    }
}

fn parts(run: &Run) -> BTreeMap<Part, Vec<Instant>> {
    let mut parts: BTreeMap<Part, Vec<Instant>> = BTreeMap::new();
    for seen in &run.seen {
        parts.entry(part(seen)).or_default().push(seen.at);
    }
    parts
}

/// The most requests that waited for their answers at one time, each for `wait`.
fn in_flight(times: &[Instant], wait: Duration) -> usize {
    let mut times = times.to_vec();
    times.sort();
    let within = |at: &Instant| {
        times
            .iter()
            .filter(|other| **other <= *at && at.duration_since(**other) < wait)
            .count()
    };
    times.iter().map(within).max().unwrap_or(0)
}

fn slow() -> Scenario {
    scenario("latency_ms = 100\n")
}

#[test]
fn all_live_checks_overlap() {
    let _alone = alone();
    // The rest of the program, without the network.
    let offline = Run::with(&Scenario::healthy(), &["--offline"]).done.took;
    best(|| {
        let run = Run::of(&slow(), USUAL);
        let lanes = parts(&run);
        let busiest = lanes
            .values()
            .map(|times| *times.iter().max().unwrap() - *times.iter().min().unwrap() + LATENCY)
            .max()
            .unwrap();
        // The slowest chain begins with what it is told by another.
        let chain = busiest + LATENCY;
        let bound = offline + chain.mul_f64(1.1) + Duration::from_millis(150);
        let took = run.done.took;
        holds(
            took <= bound,
            format!("took {took:?}, offline {offline:?}, busiest lane {busiest:?}"),
        )?;
        within(Duration::from_secs(1), Duration::from_secs(2), took)
    });
}

/// A page for each of so many protected routes.
fn with_routes(count: usize) -> Project {
    let project = project();
    let page = fs::read(project.path("app/dashboard/page.tsx")).unwrap();
    for at in 0..count {
        project.write(&format!("app/part{}/r{at}/page.tsx", at % 10), &page);
    }
    project
}

fn run_of(project: &Project, scenario: &Scenario, args: &[&str]) -> Run {
    let standin = Standin::start(scenario);
    let mut command = rig::command(project, &[&EVERYTHING[..], args].concat());
    command.args(standin.args());
    Run::made_by(&standin, project, &mut command)
}

#[test]
fn two_hundred_routes_are_asked_in_time() {
    let _alone = alone();
    let project = with_routes(200);
    let wait = Duration::from_secs(2);
    let work = Duration::from_secs(if cfg!(debug_assertions) { 8 } else { 1 });
    best(|| {
        let run = run_of(&project, &slow(), &["--timeout", "60"]);
        kept("200 routes", &run);
        within(wait, work, run.done.took)
    });
}

#[test]
fn routes_are_asked_no_faster_than_the_rate_and_no_more_than_the_sample() {
    let _alone = alone();
    let project = with_routes(120);
    let started = Instant::now();
    let run = run_of(
        &project,
        &Scenario::healthy(),
        &["--rate", "40", "--sample", "20", "--timeout", "60"],
    );
    let is_route = |seen: &&Seen| seen.path.starts_with("/part");
    let mut times: Vec<Instant> = run
        .seen
        .iter()
        .filter(is_route)
        .map(|seen| seen.at)
        .collect();
    times.sort();
    // None before its turn; what is late, and so comes together with others, was held up on the way.
    let mut turn = started;
    for at in &times {
        assert!(*at >= turn, "{:?} early", turn - *at);
        turn += Duration::from_millis(25);
    }
    let route = |seen: &Seen| {
        seen.path
            .split(['/', '?', ';', '.'])
            .take(3)
            .collect::<String>()
    };
    let routes: BTreeSet<String> = run.seen.iter().filter(is_route).map(route).collect();
    assert!(routes.len() <= 20, "{routes:?}");
    assert!(times.len() <= 20 * 4 + 400, "{} requests", times.len());
}

#[test]
fn no_host_is_asked_more_than_its_share_at_once_or_in_all() {
    let _alone = alone();
    for text in [
        "latency_ms = 100\n",
        "latency_ms = 100\n[[live.on]]\nhost = \"*\"\nstatus = 503\n",
        "latency_ms = 100\n[[live.on]]\nhost = \"*\"\nstatus = 429\nheaders = { retry-after = \"1\" }\n",
    ] {
        let run = Run::of(&scenario(text), USUAL);
        kept(text, &run);
        let lanes = parts(&run);
        for (part, most) in IN_FLIGHT {
            let times = lanes.get(part).cloned().unwrap_or_default();
            let found = in_flight(&times, LATENCY);
            assert!(found <= *most, "{part:?}: {found} at once; {text}");
        }
        for (part, most) in IN_ALL {
            let found = lanes.get(part).map_or(0, Vec::len);
            assert!(found <= *most, "{part:?}: {found} in all; {text}");
        }
        assert!(!lanes.contains_key(&Part::Other), "{text}");
    }
}

/// What makes two requests the same question.
fn question(seen: &Seen) -> String {
    let mut headers: Vec<String> = seen
        .headers
        .iter()
        .filter(|(name, _)| name != "authorization" && !name.starts_with("svix-"))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    headers.sort();
    // A made-up token and the body of an event differ each time they are made.
    let bearer = seen.header("authorization").is_some();
    format!(
        "{} {}{} tls={} bearer={bearer} {headers:?}",
        seen.method, seen.host, seen.path, seen.tls
    )
}

fn questions(run: &Run) -> BTreeMap<String, usize> {
    let mut questions = BTreeMap::new();
    for seen in run.seen.iter().filter(|seen| part(seen) != Part::Hook) {
        *questions.entry(question(seen)).or_default() += 1;
    }
    questions
}

#[test]
fn nothing_is_asked_more_than_once_again() {
    let _busy = busy();
    let healthy = questions(&Run::of(&Scenario::healthy(), USUAL));
    for fault in ["status = 503", "fault = \"reset\"", "status = 502"] {
        for host in ["bapi", "fapi", "status", "site"] {
            let text = format!("[[live.on]]\nhost = \"{host}\"\n{fault}\n");
            for (question, times) in questions(&Run::of(&scenario(&text), USUAL)) {
                let first = healthy.get(&question).copied().unwrap_or(1);
                assert!(times <= 2 * first, "{times} times: {question}");
            }
        }
    }
}

#[test]
fn who_asks_to_wait_is_left_alone_so_long() {
    let _busy = busy();
    let healthy = questions(&Run::of(&Scenario::healthy(), USUAL));
    let mut waits = Vec::new();
    for (host, name) in [
        (Role::Bapi, "bapi"),
        (Role::Fapi, "fapi"),
        (Role::Site, "site"),
    ] {
        let text = format!(
            "[[live.on]]\nhost = \"{name}\"\nmethod = \"GET\"\ntimes = 1\nstatus = 429\nheaders = {{ retry-after = \"2\" }}\n"
        );
        let run = Run::of(&scenario(&text), USUAL);
        let asked = run
            .seen
            .iter()
            .filter(|seen| seen.role == host && seen.method == "GET");
        let mut times: BTreeMap<String, Vec<Instant>> = BTreeMap::new();
        for seen in asked {
            times.entry(question(seen)).or_default().push(seen.at);
        }
        // Two checks may ask the same at one time; what is asked once and now twice was refused.
        for (question, at) in times {
            if let ([first, again], Some(1)) = (&at[..], healthy.get(&question)) {
                waits.push((question, again.duration_since(*first)));
            }
        }
    }
    assert!(!waits.is_empty(), "nothing was asked again");
    for (question, waited) in waits {
        assert!(waited >= Duration::from_secs(2), "{waited:?}: {question}");
    }
    // Who asks for an hour is not asked again at all.
    let text = "[[live.on]]\nhost = \"bapi\"\nstatus = 429\nheaders = { retry-after = \"3600\" }\n";
    for (question, times) in questions(&Run::of(&scenario(text), USUAL)) {
        assert!(
            times == 1 || !question.contains("api.clerk.com"),
            "{times} times: {question}"
        );
    }
}

#[test]
fn nothing_is_posted_but_to_the_webhook_endpoint_that_was_named() {
    let _busy = busy();
    let with = Run::of(&Scenario::healthy(), USUAL);
    let posts: Vec<&Seen> = with
        .seen
        .iter()
        .filter(|seen| seen.method == "POST")
        .collect();
    assert!(!posts.is_empty());
    assert!(
        posts
            .iter()
            .all(|seen| seen.host == "acme.shop" && seen.path == HOOK)
    );
    let reads = |run: &Run| {
        let odd = run
            .seen
            .iter()
            .find(|seen| !["GET", "HEAD", "OPTIONS"].contains(&seen.method.as_str()));
        assert!(odd.is_none(), "{odd:?}");
    };
    reads(&Run::with(
        &Scenario::healthy(),
        &["--url", "https://acme.shop"],
    ));
    reads(&Run::with(&Scenario::healthy(), &[]));
    // Nothing that the secret signs without the word for it.
    let unsigned = Run::with(
        &Scenario::healthy(),
        &["--url", "https://acme.shop", "--webhook-url", HOOK],
    );
    let posted = unsigned
        .seen
        .iter()
        .filter(|seen| seen.method == "POST")
        .count();
    assert!(posted > 0 && posted < posts.len(), "{posted}");
}

#[test]
fn offline_sends_nothing_and_without_an_address_nothing_goes_to_the_site() {
    let _busy = busy();
    let standin = Standin::start(&Scenario::healthy());
    let addresses = format!("[network]\nurl = \"https://acme.shop\"\nwebhook-url = \"{HOOK}\"\n");
    let project = project().with("clerk-audit.toml", &addresses);
    let mut command = rig::command(&project, &["--offline"]);
    command.args(standin.args());
    let run = Run::made_by(&standin, &project, &mut command);
    assert!(run.seen.is_empty() && run.dns.is_empty());
    assert!(standin.raw_to(|_| true).is_empty());
    for verdict in run.verdicts() {
        let silent = matches!(verdict.outcome.as_str(), "skip" | "na");
        assert!(silent, "{verdict:?}");
    }
    let run = Run::with(&Scenario::healthy(), &[]);
    assert!(run.asked(Role::Bapi) > 0);
    let site = run.seen.iter().find(|seen| seen.host == "acme.shop");
    assert!(site.is_none(), "{site:?}");
}

/// The most memory that a process had so far, in kilobytes, but for its code: of that a build without
/// optimisation has several times more.
fn peak(child: &Child) -> Option<usize> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let number = |name: &str| -> Option<usize> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    };
    Some(number("VmHWM:")?.saturating_sub(number("RssFile:")?))
}

/// Runs everything and watches its memory until it ends.
fn watched(project: &Project, scenario: &Scenario, args: &[&str]) -> (usize, i32, Duration) {
    let standin = Standin::start(scenario);
    let mut command = rig::command(project, &[&EVERYTHING[..], args].concat());
    command.args(standin.args());
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    let status = loop {
        most = most.max(peak(&child).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > BOUND {
            child.kill().unwrap();
            panic!("it did not end");
        }
        thread::sleep(Duration::from_millis(5));
    };
    (most, status.code().unwrap(), started.elapsed())
}

#[cfg(target_os = "linux")]
#[test]
fn no_answer_however_long_takes_more_than_100_megabytes() {
    let _busy = busy();
    for fault in [
        "endless",
        "endless-chunks",
        "huge-body",
        "gzip-bomb",
        "huge-header",
    ] {
        let text = format!("[[live.on]]\nhost = \"*\"\nfault = \"{fault}\"\n");
        let (most, code, took) = watched(&project(), &scenario(&text), &["--timeout", "30"]);
        assert!(most > 1000 && most < 80_000, "{fault}: {most} kB");
        assert!(matches!(code, 0 | 1 | 3), "{fault}: {code}");
        assert_eq!(in_time(30, took), Ok(()), "{fault}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn thousands_of_routes_take_no_more_than_100_megabytes() {
    let _busy = busy();
    let project = with_routes(1000);
    let args = ["--sample", "1000", "--rate", "2000", "--timeout", "60"];
    let (most, code, _) = watched(&project, &Scenario::healthy(), &args);
    assert!(most > 1000 && most < 80_000, "{most} kB");
    assert!(matches!(code, 0 | 1 | 3), "{code}");
    assert!(!live_checks().is_empty());
}
