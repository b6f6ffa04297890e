//! The advisories that are compiled in are well-formed, and judge versions as their sources do.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::process::Command;

use clerk_audit::facts::advisories::{self, ALL, Advisory, KNOWLEDGE, PATCHES};

fn all() -> impl Iterator<Item = &'static Advisory> {
    ALL.iter().flat_map(|list| list.iter())
}

#[test]
fn every_advisory_has_a_well_formed_id_a_source_a_date_and_a_fix() {
    let mut seen = BTreeSet::new();
    for one in all() {
        assert!(seen.insert(one.id), "{} twice", one.id);
        let id: Vec<&str> = one.id.split('-').collect();
        match id[..] {
            ["CVE", year, number] => {
                assert!(
                    (2020..=2026).contains(&year.parse::<u32>().unwrap()),
                    "{}",
                    one.id
                );
                assert!(
                    number.len() >= 4 && number.parse::<u32>().is_ok(),
                    "{}",
                    one.id
                );
            }
            _ => assert_eq!(one.id, one.ghsa),
        }
        if !one.ghsa.is_empty() {
            let parts: Vec<&str> = one.ghsa.split('-').collect();
            assert_eq!((parts.len(), parts[0]), (4, "GHSA"), "{}", one.ghsa);
            assert!(
                parts[1..].iter().all(|part| part.len() == 4),
                "{}",
                one.ghsa
            );
        }
        assert!(one.source.starts_with("https://"), "{}", one.id);
        assert!(
            one.published.len() == 10 && one.published <= KNOWLEDGE,
            "{}",
            one.id
        );
        assert!(
            !one.basis.is_empty() && !one.effect.is_empty(),
            "{}",
            one.id
        );
        assert!(!one.affected.is_empty(), "{}", one.id);
    }
    assert!(seen.len() > 25);
}

#[test]
fn no_range_is_empty_or_holds_its_own_fix() {
    for one in all() {
        for range in one.affected {
            let name = format!("{} {} {}", one.id, range.package, range.from);
            assert_eq!(
                advisories::is_before(range.from, range.fixed),
                Some(true),
                "{name}"
            );
            assert!(one.hit(range.package, range.from).is_some(), "{name}");
            let own = one.hit(range.package, range.fixed);
            assert!(
                own.is_none(),
                "{name}: its fix {} is in a range",
                range.fixed
            );
        }
    }
    for patch in PATCHES {
        assert_eq!(
            advisories::is_before(patch.from, patch.fixed),
            Some(true),
            "{}",
            patch.what
        );
        assert!(patch.is_missed_by(patch.package, patch.from));
        assert!(!patch.is_missed_by(patch.package, patch.fixed));
    }
}

#[test]
fn the_version_that_cures_has_no_advisory_itself() {
    for range in all().flat_map(|one| one.affected) {
        let cure = advisories::cure(range.package, range.from).unwrap();
        assert!(
            advisories::of(range.package, cure).is_empty(),
            "{} {cure}",
            range.package
        );
    }
}

