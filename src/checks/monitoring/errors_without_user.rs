//! `monitoring/errors-without-user`

use super::{elsewhere, start, tracker};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::care::{self, Care};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "monitoring/errors-without-user",
        group: Group::Monitoring,
        severity: Severity::Warning,
        pass: "The error tracker is told who the user is",
        fail: "The error tracker is never told who the user is",
        why: "whose sign-in fails, and how many are hit, cannot be told from errors without a user",
        docs: include_str!("errors_without_user.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(package) = tracker(facts) else {
        return Verdict::not_applicable("no error tracker is among the app's packages");
    };
    let Some(start) = start(facts) else {
        return Verdict::not_applicable(format!("{package} is not seen to be started"));
    };
    let mut cares = facts.shapes.as_ref().into_iter().flat_map(care::all);
    if cares.any(|(_, _, care)| *care == Care::TrackerKnowsUser) {
        return Verdict::Judged(Vec::new());
    }
    if let Some(place) = elsewhere(facts).filter(|name| !name.contains("instrument")) {
        return Verdict::not_applicable(format!(
            "{package} may be told in {place}, which is not followed"
        ));
    }
    Verdict::Judged(vec![
        Finding::warning(format!("{package} is started and never told who the user is"))
            .at(start, "")
            .fix(format!(
                "call Sentry.setUser({{ id: userId }}) with the id that {} gives, and setUser(null) without one",
                match facts.app.framework.id {
                    "nuxt" => "useAuth() or event.context.auth()",
                    _ => "auth() or useUser()",
                }
            )),
    ])
}
