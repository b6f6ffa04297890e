//! Every statement of the production checklist is decided by something that exists, and nothing in the
//! program is without a place in it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;

use clerk_audit::checks;
use clerk_audit::model::triage::Category;
use support::checklist::{self, GROUPS, decider};

#[test]
fn all_246_statements_are_there_once_and_decided_once() {
    let all = checklist::all();
    let numbers: Vec<u32> = all.iter().map(|one| one.n).collect();
    assert_eq!(numbers, (1..=246).collect::<Vec<u32>>());
    for one in &all {
        assert!(
            GROUPS.contains(&one.group.as_str()),
            "{}: {}",
            one.n,
            one.group
        );
        assert_ne!(one.by.is_empty(), one.same.is_none(), "{}", one.n);
        let Some(same) = one.same else { continue };
        let other = all.iter().find(|other| other.n == same).unwrap();
        assert!(
            !other.by.is_empty(),
            "{} is the same as {same}, which decides nothing",
            one.n
        );
    }
}

#[test]
fn whatever_decides_a_statement_exists() {
    let ids: BTreeSet<&str> = checks::ALL.iter().map(|check| check.meta.id).collect();
    let mut unknown = Vec::new();
    for one in checklist::all() {
        for by in &one.by {
            let exists = match decider(by) {
                ("check", id) => ids.contains(id),
                ("attest", id) => checks::attestations::find(id).is_some(),
                ("triage", "report") | ("rotate", "check") => true,
                ("triage", category) => Category::ALL.iter().any(|one| one.id() == category),
                ("exit", what) => what == "code",
                _ => false,
            };
            if !exists {
                unknown.push(format!("{}: {by}", one.n));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn every_attestation_settles_a_statement() {
    let all = checklist::all();
    for attestation in checks::attestations::ALL {
        let named = format!("attest:{}", attestation.id);
        assert!(all.iter().any(|one| one.by.contains(&named)), "{named}");
    }
}
