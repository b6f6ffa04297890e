//! Our reading of lock files against what the package managers really installed. `fixtures/parity/lockfile/record.mjs`
//! recorded the answers and says how.

// A fixture that cannot be read ends the test, which is what is wanted.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use clerk_audit::facts::lockfile::{self, Lockfile};
use clerk_audit::facts::manifest::{catalog_range, pnpm_workspace};
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
    lock: String,
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    app: String,
    package: String,
    range: String,
    version: String,
    /// The package is a folder of the project; most lock files do not know its version.
    workspace: bool,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/parity/lockfile")
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

fn read(case: &Path, name: &str) -> Lockfile {
    let kind = lockfile::kind_of(name).unwrap();
    lockfile::parse(kind, &fs::read_to_string(case.join(name)).unwrap()).unwrap()
}

fn expected(case: &Path) -> Expected {
    serde_json::from_str(&fs::read_to_string(case.join("expected.json")).unwrap()).unwrap()
}

#[test]
fn every_dependency_has_the_version_that_was_installed() {
    let mut asked = 0;
    for case in cases() {
        let expected = expected(&case);
        let lock = read(&case, &expected.lock);
        let catalog = fs::read_to_string(case.join("catalog.yaml")).unwrap_or_default();
        let catalog = pnpm_workspace(&catalog).unwrap();
        for Answer {
            app,
            package,
            range,
            version,
            workspace,
        } in &expected.answers
        {
            let replaced =
                catalog_range(range, package, &catalog.catalog, &catalog.catalogs).unwrap_or(range);
            let got = lock.resolve(app, package, replaced);
            if *workspace && got.is_none() {
                continue;
            }
            assert_eq!(
                got.as_deref(),
                Some(version.as_str()),
                "{package}@{range} of {app:?} in {}",
                case.display()
            );
            asked += 1;
        }
    }
    assert!(asked > 150, "{asked} answers");
}

#[test]
fn every_format_is_recognised() {
    let seen: Vec<String> = cases()
        .iter()
        .map(|case| read(case, &expected(case).lock).format().to_owned())
        .collect();
    for format in [
        "npm lock file 1",
        "npm lock file 2",
        "npm lock file 3",
        "pnpm lock file 5.4",
        "pnpm lock file 6.0",
        "pnpm lock file 9.0",
        "yarn lock file 1",
        "yarn lock file 10",
        "bun lock file 1",
    ] {
        assert!(
            seen.iter().any(|it| it == format),
            "{format} is not among {seen:?}"
        );
    }
}

#[test]
fn every_copy_of_a_package_is_listed() {
    for case in cases() {
        let expected = expected(&case);
        let lock = read(&case, &expected.lock);
        for answer in expected.answers.iter().filter(|answer| !answer.workspace) {
            let name = if answer.package == "debug-alias" {
                "debug"
            } else {
                &answer.package
            };
            let all: Vec<_> = lock.versions(name).collect();
            assert!(
                all.contains(&answer.version.as_str()),
                "{name}: {all:?} in {}",
                case.display()
            );
        }
    }
}

#[test]
fn a_package_that_nothing_declares_is_not_installed() {
    for case in cases() {
        let lock = read(&case, &expected(&case).lock);
        assert_eq!(
            lock.resolve("apps/web", "next", "^15.0.0"),
            None,
            "{}",
            case.display()
        );
    }
}

#[test]
fn the_lowest_version_of_a_range_is_that_of_npm() {
    let text = fs::read_to_string(fixtures().join("minimum.json")).unwrap();
    let recorded: Vec<(String, Option<String>)> = serde_json::from_str(&text).unwrap();
    let mut different = Vec::new();
    for (range, lowest) in &recorded {
        // Where nothing bounds a range from below we say so; npm says 0.0.0.
        let wanted = lowest
            .clone()
            .filter(|version| !version.starts_with("0.0.0"));
        let got = lockfile::minimum(range);
        if got != wanted {
            different.push((range, got, wanted));
        }
    }
    assert!(different.is_empty(), "{different:#?}");
}
