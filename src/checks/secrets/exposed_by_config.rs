//! `secrets/exposed-by-config`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::client::{Exposed, Exposure};
use crate::facts::secrets::is_secret_name;
use crate::facts::usage::Usage;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "secrets/exposed-by-config",
        group: Group::Secrets,
        severity: Severity::Error,
        pass: "No setting hands a secret of Clerk's to the browser",
        fail: "A setting hands a secret of Clerk's to the browser",
        why: "the bundler writes such a value into the JavaScript that every visitor downloads",
        docs: include_str!("exposed_by_config.md"),
    },
    needs: &[Need::Client],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let prefixes = facts.app.names(|framework| framework.public_prefixes);
    if prefixes.is_empty()
        && facts
            .client
            .as_ref()
            .is_none_or(|one| one.exposures.is_empty())
    {
        let why = format!(
            "{} builds nothing for the browser",
            facts.app.framework.name
        );
        return Verdict::not_applicable(why);
    }
    let exposures = facts
        .client
        .as_ref()
        .into_iter()
        .flat_map(|one| &one.exposures);
    Verdict::Judged(exposures.map(|one| finding(facts, one)).collect())
}

fn finding(facts: &Facts, exposure: &Exposure) -> Finding {
    let setting = &exposure.setting;
    let (severity, message, fix) = match &exposure.what {
        Exposed::Secret(name) => (
            Severity::Error,
            format!("`{setting}` replaces {name} by its value wherever code names it, in the browser's bundles too"),
            format!("take {name} out of it, and roll the key if this was ever built; the server reads it by itself"),
        ),
        Exposed::Environment => (
            with_a_secret(facts),
            format!("`{setting}` writes the whole environment into the browser's code"),
            "name the variables that the browser needs, one by one; roll every secret that was set when it was built"
                .to_owned(),
        ),
        Exposed::Prefix(prefix) => {
            let all = if prefix.is_empty() { "every variable".to_owned() } else { format!("every variable that begins with {prefix}") };
            (
                with_a_secret(facts),
                format!("`{setting}` lets the browser's code have {all}, CLERK_SECRET_KEY too"),
                "leave the framework's own prefix, and name the publishable key after it".to_owned(),
            )
        }
    };
    Finding::new(severity, message)
        .at(exposure.place.clone(), "handed to the bundler")
        .fix(fix)
}

/// What hands over all there is is surely a fault where there is a secret: one is set, or the code reads one.
fn with_a_secret(facts: &Facts) -> Severity {
    let set = facts.env.as_ref().is_some_and(|env| {
        let mut all = env.all().filter(|one| one.is_set());
        all.any(|one| is_secret_name(&one.winner.name))
    });
    let code = facts.code.as_ref();
    let read = code.is_some_and(|code: &Usage| code.names_read().any(is_secret_name));
    if set || read || facts.app.has_server() {
        Severity::Error
    } else {
        Severity::Warning
    }
}
