//! `frontend/origin-refused`

use url::Url;

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::live::address::domain_of;
use crate::facts::live::frontend::{Cross, Frontend, Origins};
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
    let mut findings = Vec::new();
    let mut aside = None;
    match of_site(frontend, origins) {
        Ok(finding) => findings.extend(finding),
        Err(why) => aside = Some(why),
    }
    findings.extend(of_stranger(frontend, &foreign.0, &foreign.1));
    if !findings.is_empty() {
        return Verdict::Judged(findings);
    }
    if let Some(why) = aside {
        return Verdict::Skipped(why);
    }
    for seen in [&own.1, &foreign.1] {
        match Verdict::told(seen) {
            Ok(cross) => {
                if let Some(why) = unclear(cross) {
                    return undecided(why);
                }
            }
            Err(verdict) => return verdict,
        }
    }
    Verdict::Judged(Vec::new())
}

fn undecided(why: String) -> Verdict {
    Verdict::Undecided {
        why,
        hint: String::new(),
        marks: Vec::new(),
    }
}

fn unclear(cross: &Cross) -> Option<String> {
    let code = cross.code.as_deref().unwrap_or("no code");
    (cross.status != 200 && !cross.is_refused()).then(|| {
        format!(
            "the Frontend API refuses the request for another reason than its origin (HTTP {}, {code})",
            cross.status
        )
    })
}

/// What is wrong with the answer to the site; an error says why it says nothing.
fn of_site(frontend: &Frontend, origins: &Origins) -> Result<Option<Finding>, String> {
    let (origin, seen) = &origins.own;
    let Some(cross) = seen.as_ref() else {
        return Ok(None);
    };
    let host = &frontend.host;
    let finding = if cross.code.as_deref() == Some("subdomain_not_allowed") {
        Finding::error(format!(
            "{host} refuses {origin}: it is not among the allowed subdomains"
        ))
        .fix("add it to the allowed subdomains on the domains page of the Clerk dashboard")
    } else if cross.is_refused() {
        let message = format!("{host} refuses requests of pages on {origin}");
        let fix = "use the publishable key of the instance whose domain the site is on";
        match origins.satellite {
            Some(true) => {
                return Err(format!(
                    "{origin} is on a satellite domain, which has a Frontend API of its own"
                ));
            }
            Some(false) => Finding::error(message).fix(fix),
            None if is_own(frontend, origin) => Finding::error(message).fix(fix),
            None => {
                Finding::warning(format!("{message}, unless that is a satellite domain")).fix(fix)
            }
        }
    } else if cross.status == 200 && !cross.allowed {
        Finding::warning(format!("{host} answers {origin}, and does not let its pages read the answer"))
            .fix("check what stands between the site and Clerk, and whether it drops Access-Control-Allow-Origin")
    } else {
        return Ok(None);
    };
    Ok(Some(finding.at(
        frontend.at("/v1/environment"),
        "asked as from the site",
    )))
}

/// Whether an origin is on the very domain that the key names.
fn is_own(frontend: &Frontend, origin: &str) -> bool {
    let url = Url::parse(origin).ok();
    let host = url.as_ref().and_then(Url::host_str);
    let above = host.zip(domain_of(&frontend.key_host));
    let above = above.and_then(|(host, domain)| host.strip_suffix(domain));
    above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
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
