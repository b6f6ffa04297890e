//! `facts::dotenv` answers as the real packages did, and is safe on any text.
//!
//! The answers were recorded from `@next/env`, Vite, dotenv and dotenv-expand by
//! `fixtures/parity/dotenv/record.mjs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/patience.rs"]
mod patience;

use std::collections::BTreeMap;
use std::time::Instant;

use clerk_audit::facts::dotenv::{Dialect, Loaded, load};
use clerk_audit::model::Secret;
use patience::soon;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    files: Vec<String>,
    process: BTreeMap<String, String>,
}

impl Case {
    fn load(&self, dialect: Dialect) -> Loaded {
        let files: Vec<&str> = self.files.iter().map(String::as_str).collect();
        load(dialect, &files, &secrets(&self.process))
    }
}

#[derive(Deserialize)]
struct Recorded {
    answers: BTreeMap<String, Vec<Answer>>,
}

#[derive(Deserialize)]
struct Answer {
    by: Vec<String>,
    values: Option<BTreeMap<String, String>>,
    #[serde(default)]
    dropped: Vec<usize>,
    failure: Option<String>,
}

fn secrets(values: &BTreeMap<String, String>) -> BTreeMap<String, Secret> {
    values
        .iter()
        .map(|(name, value)| (name.clone(), Secret::new(value.as_str())))
        .collect()
}

fn exposed(values: &BTreeMap<String, Secret>) -> BTreeMap<String, String> {
    values
        .iter()
        .map(|(name, value)| (name.clone(), value.expose().to_owned()))
        .collect()
}

fn fixture<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = format!(
        "{}/fixtures/parity/dotenv/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).expect("a fixture")).expect("JSON")
}

/// What is wrong with our answer, in words.
fn difference(answer: &Answer, got: &Loaded) -> Option<String> {
    if let Some(failure) = &answer.failure {
        // Next.js runs out of memory on a few endless values before it runs out of stack.
        let told = got
            .problems
            .iter()
            .any(|problem| problem.drops_file || problem.message.contains("taken as written"));
        return (!told).then(|| format!("the package {failure}, and no problem says so"));
    }
    let mut dropped: Vec<usize> = got
        .problems
        .iter()
        .filter(|problem| problem.drops_file)
        .map(|p| p.file)
        .collect();
    dropped.dedup();
    if dropped != answer.dropped {
        return Some(format!(
            "dropped files\n  expected {:?}\n  got      {dropped:?}",
            answer.dropped
        ));
    }
    let expected = answer.values.as_ref().unwrap();
    let got = exposed(&got.values);
    let wrong: Vec<String> = expected
        .keys()
        .chain(got.keys())
        .filter(|name| expected.get(*name) != got.get(*name))
        .map(|name| {
            format!(
                "{name:?}\n  expected {:?}\n  got      {:?}",
                expected.get(name),
                got.get(name)
            )
        })
        .collect();
    (!wrong.is_empty()).then(|| wrong.join("\n"))
}

#[test]
fn every_dialect_answers_as_the_real_package_did() {
    let cases: Vec<Case> = fixture("cases.json");
    let recorded: Recorded = fixture("answers.json");
    assert!(cases.iter().filter(|case| case.files.len() == 1).count() >= 250);
    assert!(cases.iter().filter(|case| case.files.len() > 1).count() >= 50);
    let mut wrong = Vec::new();
    for case in &cases {
        for dialect in Dialect::ALL {
            let name = format!("{dialect:?}");
            let answers = &recorded.answers[&case.name];
            let answer = answers
                .iter()
                .find(|answer| answer.by.contains(&name))
                .unwrap();
            if let Some(difference) = difference(answer, &case.load(dialect)) {
                wrong.push(format!(
                    "{} ({name})\nfiles {:?}\nprocess {:?}\n{difference}\n",
                    case.name, case.files, case.process
                ));
            }
        }
    }
    let shown = wrong
        .iter()
        .take(10)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        wrong.is_empty(),
        "{} answers differ. The first:\n{shown}",
        wrong.len()
    );
}

