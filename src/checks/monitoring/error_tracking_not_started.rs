//! `monitoring/error-tracking-not-started`

use super::{elsewhere, start, tracker};
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "monitoring/error-tracking-not-started",
        group: Group::Monitoring,
        severity: Severity::Warning,
        pass: "The error tracker that is installed is started",
        fail: "The error tracker that is installed is never started",
        why: "it reports nothing until it is given its address, and nobody misses reports that never came",
        docs: include_str!("error_tracking_not_started.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let Some(package) = tracker(facts) else {
        return Verdict::not_applicable("no error tracker is among the app's packages");
    };
    if start(facts).is_some() {
        return Verdict::Judged(Vec::new());
    }
    if let Some(place) = elsewhere(facts) {
        return Verdict::not_applicable(format!(
            "{package} may be started in {place}, which is not followed"
        ));
    }
    Verdict::Judged(vec![
        Finding::warning(format!("{package} is installed, and no code starts it"))
            .at(Place::file(facts.app.manifest.clone()), "")
            .fix(format!(
                "start it as its guide says (Sentry: Sentry.init() with the dsn), or remove {package}"
            )),
    ])
}
