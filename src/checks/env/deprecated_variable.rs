//! `env/deprecated-variable`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::env::Variable;
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/deprecated-variable",
        group: Group::Env,
        severity: Severity::Warning,
        pass: "No variable is one that Clerk has retired",
        fail: "A variable is one that Clerk has retired",
        why: "newer SDKs ignore it, and what it says then does not happen",
        docs: include_str!("deprecated_variable.md"),
    },
    needs: &[Need::Env, Need::Code],
    scope: Scope::Apps,
    run,
};

/// Endings of retired names, and what came instead (clerk/javascript `packages/upgrade/src/versions`,
/// Clerk's page on environment variables). The prefix stays what it was, unless a whole name is given.
const RETIRED: &[(&str, &str)] = &[
    ("CLERK_API_KEY", "=CLERK_SECRET_KEY"),
    ("CLERK_FRONTEND_API", "CLERK_PUBLISHABLE_KEY"),
    (
        "CLERK_AFTER_SIGN_IN_URL",
        "CLERK_SIGN_IN_FALLBACK_REDIRECT_URL",
    ),
    (
        "CLERK_AFTER_SIGN_UP_URL",
        "CLERK_SIGN_UP_FALLBACK_REDIRECT_URL",
    ),
    ("NEXT_PUBLIC_CLERK_JS", "=NEXT_PUBLIC_CLERK_JS_URL"),
    ("NUXT_PUBLIC_CLERK_API_URL", "=NUXT_CLERK_API_URL"),
    ("NUXT_PUBLIC_CLERK_API_VERSION", "=NUXT_CLERK_API_VERSION"),
];

fn run(facts: &Facts) -> Verdict {
    let Some(env) = facts.env.as_ref() else {
        return Verdict::Judged(Vec::new());
    };
    let read = facts.app.names(|framework| framework.variables.others);
    let own = |name: &str| {
        read.contains(&name) || facts.code.as_ref().is_some_and(|code| code.reads(name))
    };
    let set = env
        .all()
        .filter(|variable| variable.is_set() && !own(&variable.winner.name));
    Verdict::Judged(
        set.filter_map(|variable| retired(facts, variable))
            .collect(),
    )
}

/// Which SDK version stopped reading a name differs from name to name, so the sentence says only that
/// it is retired.
fn retired(facts: &Facts, variable: &Variable) -> Option<Finding> {
    let name = variable.winner.name.as_str();
    let (ending, instead) = RETIRED.iter().find(|(ending, _)| name.ends_with(ending))?;
    let prefix = name.strip_suffix(ending)?;
    let known = prefix.is_empty()
        || (prefix.ends_with('_') && prefix.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'));
    if !known {
        return None;
    }
    let finding = Finding::warning(format!("{name} is a name that Clerk has retired"));
    let place = variable.winner.place();
    Some(match successor(facts, prefix, instead) {
        Some(new) => finding
            .at(place, format!("now {new}"))
            .fix(format!("use {new}, and delete {name}"))
            .mended_by(super::renaming(facts, name, &new)),
        None => finding.at(place, "").fix(format!(
            "delete {name}; the SDK for {} takes this as an option in the code",
            facts.app.framework.name
        )),
    })
}

/// The name that came instead, as this app's SDK reads it.
fn successor(facts: &Facts, prefix: &str, instead: &str) -> Option<String> {
    let names = facts.app.names(|framework| framework.variables.others);
    let keys = [KeyRole::Publishable, KeyRole::Secret].map(|role| role.names(&facts.app));
    let known: Vec<&str> = keys.into_iter().flatten().chain(names).collect();
    let ending = instead.trim_start_matches('=');
    let new = format!("{}{ending}", if ending == instead { prefix } else { "" });
    let exact = known.iter().find(|name| **name == new);
    exact
        .or_else(|| known.iter().find(|name| name.ends_with(ending)))
        .map(|name| (*name).to_owned())
}
