//! `errors/error-shown-to-user`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::care::{self, Care, Told};
use crate::facts::code::shapes::{FileShapes, Shape};
use crate::model::routes::{RouteKind, Verdict as Answer};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "errors/error-shown-to-user",
        group: Group::Errors,
        severity: Severity::Error,
        pass: "No page and no answer shows a stack trace or an error as a whole",
        fail: "A page or an answer shows a stack trace or an error as a whole",
        why: "it tells internal files, queries and hosts to whoever makes it fail",
        docs: include_str!("error_shown_to_user.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    let mut files: Vec<(&str, bool)> = Vec::new();
    for (file, shape, care) in facts.shapes.as_ref().into_iter().flat_map(care::all) {
        let found = match care {
            Care::ShowsStack => Some(shown()),
            Care::Answers { told, function } => {
                answered(*told, reach(facts, file, function.as_deref()))
            }
            _ => None,
        };
        let Some(finding) = found else { continue };
        // One finding for a file and what it does: the places after the first say nothing new.
        let key = (file.path.as_str(), *care == Care::ShowsStack);
        if !files.contains(&key) || finding.severity == Severity::Error {
            files.push(key);
            findings.push(at(finding, file, shape));
        }
    }
    Verdict::Judged(findings)
}

fn at(finding: Finding, file: &FileShapes, shape: &Shape) -> Finding {
    finding.at(file.place(shape), "")
}

fn shown() -> Finding {
    Finding::warning("a page shows the stack trace to its visitor")
        .fix("show a sentence and error.digest, and report the rest to your logs")
}

fn answered(told: Told, reach: Option<Answer>) -> Option<Finding> {
    match (told, reach) {
        (Told::Stack, Some(Answer::Reached)) => Some(
            Finding::error("the stack trace is answered to visitors who are not signed in")
                .fix("log it, and answer a sentence and a status"),
        ),
        (Told::Stack, _) => Some(
            Finding::warning("the stack trace is a part of the answer")
                .fix("log it, and answer a sentence and a status"),
        ),
        (Told::Whole, Some(Answer::Reached)) => Some(
            Finding::warning("what was caught is answered as a whole to visitors who are not signed in: errors of databases and HTTP clients carry queries, hosts and headers")
                .fix("log it, and answer a sentence and a status"),
        ),
        (Told::Whole, _) => None,
    }
}

/// Whether a signed-out visitor gets to the function that answers; `None` where that is not known.
fn reach(facts: &Facts, file: &FileShapes, function: Option<&str>) -> Option<Answer> {
    let map = facts.routes.as_ref()?;
    let mut routes = map
        .routes
        .iter()
        .filter(|route| route.file == file.path)
        .filter(|route| matches!(route.kind, RouteKind::Handler | RouteKind::Api));
    let route = routes.next()?;
    // A file that registers several routes does not say which of them answers so.
    if routes.next().is_some() {
        return None;
    }
    let method =
        |answer: &&crate::model::routes::MethodAnswer| Some(answer.method.as_str()) == function;
    match route.methods.iter().find(method) {
        Some(answer) => Some(answer.verdict),
        None if route.methods.len() == 1 || route.kind == RouteKind::Api => Some(route.verdict()),
        None => None,
    }
}
