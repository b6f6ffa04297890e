//! `monitoring/health-endpoint`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::care::Care;
use crate::facts::code::shapes::{self, FileShapes, Shape, What};
use crate::model::routes::{MethodAnswer, Route, RouteKind, Verdict as Answer};
use crate::model::{Finding, Group, Meta, Place, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "monitoring/health-endpoint",
        group: Group::Monitoring,
        severity: Severity::Warning,
        pass: "The health endpoint answers a monitor, says what it measured and tells nothing else",
        fail: "The health endpoint misleads its monitor or tells outsiders too much",
        why: "a monitor has no session: it judges by this answer alone, and so does everybody else who asks",
        docs: include_str!("health_endpoint.md"),
    },
    needs: &[Need::Routes, Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let routes = facts
        .routes
        .as_ref()
        .into_iter()
        .flat_map(|map| &map.routes);
    let routes: Vec<&Route> = routes.filter(|route| is_health(route)).collect();
    if routes.is_empty() {
        return Verdict::not_applicable("the app has no health endpoint");
    }
    let mut findings = Vec::new();
    for route in routes {
        findings.extend(stopped(route));
        let file = facts.shapes.as_ref().and_then(|all| all.file(&route.file));
        if let Some(file) = file {
            if route.verdict() <= Answer::Undecided {
                findings.extend(told(route, file));
            }
            findings.extend(claimed(file));
        }
    }
    Verdict::Judged(findings)
}

/// Whether a route is one for monitors: `/api/health`, and not `/patients/[id]/health`.
fn is_health(route: &Route) -> bool {
    let parts: Vec<&str> = route.pattern.split('/').collect();
    let plain = |part: &&str| !part.contains(['[', ':', '*', '$', '{', '(']);
    matches!(route.kind, RouteKind::Handler | RouteKind::Api)
        && parts.iter().all(plain)
        && parts.last().is_some_and(|last| shapes::is_health(last))
}

/// Stopped on the way, before its own code has a say.
fn stopped(route: &Route) -> Option<Finding> {
    let is_asked = |answer: &&MethodAnswer| answer.method == "GET" || route.methods.len() == 1;
    let answer = route.methods.iter().find(is_asked)?;
    if answer.verdict != Answer::Stopped || answer.middleware.verdict != Answer::Stopped {
        return None;
    }
    let finding = Finding::warning(format!(
        "the middleware stops whoever asks {} without a session, as every monitor does",
        route.pattern
    ))
    .at(Place::file(route.file.clone()), "")
    .because("a monitor without a session sees that it is refused, whatever happens behind that")
    .fix("add the path to the public routes of the middleware");
    Some(match &answer.middleware.place {
        Some(at) => finding.see(
            Place::Span {
                file: at.file.clone(),
                line: at.line,
                column: at.column,
                excerpt: None,
            },
            answer.middleware.why.clone(),
        ),
        None => finding,
    })
}

/// What outsiders are told of the inside.
fn told(route: &Route, file: &FileShapes) -> Vec<Finding> {
    let pattern = &route.pattern;
    let sentence = Together::new(
        format!("{pattern} answers whoever asks with"),
        "things about the inside",
    );
    let finding = |shape: &Shape| match &shape.what {
        What::Care(Care::Tells(what)) => Some(
            Finding::warning(format!("{pattern} answers whoever asks with {what}"))
                .at(file.place(shape), *what)
                .because("a monitor needs none of it, and everybody else may ask as well")
                .fix("answer a status and nothing else, and log the rest")
                .together(&sentence),
        ),
        _ => None,
    };
    file.shapes.iter().filter_map(finding).collect()
}

/// Authentication is said to work, and nothing asked.
fn claimed(file: &FileShapes) -> Option<Finding> {
    let asks = |what: &What| *what == What::Care(Care::AsksClerk);
    if file.find(asks).is_some() {
        return None;
    }
    let claim = |shape: &&Shape| matches!(shape.what, What::Care(Care::Claims(_)));
    let shape = file.shapes.iter().find(claim)?;
    let What::Care(Care::Claims(key)) = &shape.what else {
        return None;
    };
    Some(
        Finding::warning(format!(
            "`{key}` is reported as healthy, and nothing in this file asks Clerk"
        ))
        .at(file.place(shape), "written out")
        .because("the monitor stays green while nobody can sign in")
        .fix("ask Clerk and report what it answered, or leave the key out"),
    )
}
