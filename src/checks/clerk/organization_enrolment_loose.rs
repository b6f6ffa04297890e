//! `clerk/organization-enrolment-loose`

use super::instance::{cut, place, production, unsaid};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::instance::{Instance, OrganizationSettings, Part};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/organization-enrolment-loose",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "Whoever comes into an organization by an e-mail address gets no power over it",
        fail: "Whoever comes into an organization by an e-mail address gets power over it",
        why: "everybody with an address of a verified domain may come in, and the default role decides what they may do",
        docs: include_str!("organization_enrolment_loose.md"),
    },
    needs: &[Need::Part(Part::Organizations), Need::Part(Part::Roles)],
    scope: Scope::Servers,
    run,
};

/// What only somebody who runs an organization may do
/// (clerk.com/docs/guides/organizations/control-access/roles-and-permissions).
const POWERS: &[&str] = &[
    "org:sys_memberships:manage",
    "org:sys_profile:delete",
    "org:sys_domains:manage",
];

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let instance = production(facts)?;
    let settings = Verdict::told(&instance.organizations)?;
    match (settings.enabled, settings.domains_enabled) {
        (Some(false), _) => return Ok(Verdict::not_applicable("organizations are off")),
        (_, Some(false)) => {
            let why =
                "organizations have no verified domains, so that nobody comes in by an address";
            return Ok(Verdict::not_applicable(why));
        }
        (None, _) | (_, None) => return Err(unsaid(Part::Organizations)),
        (Some(true), Some(true)) => {}
    }
    let Some(role) = settings.default_role.as_deref() else {
        return Err(unsaid(Part::Organizations));
    };
    if bare(role) != "admin" && settings.creator_role.as_deref() != Some(role) {
        // What any other role may do, only the list of roles says: also the member's can be edited.
        let roles = Verdict::told(&instance.roles)?;
        let is_listed = roles.items.iter().any(|one| bare(&one.key) == bare(role));
        if !is_listed && !roles.whole {
            return Err(cut(Part::Roles));
        }
        if !is_listed {
            return Err(Verdict::Undecided {
                why: format!(
                    "Clerk's list of organization roles does not have the default role {role}"
                ),
                hint: "look it up in the Clerk Dashboard".to_owned(),
                marks: Vec::new(),
            });
        }
    }
    Ok(Verdict::of(of_role(instance, settings, role).map(|finding| {
        finding
            .at(place(Part::Organizations), "domains_default_role")
            .fix("make a role without power over the organization the default one in the Clerk Dashboard (Organizations, Settings)")
    })))
}

fn bare(role: &str) -> &str {
    role.strip_prefix("org:").unwrap_or(role)
}

fn of_role(instance: &Instance, settings: &OrganizationSettings, role: &str) -> Option<Finding> {
    let admin = bare(role) == "admin";
    let powerful = admin
        || settings.creator_role.as_deref() == Some(role)
        || instance.roles.as_ref().is_some_and(|roles| {
            let known = roles.items.iter().find(|one| bare(&one.key) == bare(role));
            known.is_some_and(|one| {
                one.permissions
                    .iter()
                    .any(|key| POWERS.contains(&key.as_str()))
            })
        });
    if !powerful {
        return None;
    }
    let mode = |mode: &str| settings.enrollment_modes.iter().any(|one| one == mode);
    Some(if mode("automatic_invitation") && admin {
        Finding::error(format!(
            "everybody with an address of a verified domain is invited as {role}"
        ))
    } else if mode("automatic_invitation") {
        Finding::warning(format!(
            "everybody with an address of a verified domain is invited as {role}, a role with power over the organization"
        ))
    } else if mode("automatic_suggestion") {
        Finding::warning(format!(
            "everybody with an address of a verified domain may ask to come in, and then gets {role}, a role with power over the organization"
        ))
    } else {
        Finding::warning(format!(
            "who comes into an organization by a verified domain gets {role}, a role with power over it"
        ))
    })
}
