//! `security/rate-limit-missing`

use super::guards;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::guard::Guard;
use crate::facts::code::shapes::{FileShapes, Shapes};
use crate::model::routes::{Evidence, Route, RouteKind, RouteMap, Sensitivity, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Place, Severity, Together};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/rate-limit-missing",
        group: Group::Security,
        severity: Severity::Warning,
        pass: "What costs money is limited where no session is asked for",
        fail: "What costs money can be asked for without a session and without a limit",
        why: "one script in a loop spends the credit for models, mails or messages of a month",
        docs: include_str!("rate_limit_missing.md"),
    },
    needs: &[Need::Routes, Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let (Some(map), Some(shapes)) = (facts.routes.as_ref(), facts.shapes.as_ref()) else {
        return Verdict::not_applicable("the app has no routes");
    };
    let paid: Vec<(&Route, &Evidence)> = map
        .routes
        .iter()
        .filter(|route| !route.urls.is_empty() && !is_webhook(route))
        .filter_map(|route| Some((route, paid_work(route)?)))
        .collect();
    if paid.is_empty() {
        return Verdict::not_applicable("no route that is open to everybody calls a paid service");
    }
    let open = paid
        .into_iter()
        .filter(|(route, work)| !may_be_limited(map, shapes, route, work));
    let sentence = Together::new(
        "",
        "routes call paid services for everybody, and no limit is in sight",
    );
    let finding = |(route, work): (&Route, &Evidence)| {
        Finding::warning(format!(
            "{} calls a paid service for everybody, and no limit is in sight",
            route.pattern
        ))
        .at(place(work), format!("{} of {}", work.what, route.pattern))
        .fix("limit by address or ask for a session first: `@upstash/ratelimit`, `@arcjet/next`, the firewall of the host")
        .together(&sentence)
    };
    Verdict::Judged(open.map(finding).collect())
}

fn place(work: &Evidence) -> Place {
    Place::Span {
        file: work.place.file.clone(),
        line: work.place.line,
        column: work.place.column,
        excerpt: None,
    }
}

/// What others send is limited by who sends it.
fn is_webhook(route: &Route) -> bool {
    ["webhook", "cron", "inngest", "uploadthing"]
        .iter()
        .any(|word| route.pattern.contains(word) || route.file.contains(word))
}

/// The paid call that a visitor gets to by asking.
fn paid_work(route: &Route) -> Option<&Evidence> {
    if route.kind == RouteKind::Page {
        return None;
    }
    let reached = route
        .methods
        .iter()
        .filter(|answer| answer.verdict == Meets::Reached);
    // A payment costs who pays; a read of another service's data is often cached.
    let costs = |work: &&Evidence| {
        let lower = work.what.to_ascii_lowercase();
        let free = [
            "stripe", "paddle", "razorpay", "checkout", "octokit", "fetch",
        ];
        work.kind == Sensitivity::PaidCall && !free.iter().any(|word| lower.contains(word))
    };
    reached.flat_map(|answer| &answer.sensitive).find(costs)
}

/// Whether something that limits is in sight of a route, or what it imports cannot be seen.
fn may_be_limited(map: &RouteMap, shapes: &Shapes, route: &Route, work: &Evidence) -> bool {
    let limits = |file: &FileShapes| guards::has(file, |guard| matches!(guard, Guard::Limiter));
    if !shapes.files.iter().any(limits) {
        return false;
    }
    let roots = [
        Some(&route.file),
        Some(&work.place.file),
        map.middleware.file.as_ref(),
    ];
    roots
        .into_iter()
        .flatten()
        .any(|path| match shapes.file(path) {
            Some(file) => near(shapes, file).iter().any(|file| limits(file)),
            None => true,
        })
}

/// A file and what it imports, three files deep.
fn near<'s>(shapes: &'s Shapes, file: &'s FileShapes) -> Vec<&'s FileShapes> {
    const DEEPEST: usize = 3;
    const MOST: usize = 60;
    let mut all = vec![file];
    let mut start = 0;
    for _ in 0..DEEPEST {
        let end = all.len();
        for at in start..end {
            let imported: Vec<&FileShapes> = all
                .get(at)
                .into_iter()
                .flat_map(|file| shapes.around(file))
                .collect();
            for one in imported {
                if all.len() < MOST && !all.iter().any(|known| known.path == one.path) {
                    all.push(one);
                }
            }
        }
        start = end;
    }
    all
}
