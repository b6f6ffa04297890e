//! `frontend/unhealthy`

use super::is_proxied_in_code;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::frontend::Health;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "frontend/unhealthy",
        group: Group::Frontend,
        severity: Severity::Error,
        pass: "The Frontend API is healthy",
        fail: "The Frontend API does not work",
        why: "no page of the app can sign anybody in without it",
        docs: include_str!("unhealthy.md"),
    },
    needs: &[Need::Frontend, Need::Env, Need::Shapes],
    scope: Scope::Apps,
    run,
};

/// Slower than this, visitors wait before they see a sign-in.
const SLOW_MS: u64 = 2000;

fn run(facts: &Facts) -> Verdict {
    let frontend = match Verdict::told(&facts.live.frontend) {
        Ok(frontend) => frontend,
        Err(verdict) => return verdict,
    };
    if !frontend.proxied && is_proxied_in_code(facts) {
        let why = "the app goes through a proxy that only its code names; set CLERK_PROXY_URL";
        return Verdict::Skipped(why.to_owned());
    }
    let place = frontend.at("/v1/health");
    let finding = match Verdict::told(&frontend.health) {
        Err(verdict) => return verdict,
        Ok(Health::Broken { what, fix, surely }) => Some(match surely {
            true => Finding::error(what).fix(fix),
            false => Finding::warning(what).fix(fix),
        }),
        Ok(Health::Healthy { took_ms }) if *took_ms > SLOW_MS => {
            let seconds = format!("{}.{}", took_ms / 1000, took_ms % 1000 / 100);
            Some(
                Finding::warning(format!(
                    "{} took {seconds} s to say that it is healthy",
                    frontend.host
                ))
                .fix("ask again from another network, and look at https://status.clerk.com"),
            )
        }
        Ok(Health::Healthy { .. }) => None,
    };
    Verdict::of(finding.map(|finding| finding.at(place, "asked here")))
}
