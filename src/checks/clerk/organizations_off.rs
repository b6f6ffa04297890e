//! `clerk/organizations-off`

use super::instance::{at_all, fitting, named, place, unsaid};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::named::Named;
use crate::facts::live::instance::Part;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/organizations-off",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "Organizations, which the code uses, are switched on",
        fail: "The code uses organizations, and they are switched off",
        why: "the switch is not copied from development to production: roles are then nobody's, and components show nothing",
        docs: include_str!("organizations_off.md"),
    },
    needs: &[Need::Shapes, Need::Part(Part::Organizations)],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let (mut sure, mut maybe) = (Vec::new(), Vec::new());
    for (named, place) in named(facts) {
        match named {
            Named::Organizations { by, needs: true } => sure.push((by.as_str(), place)),
            Named::Role { by, .. } | Named::Permission { by, .. } => {
                sure.push((by.as_str(), place))
            }
            Named::Organizations { by, needs: false } => maybe.push((by.as_str(), place)),
            Named::Template { .. } => {}
        }
    }
    if sure.is_empty() && maybe.is_empty() {
        return Ok(Verdict::not_applicable("the code uses no organizations"));
    }
    let instance = fitting(facts)?;
    let settings = Verdict::told(&instance.organizations)?;
    match settings.enabled {
        None => Err(unsaid(Part::Organizations)),
        Some(true) => Ok(Verdict::Judged(Vec::new())),
        Some(false) => Ok(Verdict::of(Some(off(&sure, &maybe)))),
    }
}

fn off(sure: &[(&str, Place)], maybe: &[(&str, Place)]) -> Finding {
    let (used, finding): (_, fn(String) -> Finding) = if sure.is_empty() {
        (maybe, |message| Finding::warning(message))
    } else {
        (sure, |message| Finding::error(message))
    };
    let by = used.first().map(|(by, _)| *by).unwrap_or_default();
    let places: Vec<Place> = used.iter().map(|(_, place)| place.clone()).collect();
    let message = format!("the code uses organizations ({by}), and they are off in this instance");
    at_all(finding(message), &places, "uses organizations")
        .known_by("organizations")
        .see(place(Part::Organizations), "the settings of the instance")
        .fix("switch organizations on in the Clerk Dashboard (Organizations, Settings) of this instance")
}