/// What the grammars and the expansion look at, in any order.
const AWKWARD: &str =
    "([AB]=|[AB'\"`#$={}:\\\\\n\r -]|\\$[AB]|\\$\\{[AB]:?-|export |\u{2028}|\u{feff}|é)*";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn no_text_makes_a_loader_panic(
        files in prop::collection::vec(prop_oneof![any::<String>(), AWKWARD], 0..4),
        a in "[$AB{}x\\\\-]*",
    ) {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let process = BTreeMap::from([("A".to_owned(), Secret::new(a))]);
        for dialect in Dialect::ALL {
            let loaded = load(dialect, &files, &process);
            let winners = loaded.assignments.iter().filter(|assignment| assignment.wins);
            prop_assert!(winners.count() <= loaded.values.len());
        }
    }
}

/// As many repetitions as fit into `size` bytes.
fn fill(size: usize, line: &str) -> String {
    line.repeat(size / line.len())
}

/// `size` bytes of lines, each with a name of its own.
fn names(size: usize, value: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut i = 0;
    while text.len() < size {
        text.push_str(&format!("N{i}={}\n", value(i)));
        i += 1;
    }
    text
}

fn assert_quick(what: &str, text: &str, dialect: Dialect, seconds: u64) {
    let start = Instant::now();
    load(dialect, &[text], &BTreeMap::new());
    let took = start.elapsed();
    soon(seconds, took, (what, dialect, text.len()));
}

#[test]
fn five_megabytes_are_read_within_seconds() {
    let size = 5_000_000;
    // A debug build on a busy machine needs some; anything quadratic would need hours.
    let limit = 60;
    assert_quick("itself", &fill(size, "A=$A\n"), Dialect::NextEnv, limit);
    assert_quick("itself", &fill(size, "A=$A\n"), Dialect::Vite, limit);
    assert_quick(
        "unclosed quotes",
        &fill(size, "A='x\nB=\"y\n"),
        Dialect::NextEnv,
        limit,
    );
    assert_quick(
        "unclosed quotes",
        &fill(size, "A='x\nB=\"y\n"),
        Dialect::Vite,
        limit,
    );
}

#[test]
fn no_file_takes_more_than_linear_time() {
    let size = 50_000;
    let back = |i: usize| i.wrapping_sub(1);
    let texts = [
        ("each itself", names(size, |i| format!("x$N{i}"))),
        ("a chain", names(size, |i| format!("${{N{}}}", i + 1))),
        (
            "a growing chain",
            names(size, |i| format!("$N{}$N{}", i + 1, i + 1)),
        ),
        (
            "a growing chain back",
            names(size, |i| format!("$N{}$N{}", back(i), back(i))),
        ),
        (
            "one long value everywhere",
            format!(
                "L={}\n{}",
                fill(900_000, "x"),
                names(size, |_| "$L".to_owned())
            ),
        ),
        (
            "one long replacement everywhere",
            format!(
                "L={}\n{}",
                fill(900_000, "$'"),
                names(size, |_| "$L-y".to_owned())
            ),
        ),
        ("one unclosed quote", format!("A='{}", fill(size, "B=b\n"))),
        ("escaped quotes", format!("A='{}", fill(size, "\\' x\n"))),
        ("escaped quotes on each line", fill(size, "A='\\'x\n")),
        ("nothing but quotes", fill(size, "'")),
        ("nothing but dollars", format!("A={}", fill(size, "$"))),
        ("nothing but open braces", format!("A={}", fill(size, "${"))),
        ("nothing but references", format!("A={}", fill(size, "$B"))),
        ("nothing but equals signs", fill(size, "=\n")),
        ("nothing but space", fill(size, " \n")),
        (
            "nothing but line separators",
            fill(size, "A=x\u{2028}'y\u{2028}"),
        ),
        ("names without a sign", fill(size, "export\n\n")),
        ("one line", fill(size, "a")),
    ];
    for (what, text) in &texts {
        // Between them these have both grammars and all three expansions.
        for dialect in [Dialect::NextEnv, Dialect::Vite, Dialect::DotenvExpand] {
            assert_quick(what, text, dialect, 30);
        }
    }
}
