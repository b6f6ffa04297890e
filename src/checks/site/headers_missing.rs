//! `site/headers-missing`

use super::shown;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::surface::Page;
use crate::model::{Finding, Group, Meta, Place, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/headers-missing",
        group: Group::Site,
        severity: Severity::Warning,
        pass: "The site sends the headers that guard a sign-in",
        fail: "The site lacks headers that guard a sign-in",
        why: "without them a page can be shown in a stranger's frame, a file be taken for a script, or a visit begin without encryption",
        docs: include_str!("headers_missing.md"),
    },
    needs: &[Need::Surface],
    scope: Scope::Apps,
    run,
};

/// Half a year: what the preload list asks at least is a year, what scanners accept is this.
const SHORTEST_HSTS: u64 = 15_552_000;

fn run(facts: &Facts) -> Verdict {
    let surface = match shown(facts) {
        Ok(surface) => surface,
        Err(verdict) => return verdict,
    };
    // Both pages nearly always get their headers from one place.
    let pages = surface.pages.iter().filter(|page| page.status == 200);
    let findings = pages.map(findings).find(|found| !found.is_empty());
    Verdict::Judged(findings.unwrap_or_default())
}

/// One for each header that a page lacks.
fn findings(page: &Page) -> Vec<Finding> {
    let mut missing = Vec::new();
    if page.url.starts_with("https:") {
        match page.hsts {
            None => missing.push("Strict-Transport-Security: max-age=31536000"),
            Some(age) if age < SHORTEST_HSTS => {
                missing.push("a Strict-Transport-Security of half a year or more");
            }
            Some(_) => {}
        }
    }
    if !page.nosniff {
        missing.push("X-Content-Type-Options: nosniff");
    }
    if !page.frames {
        missing.push("X-Frame-Options: SAMEORIGIN (or frame-ancestors)");
    }
    let sentence = Together::new("this page is sent without", "headers that protect it");
    let url = &page.url;
    let finding = |header: &&str| {
        Finding::warning(format!("this page is sent without {header}"))
            .at(Place::Url { url: url.clone() }, *header)
            .fix("set for every page what is missing: headers() of next.config, or the host's settings")
            .verify(format!("curl -sI {url}"))
            .together(&sentence)
    };
    missing.iter().map(finding).collect()
}
