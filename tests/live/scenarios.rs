//! The scenario table: each fault, what the program said, and its exit code. `INSTA_UPDATE=always cargo test
//! --test live` writes it anew.

use std::fmt::Write as _;
use std::sync::{Mutex, OnceLock};
use std::thread;

use crate::faults::{self, Fault};
use crate::rig::{Run, USUAL, Verdict, in_time, live_checks, scenario};

/// More at a time than there are cores, of those where something is silent and of the others: much of it is
/// waiting. But not so many that in the time of a run its machine does not come to all that is answered.
const AT_A_TIME: usize = 3;

/// Every fault with its run. Made once; several tests look at it.
pub fn runs() -> &'static [(Fault, Run)] {
    static RUNS: OnceLock<Vec<(Fault, Run)>> = OnceLock::new();
    RUNS.get_or_init(|| {
        let _busy = crate::speed::busy();
        let (silent, others): (Vec<_>, Vec<_>) = faults::all()
            .into_iter()
            .enumerate()
            .partition(|(_, fault)| fault.seconds < USUAL);
        let done: Vec<OnceLock<(Fault, Run)>> = (0..silent.len() + others.len())
            .map(|_| OnceLock::new())
            .collect();
        let queues = [silent, others].map(Mutex::new);
        let work = |queue: &Mutex<Vec<(usize, Fault)>>| {
            loop {
                let Some((at, fault)) = queue.lock().unwrap().pop() else {
                    return;
                };
                let run = Run::of(&scenario(&fault.live), fault.seconds);
                let _ = done[at].set((fault, run));
            }
        };
        thread::scope(|scope| {
            for queue in queues.iter().flat_map(|queue| [queue; AT_A_TIME]) {
                scope.spawn(|| work(queue));
            }
        });
        done.into_iter()
            .map(|run| run.into_inner().unwrap())
            .collect()
    })
}

#[test]
fn what_each_fault_makes_the_program_say_is_written_in_a_table() {
    let mut table = String::from("| Fault | Exit | What it said |\n|---|---|---|\n");
    for (fault, run) in runs() {
        let code = run.done.code;
        let _ = writeln!(
            table,
            "| {} | {code} | {} |",
            fault.name,
            said(&run.verdicts())
        );
    }
    crate::snapshot("scenarios", &table);
}

/// The first words of each outcome, and who else says it.
fn said(verdicts: &[Verdict]) -> String {
    let mut parts = Vec::new();
    for outcome in ["fail", "warn", "error"] {
        let of: Vec<&Verdict> = verdicts
            .iter()
            .filter(|one| one.outcome == outcome)
            .collect();
        let Some((first, others)) = of.split_first() else {
            continue;
        };
        let others: Vec<String> = others.iter().map(|one| format!("`{}`", one.id)).collect();
        let mut part = format!(
            "{} `{}`: {}",
            outcome.to_uppercase(),
            first.id,
            shown(first.says.trim_end_matches('.'))
        );
        if !others.is_empty() {
            let _ = write!(part, "; and {}", others.join(", "));
        }
        parts.push(part);
    }
    if parts.is_empty() {
        "no finding".to_owned()
    } else {
        parts.join("<br>")
    }
}

/// Without what differs from run to run, and fit for a table.
fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("127.0.0.1:") {
        let end = at + "127.0.0.1:".len();
        out.push_str(&rest[..end]);
        out.push_str("PORT");
        rest = rest[end..].trim_start_matches(|c: char| c.is_ascii_digit());
    }
    (out + rest).replace('|', "\\|").replace('\n', " ")
}

