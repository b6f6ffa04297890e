//! `site/route-differs-from-code`

use super::visits;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::Visited;
use crate::facts::live::site::visited::{How, Meeting, Met, Shape, Visit};
use crate::model::{Finding, Group, Meta, Severity};

/// So many routes that are not there are no accident.
const MISSING: usize = 3;

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/route-differs-from-code",
        group: Group::Site,
        severity: Severity::Warning,
        pass: "The deployed site has the routes of this code and treats the visitor as it does",
        fail: "The deployed site does not behave as this code does",
        why: "an audit of the code says nothing of a site that runs another version",
        docs: include_str!("route_differs_from_code.md"),
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
    let mut findings = Vec::new();
    findings.extend(missing(visited));
    findings.extend(stopped(visited));
    Verdict::Judged(findings)
}

/// Routes of the code that the site does not have.
fn missing(visited: &Visited) -> Option<Finding> {
    let known: Vec<(&Visit, &Meeting)> = visited
        .visits
        .iter()
        .filter(|visit| says_whether_it_is_there(visited, visit))
        .filter_map(|visit| Some((visit, visit.plain()?)))
        .filter(|(_, meeting)| meeting.met.says_something())
        .collect();
    let is_missing = |(_, meeting): &&(&Visit, &Meeting)| meeting.met == Met::NotThere;
    let missing: Vec<&(&Visit, &Meeting)> = known.iter().filter(is_missing).collect();
    if missing.len() < MISSING || missing.len() * 2 < known.len() {
        return None;
    }
    let mut finding = Finding::warning(format!(
        "{} of {} routes of the code are not on the site: another version is deployed, or another app",
        missing.len(),
        known.len()
    ))
    .known_by("another version");
    for (visit, meeting) in missing.iter().take(visits::SHOWN) {
        let label = format!("HTTP {}", meeting.status);
        finding = visits::pointing(finding, &meeting.url, label, &visit.target);
    }
    Some(finding.fix("audit the code that is deployed, or give the address of this app with --url"))
}

/// Whether a 404 says that the route is missing. A parameter may name nothing, code may refuse with 404,
/// and so does `auth.protect()` to programs, where what shows it can be lost on the way.
fn says_whether_it_is_there(visited: &Visited, visit: &Visit) -> bool {
    let target = &visit.target;
    let told = target.shape == Shape::Document || visited.sees_clerk;
    let hides = ["notFound", "404"]
        .iter()
        .any(|word| target.why.contains(word));
    target.is_fixed && told && !hides
}

/// Routes that the code leaves open and the site does not.
fn stopped(visited: &Visited) -> Vec<Finding> {
    let is_stopped = |met: &Met| {
        matches!(
            met,
            Met::Stopped(How::Refused | How::SignIn | How::NotFound)
        )
    };
    let stopped: Vec<(&Visit, &Meeting)> = visited
        .visits
        .iter()
        .filter(|visit| !visit.is_to_be_stopped())
        .filter_map(|visit| Some((visit, visit.plain()?)))
        .filter(|(_, meeting)| is_stopped(&meeting.met))
        .collect();
    let asked = visits::of_asked(visited);
    let why = format!(
        "not on the site: another version is deployed, or something before it protects it ({asked})"
    );
    let label = |meeting: &Meeting| format!("HTTP {} to whoever is signed out", meeting.status);
    visits::each(
        &stopped,
        (
            &format!("is open in the code and is {why}"),
            &format!("are open in the code and are {why}"),
        ),
        label,
        "find out which is right: deploy this code, or protect the route in it as the deployed one does",
    )
}
