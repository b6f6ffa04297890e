//! Middleware and resource, taken together.

use crate::facts::code::visitor::Answer;
use crate::model::routes::{MethodAnswer, Verdict};

/// What the middleware does with a route.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    /// Over all sample URLs, the one of most concern.
    pub answer: Answer,
    /// Whether a route that no list names would be stopped.
    pub closed_by_default: bool,
    /// Where the visitor can get past the middleware: how.
    pub past: Option<Answer>,
}

/// Both layers together: what either stops is stopped.
pub(super) fn verdict(middleware: Verdict, resource: Verdict) -> Verdict {
    match (middleware, resource) {
        (Verdict::Stopped, _) | (_, Verdict::Stopped) => Verdict::Stopped,
        (Verdict::Credential, _) | (_, Verdict::Credential) => Verdict::Credential,
        (Verdict::Undecided, _) | (_, Verdict::Undecided) => Verdict::Undecided,
        (Verdict::Reached, Verdict::Reached) => Verdict::Reached,
    }
}

/// One answer out of two.
pub(super) fn join(method: &str, gate: &Answer, resource: Answer) -> MethodAnswer {
    let middleware = gate.layer.clone();
    let mut trace = gate.trace.clone();
    trace.extend(resource.trace);
    MethodAnswer {
        method: method.to_owned(),
        verdict: verdict(middleware.verdict, resource.layer.verdict),
        declared_public: None,
        sensitive: resource.work,
        middleware,
        resource: resource.layer,
        trace,
    }
}
