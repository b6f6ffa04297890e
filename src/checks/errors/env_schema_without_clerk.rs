//! `errors/env-schema-without-clerk`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::code::shapes::care::{self, Care};
use crate::facts::{Facts, KeyRole, tree};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "errors/env-schema-without-clerk",
        group: Group::Errors,
        severity: Severity::Warning,
        pass: "The schema that checks the environment at the start knows Clerk's keys",
        fail: "The schema that checks the environment at the start does not check Clerk's keys",
        why: "a deploy without the key then starts, and fails when the first user comes",
        docs: include_str!("env_schema_without_clerk.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(shapes) = facts.shapes.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    let mut findings = Vec::new();
    let mut known = false;
    let mut composed = None;
    let mut without = Vec::new();
    for (file, shape, care) in care::all(shapes) {
        match care {
            Care::SkipsValidation => findings.push(
                Finding::warning("the check of the environment is turned off for good")
                    .at(file.place(shape), "")
                    .fix("turn it off by a variable that only lint and image builds set: skipValidation: !!process.env.SKIP_ENV_VALIDATION"),
            ),
            Care::Schema { clerk: true, .. } => known = true,
            Care::Schema { composed: true, .. } => composed = Some(&file.path),
            Care::Schema { names, .. } if *names > 1 && is_for_the_app(&file.path) => {
                without.push((file, shape, *names));
            }
            _ => {}
        }
    }
    if known {
        return Verdict::Judged(findings);
    }
    if let Some(path) = composed.filter(|_| findings.is_empty()) {
        return Verdict::not_applicable(format!(
            "the schema in {path} is put together from parts that are not followed"
        ));
    }
    let key = if facts.app.has_server() {
        KeyRole::Secret
    } else {
        KeyRole::Publishable
    };
    let names = key.names(&facts.app);
    let name = names.first().copied().unwrap_or(key.ending());
    if let Some((file, shape, count)) = without.first().filter(|_| composed.is_none()) {
        findings.push(
            Finding::warning(format!(
                "the schema checks {count} variables at the start, and none of Clerk's"
            ))
            .at(file.place(shape), "")
            .fix(format!("add {name} to it: {name}: z.string().min(1)")),
        );
    }
    if findings.is_empty() && without.is_empty() {
        return Verdict::not_applicable("no schema checks the environment at the start");
    }
    Verdict::Judged(findings)
}

/// Whether a schema is for all of the app, by its file: `env.ts`, `env/server.ts`, `config.ts`. That of one
/// module knows what this one module needs.
fn is_for_the_app(path: &str) -> bool {
    let folder = tree::file_name(tree::folder(path));
    ["env", "config"]
        .iter()
        .any(|word| tree::file_name(path).contains(word) || folder.contains(word))
}
