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
use crate::model::{Finding, Together};

/// How many findings of one kind are told one by one.
const APART: usize = 5;

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

/// Findings that are told one by one where they are few, else together: `{count} {what}`.
pub(in crate::checks) fn few(findings: Vec<Finding>, what: &str) -> Vec<Finding> {
    if findings.len() <= APART {
        return findings;
    }
    let sentence = Together::new("", what);
    let findings = findings.into_iter();
    findings.map(|one| one.together(&sentence)).collect()
}
