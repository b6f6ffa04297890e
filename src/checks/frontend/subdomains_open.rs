//! `frontend/subdomains-open`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::{Facts, Target};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "frontend/subdomains-open",
        group: Group::Frontend,
        severity: Severity::Warning,
        pass: "The Frontend API takes requests of listed subdomains only",
        fail: "The Frontend API takes requests of every subdomain",
        why: "a page that an attacker gets under any subdomain can act for who is signed in",
        docs: include_str!("subdomains_open.md"),
    },
    needs: &[Need::Frontend],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.target != Target::Production {
        return Verdict::not_applicable(format!("judged for {}", facts.target.word()));
    }
    let frontend = match Verdict::told(&facts.live.frontend) {
        Ok(frontend) => frontend,
        Err(verdict) => return verdict,
    };
    let (origin, seen) = match Verdict::told(&frontend.origins) {
        Ok(origins) => (&origins.subdomain.0, &origins.subdomain.1),
        Err(verdict) => return verdict,
    };
    let cross = match Verdict::told(seen) {
        Ok(cross) => cross,
        Err(verdict) => return verdict,
    };
    match (cross.status, cross.code.as_deref()) {
        (200, _) if cross.allowed => Verdict::of(Some(
            Finding::warning(format!(
                "{} takes requests of pages on {origin}, which nobody listed",
                frontend.host
            ))
            .at(
                frontend.at("/v1/environment"),
                "asked as from that subdomain",
            )
            .fix(
                "turn on the list of allowed subdomains on the domains page of the Clerk dashboard",
            ),
        )),
        (_, Some("subdomain_not_allowed" | "origin_invalid")) => Verdict::Judged(Vec::new()),
        // Clerk refuses such an origin with a code. Something between may have dropped the header.
        (200, _) => Verdict::Undecided {
            why: format!(
                "the Frontend API answers {origin} and does not say whether its pages may read the answer (no Access-Control-Allow-Origin)"
            ),
            hint: String::new(),
            marks: Vec::new(),
        },
        (status, code) => Verdict::Undecided {
            why: format!(
                "the Frontend API refuses the request for another reason than its origin (HTTP {status}, {})",
                code.unwrap_or("no code")
            ),
            hint: String::new(),
            marks: Vec::new(),
        },
    }
}
