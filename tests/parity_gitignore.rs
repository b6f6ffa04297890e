//! The ignore rules give the answers of git itself, which `fixtures/parity/gitignore/record.py` recorded.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::BTreeMap;
use std::path::Path;

use clerk_audit::facts::gitignore::{IgnoreRules, Origin};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Case {
    name: String,
    files: Vec<IgnoreFile>,
    paths: Vec<String>,
}

#[derive(Deserialize)]
struct IgnoreFile {
    origin: String,
    file: String,
    text: String,
}

#[derive(Deserialize)]
struct Recorded {
    answers: BTreeMap<String, Vec<Answer>>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Answer {
    path: String,
    ignored: bool,
    rule: Option<Decided>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Decided {
    file: String,
    line: u32,
    pattern: String,
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/parity/gitignore")
        .join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn rules(case: &Case) -> IgnoreRules {
    let mut rules = IgnoreRules::new();
    for IgnoreFile { origin, file, text } in &case.files {
        let origin = match origin.as_str() {
            "repository" => Origin::Repository,
            "exclude" => Origin::Exclude,
            "global" => Origin::Global,
            other => panic!("{}: no origin is called {other}", case.name),
        };
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        rules.add_file(origin, folder, file, text);
    }
    rules
}

fn answer(rules: &IgnoreRules, path: &str) -> Answer {
    let judgement = rules.judge(path.trim_end_matches('/'), path.ends_with('/'));
    let rule = judgement.rule.map(|rule| {
        assert_eq!(rule.negated, rule.pattern.starts_with('!'));
        Decided {
            file: rule.file,
            line: rule.line,
            pattern: rule.pattern,
        }
    });
    Answer {
        path: path.to_owned(),
        ignored: judgement.ignored,
        rule,
    }
}

#[test]
fn every_path_is_judged_as_git_judges_it_and_by_the_same_line() {
    let cases: Vec<Case> = read("cases.json");
    let recorded: Recorded = read("answers.json");
    assert_eq!(
        cases.len(),
        recorded.answers.len(),
        "record.py has to run again"
    );
    let mut asked = 0;
    let mut wrong = Vec::new();
    for case in &cases {
        let rules = rules(case);
        let expected = &recorded.answers[&case.name];
        let paths: Vec<_> = expected.iter().map(|answer| &answer.path).collect();
        assert_eq!(
            paths,
            case.paths.iter().collect::<Vec<_>>(),
            "record.py has to run again"
        );
        asked += expected.len();
        for expected in expected {
            let ours = answer(&rules, &expected.path);
            if ours != *expected {
                wrong.push(format!(
                    "{}\n  git:  {expected:?}\n  ours: {ours:?}",
                    case.name
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {asked} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(asked >= 300, "only {asked} answers");
}
