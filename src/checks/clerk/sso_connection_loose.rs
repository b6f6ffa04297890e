//! `clerk/sso-connection-loose`

use super::instance::{cut, place, production};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::instance::Part;
use crate::model::{Finding, Group, Meta, Severity, Together};

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
    let mut findings = Vec::new();
    for one in &connections.items {
        // An inactive one lets nobody in.
        if one.active == Some(false) {
            findings.push(inactive(&one.name));
        } else if one.idp_initiated {
            findings.push(from_outside(&one.name));
        }
    }
    findings.sort_by(|one, other| one.message.cmp(&other.message));
    if findings.is_empty() && !connections.whole {
        return Err(cut(Part::Connections));
    }
    Ok(Verdict::Judged(findings))
}

fn inactive(name: &str) -> Finding {
    Finding::warning(format!("the enterprise connection “{name}” is not active"))
        .at(place(Part::Connections), format!("“{name}”"))
        .fix("activate them in the Clerk Dashboard (SSO connections), or remove those that are not used")
        .together(&Together::new("", "enterprise connections are not active"))
}

fn from_outside(name: &str) -> Finding {
    let begin = "the company's side begin a sign-in";
    Finding::warning(format!("the enterprise connection “{name}” lets {begin}"))
        .at(place(Part::Connections), format!("“{name}”"))
        .fix("leave “Allow IdP-initiated flow” off unless the company needs it")
        .together(&Together::new(
            "",
            format!("enterprise connections let {begin}"),
        ))
}
