//! `env/sign-in-url-missing`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, KeyRole};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "env/sign-in-url-missing",
        group: Group::Env,
        severity: Severity::Warning,
        pass: "Clerk is told where the app's sign-in and sign-up pages are",
        fail: "Clerk is not told where the app's own sign-in or sign-up page is",
        why: "without it Clerk sends signed-out visitors to the Account Portal instead of the app's own page",
        docs: include_str!("sign_in_url_missing.md"),
    },
    needs: &[Need::Env, Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (Some(env), Some(code)) = (facts.env.as_ref(), facts.code.as_ref()) else {
        return Verdict::Judged(Vec::new());
    };
    if facts.key(KeyRole::Publishable).is_none() {
        return Verdict::not_applicable(
            "no publishable key is set: see env/publishable-key-missing",
        );
    }
    let pages = [
        (
            "sign-in",
            "signInUrl",
            facts.app.names(|f| f.variables.sign_in_url),
            code.sign_in_page(),
        ),
        (
            "sign-up",
            "signUpUrl",
            facts.app.names(|f| f.variables.sign_up_url),
            code.sign_up_page(),
        ),
    ];
    if pages.iter().all(|(_, _, names, _)| names.is_empty()) {
        let framework = facts.app.framework.name;
        return Verdict::not_applicable(format!(
            "with {framework}, the SDK reads no such variable"
        ));
    }
    // Nuxt imports components by itself: a page with `<SignIn />` need not speak of Clerk.
    let by_itself = facts.app.stack().any(|framework| framework.id == "nuxt");
    if !by_itself && !code.signs_in() {
        return Verdict::not_applicable(
            "no code was seen that shows a sign-in of its own; Clerk uses the Account Portal",
        );
    }
    let mut judged = false;
    let mut findings = Vec::new();
    for (what, option, names, page) in pages {
        let (Some(name), Some(page)) = (names.first(), page) else {
            continue;
        };
        judged = true;
        if env.first(&names).is_some() || code.mentions(option) {
            continue;
        }
        findings.push(
            Finding::warning(format!(
                "the app has a {what} page, and neither {name} nor {option} names it"
            ))
            .at(Place::file(page), format!("the app's own {what} page"))
            .fix(format!(
                "set {name} to the path of this page, such as /{what}"
            )),
        );
    }
    if !judged {
        return Verdict::not_applicable(
            "no sign-in page of its own was seen; Clerk uses the Account Portal",
        );
    }
    Verdict::Judged(findings)
}
