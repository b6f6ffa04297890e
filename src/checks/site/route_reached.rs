//! `site/route-reached`

use super::visits;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::live::site::Visited;
use crate::facts::live::site::visited::{By, How, Meeting, Met, Shape, Visit};
use crate::model::routes::RouteKind;
use crate::model::{Finding, Group, Meta, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "site/route-reached",
        group: Group::Site,
        severity: Severity::Error,
        pass: "The deployed site stops whoever is signed out where the code does",
        fail: "The deployed site answers whoever is signed out where the code stops them",
        why: "what protects users is what runs, not what the repository says",
        docs: include_str!("route_reached.md"),
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
    let stopped = || {
        visited
            .visits
            .iter()
            .filter(|visit| visit.is_to_be_stopped())
    };
    if stopped().next().is_none() {
        return Verdict::not_applicable("the code stops nobody at the routes that were asked for");
    }
    // A 404 that is not Clerk's says that the route is not there, and nothing of who may get to it.
    if stopped().all(|visit| visit.met(Met::says_who).is_none()) {
        return Verdict::Skipped(format!(
            "none of the {} that the code protects tells on this site who may get there: is --url the app?",
            visits::count(stopped().count(), "route")
        ));
    }
    let reached: Vec<(&Visit, &Meeting, Severity)> = stopped().filter_map(reached).collect();
    // The first are told one by one.
    let more = Together::new(
        "",
        format!(
            "routes more where the code stops whoever is signed out answer them ({})",
            visits::of_asked(visited)
        ),
    );
    let mut findings: Vec<Finding> = Vec::new();
    for (at, (visit, meeting, severity)) in reached.iter().enumerate() {
        let finding = told(visited, visit, meeting, *severity);
        findings.push(match at < visits::SHOWN {
            true => finding,
            false => finding.together(&more),
        });
    }
    let such = |is: fn(&Visit, &Met) -> bool| -> Vec<(&Visit, &Meeting)> {
        let plain = stopped().filter_map(|visit| Some((visit, visit.plain()?)));
        plain
            .filter(|(visit, meeting)| is(visit, &meeting.met))
            .collect()
    };
    findings.extend(shells(visited, &such(is_shell)));
    findings.extend(past(&such(is_past)));
    findings.extend(vague(&such(is_vague)));
    findings.extend(elsewhere(&such(is_elsewhere)));
    Verdict::Judged(findings)
}

/// The request that got through, and how sure it is that the code would not have let it.
fn reached(visit: &Visit) -> Option<(&Visit, &Meeting, Severity)> {
    let meeting = visit.met(|met| *met == Met::Reached)?;
    let is_plain = visit.plain() == Some(meeting);
    let severity = match visit.target.by {
        // The code itself gives the visitor an answer like any other.
        By::Words => return None,
        // A handler that has no GET does nothing on HEAD.
        _ if visit.target.shape == Shape::Head => Severity::Warning,
        By::Middleware => Severity::Error,
        // A page can redirect after its beginning was sent.
        By::Itself if is_plain && meeting.whole => Severity::Error,
        By::Itself => Severity::Warning,
    };
    Some((visit, meeting, severity))
}

fn told(visited: &Visited, visit: &Visit, meeting: &Meeting, severity: Severity) -> Finding {
    let target = &visit.target;
    let finding = Finding::new(
        severity,
        format!(
            "{} answers {} to whoever is signed out, {}; the code stops them ({})",
            visits::named(target),
            meeting.status,
            meeting.shape.words(),
            visits::of_asked(visited)
        ),
    );
    let label = format!("HTTP {}", meeting.status);
    let mut finding = visits::pointing(finding, &meeting.url, label, target).fix(
        "deploy the code that was audited, and see that its middleware is part of the build; \
         if the address is of another app, give the right one with --url",
    );
    finding.verify = visits::curl(&meeting.url);
    finding
}

fn shells(visited: &Visited, shells: &[(&Visit, &Meeting)]) -> Vec<Finding> {
    let asked = visits::of_asked(visited);
    let one = format!(
        "answers whoever is signed out with a page that a script fills: it is protected on the client side only ({asked})"
    );
    let many = format!(
        "answer whoever is signed out with a page that a script fills: they are protected on the client side only ({asked})"
    );
    let label = |meeting: &Meeting| format!("HTTP {}, without content", meeting.status);
    visits::each(
        shells,
        (&one, &many),
        label,
        "what a script shows is safe only if every request for its data is refused on the server; \
         the code stops the visitor before the page, so see that this code is what is deployed",
    )
}

/// Code that gives the visitor an answer like any other does so on the server.
fn is_shell(visit: &Visit, met: &Met) -> bool {
    *met == Met::Shell && visit.target.by != By::Words
}

fn is_past(visit: &Visit, met: &Met) -> bool {
    *met == Met::NotAllowed && visit.target.by == By::Middleware
}

fn past(past: &[(&Visit, &Meeting)]) -> Vec<Finding> {
    let words = (
        "is protected by the middleware and past it on the site: it says itself that the method is not allowed",
        "that the middleware protects are past it on the site: they say themselves that the method is not allowed",
    );
    let label = |meeting: &Meeting| format!("HTTP {}", meeting.status);
    visits::each(
        past,
        words,
        label,
        "see that the middleware is part of the deployed build and runs on these paths",
    )
}

/// What the middleware stops gets a redirect or a refusal, and no answer of its own.
fn is_vague(visit: &Visit, met: &Met) -> bool {
    let target = &visit.target;
    match met {
        Met::Stopped(How::Words) => target.by == By::Middleware && target.kind == RouteKind::Page,
        Met::Empty => target.by == By::Middleware,
        Met::Anything => target.by != By::Words,
        _ => false,
    }
}

fn vague(vague: &[(&Visit, &Meeting)]) -> Vec<Finding> {
    let words = (
        "is stopped by the code and answers whoever is signed out, with nothing that tells whether they were stopped",
        "that the code stops answer whoever is signed out, with nothing that tells whether they were stopped",
    );
    let label = |meeting: &Meeting| {
        let how = match meeting.met {
            Met::Empty => "an empty answer",
            Met::Anything => "the answer that any path gets",
            _ => "a page that speaks of signing in",
        };
        format!("HTTP {}, {how}", meeting.status)
    };
    visits::each(
        vague,
        words,
        label,
        "open the address without a session; if the page is there, see that the middleware is part of the deployed build",
    )
}

/// A redirect that the code makes itself is what it says, wherever it leads.
fn is_elsewhere(visit: &Visit, met: &Met) -> bool {
    matches!(met, Met::Elsewhere(_)) && !visit.target.why.contains("redirect")
}

fn elsewhere(elsewhere: &[(&Visit, &Meeting)]) -> Vec<Finding> {
    let words = (
        "is protected by the code and redirects whoever is signed out, but to no page where one can sign in",
        "that the code protects redirect whoever is signed out, but to no page where one can sign in",
    );
    let label = |meeting: &Meeting| match &meeting.met {
        Met::Elsewhere(to) => format!("HTTP {} to {to}", meeting.status),
        _ => format!("HTTP {}", meeting.status),
    };
    visits::each(
        elsewhere,
        words,
        label,
        "see where the redirect leads; the route behind it was not asked for",
    )
}
