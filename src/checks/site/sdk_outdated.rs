//! `site/sdk-outdated`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::front::token;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/sdk-outdated",
        group: Group::Site,
        severity: Severity::Warning,
        pass: "The Clerk SDK of the site looks at the signature of a token before all it says",
        fail: "The Clerk SDK of the site is an old one",
        why: "it tells anybody what it expects of a token, before it knows who made it",
        docs: include_str!("sdk_outdated.md"),
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
    let Some(tokens) = front.tokens.as_ref() else {
        return Verdict::Skipped(front.unseen());
    };
    let Some(old) = tokens.expired.as_ref().and_then(token::is_old) else {
        return Verdict::Skipped(
            "the site was not seen to look at a token whose key it knows".to_owned(),
        );
    };
    let name = front.markup.sdk.as_ref();
    let name = name.map_or_else(String::new, |name| format!(" ({name})"));
    Verdict::of(old.then(|| {
        Finding::warning(format!(
            "the Clerk SDK of the site{name} is from before @clerk/backend 3.2.12: it looks at the claims of a token before its signature"
        ))
        .at(front.place(&tokens.path), "")
        .fix("upgrade to @clerk/nextjs 7.2.2, @clerk/express 2.1.4, @clerk/fastify 3.1.14, @clerk/hono 0.1.14, @clerk/astro 3.0.16 or later")
    }))
}
