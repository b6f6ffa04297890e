//! Every check says of every fixture what the fixture expects.
//!
//! `fixtures/checks/<group>/<check>/<pass|fail|warn|skip|na|error>-<case>/` is a small project. Its
//! `case.toml` may hold `args`, `env` (the process environment), `git` (make it a repository), `tracked`
//! (files added to it) and `api` (what a Backend API on loopback answers). `expected.txt` is what the check
//! says: `UPDATE=1 cargo test` writes it, and a reviewer reads it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use support::case;

#[test]
fn every_fixture_is_judged_as_it_expects() {
    let base = support::root().join("fixtures/checks");
    let cases = cases(&base);
    assert!(!cases.is_empty());
    let mut wrong = String::new();
    for case in cases {
        let check = case
            .parent()
            .unwrap()
            .strip_prefix(&base)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('_', "-");
        let name = case.file_name().unwrap().to_str().unwrap();
        let (outcome, said) = case::run(&case, &check, &[]);
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
    }
    assert!(wrong.is_empty(), "{wrong}");
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
