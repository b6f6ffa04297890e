//! The visit of the routes of a site is quick, small and polite.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::patience::{best, holds, within};
use support::standin::{Scenario, Seen, Standin};
use tempfile::TempDir;

/// As many routes are asked for at a time.
const AT_ONCE: usize = 24;

const PROXY: &str = r#"import { clerkMiddleware, createRouteMatcher } from "@clerk/nextjs/server";

const isPublic = createRouteMatcher(["/", "/sign-in(.*)"]);

export default clerkMiddleware(async (auth, request) => {
  if (!isPublic(request)) await auth.protect();
});

export const config = { matcher: ["/((?!_next).*)"] };
"#;

const MANIFEST: &str =
    r#"{ "name": "acme", "dependencies": { "@clerk/nextjs": "7.5.8", "next": "16.1.0" } }"#;

/// An app with so many pages and handlers, all of them protected.
fn app(pages: usize, handlers: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("package.json"), MANIFEST).unwrap();
    fs::write(root.join("proxy.ts"), PROXY).unwrap();
    let write = |path: String, text: &str| {
        let file = root.join("app").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    for n in 0..pages {
        let path = format!("area{}/page{n}/page.tsx", n / 100);
        write(path, "export default () => <h1>Private</h1>;\n");
    }
    for n in 0..handlers {
        let path = format!("api/data{n}/route.ts");
        write(
            path,
            "export const GET = () => Response.json({ private: true });\n",
        );
    }
    folder
}

/// What a run did.
struct Run {
    code: Option<i32>,
    said: String,
    took: Duration,
    /// The most memory of its own that it had, in kilobytes, where the system tells.
    peak: Option<u64>,
    /// When it was started.
    started: Instant,
}

