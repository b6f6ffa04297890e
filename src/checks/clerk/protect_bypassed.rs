//! `clerk/protect-bypassed`

use super::instance::{place, production, unsaid};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::instance::Part;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/protect-bypassed",
        group: Group::Clerk,
        severity: Severity::Warning,
        pass: "The checks of Clerk Protect are not bypassed",
        fail: "The checks of Clerk Protect are bypassed",
        why: "a bypass that was switched on for an incident or a test lets bots and attackers through until somebody ends it",
        docs: include_str!("protect_bypassed.md"),
    },
    needs: &[Need::Part(Part::Protect)],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let instance = production(facts)?;
    let protect = Verdict::told(&instance.protect)?;
    let bypassed = protect
        .checks_bypassed
        .ok_or_else(|| unsaid(Part::Protect))?;
    Ok(Verdict::of(bypassed.then(|| {
        Finding::warning("Clerk Protect lets everything through: checks_bypassed is on")
            .at(place(Part::Protect), "the settings of Protect")
            .fix("switch the bypass off in the Clerk Dashboard (Protect)")
    })))
}
