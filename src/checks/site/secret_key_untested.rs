//! `site/secret-key-untested`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::front::DeployedKey;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/secret-key-untested",
        group: Group::Site,
        severity: Severity::Warning,
        pass: "The site shows from outside whether its secret key works",
        fail: "The site verifies sessions without its secret key, so that a bad one shows late",
        why: "with a revoked secret key such a site lets people in and fails when it asks Clerk for anything",
        docs: include_str!("secret_key_untested.md"),
    },
    needs: &[Need::Front],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let front = match Verdict::told(&facts.live.front) {
        Ok(front) => front,
        Err(verdict) => return verdict,
    };
    match front.deployed_key() {
        DeployedKey::Unused => Verdict::of(Some(
            Finding::warning(
                "the site verifies tokens with CLERK_JWT_KEY, so nothing from outside tells whether its secret key works",
            )
            .at(
                front.place(front.tokens.as_ref().map_or("/", |tokens| &tokens.path)),
                "",
            )
            .fix("have a health endpoint of the site ask Clerk something with the secret key, and watch it"),
        )),
        DeployedKey::Untold(why) => Verdict::Skipped(why),
        _ => Verdict::of(None),
    }
}
