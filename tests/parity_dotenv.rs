//! `facts::dotenv` answers as the real packages did, and is safe on any text.
//!
//! The answers were recorded from `@next/env`, Vite, dotenv and dotenv-expand by
//! `fixtures/parity/dotenv/record.mjs`.

use std::collections::BTreeMap;

use clerk_audit::facts::dotenv::{Dialect, Loaded, load};
use clerk_audit::model::Secret;
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
    values.iter().map(|(name, value)| (name.clone(), Secret::new(value.as_str()))).collect()
}

fn exposed(values: &BTreeMap<String, Secret>) -> BTreeMap<String, String> {
    values.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect()
}

fn fixture<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = format!("{}/fixtures/parity/dotenv/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What is wrong with our answer, in words.
fn difference(answer: &Answer, got: &Loaded) -> Option<String> {
    if let Some(failure) = &answer.failure {
        let told = got.problems.iter().any(|problem| problem.message.contains("taken as written"));
        return (!told).then(|| format!("the package {failure}, and no problem says so"));
    }
    let mut dropped: Vec<usize> =
        got.problems.iter().filter(|problem| problem.drops_file).map(|p| p.file).collect();
    dropped.dedup();
    if dropped != answer.dropped {
        return Some(format!("dropped files\n  expected {:?}\n  got      {dropped:?}", answer.dropped));
    }
    let expected = answer.values.as_ref().unwrap();
    let got = exposed(&got.values);
    let wrong: Vec<String> = expected
        .keys()
        .chain(got.keys())
        .filter(|name| expected.get(*name) != got.get(*name))
        .map(|name| {
            format!("{name:?}\n  expected {:?}\n  got      {:?}", expected.get(name), got.get(name))
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
            let answer = answers.iter().find(|answer| answer.by.contains(&name)).unwrap();
            if let Some(difference) = difference(answer, &case.load(dialect)) {
                wrong.push(format!(
                    "{} ({name})\nfiles {:?}\nprocess {:?}\n{difference}\n",
                    case.name, case.files, case.process
                ));
            }
        }
    }
    let shown = wrong.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} answers differ. The first:\n{shown}", wrong.len());
}
