//! `site/cors-reflects-origin`

use std::collections::BTreeMap;

use super::visits;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::visited::{Allows, OriginAnswer};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/cors-reflects-origin",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The deployed site lets no foreign page read its API as the user who is signed in",
        fail: "The deployed site lets foreign pages read its API",
        why: "an API that allows any origin with credentials hands each visitor's data to any page they open",
        docs: include_str!("cors_reflects_origin.md"),
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
    if visited.origins_meant == 0 {
        return Verdict::not_applicable("no API route that the code protects can be asked for");
    }
    if visited.origins.is_empty() {
        return visits::unanswered(visited);
    }
    let mut worst: BTreeMap<&str, Vec<&OriginAnswer>> = BTreeMap::new();
    for answer in &visited.origins {
        if answer.allows != Allows::Nothing {
            worst.entry(&answer.url).or_default().push(answer);
        }
    }
    Verdict::Judged(
        worst
            .values()
            .filter_map(|answers| finding(answers))
            .collect(),
    )
}

/// One finding for each address, of the worst that it allows.
fn finding(answers: &[&OriginAnswer]) -> Option<Finding> {
    // Of two as bad, the first: the plainest origin.
    let worst = answers.iter().rev().max_by_key(|answer| answer.allows)?;
    let who = visits::named(&worst.target);
    let finding = match worst.allows {
        Allows::Nothing => return None,
        Allows::AsTheUser => Finding::error(format!(
            "{who} lets {} read its answers with the user's credentials",
            worst.origin.what
        )),
        Allows::Impossible => Finding::warning(format!(
            "{who} allows any origin with credentials, which browsers refuse: it works for nobody"
        ))
        .because("a page that asks with credentials gets no answer to read, not even one of yours"),
        Allows::Anybody => Finding::warning(format!(
            "{who} is behind the sign-in and lets pages of any site read its answers"
        ))
        .because("what is for signed-in users alone is then for every page that comes by a token of theirs"),
    };
    let label = format!("{} from {}", worst.method, worst.origin.value);
    Some(visits::pointing(finding, &worst.url, label, &worst.target).fix(
        "name the origins that may read it, compare them whole, and answer Access-Control-Allow-Origin to no other",
    ))
}
