//! The examples on the pages of the checks are true.
//!
//! A fenced block whose first line reads `ts app/api/orders/route.ts fixes fail-role` is written over that
//! file of the fixture `fail-role` of the same check, and the check then passes; with `breaks pass-role` it
//! then fails or warns. Blocks that name the same fixture are written together. A block for a file that is
//! renamed ends its line in `without middleware.ts`, and that file is taken away. `pk_live_…` and its like
//! stand for whole keys.
//!
//! A block `toml standin fixes fail-expired` begins with `[live]` and takes the place of that table in the
//! fixture's `case.toml`: what the living side would have to answer (`tests/support/standin/mod.rs`).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clerk_audit::checks;
use support::case;

/// Files as they are written anew; `None` where one is taken away.
type Files = Vec<(String, Option<String>)>;

/// A block that says what becomes of a fixture with it.
struct Example {
    verb: String,
    case: String,
    files: Files,
    /// Another `[live]` table.
    live: Option<String>,
}

fn examples(page: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let words: Vec<&str> = info.split_whitespace().collect();
        if let ["toml", "standin", verb, case] = &words[..] {
            found.push(Example {
                verb: (*verb).to_owned(),
                case: (*case).to_owned(),
                files: Vec::new(),
                live: Some(whole_keys(&(text.join("\n") + "\n"))),
            });
        } else if let [_, path, verb, case, without @ ..] = &words[..] {
            let text = whole_keys(&(text.join("\n") + "\n"));
            let mut files = vec![((*path).to_owned(), Some(text))];
            if let ["without", gone] = without {
                files.push(((*gone).to_owned(), None));
            }
            found.push(Example {
                verb: (*verb).to_owned(),
                case: (*case).to_owned(),
                files,
                live: None,
            });
        }
    }
    found
}

/// `pk_live_…` as a reader sees it, as the key that a program needs.
fn whole_keys(text: &str) -> String {
    let kinds = ["pk_live", "pk_test", "sk_live", "sk_test", "whsec", "ak"];
    kinds.iter().fold(text.to_owned(), |text, kind| {
        text.replace(&format!("{kind}_…"), &support::key(kind).unwrap())
    })
}

#[test]
fn an_example_may_stand_for_the_living_side() {
    let page =
        "```toml standin fixes fail-expired\n[live]\n[[live.tls]]\nhost = \"*\"\ndays = 60\n```\n";
    let found = examples(page);
    assert_eq!((found.len(), found[0].verb.as_str()), (1, "fixes"));
    assert_eq!(
        (found[0].case.as_str(), found[0].files.len()),
        ("fail-expired", 0)
    );
    let live = support::standin::Scenario::from_toml(found[0].live.as_deref().unwrap());
    assert_eq!(live.tls[0].days, Some(60));
}

#[test]
fn every_page_has_an_example_that_is_run() {
    let without: Vec<&str> = checks::ALL
        .iter()
        .filter(|check| examples(check.meta.docs).is_empty())
        .map(|check| check.meta.id)
        .collect();
    assert!(without.is_empty(), "no example that is run: {without:#?}");
}

#[test]
fn every_example_does_what_its_page_says() {
    let mut wrong = String::new();
    for check in checks::ALL {
        let id = check.meta.id;
        let mut together: BTreeMap<(String, String), Files> = BTreeMap::new();
        let mut alone = Vec::new();
        for example in examples(check.meta.docs) {
            if example.live.is_some() {
                alone.push((example.verb, example.case, example.files, example.live));
                continue;
            }
            let files = together.entry((example.verb, example.case)).or_default();
            files.extend(example.files);
        }
        let together = together.into_iter();
        let together = together.map(|((verb, case), files)| (verb, case, files, None));
        for (verb, name, files, live) in together.chain(alone) {
            let case =
                support::root().join(format!("fixtures/checks/{}/{name}", id.replace('-', "_")));
            if !case.is_dir() {
                let _ = writeln!(wrong, "{id}: there is no fixture {name}");
                continue;
            }
            let wanted: &[&str] = match verb.as_str() {
                "fixes" => &["pass"],
                "breaks" => &["fail", "warn"],
                _ => &[],
            };
            let run = || case::run_live(&case, id, &files, live.as_deref());
            let (mut outcome, mut said) = run();
            if live.is_some() && !wanted.contains(&outcome.as_str()) {
                // What is asked of a stand-in has its time, and the machine may do something else as well.
                (outcome, said) = run();
            }
            if !wanted.contains(&outcome.as_str()) {
                let _ = writeln!(
                    wrong,
                    "{id}: the example that {verb} {name} gives {outcome}\n{said}"
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
