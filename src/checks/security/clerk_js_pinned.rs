//! `security/clerk-js-pinned`

use super::policies;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::headers::{clerk, span};
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "security/clerk-js-pinned",
        group: Group::Security,
        severity: Severity::Warning,
        pass: "No setting holds the browser to one build of clerk-js",
        fail: "The browser is held to one build of clerk-js",
        why: "the browser then gets no security fix of clerk-js until somebody changes it here",
        docs: include_str!("clerk_js_pinned.md"),
    },
    needs: &[Need::Headers],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let headers = match policies::of_pages(facts) {
        Ok(headers) => headers,
        Err(why) => return Verdict::NotApplicable(why),
    };
    let all = facts.env.as_ref().into_iter().flat_map(|env| env.all());
    const FIX: &str = "leave it out: the SDK then loads the newest clerk-js that fits it";
    let mut findings: Vec<Finding> = Vec::new();
    for variable in all.filter(|variable| variable.is_set()) {
        let name = &variable.winner.name;
        let value = variable.value().expose();
        let pins = (name.ends_with("CLERK_JS_URL") && value.starts_with("http"))
            || (name.ends_with("CLERK_JS_VERSION") && clerk::is_exact(value));
        if pins {
            findings.push(
                Finding::warning(format!("{name} is set"))
                    .at(variable.winner.place(), "")
                    .fix(FIX),
            );
        }
    }
    for pin in &headers.pins {
        findings.push(
            Finding::warning(format!("{} holds the browser to one build", pin.what))
                .at(span(&pin.file, pin.at), "")
                .fix(FIX),
        );
    }
    Verdict::Judged(findings)
}
