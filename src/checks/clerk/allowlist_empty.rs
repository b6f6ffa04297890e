//! `clerk/allowlist-empty`

use super::instance::{place, production};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::instance::Part;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/allowlist-empty",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "The allow-list is off, or lets somebody in",
        fail: "The allow-list is on and empty",
        why: "with an allow-list that has no entry nobody can sign up",
        docs: include_str!("allowlist_empty.md"),
    },
    needs: &[Need::Part(Part::Allowlist), Need::Frontend],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let instance = production(facts)?;
    let environment = Verdict::told(&Verdict::told(&facts.live.frontend)?.environment)?;
    match environment.restrictions.allowlist {
        None => {
            let why = "the Frontend API does not say whether the allow-list is on";
            return Err(Verdict::Skipped(why.to_owned()));
        }
        Some(false) => return Ok(Verdict::not_applicable("the allow-list is off")),
        Some(true) => {}
    }
    if let Some(mode @ ("restricted" | "waitlist")) = environment.sign_up.mode.as_deref() {
        let why =
            format!("sign-up is {mode}: people come in by invitation, with a list or without");
        return Ok(Verdict::not_applicable(why));
    }
    let entries = *Verdict::told(&instance.allowlist)?;
    Ok(Verdict::of((entries == 0).then(|| {
        Finding::error("the allow-list is on and has no entry: nobody can sign up")
            .at(place(Part::Allowlist), "no entry")
            .fix("add those who may sign up in the Clerk Dashboard (Restrictions), or switch the allow-list off")
    })))
}
