//! Every check says of every fixture what the fixture expects.
//!
//! `fixtures/checks/<group>/<check>/<pass|fail|warn|skip|na|error>-<case>/` is a small project. Its
//! `case.toml` may hold `args`, `env` (the process environment), `git` (make it a repository), `tracked`
//! (files added to it) and `api` (what a Backend API on loopback answers) or `[live]` (what the whole live
//! side does: `tests/support/standin/mod.rs`). `expected.txt` is what the check says: `UPDATE=1 cargo test`
//! writes it, and a reviewer reads it. `ONLY=group/check` or `ONLY=group/check/case`, several with commas
//! between them, runs no others.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use support::case;

/// Cases that run at the same time. They are independent, and live ones wait more than they work.
const AT_ONCE: usize = 4;

#[test]
fn every_fixture_is_judged_as_it_expects() {
    let base = support::root().join("fixtures/checks");
    let mut cases = cases(&base);
    cases.retain(|case| is_wanted(&base, case));
    assert!(!cases.is_empty());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.push((case, judge(&base, case)));
        }
        wrong
    };
    let mut wrong: Vec<(&PathBuf, String)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let done = workers.into_iter().map(|worker| worker.join().unwrap());
        done.flatten().collect()
    });
    wrong.retain(|(_, said)| !said.is_empty());
    wrong.sort();
    // What is asked of a stand-in has its time. On a machine that does something else as well that can be too
    // little: by itself, and at one of three times, a case is right.
    for (case, said) in &mut wrong {
        for _ in 0..3 {
            if !said.is_empty() && has_its_time(case) {
                *said = judge(&base, case);
            }
        }
    }
    let wrong: String = wrong.into_iter().map(|(_, said)| said).collect();
    assert!(wrong.is_empty(), "{wrong}");
}

/// Whether something is asked over the network.
fn has_its_time(case: &Path) -> bool {
    let text = fs::read_to_string(case.join("case.toml")).unwrap_or_default();
    text.contains("[live") || text.contains("api = ")
}

/// What is wrong with one case; nothing if nothing is.
fn judge(base: &Path, case: &Path) -> String {
    let mut wrong = String::new();
    let check = id(base, case.parent().unwrap());
    let name = case.file_name().unwrap().to_str().unwrap();
    let (outcome, said) = case::run(case, &check, &[]);
    let wanted = name.split('-').next().unwrap();
    if outcome != wanted {
        let _ = writeln!(wrong, "{check}/{name}: expected {wanted}, got\n{said}");
    }
    let expected = case.join("expected.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&expected, &said).unwrap();
    }
    let before = fs::read_to_string(&expected).unwrap_or_default();
    if before != said {
        let _ = writeln!(
            wrong,
            "{check}/{name}: expected.txt says\n{before}and the check\n{said}"
        );
    }
    wrong
}

/// `group/check` of its folder.
fn id(base: &Path, folder: &Path) -> String {
    let path = folder.strip_prefix(base).unwrap();
    path.to_str().unwrap().replace('_', "-")
}

/// Whether `ONLY`, if it is set, asks for this case.
fn is_wanted(base: &Path, case: &Path) -> bool {
    let Ok(only) = std::env::var("ONLY") else {
        return true;
    };
    let check = id(base, case.parent().unwrap());
    let whole = format!("{check}/{}", case.file_name().unwrap().to_str().unwrap());
    only.split(',').any(|wanted| {
        let wanted = wanted.trim();
        wanted == whole || wanted == check || check.split('/').next() == Some(wanted)
    })
}

fn cases(base: &Path) -> Vec<PathBuf> {
    let folders = |dir: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect()
    };
    let checks = folders(base).into_iter().flat_map(|group| folders(&group));
    let mut all: Vec<PathBuf> = checks.flat_map(|check| folders(&check)).collect();
    all.sort();
    all
}
