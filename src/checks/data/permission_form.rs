//! `data/permission-form`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::performance::{costs, few};
use crate::facts::Facts;
use crate::facts::code::shapes::cost::Cost;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "data/permission-form",
        group: Group::Data,
        severity: Severity::Warning,
        pass: "Permissions are asked for that a session token can have",
        fail: "A permission is asked for that no session token has",
        why: "has() and protect() on a server read the token: what is not in it is refused to everybody",
        docs: include_str!("permission_form.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for (file, shape, cost) in costs(facts) {
        let Cost::Permission { call, key, system } = cost else {
            continue;
        };
        let (message, fix) = if *system {
            (
                format!(
                    "{call} asks on a server for {key}: Clerk's own permissions are in no session token"
                ),
                "make a custom permission (org:<feature>:<permission>), give it to the role, and ask for that",
            )
        } else {
            (
                format!("{call} asks for {key}, which is no org:<feature>:<permission>"),
                "write the key as the Clerk Dashboard shows it: org:invoices:create",
            )
        };
        findings.push(
            Finding::warning(message)
                .at(file.place(shape), "never granted")
                .fix(fix),
        );
    }
    Verdict::Judged(few(
        findings,
        "permissions are asked for that no session token has",
    ))
}
