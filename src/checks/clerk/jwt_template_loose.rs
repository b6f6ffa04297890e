//! `clerk/jwt-template-loose`

use super::instance::{cut, place, production};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::checks::performance::few;
use crate::facts::Facts;
use crate::facts::live::instance::{Claim, JwtTemplate, Part};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/jwt-template-loose",
        group: Group::Clerk,
        severity: Severity::Warning,
        pass: "The JWT templates of the instance make short-lived tokens without private data",
        fail: "A JWT template of the instance makes tokens that live long or tell private data",
        why: "a token cannot be taken back before it expires, and whoever holds it can read what is in it",
        docs: include_str!("jwt_template_loose.md"),
    },
    needs: &[Need::Part(Part::JwtTemplates)],
    scope: Scope::Servers,
    run,
};

/// A token of Clerk's own lives a minute; those of a working day are common with databases.
const LONG: u64 = 24 * 60 * 60;

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let instance = production(facts)?;
    let templates = Verdict::told(&instance.jwt_templates)?;
    if templates.items.is_empty() && templates.whole {
        return Ok(Verdict::not_applicable("the instance has no JWT template"));
    }
    let findings: Vec<Finding> = templates.items.iter().flat_map(of_template).collect();
    if findings.is_empty() && !templates.whole {
        return Err(cut(Part::JwtTemplates));
    }
    Ok(Verdict::Judged(few(
        findings,
        "JWT templates live long or tell private data",
    )))
}

fn of_template(template: &JwtTemplate) -> Vec<Finding> {
    let name = &template.name;
    let mut findings = Vec::new();
    if let Some(seconds) = template.lifetime.filter(|seconds| *seconds > LONG) {
        findings.push(
            Finding::warning(format!(
                "tokens of the template “{name}” are good for {}",
                span(seconds)
            ))
            .fix("lower the lifetime: getToken() makes a new one whenever it is asked"),
        );
    }
    for claim in &template.claims {
        findings.push(match claim {
            Claim::PrivateMetadata => Finding::warning(format!(
                "the template “{name}” puts private metadata into tokens that the browser can read"
            ))
            .fix("name the one value that is needed, from public metadata"),
            Claim::Email => Finding::warning(format!(
                "the template “{name}” puts the e-mail address into every token"
            ))
            .fix(
                "leave it out unless the other side needs it: {{user.id}} names the person as well",
            ),
        });
    }
    let at =
        |finding: Finding| finding.at(place(Part::JwtTemplates), "the templates of the instance");
    findings.into_iter().map(at).collect()
}

fn span(seconds: u64) -> String {
    match seconds / LONG {
        1 => "more than a day".to_owned(),
        days => format!("{days} days"),
    }
}
