//! `site/path-variant-reached`

use super::visits;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::visited::{Behind, Reached};
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/path-variant-reached",
        group: Group::Site,
        severity: Severity::Error,
        pass: "No other spelling of a protected path gets past the deployed site's protection",
        fail: "A protected route answers when its path is spelled in another way",
        why: "a matcher that compares text protects one spelling, and the server knows several",
        docs: include_str!("path_variant_reached.md"),
    },
    needs: &[Need::Visited, Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let visited = match visits::visited(facts) {
        Ok(visited) => visited,
        Err(verdict) => return verdict,
    };
    match visited.spellings {
        (0, _) => return Verdict::Skipped(visits::NOWHERE_STOPPED.to_owned()),
        (_, 0) => return visits::unanswered(visited),
        _ => {}
    }
    let more = Together::new("", "more spellings of protected paths are answered");
    let findings =
        visited
            .reached
            .iter()
            .enumerate()
            .map(|(at, reached)| match at < 2 * visits::SHOWN {
                true => finding(reached),
                false => finding(reached).together(&more),
            });
    Verdict::Judged(findings.collect())
}

fn finding(reached: &Reached) -> Finding {
    let who = visits::named(&reached.target);
    let what = reached.what;
    let status = reached.status;
    let stops = format!("{who} stops whoever is signed out, and");
    let finding = match reached.what_answers {
        Behind::Route => Finding::error(format!(
            "{stops} answers {status} when it is asked for with {what}"
        )),
        Behind::Frame => Finding::warning(format!(
            "{stops} answers {status} with next to nothing on the page when it is asked for with {what}"
        )),
        Behind::AnyName => Finding::warning(format!(
            "{stops} with {what} something answers {status}, as it does for names that nobody has"
        )),
    };
    let label = format!("HTTP {}: {what}", reached.status);
    let mut finding = visits::pointing(finding, &reached.url, label, &reached.target).fix(
        "ask for the session in the route itself too, and let the middleware run on every path that the server takes for it",
    );
    finding.verify = visits::curl(&reached.url);
    finding
}