/// Package, version, whether an advisory counts, and which.
const PAIRS: &[(&str, &str, bool, &str)] = &[
    ("@clerk/nextjs", "4.6.9", false, "CVE-2024-22206"),
    ("@clerk/nextjs", "4.7.0", true, "CVE-2024-22206"),
    ("@clerk/nextjs", "4.29.2", true, "CVE-2024-22206"),
    ("@clerk/nextjs", "4.29.3", false, "CVE-2024-22206"),
    ("@clerk/nextjs", "5.7.5", true, "CVE-2026-41248"),
    ("@clerk/nextjs", "5.7.6", false, "CVE-2026-41248"),
    ("@clerk/nextjs", "6.39.1", true, "CVE-2026-41248"),
    ("@clerk/nextjs", "6.39.2", false, "CVE-2026-41248"),
    (
        "@clerk/nextjs",
        "6.39.2-canary.v20260415",
        true,
        "CVE-2026-41248",
    ),
    (
        "@clerk/nextjs",
        "7.0.0-snapshot.v20260101",
        true,
        "CVE-2026-41248",
    ),
    ("@clerk/nextjs", "7.2.1", false, "CVE-2026-41248"),
    ("@clerk/nextjs", "7.2.1", true, "CVE-2026-42349"),
    ("@clerk/nextjs", "7.2.4-snapshot.v1", true, "CVE-2026-42349"),
    ("@clerk/nextjs", "7.2.4", false, "CVE-2026-42349"),
    ("@clerk/nextjs", "5.7.5", false, "CVE-2026-42349"),
    ("@clerk/nextjs", "6.20.2", false, "CVE-2025-53548"),
    ("@clerk/nextjs", "6.21.0", true, "CVE-2025-53548"),
    ("@clerk/nextjs", "6.23.3", false, "CVE-2025-53548"),
    ("@clerk/nextjs", "7.0.0", false, "CVE-2026-34076"),
    ("@clerk/backend", "1.34.0", false, "CVE-2025-53548"),
    ("@clerk/backend", "2.3.1", true, "CVE-2025-53548"),
    ("@clerk/backend", "2.4.0", false, "CVE-2025-53548"),
    ("@clerk/backend", "3.2.2", true, "CVE-2026-34076"),
    ("@clerk/backend", "3.2.3", false, "CVE-2026-34076"),
    ("@clerk/express", "2.0.6", true, "CVE-2026-34076"),
    ("@clerk/express", "1.7.3", true, "CVE-2025-53548"),
    ("@clerk/express", "1.7.78", true, "CVE-2026-42349"),
    ("@clerk/express", "1.7.79+build.1", false, "CVE-2026-42349"),
    ("@clerk/hono", "0.1.4", true, "CVE-2026-34076"),
    ("@clerk/hono", "0.1.5", false, "CVE-2026-34076"),
    ("@clerk/shared", "2.20.16", false, "CVE-2026-41248"),
    ("@clerk/shared", "2.20.17", true, "CVE-2026-41248"),
    ("@clerk/shared", "4.8.1", false, "CVE-2026-41248"),
    ("@clerk/astro", "3.0.14", true, "CVE-2026-41248"),
    ("next", "15.2.2", true, "CVE-2025-29927"),
    ("next", "15.2.3", false, "CVE-2025-29927"),
    ("next", "15.2.3-canary.5", true, "CVE-2025-29927"),
    ("next", "14.2.24", true, "CVE-2025-29927"),
    ("next", "14.2.25", false, "CVE-2025-29927"),
    ("next", "16.0.0", false, "CVE-2025-29927"),
    ("next", "15.0.4", true, "CVE-2025-66478"),
    ("next", "15.0.5", false, "CVE-2025-66478"),
    ("next", "15.5.6", true, "CVE-2025-66478"),
    ("next", "16.0.7", false, "CVE-2025-66478"),
    ("next", "14.2.35", false, "CVE-2025-66478"),
    ("next", "15.5.17", true, "CVE-2026-45109"),
    ("next", "15.5.18", false, "CVE-2026-45109"),
    ("next", "16.2.10", true, "CVE-2026-64642"),
    ("next", "16.2.11", false, "CVE-2026-64642"),
    ("next", "15.5.20", false, "CVE-2026-64642"),
    ("next", "16.4.0", true, "CVE-2026-96889"),
    ("next", "16.4.1", false, "CVE-2026-96889"),
    ("astro", "5.15.7", true, "CVE-2025-64765"),
    ("astro", "5.15.8", false, "CVE-2025-64765"),
    ("@fastify/middie", "9.0.3", true, "CVE-2026-22031"),
    ("@fastify/middie", "9.3.6", false, "CVE-2026-112712"),
    (
        "@nestjs/platform-fastify",
        "11.1.10",
        true,
        "CVE-2025-69211",
    ),
];

#[test]
fn known_versions_are_judged_as_the_advisories_do() {
    for (package, version, wanted, id) in PAIRS {
        let one = all().find(|one| one.id == *id).unwrap();
        assert_eq!(
            one.hit(package, version).is_some(),
            *wanted,
            "{package} {version} {id}"
        );
    }
}

#[test]
fn what_is_not_affected_by_name_is_not_affected() {
    for package in [
        "svix",
        "standardwebhooks",
        "path-to-regexp",
        "@clerk/types",
        "react",
    ] {
        assert!(!advisories::names(package), "{package}");
    }
}

#[test]
fn the_long_version_says_how_old_the_knowledge_is() {
    let run = |arg: &str| {
        let done = Command::new(env!("CARGO_BIN_EXE_clerk-audit"))
            .arg(arg)
            .output()
            .unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    let version = concat!("clerk-audit ", env!("CARGO_PKG_VERSION"));
    assert_eq!(run("-V"), format!("{version}\n"));
    assert_eq!(
        run("--version"),
        format!("{version}\nadvisories as of {KNOWLEDGE}\n")
    );
}
