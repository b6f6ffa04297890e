//! `data/role-without-prefix`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::performance::{costs, few};
use crate::facts::Facts;
use crate::facts::code::shapes::cost::Cost;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "data/role-without-prefix",
        group: Group::Data,
        severity: Severity::Warning,
        pass: "Roles of organizations are compared with whole keys",
        fail: "A role of an organization is compared with a key without org:",
        why: "the keys of roles are org:admin and org:member: a comparison with admin is false for everybody",
        docs: include_str!("role_without_prefix.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for (file, shape, cost) in costs(facts) {
        let Cost::BareRole { what, key } = cost else {
            continue;
        };
        let whole = if key == "basic_member" {
            "org:member".to_owned()
        } else {
            format!("org:{key}")
        };
        findings.push(
            Finding::warning(format!(
                "{what} is compared with '{key}', and Clerk's keys of roles begin with org:"
            ))
            .at(file.place(shape), format!("{whole} is not equal to it"))
            .fix(format!(
                "compare with '{whole}', or ask has({{ role: '{whole}' }})"
            )),
        );
    }
    Verdict::Judged(few(
        findings,
        "comparisons of a role of Clerk's leave out org:",
    ))
}
