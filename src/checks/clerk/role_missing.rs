//! `clerk/role-missing`

use super::instance::{at_all, cut, fitting, gathered, named, place};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::performance::few;
use crate::facts::Facts;
use crate::facts::code::shapes::named::Named;
use crate::facts::live::instance::Part;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/role-missing",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "The instance has every role and permission that the code asks for",
        fail: "The code asks for a role or permission that the instance does not have",
        why: "roles and permissions are not copied from development to production: what asks for one refuses everybody",
        docs: include_str!("role_missing.md"),
    },
    needs: &[
        Need::Shapes,
        Need::Part(Part::Organizations),
        Need::Part(Part::Roles),
        Need::Part(Part::Permissions),
    ],
    scope: Scope::Apps,
    run,
};

/// The roles that every instance begins with, under their names of today and before.
const DEFAULT: &[&str] = &["admin", "member", "basic_member", "guest_member"];

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

type Names<'f> = Vec<(&'f str, Vec<Place>)>;

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let roles = gathered(named(facts).filter_map(|(named, place)| match named {
        Named::Role { key, .. } => Some((bare(key), place)),
        _ => None,
    }));
    let permissions = gathered(named(facts).filter_map(|(named, place)| match named {
        // Clerk's own, `org:sys_…`, are everywhere.
        Named::Permission { key, .. } if !bare(key).starts_with("sys_") => Some((bare(key), place)),
        _ => None,
    }));
    if roles.is_empty() && permissions.is_empty() {
        return Ok(Verdict::not_applicable(
            "no code asks for a role or a permission by its key",
        ));
    }
    let instance = fitting(facts)?;
    let settings = instance.organizations.as_ref();
    if settings.is_some_and(|settings| settings.enabled == Some(false)) {
        return Ok(Verdict::not_applicable(
            "organizations are off; clerk/organizations-off judges that",
        ));
    }
    let mut findings = Vec::new();
    if !roles.is_empty() {
        let known = Verdict::told(&instance.roles)?;
        let keys = known
            .items
            .iter()
            .map(|role| bare(&role.key))
            .collect::<Vec<_>>();
        findings.extend(missing(roles, &keys, known.whole, Part::Roles)?);
    }
    if !permissions.is_empty() {
        let known = Verdict::told(&instance.permissions)?;
        let keys = known.items.iter().map(|key| bare(key)).collect::<Vec<_>>();
        findings.extend(missing(permissions, &keys, known.whole, Part::Permissions)?);
    }
    Ok(Verdict::Judged(few(
        findings,
        "roles and permissions that the code asks for are missing",
    )))
}

/// `has()` adds the prefix where it is missing (clerk/javascript `packages/shared/src/authorization.ts`).
fn bare(key: &str) -> &str {
    key.strip_prefix("org:").unwrap_or(key)
}

fn missing(
    named: Names<'_>,
    known: &[&str],
    whole: bool,
    part: Part,
) -> Result<Vec<Finding>, Verdict> {
    let missing: Names<'_> = named
        .into_iter()
        .filter(|(key, _)| !known.contains(key))
        .collect();
    if !missing.is_empty() && !whole {
        return Err(cut(part));
    }
    let what = if part == Part::Roles {
        "role"
    } else {
        "permission"
    };
    let findings = missing.into_iter().map(|(key, places)| {
        let message = format!("the code asks for the {what} org:{key}, which the instance does not have");
        let finding = if part == Part::Roles && DEFAULT.contains(&key) {
            Finding::warning(message)
        } else {
            Finding::error(message)
        };
        at_all(finding, &places, "asked for here")
            .see(place(part), "what the instance has")
            .fix("create it in the Clerk Dashboard (Organizations, Roles & Permissions) of this instance, or correct the key")
    });
    Ok(findings.collect())
}
