//! `data/query-not-scoped`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::performance::{costs, few};
use crate::facts::Facts;
use crate::facts::code::shapes::cost::Cost;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "data/query-not-scoped",
        group: Group::Data,
        severity: Severity::Warning,
        pass: "No record is changed by an id from the request alone",
        fail: "A record is changed by an id from the request alone",
        why: "whoever is signed in can change the records of others by sending their ids",
        docs: include_str!("query_not_scoped.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for (file, shape, cost) in costs(facts) {
        let Cost::Unscoped { call, model } = cost else {
            continue;
        };
        let is_people = matches!(
            model.as_str(),
            "user" | "users" | "profile" | "profiles" | "userprofile"
        );
        let owned = costs(facts).find_map(|(file, shape, cost)| match cost {
            Cost::Owned { model: of, key } if of == model => Some((file.place(shape), key)),
            _ => None,
        });
        // Where nothing says that the records belong to somebody, they may belong to all.
        if owned.is_none() && !is_people {
            continue;
        }
        let message =
            format!("{call} takes the id from the request and does not ask whose record it is");
        let mut finding =
            Finding::warning(message).at(file.place(shape), "whoever is signed in gets here");
        let key = match owned {
            Some((place, key)) => {
                finding = finding.see(place, format!("its records have a {key}"));
                key.as_str()
            }
            None => "userId",
        };
        findings.push(finding.fix(format!(
            "put {key} of who is signed in into the condition, or load the record first and compare its {key}"
        )));
    }
    Verdict::Judged(few(
        findings,
        "changes take the id from the request and do not ask whose record it is",
    ))
}
