//! `env/unread-variable`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::env::{Origin, Variable};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/unread-variable",
        group: Group::Env,
        severity: Severity::Warning,
        pass: "Every Clerk variable in the env files is read",
        fail: "A Clerk variable in the env files is read by nothing",
        why: "a misspelt or foreign name looks configured and does nothing",
        docs: include_str!("unread_variable.md"),
    },
    needs: &[Need::Env, Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (Some(env), Some(code)) = (facts.env.as_ref(), facts.code.as_ref()) else {
        return Verdict::Judged(Vec::new());
    };
    let known = known_names(facts);
    let keys: Vec<&str> = [KeyRole::Publishable, KeyRole::Secret, KeyRole::Webhook]
        .into_iter()
        .filter_map(|role| {
            facts
                .key(role)
                .map(|variable| variable.winner.name.as_str())
        })
        .collect();
    let mut judged = 0;
    let mut findings = Vec::new();
    for variable in env.all() {
        let name = variable.winner.name.as_str();
        // What the shell or the host exports may be for another program.
        if variable.winner.origin == Origin::Process || !name.split('_').any(|part| part == "CLERK")
        {
            continue;
        }
        judged += 1;
        if known.contains(&name)
            || keys.contains(&name)
            || code.mentions(name)
            || spoken_of_elsewhere(name)
            || is_for_tests(name)
        {
            continue;
        }
        findings.push(unread(facts, variable, &known));
    }
    if judged == 0 {
        return Verdict::not_applicable("no env file has a Clerk variable");
    }
    Verdict::Judged(findings)
}

/// The names that the SDKs of this app read. Test helpers read a few of their own
/// (`@clerk/testing`, `src/common/setup.ts`).
fn known_names(facts: &Facts) -> Vec<&'static str> {
    let mut names = vec!["CLERK_FAPI", "CLERK_TESTING_TOKEN", "CLERK_TESTING_DEBUG"];
    for role in [KeyRole::Publishable, KeyRole::Secret, KeyRole::Webhook] {
        names.extend(role.names(&facts.app));
    }
    names.extend(facts.app.names(|f| f.variables.sign_in_url));
    names.extend(facts.app.names(|f| f.variables.sign_up_url));
    names.extend(facts.app.names(|f| f.variables.others));
    names
}

/// Whether another check has this name: keys under a wrong name, retired names, old webhook names.
fn spoken_of_elsewhere(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "CLERK_PUBLISHABLE_KEY",
        "CLERK_SECRET_KEY",
        "CLERK_API_KEY",
        "CLERK_FRONTEND_API",
        "CLERK_AFTER_SIGN_IN_URL",
        "CLERK_AFTER_SIGN_UP_URL",
        "CLERK_JS",
    ];
    ENDINGS.iter().any(|ending| name.ends_with(ending)) || name.contains("WEBHOOK")
}

/// Whether a name says that tests read it; their code is no evidence of what production does, and is not
/// looked at. (`E2E_CLERK_USER_PASSWORD` is of Clerk's own guide to Playwright.)
fn is_for_tests(name: &str) -> bool {
    name.split('_')
        .any(|part| matches!(part, "E2E" | "TEST" | "TESTS" | "PLAYWRIGHT" | "CYPRESS"))
}

fn unread(facts: &Facts, variable: &Variable, known: &[&'static str]) -> Finding {
    let name = variable.winner.name.as_str();
    let finding = Finding::warning(format!(
        "neither the SDK for {} nor the app's code reads {name}",
        facts.app.framework.name
    ));
    let near = nearest(name, known);
    let (label, fix) = match near {
        Some(near) => (
            format!("did you mean {near}?"),
            format!("rename it to {near}, or delete it"),
        ),
        None => (
            String::new(),
            "delete it, or read it in the code".to_owned(),
        ),
    };
    finding.at(variable.winner.place(), label).fix(fix)
}

/// The known name that was probably meant: the same words with at most one slip in each, or run together.
/// What names a key set, an issuer or an audience belongs to the verification of tokens, and no SDK reads it.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    const OWN: &[&str] = &["_JWKS_URL", "_ISSUER", "_AUDIENCE"];
    if OWN.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    let plain = |name: &str| name.replace('_', "");
    let words = |other: &str| {
        name.split('_').count() == other.split('_').count()
            && name.split('_').zip(other.split('_')).all(|(one, other)| {
                one == other || one.len() > 2 && strsim::damerau_levenshtein(one, other) <= 1
            })
    };
    known
        .iter()
        .copied()
        .find(|other| words(other) || plain(name) == plain(other))
}