/// Runs the program over an app, against a stand-in, with the checks of the visit.
fn visit(app: &Path, standin: &Standin, args: &[&str]) -> Run {
    let out = tempfile::NamedTempFile::new().unwrap();
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
        .arg(app)
        .args([
            "--only",
            "site/route-reached,site/path-variant-reached",
            "--format",
            "json",
        ])
        .args(["--url", "https://acme.shop"])
        .args(standin.args())
        .args(args)
        .env_clear()
        .stdout(Stdio::from(out.reopen().unwrap()))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    let code = loop {
        peak = high_water(&status).max(peak);
        match child.try_wait().unwrap() {
            Some(status) => break status.code(),
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    Run {
        code,
        took: started.elapsed(),
        said: fs::read_to_string(out.path()).unwrap(),
        peak,
        started,
    }
}

/// Without the code, of which a build without optimisation has several times more.
fn high_water(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let number = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some(number("VmHWM:")?.saturating_sub(number("RssFile:")?))
}

fn standin(toml: &str) -> Standin {
    Standin::start(&Scenario::from_toml(toml))
}

/// Whoever asks like this is no trouble to anybody.
fn is_polite(standin: &Standin) {
    let seen = standin.seen();
    assert!(!seen.is_empty());
    let mut wrong = String::new();
    let mut asked = BTreeSet::new();
    for one in &seen {
        if !matches!(one.method.as_str(), "GET" | "HEAD" | "OPTIONS") {
            let _ = writeln!(wrong, "{} {}", one.method, one.path);
        }
        if one.host != "acme.shop" {
            let _ = writeln!(wrong, "asked {}", one.host);
        }
        for kept in ["cookie", "authorization"] {
            if one.header(kept).is_some() {
                let _ = writeln!(wrong, "{} with {kept}", one.path);
            }
        }
        if !asked.insert(shape(one)) {
            let _ = writeln!(wrong, "twice: {} {}", one.method, one.path);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(
        standin.violations().is_empty(),
        "{:?}",
        standin.violations()
    );
}

/// All that makes two requests different.
fn shape(one: &Seen) -> Vec<String> {
    let headers = ["accept", "rsc", "sec-fetch-dest", "origin"];
    let headers = headers.map(|name| one.header(name).unwrap_or_default().to_owned());
    let mut shape = vec![one.method.clone(), one.path.clone()];
    shape.extend(headers);
    shape
}

/// The most requests that came within a time.
fn most_within(seen: &[Seen], window: Duration) -> usize {
    let mut times: Vec<Instant> = seen.iter().map(|one| one.at).collect();
    times.sort();
    let within = |at: usize| {
        let end = times[at] + window;
        times[at..].iter().take_while(|time| **time < end).count()
    };
    (0..times.len()).map(within).max().unwrap_or_default()
}

#[test]
fn two_hundred_routes_take_less_than_three_seconds() {
    let app = app(150, 50);
    // Ten rounds of 24 wait 100 ms each, and as much again for where they lead.
    let wait = Duration::from_secs(2);
    // Without optimisation TLS alone takes its time.
    let work = Duration::from_secs(if cfg!(debug_assertions) { 4 } else { 1 });
    best(|| {
        let standin = standin("[live]\nlatency_ms = 100\n");
        let run = visit(app.path(), &standin, &["--timeout", "60"]);
        assert_eq!(run.code, Some(0), "{}", run.said);
        is_polite(&standin);
        let paths: BTreeSet<String> = standin.seen().into_iter().map(|one| one.path).collect();
        for n in 0..150 {
            let path = format!("/area{}/page{n}", n / 100);
            assert!(paths.contains(&path), "{path} was not asked for");
        }
        // Each request is under way for the latency at least.
        let most = most_within(&standin.seen(), Duration::from_millis(95));
        assert!(most <= AT_ONCE, "{most} at a time");
        within(wait, work, run.took)
    });
}

#[test]
fn five_thousand_routes_stay_small_and_within_the_rate() {
    let app = app(5_000, 0);
    let standin = standin("[live]\n");
    let args = ["--sample", "5000", "--rate", "1000", "--timeout", "300"];
    let run = visit(app.path(), &standin, &args);
    let seen = standin.seen();
    assert_eq!(run.code, Some(0), "{}", run.said);
    assert!(seen.len() >= 5_000, "{}", seen.len());
    if let Some(peak) = run.peak {
        assert!(peak < 80_000, "{peak} kB");
    }
    keeps_the_rate(&run, &seen, 1_000);
    is_polite(&standin);
}

/// No route is asked for before its turn. That one comes later than that, and several together, is no haste:
/// what was held up on the way, or waits for its turn while the machine does something else.
fn keeps_the_rate(run: &Run, seen: &[Seen], a_second: u32) {
    let routes = seen.iter().filter(|one| one.path.starts_with("/area"));
    let routes: Vec<Seen> = routes.cloned().collect();
    let gap = Duration::from_secs(1) / a_second;
    let mut turn = run.started;
    for one in &routes {
        assert!(one.at >= turn, "{:?} early: {}", turn - one.at, one.path);
        turn += gap;
    }
    // And whatever the machine does, no more come together than may be under way.
    let most = most_within(&routes, Duration::from_secs(1));
    let bound = a_second as usize + 2 * AT_ONCE;
    assert!(most <= bound, "{most} in a second");
}

#[test]
fn the_rate_is_kept() {
    let app = app(60, 0);
    let standin = standin("[live]\n");
    let args = ["--sample", "30", "--rate", "20", "--timeout", "60"];
    let run = visit(app.path(), &standin, &args);
    let seen = standin.seen();
    keeps_the_rate(&run, &seen, 20);
    let pages = seen
        .iter()
        .filter(|one| one.header("sec-fetch-dest").is_some());
    let pages: BTreeSet<&str> = pages.map(|one| one.path.as_str()).collect();
    assert!(
        pages
            .iter()
            .filter(|path| path.starts_with("/area"))
            .count()
            >= 30
    );
}

#[test]
fn who_is_asked_to_wait_waits() {
    let app = app(30, 0);
    best(|| {
        let standin = standin(
            "[live]\n\n[[live.on]]\nhost = \"site\"\npath = \"/area0/*\"\ntimes = 1\nstatus = 429\n\
             headers = { \"retry-after\" = \"1\" }\n",
        );
        let run = visit(app.path(), &standin, &["--timeout", "60"]);
        assert_eq!(run.code, Some(0), "{}", run.said);
        let seen = standin.seen();
        let again = |one: &&Seen| seen.iter().filter(|two| shape(two) == shape(one)).count() > 1;
        let refused: Vec<&Seen> = seen.iter().filter(again).collect();
        let [first, second] = refused[..] else {
            panic!("{refused:#?}");
        };
        let pause = Duration::from_secs(1);
        let waited = second.at - first.at;
        assert!(waited >= pause, "{waited:?}");
        // The others wait as well, but for those that were under way when the site asked for it.
        let meanwhile = |one: &&Seen| one.at > first.at && one.at < first.at + pause;
        let meanwhile = seen.iter().filter(meanwhile).count();
        holds(meanwhile < AT_ONCE, meanwhile)
    });
}

#[test]
fn a_site_that_asks_for_fewer_requests_is_left_alone() {
    let app = app(200, 0);
    let standin =
        standin("[live]\n\n[[live.on]]\nhost = \"site\"\npath = \"/area*\"\nstatus = 429\n");
    visit(app.path(), &standin, &[]);
    let asked = standin.seen().len();
    assert!(asked <= 2 * AT_ONCE + 2, "{asked} requests");
}

#[test]
fn what_does_something_is_never_asked_for() {
    let app = app(3, 0);
    let root = app.path().join("app");
    for name in ["api/cron/daily", "api/unsubscribe", "api/auth/callback"] {
        fs::create_dir_all(root.join(name)).unwrap();
        let text = "export const GET = () => Response.json({});\n";
        fs::write(root.join(name).join("route.ts"), text).unwrap();
    }
    fs::create_dir_all(root.join("sign-out")).unwrap();
    fs::write(
        root.join("sign-out/page.tsx"),
        "export default () => <p>Bye</p>;\n",
    )
    .unwrap();
    let standin = standin("[live]\n");
    let run = visit(app.path(), &standin, &[]);
    assert!(run.said.contains("asking may do something"), "{}", run.said);
    for one in standin.seen() {
        let acts = ["cron", "unsubscribe", "callback", "sign-out"];
        assert!(
            !acts.iter().any(|word| one.path.contains(word)),
            "{}",
            one.path
        );
    }
    is_polite(&standin);
}

#[test]
fn hostile_answers_end_in_time() {
    for fault in [
        "endless",
        "huge-body",
        "gzip-bomb",
        "garbage",
        "huge-header",
        "escapes",
    ] {
        let app = app(3, 1);
        let standin = standin(&format!(
            "[live]\n\n[[live.on]]\nhost = \"site\"\npath = \"/area*\"\nfault = \"{fault}\"\n"
        ));
        let run = visit(app.path(), &standin, &["--timeout", "5"]);
        let in_time = within(Duration::from_secs(5), Duration::from_secs(4), run.took);
        assert_eq!(in_time, Ok(()), "{fault}");
        assert!(run.code.is_some(), "{fault}");
        assert!(!run.said.contains('\u{1b}'), "{fault}");
        if let Some(peak) = run.peak {
            assert!(peak < 80_000, "{fault}: {peak} kB");
        }
    }
}
