//! `middleware/both-files`

use crate::checks::engine::{Check, Need, Scope, Verdict};
use crate::facts::Facts;
use crate::model::{Finding, Group, Meta, Place, Severity};

/// The check.
pub const CHECK: Check = Check {
    meta: Meta {
        id: "middleware/both-files",
        group: Group::Middleware,
        severity: Severity::Error,
        pass: "There is not both a proxy and a middleware file",
        fail: "There are both a proxy and a middleware file",
        why: "Next.js 16 stops the build when it finds both",
        docs: include_str!("both_files.md"),
    },
    needs: &[Need::Code],
    scope: Scope::Apps,
    run,
};

fn run(facts: &Facts) -> Verdict {
    let entry = match super::next_entry(facts) {
        Ok(entry) => entry,
        Err(verdict) => return verdict,
    };
    if super::loaded(entry).is_none() && entry.both.is_none() {
        return Verdict::not_applicable("there is no middleware");
    }
    Verdict::of(entry.both.as_ref().map(|(proxy, middleware)| {
        Finding::error(format!("{proxy} and {middleware} are both there"))
            .at(Place::file(middleware.clone()), "the older name")
            .see(Place::file(proxy.clone()), "the newer name")
            .fix(format!(
                "move what {middleware} does into {proxy}, and delete {middleware}"
            ))
    }))
}
