//! `app/client-only-gate`

use super::{MOST, pages, shells};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::routes::pattern;
use crate::facts::code::shapes::shell::Shell;
use crate::facts::code::shapes::{FileShapes, Shape, What};
use crate::model::routes::{CodePlace, Route, RouteKind, Verdict as Meets};
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "app/client-only-gate",
        group: Group::App,
        severity: Severity::Warning,
        pass: "What the browser hides from the signed-out, the server refuses them too",
        fail: "The browser hides something whose data the server gives to anyone",
        why: "what a component hides can be asked for by hand",
        docs: include_str!("client_only_gate.md"),
    },
    needs: &[Need::Shapes, Need::Routes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut judged = false;
    let mut findings: Vec<Finding> = Vec::new();
    let mut told: Vec<(String, String)> = Vec::new();
    let fetches = shells(facts).filter_map(|(file, shape, shell)| match shell {
        Shell::Fetch { path, method } => Some((file, shape, path, method)),
        _ => None,
    });
    for (file, shape, path, method) in fetches.take(MOST) {
        let Some(by) = gate(file) else { continue };
        let Some(route) = endpoint(facts, path) else {
            continue;
        };
        judged = true;
        if let Some(open) = open(route, method)
            && !is_stopped_page(facts, &file.path)
            && !told.contains(&(route.pattern.clone(), method.clone()))
        {
            told.push((route.pattern.clone(), method.clone()));
            findings.push(tell(file, shape, by, method, route, open));
        }
    }
    if !judged {
        return Verdict::not_applicable(
            "no component behind a gate of the browser asks an endpoint of the app",
        );
    }
    Verdict::Judged(findings)
}

fn tell(
    file: &FileShapes,
    shape: &Shape,
    by: &str,
    method: &str,
    route: &Route,
    open: Option<&CodePlace>,
) -> Finding {
    let place = open.map_or_else(
        || Place::file(&route.file),
        |at| Place::Span {
            file: at.file.clone(),
            line: at.line,
            column: at.column,
            excerpt: None,
        },
    );
    Finding::warning(format!(
        "{by} decides in the browser, and {method} {} answers whoever is signed out",
        route.pattern
    ))
    .at(file.place(shape), "asked for behind the gate")
    .see(place, "asks for no session")
    .fix("ask for the session in the endpoint: `const { userId } = await auth()`, and answer 401 without")
}

/// What the browser decides by, in a file.
fn gate(file: &FileShapes) -> Option<&str> {
    file.shapes.iter().find_map(|shape| match &shape.what {
        What::Shell(Shell::Gate { by }) => Some(by.as_str()),
        _ => None,
    })
}

/// The endpoint that answers a path.
fn endpoint<'f>(facts: &'f Facts, path: &str) -> Option<&'f Route> {
    let routes = facts
        .routes
        .as_ref()
        .into_iter()
        .flat_map(|map| &map.routes);
    let handlers = routes.filter(|route| matches!(route.kind, RouteKind::Handler | RouteKind::Api));
    let fits = handlers.filter_map(|route| Some((pattern::fit(&route.pattern, path)?, route)));
    fits.min_by(|a, b| a.0.cmp(&b.0)).map(|(_, route)| route)
}

/// Whether a method of an endpoint is open to the signed-out although nobody said so, and what it does.
fn open<'r>(route: &'r Route, method: &str) -> Option<Option<&'r CodePlace>> {
    let answer = route.methods.iter().find(|one| one.method == method)?;
    let is_open = answer.verdict == Meets::Reached
        && answer.declared_public.is_none()
        && !answer.sensitive.is_empty();
    is_open.then(|| answer.sensitive.first().map(|work| &work.place))
}

/// Whether the file is a page that the server keeps from the signed-out.
fn is_stopped_page(facts: &Facts, file: &str) -> bool {
    let mut own = pages(facts).filter(|page| page.file == file).peekable();
    own.peek().is_some() && own.all(|page| page.verdict() == Meets::Stopped)
}
