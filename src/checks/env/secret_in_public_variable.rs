//! `env/secret-in-public-variable`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::env::{Definition, Variable};
use crate::facts::{Facts, keys};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/secret-in-public-variable",
        group: Group::Env,
        severity: Severity::Error,
        pass: "No secret stands in a variable that the browser gets",
        fail: "A secret stands in a variable that the browser gets",
        why: "the bundler writes such a value into the JavaScript that every visitor downloads",
        docs: include_str!("secret_in_public_variable.md"),
    },
    needs: &[Need::Env],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(env) = facts.env.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    let prefixes = facts.app.names(|framework| framework.public_prefixes);
    if prefixes.is_empty() {
        return Verdict::not_applicable(format!(
            "{} gives no variable to the browser",
            facts.app.framework.name
        ));
    }
    let leaks = env.all().filter_map(|variable| {
        let prefix = prefixes
            .iter()
            .find(|prefix| variable.winner.name.starts_with(**prefix))?;
        leak(prefix, variable)
    });
    Verdict::Judged(leaks.collect())
}

fn leak(prefix: &str, variable: &Variable) -> Option<Finding> {
    let definitions = std::iter::once(&variable.winner).chain(&variable.shadowed);
    let bad = definitions
        .into_iter()
        .find(|definition| is_secret(definition))?;
    let name = &bad.name;
    let what = keys::kind_of(bad.value.expose()).map_or("a secret", keys::Kind::name);
    let then = if name.contains("PUBLISHABLE") {
        "put the publishable key here".to_owned()
    } else {
        format!("set it without the {prefix} prefix")
    };
    Some(
        Finding::error(format!(
            "{name} holds {what}, and {prefix} puts it into the browser's code"
        ))
        .at(bad.place(), "visible to every visitor")
        .fix(format!(
            "roll this secret now if it was ever built or deployed; then {then}"
        )),
    )
}

/// A credential by its value; or a Clerk variable that calls itself secret and is filled in.
fn is_secret(definition: &Definition) -> bool {
    let value = definition.value.expose();
    if keys::is_credential(value) {
        return true;
    }
    let named = definition.name.contains("CLERK") && definition.name.contains("SECRET");
    let filled = keys::reference(value).is_some_and(|how| how.contains("encrypted"))
        || value.trim().len() >= 16;
    named && filled && !matches!(keys::secret(&definition.value), keys::Reading::Placeholder)
}
