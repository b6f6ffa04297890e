//! `security/open-redirect`

use super::guards;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::guard::{Guard, Way};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/open-redirect",
        group: Group::Security,
        severity: Severity::Error,
        pass: "No redirect goes wherever the address of the request says",
        fail: "A redirect goes wherever the address of the request says",
        why: "a link to your domain that leads to a copied sign-in page is how passwords and codes are taken",
        docs: include_str!("open_redirect.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    for seen in guards::all(facts) {
        let Guard::Redirect { call, from, way } = seen.guard else {
            continue;
        };
        const FIX: &str =
            "go there only if `new URL(value, origin).origin === origin`; else to a fixed path";
        let finding = match way {
            Way::Answer => Finding::error(format!(
                "{call} sends the visitor to {from}, whatever it says"
            )),
            Way::Framework => Finding::warning(format!(
                "{call} sends the visitor to {from}, whatever it says"
            )),
            Way::Script => Finding::warning(format!(
                "{call} takes the browser to {from}, whatever it says"
            )),
        };
        findings.push(
            finding
                .at(seen.place(), "the visitor's own address")
                .fix(FIX),
        );
    }
    Verdict::Judged(findings)
}