#[test]
fn every_live_check_has_a_say_in_every_run_and_every_run_ends_in_time() {
    for (fault, run) in runs() {
        let said: Vec<String> = run.verdicts().into_iter().map(|one| one.id).collect();
        let all: Vec<&str> = live_checks();
        assert!(
            all.iter().all(|id| said.iter().any(|one| one == id)),
            "{}: {said:?}",
            fault.name
        );
        let in_time = in_time(fault.seconds, run.done.took);
        assert_eq!(in_time, Ok(()), "{}", fault.name);
        assert!(
            matches!(run.done.code, 0 | 1 | 3) && !run.done.err.contains("panicked"),
            "{}: {} {}",
            fault.name,
            run.done.code,
            run.done.err
        );
    }
}

#[test]
fn nothing_is_said_against_a_deployment_that_is_healthy() {
    let (fault, run) = &runs()[0];
    assert!(fault.live.is_empty());
    let odd: Vec<Verdict> = run
        .verdicts()
        .into_iter()
        .filter(|one| matches!(one.outcome.as_str(), "fail" | "warn" | "error"))
        .collect();
    assert!(odd.is_empty() && run.done.code == 0, "{odd:#?}");
}

#[test]
fn the_exit_code_is_what_the_verdicts_say() {
    for (fault, run) in runs() {
        let has = |outcome: &str| run.verdicts().iter().any(|one| one.outcome == outcome);
        let code = match (has("fail"), has("error")) {
            (true, _) => 1,
            (false, true) => 3,
            (false, false) => 0,
        };
        assert_eq!(run.done.code, code, "{}", fault.name);
    }
}

/// What the network or a server of Clerk did is no fault of the project.
#[test]
fn no_outage_of_the_backend_api_is_a_failure_of_the_project() {
    let outages = ["silence", "reset", "closed", "garbage", " 50", " 429"];
    for (fault, run) in runs() {
        let name = fault.name.as_str();
        if !name.starts_with("Backend API") || !outages.iter().any(|one| name.contains(one)) {
            continue;
        }
        let failed: Vec<Verdict> = run
            .verdicts()
            .into_iter()
            .filter(|one| one.outcome == "fail")
            .collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
    }
}

/// Faults with which nothing of a host can be seen.
const BLIND: &[&str] = &[
    "silence",
    "connections are reset",
    "connections are closed",
    "no HTTP",
    "a header of 1 MB",
    "the handshake is refused",
    "the handshake is broken off",
    "the server does not speak TLS",
    "Cloudflare challenges every request",
    "AWS WAF challenges every request",
    "Imperva challenges every request",
    "a firewall refuses every request with a page",
    "Vercel's deployment protection",
    "a password of the web server",
    "Cloudflare Access",
];

#[test]
fn nothing_passes_of_a_host_that_nothing_was_seen_of() {
    for (fault, run) in runs() {
        let name = fault.name.trim_start_matches("TLS of the ");
        let Some((host, what)) = name.split_once(": ") else {
            continue;
        };
        let groups: &[&str] = match host {
            "Backend API" => &["clerk/"],
            "Frontend API" => &["frontend/", "sign-in/"],
            "site" => &["site/", "webhooks/"],
            _ => continue,
        };
        if !BLIND.contains(&what) {
            continue;
        }
        let passed: Vec<Verdict> = run
            .verdicts()
            .into_iter()
            .filter(|one| {
                // What the status page says is said by another host.
                one.outcome == "pass"
                    && one.id != "clerk/incident-open"
                    && groups.iter().any(|group| one.id.starts_with(group))
            })
            .collect();
        assert!(passed.is_empty(), "{}: {passed:#?}", fault.name);
    }
}

#[test]
fn a_script_that_could_not_be_read_is_not_taken_for_one_without_a_secret() {
    let mut all = runs().iter();
    let (_, run) = all
        .find(|(fault, _)| fault.name == faults::SCRIPTS_COMPRESSED)
        .unwrap();
    let verdicts = run.verdicts();
    let of = |id: &str| verdicts.iter().find(|one| one.id == id).unwrap();
    assert_eq!(of("site/secret-in-page").outcome, "skip", "{verdicts:#?}");
}
