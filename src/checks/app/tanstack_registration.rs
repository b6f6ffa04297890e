//! `app/tanstack-registration`

use super::shells;
use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::facts::code::shapes::shell::Shell;
use crate::model::{Finding, Group, Meta, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "app/tanstack-registration",
        group: Group::App,
        severity: Severity::Error,
        pass: "Every request of the TanStack Start app meets clerkMiddleware()",
        fail: "Only calls of server functions meet clerkMiddleware()",
        why: "pages and server routes are then rendered without it, and auth() throws there",
        docs: include_str!("tanstack_registration.md"),
    },
    needs: &[Need::Shapes],
    scope: Scope::Servers,
    run,
};

fn run(facts: &Facts) -> Verdict {
    if facts.app.framework.id != "tanstack-start" {
        return Verdict::not_applicable("the app is not built with TanStack Start");
    }
    let calls: Vec<_> = shells(facts)
        .filter_map(|(file, shape, shell)| match shell {
            Shell::Registers { package, list } if package.contains("tanstack") => {
                Some((file.place(shape), list.as_deref()))
            }
            _ => None,
        })
        .collect();
    if calls.is_empty() {
        return Verdict::not_applicable(
            "clerkMiddleware() is called nowhere: see middleware/file-missing and middleware/without-clerk",
        );
    }
    let only_functions = calls
        .iter()
        .all(|(_, list)| *list == Some("functionMiddleware"));
    let findings = calls.into_iter().filter(|_| only_functions).map(|(place, _)| {
        Finding::error("clerkMiddleware() stands in functionMiddleware, which runs for server functions only")
            .at(place, "not run for pages and server routes")
            .fix("move it to requestMiddleware of createStart()")
    });
    Verdict::Judged(findings.take(1).collect())
}
