//! `frontend/script-missing`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "frontend/script-missing",
        group: Group::Frontend,
        severity: Severity::Error,
        pass: "The Frontend API serves the script that pages load",
        fail: "The Frontend API does not serve the script that pages load",
        why: "without it no component of Clerk appears",
        docs: include_str!("script_missing.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

/// A version range leads to a version at once.
const MOST_REDIRECTS: u8 = 2;

fn run(facts: &Facts) -> Verdict {
    let frontend = match Verdict::told(&facts.live.frontend) {
        Ok(frontend) => frontend,
        Err(verdict) => return verdict,
    };
    let script = match Verdict::told(&frontend.script) {
        Ok(script) => script,
        Err(verdict) => return verdict,
    };
    let host = &frontend.host;
    let is_script = |name: &String| name.contains("javascript");
    let finding = match (script.status, &script.media_type) {
        (404, _) => Finding::error(format!(
            "{host} does not have the script of clerk-js (HTTP 404)"
        ))
        .fix("have the proxy or the edge before it pass /npm/ on to Clerk"),
        (200, Some(name)) if !is_script(name) => Finding::error(format!(
            "{host} sends {name} in place of the script of clerk-js"
        ))
        .fix("have the proxy or the edge before it pass /npm/ on to Clerk"),
        (200, _) if script.redirects > MOST_REDIRECTS => Finding::warning(format!(
            "{} redirects lead to the script of clerk-js",
            script.redirects
        ))
        .fix("look at the rules of the edge before it"),
        (200, _) => return Verdict::Judged(Vec::new()),
        _ => match &script.elsewhere {
            Some(other) => Finding::warning(format!(
                "{host} redirects the script of clerk-js to {other}"
            ))
            .fix("check that this host is Clerk's, and that the Content-Security-Policy allows it"),
            None => Finding::warning(format!(
                "the redirects of {host} lead to no script of clerk-js"
            ))
            .fix("look at the rules of the edge before it"),
        },
    };
    let place = frontend.at("/npm/@clerk/clerk-js@6/dist/clerk.browser.js");
    Verdict::of(Some(finding.at(place, "loaded by every page")))
}
