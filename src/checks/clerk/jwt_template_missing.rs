//! `clerk/jwt-template-missing`

use super::instance::{at_all, cut, fitting, gathered, named, place};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::performance::few;
use crate::facts::Facts;
use crate::facts::code::shapes::named::Named;
use crate::facts::live::instance::Part;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/jwt-template-missing",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "The instance has every JWT template that the code asks for",
        fail: "The code asks for a JWT template that the instance does not have",
        why: "templates are not copied from development to production: getToken() then fails for everybody",
        docs: include_str!("jwt_template_missing.md"),
    },
    needs: &[Need::Shapes, Need::Part(Part::JwtTemplates)],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let named = named(facts).filter_map(|(named, place)| match named {
        // Those of Clerk's own integrations are no templates of the instance.
        Named::Template { name } if !name.starts_with("integration_") => {
            Some((name.as_str(), place))
        }
        _ => None,
    });
    let named = gathered(named);
    if named.is_empty() {
        return Ok(Verdict::not_applicable(
            "no code asks for a JWT template by its name",
        ));
    }
    let instance = fitting(facts)?;
    let templates = Verdict::told(&instance.jwt_templates)?;
    let known = |name: &str| templates.items.iter().any(|template| template.name == name);
    let missing: Vec<_> = named.into_iter().filter(|(name, _)| !known(name)).collect();
    if !missing.is_empty() && !templates.whole {
        return Err(cut(Part::JwtTemplates));
    }
    let findings = missing.into_iter().map(|(name, places)| {
        let message = format!("the code asks for the JWT template “{name}”, and the instance has none of that name");
        // Convex can do without one, and code may ask for it only where its integration is off.
        let finding = if name == "convex" {
            Finding::warning(message)
        } else {
            Finding::error(message)
        };
        at_all(finding, &places, "asked for here")
            .see(place(Part::JwtTemplates), "the templates of the instance")
            .fix("create it in the Clerk Dashboard (JWT templates) of this instance, with the claims of the other one")
    });
    Ok(Verdict::Judged(few(
        findings.collect(),
        "JWT templates that the code asks for are missing",
    )))
}
