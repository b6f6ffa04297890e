//! `clerk/sso-connection-loose`

use super::instance::{cut, place, production, quoted};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::instance::{Connection, Part};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/sso-connection-loose",
        group: Group::Clerk,
        severity: Severity::Warning,
        pass: "Enterprise connections are active, and sign-ins begin in the app",
        fail: "An enterprise connection is inactive, or lets the company's side begin a sign-in",
        why: "people of a company whose connection is inactive cannot sign in by it, and a sign-in that the app did not begin can be another's",
        docs: include_str!("sso_connection_loose.md"),
    },
    needs: &[Need::Part(Part::Connections)],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let instance = production(facts)?;
    let connections = Verdict::told(&instance.connections)?;
    if connections.items.is_empty() && connections.whole {
        return Ok(Verdict::not_applicable(
            "the instance has no enterprise connection",
        ));
    }
    let these = |is: fn(&Connection) -> bool| -> Vec<&str> {
        let fitting = connections.items.iter().filter(|one| is(one));
        fitting.map(|one| one.name.as_str()).collect()
    };
    let inactive = these(|one| one.active == Some(false));
    // An inactive one lets nobody in.
    let from_outside = these(|one| one.idp_initiated && one.active != Some(false));
    let mut findings = Vec::new();
    if !inactive.is_empty() {
        findings.push(
            Finding::warning(format!(
                "enterprise connections are not active: {}",
                quoted(inactive.into_iter())
            ))
            .fix("activate them in the Clerk Dashboard (SSO connections), or remove those that are not used"),
        );
    }
    if !from_outside.is_empty() {
        findings.push(
            Finding::warning(format!(
                "enterprise connections let the company's side begin a sign-in: {}",
                quoted(from_outside.into_iter())
            ))
            .fix("leave “Allow IdP-initiated flow” off unless the company needs it"),
        );
    }
    if findings.is_empty() && !connections.whole {
        return Err(cut(Part::Connections));
    }
    let at = |one: Finding| one.at(place(Part::Connections), "the enterprise connections");
    Ok(Verdict::Judged(findings.into_iter().map(at).collect()))
}
