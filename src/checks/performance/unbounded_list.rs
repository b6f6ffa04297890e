//! `performance/unbounded-list`

use super::{costs, few};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::cost::Cost;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "performance/unbounded-list",
        group: Group::Performance,
        severity: Severity::Warning,
        pass: "No first page of Clerk's is taken for the whole list",
        fail: "The first page of a list is taken for the whole",
        why: "a list of the Backend API has ten elements unless limit asks for more, and never more than 500",
        docs: include_str!("unbounded_list.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for (file, shape, cost) in costs(facts) {
        if let Cost::PageTooLong { call, limit } = cost {
            findings.push(
                Finding::warning(format!(
                    "{call} asks for {limit}, and a page has 500 at most"
                ))
                .at(file.place(shape), "refused with 422")
                .fix("ask for 500 at most, and read on with offset until totalCount"),
            );
            continue;
        }
        let Cost::FirstPage { call, used, by_ids } = cost else {
            continue;
        };
        let message = if *by_ids {
            format!(
                "{call} answers with 10 of the users whose ids it is given, and {used} takes them for all"
            )
        } else {
            format!("{call} answers with the first 10, and {used} takes them for all")
        };
        let fix = if *by_ids {
            "give it limit: 100, and a hundred ids at a time"
        } else {
            "give it limit (at most 500) and read on with offset until totalCount; where the first are enough, write limit: 10"
        };
        findings.push(
            Finding::warning(message)
                .at(file.place(shape), "no limit, no offset")
                .fix(fix),
        );
    }
    Verdict::Judged(few(
        findings,
        "lists of Clerk's are read without limit, and their first 10 taken for all",
    ))
}
