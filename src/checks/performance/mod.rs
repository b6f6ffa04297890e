//! What authentication costs each request.

pub mod backend_call_in_loop;
pub mod backend_call_in_middleware;
pub mod middleware_runtime;
pub mod unbounded_list;
pub mod user_cache_shared;
pub mod user_fetched_repeatedly;

use crate::facts::Facts;
use crate::facts::code::shapes::cost::Cost;
use crate::facts::code::shapes::{FileShapes, Shape, Shapes, What};
use crate::model::Finding;

/// How many findings of one kind are told one by one.
const APART: usize = 5;
/// How many places a finding shows that stands for many.
const SHOWN: usize = 10;

/// Every shape about costs and data, with its file.
pub(in crate::checks) fn costs(
    facts: &Facts,
) -> impl Iterator<Item = (&FileShapes, &Shape, &Cost)> {
    let shapes = facts.shapes.as_ref().into_iter().flat_map(Shapes::all);
    shapes.filter_map(|(file, shape)| match &shape.what {
        What::Cost(cost) => Some((file, shape, cost)),
        _ => None,
    })
}

/// Findings one by one; where they are many, one with the places of all: `{count} {what}`.
pub(in crate::checks) fn few(findings: Vec<Finding>, what: &str) -> Vec<Finding> {
    if findings.len() <= APART {
        return findings;
    }
    let Some(worst) = findings.iter().map(|one| one.severity).max() else {
        return findings;
    };
    let mut whole = Finding::new(worst, format!("{} {what}", findings.len()));
    if let Some(first) = findings.first() {
        whole = whole.fix(first.hint.clone());
    }
    whole.marks = findings
        .into_iter()
        .flat_map(|one| one.marks)
        .take(SHOWN)
        .collect();
    whole
        .marks
        .iter_mut()
        .skip(1)
        .for_each(|mark| mark.role = crate::model::Role::Related);
    vec![whole]
}
