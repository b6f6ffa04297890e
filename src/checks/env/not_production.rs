//! `env/not-production`

use super::stages::{is_for_production_only, is_productions, production};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::env::{Origin, Variable};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/not-production",
        group: Group::Env,
        severity: Severity::Error,
        pass: "The production environment says that it is production",
        fail: "The production environment says that it is another",
        why: "code and libraries then take the way that is meant for developers: open CORS, errors in full, checks left out",
        docs: include_str!("not_production.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

/// The names that say it.
const NAMES: &[&str] = &[
    "NODE_ENV",
    "APP_ENV",
    "ENVIRONMENT",
    "ENV",
    "VERCEL_ENV",
    "FLASK_ENV",
    "RAILS_ENV",
    "GO_ENV",
];

fn run(facts: &Facts) -> Verdict {
    let env = match production(facts) {
        Ok(env) => env,
        Err(verdict) => return verdict,
    };
    let set: Vec<&Variable> = NAMES
        .iter()
        .filter_map(|name| env.get(name))
        .filter(|one| one.is_set() && is_productions(facts, &one.winner))
        .collect();
    if set.is_empty() {
        return Verdict::not_applicable("no variable of production says which environment it is");
    }
    Verdict::Judged(set.into_iter().filter_map(judge).collect())
}

fn judge(variable: &Variable) -> Option<Finding> {
    let definition = &variable.winner;
    let value = definition.value.expose().trim().to_ascii_lowercase();
    let development = matches!(
        value.as_str(),
        "development" | "dev" | "test" | "testing" | "local" | "localhost"
    );
    let other = development || matches!(value.as_str(), "staging" | "preview" | "qa");
    let name = &definition.name;
    if !other {
        return None;
    }
    // The machine that audits may have a mode of its own, and a general file one for its developers.
    let in_file =
        matches!(&definition.origin, Origin::File { .. }) && is_for_production_only(definition);
    let severity = if development && in_file {
        Severity::Error
    } else {
        Severity::Warning
    };
    let finding = Finding::new(
        severity,
        format!("{name} is not production in the environment of production"),
    );
    Some(
        finding
            .at(definition.place(), "")
            .fix(format!("set {name} to production, or leave it to the host")),
    )
}
