//! `dependencies/testing-in-production`

use super::{at_each, symbols};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::code::shapes::symbol::Symbol;
use crate::facts::manifest::Section;
use crate::facts::{Facts, Target};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "dependencies/testing-in-production",
        group: Group::Dependencies,
        severity: Severity::Warning,
        pass: "What Clerk makes for tests stays out of production",
        fail: "What Clerk makes for tests is in what is deployed",
        why: "a testing token turns bot protection off for whoever holds it",
        docs: include_str!("testing_in_production.md"),
    },
    needs: &[Need::Packages, Need::Shapes],
    scope: Scope::Apps,
    run,
};

/// Under these names a testing token is handed to a browser.
const TOKENS: &[&str] = &["CLERK_TESTING_TOKEN", "__clerk_testing_token"];

fn run(facts: &Facts) -> Verdict {
    let packages = match super::packages(facts) {
        Ok(packages) => packages,
        Err(verdict) => return verdict,
    };
    let mut findings = Vec::new();
    let imports: Vec<_> = symbols(facts)
        .filter(|(.., symbol)| **symbol == Symbol::Testing)
        .map(|(file, shape, _)| (file, shape))
        .collect();
    let declared = packages.direct("@clerk/testing");
    let is_shipped = declared.is_some_and(|one| one.section != Section::Development);
    if !imports.is_empty() && is_shipped {
        let finding = Finding::warning("code outside of tests imports @clerk/testing")
            .fix("move it into the tests, and @clerk/testing into devDependencies");
        let sentence = Together::new("", "places outside of tests import @clerk/testing");
        findings.extend(at_each(&finding, &sentence, imports));
    }
    let env = facts
        .env
        .as_ref()
        .filter(|_| facts.target == Target::Production);
    let token = env
        .and_then(|env| env.first(TOKENS))
        .filter(|token| token.is_set());
    findings.extend(token.map(|token| {
        Finding::warning(format!("{} is set in production", token.winner.name))
            .at(token.winner.place(), "")
            .fix("set it where the tests run alone")
    }));
    Verdict::Judged(findings)
}
