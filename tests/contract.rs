//! Rules over the lists and the rooms: what is forgotten is loud.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clerk_audit::checks;
use clerk_audit::model::Group;

fn rust_files(folder: &str) -> Vec<PathBuf> {
    fn walk(dir: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") {
                into.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&support::root().join(folder), &mut files);
    files.sort();
    files
}

/// Where the file, the page and the fixtures of a check are.
fn stem(id: &str) -> String {
    id.replace('-', "_")
}

#[test]
fn ids_are_unique_and_equal_to_their_files() {
    let mut seen = BTreeSet::new();
    for check in checks::ALL {
        let id = check.meta.id;
        assert!(seen.insert(id), "{id} stands twice in checks::ALL");
        let lower = id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'/');
        assert!(
            lower && id.matches('/').count() == 1,
            "{id} is not group/kebab-case"
        );
        assert_eq!(
            id.split('/').next(),
            Some(check.meta.group.id()),
            "{id} is in another group"
        );
        let file = support::root().join(format!("src/checks/{}.rs", stem(id)));
        assert!(file.is_file(), "{id}: no {}", file.display());
    }
}

#[test]
fn every_check_file_is_listed() {
    let listed: BTreeSet<String> = checks::ALL
        .iter()
        .map(|check| stem(check.meta.id))
        .collect();
    let base = support::root().join("src/checks");
    for file in rust_files("src/checks") {
        let text = fs::read_to_string(&file).unwrap();
        let name = file
            .strip_prefix(&base)
            .unwrap()
            .with_extension("")
            .to_str()
            .unwrap()
            .to_owned();
        if text.contains("pub const CHECK: Check") {
            assert!(
                listed.contains(&name),
                "src/checks/{name}.rs is not in checks::ALL"
            );
        }
    }
}

#[test]
fn groups_stand_together_in_table_order() {
    let order: Vec<Group> = checks::ALL.iter().map(|check| check.meta.group).collect();
    assert!(order.is_sorted(), "checks::ALL mixes groups: {order:?}");
    for group in Group::ALL {
        assert!(order.contains(group), "no check in {}", group.id());
    }
}

#[test]
fn titles_are_two_different_sentences_without_a_full_stop() {
    for check in checks::ALL {
        let meta = &check.meta;
        for sentence in [meta.pass, meta.fail, meta.why] {
            assert!(
                !sentence.is_empty() && !sentence.ends_with('.'),
                "{}: {sentence}",
                meta.id
            );
        }
        assert_ne!(meta.pass, meta.fail, "{}", meta.id);
        assert!(
            meta.pass.starts_with(char::is_uppercase) && meta.fail.starts_with(char::is_uppercase),
            "{}",
            meta.id
        );
    }
}

#[test]
fn statements_that_people_attest_are_named_once_and_are_sentences() {
    let mut seen = BTreeSet::new();
    for one in checks::attestations::ALL {
        assert!(seen.insert(one.id), "{} stands twice", one.id);
        let kebab = one.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(kebab, "{} is not kebab-case", one.id);
        let sentence = one.says.starts_with(char::is_uppercase) && !one.says.ends_with('.');
        assert!(sentence && !one.how.is_empty(), "{}: {}", one.id, one.says);
    }
}

#[test]
fn every_page_has_its_four_parts() {
    for check in checks::ALL {
        let mut at = 0;
        for heading in [
            "## What it checks",
            "## Why it matters",
            "## How to fix",
            "## When it is wrong",
        ] {
            let found = check.meta.docs[at..].find(heading);
            assert!(
                found.is_some(),
                "src/checks/{}.md lacks, in this order: {heading}",
                stem(check.meta.id)
            );
            at += found.unwrap_or(0);
        }
    }
}

#[test]
fn every_check_has_fixtures_that_pass_fail_and_do_not_apply() {
    for check in checks::ALL {
        let folder = support::root().join(format!("fixtures/checks/{}", stem(check.meta.id)));
        let names: Vec<String> = fs::read_dir(&folder)
            .unwrap_or_else(|_| panic!("{}: no {}", check.meta.id, folder.display()))
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let some = |starts: &[&str]| {
            names
                .iter()
                .any(|name| starts.iter().any(|start| name.starts_with(start)))
        };
        assert!(some(&["pass-"]), "{}: no pass- fixture", check.meta.id);
        assert!(
            some(&["fail-", "warn-"]),
            "{}: no fail- or warn- fixture",
            check.meta.id
        );
        assert!(
            some(&["skip-", "na-", "error-"]),
            "{}: no skip-, na- or error- fixture",
            check.meta.id
        );
    }
}

#[test]
fn every_fixture_belongs_to_a_check() {
    let listed: BTreeSet<String> = checks::ALL
        .iter()
        .map(|check| stem(check.meta.id))
        .collect();
    let base = support::root().join("fixtures/checks");
    for group in fs::read_dir(&base).unwrap() {
        for check in fs::read_dir(group.unwrap().path()).unwrap() {
            let path = check.unwrap().path();
            let name = path
                .strip_prefix(&base)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            assert!(
                listed.contains(&name),
                "fixtures/checks/{name} belongs to no check"
            );
        }
    }
}

/// Imports run one way: which rooms a room may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("model", &["model"]),
    ("facts", &["facts", "model"]),
    ("gather", &["gather", "facts", "model"]),
    ("checks", &["checks", "facts", "model"]),
    ("report", &["report", "model"]),
    ("config", &["config", "model"]),
    (
        "commands",
        &["commands", "checks", "cli", "facts", "model", "report"],
    ),
    ("recording.rs", &["recording", "checks", "facts", "model"]),
    // The formats that may be typed are those that there are.
    ("cli", &["cli", "model", "report"]),
    ("exit.rs", &["model"]),
];

