//! `routes/pattern-misses`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::routes::ListFault;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "routes/pattern-misses",
        group: Group::Routes,
        severity: Severity::Error,
        pass: "Every entry of the middleware's lists matches what it names",
        fail: "An entry of a list in the middleware does not match what it seems to name",
        why: "a list protects or opens exactly what its entries match, whatever they look like",
        docs: include_str!("pattern_misses.md"),
    },
    needs: &[Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (_, middleware) = match super::middleware(facts) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let faults = middleware.lists.iter().map(|(list, pattern, fault)| {
        let name = &list.name;
        let (finding, fix) = match fault {
            ListFault::Invalid { why } => (
                Finding::error(format!("\"{pattern}\" of {name} is no pattern, so the middleware fails on every request: {why}")),
                "write it as path-to-regexp reads it, such as \"/posts(.*)\"".to_owned(),
            ),
            ListFault::MissesBase { base } => (
                Finding::warning(format!("\"{pattern}\" of {name} matches what is below {base}, and not {base} itself")),
                format!("write \"{base}\" beside it, or \"{base}(/.*)?\" in its place"),
            ),
            ListFault::HitsSibling { base, sibling } => (
                Finding::warning(format!("\"{pattern}\" of {name} matches {sibling} too, which is not below {base}")),
                format!("write \"{base}(/.*)?\", which matches {base} and what is below it"),
            ),
            ListFault::MatchesNothing => (
                Finding::warning(format!("\"{pattern}\" of {name} matches no route of the app")),
                "correct it to the path of a route, or take it out".to_owned(),
            ),
        };
        finding.at(super::place(&list.place), format!("{name} is asked here")).fix(fix)
    });
    Verdict::Judged(faults.collect())
}
