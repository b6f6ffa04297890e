//! `clerk/satellite-differs`

use super::instance::{cut, place, production, quoted};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::guard::{Guard, Setting};
use crate::facts::code::shapes::{Shapes, What};
use crate::facts::framework::Side;
use crate::facts::live::instance::{Domain, Part};
use crate::model::{Finding, Group, Meta, Place, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "clerk/satellite-differs",
        group: Group::Clerk,
        severity: Severity::Error,
        pass: "Code and instance agree about satellite domains",
        fail: "Code and instance do not agree about satellite domains",
        why: "a satellite that the instance does not know can neither sign anybody in nor keep a session",
        docs: include_str!("satellite_differs.md"),
    },
    needs: &[Need::Env, Need::Shapes, Need::Part(Part::Domains)],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    judge(facts).unwrap_or_else(|verdict| verdict)
}

/// What the app says of itself.
#[derive(Default)]
struct Said {
    /// Where it says that it is a satellite, and of which domain.
    satellite: Option<(Place, Option<String>)>,
    /// Whether it says anything about satellites, also what cannot be read here.
    anything: bool,
}

fn judge(facts: &Facts) -> Result<Verdict, Verdict> {
    let instance = production(facts)?;
    let said = said(facts);
    let domains = Verdict::told(&instance.domains)?;
    let satellites: Vec<&Domain> = domains
        .items
        .iter()
        .filter(|one| one.is_satellite)
        .collect();
    if let Some((at, domain)) = said.satellite {
        let finding = missing(&satellites, domain.as_deref());
        if finding.is_some() && !domains.whole {
            return Err(cut(Part::Domains));
        }
        let finding = finding.map(|finding| {
            finding
                .at(at, "the app is a satellite")
                .see(place(Part::Domains), "the domains of the instance")
        });
        return Ok(Verdict::of(finding));
    }
    if satellites.is_empty() {
        let why = "neither the app nor the instance has a satellite domain";
        return Ok(Verdict::not_applicable(why));
    }
    // Who is sent back to a satellite is decided where people sign in: an API has no say in it.
    if !said.anything && facts.app.stack().all(|one| one.side == Side::Server) {
        let why = "the app has no pages, and does not say that it is a satellite";
        return Ok(Verdict::not_applicable(why));
    }
    if said.anything {
        return Ok(Verdict::Judged(Vec::new()));
    }
    let sentence = Together::new(
        "the instance has",
        "satellite domains that the app says nothing of",
    );
    let unused = |one: &&Domain| {
        let name = &one.name;
        Finding::warning(format!(
            "the instance has a satellite domain that the app says nothing of: “{name}”"
        ))
        .at(place(Part::Domains), format!("“{name}”"))
        .because("who comes from a satellite to sign in may not be sent back there")
        .fix("give the primary app allowedRedirectOrigins for them, or remove in the Clerk Dashboard those that are not used")
        .together(&sentence)
    };
    Ok(Verdict::Judged(satellites.iter().map(unused).collect()))
}

fn missing(satellites: &[&Domain], domain: Option<&str>) -> Option<Finding> {
    const FIX: &str = "add the domain as a satellite in the Clerk Dashboard (Domains, Satellites)";
    if satellites.is_empty() {
        let message = "the app is a satellite, and the instance has no satellite domain";
        return Some(Finding::error(message).fix(FIX));
    }
    let domain = domain?.to_ascii_lowercase();
    let host = domain
        .split_once("://")
        .map_or(domain.as_str(), |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let known = satellites.iter().any(|one| one.covers(host));
    (!known).then(|| {
        let names = quoted(satellites.iter().map(|one| one.name.as_str()));
        Finding::warning(format!(
            "the app is the satellite {host}, and the satellites of the instance are {names}"
        ))
        .fix(FIX)
    })
}

fn said(facts: &Facts) -> Said {
    let mut said = Said::default();
    let shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    for (file, shape) in shapes {
        match &shape.what {
            What::Guard(Guard::AllowsOrigins) => said.anything = true,
            What::Guard(Guard::Settings(settings)) => {
                said.anything |= settings.is_satellite.is_given();
                if settings.is_satellite == Setting::Flag(true) {
                    let domain = match &settings.domain {
                        Setting::Text(domain) => Some(domain.clone()),
                        _ => None,
                    };
                    said.satellite
                        .get_or_insert_with(|| (file.place(shape), domain));
                }
            }
            _ => {}
        }
    }
    let env = facts.env.as_ref().into_iter().flat_map(|env| env.all());
    let of_clerk =
        env.filter(|one| one.is_set() && one.winner.name.ends_with("CLERK_IS_SATELLITE"));
    for variable in of_clerk {
        said.anything = true;
        if variable.value().expose().trim() == "true" {
            said.satellite
                .get_or_insert_with(|| (variable.winner.place(), None));
        }
    }
    said
}
