//! `site/authorized-parties-missing`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::front::token;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/authorized-parties-missing",
        group: Group::Site,
        severity: Severity::Warning,
        pass: "The site refuses tokens that were issued for another site",
        fail: "The site takes tokens that were issued for another site of the instance",
        why: "a subdomain that somebody takes over can then use its visitors' sessions here",
        docs: include_str!("authorized_parties_missing.md"),
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
    match tokens.expired.as_ref().and_then(token::is_old) {
        Some(false) => {
            return Verdict::not_applicable(
                "the SDK of the site looks at the signature first, so only the code can tell; security/authorized-parties-missing does",
            );
        }
        None => {
            return Verdict::Skipped(
                "the site was not seen to look at a token whose key it knows".to_owned(),
            );
        }
        Some(true) => {}
    }
    let Some(checks) = tokens.foreign.as_ref().and_then(token::checks_parties) else {
        return Verdict::Skipped("the site did not say why it refuses a token".to_owned());
    };
    Verdict::of((!checks).then(|| {
        Finding::warning(
            "the site does not look for whom a token was issued: authorizedParties is not set",
        )
        .at(front.place(&tokens.path), "")
        .fix(format!(
            "clerkMiddleware(…, {{ authorizedParties: ['{}'] }}), and upgrade the SDK",
            front.site.origin()
        ))
    }))
}