#[test]
fn imports_run_one_way() {
    let base = support::root().join("src");
    for file in rust_files("src") {
        let path = file
            .strip_prefix(&base)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let room = path.split('/').next().unwrap();
        let Some((_, allowed)) = MAY_NAME.iter().find(|(name, _)| *name == room) else {
            continue;
        };
        let text = fs::read_to_string(&file).unwrap();
        for (at, _) in text.match_indices("crate::") {
            let named: String = text[at + "crate::".len()..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            assert!(
                named.is_empty() || allowed.contains(&named.as_str()),
                "src/{path} names crate::{named}; {room} may name {allowed:?}"
            );
        }
    }
}

#[test]
fn only_gather_and_run_touch_the_machine() {
    let base = support::root().join("src");
    for file in rust_files("src") {
        let path = file
            .strip_prefix(&base)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let room = path.split('/').next().unwrap();
        if !matches!(room, "model" | "facts" | "checks" | "report" | "config")
            || path.ends_with("tests.rs")
        {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for word in [
            "std::fs",
            "std::env::",
            "std::net::Tcp",
            "std::process",
            "SystemTime",
            "Instant",
            "reqwest",
            "tokio",
        ] {
            assert!(!code.contains(word), "src/{path} names {word}");
        }
    }
}

#[test]
fn one_file_names_each_of_the_crates_that_must_not_spread() {
    for (word, home) in [
        ("colored::", "src/report/style.rs"),
        ("reqwest::", "src/gather/net"),
        ("hickory_resolver", "src/gather/net/dns.rs"),
        ("x509_parser", "src/facts/live/certificates.rs"),
        ("oxc_", "src/facts/code"),
    ] {
        for file in rust_files("src") {
            let path = file
                .strip_prefix(support::root())
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            let text = fs::read_to_string(&file).unwrap();
            assert!(
                !text.contains(word) || path.starts_with(home),
                "{path} names {word}; only {home} may"
            );
        }
    }
}

/// The code of each file below a folder, without its tests.
fn code_of(folder: &str) -> Vec<(String, String)> {
    let root = support::root();
    let files = rust_files(folder).into_iter();
    files
        .map(|file| {
            let path = file.strip_prefix(&root).unwrap().to_str().unwrap();
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            (path.to_owned(), code.to_owned())
        })
        .filter(|(path, _)| !path.ends_with("tests.rs"))
        .collect()
}

/// Asserts that below a folder only these files, or what lies in these folders, name a word.
fn only_in(folder: &str, word: &str, homes: &[&str]) {
    for (path, code) in code_of(folder) {
        assert!(
            !code.contains(word) || homes.iter().any(|home| path.starts_with(home)),
            "{path} names {word}; only {homes:?} may"
        );
    }
}

#[test]
fn one_file_can_post_and_none_can_do_more() {
    for word in [".post(", "Method::POST"] {
        only_in("src/gather", word, &["src/gather/net/delivery.rs"]);
    }
    for word in [
        ".put(",
        ".patch(",
        ".delete(",
        "Method::PUT",
        "Method::PATCH",
        "Method::DELETE",
        "Method::from_bytes",
    ] {
        for (path, code) in code_of("src/gather") {
            assert!(!code.contains(word), "{path} names {word}");
        }
    }
    // A delivery is made of the harmless event alone, and nothing else holds a body.
    only_in("src", "Ask::deliver(", &["src/gather/net/delivery.rs"]);
    only_in("src/gather", ".body(", &["src/gather/net/delivery.rs"]);
}

#[test]
fn three_files_of_the_network_see_a_secret() {
    for (path, code) in code_of("src/gather/net") {
        let file = path.rsplit('/').next().unwrap_or_default();
        assert!(
            !code.contains("expose()") || ["backend.rs", "delivery.rs", "proxy.rs"].contains(&file),
            "{path} exposes a secret"
        );
    }
    // With the key in a header there is one way to ask.
    only_in("src", ".authorized(", &["src/gather/net/backend.rs"]);
}

#[test]
fn no_connection_is_made_but_by_the_client_and_the_resolver() {
    only_in(
        "src",
        "hickory",
        &["src/gather/net/dns.rs", "src/gather/net/dns/"],
    );
    only_in("src", "reqwest", &["src/gather/net/"]);
    only_in("src", "tokio::net", &["src/gather/net/"]);
    for word in [
        "TcpStream",
        "UdpSocket",
        "TcpListener",
        "danger_accept",
        "redirect::Policy",
    ] {
        only_in("src", word, &["src/gather/net/"]);
    }
    for (path, code) in code_of("src/gather/net") {
        for word in [
            "danger_accept",
            "Policy::limited",
            "Policy::custom",
            "cookie_store",
        ] {
            assert!(!code.contains(word), "{path} names {word}");
        }
    }
}

#[test]
fn certificates_are_read_in_one_place() {
    let readers: BTreeSet<String> = code_of("src")
        .into_iter()
        .filter(|(_, code)| code.contains("x509_parser"))
        .map(|(path, _)| path)
        .collect();
    assert!(readers.len() <= 1, "{readers:?} read certificates");
    assert!(
        readers.iter().all(|path| path.starts_with("src/facts/")),
        "{readers:?}: bytes in, data out"
    );
}
