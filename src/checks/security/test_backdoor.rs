//! `security/test-backdoor`

use super::guards;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::guard::Guard;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/test-backdoor",
        group: Group::Security,
        severity: Severity::Warning,
        pass: "No code outside of tests knows test users or test codes",
        fail: "Code outside of tests knows test users or test codes",
        why: "what lets a test in lets in everybody who reads the code or Clerk's documentation",
        docs: include_str!("test_backdoor.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for seen in guards::all(facts) {
        let (message, label, fix) = match seen.guard {
            Guard::TestCode { what } => (
                format!("code outside of tests acts on {what}, which Clerk documents for tests"),
                "for tests",
                "move it into the tests, or behind `process.env.NODE_ENV === 'test'`",
            ),
            Guard::TestPackage { package } => (
                format!("{package} is imported outside of tests"),
                "for tests",
                "import it only from the files of the test runner",
            ),
            Guard::FallbackUser { id } if seen.file.on_server => (
                format!("who is signed out goes on as the user `{id}`"),
                "nobody signed in",
                "answer 401 where there is no userId",
            ),
            _ => continue,
        };
        let is_fallback = matches!(seen.guard, Guard::FallbackUser { .. });
        findings.push(
            Finding::warning(message)
                .at(seen.place(), label)
                .because(
                    is_fallback
                        .then_some("whoever is signed out then sees and does what is that user's"),
                )
                .fix(fix),
        );
    }
    Verdict::Judged(findings)
}
