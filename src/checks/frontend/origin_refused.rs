//! `frontend/origin-refused`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::live::frontend::{Cross, Frontend};
use crate::facts::{Facts, Target};
use crate::model::{Finding, Group, Known, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "frontend/origin-refused",
        group: Group::Frontend,
        severity: Severity::Error,
        pass: "The Frontend API takes requests of the site, and of no stranger's page",
        fail: "The Frontend API refuses the site, or takes requests of any page",
        why: "a site that is refused cannot sign anybody in, and a stranger's page must not read who is signed in",
        docs: include_str!("origin_refused.md"),
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
    let origins = match Verdict::told(&frontend.origins) {
        Ok(origins) => origins,
        Err(verdict) => return verdict,
    };
    let (own, foreign) = (&origins.own, &origins.foreign);
    let findings: Vec<Finding> = [
        of_site(facts, frontend, &own.0, &own.1),
        of_stranger(frontend, &foreign.0, &foreign.1),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !findings.is_empty() {
        return Verdict::Judged(findings);
    }
    for seen in [&own.1, &foreign.1] {
        if let Err(verdict) = Verdict::told(seen) {
            return verdict;
        }
    }
    match unclear(&own.1).or_else(|| unclear(&foreign.1)) {
        Some(why) => Verdict::Undecided {
            why,
            hint: String::new(),
            marks: Vec::new(),
        },
        None => Verdict::Judged(Vec::new()),
    }
}

/// Whether it is the origin for which a request is refused (clerk-docs `data/api_errors.json`).
fn is_refused(cross: &Cross) -> bool {
    matches!(
        cross.code.as_deref(),
        Some("origin_invalid" | "subdomain_not_allowed")
    )
}

fn unclear(seen: &Known<Cross>) -> Option<String> {
    let cross = seen.as_ref()?;
    let code = cross.code.as_deref().unwrap_or("no code");
    (cross.status != 200 && !is_refused(cross)).then(|| {
        format!(
            "the Frontend API refuses the request for another reason than its origin (HTTP {}, {code})",
            cross.status
        )
    })
}

fn of_site(
    facts: &Facts,
    frontend: &Frontend,
    origin: &str,
    seen: &Known<Cross>,
) -> Option<Finding> {
    let cross = seen.as_ref()?;
    let host = &frontend.host;
    let finding = if cross.code.as_deref() == Some("subdomain_not_allowed") {
        Finding::error(format!(
            "{host} refuses {origin}: it is not among the allowed subdomains"
        ))
        .fix("add it to the allowed subdomains on the domains page of the Clerk dashboard")
    } else if is_refused(cross) {
        let message = format!("{host} refuses requests of pages on {origin}");
        let fix = "use the publishable key of the instance whose domain the site is on";
        match is_of_instance(facts, frontend, origin) {
            // A satellite asks a Frontend API of its own.
            Some(true) => return None,
            Some(false) => Finding::error(message).fix(fix),
            None => {
                Finding::warning(format!("{message}, unless that is a satellite domain")).fix(fix)
            }
        }
    } else if cross.status == 200 && !cross.allowed {
        Finding::warning(format!("{host} answers {origin}, and does not let its pages read the answer"))
            .fix("check what stands between the site and Clerk, and whether it drops Access-Control-Allow-Origin")
    } else {
        return None;
    };
    Some(finding.at(frontend.at("/v1/environment"), "asked as from the site"))
}

/// Whether an origin that was refused is of another domain of the instance.
fn is_of_instance(facts: &Facts, frontend: &Frontend, origin: &str) -> Option<bool> {
    let host = origin.split_once("://")?.1.split(':').next()?;
    let domains = facts.live.instance.as_ref()?.domains.as_ref();
    if let Some(domains) = domains {
        let satellite =
            |one: &crate::facts::live::instance::Domain| one.is_satellite && one.covers(host);
        let is_satellite = domains.items.iter().any(satellite);
        return (is_satellite || domains.whole).then_some(is_satellite);
    }
    frontend.is_own(host).then_some(false)
}

fn of_stranger(frontend: &Frontend, origin: &str, seen: &Known<Cross>) -> Option<Finding> {
    let cross = seen.as_ref()?;
    (cross.status == 200 && cross.allowed).then(|| {
        Finding::error(format!(
            "{} lets pages of {origin}, which is nobody's, read its answers",
            frontend.host
        ))
        .at(frontend.at("/v1/environment"), "asked as from a stranger's page")
        .fix("find out what answers in Clerk's place and reflects the Origin: Clerk itself refuses it")
    })
}
